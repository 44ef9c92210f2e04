"""A call under a key is made once: repeated, refused for another body, waited for, forgotten after a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from matcher.bootstrap import Application
from matcher.errors import Conflict, InvalidInput
from matcher.records.access import KeptAnswer
from matcher.services.access.idempotency import ABANDONED, KEPT, once
from matcher.settings import Settings

NOON = datetime(2018, 6, 1, 4, tzinfo=UTC)
CLAIM = KeptAnswer(key="k", actor="a", request_sha256="x", created_at=NOON)


@pytest.fixture
def access(tmp_path):
    application = Application(Settings(home=tmp_path))
    application.create_store()
    yield application.access
    application.close()


class Calls:
    """Counts how often the work was really done."""

    def __init__(self, access):
        self.access, self.n_done = access, 0

    def call(self, *, key="k", actor="a", sha256="x", at=NOON, fails=None):
        def do():
            self.n_done += 1
            if fails:
                raise fails
            return KeptAnswer(
                key=key, actor=actor, request_sha256=sha256, created_at=at, status=201, body=b"%d" % self.n_done,
                location="/there",
            )  # fmt: skip

        return once(self.access, actor=actor, key=key, request_sha256=sha256, now=at, do=do)


@pytest.fixture
def calls(access):
    return Calls(access)


def test_the_same_call_gets_the_first_answer(calls):
    first = calls.call()
    assert calls.call(at=NOON + KEPT - timedelta(seconds=1)) == first
    assert calls.n_done == 1


def test_a_day_later_the_key_is_free(calls):
    calls.call()
    assert calls.call(at=NOON + KEPT + timedelta(seconds=1)).body == b"2"


def test_another_body_under_a_key_is_refused(calls):
    calls.call()
    with pytest.raises(InvalidInput):
        calls.call(sha256="y")
    assert calls.n_done == 1


def test_keys_are_an_actors_own(calls):
    calls.call()
    assert calls.call(actor="b", sha256="y").body == b"2"
    assert calls.call(key="l", sha256="y").body == b"3"


def test_while_the_first_call_is_under_way_the_second_waits(calls, access):
    access.begin_once(CLAIM)
    with pytest.raises(Conflict):
        calls.call(at=NOON + ABANDONED - timedelta(seconds=1))
    with pytest.raises(InvalidInput):
        calls.call(sha256="y")
    assert calls.n_done == 0


def test_a_call_that_was_stopped_does_not_hold_its_key_for_ever(calls, access):
    access.begin_once(CLAIM)
    assert calls.call(at=NOON + ABANDONED).body == b"1"


@pytest.mark.parametrize("error", [InvalidInput("no"), RuntimeError("bug"), KeyboardInterrupt()])
def test_a_call_that_failed_gives_its_key_back(calls, error):
    with pytest.raises(type(error)):
        calls.call(fails=error)
    assert calls.call(sha256="y").body == b"2"


def test_what_is_kept_is_the_whole_answer(calls, access):
    calls.call()
    kept = access.begin_once(msgspec.structs.replace(CLAIM, request_sha256="other"))
    assert (kept.status, kept.body, kept.location) == (201, b"1", "/there")
