"""Walks everything an application answers, as everybody who may ask, over the rules themselves and what pages offer.

A new room is walked by itself; a form that nobody reaches fails `test_crawl_reach` by name.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import county
from crawl_calls import FORMS, SAFE, Asker, Call, Known, Value, Visit, endpoint_of, filled, methods, rules
from crawl_county import invited, settle
from crawl_pages import HOSTILE, Form
from crawl_sending import ALIKE, attached, fields_with, names_of, path_of, pressed_of, sent, without_doubles
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from api.v1 import attendant
from matcher.records.access import Role, Session
from matcher.services.kiosk.fleet import enrol_kiosk

MOST: Final = 2000
"""Calls of one asker; a test asserts that nobody came near it."""
DEEPEST: Final = 7
STATES: Final = 4
"""States of a visit in which the same thing is tried."""
PERSONS: Final = frozenset({Role.KIOSK, Role.HELPER, Role.WORKER})
TAKES_BACK: Final = frozenset({"office.undo", "v1.undo", "office.erase"})
"""Deeds that are done to what the crawl itself brought in and to nothing else."""
CLOSES: Final = frozenset({
    "broker.leave", "broker.forget_search", "broker.note_call_back_outcome", "office.read_sms", "office.move_sending",
})  # fmt: skip
"""Deeds after which others can no longer be done: they come when everything else was tried."""
ENDS: Final = frozenset({"start.sign_out"})


def _is_left_to(endpoint: str, fields: Iterable[tuple[str, str]]) -> bool:
    """Whether a form may go off: two rooms list the same entries of returns, and each takes half of them back."""
    entry = dict(fields).get("return_id", "")
    return not entry or (int(entry[-1], 16) % 2 == 0) == endpoint.startswith("office.")


class Crawler:
    """One asker's walk. Pages of a person remember what was told before, so each is reached anew by its whole way."""

    def __init__(self, app: Flask, asker: Asker, known: Known, *, deeds: bool = True) -> None:
        self.app, self.asker, self.known, self.deeds = app, asker, known, deeds
        self.visits: list[Visit] = []
        self.ways: list[tuple[Call, ...]] = []
        self.forms: set[str] = set()
        self._alike: Counter[object] = Counter()
        self._asked: set[object] = set()
        self._shut: set[str] = set()
        self._cards: dict[str, int] = {"": 0}
        self._stood: dict[object, tuple[Call, ...]] = {}
        self._user = "" if asker.api or not asker.signed_in else county.new_user(app, asker.role, asker.regions)
        self._headers = _token(app, asker) if asker.api else {}
        if asker.enrolled:
            machine, self._headers = _machine(app, asker)
            known.values = {**known.values, "kiosk": [Value(machine), *known.values["kiosk"][1:]]}
        if self._user:
            known.fields = {**known.fields, "name": self._user, "password": county.PASSWORD}
        self._remembers = asker.role in PERSONS and not asker.api
        self._begin()

    def run(self) -> list[Visit]:
        """Every rule, then what the pages offer; breadth first."""
        if self._user and not self._remembers:
            settle(self.app, self._user, self.asker.role)
        queue: deque[tuple[tuple[Call, ...], Call]] = deque(((), call) for call in self._rules())
        last: deque[tuple[tuple[Call, ...], Call]] = deque()
        while (queue or last) and len(self.visits) < MOST:
            way, call = (queue or last).popleft()
            if not way and self._is_shut(call):
                continue
            for onward in self._made(way, call):
                if self._is_new(self._way, onward):
                    closes = endpoint_of(self.app, onward) in CLOSES
                    (last if closes else queue).append((self._way, onward))
        return self.visits

    def call(self, call: Call, *, csrf: str | None = None) -> Visit:
        """Make one call now, as whoever the browser holds."""
        data = {name: attached(name, text) for name, text in call.files} if call.files else None
        given: dict[str, Any] = {"headers": self._headers}
        if call.body:
            given |= {"data": call.body.encode(), "content_type": "application/json"}
        elif call.method not in SAFE:
            token = self.csrf() if csrf is None else csrf
            fields = [(n, v) for n, v in call.data if n != "csrf"] + ([("csrf", token)] if token else [])
            given["data"] = fields_with(fields, data or {})
        log = io.StringIO()
        before = self.subjects()
        with contextlib.redirect_stderr(log):
            answer = self.client.open(call.url, method=call.method, **given)
            if call.method not in SAFE:
                attendant.attendant_of(self.app).rest(60)
        if self._remembers or call.method not in SAFE:
            self._opened.clear()
        body = answer.get_data()
        answer.close()
        return Visit(
            self.asker, call, endpoint_of(self.app, call), answer.status_code, list(answer.headers), body,
            log.getvalue(), before | self.subjects(),
        )  # fmt: skip

    def go(self, way: tuple[Call, ...]) -> None:
        """Stand where a way leads: in a new browser, unless the present one has gone just that way."""
        if self._way != way:
            self._begin()
            for step in way:
                self.call(step)
            self._way = way

    def session(self) -> Session | None:
        """The session of this browser; read once after each call that may have changed it."""
        cookie = self.client.get_cookie("matcher_session")
        if cookie is None:
            return None
        if cookie.value not in self._opened:
            sha256 = hashlib.sha256(cookie.value.encode()).hexdigest()
            self._opened = {cookie.value: county.application_of(self.app).access.session(sha256)}
        return self._opened[cookie.value]

    def csrf(self) -> str:
        session = self.session()
        return session.csrf if session else ""

    def subjects(self) -> frozenset[str]:
        """Whom the asker stands for: the subject of a token, or whose card lies on the pad."""
        session = None if self.asker.api else self.session()
        card = str(session.facts.get("worker_id", "")) if session else ""
        return frozenset({self.asker.subject, card} - {""})

    def _begin(self) -> None:
        self._way: tuple[Call, ...] = ()
        self._opened: dict[str, Session | None] = {}
        self.client: FlaskClient = self.app.test_client()
        if self._user:
            county.session_of(self.client, self._user)

    def _is_shut(self, call: Call) -> bool:
        """Whether a role was kept out by the same page before: with another id it is again; foreign ones are asked."""
        return call.sort != "foreign" and call.method in SAFE and endpoint_of(self.app, call) in self._shut

    def _rules(self) -> Iterator[Call]:
        for rule in rules(self.app):
            is_api = rule.rule.startswith(("/api/", "/metrics"))
            if is_api != self.asker.api:
                continue
            for method in methods(rule):
                if method in SAFE or (self.deeds and rule.endpoint not in ENDS):
                    for url, sort in without_doubles(rule, filled(self.app, rule, self.known)):
                        call = self._ruled(rule, method, url, sort)
                        if call is not None and self._is_new((), call, ruled=True):
                            yield call

    def _ruled(self, rule: Rule, method: str, url: str, sort: str) -> Call | None:
        """A call of a rule itself. Deeds of pages are left to the forms that do them, but for other people's ids."""
        if rule.endpoint in TAKES_BACK and sort == "own" and not _names(url, self.known.throwaway):
            return None
        if method in SAFE:
            return Call(method, url, sort=sort)
        if self.asker.api:
            return Call(method, url, sort=sort, **self.known.bodies.get(rule.endpoint, {}))
        return Call(method, url, sort=sort) if sort != "own" else None

    def _made(self, way: tuple[Call, ...], call: Call) -> list[Call]:
        self.go(way)
        before = self.session()
        visit = self.call(call)
        self.visits.append(visit)
        self.ways.append(way)
        if visit.status in (401, 403) and call.sort == "own" and call.method in SAFE:
            self._shut.add(visit.endpoint)
        after = self.session()
        if self._user and (after is None or after.user != self._user):
            self._begin()
        elif self._remembers and _told(before) != _told(after):
            self._way = (*way, call)
        if self._way and self._stood.setdefault(self._told_so_far(), self._way) != self._way:
            return []
        if self._card() > self.asker.cards or len(self._way) > DEEPEST:
            return []
        return [*self._redirected(visit), *(self._onward(visit) if visit.is_page else ())]

    def _redirected(self, visit: Visit) -> Iterator[Call]:
        place = dict(visit.headers).get("Location")
        if place and 300 <= visit.status < 400:
            yield Call("GET", path_of(urljoin(visit.call.url, place)))

    def _onward(self, visit: Visit) -> Iterator[Call]:
        page = visit.page
        for link in page.links:
            url = urljoin(visit.call.url, link)
            if not urlsplit(url).netloc and not url.startswith("/static/"):
                yield Call("GET", path_of(url))
                yield from (Call("GET", other, sort=sort) for other, sort in self._others(path_of(url)))
                if "?" in url:
                    yield Call("GET", path_of(url).replace("?", ".json?", 1))
        for form in page.forms:
            yield from self._submitted(visit.call.url, form)

    def _others(self, url: str) -> Iterator[tuple[str, str]]:
        """The same address with another's id, or none's, where the query holds an own one; with hostile words too."""
        path, _, query = url.partition("?")
        pairs = parse_qsl(query, keep_blank_values=True)
        for n, (name, text) in enumerate(pairs):
            for value in self._instead(text):
                yield f"{path}?{urlencode([*pairs[:n], (name, value.text), *pairs[n + 1 :]])}", value.sort

    def _instead(self, text: str) -> list[Value]:
        for kind, form in FORMS.items():
            if form.fullmatch(text):
                return [value for value in self.known.values[kind] if value.sort in ("foreign", "unknown")]
        return [Value(HOSTILE[0], "hostile")]

    def _submitted(self, here: str, form: Form) -> Iterator[Call]:
        url = path_of(urljoin(here, form.action or here))
        endpoint = endpoint_of(self.app, Call(form.method, url))
        self.forms.add(endpoint)
        if form.method not in SAFE and not self.deeds:
            return
        if endpoint in TAKES_BACK and not _names(url, self.known.throwaway):
            return
        for fields in form.submissions(self.known.fields):
            if _is_left_to(endpoint, fields):
                yield sent(form, url, fields)
        for fields in form.hostile(self.known.fields):
            yield sent(form, url, fields, "hostile")
        for value in self.known.values["worker"]:
            if form.texts and value.sort in ("foreign", "unknown"):
                named = next(form.submissions(dict.fromkeys(form.texts, value.text)))
                if value.text in dict(named).values():
                    yield sent(form, url, named, value.sort)

    def _is_new(self, way: tuple[Call, ...], call: Call, *, ruled: bool = False) -> bool:
        same = (way, replace(call, sort=""))
        if same in self._asked:
            return False
        self._asked.add(same)
        names, pressed = names_of(call), pressed_of(call)
        asked = (endpoint_of(self.app, call), call.method, call.sort, names, bool(way))
        shape = (*asked, pressed)
        here = (shape, self._told_so_far() if way else ())
        self._alike[here] += 1
        self._alike[shape] += self._alike[here] == 1
        if way:
            return self._alike[here] == 1 and self._alike[shape] <= STATES
        if ruled:
            return True
        self._alike[asked] += 1
        once = call.sort != "own" or call.url.partition("?")[0].endswith(".json")
        return self._alike[here] == 1 or self._alike[asked] <= (1 if once else ALIKE)

    def _told_so_far(self) -> tuple[object, ...]:
        """What sort of things a session remembers, and of which card; two states that are alike are one."""
        session = self.session()
        facts = session.facts if session else {}
        return (self._card(), *sorted(name for name, value in facts.items() if value))

    def _card(self) -> int:
        """Which card lies on the pad, counted in the order of their coming; 0 for none."""
        subjects = self.subjects() - {self.asker.subject}
        return self._cards.setdefault("".join(subjects), len(self._cards))


def _told(session: Session | None) -> object:
    """What a session remembers; a page that was given another session begins another way too."""
    return session and (session.session_sha256, session.facts)


def _names(url: str, ids: Iterable[str]) -> bool:
    return any(f"/{each}" in url for each in ids)


def _machine(app: Flask, asker: Asker) -> tuple[str, dict[str, str]]:
    """Id and headers of a kiosk that has enrolled."""
    run, now = county.application_of(app), county.clock(app).now()
    _, code = invited(app, asker.regions[0])
    enrolment = enrol_kiosk(run.kiosks, run.access, code, now=now)
    return enrolment.kiosk_id, {"Authorization": f"Bearer {enrolment.secret}"}


def _token(app: Flask, asker: Asker) -> dict[str, str]:
    return county.bearer(app, asker.role, asker.regions, None, asker.subject) if asker.signed_in else {}
