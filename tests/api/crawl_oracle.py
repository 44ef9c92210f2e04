"""What nobody may read, drawn from the store's truth; a finding says who read what of whom where."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

import county
from crawl_calls import Visit
from flask import Flask

from matcher.privacy import WITHHELD, Audience, audience_of, mask_phone
from matcher.records import Kind, Worker
from matcher.records.access import Role

FULL_NAMES: Final = {
    Role.OFFICER: "serves the person; PIPL 13(1)(iii), duty by law",
    Role.ADMINISTRATOR: "mends what officers cannot; acts in their stead",
    Role.BROKER: "takes people to the bus, and calls: of those who agreed, for an order, each look in the log",
}
"""Who may read a full name, and why; nobody else, nowhere else."""
MANIFEST: Final = ("broker.manifest", "broker.check_in")
CALLED_BACK: Final = "broker.call_back_number"
"""Names and numbers of those who asked for a call by text: each look is logged."""
PLAN_B: Final = "office.sms_paper"
"""Names and numbers, on paper, of those who asked for texts."""
NAMED_AT: Final = {
    Role.OFFICER: ("office.", "v1.import_state", CALLED_BACK, *MANIFEST),
    Role.ADMINISTRATOR: ("office.", "v1.import_state", CALLED_BACK, *MANIFEST),
    Role.BROKER: ("broker.show_number", CALLED_BACK, *MANIFEST),
}
"""On which pages. A broker reads only of those who agreed; the number of a call needs a look in the log."""
NUMBERED_AT: Final = {
    Role.OFFICER: ("broker.manifest", CALLED_BACK, PLAN_B),
    Role.ADMINISTRATOR: ("broker.manifest", CALLED_BACK, PLAN_B),
    Role.BROKER: ("broker.show_number", CALLED_BACK),
}
"""On which pages a phone stands in full, of somebody who agreed."""
OWN_CELLS: Final = {
    ("office.rejects", Role.OFFICER): "her own rows back to mend; without the cells she could not",
    ("office.rejects", Role.ADMINISTRATOR): "the same, in her stead",
    ("v1.rejects", Role.OFFICER): "her own rows back to mend",
    ("v1.rejects", Role.ADMINISTRATOR): "the same, in her stead",
}
"""The only answers that hold whole cells of people: the workbook of refused rows, for those who sent them in."""
PUBLIC: Final = {
    "v1.pack": "the text of a policy names the groups it is for",
    "v1.packs": "the same",
    "v1.evaluate": "answers what a rule says of the facts that the asker has given",
    "start.help_page": "the manual",
    "start.help_page_json": "the manual",
    "openapi_document": "names every field there is, holds no data",
    "static": "the same for everybody",
}
"""Answers that hold nobody's data by their nature: they may name groups and fields."""
TEST_CARDS: Final = frozenset({"kiosk.attract", "kiosk.attract_json"})
"""Shows the masked names of a demonstration's test cards; without `demo` there are none."""

WORDS: Final = re.compile(
    r"建档立卡|贫困|脱贫|扶贫户|监测对象|易返贫|易地|搬迁|低收入|弱劳|半劳|劳动能力|丧失劳|残疾|残障|就业困难|系统录入务工|难以在非农|低保|五保"
    r"|\b(?:registered_poor|out_of_poverty|monitored(?:_type)?|relocat\w+|rural_low_income|hard_to_employ|labour_ability"
    r"|off_farm_hard|deep_poverty\w*|former_extreme_poverty|poor_village|poor_status|system_work_years|tier|sub_tier|household_factor"
    r"|priority_factor|group_factor|slot_price|score|score_formula|note_to_officer)\b"
)
FIELDS: Final = (WITHHELD - {"warnings"}) | {
    "registered_poor",
    "relocated",
    "labour_ability",
    "id_number",
    "phone_number",
    "priority_tier",
}
MASKED: Final = re.compile(r"[\u4e00-\u9fff]\*+[\u4e00-\u9fff]?")
STARRED: Final = re.compile(r"\S{3}\*{4}\S{4}")
NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]{2,}")
SEALED: Final = frozenset({"application/octet-stream"})
"""Bytes that are sealed: by chance two of them are a character and a star, but never a name in full."""
BLANKS: Final = re.compile(r"(?<=\d)[ \-.\u00a0\u2009\u3000](?=\d)")
NUMBERS: Final = re.compile(r"\d{10,}[\dXx]")
IDS: Final = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+")
N_OF_ID: Final = 14
"""Region and birthday: the part of an identity number that alone tells who somebody is in a village."""


class Oracle:
    """The truth of a county, asked of each visit."""

    def __init__(self, app: Flask) -> None:
        self._store = county.application_of(app).store
        workers = [found for found in self._store.records(Kind.WORKERS) if isinstance(found, Worker)]
        self._region = {worker.worker_id: worker.place_code for worker in workers}
        self._home = {worker.household_id: worker.place_code for worker in workers if worker.household_id}
        people = self._store.identities(list(self._region)).values()
        self._names = {person.name: person.worker_id for person in people if person.name}
        self._phones = {person.phone for person in people if person.phone}
        self._numbers = {person.id_number for person in people if person.id_number}
        self._parts = {number[:N_OF_ID] for number in self._numbers}
        self._begun: dict[str, list[str]] = {}
        for name in self._names:
            assert NOT_ASCII.match(name), "a name of other letters would not be looked for"
            self._begun.setdefault(name[:2], []).append(name)
        self._masked: dict[str, set[str]] = {}
        for person in people:
            if person.phone:
                self._masked.setdefault(mask_phone(person.phone), set()).add(person.worker_id)
        self._agreed = {worker.worker_id for worker in workers if worker.consent and worker.consent.share_with_employer}
        self._wants_texts = {worker.worker_id for worker in workers if worker.consent and worker.consent.sms}
        self._orders = county.application_of(app).orders
        self._texts = county.application_of(app).texts
        self._access = county.application_of(app).access
        self._owners: dict[str, set[str]] = {}
        for person in people:
            if person.phone:
                self._owners.setdefault(person.phone, set()).add(person.worker_id)
        self._named: dict[str, set[str]] = {}
        for person in people:
            if person.name:
                self._named.setdefault(person.name, set()).add(person.worker_id)
        self.n_needles = len(self._names) + len(self._phones) + len(self._numbers)

    def findings(self, visit: Visit) -> list[str]:
        """Everything in an answer, its headers and its log that this asker may not read; [] is well."""
        told = told_by(visit)
        plain = without_echo(visit, told)
        found = [*self._whole(visit, told), *self._of_others(visit, told, plain)]
        if audience_of(visit.asker.role) is not Audience.OFFICE and visit.endpoint not in PUBLIC:
            found += [f"word {word}" for word in sorted(set(WORDS.findall(plain)))]
            found += [f"field {name}" for name in sorted(set(fields(visit)) & FIELDS)]
        found += [f"log: {text}" for text in self._in_log(visit.log)]
        return [f"{visit}: {text}" for text in found]

    def in_text(self, text: str) -> list[str]:
        """What of a person stands in a text that nobody's data belongs into: metrics, logs."""
        return self._in_log(text)

    def names_in(self, visit: Visit) -> list[str]:
        """Full names in an answer, whoever reads it."""
        told = told_by(visit)
        return list(self._full_names(told))

    def _full_names(self, told: str) -> Iterator[str]:
        """Names in a text; only those whose first two characters stand there are looked for."""
        pairs = {run[n : n + 2] for run in set(NOT_ASCII.findall(told)) for n in range(len(run) - 1)}
        for begun in pairs & self._begun.keys():
            yield from (name for name in self._begun[begun] if name in told)

    def _whole(self, visit: Visit, told: str) -> Iterator[str]:
        """Names, phones and identity numbers in full."""
        if (visit.endpoint, visit.asker.role) in OWN_CELLS:
            return
        yield from (
            f"number {number[:3]}…{number[-2:]}"
            for number in self._long_numbers(told)
            if not self._may_call(visit, number)
        )
        yield from (f"name {name}" for name in self._full_names(told) if not self._may_name(visit, name))

    def _may_name(self, visit: Visit, name: str) -> bool:
        """Whether the name may stand there; for a broker, only if somebody of that name agreed to be known."""
        if not visit.endpoint.startswith(NAMED_AT.get(visit.asker.role, ("nowhere",))):
            return False
        if visit.endpoint == CALLED_BACK:
            return self._asked_for_a_call(self._named[name])
        return visit.asker.role is not Role.BROKER or bool(self._named[name] & self._agreed)

    def _may_call(self, visit: Visit, number: str) -> bool:
        """Whether a phone may stand there: of somebody who agreed, and for a broker only after a look was logged."""
        if not visit.endpoint.startswith(NUMBERED_AT.get(visit.asker.role, ("nowhere",))):
            return False
        if visit.endpoint == CALLED_BACK:
            return self._asked_for_a_call(self._owners.get(number, set()))
        if visit.endpoint == PLAN_B:
            return bool(self._owners.get(number, set()) & self._wants_texts)
        owners = self._owners.get(number, set()) & self._agreed
        if visit.asker.role is Role.BROKER:
            return any(self._orders.unlocks(worker_id=owner) for owner in owners)
        return bool(owners)

    def _asked_for_a_call(self, owners: set[str]) -> bool:
        """Whether one of them is owed a call, and the look at the number is in the log."""
        owed = {task.worker_id for task in self._texts.tasks()} & owners
        return any(
            entry.action == "sms_number" for one in owed for entry in self._access.audit(subject=one, limit=1000)
        )

    def _long_numbers(self, told: str) -> Iterator[str]:
        for number in set(NUMBERS.findall(BLANKS.sub("", told))):
            if number in self._numbers or number[:N_OF_ID] in self._parts or number[-11:] in self._phones:
                yield number

    def _of_others(self, visit: Visit, told: str, plain: str) -> Iterator[str]:
        """Anything of a person outside what the asker reaches; for an employer and a stranger, of any person."""
        if visit.endpoint in PUBLIC:
            return
        known = self._reached(visit)
        for each in set(IDS.findall(plain)):
            if each in self._region and each not in known:
                yield f"person {each}"
            elif each in self._home and not self._home[each].startswith(visit.asker.regions or ("",)):
                yield f"household {each}"
        for masked in set(STARRED.findall(told)) & self._masked.keys():
            if not self._masked[masked] & known:
                yield f"masked phone {masked}"
        if not known and visit.endpoint not in TEST_CARDS and visit.mimetype not in SEALED:
            yield from (f"masked name {name}" for name in set(MASKED.findall(told)))

    def _reached(self, visit: Visit) -> frozenset[str]:
        """Ids of whom an asker may read of in this call."""
        asker = visit.asker
        inside = {each for each, place in self._region.items() if place.startswith(asker.regions or ("",))}
        match audience_of(asker.role):
            case Audience.FIRM:
                return frozenset()
            case Audience.PERSON:
                asked = self._asked(visit) if asker.api and asker.signed_in else set()
                mine = visit.subjects if not asker.api or asker.subject else asked
                return frozenset(mine & inside) if asker.signed_in else frozenset(visit.subjects)
            case _:
                return frozenset(inside)

    def _asked(self, visit: Visit) -> set[str]:
        """Whom a call is about: named in its address, or by the list that the address names."""
        ids = set(IDS.findall(unquote(visit.call.url)))
        lists = [self._store.decision(each) for each in ids if each.startswith("d-") and visit.status < 300]
        return ids | {str(found.request.get("worker_id", "")) for found in lists}

    def _in_log(self, text: str) -> list[str]:
        return [
            *(f"number {number[:3]}…" for number in self._long_numbers(text)),
            *(f"name {name}" for name in self._full_names(text)),
            *(f"person {each}" for each in set(IDS.findall(text)) if each in self._region or each in self._home),
            *(f"masked {name}" for name in set(MASKED.findall(text))),
        ]


def told_by(visit: Visit) -> str:
    """Body, as a reader sees it and as it was sent, with headers; a workbook unpacked."""
    headers = "\n".join(f"{name}: {unquote(value)}" for name, value in visit.headers)
    if visit.body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(visit.body)) as book:
            body = "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    else:
        body = visit.text
    if visit.mimetype.endswith("json"):
        body += "\n" + json.dumps(json.loads(body), ensure_ascii=False)
    return f"{html.unescape(body)}\n{headers}"


def without_echo(visit: Visit, told: str) -> str:
    """The text without what the asker itself wrote into the call."""
    wrote = [unquote(part) for part in re.split(r"[/?&=]", visit.call.url)] + [text for _, text in visit.call.data]
    for text in sorted({text for text in wrote if len(text) > 3}, key=len, reverse=True):
        told = told.replace(text, "")
    return told


def fields(visit: Visit) -> Iterator[str]:
    """Every name of a field in a JSON answer."""
    if visit.mimetype.endswith("json"):
        yield from _fields(json.loads(visit.body))


def _fields(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from _fields(each)
    elif isinstance(value, list):
        for each in value:
            yield from _fields(each)
