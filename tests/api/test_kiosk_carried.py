"""Texts at a kiosk without a network: their jobs stand first, in the order of the text."""

from __future__ import annotations

import itertools
from datetime import timedelta

import county
import msgspec
import pytest
from kiosk_rig import ELSEWHERE, TOWNSHIP, answered, press, whom, with_list
from texting_desk import Texted, texted

from matcher.records.texts import OfferState, SendingState
from matcher.services.kiosk.fleet import RENEW_CHANGED_AFTER, By, order_wipe
from matcher.services.kiosk.jobs import KioskList, Where, jobs_for
from matcher.services.messages.desk import By as Asker

_SENT = itertools.count(1)


@pytest.fixture
def rig(rig):
    """Enrolled, with a pack."""
    rig.enrol()
    assert rig.turn().fetched
    return rig


def ids(jobs) -> list[str]:
    return [job["vacancy_id"] for job in jobs]


def at_server(rig) -> list[str]:
    """What the same person is shown at a kiosk that is a page of the server."""
    run = rig.run
    call = KioskList(worker_id=whom(rig), on=run.today(), jurisdiction=run.settings.jurisdiction, where=Where.ANY)
    return ids(jobs_for(run.store, run.means, call, at=rig.clock.now(), offers=run.live_offers)["jobs"])


class TestOffers:
    """What a text offers stands first, as long as text and pack are in force."""

    @pytest.fixture
    def plain(self, rig) -> list[str]:
        """The list before anything was sent."""
        jobs = ids(with_list(rig))
        press(rig.screen, "/kiosk/over")
        return jobs

    @pytest.fixture
    def sent(self, rig, plain):
        """The list turned round in a text, and a pack made after it."""
        return self.send(rig, plain)

    def send(self, rig, plain, **changes) -> Texted:
        sent = texted(
            rig.server, TOWNSHIP, f"carried{next(_SENT)}", jobs=tuple(reversed(plain)), whom=whom(rig), **changes
        )
        self.renew(rig)
        return sent

    def renew(self, rig) -> None:
        rig.kiosk.folder.install(rig.wire.pack(), rig.clock.now())

    def change(self, rig, sent: Texted, **changes) -> None:
        (offer,) = rig.run.texts.offers(sending_id=sent.sending_id)
        rig.run.texts.change_offer(offer.offer_id, lambda kept: msgspec.structs.replace(kept, **changes))

    @pytest.fixture(autouse=True)
    def _nothing_stands(self, rig):
        """No text of another test stands."""
        for offer in rig.run.texts.offers():
            rig.run.texts.change_offer(
                offer.offer_id, lambda kept: msgspec.structs.replace(kept, state=OfferState.EXPIRED)
            )
        self.renew(rig)

    def test_the_jobs_of_a_text_come_first_in_its_order_as_at_the_server(self, rig, plain, sent):
        rig.offline()
        jobs = with_list(rig)
        assert ids(jobs) == list(sent.vacancy_ids) == at_server(rig) != plain
        assert all(job["offered"] for job in jobs)

    def test_of_a_text_the_pack_holds_jobs_and_end_alone(self, rig, sent):
        (told,) = [each for each in rig.kiosk.folder.held().contents.people if each.offers]
        assert told.person.worker.worker_id == sent.worker_id
        assert msgspec.to_builtins(told.offers[0])[0] == sent.vacancy_ids
        assert len(msgspec.to_builtins(told.offers[0])) == 2
        everything = msgspec.json.encode(rig.kiosk.folder.held().contents.people).decode()
        assert sent.phone not in everything
        assert sent.sending_id not in everything
        rows = b"".join(path.read_bytes() for path in rig.home.iterdir() if path.name.startswith("kiosk.db"))
        for named in (*sent.vacancy_ids, sent.worker_id):
            assert named.encode() not in rows

    @pytest.mark.parametrize("state", [SendingState.WAITING, None])
    def test_a_text_that_is_not_out_or_was_refused_changes_nothing(self, rig, plain, state):
        sent = self.send(rig, plain, **({"state": state} if state else {}))
        if state is None:
            self.change(rig, sent, state=OfferState.REFUSED)
            self.renew(rig)
        assert ids(with_list(rig)) == plain
        assert not rig.kiosk.live_offers(sent.worker_id, rig.kiosk.today())

    def test_its_window_ends_at_the_kiosk_as_well_and_old_news_are_marked(self, rig, sent, monkeypatch):
        # The day of a demonstration stands still.
        monkeypatch.setattr(type(rig.kiosk), "today", lambda kiosk: kiosk.clock.now().date())
        self.change(rig, sent, open_until=rig.clock.now() + timedelta(hours=30))
        self.renew(rig)
        rig.pass_time(hours=24)
        rig.offline()
        assert ids(with_list(rig)) == list(sent.vacancy_ids)
        assert "不是今天的消息" in rig.screen.get("/kiosk/jobs").text
        press(rig.screen, "/kiosk/over")
        rig.pass_time(hours=24)
        rig.offline()
        jobs = with_list(rig)
        assert not any(job["offered"] for job in jobs)
        assert "不是今天的消息" in rig.screen.get("/kiosk/jobs").text

    def test_with_the_people_of_a_pack_their_offers_go(self, rig, sent):
        assert rig.kiosk.live_offers(sent.worker_id, rig.kiosk.today()) == sent.vacancy_ids
        rig.pass_time(hours=72)
        rig.offline()
        assert not rig.kiosk.live_offers(sent.worker_id, rig.kiosk.today())

    def test_with_a_wiped_pack_its_offers_go(self, rig, sent):
        order_wipe(rig.run.kiosks, rig.run.access, rig.kiosk_id, BY)
        rig.turn()
        assert list(rig.home.iterdir()) == []
        assert not rig.kiosk.live_offers(sent.worker_id, rig.kiosk.today())

    @pytest.mark.parametrize(("region", "renews"), [(TOWNSHIP, True), ("450206", True), (ELSEWHERE, False)])
    def test_texts_that_went_out_here_renew_the_pack_within_the_hour(self, rig, region, renews):
        run, before = rig.run, rig.clock.now() - timedelta(hours=1)
        for other in run.texts.sendings():
            run.texts.change_sending(
                other.sending_id,
                lambda kept: msgspec.structs.replace(kept, state=SendingState.ENDED, ended_at=before),
            )
        texted(rig.server, region, f"carried{next(_SENT)}")
        rig.pass_time(seconds=RENEW_CHANGED_AFTER.total_seconds() - 1)
        assert not rig.turn().fetched
        rig.pass_time(seconds=1)
        assert rig.turn().fetched is renews

    def shown_again(self, rig) -> list[str]:
        """What the person sees who lays the card once more."""
        press(rig.screen, "/kiosk/over")
        return ids(with_list(rig))

    def test_after_a_no_what_was_offered_stands_first_no_more(self, rig, plain, sent):
        answered(rig, "no", over=False)
        assert not rig.kiosk.live_offers(sent.worker_id, rig.kiosk.today())
        assert self.shown_again(rig) == plain
        press(rig.screen, "/kiosk/over")
        rig.start()
        assert ids(with_list(rig)) == plain, "the power gone brings nothing back"

    def test_after_a_yes_it_stands_as_before(self, rig, sent):
        answered(rig, "yes", over=False)
        assert self.shown_again(rig) == list(sent.vacancy_ids)

    def test_a_no_and_then_a_yes_does_not_bring_back_what_was_offered(self, rig, plain, sent):
        answered(rig, "no", "yes", over=False)
        assert self.shown_again(rig) == plain

    @pytest.mark.parametrize("over", [False, True])
    def test_a_pack_made_before_the_no_came_in_offers_it_no_more(self, rig, plain, sent, over):
        answered(rig, "no", over=over)
        self.renew(rig)
        assert not rig.kiosk.live_offers(sent.worker_id, rig.kiosk.today())
        press(rig.screen, "/kiosk/over")
        rig.turn()
        self.renew(rig)
        assert self.shown_again(rig) == plain == at_server(rig)


BY = By(actor="huang", role="officer", now=county.NOON)
OFFICER = Asker("huang", "officer", county.NOON)
