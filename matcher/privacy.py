"""What each audience may see: the only place that masks and redacts (DESIGN section 7; PIPL articles 23, 28).

Answers of `services` are whole. What leaves for anybody but the office passes through `seen_by` first: tier,
factors, price and everything else that a poverty, relocation or health flag could be read from is absent then.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

from matcher.errors import Severity
from matcher.records.access import Role

NEUTRAL_ORDER: Final = "合适程度差不多的，按县里规定和登记先后排。"
RESERVED_ORDER: Final = "这个岗位先按县里规定排，再看合适程度和登记先后。"
WEIGHTED_ORDER: Final = "这个岗位把合适程度和县里规定合在一起排，再看登记先后。"
# Where the order does not follow the fit bands, a band beside a place in the list would tell of the group.
CLOSED_ORDERS: Final = {"strict_tier": RESERVED_ORDER, "additive": WEIGHTED_ORDER}
PLOT_SENTENCE: Final = "有菜园地块可以种，面积和办法请到窗口问。"


class Audience(StrEnum):
    """Who reads. PERSON: the worker, at a kiosk or beside a helper; MEDIATOR: brokers; FIRM: employers."""

    PERSON = "person"
    MEDIATOR = "mediator"
    FIRM = "firm"
    OFFICE = "office"


_AUDIENCES: Final = {
    Role.WORKER: Audience.PERSON,
    Role.KIOSK: Audience.PERSON,
    Role.HELPER: Audience.PERSON,
    Role.BROKER: Audience.MEDIATOR,
    Role.EMPLOYER: Audience.FIRM,
    Role.OFFICER: Audience.OFFICE,
    Role.AUDITOR: Audience.OFFICE,
    Role.ADMINISTRATOR: Audience.OFFICE,
}

# What a group flag could be read from: `score` and `slot_price` together give the factors away.
WITHHELD: Final = frozenset({
    "tier", "sub_tier", "household_factor", "priority_factor", "group_factor", "slot_price", "score", "score_formula",
    "warnings", "note_to_officer", "priority", "order_rule", "quotas",
})  # fmt: skip
TIER_RULES: Final = frozenset({"priority_tier"})
CLOSED_RULES: Final = frozenset({"reserved_for", "labour_ability", "heavy_work"})
OPEN_PARTS: Final = frozenset({"rule_id", "outcome", "sentence", "question"})
_WEIGHTS: Final = frozenset({"fall", "bars", "order", "same_band"})
NO_OFFER: Final = frozenset({"not_offered", "no_rule"})


def audience_of(role: Role) -> Audience:
    """The audience of a role."""
    return _AUDIENCES[role]


def order_sentence(mode: str) -> str:
    """What everybody may be told of the order of a list, by its mode (requirements 10.3)."""
    return CLOSED_ORDERS.get(mode, NEUTRAL_ORDER)


def mask_name(name: str | None) -> str:
    """韦小英 -> 韦*英, 韦英 -> 韦*; a name with · keeps its first and last character. "" if unknown."""
    if not name:
        return ""
    return f"{name[0]}*{name[-1]}" if len(name) > 2 else f"{name[0]}*"


def mask_phone(phone: str | None) -> str:
    """13800000001 -> 138****0001; anything shorter than seven characters is withheld. "" if unknown."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****"


def mask_id_number(number: str | None) -> str:
    """The last four characters, enough to tell namesakes apart: ****0028. "" if unknown; a shorter one is withheld."""
    if not number:
        return ""
    return f"****{number[-4:]}" if len(number) >= _SHORTEST_ID else "****"


def compared_numbers(role: Role, left: str, right: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Two identity numbers beside each other, as pieces {text, differs}: where they part, and their first and last.

    Neither is whole: of what they share only the four first and the four last characters are read, and if they part in
    more than a few places, or the reader does not serve people, only the last four.
    """
    apart = [at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b]
    alike = len(left) == len(right) and len(apart) <= _MOST_APART and len(left) >= _SHORTEST_ID
    if role not in _SEES_NAMES or not alike:
        return tuple([{"text": mask_id_number(one), "differs": False}] for one in (left, right))  # type: ignore[return-value]
    return _pieces(left, apart), _pieces(right, apart)


def _pieces(number: str, apart: Sequence[int]) -> list[dict[str, Any]]:
    """Runs of characters that are shared, hidden ones as one …, and of those that differ."""
    last = len(number) - _ID_ENDS
    told = [(at in apart, one if at in apart or not _ID_ENDS <= at < last else "…") for at, one in enumerate(number)]
    runs = ((differs, "".join(text for _, text in run)) for differs, run in groupby(told, key=lambda one: one[0]))
    return [{"text": re.sub("…+", "…", text), "differs": differs} for differs, text in runs]


def birth_days_for(role: Role, left: str, right: str) -> tuple[str, str]:
    """Two stated birth dates: whole where they part and the reader serves people, else the years."""
    if role in _SEES_NAMES and left != right:
        return left, right
    return tuple(f"{one[:4]}年" if one else "" for one in (left, right))  # type: ignore[return-value]


def own_words_for(role: Role, text: str) -> str:
    """A cell of a column nobody knows the sense of: whoever does not read names reads none of it."""
    return text if role in _SEES_NAMES or not text else NO_WORDS


def without_numbers(text: str) -> str:
    """Words of a cell that is no number's: a number as long as a phone or an identity number is withheld from all."""
    return _LONG_NUMBER.sub(NO_NUMBER, text)


def neutral_words(text: str) -> str:
    """A text of a document as brokers may read it: one that names a group stands for a paper the office looks at."""
    return OFFICE_PAPER if _GROUP_WORDS.search(text) else text


def identity_for(role: Role, *, name: str | None, id_number: str | None, phone: str | None) -> dict[str, str]:
    """Who somebody is, as a page of the office says it: the name whole for those who serve the person, not for audit.

    An identity number is never whole on a page, nor is a phone.
    """
    told = (name or "") if role in _SEES_NAMES else mask_name(name)
    return {"name": told, "id_tail": mask_id_number(id_number), "phone": mask_phone(phone)}


def on_manifest(
    role: Role, *, name: str | None, id_number: str | None, phone: str | None, agreed: bool | None
) -> dict[str, str]:
    """Somebody with a seat, as the manifest of the bus names him. agreed : to give name and number on to the firm.

    The number is whole for those who serve the person, once the person has agreed; a broker, who takes people to the
    bus, reads the names of those who have agreed; audit reads neither.
    """
    serves = role in _SEES_NAMES
    named = serves or (agreed is True and role is Role.BROKER)
    return {
        "name": (name or "") if named else mask_name(name),
        "id_tail": mask_id_number(id_number) if serves else "",
        "phone": (phone or "") if serves and agreed is True else mask_phone(phone),
    }


def manifest_for_firm(role: Role, name: str | None, agreed: bool | None) -> str:
    """What the firm's copy of the manifest says of somebody who agreed, else nothing; audit sees that there is one."""
    if agreed is not True:
        return ""
    return (name or "") if role in _SEES_NAMES or role is Role.BROKER else mask_name(name)


def header_for(role: Role, header: str, *, of_people: bool) -> str:
    """The header of a column nobody could read, as a reader may see it: of a sheet without headers it is somebody."""
    return _cell_text(role, header, column="", of_people=of_people)


def cell_for(
    role: Role, problem: Mapping[str, Any], *, of_people: bool, unread: Collection[str] = ()
) -> dict[str, Any]:
    """A problem of an import as a reader may see it; what was written in the cell stands nowhere else either.

    Long numbers are withheld from everybody: a mistyped identity number or phone is still somebody's. Whoever reads
    names sees the last four of one as they were written, which is what a repair changed. Whoever does not read names
    reads no words of a roster of people at all: a name may stand in any column.

    unread : headers nobody could read, as the summary tells them
    """
    told = dict(problem)
    header = header_for(_KEEPER, told["column"], of_people=of_people)
    if header in unread or header != told["column"]:
        shown = header_for(role, told["column"], of_people=of_people and header in unread)
        told |= {name: told[name].replace(told["column"], shown) for name in _CELL_TEXTS} | {"column": shown}
    repaired = told.get("severity") == Severity.REPAIRED
    for text in {told["found"], told["expected"] if repaired else ""}:
        shown = _cell_text(role, text, column=told["column"], of_people=of_people, ends=role in _SEES_NAMES)
        if shown != text:
            told |= {name: told[name].replace(text, shown) for name in _CELL_TEXTS}
    return told | {name: _LONG_NUMBER.sub(NO_NUMBER, told[name]) for name in _CELL_TEXTS}


def _cell_text(role: Role, text: str, *, column: str, of_people: bool, ends: bool = False) -> str:
    words = _CELL_NUMBER.sub("", text)
    if of_people and role not in _SEES_NAMES and any(sign.isalpha() for sign in words):
        return mask_name(text) if _NAME_COLUMN in column else NO_WORDS
    return _CELL_NUMBER.sub(_number_end if ends else NO_NUMBER, text)


def _number_end(number: re.Match[str]) -> str:
    """The last four of a number long enough to be somebody's, as pages show them; nothing of a shorter one."""
    signs = "".join(number[0].replace("-", "").split())
    return f"****{signs[-_ID_ENDS:]}" if len(signs) >= _SHORTEST_PHONE else NO_NUMBER


OFFICE_PAPER: Final = "文件规定的名册或证明，由县里核"
_GROUP_WORDS: Final = re.compile(
    r"建档立卡|贫困|脱贫|扶贫|监测|返贫|搬迁|安置点|低收入|弱劳|半劳|劳动能力|残疾|残障|就业困难|低保|五保|特困"
)
NO_NUMBER: Final = "（号码略）"
NO_WORDS: Final = "（内容略）"
_CELL_TEXTS: Final = ("found", "expected", "fix")
_CELL_NUMBER: Final = re.compile(r"[0-9０-９][0-9０-９XxＸｘ*\s-]{5,}[0-9０-９XxＸｘ*]")
_NAME_COLUMN: Final = "姓名"
_SHORTEST_ID: Final = 15
_SHORTEST_PHONE: Final = 11
_ID_ENDS: Final = 4
_MOST_APART: Final = 4
_KEEPER: Final = Role.ADMINISTRATOR
_SEES_NAMES: Final = frozenset({Role.OFFICER, Role.ADMINISTRATOR})

# Phones have 11 digits (13 with the country's code), identity numbers 15 or 18; people put blanks or hyphens between.
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d(?:[ .\-\u3000]?\d){9,}(?:[ .\-\u3000]?[\dXxＸｘ])")
_SECRETS: Final = (
    (re.compile(r"(?i)\b(bearer|basic)\s+\S+"), r"\1 ***"),
    (re.compile(r"\bmt_[0-9A-Za-z\-]+_[0-9A-Za-z_\-]+"), "mt_***"),
    (re.compile(r"(?i)\b((?:authorization|cookie|set-cookie|password|passwd|secret|csrf)\W{0,4}[:=]\W{0,2})[^\s,;&}]+"),
     r"\1***"),
    (re.compile(r"(://[^:/@\s]*):[^@\s]+@"), r"\1:***@"),
)  # fmt: skip


def without_personal(text: str) -> str:
    """A text for a log: every number as long as a phone or longer, and every secret, stands as ***.

    Rather too much than too little: any eleven digits in a row are taken out, whatever they were.
    """
    told = _LONG_NUMBER.sub("***", text)
    for pattern, instead in _SECRETS:
        told = pattern.sub(instead, told)
    return told


def seen_by(audience: Audience, answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer of CONTRACT section 4 (lists, candidates or one pair) as the audience may see it.

    The office sees all of it. For everybody else the withheld parts are absent, so are the rules that state a
    group; a route tells that there is an offer and nothing of what decided it. The round itself must have been
    reckoned in public (`Frame.public`): what is refused or asked there depends on no flag.
    """
    if audience is Audience.OFFICE:
        return dict(answer)
    told = _entry(dict(answer))
    if "lists" in answer:
        told["lists"] = [_entry(entry) for entry in answer["lists"]]
    return told


def compared_for(audience: Audience, comparison: Mapping[str, Any]) -> dict[str, Any]:
    """What `compare_candidates` found, as the audience may hear it.

    A broker is told the verdicts and the fit bands. Where these settle nothing, or the order does not go by them, one
    sentence stands for all that follows, the same whether tier, fit or waiting time decided; the weights are
    withheld then as well, for less fit in front of more would tell of the group. The facts that differ stay.
    """
    if audience is Audience.OFFICE or "steps" not in comparison:
        return dict(comparison)
    reserved = comparison["order_sentence"] in CLOSED_ORDERS.values()
    steps = [step for step in comparison["open_steps"] if not (reserved and step["step"] == "fit_band")]
    settled = next((step["step"] for step in steps if step["result"] == "ahead"), "")
    told = {name: value for name, value in comparison.items() if name not in _WEIGHTS}
    told |= {"steps": steps, "open_steps": steps, "stopped_at": settled}
    if settled and not reserved:
        told |= {name: comparison[name] for name in ("fall", "bars")}
    return told


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    """A heading with its lists, one list, one item or one pair."""
    # A list has many entries: `copy` and `del` cost half of what `dict` and `pop` do.
    told = entry.copy()
    for name in WITHHELD:
        if name in told:
            del told[name]
    for name in ("items", "refused"):
        if name in entry:
            told[name] = [_entry(pair) for pair in entry[name]]
    for name in ("findings", "reasons"):
        if name in entry:
            told[name] = _rules(entry[name])
    if "explanation" in entry:
        told["explanation"] = {**entry["explanation"], "rules": _rules(entry["explanation"]["rules"])}
    if "routes" in entry:
        told["routes"] = [_route(route) for route in entry["routes"] if route["outcome"] not in NO_OFFER]
    return told


def _rules(findings: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in finding.items() if finding["rule_id"] not in CLOSED_RULES or name in OPEN_PARTS}
        for finding in findings
        if finding["rule_id"] not in TIER_RULES
    ]


def _route(route: Mapping[str, Any]) -> dict[str, Any]:
    """The plot as everybody hears of it: no area, no outcome, no clause."""
    return {"channel": route["channel"], "first": route["first"], "sentence": PLOT_SENTENCE}
