"""Facts somebody finds out for a claim: what may be answered to each in Chinese, and an answer as the rule wants it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from matcher.errors import InvalidInput
from matcher.intake.parse import parse_date
from matcher.office.claims.cases import claim_facts
from matcher.policy import Pack
from matcher.policy.benefit_types import Benefit
from matcher.policy.benefits.conditions import merged
from matcher.policy.rule_types import Condition, Rule
from matcher.policy.types import Vocabulary

YES_NO: Final[Mapping[str, bool]] = {"是": True, "yes": True, "true": True, "否": False, "no": False, "false": False}
YES_NO_CHOICES: Final[Mapping[str, str]] = {"yes": "是", "no": "否"}
OTHER: Final = "other"
OTHER_LABEL: Final = "别的"
"""What no condition names: the rule says what follows from it."""
LONGEST: Final = 200
MOST_DIGITS: Final = 9
LISTS: Final = frozenset({"texts", "months", "ints"})
SEPARATORS: Final = re.compile(r"[、，,\s]+")
COMPARED: Final = frozenset({"one_of", "includes_any", "in_list", "any_in_list", "all_in_list"})
OUTSIDE: Final = "outside"
"""Operator of a list that names what is not meant: what is meant is then no closed list."""
HINTS: Final[Mapping[str, str]] = {
    "count": "只填数字", "int": "只填数字", "amount": "只填数字", "date": "写成 2018-03-01 这样",
    "months": "写成 2018-03 这样，几个月用顿号分开", "texts": "几样用顿号分开",
}  # fmt: skip


def choices(pack: Pack, benefit: Benefit, name: str, vocabulary: Vocabulary) -> dict[str, str]:
    """Code -> label of the answers a fact may have; empty for one that is written freely.

    Who claims is one of the parties the document names, paid or barred; other words are those the rule compares with.
    """
    if _kinds(merged(pack, benefit)).get(name, "").rstrip("?*") == "bool":
        return dict(YES_NO_CHOICES)
    purpose = claim_facts().purposes.get(benefit.purpose)
    if purpose is not None and name in purpose.kind_facts:
        parties = {party.code: party.label for party in (*benefit.payees, *benefit.excluded_payees)}
        return {**parties, OTHER: OTHER_LABEL} if parties else {}
    rule, found = merged(pack, benefit), dict[str, str]()
    for word in _words(pack, rule, benefit, name):
        label = vocabulary.words.get(word, word)
        if label not in found.values():
            found[_code(rule, name, word)] = label
    return {**found, OTHER: OTHER_LABEL} if found else {}


def _code(rule: Rule, name: str, word: str) -> str:
    return next((code for code, said in rule.aliases.get(name, {}).items() if said == word), word)


def _words(pack: Pack, rule: Rule, benefit: Benefit, name: str) -> tuple[str, ...]:
    """Words of the document a fact is compared with; none where it says only what is not meant."""
    steps = (*rule.steps, *(rule.each.steps if rule.each else ()), *benefit.steps)
    asked = [one for step in steps for one in _every(step.requires) if one.fact == name and one.is_ in COMPARED]
    rows = [pack.parameter(one.bound) for one in asked if one.bound]
    if any(row is not None and row.operator == OUTSIDE for row in rows):
        return ()
    listed = [row.value for row in rows if row is not None]
    said = [part for value in listed for part in ((value,) if isinstance(value, str) else value)]
    return tuple(dict.fromkeys((*(value for one in asked for value in one.values), *map(str, said))))


def _every(conditions: Iterable[Condition]) -> Iterator[Condition]:
    for one in conditions:
        yield one
        yield from _every((*(one.all or ()), *(one.any or ()), *(one.none or ())))


def _kinds(rule: Rule) -> dict[str, str]:
    return {**rule.inputs, **{column: kind for rows in rule.rows.values() for column, kind in rows.items()}}


def fields(pack: Pack, benefit: Benefit, names: Collection[str], vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """What a form asks of facts: name, label, the answers to choose from, else how it is written."""
    kinds = _kinds(merged(pack, benefit))
    return [
        {
            "name": name,
            "label": fact_label(name, vocabulary),
            "choices": [
                {"code": code, "label": label} for code, label in choices(pack, benefit, name, vocabulary).items()
            ],
            "hint": HINTS.get(kinds.get(name, "").rstrip("?*"), ""),
        }
        for name in names
    ]


def fact_label(name: str, vocabulary: Vocabulary) -> str:
    """A fact in Chinese; its code where nobody named it."""
    term = vocabulary.facts.get(name)
    return term.label if term is not None else vocabulary.words.get(name, name)


def typed(pack: Pack, benefit: Benefit, name: str, text: str, vocabulary: Vocabulary) -> Any:
    """An answer as the rule wants it: a truth, a number, a day, a code of what is said in Chinese, or the text itself.

    InvalidInput for a fact the benefit does not ask for, and for an answer that fits none of these.
    """
    kind, said = _kinds(merged(pack, benefit)).get(name, "").rstrip("?*"), text.strip()[:LONGEST]
    if not kind:
        raise InvalidInput(f"这项补助不问{name}", where=name, remedy="请从这笔申领的页面选。")
    label = fact_label(name, vocabulary)
    if not said:
        raise InvalidInput(f"{label}没有填", where=name, remedy="写明查到的内容。")
    if kind in _READ:
        return _READ[kind](label, name, said)
    known = choices(pack, benefit, name, vocabulary)
    if kind in ("texts", "months", "ints"):
        return [
            _coded(part, known, label, name) for part in said.replace("，", "、").replace(",", "、").split("、") if part
        ]
    return _coded(said, known, label, name)


def _coded(said: str, known: Mapping[str, str], label: str, name: str) -> str:
    """The code of what was said: a code, or its label."""
    if not known or said in known:
        return said
    found = next((code for code, word in known.items() if word == said), "")
    if not found:
        raise InvalidInput(f"{label}没有“{said}”这一种", where=name, remedy=f"请选：{'、'.join(known.values())}。")
    return found


def _truth(label: str, name: str, said: str) -> bool:
    if said.lower() not in YES_NO:
        raise InvalidInput(f"{label}要填是或者否", where=name, remedy="填“是”或者“否”。")
    return YES_NO[said.lower()]


def _count(label: str, name: str, said: str) -> int:
    if not (said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS):
        raise InvalidInput(f"{label}要填整数", where=name, remedy="只填数字。")
    return int(said)


def _amount(label: str, name: str, said: str) -> str:
    try:
        fits = said.isascii() and 0 <= Decimal(said) < 10**MOST_DIGITS
    except InvalidOperation:
        fits = False
    if not fits:
        raise InvalidInput(f"{label}要填数", where=name, remedy="只填数字，不写单位。")
    return said


def _date(label: str, name: str, said: str) -> str:
    on = parse_date(said).value
    if on is None:
        raise InvalidInput(f"{label}要填日子", where=name, remedy="写成 2018-03-01 这样。")
    return on.isoformat()


_READ: Final = {"bool": _truth, "int": _count, "count": _count, "amount": _amount, "decimal": _amount, "date": _date}
