"""After any history of a roster the carried crowd is one made anew, and nobody erased or taken back is listed."""

from __future__ import annotations

from threading import Semaphore, Thread

import msgspec
import pytest
from factories import vacancy, worker
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from index_history import AT, WHOLE, History, HistoryMachine

from matcher.records import Group, Kind, TravelRange
from matcher.services.ground import crowd
from matcher.services.ground.vacancy_index import Ground
from matcher.services.rounds import whole_order
from matcher.services.rounds.list_candidates import ListCandidates, answer_candidates
from matcher.services.rounds.match_round import law_frame
from matcher.store import open_store

POSTS = [vacancy("v1", title="缝纫工"), vacancy("v2", title="保安", reserved_for=(Group.REGISTERED_POOR,))]
IDS = [f"p{number}" for number in range(9)]


@pytest.fixture(autouse=True)
def every_roster_has_a_crowd(monkeypatch):
    monkeypatch.setattr(whole_order, "FEWEST_INDEXED", 1)
    monkeypatch.setattr("matcher.services.ground.carried.MOST_CHANGED", 0.7)


def call(history, post="v1", *, public=False):
    return ListCandidates(
        vacancy_id=post, on=history.on, jurisdiction="liujiang_2018", seed=0, top=99, public=public, explain=True
    )


def told(store, means, asked):
    """Answer and inputs as bytes, and who is listed."""
    answer, body = answer_candidates(store, means, asked, plan=None, revision=store.revision())
    return msgspec.json.encode(answer), body, {item["worker_id"] for item in answer["lists"][0]["items"]}


def assert_as_made_anew(history, *, public):
    people = history.shared.records(Kind.WORKERS)
    ground = Ground(history.means.model, law_frame(history.means, history.on, public=public), 0)
    carried, anew = crowd.crowd_of(people, ground, history.means), crowd.made_of(people, ground)
    assert carried.keys().tolist() == anew.keys().tolist()
    for post in POSTS:
        mine, other = carried.asked(post), anew.asked(post)
        assert (mine.verdict.tolist(), mine.fit.tolist()) == (other.verdict.tolist(), other.fit.tolist())


def people(worker_id):
    return st.builds(
        worker,
        st.just(worker_id),
        place_code=st.sampled_from(["450206", "450206101", "441900"]),
        travel_range=st.sampled_from([None, *TravelRange]),
        wage_floor_yuan_month=st.sampled_from([None, 2500, 9000]),
        registered_poor=st.booleans(),
        trades=st.sampled_from([(), ("缝纫工",), ("电焊工",)]),
    )


SOME = st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True).flatmap(
    lambda ids: st.tuples(*map(people, ids))
)


class Histories(HistoryMachine):
    """People come, change, are taken back and erased, here or by another process; restarts between them."""

    @initialize(first=st.tuples(*map(people, IDS)))
    def begin(self, first):
        self.begin_history()
        self.history.write(Kind.VACANCIES, POSTS)
        self.first = self.history.write(Kind.WORKERS, list(first))
        self.present, self.imports, self.erased = set(IDS), [], set()

    @rule(some=SOME)
    def write(self, some):
        some = [one for one in some if one.worker_id not in self.erased]
        self.imports.append(self.history.write(Kind.WORKERS, list(some)))

    @precondition(lambda self: self.imports)
    @rule()
    def undo(self):
        self.history.undo(self.imports.pop())

    @precondition(lambda self: self.first and len(self.erased) < 3)
    @rule()
    def undo_the_first(self):
        self.history.undo(self.first)
        self.first = None

    @rule(name=st.sampled_from(IDS), elsewhere=st.booleans())
    def erase(self, name, elsewhere):
        history = self.history
        if name not in {one.worker_id for one in history.store.records(Kind.WORKERS)}:
            return
        store = open_store(f"sqlite:///{history.home}/matcher.db", home=history.home) if elsewhere else history.shared
        store.erase_worker(name, at=AT)
        self.erased.add(name)
        if elsewhere:
            store.close()

    @invariant()
    def lists_are_those_of_the_whole_round_and_name_nobody_gone(self):
        if not hasattr(self, "history"):
            return
        history = self.history
        public = bool(history.store.revision() % 2)
        assert_as_made_anew(history, public=public)
        present = {one.worker_id for one in history.store.records(Kind.WORKERS)}
        assert not present & self.erased
        for post in POSTS:
            asked = call(history, post.vacancy_id, public=public)
            by_crowd = told(history.shared, history.means, asked)
            assert by_crowd == told(history.store, WHOLE, asked)
            assert by_crowd[2] <= present


def test_a_carried_crowd_is_one_made_anew_after_any_history_of_the_roster():
    run_state_machine_as_test(Histories, settings=settings(max_examples=6, stateful_step_count=9, deadline=None))


@pytest.mark.parametrize("how", ["erased", "taken back"])
def test_no_list_begun_after_somebody_is_gone_names_him_while_the_crowd_is_carried_on(tmp_path, how):
    history = History(tmp_path)
    history.write(Kind.VACANCIES, POSTS)
    history.write(Kind.WORKERS, [worker(f"q{ix:02}") for ix in range(30)])
    goers = [f"p{ix}" for ix in range(8)]
    batches = {name: history.write(Kind.WORKERS, [worker(name)]) for name in goers}
    gone, lists, failed, another = [], [], [], Semaphore(0)

    def ask():
        try:
            while writer.is_alive():
                before = frozenset(gone)
                lists.append((before, told(history.shared, history.means, call(history))[2]))
                another.release()
        except BaseException as error:
            failed.append(error)

    def go():
        for name in goers:
            history.store.erase_worker(name, at=AT) if how == "erased" else history.undo(batches[name])
            gone.append(name)
            n_lists = len(lists)
            while len(lists) == n_lists and not failed:
                another.acquire(timeout=1)

    assert set(goers) <= told(history.shared, history.means, call(history))[2]
    writer = Thread(target=go)
    readers = [Thread(target=ask) for _ in range(2)]
    for thread in (writer, *readers):
        thread.start()
    for thread in (writer, *readers):
        thread.join()
    assert not failed
    assert [named & before for before, named in lists if named & before] == []
    assert len({before for before, _ in lists}) > 1
    assert told(history.shared, history.means, call(history))[2].isdisjoint(goers)
    assert_as_made_anew(history, public=False)
    history.store.close()
