"""The plots of a day from a store: a county with its own document, with the card's route, and with none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from factories import HOME, ON, vacancy, worker
from rosters_in_memory import InMemory

from matcher.policy import standard_packs
from matcher.records import Channel, Consent, Household, Judgement, Placement, Plot, PlotClass, PlotState
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.office.plot_day import DIFFERS, NO_DAY, TAKEN, plot_day, plot_rows
from matcher.settings import Settings

HARD = Judgement(value=True, by="村委", on=ON, grounds="多次应聘未成")


def means(**settings):
    return Means(packs=standard_packs(), settings=Settings(**settings), model_body=hand_card())


def person(worker_id, **fields):
    told = {
        "birth_date": date(1968, 3, 1), "registered_poor": True, "off_farm_hard": HARD,
        "household_id": f"h-{worker_id}", "consent": Consent(plot=True, plot_on=date(2018, 5, 1)),
        "waiting_since": None,
    }  # fmt: skip
    return worker(worker_id, **(told | fields))


def plot(plot_id="p1", **fields):
    return Plot(**({"plot_id": plot_id, "site_code": HOME, "area_mu": Decimal("0.3")} | fields))


def rows(records, *, on=ON, jurisdiction="liujiang_2018", **settings):
    homes = [Household(household_id=f"h-w{n}", holds_plot=False) for n in range(1, 6)]
    return list(plot_rows(plot_day(InMemory([*records, *homes]), means(**settings), on=on, jurisdiction=jurisdiction)))


def test_a_row_says_which_list_why_and_by_which_clause():
    first, second = rows([person("w1"), person("w2", consent=Consent(plot=True)), plot()])
    assert (first["line"], first["worker_id"], first["plot_id"], first["area_mu"]) == ("offer", "w1", "p1", "0.3")
    assert (first["document"], first["clause"], first["day"]) == ("江政办发〔2018〕97号", "三(二)4(2)", "2018-05-01")
    assert (second["line"], second["day"], second["notes"]) == ("wait", None, [TAKEN, NO_DAY])


def test_who_waits_for_want_of_land_reads_the_rules_own_reason():
    (waits,) = rows([person("w1")], jurisdiction="liujiang_2018")
    assert (waits["line"], waits["outcome"], waits["reasons"]) == ("wait", "waitlist", ["no_plot"])


def test_those_who_wait_are_told_of_posts_that_are_open():
    posts = [
        vacancy("v1", channel=Channel.WELFARE_POST),
        vacancy("v2", channel=Channel.WELFARE_POST, valid_to=date(2018, 5, 31)),
        vacancy("v3", channel=Channel.PARK_ENTERPRISE),
    ]
    day = plot_day(InMemory([person("w1"), *posts]), means(), on=ON, jurisdiction="liujiang_2018")
    assert day.meanwhile == {Channel.WELFARE_POST: 1, Channel.WORKSHOP: 0, Channel.MICRO_MARKET: 0}


def test_a_county_without_a_rule_follows_the_card_where_there_is_land_and_lists_nobody_where_there_is_none():
    unhard = person("w1", off_farm_hard=None)
    (offered,) = rows([unhard, plot()], jurisdiction="hekou_2018")
    assert (offered["line"], offered["document"]) == ("offer", standard_packs()["standard"].cited)
    assert rows([unhard], jurisdiction="hekou_2018") == []


def test_the_county_is_that_of_the_people_where_nobody_names_one():
    (offered,) = rows([person("w1"), plot()], jurisdiction="")
    assert offered["outcome"] == "offer_priority"


@pytest.mark.parametrize(("days", "lines"), [(8, []), (9, ["turning"])])
def test_the_birthday_is_announced_as_many_days_ahead_as_the_setting_says(days, lines):
    young = person("w1", birth_date=date(1973, 6, 10), consent=None)
    found = rows([young], plot_notice_days=days)
    assert [row["line"] for row in found] == lines
    assert [row["day"] for row in found] == ["2018-06-10"] * len(lines)
    (asked,) = rows([young], on=date(2018, 6, 10))
    assert (asked["line"], asked["worker_id"]) == ("ask", "w1")


def test_a_running_plot_is_listed_only_when_something_is_to_be_done():
    tiller = person("w1", household_id="h-w1")
    held = plot(
        state=PlotState.HELD, household_id="h-w1", tiller_id="w1", start=date(2018, 3, 1),
        class_at_start=PlotClass.POOR,
    )  # fmt: skip
    assert rows([tiller, held]) == []
    (ends,) = rows([tiller, held], on=date(2020, 12, 1))
    assert (ends["line"], ends["outcome"], ends["day"]) == ("term", "notify_town", "2021-03-01")
    assert rows([tiller, held], on=date(2020, 11, 30)) == []
    gone = Placement(placement_id="x", worker_id="w1", start=date(2018, 4, 1), place_code="441900")
    (left,) = rows([tiller, held, gone])
    assert (left["outcome"], left["reasons"]) == ("needs_config", ["no_local_rule_tiller_left"])
    back = Placement(
        placement_id="x", worker_id="w1", start=date(2018, 4, 1), end=date(2018, 5, 31), place_code="441900"
    )
    assert rows([tiller, held, back]) == []


def test_the_recorded_death_of_a_tiller_is_listed_from_its_day():
    held = plot(state=PlotState.HELD, household_id="h-w1", start=date(2018, 3, 1), tiller_died_on=date(2018, 6, 1))
    assert rows([held], on=date(2018, 5, 31)) == []
    (row,) = rows([held], on=date(2018, 6, 1))
    assert (row["line"], row["outcome"], row["reasons"]) == ("term", "needs_config", ["no_local_rule_tiller_died"])


def test_a_ledger_that_says_another_day_is_pointed_at():
    held = plot(state=PlotState.HELD, household_id="h-w1", start=date(2018, 3, 1), free_until=date(2023, 3, 1))
    (row,) = rows([held])
    assert row["notes"] == [DIFFERS]
