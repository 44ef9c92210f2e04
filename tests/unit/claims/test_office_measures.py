"""Firms, posts, classes and fairs: the documents' own vectors through the code of the pages, names behind figures."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from matcher.errors import InvalidInput
from matcher.office.claims.measures import Rules, base_shares
from matcher.office.claims.programmes import (
    Plan,
    Programme,
    ProgrammeKind,
    Result,
    by_worth,
    class_result,
    fair_year,
    plan_deed,
    read_programmes,
    result_deed,
)
from matcher.office.claims.welfare import Finding, holders, unlike_pay, village_posts
from matcher.policy import standard_packs
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.figures.in_force import NO_COUNTY, CountyFigures, FiguresOn
from matcher.records import Channel, Employer, Evidence, EvidenceKind, Placement, PublishBar, Vacancy, Worker
from matcher.records.deeds import Deed, NewDeed
from matcher.records.figures import CountyFigure

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
    assert (stated.verdict.outcome, stated.worker_ids, stated.differs, stated.by_report) == ("met", (), False, True)
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


def post(vacancy_id: str, place: str, n: int = 1, **fields) -> Vacancy:
    return Vacancy(
        vacancy_id=vacancy_id, title="保洁员", channel=Channel.WELFARE_POST, place_code=place, headcount=n, **fields
    )


def holding(number: int, vacancy_id: str | None, **fields) -> Placement:
    fields = {"start": date(2018, 3, 1)} | fields
    return Placement(placement_id=f"p-{number}", worker_id=f"w-{number}", vacancy_id=vacancy_id, **fields)


VILLAGES = [f"450206102{n:03d}" for n in (1, 2, 3)]


def test_every_village_has_its_post_or_is_named():
    posts = [post("v-1", VILLAGES[0]), post("v-3", VILLAGES[2], 2), post("v-9", "450206102")]
    told = village_posts(posts, [], VILLAGES, ON, rules("liujiang_2018"))
    assert (told.verdict.outcome, told.missing, told.unplaced) == ("not_met", (VILLAGES[1],), ("v-9",))
    full = village_posts([*posts, post("v-2", VILLAGES[1])], [], VILLAGES, ON, rules("liujiang_2018"))
    assert (full.verdict.outcome, full.missing, sum(full.posts.values())) == ("met", (), 4)


@pytest.mark.parametrize(
    ("fields", "held", "n"),
    [
        ({"valid_to": ON}, [], 1),
        ({"valid_to": date(2018, 11, 30)}, [], 0),
        ({"valid_from": date(2018, 12, 2)}, [], 0),
        ({"publish_bars": (PublishBar(code="deposit", sentence="收押金"),)}, [], 0),
        ({"valid_to": date(2018, 6, 30)}, [holding(1, "v-1")], 1),
        ({"valid_to": date(2018, 6, 30)}, [holding(1, "v-1", end=ON)], 1),
        ({"valid_to": date(2018, 6, 30)}, [holding(1, "v-1", end=date(2018, 11, 30))], 0),
        ({"valid_to": date(2018, 6, 30)}, [holding(1, "v-1", start=date(2018, 12, 2))], 0),
        ({}, [holding(1, "v-1"), holding(2, "v-1")], 2),
        ({"valid_to": date(2018, 6, 30)}, [holding(1, None, place_code=VILLAGES[0])], 1),
    ],
    ids=[
        "open on its last day", "advert over", "advert to come", "unlawful", "held after the advert", "held to the day",
        "holder gone", "holder to come", "more held than advertised", "held without an advert",
    ],
)  # fmt: skip
def test_only_posts_open_or_held_on_the_day_count(fields, held, n):
    told = village_posts([post("v-1", VILLAGES[0], **fields)], held, VILLAGES[:1], ON, rules("liujiang_2018"))
    assert told.posts[VILLAGES[0]] == n
    assert told.verdict.outcome == ("met" if n else "not_met")
    behind = len(told.held.get(VILLAGES[0], ())) or len(told.open_posts.get(VILLAGES[0], ()))
    assert behind == n


POOR = {"monitored": False, "marginal": False, "relocated": False, "registered_poor": True, "out_of_poverty": False}
NOBODY = dict.fromkeys(POOR, False)
UNKNOWN = dict.fromkeys(POOR, None)


def audited(pack: str, placement: Placement, on: date, groups=POOR, **asked):
    [told] = holders([(placement, groups)], on, rules(pack), **{"soon_days": 60} | asked)
    return told


@pytest.mark.parametrize(
    ("pack", "start", "end", "outcome"),
    [
        ("qinzhou_2021", date(2021, 9, 1), date(2022, 8, 31), "ok"),
        ("wuyuan_2021", date(2021, 11, 1), date(2022, 12, 31), "too_long"),
        ("qinzhou_2021", date(2021, 9, 1), None, "needs_review"),
        ("liujiang_2018", date(2021, 9, 1), date(2022, 8, 31), "no_rule"),
    ],
)
def test_a_contract_of_a_welfare_post_lasts_at_most_what_its_document_says(pack, start, end, outcome):
    on = date(2022, 1, 1)
    told = audited(pack, holding(1, None, start=start, contract_start=start, contract_end=end), on)
    assert (told.term.outcome, told.days_left) == (outcome, (end - on).days if end else None)
    assert (Finding.TOO_LONG in told.findings) is (outcome == "too_long")
    assert (Finding.NO_TERM in told.findings) is (outcome == "needs_review")
    gone = holding(2, None, start=start, end=date(2021, 12, 31))
    assert holders([(gone, POOR)], on, rules(pack), soon_days=60) == []


@pytest.mark.parametrize(
    ("end", "findings"),
    [
        (date(2021, 12, 31), (Finding.OVER,)),
        (date(2022, 1, 1), (Finding.ENDS_SOON,)),
        (date(2022, 3, 2), (Finding.ENDS_SOON,)),
        (date(2022, 3, 3), ()),
    ],
)
def test_an_exit_is_due_the_day_after_the_contract_and_told_ahead_of_it(end, findings):
    start = date(2021, 9, 1)
    told = audited(
        "qinzhou_2021", holding(1, None, start=start, contract_start=start, contract_end=end), date(2022, 1, 1)
    )
    assert told.findings == findings


@pytest.mark.parametrize(
    ("pack", "groups", "outcome"),
    [
        ("qinzhou_2021", POOR, "eligible"),
        ("qinzhou_2021", NOBODY, "not_eligible"),
        ("qinzhou_2021", UNKNOWN, "needs_review"),
        ("qinzhou_2021", NOBODY | {"relocated": None}, "needs_review"),
        ("liujiang_2018", NOBODY, "no_rule"),
    ],
)
def test_a_holder_of_none_of_the_groups_is_named_and_a_missing_fact_accuses_nobody(pack, groups, outcome):
    start, end = date(2021, 9, 1), date(2022, 8, 31)
    placement = holding(1, None, start=start, contract_start=start, contract_end=end)
    told = audited(pack, placement, date(2022, 1, 1), groups)
    assert told.group.outcome == outcome
    assert told.findings == ((Finding.NOT_QUALIFIED,) if outcome == "not_eligible" else ())


@pytest.mark.parametrize(("wage", "low"), [(999, True), (1000, False), (None, False)])
def test_pay_under_the_figure_of_the_county_is_named(wage, low):
    figure = CountyFigure(
        pack_id="liujiang_2018", parameter_id="welfare_post_subsidy", value=Decimal(1000), unit="元/月",
        from_=date(2018, 1, 1), author="样例", source="样例文件", recorded_on=ON,
    )  # fmt: skip
    county = FiguresOn(figures=CountyFigures([figure]), on=ON)
    own = Rules(standard_packs()["liujiang_2018"], Conventions(), county)
    [told] = holders([(holding(1, None, wage_yuan_month=wage), POOR)], ON, own, soon_days=60)
    assert (Finding.PAY_LOW in told.findings) is low
    assert Finding.PAY_LOW not in audited("liujiang_2018", holding(1, None, wage_yuan_month=1), ON).findings


def test_like_posts_paid_unlike_are_named_and_unknown_pay_says_nothing():
    def paid(n: int, wage: int | None, **fields) -> Placement:
        return Placement(placement_id=f"p-{n}", worker_id=f"w-{n}", start=ON, wage_yuan_month=wage, **fields)

    posts = [("保洁 员", paid(1, 900)), ("保洁员", paid(2, 1200)), ("护林员", paid(3, 900)), ("护林员", paid(4, None))]
    [told] = unlike_pay(posts, ON)
    assert (told.title, told.low_yuan_month, told.high_yuan_month) == ("保洁员", 900, 1200)
    assert told.placement_ids == ("p-1", "p-2")
    assert [one.title for one in unlike_pay([*posts, ("护林员", paid(5, 700, end=ON))], ON)] == ["保洁员", "护林员"]
    assert unlike_pay([posts[0], ("保洁员", paid(2, 1200, end=ON))], ON.replace(day=2)) == []


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
