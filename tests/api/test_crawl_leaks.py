"""Nobody reads what is not theirs: the oracle over every answer of the crawl, and over leaks planted to try it."""

from __future__ import annotations

import county
import pytest
from crawl_calls import Asker, Call, Known
from crawl_county import ELSEWHERE, HERE
from crawl_oracle import FULL_NAMES, Oracle
from crawler import Crawler
from flask import Blueprint, Response, jsonify, make_response, redirect

from api.logs import LOG
from matcher.privacy import mask_name, mask_phone
from matcher.records import Kind
from matcher.records.access import Role

pytestmark = [pytest.mark.timeout(900), pytest.mark.slow]
"""Whichever test comes first waits for the whole walk."""


def test_no_answer_header_cookie_or_log_line_tells_of_whom_its_reader_may_not_know(walk):
    assert walk.oracle.n_needles > 300 or walk.visits
    found = [finding for visit in walk.visits for finding in walk.oracle.findings(visit)]
    assert found == []
    assert walk.oracle.n_needles > 300


def test_metrics_tell_of_nobody(walk):
    told = walk.of("administrator's token")
    metrics = [visit for visit in told.visits if visit.endpoint in ("metrics", "v1.metrics")]
    last = told.call(Call("GET", "/api/v1/metrics"))
    assert last.status == 200
    assert "/broker/orders/<vacancy_id>" in last.text
    assert [walk.oracle.in_text(visit.text) for visit in (*metrics, last)] == [[]] * (len(metrics) + 1)


def test_full_names_were_read_by_those_who_may_and_only_there(walk):
    readers = {
        visit.asker.role
        for visit in walk.visits
        if visit.status == 200 and walk.oracle.names_in(visit) and visit.mimetype != "application/zip"
    }
    assert readers == set(FULL_NAMES)


PERSON, FIRM, BROKER = (
    Asker("kiosk", Role.KIOSK, (HERE,)),
    Asker("employer", Role.EMPLOYER),
    Asker("broker", Role.BROKER, (HERE,)),
)
OFFICER, AUDITOR = Asker("officer", Role.OFFICER), Asker("auditor", Role.AUDITOR)
PLANTS = {
    "name": (BROKER, lambda one, _: one["name"]),
    "name for audit": (AUDITOR, lambda one, _: one["name"]),
    "phone": (OFFICER, lambda one, _: one["phone"]),
    "phone with blanks": (BROKER, lambda one, _: f"{one['phone'][:3]} {one['phone'][3:7]} {one['phone'][7:]}"),
    "number": (OFFICER, lambda one, _: one["id_number"]),
    "number and more": (OFFICER, lambda one, _: one["id_number"] + "7"),
    "region and birthday": (OFFICER, lambda one, _: one["id_number"][:14]),
    "number as entities": (OFFICER, lambda one, _: "".join(f"&#{ord(sign)};" for sign in one["id_number"])),
    "number in a header": (OFFICER, lambda one, _: Response("", headers={"X-Who": one["id_number"]})),
    "number in a cookie": (OFFICER, lambda one, _: cookie(one["id_number"])),
    "name where it goes on to": (BROKER, lambda one, _: redirect(f"/kiosk?q={one['name']}")),
    "number in the log": (OFFICER, lambda one, _: logged(f"no. {'-'.join(one['id_number'])}", one["worker_id"])),
    "masked name for a firm": (FIRM, lambda one, _: mask_name(one["name"])),
    "id for a firm": (FIRM, lambda one, _: jsonify(who=one["worker_id"])),
    "somebody else at the kiosk": (PERSON, lambda one, _: one["worker_id"]),
    "somebody from elsewhere": (BROKER, lambda _, other: jsonify(id=other["worker_id"])),
    "masked phone from elsewhere": (BROKER, lambda _, other: mask_phone(other["phone"])),
    "household from elsewhere": (BROKER, lambda _, other: other["household_id"]),
    "group in words": (PERSON, lambda *_: "您是建档立卡户"),
    "group in English": (BROKER, lambda *_: '<li class="relocated">'),
    "field": (BROKER, lambda *_: jsonify(lists=[{"items": [{"slot_price": None}]}])),
}


def cookie(text):
    answer = make_response("")
    answer.set_cookie("who", text)
    return answer


def logged(_, worker_id):
    LOG.info("looked", who=worker_id)
    return ""


@pytest.mark.parametrize("plant", PLANTS)
def test_a_planted_leak_is_found(planted, plant):
    crawlers, oracle = planted
    asker, _ = PLANTS[plant]
    visit = crawlers[asker.name].call(Call("GET", f"/planted/{plant}"))
    assert visit.status in (200, 302)
    assert oracle.findings(visit), plant


def test_what_may_be_read_is_no_finding(planted):
    crawlers, oracle = planted
    for name in ("officer", "broker", "kiosk", "employer"):
        assert oracle.findings(crawlers[name].call(Call("GET", "/planted/nothing"))) == []
    assert oracle.findings(crawlers["broker"].call(Call("GET", "/planted/masked"))) == []


@pytest.fixture(scope="module")
def planted(seeded, tmp_path_factory):
    with county.opened(county.copied(seeded, tmp_path_factory.mktemp("planted") / "home")) as app:
        here, elsewhere = somebody(app, HERE), somebody(app, ELSEWHERE)
        room = Blueprint("planted", __name__)

        @room.get("/planted/<plant>")
        def show(plant):
            if plant == "masked":
                return f"{mask_name(here['name'])} {mask_phone(here['phone'])} {here['worker_id']}"
            return PLANTS[plant][1](here, elsewhere) if plant in PLANTS else "缝纫工，月薪3000元，2018-02-08 45020"

        app.register_blueprint(room)
        askers = (PERSON, FIRM, BROKER, OFFICER, AUDITOR)
        yield {asker.name: Crawler(app, asker, Known(values={})) for asker in askers}, Oracle(app)


def somebody(app, township):
    """A person of a township with a phone that nobody else has and a household there."""
    store = county.application_of(app).store
    workers = store.records(Kind.WORKERS)
    people = store.identities([worker.worker_id for worker in workers])
    phones = [person.phone for person in people.values()]
    for worker in workers:
        person = people[worker.worker_id]
        single = person.phone and phones.count(person.phone) == 1
        if worker.place_code.startswith(township) and worker.household_id and single and person.id_number:
            known = {"worker_id": worker.worker_id, "household_id": worker.household_id, "phone": person.phone}
            return {**known, "name": person.name, "id_number": person.id_number}
    raise AssertionError(township)
