"""A kiosk with its fair pack: the server's list without the server, and every visit there exactly once."""

from __future__ import annotations

import re

import msgspec
import pytest
from audit_chain import broken_audit
from kiosk_rig import TOWNSHIP, Wire, bring_in, decisions, n_logged, press, visit

from api.warming import warm
from matcher.errors import InvalidInput, StoreError
from matcher.records import Kind
from matcher.services.kiosk.uplink import Contact
from matcher.services.rounds.recommend import Recommend, recommend
from matcher.services.rounds.replay_decision import replay_decision


def test_a_visit_without_a_network_arrives_once_and_whole(loaded):
    loaded.start()
    told = visit(loaded.screen)
    assert loaded.offline().contact is Contact.OFFLINE
    kiosk_id = loaded.kiosk_id
    assert loaded.run.kiosks.visits(kiosk_id) == []
    assert [loaded.turn().n_sent for _ in range(3)] == [1, 0, 0]
    (kept,) = loaded.run.kiosks.visits(kiosk_id)
    (decision_id,) = decisions(loaded)
    reactions = loaded.run.access.reactions(decision_id)
    assert [(each.kind, each.vacancy_id) for each in reactions] == [
        ("decline", told["refused"]), ("apply", told["job"]), ("print", told["job"]),
    ]  # fmt: skip
    assert {each.actor for each in reactions} == {f"kiosk:{kiosk_id}"}
    (entry,) = loaded.run.access.audit(subject=kept.visit_id)
    assert entry.action == "kiosk_visit"
    assert (entry.detail["n_left_out"], entry.detail["actions"]) == (0, ["card", "agree", "recommend"])
    worker_id = loaded.run.store.decision(decision_id).request["worker_id"]
    assert worker_id in entry.subjects
    assert loaded.run.kiosks.kiosk(kiosk_id).synced_at == loaded.clock.now()
    assert loaded.kiosk.folder.visits.count() == 0


def test_somebody_who_comes_twice_loses_nothing_of_the_second_visit(loaded):
    """Its list is the first one's, byte for byte, and yet a decision of its own: the first went with its visit."""
    loaded.start()
    kiosk_id, told = loaded.kiosk_id, [visit(loaded.screen) for _ in range(2)]
    assert told[0] == told[1]
    loaded.turn()
    kept = loaded.run.kiosks.visits(kiosk_id)
    events = [sorted(event["event"] for event in each.events) for each in kept]
    assert len(kept) == 2
    assert events[0] == events[1]
    assert events[0].count("decision") == 1


@pytest.mark.parametrize("where", ["home", "any"])
def test_the_list_is_the_servers_byte_for_byte(loaded, where):
    """The same card and answer on both: one decision, one answer; and the server builds it again from its own log."""
    card = loaded.screen.get("/kiosk.json").json["cards"][0]
    worker_id = loaded.kiosk.store.records(Kind.WORKERS)[0].worker_id
    name = loaded.kiosk.store.identities([worker_id])[worker_id].name
    assert "*" in name or len(name) < 2
    visit(loaded.screen, card["key"], where=where)
    loaded.turn()
    (decision_id,) = decisions(loaded)
    decision = loaded.run.store.decision(decision_id)
    again = replay_decision(loaded.run.store, loaded.run.settings, decision_id)
    assert msgspec.json.decode(again)["decision_id"] == decision_id
    call = msgspec.convert(dict(decision.request), Recommend)
    asked = recommend(loaded.run.store, loaded.run.means, call, at=loaded.clock.now())
    assert msgspec.json.encode(asked) == again


def test_everybody_of_the_township_gets_the_servers_list(loaded):
    settings = loaded.run.settings
    people = loaded.kiosk.store.records(Kind.WORKERS)
    everybody = [w for w in loaded.run.store.records(Kind.WORKERS) if w.place_code.startswith(TOWNSHIP)]
    assert [worker.worker_id for worker in people] == [worker.worker_id for worker in everybody]
    for worker in people:
        call = Recommend(
            worker_id=worker.worker_id, on=loaded.run.today(), jurisdiction=settings.jurisdiction, top=60,
            seed=settings.seed, public=True, packed=True,
        )  # fmt: skip
        here = recommend(loaded.kiosk.store, loaded.kiosk.means, call, at=loaded.clock.now())
        there = recommend(loaded.run.store, loaded.run.means, call, at=loaded.clock.now())
        assert msgspec.json.encode(here) == msgspec.json.encode(there)


STEPS = [(step, when) for step in ("/visits", "/heartbeat", "/pack") for when in ("before", "after")]


@pytest.mark.parametrize(("step", "when"), STEPS)
def test_the_server_gone_at_any_step_loses_nothing_and_doubles_nothing(loaded, step, when):
    visit(loaded.screen)
    kiosk_id = loaded.kiosk_id
    loaded.pass_time(hours=7)
    first = loaded.turn((step, when))
    assert first.contact is Contact.OFFLINE
    loaded.start()
    assert loaded.turn().contact is Contact.ONLINE
    assert loaded.turn().n_sent == 0
    assert len(loaded.run.kiosks.visits(kiosk_id)) == 1
    (decision_id,) = decisions(loaded)
    assert len(loaded.run.access.reactions(decision_id)) == 3
    assert n_logged(loaded) == 1
    assert loaded.kiosk.folder.visits.count() == 0
    assert loaded.kiosk.news().value == "fresh"


WRITES = ["add_reactions", "append_audit", "add_visit", "change_kiosk", "append_decision"]


@pytest.mark.parametrize("write", WRITES)
def test_the_server_killed_at_any_write_keeps_the_visit_once(loaded, write, monkeypatch):
    visit(loaded.screen)
    kiosk_id = loaded.kiosk_id
    part = loaded.run.kiosks if write in ("add_visit", "change_kiosk") else loaded.run.access
    part = loaded.run.store if write == "append_decision" else part

    def killed(*_, **__):
        raise StoreError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(part, write, killed)
        assert loaded.turn().contact is Contact.OFFLINE
    loaded.turn()
    assert [each.visit_id for each in loaded.run.kiosks.visits(kiosk_id)]
    assert len(loaded.run.kiosks.visits(kiosk_id)) == 1
    (decision_id,) = decisions(loaded)
    assert len(loaded.run.access.reactions(decision_id)) == 3
    assert n_logged(loaded) == 1
    assert loaded.kiosk.folder.visits.count() == 0
    assert broken_audit(loaded.run.access) == []


@pytest.mark.parametrize("presses", [1, 3, 5, 6])
def test_the_power_gone_after_any_press_sends_what_was_done_once(loaded, presses):
    """The machine is switched off in the middle of a visit: the visit ends there."""
    client = loaded.screen
    card = client.get("/kiosk.json").json["cards"][0]["key"]

    def take() -> None:
        job = client.get("/kiosk/jobs.json").json["jobs"][0]["vacancy_id"]
        press(client, f"/kiosk/jobs/{job}/take")

    steps = [
        lambda: press(client, "/kiosk/card", card=card),
        lambda: press(client, "/kiosk/agree"),
        lambda: press(client, "/kiosk/where", where="any"),
        lambda: client.get("/kiosk/jobs"),
        take,
        lambda: press(client, "/kiosk/slip"),
    ]
    for step in steps[:presses]:
        step()
    kiosk_id = loaded.kiosk_id
    loaded.start()
    assert loaded.screen.get("/kiosk/jobs").status_code == 303
    loaded.turn()
    loaded.turn()
    (kept,) = loaded.run.kiosks.visits(kiosk_id)
    kinds = [event.get("kind", event.get("action")) for event in kept.events]
    wanted = ["card", "agree", "recommend", "recommend", "apply", "print"]
    assert kinds == wanted[: {1: 1, 3: 2, 5: 5, 6: 6}[presses]]


def test_somebody_who_only_looks_is_a_visit_without_anybody(loaded):
    press(loaded.screen, "/kiosk/look")
    press(loaded.screen, "/kiosk/where", where="near")
    press(loaded.screen, "/kiosk/trade", trade="")
    assert len(loaded.screen.get("/kiosk/jobs.json").json["jobs"]) == 3
    press(loaded.screen, "/kiosk/over")
    kiosk_id = loaded.kiosk_id
    loaded.turn()
    (kept,) = loaded.run.kiosks.visits(kiosk_id)
    assert kept.events == ()


def test_a_helper_beside_a_machine_without_a_network_is_told_of_every_answer(loaded):
    client = loaded.screen
    assert "帮办员登录" not in client.get("/kiosk/help").text, "nobody can sign in here"
    press(client, "/kiosk/beside", "", here="1")
    assert ">帮办</p>" in client.get("/kiosk").text
    visit(client, client.get("/kiosk.json").json["cards"][1]["key"], over=False)
    assert ">帮办</p>" in client.get("/kiosk/jobs").text
    press(client, "/kiosk/over")
    assert ">帮办</p>" not in client.get("/kiosk").text, "it ends with the visit"
    kiosk_id = loaded.kiosk_id
    loaded.turn()
    kept = [each for each in loaded.run.kiosks.visits(kiosk_id) if each.events]
    assert [each.assisted for each in kept] == [True]
    assert assisted_answers(loaded, kiosk_id) == [True] * 3


def test_a_helper_who_comes_in_the_middle_goes_on_where_it_was(loaded):
    client = loaded.screen
    press(client, "/kiosk/card", card=client.get("/kiosk.json").json["cards"][2]["key"])
    for deed, said, onward in (
        ("/kiosk/agree", {}, "/kiosk/agree"),
        ("/kiosk/where", {"where": "any"}, "/kiosk/where"),
        ("", {}, "/kiosk/jobs"),
    ):
        assert press(client, "/kiosk/beside", here="1").headers["Location"] == onward
        if deed:
            press(client, deed, **said)
    job = client.get("/kiosk/jobs.json").json["jobs"][0]["vacancy_id"]
    press(client, "/kiosk/beside")
    assert ">帮办</p>" not in client.get("/kiosk/jobs").text
    press(client, f"/kiosk/jobs/{job}/take")
    press(client, "/kiosk/over")
    kiosk_id = loaded.kiosk_id
    loaded.turn()
    (kept,) = loaded.run.kiosks.visits(kiosk_id)
    assert kept.assisted, "somebody helped for a part of it"
    assert assisted_answers(loaded, kiosk_id) == [False]


def assisted_answers(rig, kiosk_id: str) -> list[bool]:
    """Of each answer from this kiosk, whether the server knows that somebody helped."""
    (decision_id,) = decisions(rig, kiosk_id)
    known = rig.run.access.reactions(decision_id)
    return [reaction.assisted for reaction in known if reaction.actor == f"kiosk:{kiosk_id}"]


def test_a_visit_under_way_is_sent_when_it_is_over(loaded):
    visit(loaded.screen, over=False)
    assert loaded.turn().n_sent == 0
    press(loaded.screen, "/kiosk/over")
    assert loaded.turn().n_sent == 1


def test_whoever_walks_away_without_a_word_is_sent_as_well(loaded):
    visit(loaded.screen, over=False)
    seconds = loaded.kiosk.settings.kiosk_seconds
    loaded.pass_time(seconds=seconds - 1)
    assert loaded.turn().n_sent == 0
    loaded.pass_time(seconds=1)
    assert loaded.turn().n_sent == 1


def test_a_new_pack_in_the_middle_of_a_visit_disturbs_nobody(loaded):
    client = loaded.screen
    press(client, "/kiosk/card", card=client.get("/kiosk.json").json["cards"][0]["key"])
    press(client, "/kiosk/agree")
    press(client, "/kiosk/where", where="any")
    jobs = client.get("/kiosk/jobs.json").json["jobs"]
    bring_in(
        loaded.server, "vacancies", "vacancy_id,title,channel,place_code,headcount\nn1,缝纫工,workshop,450206102,3\n"
    )
    loaded.kiosk.folder.install(loaded_pack(loaded), loaded.clock.now())
    press(client, f"/kiosk/jobs/{jobs[0]['vacancy_id']}/take")
    press(client, "/kiosk/over")
    kiosk_id = loaded.kiosk_id
    assert loaded.turn().n_sent == 1
    assert loaded.run.access.audit(subject=loaded.run.kiosks.visits(kiosk_id)[0].visit_id)[0].detail["n_left_out"] == 0


def loaded_pack(rig) -> bytes:
    rig.turn()
    return rig.wire.pack()


def test_works_from_power_on_without_a_network(loaded):
    """A new process over the folder, and a server that never answers."""
    loaded.start()
    for _ in range(2):
        assert loaded.offline().contact is Contact.OFFLINE
    assert len(visit(loaded.screen)["jobs"]) == 3


def test_a_wire_that_answers_with_a_page_of_its_own_is_no_server(loaded, monkeypatch):
    """A captive network says 200 to everything: nothing is taken for sent."""
    visit(loaded.screen)
    with monkeypatch.context() as patch:
        patch.setattr(Wire, "_ask", lambda *_, **__: b"<html>sign in to \xb0this network</html>")
        assert loaded.turn().contact is Contact.OFFLINE
    assert loaded.kiosk.folder.visits.n_ended() == 1
    assert loaded.turn().n_sent == 1


def test_a_visit_the_server_cannot_read_stays_and_nothing_waits_for_it(loaded, monkeypatch):
    visit(loaded.screen)

    def refuse(*_):
        raise InvalidInput("the visit does not fit")

    with monkeypatch.context() as patch:
        patch.setattr(Wire, "send", refuse)
        turn = loaded.turn()
    assert (turn.contact, turn.n_sent, turn.n_left) == (Contact.ONLINE, 0, 1)
    assert loaded.run.kiosks.kiosk(loaded.kiosk_id).heartbeat.n_waiting == 1
    visit(loaded.screen)
    assert loaded.kiosk.folder.visits.n_ended() > turn.n_left
    turn = loaded.turn()
    assert (turn.n_sent, turn.n_left) == (2, 0)


def test_a_kiosk_warms_what_its_screens_need_and_no_more(loaded, capsys):
    warm(loaded.app)
    told = capsys.readouterr().err
    warmed = re.findall(r'"part": "(\w+)"', told)
    assert "round" in warmed
    assert not {"candidates", "people"} & set(warmed)
