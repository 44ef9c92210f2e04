"""A reaction is tied to the decision that showed the vacancy, and kept once however often it is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from store_factories import change, worker, write

from matcher.errors import Erased, InvalidInput, NotFound
from matcher.policy import standard_packs
from matcher.records import Kind
from matcher.scoring import hand_card
from matcher.services.ground.rulebook import Means
from matcher.services.ground.scoped_store import Scoped
from matcher.services.react import KINDS, REASONS, React, react
from matcher.services.rounds.list_candidates import ListCandidates, list_candidates
from matcher.services.rounds.recommend import Recommend, recommend
from matcher.settings import Settings

NOON = datetime(2018, 6, 1, 12, tzinfo=UTC)
CALL = {"on": date(2018, 6, 1), "jurisdiction": "liujiang_2018", "seed": 0}
ABLE = {"birth_date": "1980-03-15", "travel_range": "anywhere", "wish_to_work": True, "labour_ability": "normal"}


@pytest.fixture
def means():
    return Means(packs=standard_packs(), settings=Settings(fit_floor_permille=1), model_body=hand_card())


@pytest.fixture
def filled(store):
    write(store, "b0", [worker("w1", **ABLE), worker("w2", **ABLE, place_code="450222100")])
    posts = [
        change("v1", title="缝纫工", channel="workshop", place_code="450206", headcount=3),
        change("old", title="保安", channel="workshop", place_code="450206", headcount=3, valid_to="2018-05-01"),
    ]
    write(store, "b1", posts, Kind.VACANCIES)
    return store


@pytest.fixture
def shown(filled, means):
    return recommend(filled, means, Recommend(worker_id="w1", top=5, public=True, **CALL), at=NOON)["decision_id"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_reaction_is_kept_as_it_was_told(filled, access, shown, kind):
    call = React(decision_id=shown, vacancy_id="v1", kind=kind, reason_code="wage", channel="kiosk", actor="kiosk")
    kept = react(filled, access, call, NOON)
    assert access.reactions(shown) == [kept]
    assert (kept.worker_id, kept.ts, kept.kind, kept.channel) == ("w1", NOON, kind, "kiosk")


def test_twice_is_one_row_with_the_time_of_the_first(filled, access, shown):
    call = React(decision_id=shown, vacancy_id="v1", kind="apply", actor="kiosk")
    first = react(filled, access, call, NOON)
    assert react(filled, access, call, NOON + timedelta(minutes=5)) == first
    other = react(filled, access, msgspec.structs.replace(call, kind="decline", reason_code="family"), NOON)
    assert {row.event_id for row in access.reactions(shown)} == {first.event_id, other.event_id}


def test_it_stands_after_the_vacancy_was_changed(filled, access, shown):
    write(filled, "b2", [change("v1", headcount=0)], Kind.VACANCIES)
    assert react(filled, access, React(decision_id=shown, vacancy_id="v1", kind="print"), NOON).vacancy_id == "v1"


@pytest.mark.parametrize("vacancy_id", ["old", "v9", ""])
def test_a_vacancy_the_decision_did_not_show(filled, access, shown, vacancy_id):
    with pytest.raises(NotFound):
        react(filled, access, React(decision_id=shown, vacancy_id=vacancy_id, kind="open"), NOON)
    assert access.reactions(shown) == []


def test_a_decision_nobody_made(filled, access):
    with pytest.raises(NotFound):
        react(filled, access, React(decision_id="d-0", vacancy_id="v1", kind="open"), NOON)


@pytest.mark.parametrize("misfit", [{"kind": "love"}, {"reason_code": "weather"}, {"channel": "x" * 81}, {"kind": ""}])
def test_closed_words(filled, access, shown, misfit):
    call = {"decision_id": shown, "vacancy_id": "v1", "kind": "open", **misfit}
    with pytest.raises(InvalidInput):
        react(filled, access, React(**call), NOON)


def test_every_reason_is_known(filled, access, shown):
    for reason in REASONS:
        react(filled, access, React(decision_id=shown, vacancy_id="v1", kind="decline", reason_code=reason), NOON)
    assert [row.reason_code for row in access.reactions(shown)] == list(REASONS)


def test_candidates_are_reacted_to_by_person(filled, access, means):
    asked = ListCandidates(vacancy_id="v1", top=5, **CALL)
    decision_id = list_candidates(filled, means, asked, at=NOON)["decision_id"]

    def told(**call):
        return react(filled, access, React(decision_id=decision_id, vacancy_id="v1", kind="apply", **call), NOON)

    assert told(worker_id="w2").worker_id == "w2"
    assert told().worker_id == ""
    with pytest.raises(NotFound):
        told(worker_id="w9")


def test_outside_the_regions_there_is_no_decision(filled, access, shown):
    call = React(decision_id=shown, vacancy_id="v1", kind="open")
    with pytest.raises(NotFound):
        react(Scoped(filled, ("450222",)), access, call, NOON)
    assert react(Scoped(filled, ("450206",)), access, call, NOON).worker_id == "w1"


def test_a_list_of_somebody_erased_is_reacted_to_no_more(filled, access, shown):
    filled.erase_worker("w1", at=NOON)
    with pytest.raises(Erased):
        react(filled, access, React(decision_id=shown, vacancy_id="v1", kind="open"), NOON)
