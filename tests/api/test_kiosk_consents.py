"""A yes or a no to texts, said at a kiosk without a network: dated by when it was said, counted once."""

from __future__ import annotations

import itertools
from datetime import timedelta

import county
import msgspec
import pytest
from kiosk_rig import ELSEWHERE, TOWNSHIP, answered, press, whom
from texting_desk import texted

from matcher.errors import InvalidInput, StoreError
from matcher.records import Kind
from matcher.records.texts import Channel, OfferState, TextConsent
from matcher.services.ground.scoped_store import Scoped
from matcher.services.kiosk.fleet import By, order_wipe
from matcher.services.kiosk.synced_consents import SaidToTexts, take_consents
from matcher.services.kiosk.synced_visits import Taking, take_visit
from matcher.services.kiosk.uplink import Contact
from matcher.services.messages.consents import NoteConsent, consent_page, note_consent
from matcher.services.messages.desk import By as Asker

_DAYS = itertools.count(1)
_SENT = itertools.count(1)


@pytest.fixture
def rig(rig):
    """Enrolled, with a pack, on a day of its own: what one test answered is long ago in the next."""
    rig.clock.at = rig.machine.at = county.NOON + timedelta(days=next(_DAYS))
    rig.enrol()
    assert rig.turn().fetched
    return rig


def kept(rig) -> list[TextConsent]:
    """What the server has from this kiosk."""
    everything = rig.run.texts.consents().values()
    return [one for answers in everything for one in answers if one.by == f"kiosk:{rig.kiosk_id}"]


def last_word(rig, worker_id: str) -> bool | None:
    by = OFFICER._replace(at=rig.clock.now())
    return consent_page(county.application_of(rig.server).message_desk, worker_id, by)["agreed"]


def say_at_server(rig, worker_id: str, *, agreed: bool) -> None:
    call = NoteConsent(worker_id=worker_id, agreed=agreed, channel=Channel.DESK, where="里团村委会")
    note_consent(rig.run.message_desk, call, OFFICER._replace(at=rig.clock.now()))


class TestConsents:
    """A yes or a no without a network is dated by when it was said and counts once."""

    def test_a_yes_and_a_no_are_kept_as_they_were_said(self, rig):
        began = rig.clock.now()
        version = answered(rig, "yes", "no")
        rig.pass_time(hours=3)
        assert rig.offline().contact is Contact.OFFLINE
        assert kept(rig) == []
        kiosk_id = rig.kiosk_id
        assert [rig.turn().n_sent for _ in range(3)] == [1, 0, 0]
        said = kept(rig)
        assert [(one.agreed, one.at - began) for one in said] == [
            (True, timedelta()), (False, timedelta(seconds=1)),
        ]  # fmt: skip
        for one in said:
            assert (one.worker_id, one.words, one.where, one.channel) == (
                whom(rig), version, rig.run.kiosks.kiosk(kiosk_id).name, Channel.KIOSK,
            )  # fmt: skip
        assert last_word(rig, whom(rig)) is False
        (visit,) = rig.run.kiosks.visits(kiosk_id)
        (entry,) = rig.run.access.audit(subject=visit.visit_id)
        assert entry.detail["texts"] == [{"agreed": yes, "words": version} for yes in (True, False)]
        assert (entry.detail["n_left_out"], whom(rig) in entry.subjects) == (0, True)

    def test_the_screen_says_what_was_answered_and_knows_nothing_of_it_after_the_visit(self, rig):
        answered(rig, "yes", over=False)
        assert "您说过愿意收" in rig.screen.get("/kiosk/phone").text
        press(rig.screen, "/kiosk/over")
        assert rig.kiosk.texts.consents() == {}
        answered(rig, over=False)
        assert rig.screen.get("/kiosk/phone.json").json["agreed"] is None

    def test_nothing_that_can_be_read_of_an_answer_stays_on_the_disk(self, rig):
        version = answered(rig, "yes")
        worker_id = whom(rig)
        for path in rig.home.iterdir():
            body = path.read_bytes()
            for named in (worker_id, version, "agreed", "consent"):
                assert named.encode() not in body
        rig.turn()
        assert rig.kiosk.folder.visits.count() == 0

    def test_whoever_looks_for_the_family_is_not_asked(self, rig):
        client = rig.screen
        press(client, "/kiosk/card", card=client.get("/kiosk.json").json["cards"][0]["key"])
        press(client, "/kiosk/agree", family="1")
        press(client, "/kiosk/where", where="any")
        assert client.get("/kiosk/phone").headers["Location"] == "/kiosk"
        press(client, "/kiosk/phone", yes="sms-1")
        press(client, "/kiosk/over")
        rig.turn()
        assert kept(rig) == []

    @pytest.mark.parametrize("agreed", [True, False])
    def test_what_was_said_at_the_server_meanwhile_stands_if_it_is_later(self, rig, agreed):
        worker_id = whom(rig)
        sent = texted(rig.server, TOWNSHIP, f"carried{next(_SENT)}", whom=worker_id)
        answered(rig, "no" if agreed else "yes")
        rig.pass_time(hours=1)
        say_at_server(rig, worker_id, agreed=agreed)
        rig.pass_time(hours=1)
        rig.turn()
        assert [one.agreed for one in kept(rig)] == [not agreed]
        assert last_word(rig, worker_id) is agreed
        # The later yes keeps its offer; the later no had ended it.
        (offer,) = rig.run.texts.offers(sending_id=sent.sending_id)
        assert offer.state is (OfferState.OPEN if agreed else OfferState.REFUSED)

    def test_a_no_takes_back_what_is_offered_and_a_later_yes_counts_again(self, rig):
        worker_id = whom(rig)
        say_at_server(rig, worker_id, agreed=True)
        sent = texted(rig.server, TOWNSHIP, f"carried{next(_SENT)}", whom=worker_id)
        rig.pass_time(minutes=1)
        answered(rig, "no")
        rig.turn()
        assert last_word(rig, worker_id) is False
        (offer,) = rig.run.texts.offers(sending_id=sent.sending_id)
        assert offer.state is OfferState.REFUSED
        answered(rig, "yes")
        rig.turn()
        assert last_word(rig, worker_id) is True

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_the_line_cut_on_the_way_neither_loses_nor_doubles_an_answer(self, rig, when):
        answered(rig, "yes")
        assert rig.turn(("/visits", when)).contact is Contact.OFFLINE
        assert len(kept(rig)) == (when == "after")
        rig.start()
        rig.turn()
        rig.turn()
        assert [one.agreed for one in kept(rig)] == [True]

    @pytest.mark.parametrize("write", ["add_consents", "withdraw", "add_reactions", "append_audit", "add_visit"])
    def test_the_server_killed_at_any_write_keeps_the_answer_once(self, rig, write, monkeypatch):
        answered(rig, "no")
        run, worker_id = rig.run, whom(rig)
        part = {"add_visit": run.kiosks, "add_consents": run.texts, "withdraw": run.texts}.get(write, run.access)

        def killed(*_, **__):
            raise StoreError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(part, write, killed)
            assert rig.turn().contact is Contact.OFFLINE
        assert [rig.turn().n_sent for _ in range(2)] == [1, 0]
        assert [one.agreed for one in kept(rig)] == [False]
        assert last_word(rig, worker_id) is False

    def test_the_power_gone_after_the_answer_sends_it(self, rig):
        answered(rig, "yes", over=False)
        rig.start()
        assert rig.screen.get("/kiosk/phone").status_code == 303
        rig.turn()
        assert [one.agreed for one in kept(rig)] == [True]

    def test_a_wipe_hands_the_answer_over_first(self, rig):
        answered(rig, "yes")
        by = f"kiosk:{rig.kiosk_id}"
        order_wipe(rig.run.kiosks, rig.run.access, rig.kiosk_id, BY)
        assert rig.turn().contact is Contact.TAKEN_OUT
        found = rig.run.texts.consents().values()
        assert [one.agreed for answers in found for one in answers if one.by == by] == [True]
        assert list(rig.home.iterdir()) == []


class TestWhatIsNotBelieved:
    """An answer counts for people of the township who opened their record, at a moment that can be."""

    def taken(self, rig, answer: str, *, moved: timedelta = timedelta(), **changes) -> int:
        """Take in a visit whose answer says something else, twice; how many answers were left out."""
        answered(rig, answer)
        (waiting,) = rig.kiosk.folder.visits.ended(rig.kiosk_id)
        events = tuple({**each, **changes} if each["event"] == "consent" else each for each in waiting.events)
        told = msgspec.structs.replace(waiting, events=events, received_at=rig.clock.now())
        run = rig.run
        taking = Taking(run.store, run.kiosks, run.access, run.texts, run.means, moved)
        kiosk = run.kiosks.kiosk(rig.kiosk_id)
        assert [take_visit(taking, told, kiosk) for _ in range(2)] == [True, False]
        (entry,) = run.access.audit(subject=told.visit_id)
        return entry.detail["n_left_out"]

    def others(self, rig, region: str) -> str:
        people = rig.run.store.records(Kind.WORKERS)
        return next(one.worker_id for one in people if one.place_code.startswith(region) and one.worker_id != whom(rig))

    @pytest.mark.parametrize("region", [TOWNSHIP, ELSEWHERE])
    def test_nobody_answers_for_others(self, rig, region):
        assert self.taken(rig, "no", worker_id=self.others(rig, region)) == 1
        assert kept(rig) == []

    def test_a_yes_from_after_its_coming_in_proves_nothing_and_a_no_holds_from_then(self, rig):
        ahead = (rig.clock.now() + timedelta(days=1)).isoformat()
        assert self.taken(rig, "yes", at=ahead) == 1
        assert kept(rig) == []
        rig.turn()
        assert self.taken(rig, "no", at=ahead) == 0
        (said,) = kept(rig)
        assert (said.agreed, said.at) == (False, rig.clock.now())

    def test_a_no_holds_of_who_has_moved_away_since_and_a_yes_does_not(self, rig):
        answered(rig, "no")
        (waiting,) = rig.kiosk.folder.visits.ended(rig.kiosk_id)
        run, now = rig.run, rig.clock.now()
        visit, kiosk = msgspec.structs.replace(waiting, received_at=now), run.kiosks.kiosk(rig.kiosk_id)
        for agreed, n_kept in ((True, 0), (False, 1)):
            said = SaidToTexts(worker_id=whom(rig), agreed=agreed, at=now, words="sms-1")
            outside = Scoped(run.store, (ELSEWHERE,))
            assert len(take_consents(outside, run.texts, [said], visit, kiosk, moved=timedelta())) == n_kept
        assert [one.agreed for one in kept(rig)] == [False]

    def test_in_a_demonstration_it_is_dated_by_the_calendar_of_texts(self, rig):
        began = rig.clock.now()
        assert self.taken(rig, "yes", moved=timedelta(days=-30)) == 0
        assert [one.at for one in kept(rig)] == [began - timedelta(days=30)]

    @pytest.mark.parametrize("changes", [{"words": "sms-999"}, {"words": "roster"}, {"at": "2018-06-01T04:00:00"}])
    def test_an_answer_to_words_nobody_knows_waits_at_the_kiosk(self, rig, changes):
        with pytest.raises(InvalidInput):
            self.taken(rig, "yes", **changes)
        assert kept(rig) == []
        assert rig.kiosk.folder.visits.count() == 1


BY = By(actor="huang", role="officer", now=county.NOON)
OFFICER = Asker("huang", "officer", county.NOON)
