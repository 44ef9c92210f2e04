"""How a group that is sent out together is divided and led: by the document that binds, else by one that says it."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from matcher.errors import UsageError
from matcher.policy.binding import pack_for
from matcher.policy.evaluation.evaluate import evaluate_rule
from matcher.policy.rule_types import Rule
from matcher.policy.types import Pack, PackSet


class GroupRule(NamedTuple):
    """The rule that divides a group, and whether the county's own document states it.

    size : the fact that counts them; largest : most people one leader takes; source : document and clause
    Another document's rule lends its sizes alone: whom it names as leader binds nobody else.
    """

    pack: Pack
    rule: Rule
    size: str
    largest: int
    ours: bool

    @property
    def source(self) -> str:
        """Document and clause."""
        return f"{self.pack.cited}{self.rule.clause}"


class Unit(NamedTuple):
    """What a group of some size is called, and who leads it; "" where the document leaves it to a human."""

    name: str
    leader: str


def group_rule(packs: PackSet, jurisdiction: str, on: date) -> GroupRule:
    """The rule for a county on a day: that of its own document while that pays, else the first by pack id.

    Raises UsageError where no pack states one.
    """
    bound = pack_for(packs, jurisdiction, on)
    own = _found(bound.asked, ours=True) if bound.pays else None
    others = (_found(packs[name], ours=False) for name in sorted(packs.packs))
    found = own or next((one for one in others if one), None)
    if found is None:
        raise UsageError("no document says how a group is divided", remedy="Give one rule of a pack a [rule.group].")
    return found


def unit_of(packs: PackSet, group: GroupRule, size: int) -> Unit:
    """Name and leader of so many people, as the document says them."""
    answer = evaluate_rule(group.rule.id, {group.size: size}, packs=packs)
    leader = packs.vocabulary.words.get(str(answer.get("leader", "")), "") if group.ours else ""
    return Unit(str(answer.get("unit", "")), leader)


def _found(pack: Pack, *, ours: bool) -> GroupRule | None:
    for rule in pack.rules:
        if rule.group is None:
            continue
        stated = pack.parameter(rule.group.largest)
        if stated is not None and isinstance(stated.value, int):
            return GroupRule(pack, rule, rule.group.size, stated.value, ours)
    return None
