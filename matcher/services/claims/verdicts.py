"""A verdict of a document's rule in the words of pages."""

from __future__ import annotations

from typing import Any, Final

from matcher.office.claims.measures import Judgement

VERDICTS: Final = {
    "met": "达到", "not_met": "没达到", "ok": "合规", "too_long": "超过期限", "invalid": "日期不对",
    "needs_review": "要人工核实", "needs_config": "要县里先填数", "no_rule": "本县文件没有这一条", "": "只作参考",
}  # fmt: skip


def verdict_told(verdict: Judgement) -> dict[str, Any]:
    """Outcome, its word and its clause."""
    return {
        "outcome": verdict.outcome,
        "verdict": VERDICTS.get(verdict.outcome, verdict.outcome),
        "clause": verdict.clause,
    }
