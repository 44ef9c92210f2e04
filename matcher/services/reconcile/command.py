"""The command: two files in, a folder of results out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from matcher.linkage import Rank, weights
from matcher.services.ground.rulebook import Means
from matcher.services.reconcile.comparison import compare
from matcher.services.reconcile.files import write_all
from matcher.services.reconcile.ledgers import read_ledger


class Reconcile(msgspec.Struct, frozen=True, kw_only=True):
    """The call: which two files, where to, for which county, on which day."""

    left: Path
    right: Path
    out: Path
    on: date
    jurisdiction: str


def reconcile(means: Means, call: Reconcile) -> dict[str, Any]:
    """The counts, what is to be decided by what hangs on it, the files written, every problem of both files.

    agree + typo + status_differs + needs_person + left_only = left_rows, the same on the right. Raises InvalidInput
    for a file nobody can be read from, UsageError for a folder that cannot be written.
    """
    left, right = (
        read_ledger(path, means, on=call.on, jurisdiction=call.jurisdiction) for path in (call.left, call.right)
    )
    comparison = compare(left, right, weights(), means.packs)
    ranks = Counter(told.rank for told in comparison.queue)
    return {
        "on": call.on.isoformat(),
        "left": {"file": left.file, "sha256": left.sha256, "rows": len(left.entries)},
        "right": {"file": right.file, "sha256": right.sha256, "rows": len(right.entries)},
        **comparison.counts,
        "to_decide": len(comparison.queue),
        "consequence": {rank.name.lower(): ranks[rank] for rank in Rank},
        "files": write_all(comparison, call.out),
        "problems": [msgspec.to_builtins(problem) for problem in comparison.problems],
    }


def summary_line(summary: Mapping[str, Any]) -> str:
    """The counts in a sentence."""
    return (
        f"左表{summary['left_rows']}行，右表{summary['right_rows']}行：一致{summary['agree']}对，"
        f"写法有误{summary['typo']}对，情况不一致{summary['status_differs']}对，要人来认{summary['needs_person']}对；"
        f"只在左表{summary['left_only']}行，只在右表{summary['right_only']}行，同表重复{summary['doubles']}处。"
    )
