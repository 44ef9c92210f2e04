"""Many calls of one rule: in columns where it has such a form, else one by one; which of the two is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matcher.policy.columns.encode import encode_facts
from matcher.policy.columns.evaluate import covered, evaluate_columns
from matcher.policy.columns.kinds import NotInColumns
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.evaluation.evaluate import Answer, answer
from matcher.policy.figures.in_force import NO_COUNTY, FiguresOn
from matcher.policy.rule_types import Rule
from matcher.policy.types import Pack


def evaluate_many(
    pack: Pack,
    rule: Rule,
    people: Sequence[Mapping[str, Any]],
    conventions: Conventions | None = None,
    county: FiguresOn = NO_COUNTY,
) -> tuple[list[Answer], bool]:
    """Answer to each person in order, and whether columns gave them.

    people : typed facts of each, as `rule_facts` reads them
    county : a county's own figures hold day by day and are cited person by person, so with them nothing goes in columns
    """
    said = conventions or Conventions()
    if covered(rule) and not county.asked:
        try:
            return list(evaluate_columns(pack, rule, encode_facts(rule, people), len(people), said)), True
        except NotInColumns:
            pass
    return [answer(pack, rule, facts, said, county) for facts in people], False
