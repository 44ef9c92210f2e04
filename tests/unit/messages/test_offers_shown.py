"""Which text stands on a day: out before the day ends, its window open when the day begins, the newest of several."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from matcher.records.fair_packs import CarriedOffer
from matcher.records.texts import OfferState, TextOffer
from matcher.services.messages.offers_shown import newest_standing, offers_by_text, standing_offers

DAY = date(2018, 6, 1)
BEGINS = datetime(2018, 5, 31, 16, tzinfo=UTC)
"""Midnight in China."""
SECOND = timedelta(seconds=1)
WEEK = timedelta(days=7)


class Kept:
    """A store of these offers."""

    def __init__(self, *offers: TextOffer) -> None:
        self._offers = offers

    def offers(self, *, worker_ids):
        return [offer for offer in self._offers if offer.worker_id in worker_ids or not worker_ids]


def offer(name="a", *, whom="w1", sent=BEGINS, until=BEGINS + WEEK, state=OfferState.OPEN):
    return TextOffer(
        offer_id=name, worker_id=whom, phone="13800000000", sending_id="s", season="x", decision_id="",
        vacancy_ids=(f"{name}1", f"{name}2"), created_at=BEGINS, sent_at=sent, open_until=until, state=state,
    )  # fmt: skip


def shown(*offers: TextOffer, on: date = DAY) -> tuple[str, ...]:
    """The same by both ways: asked now, and carried in a pack of that day."""
    now = offers_by_text(Kept(*offers))("w1", on)
    assert newest_standing(standing_offers(Kept(*offers), ["w1"], on).get("w1", ()), on) == now
    return now


@pytest.mark.parametrize(
    ("changes", "stands"),
    [
        ({}, True),
        ({"sent": None}, False),
        ({"sent": BEGINS + timedelta(days=1) - SECOND}, True),
        ({"sent": BEGINS + timedelta(days=1)}, False),
        ({"until": BEGINS + SECOND}, True),
        ({"until": BEGINS}, False),
        ({"until": None}, True),
    ],
)
def test_a_text_stands_from_the_day_it_went_out_to_the_day_its_window_ends(changes, stands):
    assert shown(offer(**changes)) == (("a1", "a2") if stands else ())


@pytest.mark.parametrize("state", list(OfferState))
def test_a_chosen_job_stays_with_the_others_and_a_refused_list_goes(state):
    stays = state in (OfferState.OPEN, OfferState.CHOSEN, OfferState.CALLED)
    assert bool(shown(offer(state=state))) is stays


def test_of_several_the_newest_counts_and_then_the_one_that_lasts_longer():
    lasting, short = offer("old"), offer("new", sent=BEGINS + SECOND, until=BEGINS + timedelta(days=1, hours=1))
    assert shown(lasting, short) == shown(short, lasting) == ("new1", "new2")
    carried = standing_offers(Kept(lasting, short), ["w1"], DAY)["w1"]
    days = [newest_standing(carried, DAY + timedelta(days=n))[:1] for n in range(8)]
    assert days == [("new1",), ("new1",), *[("old1",)] * 5, ()]


def test_nobody_is_told_the_offers_of_others():
    kept = Kept(offer(whom="w2"), offer("b", whom="w3"))
    assert standing_offers(kept, [], DAY) == {}
    assert standing_offers(kept, ["w1", "w2"], DAY) == {"w2": (CarriedOffer(("a1", "a2"), BEGINS + WEEK),)}
