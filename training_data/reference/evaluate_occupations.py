"""How often `matcher.language.occupations` finds the labelled code, beside five baselines on the same titles.

    python -m training_data.reference.evaluate_occupations [--errors N] [--only product,...]

Five-fold cross-validation over `occupation_titles.csv`, titles that are normalised alike in one fold: whatever learns
from labelled titles (the product, LinearSVC) is fitted without the fold it answers. "without labels" is
the product without what they taught. The labels were made by machine, so no method reaches 1 (`occupation_labels`).
Aliases were written while reading the half of the titles whose SHA-256 is even ("seen"), and the settings of the fit
and of the search were chosen on that half; of the other half ("unseen") twenty were glanced at, the rest only counted.
"labels of titles alike" is no method: how often the most usual code of the other titles that name the same words is a
title's own label. What the words of a title do not tell, no method reads out of them.
Speed is in titles per second of processor time on one core, loading and fitting left out.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence

from matcher.language.classification import classification, normalise
from matcher.language.occupations import OccupationIndex
from matcher.language.segmentation import search_words
from training_data.reference.fit_titles import fitted_model
from training_data.reference.occupation_labels import N_FOLDS, Row, agreement, fold, labelled, seen, shares

Answer = Callable[[Sequence[str]], list[str | None]]
Method = Callable[[Sequence[Row]], Answer]  # fitted on labelled rows


def product(rows: Sequence[Row]) -> Answer:
    """The product with a model of these rows."""
    return _answer(OccupationIndex(classification(), fitted_model(rows)))


def likeness_alone(_: Sequence[Row]) -> Answer:
    """The product without a model: aliases and likeness to them."""
    return _answer(OccupationIndex(classification()))


def nearest_by_tfidf(**options: object) -> Method:
    """Baseline: the alias with the nearest tf-idf vector, no cleaning of titles."""

    def fitted(_: Sequence[Row]) -> Answer:
        from sklearn.feature_extraction.text import TfidfVectorizer

        known = classification().aliases
        entries = list(known)
        vectors = TfidfVectorizer(**options)
        matrix = vectors.fit_transform(entries).T.tocsr()

        def find(titles: Sequence[str]) -> list[str | None]:
            likeness = vectors.transform([normalise(title) for title in titles]) @ matrix
            return [known[entries[int(row)]] for row in likeness.argmax(axis=1).A1]

        return find

    return fitted


def nearest_by_wratio(_: Sequence[Row]) -> Answer:
    """Baseline: the alias with the best rapidfuzz WRatio."""
    from rapidfuzz import fuzz, process

    known = classification().aliases
    entries = list(known)

    def find(titles: Sequence[str]) -> list[str | None]:
        found = (process.extractOne(normalise(title), entries, scorer=fuzz.WRatio) for title in titles)
        return [known[best[0]] if best else None for best in found]

    return find


def linear_svc(rows: Sequence[Row]) -> Answer:
    """Baseline: LinearSVC on character 1- to 3-grams of titles and of the aliases of the codes among them."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    codes = {code for _, code in rows}
    shown = [(normalise(title), code) for title, code in rows]
    shown += [(alias, code) for alias, code in classification().aliases.items() if code in codes]
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True, min_df=2)
    machine = LinearSVC(C=0.5, random_state=0).fit(
        vectors.fit_transform([text for text, _ in shown]), [c for _, c in shown]
    )
    return lambda titles: list(machine.predict(vectors.transform([normalise(title) for title in titles])))


METHODS: dict[str, Method] = {
    "product": product,
    "without labels": likeness_alone,
    "char tf-idf, nearest alias": nearest_by_tfidf(analyzer="char", ngram_range=(1, 2)),
    "jieba tf-idf, nearest alias": nearest_by_tfidf(analyzer=search_words),
    "rapidfuzz WRatio": nearest_by_wratio,
    "LinearSVC, aliases + titles": linear_svc,
}
LEARNS = {"product", "LinearSVC, aliases + titles"}


def cross_validated(name: str, rows: Sequence[Row]) -> tuple[dict[str, str | None], float]:
    """Code by title, each answered by a fit that was not shown its fold; and titles per second of processor time."""
    found: dict[str, str | None] = {}
    seconds = 0.0
    for tested in range(N_FOLDS) if name in LEARNS else (None,):
        answer = METHODS[name]([row for row in rows if fold(row[0]) != tested])
        titles = [title for title, _ in rows if tested is None or fold(title) == tested]
        answer(["预热员某"])  # what is built at the first title is loading
        begin = time.process_time()
        found.update(zip(titles, answer(titles), strict=True))
        seconds += time.process_time() - begin
    return found, len(rows) / seconds


def sets_of(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The titles by what was read and by what equals an alias."""
    aliases = classification().aliases
    sets = {"all": list(rows), "seen": [], "unseen": []}
    for row in rows:
        sets["seen" if seen(row[0]) else "unseen"].append(row)
    return sets | {
        f"{name}, no alias": [row for row in sets[name] if normalise(row[0]) not in aliases] for name in sets
    }


def main() -> None:
    """Print one line per method and set of titles; with --errors, wrong answers of the seen half."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--errors", type=int, default=0, help="wrong answers of the seen half to print")
    parser.add_argument("--only", default=",".join(METHODS), help="methods, by a part of their names")
    options = parser.parse_args()
    rows = labelled()
    print(f"{'method':28} {'titles':18} {'n':>5} exact small middle major  titles/s")
    n_alike, agreed = agreement(rows)
    print(f"{'labels of titles alike':28} {'all':18} {n_alike:5} {' '.join(f'{share:5.3f}' for share in agreed)}")
    for name in _chosen(options.only.split(",")):
        found, speed = cross_validated(name, rows)
        for kind, chosen in sets_of(rows).items():
            figures = " ".join(f"{share:5.3f}" for share in shares([found[title] for title, _ in chosen], chosen))
            print(f"{name:28} {kind:18} {len(chosen):5} {figures} {speed:9.0f}", flush=True)
        if name == "product":
            _print_errors([(t, code, found[t]) for t, code in rows if seen(t) and found[t] != code][: options.errors])


def _chosen(parts: Iterable[str]) -> list[str]:
    wanted = [part.strip() for part in parts]
    return [name for name in METHODS if any(part in name for part in wanted)]


def _print_errors(wrong: Iterable[tuple[str, str, str | None]]) -> None:
    names = classification().names
    for title, code, found in wrong:
        print(f"{title}: {code} {names.get(code)}, found {found} {names.get(found or '')}")


def _answer(index: OccupationIndex) -> Answer:
    def find(titles: Sequence[str]) -> list[str | None]:
        return [hits[0].code if hits else None for hits in index.search_batch(titles, top=1)]

    return find


if __name__ == "__main__":
    main()
