"""Accuracy of trade search on the labelled advert titles of DATA, and that the committed copy of them is the same.

The floors of the committed test hold here too; its labels were made by machine, so no method reaches 1.
"""

from __future__ import annotations

import csv
import importlib.util
import time
from pathlib import Path
from types import ModuleType
from typing import Any

SCRIPT = Path(__file__).parents[2] / "training_data" / "reference" / "evaluate_occupations.py"
LEVELS = ("exact", "small", "middle", "major")


def _evaluation() -> ModuleType:
    spec = importlib.util.spec_from_file_location("evaluate_occupations", SCRIPT)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(data: Path, figures: dict[str, Any]) -> int:
    """Print shares of titles with the right code and group."""
    evaluation = _evaluation()
    with (data / "occupations" / "titles.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [tuple(row.values())[:2] for row in csv.DictReader(file)]
    evaluation.product(["预热"])
    start = time.perf_counter()
    found = evaluation.product([title for title, _ in rows])
    figures["titles_per_second"] = round(len(rows) / (time.perf_counter() - start))
    aliases = evaluation.classification().aliases
    bare = [ix for ix, (title, _) in enumerate(rows) if evaluation.normalise(title) not in aliases]
    for name, chosen in (("all", range(len(rows))), ("no alias", bare)):
        shares = evaluation.shares([found[ix] for ix in chosen], [rows[ix] for ix in chosen])
        figures[name] = {"titles": len(chosen), **{k: round(v, 4) for k, v in zip(LEVELS, shares, strict=True)}}
        print(f"{name:10}", figures[name])
    print(f"{figures['titles_per_second']} titles a second")
    same = sorted(rows) == sorted(evaluation.labelled())
    if not same:
        print("  FAULT the committed titles are not those of DATA")
    return int(not same)
