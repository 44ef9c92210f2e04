"""Who was shown what, and who kept a job, by group: an audit of a season from its events.

Ethnicity and duties of care stand in no event. Whoever wants to know of them gives a table for the audit alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from matcher.errors import InvalidInput
from matcher.features.columns import typical_wage
from matcher.learning.as_seen import NEVER_SEEN, versions
from matcher.learning.event_rows import ImpressionRow
from matcher.learning.events import EventLog
from matcher.learning.fairness import Audit, Audited, GroupRatio, ShownLine, audit
from matcher.learning.judging import GROUP_LABELS
from matcher.learning.outcomes import outcomes
from matcher.learning.scored_lines import OLDER_FROM
from matcher.records import LabourAbility, Sex, Vacancy, Worker
from matcher.services.learning.audit_people import Told

MEASURE_LABELS: Final[Mapping[str, str]] = {
    "kept": "做满半年",
    "wage": "看到的工资",
    "p": "看到的把握",
    "lines": "看到的岗位数",
    "wage_alike": "看到的工资，情况相近的男女相比",
    "p_alike": "看到的把握，情况相近的男女相比",
}
FIGURES: Final = ("value", "low", "high")


def audit_lists(log: EventLog, told: Mapping[str, Told] | None = None, *, seed: int = 0) -> Audit:
    """The audit of everybody who was shown a list and whose record was known then, as it was at their first list.

    Raises InvalidInput where nobody was shown anything.
    """
    first: dict[str, ImpressionRow] = {}
    for row in log.impressions:
        first.setdefault(row.worker_id, row)
    records = versions(log, "worker", Worker)[0]
    people = {
        name: _audited(records.records[at], row, (told or {}).get(name, Told()))
        for name, row in sorted(first.items())
        if (at := records.at(name, row.ts)) != NEVER_SEEN
    }
    if not people:
        raise InvalidInput("there are no lists to audit", remedy="Export them: matcher events export.")
    kept = {one.worker_id: one.kept for one in outcomes(log) if one.worker_id in people and one.kept is not None}
    return audit(list(people.values()), kept, list(_shown(log, people)), seed=seed)


def _audited(person: Worker, seen: ImpressionRow, told: Told) -> Audited:
    age = None if person.birth_date is None else _age(person.birth_date, seen.ts.date())
    ability = person.labour_ability
    return Audited(
        worker_id=person.worker_id,
        household_id=seen.household_id or person.household_id or person.worker_id,
        from_45=None if age is None else age >= OLDER_FROM,
        women=None if person.sex is None else person.sex is Sex.FEMALE,
        minority=told.minority,
        weak=None if ability is None else ability in (LabourAbility.WEAK, LabourAbility.HALF),
        relocated=person.relocated,
        care=told.care,
        age_band="" if age is None else f"{age // 10}0",
        education="" if person.education is None else person.education.value,
    )


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _shown(log: EventLog, people: Mapping[str, Audited]) -> Iterator[ShownLine]:
    """The lines of the audited, with the post as it was then."""
    posts = versions(log, "vacancy", Vacancy)[0]
    for row in log.impressions:
        if row.worker_id in people:
            at = posts.at(row.vacancy_id, row.ts)
            wage = None if at == NEVER_SEEN else typical_wage(posts.records[at])
            yield ShownLine(row.worker_id, wage, _chance(row))


def _chance(row: ImpressionRow) -> float | None:
    if row.p_apply is None or row.p_hire is None or row.p_keep is None:
        return None
    return row.p_apply * row.p_hire * row.p_keep


def audit_rows(found: Audit) -> list[dict[str, Any]]:
    """The audit as rows: measure, group, how many people, and the ratio with its interval. Who is few is no row."""
    rows = [_row("kept", ratio) for ratio in found.outcome]
    rows += [_row(measure, ratio) for measure, ratios in found.exposure.items() for ratio in ratios]
    women = next((ratio for ratio in found.exposure["lines"] if ratio.group == "women"), None)
    if women is not None:
        rows += [_row(f"{gap.measure}_alike", replace(women, ratio=gap.adjusted)) for gap in found.gaps if gap.covered]
    return rows


def _row(measure: str, ratio: GroupRatio) -> dict[str, Any]:
    figures = dict(zip(FIGURES, ratio.ratio.record().values(), strict=True))
    return {
        "measure": measure,
        "measure_label": MEASURE_LABELS[measure],
        "group": ratio.group,
        "group_label": GROUP_LABELS[ratio.group],
        "people": ratio.n_group,
        "others": ratio.n_others,
        "ratio": figures.pop("value"),
        **figures,
    }
