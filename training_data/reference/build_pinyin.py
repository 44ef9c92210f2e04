"""Write `matcher/language/data/pinyin.csv` from the PyPI package `pypinyin` (MIT).

A developer's tool: `pip install --no-deps pypinyin==0.55.0`, then

    python -m training_data.reference.build_pinyin [--check] [--source pinyin_dict.json]

The package's table gives every character its readings, the most common first. Tones are left out (people who search
do not type them), ü is written v, readings without a vowel (ng, hm) are dropped. A row is a syllable, the characters
read so first, and those read so besides.
`--check` writes nothing and fails if the committed file differs.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

from training_data.reference.build_occupations import DATA, render, written

OUT = DATA / "pinyin.csv"
HEADER = ("syllable", "first", "others")
SYLLABLE = re.compile(r"(?=[a-z]*[aeiouv])[a-z]{1,6}")


def main(arguments: list[str] | None = None) -> int:
    """Write or check the table; exit code 1 when it is out of date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--source", type=Path, default=None, help="pinyin_dict.json; default: the installed package's")
    parser.add_argument("--check", action="store_true", help="compare only")
    options = parser.parse_args(arguments)
    source = options.source or package_table()
    return 0 if written(OUT, render(HEADER, rows_of(source)), check=options.check) else 1


def package_table() -> Path:
    """The table inside the installed package, found without importing it."""
    found = importlib.util.find_spec("pypinyin")
    if found is None or not found.submodule_search_locations:
        sys.exit("pypinyin is not installed: pip install --no-deps pypinyin")
    return Path(found.submodule_search_locations[0]) / "pinyin_dict.json"


def rows_of(source: Path) -> list[tuple[str, str, str]]:
    """Rows of the table, by syllable; characters by code point."""
    first: dict[str, set[str]] = defaultdict(set)
    others: dict[str, set[str]] = defaultdict(set)
    for code, readings in json.loads(source.read_text(encoding="utf-8")).items():
        plain = [plain_syllable(reading) for reading in readings.split(",")]
        known = list(dict.fromkeys(syllable for syllable in plain if SYLLABLE.fullmatch(syllable)))
        for syllable in known[:1]:
            first[syllable].add(chr(int(code)))
        for syllable in known[1:]:
            others[syllable].add(chr(int(code)))
    return [(syllable, joined(first[syllable]), joined(others[syllable])) for syllable in sorted({*first, *others})]


def plain_syllable(reading: str) -> str:
    """A reading without its tone: lǘ -> lv, hé -> he."""
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFC", reading.strip().lower()))
    return re.sub(r"[\u0300-\u036f]", "", letters.replace("u\u0308", "v"))


def joined(characters: set[str]) -> str:
    """The characters by code point, as one text."""
    return "".join(sorted(characters))


if __name__ == "__main__":
    sys.exit(main())
