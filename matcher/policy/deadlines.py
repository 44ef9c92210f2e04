"""What ends when: documents, figures with a last day of their own, days tasks are due, days that come round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

from matcher.policy.binding import State, pack_for, state
from matcher.policy.checks.rule_validation import used_parameters
from matcher.policy.evaluation.conventions import ONE_DAY
from matcher.policy.recurring import Recurring, next_due
from matcher.policy.rule_types import Parameter, ParameterKind
from matcher.policy.types import Pack, PackSet

NOT_APPLIED = frozenset({State.NOT_YET, State.EXPIRED})


class DeadlineKind(StrEnum):
    """What comes to an end on a day."""

    DOCUMENT = "document"
    LAST_YEAR_NAMED = "last_year_named"
    FIGURE = "figure"
    TASK = "task"
    REPORT = "report"


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """One last day, what it closes and what happens after it.

    id : parameter, or pack of a document; days_left : from the day asked, negative once it is over
    now : Chinese sentence for the day asked; rules, benefits : ids that rest on it
    """

    pack_id: str
    kind: DeadlineKind
    id: str
    title: str
    clause: str
    last_day: date
    days_left: int
    now: str
    rules: tuple[str, ...] = ()
    benefits: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Whether the last day lies before the day asked."""
        return self.days_left < 0


def deadlines(packs: PackSet, on: date, recurring: Iterable[Recurring] = ()) -> list[Deadline]:
    """Every last day of every document, soonest first, those over after them (latest first)."""
    came_round = {(row.pack, row.parameter): row for row in recurring}
    found = [deadline for pack in packs.packs.values() for deadline in _of_pack(packs, pack, on, came_round)]
    return sorted(found, key=lambda row: (row.over, abs(row.days_left), row.pack_id, row.kind, row.id))


def _of_pack(packs: PackSet, pack: Pack, on: date, came_round: dict[tuple[str, str], Recurring]) -> Iterator[Deadline]:
    if pack.document.always:
        return
    yield from _of_document(packs, pack, on)
    for row in pack.parameters:
        recurring = came_round.get((pack.id, row.id))
        if recurring is not None:
            yield from _report(packs, pack, row, recurring, on)
        elif row.kind is ParameterKind.DATE and row.operator == "<=":
            yield _of_row(packs, pack, row, DeadlineKind.TASK, row.value, on, _task_now(packs, pack, row.value, on))
        elif row.to is not None and row.to != pack.document.to:
            over = "已不执行：用到它的规则答“文件没有这一条”，不付钱。" if row.to < on else "照常执行，次日起不再用。"
            yield _of_row(packs, pack, row, DeadlineKind.FIGURE, row.to, on, over)


def _of_document(packs: PackSet, pack: Pack, on: date) -> Iterator[Deadline]:
    """The end of a document, or of the years it speaks of where no end is stated."""
    document = pack.document
    if document.to is not None:
        kind, last = DeadlineKind.DOCUMENT, document.to
    elif document.last_year_named is not None:
        kind, last = DeadlineKind.LAST_YEAR_NAMED, date(document.last_year_named + 1, 1, 1) - ONE_DAY
    else:
        return
    yield Deadline(
        pack_id=pack.id,
        kind=kind,
        id=pack.id,
        title=pack.name,
        clause=pack.cited,
        last_day=last,
        days_left=(last - on).days,
        now=_document_now(packs, pack, on),
        rules=tuple(rule.id for rule in pack.rules),
        benefits=tuple(benefit.id for benefit in pack.benefits),
    )


def _document_now(packs: PackSet, pack: Pack, on: date) -> str:
    """What binds its places on the day: the document, one after it, or the general rules; and whether money is paid."""
    now = state(pack, on)
    if now is State.NOT_YET:
        return f"还没开始，{pack.document.from_}起执行。"
    if now is State.IN_FORCE:
        after = "次日起按通用规则排序、不付钱" if pack.document.to else "次年起要人工核实，核实以前不付钱"
        return f"现行；{after}，除非登记了接续的文件。"
    bound = pack_for(packs, pack.regions[0] if pack.regions else pack.id, on)
    if bound.asked.id != pack.id:
        return f"已由{bound.asked.name}接续。"
    ended = "已到期" if now is State.EXPIRED else "待人工核实"
    return f"{ended}：现在按{bound.pack.name}排序，不付钱（无现行政策）；没有登记接续的文件。"


def _task_now(packs: PackSet, pack: Pack, last: date, on: date) -> str:
    """A day something is to be done by is a reminder; one that is the last of the document says what that means."""
    if last == pack.document.to:
        return _document_now(packs, pack, on)
    return "已过期限；只作提醒，不影响名单。" if last < on else "到期前办完；只作提醒，不影响名单。"


def _report(packs: PackSet, pack: Pack, row: Parameter, recurring: Recurring, on: date) -> Iterator[Deadline]:
    """The next day something is due; none of a document that has not begun or is over."""
    now = state(pack, on)
    if now in NOT_APPLIED:
        return
    due = next_due(row, recurring.every, on)
    said = "按时报送。" if now is State.IN_FORCE else "文件是否有效待核实；核实以前照此提醒。"
    deadline = _of_row(packs, pack, row, DeadlineKind.REPORT, due, on, said)
    yield msgspec.structs.replace(deadline, title=recurring.title)


def _of_row(packs: PackSet, pack: Pack, row: Parameter, kind: DeadlineKind, last: date, on: date, now: str) -> Deadline:
    words = packs.vocabulary.words
    rules = tuple(rule.id for rule in pack.rules if row.id in used_parameters(rule))
    return Deadline(
        pack_id=pack.id,
        kind=kind,
        id=row.id,
        title=row.name or words.get(row.id, row.id),
        clause=words.get(row.clause, row.clause),
        last_day=last,
        days_left=(last - on).days,
        now=now,
        rules=rules,
        benefits=tuple(benefit.id for benefit in pack.benefits if _rests_on(pack, benefit.id, row.id, rules)),
    )


def _rests_on(pack: Pack, benefit_id: str, parameter_id: str, rules: tuple[str, ...]) -> bool:
    """Whether a benefit names the parameter itself, or is decided by a rule that does."""
    benefit = msgspec.to_builtins(pack.benefit(benefit_id))
    return benefit is not None and bool({parameter_id, *rules} & {v for v in benefit.values() if isinstance(v, str)})
