"""`sms plan`: who is written to, which jobs, why others are not; nothing beyond consent, seats, money and season."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from msgspec import structs
from texting_county import (
    AT,
    CHINA,
    COUNTY,
    HOME,
    OFFICER,
    POSTS,
    SEASON,
    desk_of,
    later,
    opened,
    person,
    phone,
    post,
    reply,
    send_all,
    write,
)

from matcher.errors import Conflict, UsageError
from matcher.messaging.recipients import Held
from matcher.messaging.seats import WHOLE, held_64ths
from matcher.messaging.segments import parts, units
from matcher.messaging.templates import standard_templates
from matcher.records import Channel, Consent, Kind, TravelRange
from matcher.records.texts import OfferState, Queue, SendingState
from matcher.services.kiosk.jobs import KioskList, Where, jobs_for
from matcher.services.messages.plan_texts import plan_texts
from matcher.services.messages.release import cancel_sending, release_sending
from matcher.services.messages.seat_room import expire_offers
from matcher.services.messages.take_reply import take_reply
from matcher.services.messages.write_lists import PlanTexts

CALL = PlanTexts(jurisdiction=COUNTY)
FEBRUARY_16 = datetime(2018, 2, 16, 12, tzinfo=CHINA)


def by_worker(planned):
    return {offer.worker_id: offer for offer in planned.offers}


def sent(desk, call=CALL, by=OFFICER):
    """A sending planned, released and out."""
    planned = plan_texts(desk, call, by)
    release_sending(desk, planned.sending.sending_id, by)
    send_all(desk, by.at)
    return planned


def test_who_asked_gets_the_three_jobs_of_the_list_and_the_others_are_counted(tmp_path):
    people = [
        person(1, name="韦小英"),
        person(2, consent=None),
        person(3, phone=None),
        person(4, phone="0772-7212345"),
        person(5, wish_to_work=False),
        person(6, consent=None, wish_to_work=False),
    ]
    with opened(tmp_path, people) as app:
        desk = desk_of(app)
        planned = plan_texts(desk, CALL, OFFICER)
        assert planned.held == {
            "w2": Held.NOT_ASKED, "w3": Held.NO_PHONE, "w4": Held.LANDLINE, "w5": Held.DECLINED,
        }  # fmt: skip
        (text,) = desk.texts.texts(sending_id=planned.sending.sending_id)
        assert text.body.startswith("【柳江就业局】韦师傅您好，为您选了3个岗：1缝纫工 月3200起 就在本村；2")
        assert text.body.endswith("不再接收回T。不收钱，收费回9。10天内有效")
        assert (text.queue, text.n_units, len(text.parts)) == (Queue.HELD, units(text.body), len(parts(text.body)))
        assert text.n_units <= 134
        kept = desk.texts.sending(planned.sending.sending_id)
        assert (kept.state, kept.n_people, kept.n_parts) == (SendingState.WAITING, 1, 2)
        assert kept.held == {"not_asked": 1, "no_phone": 1, "landline": 1, "declined": 1}
        assert kept.held_people["w2"] == "not_asked"
        (entry,) = [entry for entry in desk.access.audit() if entry.action == "sms_plan"]
        assert "138" not in str(entry.detail)


def test_the_text_and_the_kiosk_have_the_same_jobs_in_the_same_order(tmp_path):
    with opened(tmp_path, [person(1)]) as app:
        desk = desk_of(app)
        offer = by_worker(plan_texts(desk, CALL, OFFICER))["w1"]
        shown = jobs_for(
            app.store, app.means,
            KioskList(worker_id="w1", on=date(2018, 3, 5), jurisdiction=COUNTY, where=Where.ANY), at=AT,
        )  # fmt: skip
        assert [job["vacancy_id"] for job in shown["jobs"]] == list(offer.vacancy_ids)
        decision = desk.store.decision(offer.decision_id)
        assert decision.request["channel"] == "sms"
        assert decision.request["public"] is True


def test_a_vacancy_bears_no_more_open_offers_than_its_openings(tmp_path):
    people = [person(n) for n in range(1, 31)]
    posts = [post(f"v{n}", headcount=1, place_code="450202") for n in range(1, 5)]
    with opened(tmp_path, people, posts) as app:
        desk = desk_of(app)
        planned = plan_texts(desk, CALL, OFFICER)
        held = held_64ths(desk.texts.offers(), AT, desk.hold)
        assert max(held.values()) <= WHOLE
        assert set(planned.held.values()) == {Held.NO_SEATS}
        assert 0 < planned.sending.n_people < 30
        # Whose window is over makes room for the next people.
        release_sending(desk, planned.sending.sending_id, OFFICER)
        send_all(desk, AT)
        over = AT + timedelta(days=desk.rules.offers.open_days)
        assert expire_offers(desk, over - timedelta(seconds=1)) == 0
        assert expire_offers(desk, over) == planned.sending.n_people
        assert held_64ths(desk.texts.offers(), over, desk.hold) == {}
        assert {offer.state for offer in desk.texts.offers()} == {OfferState.EXPIRED}


def test_a_chosen_job_holds_its_seat_and_later_lists_leave_it_out(tmp_path):
    posts = [post("v1", headcount=1, place_code=HOME), post("v2", headcount=9, place_code="450202")]
    with opened(tmp_path, [person(1), person(2, consent=None)], posts) as app:
        desk = desk_of(app)
        offer = by_worker(sent(desk))["w1"]
        place = offer.vacancy_ids.index("v1") + 1
        take_reply(desk, reply(phone(1), f"{place}", AT + timedelta(hours=1)), at=AT + timedelta(hours=1))
        write(desk.store, Kind.WORKERS, [("w2", {"consent": {"sms": True}}, None)], tag="later")
        (second,) = plan_texts(desk, CALL, later(OFFICER, days=1)).offers
        assert second.vacancy_ids == ("v2",)


def test_a_further_wave_goes_to_the_next_people_and_only_while_few_have_answered(tmp_path):
    people = [person(n) for n in range(1, 7)]
    with opened(tmp_path, people) as app:
        desk = desk_of(app)
        first = sent(desk, PlanTexts(jurisdiction=COUNTY, most_people=3))
        assert list(first.held.values()).count(Held.LATER_WAVE) == 3
        wave = PlanTexts(jurisdiction=COUNTY, wave=2)
        rest = timedelta(days=desk.rules.offers.wave_rest_days)
        with pytest.raises(Conflict, match="还在等答复"):
            plan_texts(desk, wave, OFFICER._replace(at=AT + timedelta(days=1)))
        second = plan_texts(desk, wave, OFFICER._replace(at=AT + rest))
        assert set(by_worker(second)) == set(by_worker(first)) ^ {f"w{n}" for n in range(1, 7)}
        assert all(second.held[worker_id] is Held.EARLIER_WAVE for worker_id in by_worker(first))
        cancel_sending(desk, second.sending.sending_id, OFFICER)
        for n in (int(worker_id[1:]) for worker_id in by_worker(first)):
            take_reply(desk, reply(phone(n), "0", AT + timedelta(hours=1)), at=AT + timedelta(hours=1))
        with pytest.raises(Conflict, match="已经够多"):
            plan_texts(desk, wave, OFFICER._replace(at=AT + rest))


def test_a_wave_without_a_first_one_is_none(tmp_path):
    with opened(tmp_path, [person(1)]) as app, pytest.raises(Conflict, match="还没有发过前一批"):
        plan_texts(desk_of(app), PlanTexts(jurisdiction=COUNTY, wave=2), OFFICER)


def test_a_wave_does_not_follow_one_that_still_waits(tmp_path):
    with opened(tmp_path, [person(1), person(2)]) as app:
        desk = desk_of(app)
        plan_texts(desk, PlanTexts(jurisdiction=COUNTY, most_people=1), OFFICER)
        with pytest.raises(Conflict, match="还没有放行"):
            plan_texts(desk, PlanTexts(jurisdiction=COUNTY, wave=2), later(OFFICER, days=4))


def test_more_of_the_same_wave_waits_for_its_answers_too(tmp_path):
    with opened(tmp_path, [person(n) for n in range(1, 5)]) as app:
        desk = desk_of(app)
        rest = desk.rules.offers.wave_rest_days
        sent(desk, PlanTexts(jurisdiction=COUNTY, most_people=1))
        wave = PlanTexts(jurisdiction=COUNTY, wave=2, most_people=1)
        second = plan_texts(desk, wave, later(OFFICER, days=rest)).sending
        release_sending(desk, second.sending_id, later(OFFICER, days=rest))
        with pytest.raises(Conflict, match="还在等答复"):
            plan_texts(desk, wave, later(OFFICER, days=rest + 1))
        meant = PlanTexts(jurisdiction=COUNTY, wave=2, most_people=1, again=True)
        assert plan_texts(desk, meant, later(OFFICER, days=rest + 1)).sending


def test_a_second_sending_on_one_day_has_to_be_meant(tmp_path):
    with opened(tmp_path, [person(1), person(2)]) as app:
        desk = desk_of(app)
        plan_texts(desk, PlanTexts(jurisdiction=COUNTY, most_people=1), OFFICER)
        with pytest.raises(Conflict, match="今天已经排过"):
            plan_texts(desk, CALL, later(OFFICER, hours=1))
        assert plan_texts(desk, PlanTexts(jurisdiction=COUNTY, again=True), later(OFFICER, hours=1)).sending


def test_two_that_are_meant_may_be_planned_within_one_second(tmp_path):
    with opened(tmp_path, [person(1), person(2)]) as app:
        desk = desk_of(app)
        one = PlanTexts(jurisdiction=COUNTY, most_people=1, again=True)
        ids = {plan_texts(desk, one, OFFICER).sending.sending_id for _ in range(2)}
        assert {sending.sending_id for sending in desk.texts.sendings()} == ids
        assert len(ids) == 2


def test_a_trial_is_written_and_holds_nothing(tmp_path):
    with opened(tmp_path, [person(1)]) as app:
        desk = desk_of(app)
        before = app.store.exposures(SEASON)
        trial = plan_texts(desk, PlanTexts(jurisdiction=COUNTY, trial=True), OFFICER)
        assert desk.texts.texts(sending_id=trial.sending.sending_id)[0].body == trial.texts[0].body
        assert desk.texts.offers() == []
        assert app.store.exposures(SEASON) == before
        with pytest.raises(Conflict, match="试排"):
            release_sending(desk, trial.sending.sending_id, OFFICER)
        assert send_all(desk, AT) == []
        assert plan_texts(desk, CALL, OFFICER).sending  # no sending of today stands in the way


def test_what_a_text_lists_counts_as_shown_in_the_season_and_is_not_listed_by_text_again(tmp_path):
    posts = [*POSTS, *(post(f"x{n}", headcount=9, place_code="450202", title="组装工") for n in range(4))]
    with opened(tmp_path, [person(1)], posts) as app:
        desk = desk_of(app)
        first = by_worker(sent(desk))["w1"]
        assert set(first.vacancy_ids) <= app.store.exposures(SEASON)["w1"]
        second = by_worker(sent(desk, by=later(OFFICER, days=7)))["w1"]
        assert set(second.vacancy_ids).isdisjoint(first.vacancy_ids)


def test_seven_days_and_a_shared_phone_and_a_household(tmp_path):
    people = [
        person(1), person(2, phone=phone(1)),
        *(person(n, household_id="h1") for n in range(3, 6)),
    ]  # fmt: skip
    with opened(tmp_path, people) as app:
        desk = desk_of(app)
        planned = sent(desk)
        assert sorted(why.value for why in planned.held.values()) == ["household", "shared_phone"]
        with pytest.raises(Conflict):
            plan_texts(desk, CALL, OFFICER)
        six = plan_texts(desk, CALL, OFFICER._replace(at=AT + timedelta(days=7, seconds=-1)))
        assert {six.held[offer.worker_id] for offer in planned.offers} == {Held.RECENT}


def test_between_two_seasons_and_without_posts_nothing_is_written(tmp_path):
    with opened(tmp_path, [person(1)]) as app:
        june = datetime(2018, 6, 1, 12, tzinfo=CHINA)
        found = plan_texts(desk_of(app), CALL, OFFICER._replace(at=june))
        assert found.sending is None
        assert "最早12月" in found.note
        assert desk_of(app).texts.sendings() == []
    with opened(tmp_path / "empty", [person(1)], [post("v1", valid_to=date(2018, 3, 1))]) as app:
        found = plan_texts(desk_of(app), CALL, OFFICER)
        assert (found.sending, "没有一个还招人的岗位" in found.note) == (None, True)


def test_over_the_festival_and_at_night_the_texts_wait_for_the_first_hour(tmp_path):
    with opened(tmp_path, [person(1)]) as app:
        found = plan_texts(desk_of(app), CALL, OFFICER._replace(at=FEBRUARY_16))
        assert found.texts[0].next_at == datetime(2018, 2, 19, 9, tzinfo=CHINA)
        assert "2月19日" in found.note


def test_without_a_plan_of_jobs_or_in_another_season_it_is_wrong_usage(tmp_path):
    with opened(tmp_path, [person(1)], planned=False) as app, pytest.raises(UsageError, match="岗位计划"):
        plan_texts(desk_of(app), CALL, OFFICER)
    with opened(tmp_path / "other", [person(1)]) as app, pytest.raises(UsageError, match="短信季"):
        plan_texts(desk_of(app), PlanTexts(jurisdiction=COUNTY, season="2017-12-18/2018-03-01"), OFFICER)


def test_a_carrier_that_takes_no_list_makes_it_plan_b(tmp_path):
    with opened(tmp_path, [person(1)], sms_carrier="own_port") as app:
        with pytest.raises(Conflict, match="没批准"):
            plan_texts(desk_of(app), CALL, OFFICER)
        states = "".join(
            f'[[said]]\ntemplate = "{one.id}"\nversion = 1\nstate = "approved"\n'
            for one in standard_templates().template
            if one.id == "shortlist_2"
        )
        tmp_path.joinpath("template-states.toml").write_text(states, encoding="utf-8")
        (text,) = plan_texts(desk_of(app), CALL, OFFICER).texts
        assert text.template_id == "shortlist_2"


def test_the_parts_of_the_season_run_out(tmp_path):
    tmp_path.joinpath("sending.toml").write_text("[budget]\nparts_a_season = 3\n", encoding="utf-8")
    with opened(tmp_path, [person(1), person(2)]) as app:
        planned = plan_texts(desk_of(app), CALL, OFFICER)
        assert (planned.sending.n_texts, planned.sending.budget_parts) == (1, 3)
        assert list(planned.held.values()) == [Held.BUDGET]


def test_the_plot_stands_beside_the_jobs_and_tells_of_no_group(tmp_path):
    over_45 = {"birth_date": date(1966, 3, 1), "consent": Consent(sms=True, plot=True)}
    plot = post("p1", channel=Channel.MICRO_FARM, place_code=HOME, headcount=3, title="菜园")
    with opened(tmp_path, [person(1, **over_45), person(2, registered_poor=True, **over_45)], [*POSTS, plot]) as app:
        planned = plan_texts(desk_of(app), CALL, OFFICER)
        bodies = {text.worker_id: text.body for text in planned.texts}
        assert all("另有菜园地块，想种回0" in body for body in bodies.values())
        assert all(units(body) <= 134 for body in bodies.values())
        assert all(offer.plot for offer in planned.offers)
        assert "p1" not in {vacancy_id for offer in planned.offers for vacancy_id in offer.vacancy_ids}


def test_who_has_to_be_home_every_evening_is_sent_near_jobs_alone(tmp_path):
    with opened(tmp_path, [person(1, needs_daily_return=True), person(2, travel_range="village")]) as app:
        offers = by_worker(plan_texts(desk_of(app), CALL, OFFICER))
        assert "v2" not in offers["w1"].vacancy_ids
        assert offers["w2"].vacancy_ids == ("v1",)


def test_a_rare_name_and_a_title_that_cannot_be_sent(tmp_path):
    posts = [post("v1", title="★贫困户专岗★", place_code=HOME), post("v2", title="𬭎镁加工、检验", place_code=HOME)]
    people = [person(1, name="𬭎小英"), person(2, name="阿卜杜勒·买买提·吐尔逊·艾合买提·阿布都热西提·玉素甫江")]
    with opened(tmp_path, people, posts) as app:
        planned = plan_texts(desk_of(app), CALL, OFFICER)
        bodies = {text.worker_id: text.body for text in planned.texts}
        assert bodies["w1"].startswith("【柳江就业局】𬭎师傅您好")
        assert bodies["w2"].startswith("【柳江就业局】老乡您好")
        assert all("𬭎镁加工" in body and "贫困" not in body for body in bodies.values())
    with opened(tmp_path / "none", [person(1)], posts[:1]) as app:
        assert plan_texts(desk_of(app), CALL, OFFICER).held == {"w1": Held.UNWRITABLE}


@pytest.mark.parametrize("shared", ["phone", "household"])
def test_who_has_no_seat_takes_nobodys_place_beside(tmp_path, shared):
    """The one seat of the village goes to w1: w2 and w3 have none, and who wants another job gets the text."""
    other, village = "450206102201", TravelRange.VILLAGE
    posts = [
        post("v1", place_code=HOME, headcount=9),
        post("v2", title="电焊工", place_code=other, headcount=9, wage_low_yuan_month=1000, wage_high_yuan_month=1200),
    ]
    own = {"phone": phone(9)} if shared == "phone" else {"household_id": "h1"}
    people = [person(n, travel_range=village, **(own if n > 1 else {})) for n in (1, 2, 3)]
    people.append(person(4, travel_range=village, place_code=other, skills=(), trades=(), **own))
    with opened(tmp_path, people, posts) as app:
        # After the plan, which would make a scarce job dear.
        write(app.store, Kind.VACANCIES, [("v1", {"headcount": 1}, None)], tag="later")
        rules = desk_of(app).rules
        whole = structs.replace(rules, seats=structs.replace(rules.seats, least_64ths=WHOLE))
        desk = replace(desk_of(app), texting=desk_of(app).texting._replace(rules=whole))
        planned = plan_texts(desk, CALL, OFFICER)
        assert {one: offer.vacancy_ids for one, offer in by_worker(planned).items()} == {"w1": ("v1",), "w4": ("v2",)}
        assert planned.held == {"w2": Held.NO_SEATS, "w3": Held.NO_SEATS}
