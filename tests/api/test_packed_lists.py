"""What a fair pack carries of a person suffices: the same list as from the whole record, with no flag in it."""

from __future__ import annotations

from datetime import timedelta

import county
import msgspec
import pytest

from matcher.records import Household, Kind, Worker
from matcher.services.ground.answering import households_of
from matcher.services.rounds.packed_people import CARRIED, packed_people, reduced
from matcher.services.rounds.recommend import Recommend, answer_recommend, recommend
from matcher.services.rounds.replay_decision import replay_decision

LABELS = (
    "registered_poor", "registered_from", "left_poverty_on", "out_of_poverty", "monitored_type", "monitored_from",
    "monitored_to", "relocated", "relocated_from", "relocation_site", "deep_poverty_village", "deep_poverty_township",
    "former_extreme_poverty", "rural_low_income", "low_income_from", "low_income_to", "poor_village", "hard_to_employ",
    "labour_ability", "sex", "employment_status", "returned_on", "hukou_code",
)  # fmt: skip


@pytest.fixture(scope="module")
def office(app):
    application = county.application_of(app)
    return application, [worker for worker in application.store.records(Kind.WORKERS) if isinstance(worker, Worker)]


def asked(application, worker, **more) -> Recommend:
    settings = application.settings
    return Recommend(
        worker_id=worker.worker_id, on=application.today(), jurisdiction=settings.jurisdiction, top=60,
        seed=settings.seed, public=True, members=True, **more,
    )  # fmt: skip


@pytest.mark.parametrize("explain", [False, True])
def test_the_packed_list_is_the_public_one(office, explain):
    application, workers = office
    plan = application.store.current_plan(application.today())
    n_items = 0
    for worker in workers if not explain else workers[::6]:
        answers = []
        for packed in (False, True):
            call = asked(application, worker, packed=packed, explain=explain)
            answer, _ = answer_recommend(application.store, application.means, call, plan=plan, revision=None)
            answer.pop("decision_id")
            answers.append(answer)
        assert answers[0] == answers[1]
        n_items += len(answers[0]["lists"][0]["items"])
    assert n_items > 100


def test_who_comes_first_for_the_plot_of_a_household_is_carried(office):
    application, workers = office
    homes = households_of(application.store, workers, None)
    people = packed_people(
        workers, homes, application.means, days=[application.today()], jurisdiction=application.settings.jurisdiction
    )
    carried = {person.worker.worker_id: person for person in people}
    ahead = [(person.worker, other) for person in people for other in person.before]
    assert ahead
    for worker, other in ahead:
        assert (other.household_id, other) == (worker.household_id, reduced(other))
        assert worker.worker_id not in {each.worker_id for each in carried[other.worker_id].before}


def test_a_packed_list_is_logged_and_built_again(office):
    application, workers = office
    worker = next(worker for worker in workers if worker.wish_to_work)
    answer = recommend(
        application.store, application.means, asked(application, worker, packed=True), at=application.clock.now()
    )
    again = replay_decision(application.store, application.settings, answer["decision_id"])
    assert msgspec.json.decode(again) == answer


def test_the_order_is_carried_as_numbers(office):
    application, workers = office
    people = packed_people(
        workers, {}, application.means, days=[application.today()], jurisdiction=application.settings.jurisdiction
    )
    assert len({person.standings[0].tier for person in people}) > 1
    assert {standing.since for person in people for standing in person.standings} == {application.today()}


def test_no_label_and_no_identity_is_carried(office):
    application, workers = office
    homes = households_of(application.store, workers, None)
    people = packed_people(
        workers, homes, application.means, days=[application.today()], jurisdiction=application.settings.jurisdiction
    )
    assert set(CARRIED).isdisjoint(LABELS)
    for person, worker in zip(people, workers, strict=True):
        assert all(getattr(person.worker, name) is None for name in LABELS)
        assert person.worker == reduced(person.worker)
        assert person.worker.worker_id == worker.worker_id
        if person.household is not None:
            told = Household(household_id=worker.household_id, holds_plot=homes[worker.household_id].holds_plot)
            assert person.household == told


@pytest.mark.parametrize("days_apart", [1, 3])
def test_a_standing_holds_from_its_day_until_another_one(office, days_apart):
    application, workers = office
    first = application.today()
    days = [first + timedelta(days=n) for n in range(days_apart + 1)]
    jurisdiction = application.settings.jurisdiction
    people = packed_people(workers, {}, application.means, days=days, jurisdiction=jurisdiction)
    last = packed_people(workers, {}, application.means, days=[days[-1]], jurisdiction=jurisdiction)
    for person, alone in zip(people, last, strict=True):
        there = person.standing(days[-1])
        assert msgspec.structs.replace(there, since=days[-1]) == alone.standings[0]
        assert person.standing(first - timedelta(days=1)) is None
