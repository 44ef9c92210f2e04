"""The texts as versioned data (`data/templates.toml`): slots with maxima, approval, what carriers object to.

A template that could take too many parts, that lacks the way to refuse or holds a word that may not be sent is refused
when it is read, never when somebody is waiting for it.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from matcher.errors import Conflict, InvalidInput, NotFound, Problem
from matcher.language.names import plain_name, sounds
from matcher.messaging.season import Purpose
from matcher.messaging.segments import has_pairs, room, units
from matcher.messaging.wording import Wording, faults, standard_wording

AtLeastOne = Annotated[int, Meta(ge=1)]
NEIGHBOUR: Final = "老乡"
"""How somebody is addressed whose name has no surname."""


class Approval(StrEnum):
    """What the carrier has said of a version."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


# An approval can be taken back; what was rejected comes again as a new version.
_MOVES: Final = {
    Approval.DRAFT: {Approval.SUBMITTED},
    Approval.SUBMITTED: {Approval.APPROVED, Approval.REJECTED},
    Approval.APPROVED: {Approval.REJECTED},
    Approval.REJECTED: set[Approval](),
}


class Slot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """most : UTF-16 units; phone : a telephone number; pairs : whether rare characters of two units may stand in it."""

    most: AtLeastOne
    phone: bool = False
    pairs: bool = True


class Template(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of a text, without its signature."""

    id: str
    version: AtLeastOne
    state: Approval
    purpose: Purpose
    text: str
    slots: dict[str, Slot] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The slots named in the text, in their order; one named twice stands twice."""
        return tuple(name for _, name, _, _ in string.Formatter().parse(self.text) if name is not None)


class TemplateBook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All versions; signature : registered with the carrier; refusal : what an offer or notice has to tell."""

    signature: str
    most_parts: AtLeastOne
    refusal: str
    template: tuple[Template, ...]

    def latest(self, template_id: str, states: Iterable[Approval] = Approval) -> Template | None:
        """The newest version in one of the states, None if there is none; raises NotFound for an unknown id."""
        known = [template for template in self.template if template.id == template_id]
        if not known:
            raise NotFound(f"no template {template_id}", where="templates.toml")
        wanted = set(states)
        return max((one for one in known if one.state in wanted), key=lambda one: one.version, default=None)

    def worst_units(self, template: Template) -> int:
        """Units of the signed text with every slot full."""
        fixed = sum(units(literal) for literal, _, _, _ in string.Formatter().parse(template.text))
        filled = sum(template.slots[name].most for name in template.names)
        return units(self.signed("")) + fixed + filled

    def signed(self, body: str) -> str:
        """A body behind the signature."""
        return f"【{self.signature}】{body}"


class Carrier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a carrier lets through."""

    id: str
    label: str
    needs_approval: bool
    variables_in_offers: bool
    phone_slots: bool
    refused_words: tuple[str, ...]


class _CarrierFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    profile: tuple[Carrier, ...]


@cache
def standard_templates() -> TemplateBook:
    """The committed texts."""
    return read_templates(_data("templates.toml"))


@cache
def carriers() -> Mapping[str, Carrier]:
    """The committed profiles by id."""
    file = msgspec.convert(tomllib.loads(_data("carriers.toml")), _CarrierFile)
    return {profile.id: profile for profile in file.profile}


def _data(name: str) -> str:
    return resources.files("matcher.messaging").joinpath(f"data/{name}").read_text("utf-8")


def read_templates(text: str) -> TemplateBook:
    """The templates of a file's text; raises InvalidInput with every fault of every template."""
    try:
        book = msgspec.convert(tomllib.loads(text), TemplateBook)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the templates do not fit: {error}", where="templates.toml") from None
    return checked(book)


def checked(book: TemplateBook) -> TemplateBook:
    """The book itself; raises InvalidInput with every fault of every template (after a change of signature as well)."""
    wording = standard_wording()
    problems = faults(book.signature, wording, "signature")
    seen: set[tuple[str, int]] = set()
    for one in book.template:
        if (one.id, one.version) in seen:
            problems.append(_problem(one, f"{one.id} {one.version}", "每个版本只出现一次", "换一个版本号。"))
        seen.add((one.id, one.version))
        problems += _faults(book, one, wording)
    if problems:
        told = "; ".join(f"{problem.column}: {problem.found}" for problem in problems)
        raise InvalidInput(f"templates that may not be sent: {told}", tuple(problems), where="templates.toml")
    return book


def _faults(book: TemplateBook, one: Template, wording: Wording) -> list[Problem]:
    if set(one.names) != set(one.slots):
        odd = "、".join(sorted(set(one.names) ^ set(one.slots)))
        return [_problem(one, odd, "正文里的变量都有上限，反过来也一样", "在 slots 里补上或删去。")]
    body = "".join(literal + ("\n" if name else "") for literal, name, _, _ in string.Formatter().parse(one.text))
    problems = [problem for part in body.split("\n") for problem in faults(part, wording, f"{one.id} {one.version}")]
    if one.purpose is not Purpose.ANSWER and book.refusal not in one.text:
        problems.append(_problem(one, one.text, f"写明怎样不再接收（{book.refusal}）", "加上“不再接收回T”。"))
    pairs = has_pairs(one.text) or any(slot.pairs for slot in one.slots.values())
    worst, most = book.worst_units(one), room(book.most_parts, pairs=pairs)
    if worst > most:
        problems.append(_problem(one, f"{worst}", f"最长不超过{most}个字", "缩短正文，或减小变量上限。"))
    return problems


def _problem(one: Template, found: str, expected: str, fix: str) -> Problem:
    return Problem(file="templates.toml", column=f"{one.id} {one.version}", found=found, expected=expected, fix=fix)


def render(book: TemplateBook, template: Template, slots: Mapping[str, str]) -> str:
    """The signed text; raises InvalidInput with every slot that is missing, too long, empty or may not be sent.

    Nothing is cut short: half a name or half a wage is worse than a call.
    """
    wording = standard_wording()
    problems = [
        _problem(template, name, "模板里有的变量", "核对变量名。") for name in sorted(set(slots) ^ set(template.slots))
    ]
    for name in template.slots.keys() & slots.keys():
        problems += slot_faults(template, name, slots[name], wording)
    text = "" if problems else book.signed(template.text.format_map(dict(slots)))
    # A word can also come about where a slot meets its neighbours.
    problems += faults(text[len(book.signed("")) :], wording, template.id)
    if problems:
        told = "; ".join(f"{problem.column}: {problem.found}" for problem in problems)
        raise InvalidInput(f"a text that cannot be written: {told}", tuple(problems), where=template.id)
    return text


def slot_faults(template: Template, name: str, value: str, wording: Wording) -> list[Problem]:
    """Why a value may not stand in a slot; empty if it may."""
    slot = template.slots[name]
    problems = faults(value, wording, name)
    if not value.strip():
        problems.append(Problem(column=name, found=value, expected="有内容", fix="补上内容，或换一个模板。"))
    if units(value) > slot.most:
        problems.append(
            Problem(column=name, found=value, expected=f"不超过{slot.most}个字", fix="写短些，不要从中间截断。")
        )
    if has_pairs(value) and not slot.pairs:
        problems.append(Problem(column=name, found=value, expected="数字", fix="这里只写数字。"))
    return problems


def moved(book: TemplateBook, template_id: str, version: int, to: Approval) -> TemplateBook:
    """The book after the carrier's word on a version; raises NotFound, or Conflict for a step that does not exist."""
    one = next((t for t in book.template if (t.id, t.version) == (template_id, version)), None)
    if one is None:
        raise NotFound(
            f"短信正文 {template_id} 没有第{version}版",
            where="templates.toml",
            remedy="先用 matcher sms texts 查名字和版本。",
        )
    if to not in _MOVES[one.state]:
        raise Conflict(
            f"{template_id} {version} is {one.state.value} and cannot become {to.value}",
            remedy="Write a new version." if one.state is Approval.REJECTED else "Submit it first, or leave it.",
        )
    after = msgspec.structs.replace(one, state=to)
    return msgspec.structs.replace(book, template=tuple(after if t is one else t for t in book.template))


def objections(template: Template, carrier: Carrier) -> tuple[str, ...]:
    """Why a carrier would not send a template, in words for the officer; empty if it would."""
    found = [f"{carrier.label}不发含“{word}”的短信" for word in carrier.refused_words if word in template.text]
    if template.slots and template.purpose is Purpose.OFFER and not carrier.variables_in_offers:
        found.append(f"{carrier.label}的推广短信不能带变量")
    if any(slot.phone for slot in template.slots.values()) and not carrier.phone_slots:
        found.append(f"{carrier.label}不能用变量填电话号码")
    return tuple(found)


def usable(book: TemplateBook, template_id: str, carrier: Carrier) -> Template | None:
    """The version to send by a carrier; None means plan B: call lists, village sheets, slips."""
    states = {Approval.APPROVED} if carrier.needs_approval else set(Approval) - {Approval.REJECTED}
    one = book.latest(template_id, states)
    return one if one is not None and not objections(one, carrier) else None


def greeting(name: str | None) -> str:
    """韦小英 -> 韦师傅, 欧阳明 -> 欧阳师傅: nothing but a surname is sent.

    老乡 where there is none: no name, one character, a · in it, or more than the four a Han name has.
    """
    plain = plain_name(name)
    if not 2 <= len(plain) <= 4 or plain != (name or "").strip():
        return NEIGHBOUR
    both = plain[:2] in sounds().surnames and len(plain) > 2
    return f"{plain[: 2 if both else 1]}师傅"
