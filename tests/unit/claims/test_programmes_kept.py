"""Rosters and results of classes: nobody lost by two officers at once or by an erasure, nobody counted who was not."""

from __future__ import annotations

import json
from datetime import date

import msgspec
import pytest
from claims_office import POOR, TOWN, as_, office

from matcher.errors import Conflict, InvalidInput
from matcher.office.claims.programmes import PREFIX, Plan, ProgrammeKind
from matcher.office.claims.steps import By
from matcher.records.deeds import NewDeed
from matcher.services.claims.measures import measures_told, names_behind
from matcher.services.claims.programme_forms import (
    ClassFacts,
    NewProgramme,
    NewResult,
    add_people,
    amend_class,
    drop_person,
    note_result,
    plan_programme,
    programme_page,
    programmes_page,
)
from matcher.services.claims.programmes import keep_the_others, record_programmes, seen_programmes

PEOPLE = [msgspec.structs.replace(POOR, worker_id=f"w-{n}") for n in (1, 2, 3)]
SEWING = NewProgramme(kind="class", title="缝纫班", on=date(2018, 5, 2), place=TOWN, people="w-1\nw-2")


@pytest.fixture
def desk(tmp_path):
    with office(tmp_path, *PEOPLE) as opened:
        yield opened


def roster(desk, name):
    return seen_programmes(desk)[name].plan.people


def the_class(desk):
    [told] = measures_told(desk)["classes"]
    return told


def test_a_class_nobody_came_to_trained_nobody(desk):
    name = plan_programme(desk, SEWING)
    note_result(desk, name, NewResult())
    assert (the_class(desk)["n_trained"], the_class(desk)["trained"]) == (0, [])
    record_programmes(desk, [json.dumps({"id": name, "result": {"certified": ["w-1"]}})])
    assert the_class(desk)["n_trained"] == 2  # who came was not said: the roster stands for it


def test_whoever_stands_twice_in_a_line_is_one_person_of_the_figure(desk):
    plan = {"kind": "class", "title": "班", "on": "2018-05-02", "people": ["w-1", "w-1"]}
    result = {"came": ["w-1", "w-1", "w-2"], "certified": ["w-1", "w-1"]}
    record_programmes(desk, map(json.dumps, [{"id": "k-1", "plan": plan}, {"id": "k-1", "result": result}]))
    told = the_class(desk)
    assert (told["n_people"], told["n_trained"], told["n_certified"]) == (1, 2, 1)
    behind = names_behind(desk, "class/k-1/trained")
    assert (behind["n"], len(behind["people"])) == (2, 2)


@pytest.mark.parametrize("field", ["came", "certified", "hired"])
def test_lines_naming_somebody_nobody_knows_keep_nothing(desk, field):
    plan = {"kind": "fair", "title": "招聘会", "on": "2018-05-02", "people": ["w-1"]}
    lines = [{"id": "f-1", "plan": plan}, {"id": "f-1", "result": {field: ["w-9"]}}]
    with pytest.raises(InvalidInput, match="nobody knows") as refusal:
        record_programmes(desk, map(json.dumps, lines))
    assert [one.found for one in refusal.value.problems] == ["w-9"]
    assert seen_programmes(desk) == {}


def test_a_plan_without_a_name_is_no_line(desk):
    with pytest.raises(InvalidInput, match="without a title"):
        record_programmes(desk, [json.dumps({"id": "k", "plan": {"kind": "class", "title": " ", "on": "2018-05-02"}})])


class Slow:
    """Deeds between whose reading and writing somebody else puts a person on the roster."""

    def __init__(self, desk, before):
        self._deeds, self._before = desk.deeds, before

    def __getattr__(self, name):
        return getattr(self._deeds, name)

    def act(self, stream, decide):
        before, self._before = self._before, lambda: None
        before()
        return self._deeds.act(stream, decide)

    def act_all(self, deeds):
        before, self._before = self._before, lambda: None
        before()
        return self._deeds.act_all(deeds)


def test_two_officers_who_add_people_at_once_lose_nobody(desk):
    name = plan_programme(desk, msgspec.structs.replace(SEWING, people="w-1"))
    other = as_(desk, "officer-b")
    slow = type(desk)(**{**vars(desk), "deeds": Slow(desk, lambda: add_people(other, name, "w-2"))})
    add_people(slow, name, "w-3")
    assert roster(desk, name) == ("w-1", "w-2", "w-3")


def test_a_result_from_an_old_page_takes_nobody_elses_back(desk):
    name = plan_programme(desk, SEWING)
    seen = programme_page(desk, name)["seen"]
    note_result(desk, name, NewResult(seen=seen, came=("w-1", "w-2")))
    with pytest.raises(Conflict):
        note_result(as_(desk, "officer-b"), name, NewResult(seen=seen, came=("w-1",)))
    assert the_class(desk)["n_trained"] == 2


def test_planned_anew_nobody_falls_off_and_somebody_wrong_is_taken_off_by_name(desk):
    name = plan_programme(desk, SEWING)
    assert plan_programme(desk, msgspec.structs.replace(SEWING, people="")) == name
    assert roster(desk, name) == ("w-1", "w-2")
    amend_class(desk, name, ClassFacts(course="skill", paid_to="trainee", paid_by="县人社〔2018〕5号"))
    assert plan_programme(desk, SEWING) == name
    assert (programme_page(desk, name)["paid_to"], programme_page(desk, name)["course"]) == ("trainee", "技能")
    drop_person(desk, name, "w-2")
    drop_person(desk, name, "w-2")
    assert roster(desk, name) == ("w-1",)
    note_result(desk, name, NewResult(came=("w-1",)))
    with pytest.raises(Conflict):
        drop_person(desk, name, "w-1")


def test_one_person_erased_leaves_the_class_and_what_came_of_everybody_else(desk):
    name = plan_programme(desk, SEWING)
    note_result(desk, name, NewResult(came=("w-1", "w-2"), certified=("w-1", "w-2"), hired=("w-2",)))
    keep_the_others(desk.deeds, "w-1", By(actor="admin", at=desk.by.at, on=desk.on))
    desk.deeds.forget_person("w-1")
    told = the_class(desk)
    assert (told["people"], told["trained"], told["certified"], told["hired"]) == (["w-2"],) * 4
    kept = desk.deeds.deeds(prefix=PREFIX)
    assert not any("w-1" in deed.subjects or "w-1" in json.dumps(deed.body) for deed in kept)


FAULTS = {
    "place": {"place": "99"},
    "place of letters": {"place": "abcdef"},
    "no such county": {"place": "999999"},
    "too long ago": {"on": "0001-01-01"},
    "too far ahead": {"on": "9999-12-31"},
    "ends too far ahead": {"until": "9999-12-31"},
    "nothing to see": {"title": "\u202e"},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_plan_that_would_break_every_page_of_plans_is_refused(desk, fault):
    plan = {"kind": "class", "title": "班", "on": "2018-05-02", "place": TOWN} | FAULTS[fault]
    with pytest.raises(InvalidInput):
        record_programmes(desk, [json.dumps({"id": "k-1", "plan": plan})])
    on, until = date.fromisoformat(plan["on"]), plan.get("until")
    call = msgspec.structs.replace(
        SEWING, on=on, until=date.fromisoformat(until) if until else None, place=plan["place"], title=plan["title"]
    )
    with pytest.raises(InvalidInput):
        plan_programme(desk, call)
    assert programmes_page(desk)["kinds"][0]["rows"] == []


def test_an_id_no_address_could_hold_is_refused(desk):
    plan = {"kind": "class", "title": "班", "on": "2018-05-02"}
    with pytest.raises(InvalidInput):
        record_programmes(desk, [json.dumps({"id": "a/../b", "plan": plan})])


def test_a_place_kept_before_that_no_table_knows_is_told_by_its_code(desk):
    plan = Plan(kind=ProgrammeKind.STALL, title="三号摊位", on=date(2018, 5, 2), place="99")
    body = {"plan": msgspec.to_builtins(plan)}
    deed = NewDeed(kind="programme.planned", at=desk.by.at, on=desk.on, by="a", body=body)
    desk.deeds.act_all({f"{PREFIX}s-1": [deed]})
    [stalls] = [one["rows"] for one in programmes_page(desk)["kinds"] if one["kind"] == "stall"]
    assert [one["place"] for one in stalls] == ["99"]
