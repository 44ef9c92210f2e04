"""After any history a list by an index is the list of the whole round, byte for byte, whoever asks meanwhile."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import msgspec
import pytest
from factories import ON, vacancy
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from index_history import AT, History, HistoryMachine

from matcher.records import Channel, Kind
from matcher.services.ground import kept_index
from matcher.services.ground.answer_bytes import answer_bytes
from matcher.services.rounds import posts_at_once, short_round
from matcher.services.rounds.recommend import recommend
from matcher.services.rounds.replay_decision import replay_decision

MEMORY, DISK = "memory", "disk"
WAYS = (MEMORY, DISK)


@pytest.fixture(autouse=True)
def every_list_is_indexed(monkeypatch):
    monkeypatch.setattr(short_round, "FEWEST_INDEXED", 0)
    monkeypatch.setattr(posts_at_once, "FEWEST_ON_DISK", 1)
    for module in (kept_index, posts_at_once):
        monkeypatch.setattr(module, "MOST_CHANGED", 0.6)


def posts(vacancy_id):
    return st.builds(
        vacancy,
        st.just(vacancy_id),
        title=st.sampled_from(["缝纫工", "电焊工", "保安", "养殖"]),
        channel=st.sampled_from([Channel.WORKSHOP, Channel.FLEXIBLE_WORK, Channel.MICRO_FARM]),
        place_code=st.sampled_from(["450206", "450206100", "450206101", "441900"]),
        headcount=st.sampled_from([0, 2, 10_000_000]),
        filled=st.just(0),
        wage_low_yuan_month=st.sampled_from([3000, 4200]),
        wage_high_yuan_month=st.just(5000),
        valid_from=st.sampled_from([None, ON, ON + timedelta(days=2)]),
        valid_to=st.sampled_from([None, ON + timedelta(days=1), ON + timedelta(days=3)]),
        skills_required=st.sampled_from([None, ("电焊",)]),
    )


IDS = [f"v{number}" for number in range(9)]
POST = st.sampled_from(IDS).flatmap(posts)


class Histories(HistoryMachine):
    """Vacancies come, change, fill, go and come back; plans, days, erasures and restarts between them."""

    @initialize(first=st.tuples(*map(posts, IDS)))
    def begin(self, first):
        self.begin_history()
        self.history.write(Kind.VACANCIES, list(first))
        self.known = {post.vacancy_id: post for post in first}
        self.imports, self.logged = [], None

    @rule(post=POST)
    def write(self, post):
        self.imports.append(self.history.write(Kind.VACANCIES, [post]))
        self.known[post.vacancy_id] = post

    @rule(name=st.sampled_from(IDS), full=st.booleans())
    def fill_or_reopen(self, name, full):
        self.known[name] = msgspec.structs.replace(self.known[name], filled=self.known[name].headcount if full else 0)
        self.imports.append(self.history.write(Kind.VACANCIES, [self.known[name]]))

    @precondition(lambda self: self.imports)
    @rule()
    def withdraw(self):
        self.history.undo(self.imports.pop())

    @rule(prices=st.dictionaries(st.sampled_from(IDS), st.sampled_from([-0.25, 0.5])))
    def plan(self, prices):
        self.history.plan(prices)

    @rule(days=st.sampled_from([-1, 1]))
    def another_day(self, days):
        self.history.on += timedelta(days=days)

    @precondition(lambda self: "w3" in {found.worker_id for found in self.history.store.records(Kind.WORKERS)})
    @rule()
    def erase(self):
        self.history.store.erase_worker("w3", at=AT)

    @rule()
    def log(self):
        call, history = self.history.call("w2"), self.history
        answer = recommend(history.store, history.means, call, at=AT, folder=history.folder)
        self.logged = answer["decision_id"], answer_bytes(answer)

    @precondition(lambda self: self.logged)
    @rule()
    def replay(self):
        decision_id, told = self.logged
        assert replay_decision(self.history.store, self.history.means.settings, decision_id) == told

    @invariant()
    def every_way_tells_the_same(self):
        if hasattr(self, "history"):
            calls = (self.history.call("w1"), self.history.call("w2", public=True, top=2))
            call = calls[self.history.store.revision() % 2]
            whole = self.history.told(call, "whole")
            assert [self.history.told(call, way) for way in WAYS] == [whole, whole]


def test_a_list_by_an_index_is_that_of_the_whole_round_after_any_history():
    run_state_machine_as_test(Histories, settings=settings(max_examples=6, stateful_step_count=12, deadline=None))


@pytest.mark.parametrize("way", WAYS)
def test_whoever_asks_while_others_write_gets_the_answer_of_one_revision(tmp_path, way):
    history = History(tmp_path)
    history.write(Kind.VACANCIES, [vacancy(name, title="保安") for name in IDS])
    call, told, failed = history.call("w1"), [], []
    right = {history.told(call, "whole")[0]}
    store = history.shared if way == MEMORY else history.store

    def ask():
        try:
            while len(told) < 400 and writer.is_alive():
                folder = history.folder if way == DISK else None
                told.append(answer_bytes(recommend(store, history.means, call, at=AT, folder=folder)))
        except BaseException as error:
            failed.append(error)

    def write():
        for number in range(8):
            history.write(Kind.VACANCIES, [vacancy(IDS[number], filled=10), vacancy(f"v9{number}", title="缝纫工")])
            right.add(history.told(call, "whole")[0])

    writer = Thread(target=write)
    readers = [Thread(target=ask) for _ in range(3)]
    for thread in (writer, *readers):
        thread.start()
    for thread in (writer, *readers):
        thread.join()
    assert not failed
    assert len(set(told)) > 1
    assert set(told) <= right
    history.store.close()
