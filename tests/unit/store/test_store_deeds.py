"""Deeds in the store: streams in order, nothing held twice under parallel hands, sealed, forgotten on request."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from matcher.errors import Conflict, Erased, NotFound
from matcher.records.deeds import NewDeed, file_name
from matcher.store import open_store
from matcher.store.deeds import Deeds, open_deeds
from matcher.store.upkeep import HomeUpkeep

NOW = datetime(2021, 3, 1, 8, tzinfo=UTC)
ON = date(2021, 3, 1)


@pytest.fixture
def deeds(tmp_path: Path) -> Iterator[Deeds]:
    url = f"sqlite:///{tmp_path}/county.db"
    store = open_store(url, home=tmp_path)
    store.migrate()
    opened = open_deeds(url, home=tmp_path)
    yield opened
    opened.close()
    store.close()


def deed(kind: str = "claim.proposed", **fields: object) -> NewDeed:
    return NewDeed(**({"kind": kind, "at": NOW, "on": ON, "by": "liang"} | fields))


def test_a_stream_is_told_in_its_order_and_deeds_are_numbered_over_all(deeds):
    deeds.act("claim:c-1", lambda _: [deed()])
    deeds.act("claim:c-2", lambda _: [deed(subjects=("w2",))])
    told = deeds.act("claim:c-1", lambda before: [deed("claim.ticked", body={"n": len(before)})])
    assert [(one.number, one.seq, one.kind) for one in told] == [(1, 1, "claim.proposed"), (3, 2, "claim.ticked")]
    assert told[1].body == {"n": 1}
    assert deeds.stream("claim:c-1") == told
    assert deeds.last_number() == 3
    assert deeds.stream("claim:none") == ()


def test_deeds_are_narrowed_by_stream_kind_subject_and_number(deeds):
    deeds.act_all(
        {"claim:c-1": [deed(subjects=("w1", "e1")), deed("claim.paid", subjects=("w1",))], "pair:1": [deed()]}
    )
    assert [one.number for one in deeds.deeds(prefix="claim:")] == [1, 2]
    assert [one.number for one in deeds.deeds(kinds=["claim.proposed"])] == [1, 3]
    assert [one.number for one in deeds.deeds(subject="w1", after=1)] == [2]
    assert [one.number for one in deeds.deeds(until=2)] == [1, 2]
    assert deeds.deeds(prefix="cl%m:") == []


def test_what_one_stream_holds_no_other_takes_until_it_is_given_up(deeds):
    deeds.act("claim:c-1", lambda _: [deed(takes=("bus:w1:2021",))])
    with pytest.raises(Conflict, match="claim:c-1"):
        deeds.act("claim:c-2", lambda _: [deed(takes=("bus:w1:2021",))])
    assert deeds.stream("claim:c-2") == ()
    deeds.act("claim:c-1", lambda _: [deed("claim.withdrawn", frees=("bus:w1:2021",))])
    deeds.act("claim:c-2", lambda _: [deed(takes=("bus:w1:2021",))])
    assert deeds.holder("bus:w1:2021") == "claim:c-2"
    assert deeds.holder("bus:w2:2021") == ""


def test_nobody_gives_up_what_another_holds(deeds):
    deeds.act("claim:c-1", lambda _: [deed(takes=("g",))])
    deeds.act("claim:c-2", lambda _: [deed(frees=("g",))])
    assert deeds.holder("g") == "claim:c-1"


def test_of_many_hands_at_once_one_takes(deeds):
    def take(n: int) -> bool:
        try:
            deeds.act(f"claim:{n}", lambda _: [deed(takes=("once",))])
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(16))) == 1
    assert deeds.last_number() == 1


def test_all_or_none(deeds):
    deeds.act("claim:c-1", lambda _: [deed(takes=("g",))])
    with pytest.raises(Conflict):
        deeds.act_all({"claim:c-2": [deed()], "claim:c-3": [deed(takes=("g",))]})
    assert deeds.last_number() == 1


def test_what_decide_raises_leaves_nothing_behind(deeds):
    def refuse(_: object) -> list[NewDeed]:
        raise NotFound("nothing", where="x")

    with pytest.raises(NotFound):
        deeds.act("claim:c-1", refuse)
    assert deeds.last_number() == 0


def stored(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("county.db*"))


def test_files_are_kept_by_content_and_lie_sealed(deeds, tmp_path):
    ledger = "韦样例的台账".encode()
    deeds.act_all({"reconcile:1": [deed(keeps=(ledger,))], "reconcile:2": [deed(keeps=(ledger, b"more"))]})
    assert (deeds.file(file_name(ledger)), deeds.file(file_name(b"more"))) == (ledger, b"more")
    deeds.act("claim:c-1", lambda _: [deed(body={"why": "凭据不全"})])
    deeds.close()
    kept = stored(tmp_path)
    assert "韦样例".encode() not in kept
    assert "凭据不全".encode() not in kept
    with pytest.raises(NotFound):
        deeds.file("0" * 64)


def test_a_file_stays_nowhere_without_its_deed(deeds):
    deeds.act("claim:c-1", lambda _: [deed(takes=("g",))])
    with pytest.raises(Conflict):
        deeds.act_all({"payment:p-1": [deed(keeps=(b"names",), takes=("g",))]})
    with pytest.raises(NotFound):
        deeds.file(file_name(b"names"))
    deeds.act("payment:p-1", lambda before: () if not before else [deed(keeps=(b"names",))])
    with pytest.raises(NotFound):
        deeds.file(file_name(b"names"))


def test_a_dropped_file_leaves_its_name_and_the_reason_and_is_sound(deeds, tmp_path):
    name = file_name(b"ledger" * 999)
    deeds.act("reconcile:1", lambda _: [deed(keeps=(b"ledger" * 999,))])
    told = deeds.act("reconcile:1", lambda _: [deed("reconcile.dropped", body={"why": "term"}, drops=(name,))])
    with pytest.raises(Erased):
        deeds.file(name)
    assert (told[-1].kind, told[-1].body) == ("reconcile.dropped", {"why": "term"})
    found = HomeUpkeep(f"sqlite:///{tmp_path}/county.db", home=tmp_path).soundness()
    assert (found.altered, found.rows["deed_file"]) == ((), 1)
    deeds.act("reconcile:2", lambda _: [deed(keeps=(b"ledger" * 999,))])
    assert deeds.file(name) == b"ledger" * 999


def test_a_drop_that_is_refused_drops_nothing(deeds):
    deeds.act("claim:c-1", lambda _: [deed(takes=("g",), keeps=(b"body",))])
    with pytest.raises(Conflict):
        deeds.act("claim:c-2", lambda _: [deed(takes=("g",), drops=(file_name(b"body"),))])
    assert deeds.file(file_name(b"body")) == b"body"


def test_a_forgotten_person_is_found_no_more_and_the_deeds_stay(deeds):
    deeds.act("claim:c-1", lambda _: [deed(subjects=("w1", "e1"), body={"wage": 3000})])
    assert deeds.forget_person("w1") == 1
    (left,) = deeds.stream("claim:c-1")
    assert (left.subjects, left.body) == (("e1",), {"erased": True})
    assert deeds.deeds(subject="w1") == []
    assert deeds.deeds(subject="e1") == [left]
    assert deeds.forget_person("w1") == 0


def test_of_many_streams_each_is_decided_on_what_stands_there_now(deeds):
    deeds.act("claim:c-1", lambda _: [deed()])
    seen = []

    def decide(found):
        seen.append(len(found))
        return [deed(takes=("g",))] if not found else ()

    deeds.act_all({"claim:c-1": decide, "claim:c-2": decide})
    assert (seen, len(deeds.stream("claim:c-1")), deeds.holder("g")) == ([1, 0], 1, "claim:c-2")
