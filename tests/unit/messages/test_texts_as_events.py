"""What went out by text as training events: the jobs of the text in its order, and nothing that was never sent."""

from __future__ import annotations

from datetime import timedelta

from texting_county import AT, COUNTY, OFFICER, opened, person, phone, reply, send_all

from matcher.services.events.export_events import Season, export_events
from matcher.services.messages.plan_texts import plan_texts
from matcher.services.messages.release import release_sending
from matcher.services.messages.seat_room import expire_offers
from matcher.services.messages.take_reply import take_reply
from matcher.services.messages.write_lists import PlanTexts


def exported(app):
    offers = app.texts.offers()
    return export_events(app.store, app.access, app.orders, app.settings, Season(), offers).tables


def test_a_sent_list_is_an_impression_with_its_propensity_and_an_unsent_one_is_none(tmp_path):
    with opened(tmp_path, [person(1), person(2)]) as app:
        desk = app.message_desk
        planned = plan_texts(desk, PlanTexts(jurisdiction=COUNTY), OFFICER)
        assert exported(app)["impressions"] == []
        release_sending(desk, planned.sending.sending_id, OFFICER)
        send_all(desk, AT)
        read = AT + timedelta(hours=1)
        take_reply(desk, reply(phone(1), "2", read), at=read)
        tables = exported(app)
        offers = {offer.worker_id: offer for offer in planned.offers}
        for worker_id, offer in offers.items():
            rows = sorted((row for row in tables["impressions"] if row.worker_id == worker_id), key=lambda r: r.slot)
            assert [row.vacancy_id for row in rows] == list(offer.vacancy_ids)
            assert [row.slot for row in rows] == [1, 2, 3]
            assert {(row.channel, row.propensity, row.list_id) for row in rows} == {("sms", 1.0, offer.decision_id)}
        (reaction,) = tables["reactions"]
        assert (reaction.kind, reaction.vacancy_id) == ("apply", offers["w1"].vacancy_ids[1])
        expire_offers(desk, AT + timedelta(days=11))
        kinds = sorted((row.worker_id, row.kind) for row in exported(app)["reactions"])
        assert kinds == [("w1", "apply"), *[("w2", "no_reply")] * 3]
