"""Many rule calls as JSON lines: same order out, every fault named by line, key and expectation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from matcher.errors import InvalidInput, MatcherError, Problem
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.evaluation.evaluate import Answer, NotYetHere, evaluate_rule
from matcher.policy.figures.in_force import NO_COUNTY, FiguresOn
from matcher.policy.types import PackSet


class BatchLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of `matcher policy evaluate --batch`."""

    rule_id: str
    inputs: dict[str, Any]


def evaluate_lines(
    lines: Iterable[str | bytes],
    *,
    packs: PackSet,
    conventions: Conventions | None = None,
    county: FiguresOn = NO_COUNTY,
) -> Iterator[Answer]:
    """Answer of each line in order; blank lines are skipped.

    Raises NotYetHere or InvalidInput at the first line that cannot be answered; `where` and every problem's `row`
    are the 1-based line.
    """
    for answer in answer_lines(lines, packs=packs, conventions=conventions, county=county):
        if isinstance(answer, MatcherError):
            raise answer
        yield answer


def answer_lines(
    lines: Iterable[str | bytes],
    *,
    packs: PackSet,
    conventions: Conventions | None = None,
    county: FiguresOn = NO_COUNTY,
) -> Iterator[Answer | MatcherError]:
    """As `evaluate_lines`, with the error in the place of an answer that cannot be given: no line loses its place."""
    for number, text in enumerate(lines, start=1):
        if text.strip():
            try:
                yield _evaluate_line(number, text, packs, conventions, county)
            except (NotYetHere, InvalidInput) as error:
                yield error


def _evaluate_line(
    number: int, text: str | bytes, packs: PackSet, conventions: Conventions | None, county: FiguresOn
) -> Answer:
    where = f"line {number}"
    try:
        line = msgspec.json.decode(text, type=BatchLine)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        expected = '{"rule_id": …, "inputs": {…}}'
        fix = f"请把这一行改为 {expected}。"
        problem = Problem(row=number, found=str(error), expected=expected, fix=fix)
        raise InvalidInput(f"the line is not a rule call: {error}", (problem,), where=where, remedy=fix) from None
    try:
        return evaluate_rule(line.rule_id, line.inputs, packs=packs, conventions=conventions, county=county)
    except NotYetHere as error:
        raise NotYetHere(error.what, where=f"{where}, rule_id", remedy=error.remedy) from None
    except InvalidInput as error:
        problems = tuple(msgspec.structs.replace(problem, row=number) for problem in error.problems)
        raise InvalidInput(error.what, problems, where=f"{where}, {error.where}", remedy=error.remedy) from None
