"""Who asks what: askers, calls, what came back, and the addresses of every rule with its arguments filled in.

An argument of a path that nobody said how to fill fails `test_crawl_reach` by name: add it to `FILLS` here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlsplit

from crawl_pages import Page, read
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule

from matcher.records.access import Role

SAFE: Final = frozenset({"GET"})


class Value(NamedTuple):
    """A text for an argument: `own`, `foreign` (outside the asker's regions), `unknown` or `hostile`."""

    text: str
    sort: str = "own"


@dataclass(frozen=True)
class Asker:
    """Somebody who asks: through a page's session, or with a token of the API.

    cards : how many cards are laid on the pad of a kiosk, one after the other
    enrolled : the machine of a kiosk, with the credential it got when it enrolled
    """

    name: str
    role: Role
    regions: tuple[str, ...] = ()
    api: bool = False
    subject: str = ""
    signed_in: bool = True
    cards: int = 1
    enrolled: bool = False


@dataclass
class Known:
    """What an asker's arguments are filled with, by the names of `FILLS`."""

    values: dict[str, list[Value]]
    bodies: dict[str, dict[str, Any]] = field(default_factory=dict)
    throwaway: frozenset[str] = frozenset()
    fields: dict[str, str] = field(default_factory=dict)
    turns: Iterator[int] = field(default_factory=itertools.count)

    def turn(self) -> int:
        """Which hostile text is next: every rule meets one a walk, all rules together all of them."""
        return next(self.turns)


@dataclass(frozen=True)
class Call:
    """One call as it is made; `data` are the fields of a form, `body` the JSON of the API."""

    method: str
    url: str
    data: tuple[tuple[str, str], ...] = ()
    body: str = ""
    files: tuple[tuple[str, str], ...] = ()
    sort: str = "own"


@dataclass
class Visit:
    """A call, who made it, and everything that came back or was logged meanwhile."""

    asker: Asker
    call: Call
    endpoint: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    log: str
    subjects: frozenset[str] = frozenset()

    @property
    def mimetype(self) -> str:
        return dict(self.headers).get("Content-Type", "").partition(";")[0]

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def is_page(self) -> bool:
        return self.mimetype == "text/html" and self.status != HTTPStatus.NO_CONTENT

    @cached_property
    def page(self) -> Page:
        """What the answer offers and holds, if it is a page."""
        return read(self.text)

    def __str__(self) -> str:
        return f"{self.asker.name}: {self.call.method} {self.call.url[:120]} -> {self.status}"


FORMS: Final = {
    "worker": re.compile(r"demo-\d+-w\d+"),
    "vacancy": re.compile(r"demo-\d+-v\d+"),
    "decision": re.compile(r"d-[0-9a-f]+"),
    "order": re.compile(r"o-crawl-\w+"),
    "import": re.compile(r"[ib]-[0-9a-f]+"),
}
"""What an id looks like in a query or a field, so that it can be exchanged for another's."""
FILLS: Final = {
    "worker_id": "worker",
    "worker": "worker",
    "workers/id": "worker",
    "vacancy_id": "vacancy",
    "vacancy": "vacancy",
    "vacancies/id": "vacancy",
    "decision_id": "decision",
    "decisions/id": "decision",
    "order_id": "order",
    "follow_up_id": "follow_up",
    "search_id": "search",
    "reference": "own session",
    "job_id": "import",
    "imports/id": "import",
    "pack_id": "pack",
    "packs/id": "pack",
    "parameter_id": "figure",
    "topic": "topic",
    "kind": "kind",
    "filename": "file",
    "kiosk_id": "kiosk",
    "kiosks/id": "kiosk",
    "clip": "clip",
    "voice_code": "voice",
    "sending_id": "sending",
    "reply_id": "reply",
    "task_id": "task",
    "template_id": "text",
    "village": "village",
    "book": "book",
    "run_id": "run",
    "push_id": "push",
    "list_name": "ledger list",
    "report_kind": "report",
    "period": "period",
    "claim_id": "claim",
    "payment_id": "payment",
    "programme_id": "programme",
}
"""Argument of a rule, or segment/`id`, -> which of the known values fill it."""


def unfilled(app: Flask) -> list[str]:
    """Rules with an argument that `FILLS` does not name."""
    return [
        f"{rule.rule} <{name}>" for rule in rules(app) for name in rule.arguments if _kind(rule, name) not in _KINDS
    ]


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def filled(app: Flask, rule: Rule, known: Known) -> Iterator[tuple[str, str]]:
    """Addresses of a rule, all arguments own; then each in turn foreign, unknown, hostile."""
    names = sorted(rule.arguments)
    own = {name: [v for v in known.values[_kind(rule, name)] if v.sort == "own"] for name in names}
    for n in range(max(map(len, own.values()), default=1) if all(own.values()) else 0):
        yield _built(rule, {name: own[name][n % len(own[name])].text for name in names}), "own"
    for name in names:
        hostile = [value for value in known.values[_kind(rule, name)] if value.sort == "hostile"]
        others_sorts = [value for value in known.values[_kind(rule, name)] if value.sort in ("foreign", "unknown")]
        for value in (*others_sorts, hostile[known.turn() % len(hostile)]):
            if all(own[other] for other in names if other != name):
                others = {other: own[other][0].text for other in names if other != name}
                yield _built(rule, {**others, name: value.text}), value.sort


def _kind(rule: Rule, name: str) -> str:
    segment = rule.rule.partition(f"/<{name}>")[0].rpartition("/")[2]
    return FILLS.get(name, FILLS.get(f"{segment}/{name}", ""))


_KINDS: Final = frozenset(FILLS.values())


def _built(rule: Rule, texts: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: quote(texts[part[1]], safe=""), rule.rule)


def endpoint_of(app: Flask, call: Call) -> str:
    """The endpoint that answers a call; "" if none does."""
    try:
        return app.url_map.bind("localhost").match(urlsplit(call.url).path, method=call.method)[0]
    except (HTTPException, RequestRedirect):
        return ""
