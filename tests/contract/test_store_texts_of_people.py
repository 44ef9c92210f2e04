"""What is kept of people beside their texts: offers, replies, calls, marks, and what goes when they are erased."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace
from text_factories import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    answer,
    came_home,
    done,
    join,
    lease,
    mark,
    number,
    offer,
    receipt,
    reply,
    sending,
    task,
    text,
)

from matcher.records.texts import Act, NumberState, OfferState
from matcher.store import schema


def test_offers_hold_seats_until_their_window_ends(texts):
    texts.add_sending(
        sending(),
        [offer("o1"), offer("o2", "w2", phone=number(2), open_until=NOW + HOUR)],
        [text(sending_id="s1", offer_id="o1")],
    )
    assert [one.offer_id for one in texts.offers(open_at=NOW)] == ["o1", "o2"]
    assert [one.offer_id for one in texts.offers(open_at=NOW + HOUR)] == ["o1"]
    assert [one.offer_id for one in texts.offers(phone=number(2))] == ["o2"]
    assert [one.offer_id for one in texts.offers(worker_ids=["w2", "w9"])] == ["o2"]
    texts.settle([done(*lease(texts), "p1")], open_for=2 * DAY)
    assert (texts.offers()[0].sent_at, texts.offers()[0].open_until) == (NOW, NOW + 2 * DAY)
    chosen = texts.change_offer("o1", lambda kept: replace(kept, state=OfferState.CHOSEN, chosen="v2"))
    assert texts.offers(worker_ids=["w1"]) == [chosen]
    assert texts.offers(open_at=NOW) == texts.offers(worker_ids=["w2"])


def test_a_reply_is_kept_once_with_what_it_asks_for(texts):
    confirm = text("c1", purpose="answer", reply_id="r1")
    assert texts.add_reply(reply(), confirm=confirm, tasks=[task()])
    assert not texts.add_reply(reply(), confirm=text("c2"), tasks=[task("k2")])
    assert [one.text_id for one in texts.texts()] == ["c1"]
    assert [one.task_id for one in texts.tasks()] == ["k1"]
    assert texts.add_reply(reply("r2", Act.COMPLAINT, phone=number(2), received_at=NOW + MINUTE))
    assert [one.reply_id for one in texts.replies()] == ["r2", "r1"]
    assert [one.reply_id for one in texts.replies(unread=True)] == ["r1"]
    assert [one.reply_id for one in texts.replies(phone=number(2), since=NOW)] == ["r2"]
    assert (texts.n_complaints(since=NOW), texts.n_complaints(since=NOW + HOUR)) == (1, 0)
    texts.change_reply("r1", lambda kept: replace(kept, read_by="lan", read_at=NOW))
    assert texts.replies(unread=True) == []


def test_calls_and_returns_are_found_by_region_and_time(texts):
    texts.put_tasks([task("k2", due_at=NOW + DAY, broker="lan"), task("k1"), task("k3", region_code="450222")])
    assert [one.task_id for one in texts.tasks(regions=["450206"])] == ["k1", "k2"]
    assert [one.task_id for one in texts.tasks(broker="lan")] == ["k2"]
    texts.change_task("k1", lambda kept: replace(kept, done_at=NOW, done_by="lan"))
    assert [one.task_id for one in texts.tasks(open_only=True, regions=["450206"])] == ["k2"]
    texts.put_return(came_home("h1"))
    texts.put_return(came_home("h2", returned_on=date(2018, 2, 1), worker_id="w2"))
    texts.put_return(came_home("h1", from_words="东莞"))
    assert [one.return_id for one in texts.returns()] == ["h2", "h1"]
    assert [one.from_words for one in texts.returns(worker_id="w1")] == ["东莞"]
    assert [one.return_id for one in texts.returns(since=date(2018, 2, 1), regions=["450206"])] == ["h2"]


def test_calls_and_replies_are_found_by_whose_they_are(texts):
    texts.put_tasks([task("k2", due_at=NOW + DAY), task("k1"), task("k3", worker_id="w2"), task("k4", worker_id="")])
    assert [one.task_id for one in texts.tasks(worker_ids=["w1", "w3"])] == ["k1", "k2"]
    assert [one.task_id for one in texts.tasks(worker_ids=["w2"], regions=["450222"])] == []
    assert texts.tasks(worker_ids=[]) == []
    texts.add_reply(reply("r1", worker_id="w1"))
    texts.add_reply(reply("r2", worker_id="w1", received_at=NOW + MINUTE))
    texts.add_reply(reply("r3", worker_id="w2"))
    assert [one.reply_id for one in texts.replies(worker_ids=["w1"])] == ["r2", "r1"]
    assert [one.reply_id for one in texts.replies(worker_ids=["w1", "w2"], since=NOW + MINUTE)] == ["r2"]
    assert texts.replies(worker_ids=[]) == []


def test_the_last_mark_of_a_number_comes_last(texts):
    texts.mark_number(mark(number(1), at=NOW))
    texts.mark_number(mark(number(1), NumberState.GOOD, at=NOW + DAY))
    texts.mark_number(mark(number(1), at=NOW))
    texts.mark_number(mark(number(2), NumberState.WRONG_PERSON, worker_id="w2"))
    found = texts.number_marks([number(1), number(2), number(3)])
    assert [one.state for one in found[number(1)]] == [NumberState.DEAD, NumberState.GOOD]
    assert found[number(2)] == (mark(number(2), NumberState.WRONG_PERSON, worker_id="w2"),)
    assert number(3) not in found


def everything_of_a_person(texts):
    texts.add_consents([answer("c1", phone=number(1)), answer("c2", agreed=False, at=NOW, phone=number(1))])
    texts.mark_number(mark(number(1), NumberState.WRONG_PERSON, worker_id="w1"))
    texts.add_sending(
        sending(held_people={"w1": "recent", "w2": "recent"}), [offer()], [text(sending_id="s1", offer_id="o1")]
    )
    texts.add_text(text("t2", "w2", phone=number(2), purpose="answer", next_at=NOW + DAY))
    texts.settle([done(*lease(texts), "p1")])
    texts.add_reply(reply(worker_id="w1"), tasks=[task()])
    texts.put_return(came_home())


def test_no_number_and_no_word_stands_in_the_clear(texts, store, tmp_path):
    everything_of_a_person(texts)
    join(texts, receipt("stray", error=f"to {number(1)}"))
    secrets = [number(1).encode(), "师傅".encode(), "好的".encode()]
    with store.database.reading() as connection:
        for table in schema.METADATA.sorted_tables:
            for row in connection.execute(table.select()):
                for value in row:
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    assert not any(secret in raw for secret in secrets), table.name
    journal = (tmp_path / "refusals.journal").read_bytes()
    assert not any(secret in journal for secret in secrets)


def test_an_erased_person_leaves_a_bare_refusal_and_nothing_else(texts):
    everything_of_a_person(texts)
    assert texts.forget_person("w1") == 9
    assert [one.text_id for one in texts.texts()] == ["t2"]
    for left in (texts.offers(), texts.replies(), texts.tasks(), texts.returns()):
        assert left == []
    assert texts.number_marks([number(1)]) == {}
    assert join(texts, receipt("p1")) == []
    assert texts.sending("s1").held_people == {"w2": "recent"}
    assert texts.refusals([number(1)]) == {number(1): NOW}
    told = texts.consents()["w1"]
    assert [(one.agreed, one.where, one.by, one.phone) for one in told] == [(True, "", "", ""), (False, "", "", "")]
    assert texts.forget_person("w1") == 0


def test_a_rotation_of_keys_reaches_every_row(texts, store):
    everything_of_a_person(texts)
    before = (texts.texts(), texts.offers(), texts.consents(), texts.replies(), texts.number_marks([number(1)]))
    n_rows = store.rotate_keys()
    # Two answers, a mark, a sending, two texts, an offer, a reply, a call, a return.
    assert n_rows == 10
    again = (texts.texts(), texts.offers(), texts.consents(), texts.replies(), texts.number_marks([number(1)]))
    assert again == before
    assert texts.refusals([number(1)]) == {number(1): NOW}
    assert texts.restore_refusals() == 0


def test_what_is_over_goes_and_what_still_counts_stays(texts):
    everything_of_a_person(texts)
    texts.change_reply("r1", lambda kept: replace(kept, read_at=NOW))
    texts.change_offer("o1", lambda kept: replace(kept, state=OfferState.EXPIRED, ended_at=NOW))
    assert texts.purge(texts_before=NOW, consents_before=NOW) == 1
    assert [one.consent_id for one in texts.consents()["w1"]] == ["c2"]
    assert texts.purge(texts_before=NOW + MINUTE, consents_before=NOW + DAY) == 3
    assert [one.text_id for one in texts.texts()] == ["t2"]
    assert texts.refusals([number(1)]) == {number(1): NOW}


def test_the_no_of_a_number_outlives_the_later_yes_of_one_of_those_who_share_it(texts):
    texts.add_consents([answer("c1", agreed=False, at=NOW, phone=number(1)), answer("c2", at=NOW + DAY)])
    assert texts.purge(texts_before=NOW, consents_before=NOW + 2 * DAY) == 0
    assert texts.refusals([number(1)]) == {number(1): NOW}
    texts.add_consents([answer("c3", "w2", agreed=False, at=NOW + HOUR, phone=number(1))])
    assert texts.purge(texts_before=NOW, consents_before=NOW + 2 * DAY) == 1
    assert texts.refusals([number(1)]) == {number(1): NOW + HOUR}
