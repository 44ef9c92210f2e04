"""Answers to texts at a kiosk: with the visit of whom they are, once, sealed, and gone from memory at its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matcher.errors import StoreError
from matcher.ports.kiosk_home import KioskFile
from matcher.records.access import Role, Session
from matcher.records.fair_packs import Enrolment
from matcher.records.texts import Channel, TextConsent
from matcher.store import Elsewhere, HeldTexts, KioskFolder, KioskSessions
from matcher.store.kiosk_sessions import visit_id_of

NOW = datetime(2018, 6, 1, 4, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> KioskFolder:
    folder = KioskFolder(tmp_path)
    enrolment = Enrolment(
        kiosk_id="k-1", name="样例大厅", region_code="450206102", secret="mk_k-1_s", pack_key="ab" * 32, at=NOW
    )
    folder.enrol(KioskFile(server="http://127.0.0.1", enrolment=enrolment))
    return folder


@pytest.fixture
def sessions(folder: KioskFolder) -> KioskSessions:
    """Two people one after the other, both visits under way."""
    sessions = KioskSessions(folder.visits)
    for nr, worker_id in enumerate(("w1", "w2")):
        session = Session(
            session_sha256=f"s-{worker_id}", user="", role=Role.KIOSK, csrf="c", created_at=NOW + timedelta(minutes=nr),
            last_seen_at=NOW, expires_at=NOW + timedelta(hours=1), facts={"worker_id": worker_id},
        )  # fmt: skip
        sessions.put_session(session)
    return sessions


def said(worker_id: str = "w1", *, agreed: bool = True, name: str = "c1") -> TextConsent:
    return TextConsent(
        consent_id=name, worker_id=worker_id, agreed=agreed, at=NOW, words="sms-1", channel=Channel.KIOSK, by="kiosk"
    )


def test_an_answer_goes_with_the_visit_of_whom_it_is_and_once(folder, sessions):
    texts = HeldTexts(sessions, folder)
    assert [texts.add_consents([said(), said("w2", agreed=False, name="c2")]), texts.add_consents([said()])] == [2, 0]
    assert texts.consents() == {"w1": (said(),), "w2": (said("w2", agreed=False, name="c2"),)}
    assert texts.consents(["w2", "w3"]) == {"w2": (said("w2", agreed=False, name="c2"),)}
    sessions.end_sessions(["s-w1"])
    assert list(texts.consents()) == ["w2"]
    (visit,) = folder.visits.ended("k-1")
    assert visit.visit_id == visit_id_of("s-w1")
    assert visit.events == (
        {"event": "consent", "at": NOW.isoformat(), "worker_id": "w1", "agreed": True, "words": "sms-1"},
    )


def test_the_disk_does_not_tell_it(folder, sessions, tmp_path):
    HeldTexts(sessions, folder).add_consents([said("worker-to-be-hidden")])
    sessions.close()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("kiosk.db"))
    for named in (b"worker-to-be-hidden", b"consent", b"sms-1", b"agreed"):
        assert named not in written
    assert HeldTexts(sessions, folder).consents() == {}


def test_what_is_sent_is_the_servers_alone(folder, sessions):
    texts = HeldTexts(sessions, folder)
    assert texts.withdraw("w1", now=NOW, why="x") == 0
    assert texts.offers(worker_ids=["w1"]) == []
    for kept in (texts, Elsewhere()):
        with pytest.raises(StoreError, match="does not keep"):
            kept.add_sending("x")
