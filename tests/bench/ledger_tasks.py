"""Children of the reconcile workload: two ledgers by the fixed error models, and each method over the same rows.

Every method weighs the pairs of the same blocks (`matcher.linkage.keys_of`, for rows no number settles); the plain loop
weighs all with all, on a stated sample. Precision and recall are against whom the rows really are.
"""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

from matcher.linkage import Cells, Entry, Linkage, Sureness, entry_of, evidence_of, link, total, weights
from tests.bench.measure import Laps, repeated
from tests.two_ledgers import Ledger, Two, precision_recall, two_ledgers

Timed = tuple[Laps, Any]
ON = date(2027, 1, 30)
PROBABILITY = 0.99
"""Of Splink's match; ours holds a pair to be one person from a hundred to one on."""
MOST_PAIRS = 2_000_000
"""Pairs by which Splink estimates how often strangers agree; its own advice for a million rows and more."""
SOURCES = ("ours", "theirs")


def ours(left: int, right: int, repeats: int) -> Timed:
    """The product's linkage, rows already tidied: its pairs' precision and recall, and what waits for a person."""
    two = two_ledgers(left, right)
    sides = entries(two.left), entries(two.right)
    laps, linkage = repeated(lambda: link(*sides, weights()), repeats=repeats)
    return laps, told(two, [(p.left, p.right) for p in linkage.pairs if p.verdict is Sureness.SAME]) | {
        "asked": sum(pair.verdict is Sureness.ASK for pair in linkage.pairs),
        "weighed": linkage.n_weighed,
    }


def tidied(left: int, right: int, repeats: int) -> Timed:
    """Only the tidying of the rows, which every method needs."""
    two = two_ledgers(left, right)
    laps, _ = repeated(lambda: (entries(two.left), entries(two.right)), repeats=repeats)
    return laps, {"rows": left + right}


def loop(left: int, right: int, repeats: int) -> Timed:
    """All with all under the same weights: each left row takes the best right one nobody has; the slow twin."""
    two = two_ledgers(left, right)
    ledgers = entries(two.left), entries(two.right)
    scale = link(*ledgers, weights()).scale

    def run() -> list[tuple[int, int]]:
        ranked = sorted(
            (-total(evidence_of(a, b, scale, weights())), i, j)
            for i, a in enumerate(ledgers[0])
            for j, b in enumerate(ledgers[1])
        )
        taken: tuple[set[int], set[int]] = (set(), set())
        pairs = []
        for minus, i, j in ranked:
            if -minus < weights().verdict.same:
                break
            if i not in taken[0] and j not in taken[1]:
                taken[0].add(i)
                taken[1].add(j)
                pairs.append((i, j))
        return pairs

    laps, pairs = repeated(run, repeats=repeats)
    return laps, told(two, pairs) | {"weighed": left * right}


def splink(left: int, right: int, repeats: int) -> Timed:
    """Splink on DuckDB over the pairs of the same blocks, trained by its own estimation, its pairs made one to one."""
    two = two_ledgers(left, right)
    ledgers = entries(two.left), entries(two.right)
    linkage = link(*ledgers, weights())
    laps, pairs = repeated(lambda: _splinked(ledgers, linkage), repeats=repeats)
    return laps, told(two, pairs)


def _splinked(ledgers: tuple[list[Entry], list[Entry]], linkage: Linkage) -> list[tuple[int, int]]:
    import pandas as pd
    import splink as kit
    import splink.comparison_library as cl

    frames = [pd.DataFrame(_rows(side, linkage)) for side in ledgers]
    settings = kit.SettingsCreator(
        link_type="link_only",
        blocking_rules_to_generate_predictions=list(BLOCKS),
        comparisons=[
            cl.DamerauLevenshteinAtThresholds("number", [1, 2]),
            cl.LevenshteinAtThresholds("name", 1),
            cl.LevenshteinAtThresholds("born", 1),
            cl.LevenshteinAtThresholds("phone", 1),
            cl.ExactMatch("village"),
        ],
        retain_intermediate_calculation_columns=False,
    )
    api = kit.DuckDBAPI()
    tables = [api.register(frame, dataset_display_name=name) for frame, name in zip(frames, SOURCES, strict=True)]
    linker = kit.Linker(tables, settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(["l.number = r.number"], recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=MOST_PAIRS)
    linker.training.estimate_parameters_using_expectation_maximisation("l.number = r.number")
    linker.training.estimate_parameters_using_expectation_maximisation("l.name = r.name and l.village = r.village")
    found = linker.inference.predict(threshold_match_probability=PROBABILITY).as_pandas_dataframe()
    return _one_to_one(found)


BLOCKS = (
    "l.number = r.number", "l.birth = r.birth and l.surname = r.surname",
    "l.day = r.day and l.tail = r.tail and l.surname = r.surname",
    "l.year = r.year and l.tail = r.tail and l.surname = r.surname", "l.phone = r.phone",
    "l.heard = r.heard and l.month = r.month", "l.heard = r.heard and l.village = r.village",
    "l.surname = r.surname and l.born = r.born and l.village = r.village",
)  # fmt: skip
"""The keys of `matcher.linkage.blocking` as SQL; ours are tried only where no number settles a pair."""


def _rows(side: list[Entry], linkage: Linkage) -> list[dict[str, Any]]:
    later = dict(sorted(linkage.scale.moved))
    rows = []
    for ix, entry in enumerate(side):
        number = entry.number if "*" not in entry.number else ""
        village = entry.villages[0] if entry.villages else ""
        told = {
            "name": entry.name, "number": number, "born": entry.born, "phone": entry.phone,
            "village": later.get(village, village), "heard": entry.heard, "surname": entry.heard.split(" ")[0],
            "birth": number[6:14], "day": number[10:14], "year": number[6:10], "tail": number[14:17],
            "month": entry.born[:7],
        }  # fmt: skip
        rows.append({"unique_id": ix, **{key: value or None for key, value in told.items()}})
    return rows


def _one_to_one(found: Any) -> list[tuple[int, int]]:
    ranked = sorted(
        (-weight, *((a, b) if source == SOURCES[0] else (b, a)))
        for weight, a, b, source in zip(
            found["match_weight"], found["unique_id_l"], found["unique_id_r"], found["source_dataset_l"], strict=True
        )
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    pairs = []
    for _, a, b in ranked:
        if a not in taken[0] and b not in taken[1]:
            taken[0].add(a)
            taken[1].add(b)
            pairs.append((int(a), int(b)))
    return pairs


def entries(ledger: Ledger) -> list[Entry]:
    """Rows of a ledger as the product reads them."""
    return [
        entry_of(ix, Cells(name=row[1], number=row[2], born=row[3], phone=row[4], village=row[5]), on=ON)
        for ix, row in enumerate(ledger.rows)
    ]


def told(two: Two, pairs: list[tuple[int, int]]) -> dict[str, Any]:
    """Precision, recall and how many pairs."""
    precision, recall = precision_recall(two, pairs)
    return {"precision": precision, "recall": recall, "pairs": len(pairs)}
