"""The texts of one county: the committed ones under its own, and what its carrier has said of each version.

`templates.toml` of a county's folder is written by hand: a signature, texts of its own. What the carrier said is kept
apart from it (`template-states.toml`), so that no program writes into the officer's file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from matcher.errors import InvalidInput
from matcher.messaging.templates import (
    Approval,
    Template,
    TemplateBook,
    checked,
    slot_faults,
    standard_templates,
)
from matcher.messaging.wording import standard_wording

T = TypeVar("T")
OFFICE: Final = "就业局"
"""Behind the county's name: who texts it, as its kiosks say."""
States = Mapping[tuple[str, int], Approval]
"""(template, version) -> what the carrier has said of it."""


class _Own(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    signature: str | None = None
    most_parts: int | None = None
    template: tuple[Template, ...] = ()


class _State(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    template: str
    version: int
    state: Approval


class _States(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    said: tuple[_State, ...] = ()


def county_templates(own: str = "", states: str = "", county: str = "") -> TemplateBook:
    """The texts to be used, checked; a version of the county's own stands in place of the committed one of its id.

    county : short name of the county, which signs where its file gives no signature and every text still fits

    Raises InvalidInput for files that do not fit, a word on a version nobody knows, and every fault of every text.
    """
    over = _read(own, _Own, "templates.toml")
    book = standard_templates()
    given = {(one.id, one.version): one for one in over.template}
    if len(given) < len(over.template):
        raise InvalidInput("a version stands twice", where="templates.toml", remedy="Give each a number of its own.")
    kept = [one for one in book.template if (one.id, one.version) not in given]
    said = read_states(states)
    every = [replace(one, state=said.get((one.id, one.version), one.state)) for one in (*kept, *over.template)]
    if unknown := set(said) - {(one.id, one.version) for one in every}:
        raise InvalidInput(f"no such versions: {sorted(unknown)}", where="template-states.toml")
    texts = checked(
        replace(
            book,
            signature=book.signature if over.signature is None else over.signature,
            most_parts=book.most_parts if over.most_parts is None else over.most_parts,
            template=tuple(every),
        )
    )
    return texts if over.signature is not None or not county else _signed_by(texts, f"{county}{OFFICE}")


def has_signature(own: str) -> bool:
    """Whether a county's own file gives the signature; raises InvalidInput for a file that does not fit."""
    return _read(own, _Own, "templates.toml").signature is not None


def _signed_by(book: TemplateBook, name: str) -> TemplateBook:
    """The book under a derived name; as it was where the name is too long for a text at its worst."""
    try:
        return checked(replace(book, signature=name))
    except InvalidInput:
        return book


def require_said(book: TemplateBook, **values: str) -> None:
    """Raise InvalidInput where what is the same in every text, by the slot's name, fits not all texts that name it.

    Found as late as the answer it would leave who wrote to us without one, and nobody would know.
    """
    wording = standard_wording()
    found = {
        (problem.column, problem.expected): problem
        for one in book.template
        for name in one.slots.keys() & values.keys()
        for problem in slot_faults(one, name, values[name], wording)
    }
    if found:
        told = "; ".join(f"{problem.column} {problem.found!r}: {problem.expected}" for problem in found.values())
        raise InvalidInput(
            f"it cannot stand in the texts: {told}", tuple(found.values()), where="sending.toml: contact"
        )


def read_states(text: str) -> dict[tuple[str, int], Approval]:
    """What the carrier has said, of a file's text; raises InvalidInput."""
    return {(one.template, one.version): one.state for one in _read(text, _States, "template-states.toml").said}


def states_written(states: States) -> str:
    """The same as a file's text."""
    return "".join(
        f'[[said]]\ntemplate = "{template_id}"\nversion = {version}\nstate = "{state.value}"\n\n'
        for (template_id, version), state in sorted(states.items())
    )


def _read(text: str, kind: type[T], name: str) -> T:
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the file does not fit: {error}", where=name) from None
