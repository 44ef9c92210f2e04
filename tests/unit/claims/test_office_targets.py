"""The year's targets: what is recorded is judged by the document's rule, what is not is no 0, names stand behind."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from claims_office import NOON, office

from matcher.office.claims.measures import Rules
from matcher.office.claims.programmes import Plan, Programme, ProgrammeKind, Result, plan_deed, result_deed
from matcher.office.claims.targets import GROUP_EXPORT, OF_POOR, PERSON_TIMES, reached, targets
from matcher.office.tracking.dispatches import ABSENT, ARRIVED
from matcher.policy import evaluate_rule, standard_packs
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.figures.in_force import NO_COUNTY
from matcher.records import Worker
from matcher.records.deeds import NewDeed
from matcher.services.claims.measures import behind, measures_told, without_people
from matcher.services.claims.targets import targets_told

ON = date(2018, 6, 1)
POOR = (True, False, None)
WORKERS = {
    f"w-{n}": Worker(worker_id=f"w-{n}", place_code="532532", registered_poor=POOR[n % len(POOR)]) for n in range(9)
}


def rules(pack="hekou_2018"):
    return Rules(standard_packs()[pack], Conventions(), NO_COUNTY)


def told(found, on=ON, pack="hekou_2018", workers=WORKERS):
    rows, _ = targets(found, workers, on, rules(pack))
    return {row.key: row for row in rows}


@pytest.mark.parametrize(("n", "met"), [(129, False), (130, True), (131, True)])
def test_a_target_is_met_as_the_rule_of_the_document_says(n, met):
    found = {GROUP_EXPORT: [f"w-{ix}" for ix in range(n)], PERSON_TIMES: ["w-0"] * 1500}
    rows = told(found)
    answer = evaluate_rule("HK_TARGETS_2018", {"actual": {GROUP_EXPORT: n, PERSON_TIMES: 1500}}, packs=standard_packs())
    assert (rows[GROUP_EXPORT].met, GROUP_EXPORT in answer["unmet"]) == (met, not met)
    assert rows[PERSON_TIMES].met is True


def test_what_is_not_recorded_is_judged_by_nobody_and_who_is_not_known_to_be_poor_is_told_beside():
    rows = told({GROUP_EXPORT: list(WORKERS), PERSON_TIMES: ["w-0", "w-0", "w-2"]})
    assert {key for key, row in rows.items() if row.people is None} == {
        "startup_support", "startup_driven_jobs", "transfer_rate",
    }  # fmt: skip
    assert {row.met for row in rows.values() if row.people is None} == {None}
    poor = rows[GROUP_EXPORT + OF_POOR]
    assert (poor.people, poor.unknown, poor.met) == (("w-0", "w-3", "w-6"), ("w-2", "w-5", "w-8"), False)
    times = rows[PERSON_TIMES + OF_POOR]
    assert (times.people, times.unknown) == (("w-0", "w-0"), ("w-2",))


def test_a_county_without_targets_and_a_year_they_were_not_set_for_have_none():
    assert told({GROUP_EXPORT: []}, pack="liujiang_2018") == {}
    assert told({GROUP_EXPORT: []}, on=date(2019, 1, 1)) == {}
    assert len(told({GROUP_EXPORT: []}, on=date(2018, 12, 31))) == 7


def course(on, result, people=("w-0", "w-1")):
    plan = Plan(kind=ProgrammeKind.CLASS, title="样例班", on=on, people=people)
    return Programme(programme_id="c", plan=plan, result=result)


def test_people_who_arrived_count_once_and_everybody_in_each_class_that_was_held():
    classes = [
        course(date(2018, 3, 1), Result(came=("w-1",))),
        course(date(2018, 4, 1), Result()),  # who came was not said
        course(date(2018, 4, 2), Result(came=())),  # nobody came
        course(date(2018, 5, 1), None),
        course(date(2017, 5, 1), Result(came=("w-4",))),
        course(date(2018, 7, 1), Result(came=("w-5",))),
    ]
    assert reached([], classes, ON)[PERSON_TIMES] == ("w-0", "w-1", "w-1")


def test_the_page_of_the_measures_tells_them_with_the_names_behind(tmp_path):
    with office(tmp_path, *WORKERS.values()) as liujiang:
        desk = dataclasses.replace(liujiang, jurisdiction="hekou_2018")
        for stream, worker, kind, on in (
            ("dispatch:o-1", "w-0", ARRIVED, ON),
            ("dispatch:o-1", "w-1", ARRIVED, ON),
            ("dispatch:o-1", "w-1", ABSENT, ON),
            ("dispatch:o-2", "w-0", ARRIVED, ON),
            ("dispatch:o-2", "w-3", ARRIVED, date(2017, 6, 1)),
        ):
            new = NewDeed(kind=kind, at=NOON, on=on, by="officer-a", subjects=(worker,))
            desk.deeds.act(stream, lambda _, new=new: [new])
        plan = Plan(kind=ProgrammeKind.CLASS, title="样例班", on=date(2018, 3, 1), people=("w-0", "w-2"))
        stream, deed = plan_deed("c-1", plan, by="officer-a", at=NOON, on=ON)
        desk.deeds.act_all({stream: [deed]})
        held = Programme(programme_id="c-1", plan=plan)
        stream, deed = result_deed(held, Result(came=("w-0", "w-2")), by="officer-a", at=NOON, on=ON)
        desk.deeds.act_all({stream: [deed]})
        page = measures_told(desk)
        rows = {row["target"]: row for row in page["targets"]["rows"]}
        assert (rows[GROUP_EXPORT]["n"], rows[PERSON_TIMES]["n"], rows["startup_support"]["n"]) == (1, 2, None)
        figures = behind(page)
        assert figures[f"target/{GROUP_EXPORT}"][1] == ["w-0"]
        assert figures[f"target/{PERSON_TIMES + OF_POOR}/unknown"][1] == ["w-2"]
        for name, (_, ids) in figures.items():
            if name.startswith("target/") and not name.endswith("/unknown"):
                assert len(ids) == (rows[name.removeprefix("target/")]["n"] or 0)
        assert "w-0" not in str(without_people(page["targets"]))
        part = dataclasses.replace(desk, regions=("450206",))
        assert targets_told(part, rules()) is None
        assert measures_told(liujiang)["targets"] is None
