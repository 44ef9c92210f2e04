"""What a county must supply: every figure its documents mask, leave open or leave to it, and what waits for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from matcher.policy.benefit_types import Benefit
from matcher.policy.checks.rule_validation import conditions_of, used_parameters
from matcher.policy.evaluation.conventions import ONE_DAY
from matcher.policy.figures.in_force import NO_FIGURES, CountyFigures
from matcher.policy.figures.units import is_number, unit_rule
from matcher.policy.figures.words import figure_name
from matcher.policy.pages.figures import local_bounds
from matcher.policy.predicates.facts import FIGURES
from matcher.policy.rule_types import LocalFigure, Parameter, ParameterKind, Rule
from matcher.policy.types import Pack, PackSet, Vocabulary
from matcher.records.figures import CountyFigure

_Reader = tuple[Benefit, frozenset[str]]
"""A benefit and every word in it, among them the figures and rules it names."""
BY_NAME = "keeps_named"
"""The predicate that compares with whatever figure a call names: a rule with it needs every open one."""


class Why(StrEnum):
    """Why a document has no number: digits blanked, left open, or left to the county within what it states."""

    MASKED = "masked"
    OPEN = "open"
    LOCAL = "local"


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A rule or benefit that cannot be computed without a figure."""

    id: str
    title: str
    clause: str


class _Cited(Protocol):
    """A rule or a benefit, as far as it is told of here."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def clause(self) -> str: ...


class NeededFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure a county must supply, and how it stands on a day.

    unit : "" where the document names none; least, most : bounds the document states; says : bounds in Chinese
    settable : False where no single number can fill it: a day (it belongs into the pack), or a sum of several `parts`
    rules, benefits : what waits for it; figure : the county's on the day, None = open
    open_since : the first day without one (of the document, or after the last figure); None where set or unknown
    n_recorded : how many figures were ever recorded for it
    """

    pack_id: str
    parameter_id: str
    name: str
    unit: str
    clause: str
    why: Why
    least: Decimal | None = None
    most: Decimal | None = None
    says: str = ""
    settable: bool = True
    parts: tuple[str, ...] = ()
    part_of: str = ""
    note: str = ""
    rules: tuple[Waiting, ...] = ()
    benefits: tuple[Waiting, ...] = ()
    figure: CountyFigure | None = None
    open_since: date | None = None
    n_recorded: int = 0

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to supply it; one told in parts is supplied by its parts."""
        return self.figure is None and not self.parts


def figures_needed(
    packs: PackSet, on: date, figures: CountyFigures = NO_FIGURES, pack_ids: Iterable[str] | None = None
) -> tuple[NeededFigure, ...]:
    """Every figure that packs leave to a county, with its state on the day; packs by id, rows as the pack has them.

    pack_ids : these packs alone; None = all. An id that is no pack is left out.
    """
    chosen = packs.packs.values() if pack_ids is None else [packs[name] for name in pack_ids if name in packs.packs]
    return tuple(needed for pack in chosen for needed in _of_pack(pack, packs.vocabulary, on, figures))


def needed_figure(
    packs: PackSet, pack_id: str, parameter_id: str, on: date, figures: CountyFigures
) -> NeededFigure | None:
    """One of them; None where the pack has no such figure to supply."""
    found = figures_needed(packs, on, figures, [pack_id])
    return next((row for row in found if row.parameter_id == parameter_id), None)


def _of_pack(pack: Pack, vocabulary: Vocabulary, on: date, figures: CountyFigures) -> Iterator[NeededFigure]:
    # Benefits are taken apart once a pack, not once a figure: pages ask for every figure there is.
    readers = [(benefit, frozenset(_words(msgspec.to_builtins(benefit)))) for benefit in pack.benefits]
    for row in pack.parameters:
        if row.kind.is_open:
            yield _open(pack, row, vocabulary, readers, _state(pack, row.id, on, figures))
    for local in pack.figures:
        yield _local(pack, local, vocabulary, readers, _state(pack, local.id, on, figures))


def _open(
    pack: Pack, row: Parameter, vocabulary: Vocabulary, readers: Sequence[_Reader], state: Mapping[str, Any]
) -> NeededFigure:
    parts = tuple(local.id for local in pack.figures if local.part_of == row.id)
    return NeededFigure(
        pack_id=pack.id,
        parameter_id=row.id,
        name=figure_name(row, vocabulary),
        unit=row.unit,
        clause=row.clause,
        why=Why.MASKED if row.kind is ParameterKind.MASKED else Why.OPEN,
        says=unit_rule(row.unit).says if is_number(row.unit) else "",
        settable=is_number(row.unit) and not parts,
        parts=parts,
        **_waiting(pack, readers, row.id, by_name=row.kind in FIGURES),
        **state,
    )


def _local(
    pack: Pack, row: LocalFigure, vocabulary: Vocabulary, readers: Sequence[_Reader], state: Mapping[str, Any]
) -> NeededFigure:
    stated = local_bounds(pack, row, vocabulary.words)
    return NeededFigure(
        pack_id=pack.id,
        parameter_id=row.id,
        name=row.name,
        unit=row.unit,
        clause=row.clause,
        why=Why.OPEN if row.part_of else Why.LOCAL,
        least=_stated(pack, row.at_least),
        most=_stated(pack, row.at_most),
        says=stated or unit_rule(row.unit).says,
        part_of=row.part_of,
        note=row.note,
        **_waiting(pack, readers, row.id, by_name=False),
        **state,
    )


def _stated(pack: Pack, parameter_id: str) -> Decimal | None:
    row = pack.parameter(parameter_id) if parameter_id else None
    return None if row is None else Decimal(row.value)


def _waiting(pack: Pack, readers: Sequence[_Reader], figure_id: str, *, by_name: bool) -> dict[str, Any]:
    rules = [rule for rule in pack.rules if _asks(rule, figure_id, by_name=by_name)]
    named = {figure_id, *(rule.id for rule in rules if not _compares_any(rule))}
    benefits = [benefit for benefit, words in readers if not named.isdisjoint(words)]
    return {"rules": tuple(_told(rule) for rule in rules), "benefits": tuple(_told(benefit) for benefit in benefits)}


def _asks(rule: Rule, figure_id: str, *, by_name: bool) -> bool:
    return figure_id in used_parameters(rule) or figure_id in rule.figures.values() or (by_name and _compares_any(rule))


def _compares_any(rule: Rule) -> bool:
    return any(part.is_ == BY_NAME for part in conditions_of(rule))


def _words(value: Any) -> Iterator[str]:
    """Every text inside a decoded value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (word for item in value.values() for word in _words(item))
    elif isinstance(value, (list, tuple)):
        yield from (word for item in value for word in _words(item))


def _told(what: _Cited) -> Waiting:
    return Waiting(id=what.id, title=what.title, clause=what.clause)


def _state(pack: Pack, figure_id: str, on: date, figures: CountyFigures) -> dict[str, Any]:
    history = figures.history(pack.id, figure_id)
    figure = figures.on(pack.id, figure_id, on)
    ended = [row.to + ONE_DAY for row in history if row.to is not None and row.to < on]
    start = max(ended, default=pack.document.from_)
    since = start if figure is None and (start is None or start <= on) else None
    return {"figure": figure, "open_since": since, "n_recorded": len(history)}
