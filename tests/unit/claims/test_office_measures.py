"""Firms, posts, classes and fairs: the documents' own vectors through the code of the pages, names behind figures."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from matcher.errors import InvalidInput
from matcher.office.claims.measures import Rules, base_shares
from matcher.office.claims.programme_results import by_worth, class_result, fair_year
from matcher.office.claims.programmes import (
    Plan,
    Programme,
    ProgrammeKind,
    Result,
    plan_deed,
    read_programmes,
    result_deed,
)
from matcher.policy import standard_packs
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.figures.in_force import NO_COUNTY
from matcher.records import Channel, Employer, Evidence, EvidenceKind, Placement, Worker
from matcher.records.deeds import Deed, NewDeed

ON = date(2018, 12, 1)
AT = datetime(2018, 12, 1, 4, tzinfo=UTC)


YEAR_END = date(2018, 12, 31)
SEEN = (Evidence(kind=EvidenceKind.VISIT, on=date(2018, 2, 10), by="checker"),)


def rules(pack: str, of: str = "trained") -> Rules:
    return Rules(standard_packs()[pack], Conventions(stability_denominator=of), NO_COUNTY)


def people(n: int, place: str = "450206102001", *, poor: bool = True) -> dict[str, Worker]:
    found = [Worker(worker_id=f"w-{place[:6]}-{n_}", place_code=place, registered_poor=poor) for n_ in range(n)]
    return {one.worker_id: one for one in found}


def at_firm(workers, start=date(2018, 1, 1), **fields):
    return [
        Placement(
            placement_id=f"p-{one}", worker_id=one, employer_id="e-1", start=start, **{"evidence": SEEN, **fields}
        )
        for one in workers
    ]


def firm(total: int | None, stated: int | None = None) -> Employer:
    return Employer(
        employer_id="e-1", name="样例基地", kind=Channel.BASE_ENTERPRISE, annual_total_workers=total,
        annual_poor_local_workers=stated,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("n", "total", "outcome", "required"), [(10, 200, "met", 10), (9, 199, "not_met", 10), (4, 100, "not_met", 5)]
)
def test_a_base_enterprise_is_counted_by_name_as_the_vectors_have_it(n, total, outcome, required):
    own, away = people(n), people(3, "450203001001")
    [told] = base_shares([firm(total)], at_firm({**own, **away}), {**own, **away}, YEAR_END, rules("liujiang_2018"))
    assert (told.verdict.outcome, told.required, len(told.worker_ids)) == (outcome, required, n)
    assert told.verdict.clause == "三(二)2"


def test_a_firms_own_figure_stands_in_where_nobody_is_named_and_a_difference_is_told():
    own = people(3)
    [stated] = base_shares([firm(100, 5)], [], {}, YEAR_END, rules("liujiang_2018"))
    told = (stated.verdict.outcome, stated.worker_ids, stated.differs, stated.by_report)
    assert told == ("needs_review", (), False, True)
    [short] = base_shares([firm(100, 4)], [], {}, YEAR_END, rules("liujiang_2018"))
    assert short.verdict.outcome == "not_met"
    [both] = base_shares([firm(100, 5)], at_firm(own), own, YEAR_END, rules("liujiang_2018"))
    assert (both.verdict.outcome, both.differs, both.by_report) == ("not_met", True, False)
    [unknown] = base_shares([firm(None)], at_firm(own), own, YEAR_END, rules("liujiang_2018"))
    assert unknown.verdict.outcome == "needs_review"
    [elsewhere] = base_shares([firm(100)], at_firm(own), own, YEAR_END, rules("qinzhou_2021"))
    assert elsewhere.verdict.outcome == "no_rule"
    before = at_firm(own, start=date(2016, 1, 1), end=date(2017, 12, 31))
    [none] = base_shares([firm(100)], before, own, YEAR_END, rules("liujiang_2018"))
    assert (none.worker_ids, none.unproved) == ((), ())


@pytest.mark.parametrize(
    "fields",
    [
        {"evidence": ()},
        {"evidence": (Evidence(kind=EvidenceKind.VISIT, on=date(2018, 2, 10)),)},
        {"evidence": (Evidence(kind=EvidenceKind.VISIT, on=date(2018, 7, 1), by="checker"),)},
    ],
)
def test_work_that_nothing_proves_stands_beside_the_share_of_a_base(fields):
    own = people(6)
    names = list(own)
    placements = at_firm(names[:2]) + at_firm(names[1:5], **fields)
    [told] = base_shares([firm(100)], placements, own, date(2018, 6, 30), rules("liujiang_2018"))
    assert (told.worker_ids, told.unproved) == (tuple(names[:2]), tuple(names[2:5]))
    assert (told.verdict.outcome, told.required) == ("not_met", 5)


def test_who_begins_later_in_the_year_and_who_was_found_false_are_in_no_share():
    own = people(5)
    ahead = at_firm(own, start=date(2018, 7, 1))
    [early] = base_shares([firm(100)], ahead, own, date(2018, 6, 30), rules("liujiang_2018"))
    assert (early.worker_ids, early.unproved) == ((), ())
    [begun] = base_shares([firm(100)], ahead, own, date(2018, 7, 1), rules("liujiang_2018"))
    assert (len(begun.worker_ids), begun.verdict.outcome) == (5, "met")
    false = ahead[0].placement_id
    [less] = base_shares([firm(100)], ahead, own, date(2018, 7, 1), rules("liujiang_2018"), {false})
    assert (len(less.worker_ids), less.unproved, less.verdict.outcome) == (4, (ahead[0].worker_id,), "not_met")


def trained(n: int, certified: int) -> Programme:
    ids = tuple(f"w-{one}" for one in range(n))
    plan = Plan(kind=ProgrammeKind.CLASS, title="缝纫", on=date(2018, 1, 1), until=date(2018, 1, 31), people=ids)
    return Programme(programme_id="k-1", plan=plan, result=Result(came=ids, certified=ids[:certified]))


def after_class(who, **fields):
    told = {"start": date(2018, 2, 5), "evidence": SEEN, **fields}
    return [Placement(placement_id=f"p-{n}", worker_id=f"w-{n}", **told) for n in who]


@pytest.mark.parametrize(
    ("certified", "stable", "outcome"), [(80, 60, "met"), (79, 60, "not_met"), (85, 45, "not_met")]
)
def test_a_class_is_judged_as_the_vectors_have_it_once_its_day_has_come(certified, stable, outcome):
    placements = after_class(range(stable)) + after_class(range(stable, 90), end=date(2018, 7, 30))
    told = class_result(trained(100, certified), placements, date(2018, 7, 31), rules("hekou_2018"))
    assert (told.verdict.outcome, len(told.stable), told.due) == (outcome, stable, date(2018, 7, 31))
    early = class_result(trained(100, certified), placements, date(2018, 7, 30), rules("hekou_2018"))
    assert (early.is_due, early.stable) == (False, ())
    assert early.verdict.outcome != "met"
    assert class_result(trained(0, 0), [], ON, rules("hekou_2018")).verdict.outcome == "needs_review"


def test_work_after_a_class_that_nothing_proves_stands_beside_it():
    on = date(2018, 7, 31)
    placements = after_class(range(55)) + after_class(range(55, 70), evidence=())
    told = class_result(trained(100, 90), placements, on, rules("hekou_2018"))
    assert (told.verdict.outcome, len(told.stable), len(told.in_work)) == ("not_met", 55, 55)
    assert told.unproved == tuple(sorted(f"w-{n}" for n in range(55, 70)))
    proved = class_result(trained(100, 90), after_class(range(70)), on, rules("hekou_2018"))
    assert (proved.verdict.outcome, proved.unproved) == ("met", ())
    false = class_result(trained(100, 90), after_class(range(60)), on, rules("hekou_2018"), {"p-0"})
    assert (false.verdict.outcome, len(false.stable), false.unproved) == ("not_met", 59, ("w-0",))


def test_work_that_begins_after_the_day_it_is_counted_is_no_work_after_the_class():
    late = after_class(range(90), start=date(2018, 8, 1), evidence=(SEEN[0], seen_on(date(2018, 8, 2))))
    told = class_result(trained(100, 90), late, date(2018, 12, 1), rules("hekou_2018"))
    assert (told.in_work, told.stable, told.unproved) == ((), (), ())
    ahead = class_result(trained(100, 90), after_class(range(90), start=date(2018, 3, 1)), date(2018, 2, 20),
                         rules("hekou_2018"))  # fmt: skip
    assert ahead.in_work == ()
    before = after_class(range(90), start=date(2017, 12, 1), end=date(2018, 1, 31))
    assert class_result(trained(100, 90), before, date(2018, 7, 31), rules("hekou_2018")).in_work == ()


def seen_on(day):
    return Evidence(kind=EvidenceKind.VISIT, on=day, by="checker")


@pytest.mark.parametrize(
    ("certified", "stable", "outcomes"),
    [
        (80, 54, {"not_set": "needs_config", "trained": "not_met", "employed_after_training": "met"}),
        (80, 60, {"not_set": "needs_config", "trained": "met", "employed_after_training": "met"}),
        (79, 60, {"not_set": "not_met", "trained": "not_met", "employed_after_training": "not_met"}),
        (85, 45, {"not_set": "not_met", "trained": "not_met", "employed_after_training": "not_met"}),
    ],
)
def test_no_class_is_said_to_meet_a_share_whose_whole_nobody_has_chosen(certified, stable, outcomes):
    placements = after_class(range(stable)) + after_class(range(stable, 90), end=date(2018, 7, 30))
    told = {
        of: class_result(trained(100, certified), placements, date(2018, 7, 31), rules("hekou_2018", of))
        for of in outcomes
    }
    assert {of: one.verdict.outcome for of, one in told.items()} == outcomes
    asked = told["not_set"]
    if asked.verdict.outcome == "needs_config":
        assert asked.verdict.reasons == ("stability_denominator_not_set",)
        assert asked.readings == {of: one for of, one in outcomes.items() if of != "not_set"}
    assert told["trained"].readings == {}
    early = class_result(trained(100, 90), placements, date(2018, 7, 30), rules("hekou_2018", "not_set"))
    assert early.verdict.outcome == "needs_review"


def fair(programme_id: str, on: date, *, held: bool = True) -> Programme:
    plan = Plan(kind=ProgrammeKind.FAIR, title="招聘会", on=on, expected=40)
    return Programme(programme_id=programme_id, plan=plan, result=Result(hired=("w-1",)) if held else None)


def test_fairs_that_were_held_count_and_the_campaign_is_that_of_the_document():
    fairs = [fair("f-1", date(2018, 1, 20)), fair("f-2", date(2018, 6, 1)), fair("f-3", date(2018, 7, 1), held=False)]
    assert fair_year(fairs, 2018, rules("hekou_2018")).verdict.outcome == "met"
    assert fair_year(fairs[1:], 2018, rules("hekou_2018")).verdict.outcome == "not_met"
    assert fair_year(fairs, 2018, rules("liujiang_2018")).in_campaign == ("f-1",)


def numbered(stream: str, new: NewDeed, n: int) -> Deed:
    fields = {name: getattr(new, name) for name in ("kind", "at", "on", "by", "subjects", "body")}
    return Deed(number=n, stream=stream, seq=n, **fields)


def test_programmes_are_read_from_their_deeds_and_results_of_tomorrow_are_refused():
    plan = Plan(kind=ProgrammeKind.PROMISE, title="创业担保贷款", on=date(2018, 11, 1), people=("w-1",))
    stream, planned = plan_deed("m-1", plan, by="a", at=AT, on=ON)
    known = read_programmes([numbered(stream, planned, 1)])
    stream, held = result_deed(known["m-1"], Result(kept=True), by="a", at=AT, on=ON)
    read = read_programmes([numbered(stream, planned, 1), numbered(stream, held, 2)])
    assert read["m-1"].result.kept is True
    assert not [name for name in Plan.__struct_fields__ + Result.__struct_fields__ if "amount" in name]
    ahead = fair("f-1", date(2019, 1, 1), held=False)
    with pytest.raises(InvalidInput):
        result_deed(ahead, Result(), by="a", at=AT, on=ON)
    with pytest.raises(InvalidInput):
        result_deed(trained(2, 0), Result(came=("w-0",), certified=("w-9",)), by="a", at=AT, on=ON)
    with pytest.raises(InvalidInput):
        plan_deed("m-2", Plan(kind=ProgrammeKind.CLASS, title="班", on=ON, until=AT.date().replace(day=1, month=1)),
                  by="a", at=AT, on=ON)  # fmt: skip


def test_classes_are_ordered_by_the_places_they_unlock():
    sewing, driving = (
        Programme(programme_id=name, plan=Plan(kind=ProgrammeKind.CLASS, title=name, on=ON, leads_to=name))
        for name in ("缝纫", "叉车")
    )
    assert by_worth([driving, sewing], {"缝纫": 23, "叉车": 4}) == [sewing, driving]
