"""Welfare posts of the villages: which there are, whose contracts end, who is paid unlike."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from matcher.office.claims.measures import Rules
from matcher.office.claims.welfare import Finding, holders, unlike_pay, village_posts
from matcher.policy import standard_packs
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.figures.in_force import NO_COUNTY, CountyFigures, FiguresOn
from matcher.records import Channel, Placement, PublishBar, Vacancy
from matcher.records.figures import CountyFigure

ON = date(2018, 12, 1)


def rules(pack: str, of: str = "trained") -> Rules:
    return Rules(standard_packs()[pack], Conventions(stability_denominator=of), NO_COUNTY)


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
