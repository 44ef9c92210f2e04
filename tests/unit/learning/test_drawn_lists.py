"""Which lists of a log say something of another order, and what could have stood in them."""

from __future__ import annotations

import numpy as np
import pytest
from small_log import LogMaker

from matcher.learning.drawn_lists import Offered, choices_of, drawn_lists, equally_sharp, joined
from matcher.learning.limits import limits


def offered(rows):
    """Rows of (list, vacancy, q, new, in use)."""
    ix, names, q, new, in_use = zip(*rows, strict=True)
    return Offered(np.array(ix), names, np.array(q), np.array(new), np.array(in_use))


def test_a_list_counts_when_a_line_was_drawn_and_its_week_is_over():
    made = LogMaker(4, 2)
    made.shown("w1", propensity=0.5)
    made.shown("w2", propensity=1.0)
    made.shown("w3", propensity=1.0, explore=True)
    made.shown("w4", propensity=0.5, day=394)
    assert [told.worker_id for told in drawn_lists(made.log(until=400))] == ["w1", "w3"]
    assert [told.worker_id for told in drawn_lists(made.log(until=401))] == ["w1", "w3", "w4"]


def test_a_brokers_list_of_many_people_is_none():
    made = LogMaker(2, 1)
    made.shown("w1", list_id="l", propensity=0.5)
    made.shown("w2", list_id="l", propensity=0.5)
    assert drawn_lists(made.log()) == ()


def test_what_a_rule_put_there_is_no_line_and_no_candidate():
    made = LogMaker(1, 3)
    made.shown("w1", "v1", slot=1, propensity=1.0)
    made.shown("w1", "v2", slot=2, propensity=0.4, explore=True)
    log = made.log()
    (told,) = lists = drawn_lists(log)
    assert [row.vacancy_id for row in told.lines] == ["v2"]
    assert told.fixed == {"v1"}
    rows = [(0, "v1", 0.1, 1.0, 1.0), (0, "v2", 0.2, 2.0, 3.0), (0, "v3", 0.3, 4.0, 5.0)]
    choices, new, in_use = choices_of(log, lists, offered(rows))
    assert choices.slot.tolist() == [2, 0]
    assert choices.propensity.tolist() == [0.4, 1.0]
    assert choices.q.tolist() == [0.2, 0.3]
    assert (new.tolist(), in_use.tolist()) == ([2.0, 4.0], [3.0, 5.0])


@pytest.mark.parametrize(("day", "counts"), [(0, True), (7, True), (7.01, False)])
def test_an_application_counts_within_the_week(day, counts):
    made = LogMaker(1, 1)
    made.shown("w1", propensity=0.5)
    made.did("apply", "w1", day=day)
    made.did("open", "w1", day=1)
    log = made.log()
    choices, _, _ = choices_of(log, drawn_lists(log), offered([(0, "v1", 0.2, 0.0, 0.0)]))
    assert choices.applied.tolist() == [counts]


def test_a_line_that_no_order_offers_today_stays_and_is_never_drawn():
    made = LogMaker(1, 2)
    made.shown("w1", "v1", propensity=0.5, p_apply=0.3)
    log = made.log()
    choices, new, in_use = choices_of(log, drawn_lists(log), offered([(0, "v2", 0.2, 0.0, 0.0)]))
    assert choices.slot.tolist() == [1, 0]
    assert choices.q.tolist() == [0.3, 0.2]
    assert new.tolist() == in_use.tolist() == [-np.inf, 0.0]


def test_members_of_a_household_share_a_number_and_lists_stand_together():
    made = LogMaker(3, 2)
    for worker, home in (("w1", "a"), ("w2", "b"), ("w3", "a")):
        made.shown(worker, propensity=0.5, household_id=home)
    log = made.log()
    rows = [(2, "v1", 0.1, 0.0, 0.0), (0, "v2", 0.1, 0.0, 0.0), (1, "v1", 0.1, 0.0, 0.0), (0, "v1", 0.1, 0.0, 0.0)]
    choices, _, _ = choices_of(log, drawn_lists(log), joined([offered(rows[:1]), offered(rows[1:])]))
    assert choices.list_ix.tolist() == [0, 0, 1, 2]
    assert choices.homes.tolist() == [0, 1, 0]


def test_orders_are_equally_sharp_whatever_the_unit_of_their_scores():
    rng = np.random.default_rng(0)
    scores = rng.normal(0, 1, 40)
    rows = [(ix // 8, f"v{ix % 8}", 0.1, 5 + 0.01 * score, 3 * score - 9) for ix, score in enumerate(scores)]
    told = equally_sharp(offered(rows))
    assert told.new == pytest.approx(told.in_use)
    inside = told.new.reshape(5, 8)
    assert np.sqrt((inside**2).mean()) == pytest.approx(limits().off_policy.logit_spread)
    assert inside.mean(axis=1) == pytest.approx(0.0)
    assert equally_sharp(offered([(0, "v1", 0.1, 2.0, 2.0)])).new.tolist() == [0.0]
    assert len(equally_sharp(joined([])).new) == 0


def test_no_parts_are_no_candidates():
    assert len(joined([]).q) == 0
