"""What offers hold of seats: never more than a vacancy has, and released when a window or a hold ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from matcher.messaging.seats import WHOLE, Wish, held_64ths, spread, weight_64ths
from matcher.messaging.sending import standard_rules
from matcher.records.texts import OfferState, TextOffer

AT = datetime(2026, 1, 20, 4, tzinfo=UTC)
HOLD = timedelta(hours=48)
RULES = standard_rules().seats


def offer(**changes) -> TextOffer:
    usual = {
        "offer_id": "o1", "worker_id": "w1", "phone": "13800000001", "sending_id": "s1", "season": "s",
        "decision_id": "d1", "vacancy_ids": ("v1", "v2"), "weights_64ths": (10, 6), "created_at": AT,
    }  # fmt: skip
    return TextOffer(**(usual | changes))


def test_a_weight_is_the_chance_of_a_yes_rounded_up_between_the_least_and_a_seat():
    assert weight_64ths(0.0, RULES) == RULES.least_64ths
    assert weight_64ths(0.8, RULES) == 16  # 0.8 x 0.3 x 64 = 15.36
    assert weight_64ths(7.0, RULES) == 20
    assert weight_64ths(1.0, type(RULES)(answers_permille=1000, least_64ths=1)) == WHOLE


def test_an_open_offer_holds_to_the_end_of_its_window_and_not_a_moment_longer():
    waiting = offer()
    assert held_64ths([waiting], AT, HOLD) == {"v1": 10, "v2": 6}
    sent = offer(sent_at=AT, open_until=AT + timedelta(days=10))
    assert held_64ths([sent, waiting], AT + timedelta(days=10, seconds=-1), HOLD) == {"v1": 20, "v2": 12}
    assert held_64ths([sent], AT + timedelta(days=10), HOLD) == {}


def test_a_choice_holds_a_whole_seat_of_the_chosen_job_alone_for_the_hold():
    chosen = offer(state=OfferState.CHOSEN, chosen="v2", ended_at=AT)
    assert held_64ths([chosen], AT + HOLD - timedelta(seconds=1), HOLD) == {"v2": WHOLE}
    assert held_64ths([chosen], AT + HOLD, HOLD) == {}


def test_offers_that_ended_otherwise_hold_nothing():
    for state in set(OfferState) - {OfferState.OPEN, OfferState.CHOSEN}:
        assert held_64ths([offer(state=state, ended_at=AT)], AT, HOLD) == {}


def test_a_full_job_makes_way_for_the_next_best_and_who_finds_none_is_left_out():
    wishes = [Wish(f"w{n}", (("a", 30), ("b", 30), ("c", 30))) for n in range(4)]
    found = spread(wishes, {"a": 64, "b": 64, "c": 30}, 2)
    assert found.offered == {
        "w0": (("a", 30), ("b", 30)), "w1": (("a", 30), ("b", 30)), "w2": (("c", 30),),
    }  # fmt: skip
    assert found.left == {"a": 4, "b": 4, "c": 0}


VACANCIES = [f"v{n}" for n in range(6)]
WISHES = st.lists(
    st.lists(st.tuples(st.sampled_from(VACANCIES), st.integers(1, 64)), unique_by=lambda job: job[0], max_size=6),
    max_size=40,
)
ROOMS = st.dictionaries(st.sampled_from(VACANCIES), st.integers(-64, 400))


@given(WISHES, ROOMS, st.integers(1, 3))
def test_open_offers_never_hold_more_than_the_openings_left(jobs, room, most):
    wishes = [Wish(f"w{n}", tuple(one)) for n, one in enumerate(jobs)]
    found = spread(wishes, room, most)
    held: dict[str, int] = {}
    for worker_id, offered in found.offered.items():
        wished = wishes[int(worker_id[1:])].jobs
        assert [job for job in wished if job in offered] == list(offered)
        assert 1 <= len(offered) <= most
        for vacancy_id, weight in offered:
            held[vacancy_id] = held.get(vacancy_id, 0) + weight
    assert all(held[vacancy_id] <= room[vacancy_id] for vacancy_id in held)
    assert all(found.left[vacancy_id] == room[vacancy_id] - held.get(vacancy_id, 0) for vacancy_id in room)
