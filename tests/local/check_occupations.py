"""Accuracy of trade search on the labelled advert titles of DATA, and that the committed copy of them is the same.

Cross-validated: the model that ships was fitted on all of them. Labels were made by machine, so no method reaches 1.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from matcher.language.classification import classification, normalise
from training_data.reference.evaluate_occupations import cross_validated
from training_data.reference.occupation_labels import labelled, shares

LEVELS = ("exact", "small", "middle", "major")


def main(data: Path, figures: dict[str, Any]) -> int:
    """Print shares of titles with the right code and group."""
    with (data / "occupations" / "titles.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["job_name"], row["expected_code"]) for row in csv.DictReader(file)]
    found, speed = cross_validated("product", rows)
    figures["titles_per_second"] = round(speed)
    aliases = classification().aliases
    bare = [row for row in rows if normalise(row[0]) not in aliases]
    for name, chosen in (("all", rows), ("no alias", bare)):
        right = shares([found[title] for title, _ in chosen], chosen)
        figures[name] = {"titles": len(chosen), **{k: round(v, 4) for k, v in zip(LEVELS, right, strict=True)}}
        print(f"{name:10}", figures[name])
    print(f"{figures['titles_per_second']} titles a second")
    same = sorted(rows) == sorted(labelled())
    if not same:
        print("  FAULT the committed titles are not those of DATA")
    return int(not same)
