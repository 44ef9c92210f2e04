"""From findings to an answer: the verdict, the smallest change that would open the pair, the question to ask."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.explanation import Finding, Verdict


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """No if any finding says no, else unknown if any is open, else yes."""
    outcomes = {finding.outcome for finding in findings}
    if "no" in outcomes:
        return Verdict.NO
    return Verdict.UNKNOWN if "unknown" in outcomes else Verdict.YES


def smallest_change(findings: Iterable[Finding]) -> str:
    """What would have to change so that nothing refuses the pair: every refusing rule's change, once, in order."""
    changes = dict.fromkeys(finding.change for finding in findings if finding.outcome == "no" and finding.change)
    return "，并且".join(changes)


def questions(findings: Iterable[Finding]) -> tuple[str, ...]:
    """What to ask, the question that matters most first; equal questions are asked once."""
    return tuple(dict.fromkeys(f.question for f in findings if f.outcome == "unknown" and f.question))
