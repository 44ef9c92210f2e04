"""Lines in which `matcher claims` tells a claim after a step, and what is wrong with a row of a bank."""

from __future__ import annotations

import msgspec

from matcher.cli.output import write_json
from matcher.errors import Problem
from matcher.office.claims.record import ClaimRecord


def problem_line(problem: Problem) -> str:
    """File, row, column, what stands there and how to mend it."""
    return f"  {problem.file} row {problem.row} {problem.column}: {problem.found} {problem.fix}"


def write_claim(record: ClaimRecord) -> None:
    """A claim after a step: id, state, amount, what lacks."""
    told = record.proposal
    write_json(
        {
            "claim_id": record.claim_id,
            "state": record.state.value,
            "outcome": told.outcome if told else None,
            "amount_fen": told.amount_fen if told else None,
            "missing": list(record.missing),
            "why": msgspec.to_builtins(told.why) if told else [],
        }
    )
