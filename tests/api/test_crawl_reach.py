"""The crawl goes everywhere: every rule is asked with every method, answers somebody well and breaks for nobody."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from crawl_calls import SAFE, methods, rules, unfilled
from crawler import MOST

pytestmark = [pytest.mark.timeout(900), pytest.mark.slow]
"""Whichever test comes first waits for the whole walk."""


ELSEWHERE = frozenset(
    {
        "start.take_second_step", "start.take_enrolment", "start.take_my_factor", "start.renew_my_codes",
        "office.erase", "office.note_returned", "broker.note_returned", "sms.receipt", "sms.reply",
        "office.returnee_helper", "office.returnee_offer", "office.returnee_close", "office.returnee_reopen",
        "office.undo_check", "office.sample_found", "office.lay_group_out", "office.note_group_arrival",
        "office.review_large_group", "office.note_ended", "office.settle_one",
        "office.close_one",
        "office.take_bank_reply", "office.push_ledgers", "office.join_people",
    }
)  # fmt: skip
"""Done in tests of their own: deeds that want the code of a telephone, the one that nobody crawled survives, those that
write down who came home (the people stay as they were), calls that a gateway signs, the end of a
scheduling, which only recovery allows, the review of a group larger than any there, a registration
that wants a day or a benefit, a correction that was asked for after its page was read, a bank's file, two ledgers
in one form, and records joined to one person."""


def test_every_argument_of_every_rule_can_be_filled(walk):
    assert unfilled(walk.app) == [], "say in crawler.FILLS what fills it, and in crawl_county.Prepared.known with what"


def test_every_rule_answers_somebody_well(walk):
    well = {(visit.endpoint, visit.call.method) for visit in walk.visits if visit.status < 400}
    told = Counter((visit.endpoint, visit.call.method, visit.status) for visit in walk.visits)
    missing = {
        f"{method} {rule.rule}": [key for key in told if key[:2] == (rule.endpoint, method)]
        for rule in rules(walk.app)
        for method in methods(rule)
        if (rule.endpoint, method) not in well and rule.endpoint not in ELSEWHERE
    }
    assert missing == {}, "no link, no form and no body of crawl_county leads there"


def test_nobody_was_stopped_on_the_way(walk):
    assert max(len(crawler.visits) for crawler in walk.crawlers) < MOST


def test_everybody_is_let_in_somewhere_and_kept_out_somewhere(walk):
    for crawler in walk.crawlers:
        statuses = {visit.status for visit in crawler.visits}
        assert 200 in statuses, crawler.asker
        assert statuses & {401, 403, 404}, crawler.asker


def test_nothing_breaks_whatever_is_asked(walk):
    assert [str(visit) for visit in walk.visits if visit.status >= 500] == []
    assert [str(visit) for visit in walk.visits if "fault" in visit.log] == []


def test_hostile_words_went_everywhere_and_stand_nowhere_as_markup(walk):
    hostile = [visit for visit in walk.visits if visit.call.sort == "hostile"]
    assert {visit.endpoint for visit in hostile if visit.call.method not in SAFE} > {"start.take_sign_in"}
    assert len(hostile) > 300
    assert [str(visit) for visit in hostile if dict(visit.headers).get("X-Probe")] == []


def test_the_people_are_as_they_were(walk):
    """But for the day on which a visit or a follow-up found somebody home."""

    def but_for_returns(people):
        return [msgspec.structs.replace(one, returned_on=None) for one in people]

    assert walk.visits
    assert but_for_returns(walk.people()) == but_for_returns(walk.people_before)
