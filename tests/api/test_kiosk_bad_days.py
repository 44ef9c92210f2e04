"""A kiosk without a network on a bad day: two taps, back and again, a clock that runs ahead, jobs gone, rare names."""

from __future__ import annotations

import itertools

import pytest
from kiosk_rig import TOWNSHIP, press, visit

from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.services.kiosk.cards import demo_cards
from matcher.services.kiosk.fleet_page import fleet_page

_NUMBERS = itertools.count(1)
LONG_NAME = "阿卜杜热合曼·" + "买买提依明" * 4 + "·托合提"


def card(rig, nr: int) -> str:
    return rig.screen.get("/kiosk.json").json["cards"][nr]["key"]


def with_list(rig, nr: int) -> list[dict]:
    press(rig.screen, "/kiosk/card", card=card(rig, nr))
    press(rig.screen, "/kiosk/agree")
    press(rig.screen, "/kiosk/where", where="any")
    return rig.screen.get("/kiosk/jobs.json").json["jobs"]


def came_in(rig):
    """The visits of this kiosk that the server has after one contact, those that say something."""
    kiosk_id = rig.kiosk_id
    rig.turn()
    return [kept for kept in rig.run.kiosks.visits(kiosk_id) if kept.events]


def answers(rig, told) -> list[tuple[str, str]]:
    return [(event["kind"], event["vacancy_id"]) for event in told.events if event["event"] == "reaction"]


def write(rig, kind: Kind, change: Change) -> None:
    tag = f"b-bad{next(_NUMBERS)}"
    batch = Batch(batch_id=tag, kind=kind, file="x", file_sha256="0" * 64, imported_at=rig.clock.now())
    rig.run.store.write_batch(batch, [change])


def test_two_taps_on_every_button_are_one(loaded):
    client = loaded.screen
    for _ in range(2):
        press(client, "/kiosk/card", card=card(loaded, 0))
    for path, said in (("/kiosk/agree", {}), ("/kiosk/where", {"where": "any"})):
        for _ in range(2):
            press(client, path, **said)
    first, second = (job["vacancy_id"] for job in client.get("/kiosk/jobs.json").json["jobs"][:2])
    for path, said in (
        (f"/kiosk/jobs/{second}/not", {"reason": "wage"}), (f"/kiosk/jobs/{first}/take", {}), ("/kiosk/slip", {}),
        ("/kiosk/over", {}),
    ):  # fmt: skip
        token = None
        for _ in range(2):
            assert press(client, path, token, **said).status_code in (303, 422)
    (kept,) = [each for each in came_in(loaded) if answers(loaded, each)]
    assert answers(loaded, kept) == [("decline", second), ("apply", first), ("print", first)]


def test_back_and_another_job_prints_the_other_and_keeps_both_answers(loaded):
    first, second = with_list(loaded, 1)[:2]
    client = loaded.screen
    press(client, f"/kiosk/jobs/{first['vacancy_id']}/take")
    before = client.get("/kiosk/done.json").json["paper"]
    assert client.get(f"/kiosk/jobs/{second['vacancy_id']}/take").status_code == 200, "the page before is still good"
    press(client, f"/kiosk/jobs/{second['vacancy_id']}/take")
    after = client.get("/kiosk/done.json").json["paper"]
    assert second["title"] in after["job"]
    assert before["slip_id"] != after["slip_id"], "the printer takes it for another slip"
    press(client, f"/kiosk/jobs/{first['vacancy_id']}/take")
    assert client.get("/kiosk/done.json").json["paper"] == before
    press(client, "/kiosk/over")
    for path in ("/kiosk/jobs", "/kiosk/done", "/kiosk/slip", f"/kiosk/jobs/{first['vacancy_id']}/take"):
        assert client.get(path).headers["Location"] == "/kiosk", "back after the end leads to the first screen"
    (kept,) = came_in(loaded)
    assert answers(loaded, kept) == [("apply", first["vacancy_id"]), ("apply", second["vacancy_id"])]


def test_a_clock_that_runs_ahead_by_a_day_loses_nothing_and_is_told(loaded):
    loaded.machine.advance(days=1)
    loaded.start()
    assert "不是今天的消息" in loaded.screen.get("/kiosk").text
    told = visit(loaded.screen, card(loaded, 2))
    (kept,) = came_in(loaded)
    assert [kind for kind, _ in answers(loaded, kept)] == ["decline", "apply", "print"]
    assert answers(loaded, kept)[1][1] == told["job"]
    entry = loaded.run.access.audit(subject=kept.visit_id)[0]
    assert entry.detail["n_left_out"] == 0
    assert entry.at == loaded.clock.now(), "the audit goes by the server's clock"
    rows = fleet_page(loaded.run.kiosks, now=loaded.clock.now())["kiosks"]
    cells = next(row["cells"] for row in rows if row["kiosk_id"] == loaded.kiosk_id)
    assert [(cell["text"], cell["fine"]) for cell in cells if cell["name"] == "clock"] == [("快1天", False)]
    assert loaded.kiosk.clock.now() == loaded.clock.now(), "set right by the server"
    assert "不是今天的消息" not in loaded.screen.get("/kiosk").text


def test_a_job_filled_at_the_server_meanwhile_is_said_yes_to_once_and_gone_with_the_next_pack(loaded):
    jobs = with_list(loaded, 3)
    wanted = jobs[0]["vacancy_id"]
    (known,) = loaded.run.store.records(Kind.VACANCIES, ids=[wanted])
    change = Change(record_id=wanted, sheet="", row=2, fields={"filled": known.headcount})
    write(loaded, Kind.VACANCIES, change)
    press(loaded.screen, f"/kiosk/jobs/{wanted}/take")
    press(loaded.screen, "/kiosk/over")
    (kept,) = came_in(loaded)
    assert answers(loaded, kept) == [("apply", wanted)]
    assert loaded.run.access.audit(subject=kept.visit_id)[0].detail["n_left_out"] == 0
    loaded.pass_time(hours=1)
    assert loaded.turn().fetched, "adverts changed"
    assert wanted not in [job["vacancy_id"] for job in with_list(loaded, 3)]
    assert "招满了" in loaded.screen.get(f"/kiosk/jobs/{wanted}/take", follow_redirects=True).text


@pytest.mark.parametrize(("name", "shown"), [(LONG_NAME, "阿*提"), ("韦小𬭎", "韦*𬭎"), ("㛃·𠮷", "㛃*𠮷")])
def test_long_and_rare_names_come_through_the_pack_masked(loaded, name, shown):
    assert name != LONG_NAME or len(name) >= 30
    run = loaded.run
    people = demo_cards(loaded.kiosk.store, loaded.kiosk.settings, loaded.kiosk.today())
    worker_id = people[0]["worker_id"]
    write(loaded, Kind.WORKERS, Change(record_id=worker_id, sheet="", row=2, fields={}, identity={"name": name}))
    assert run.store.identities([worker_id])[worker_id].name == name
    loaded.kiosk.folder.install(loaded.wire.pack(), loaded.clock.now())
    press(loaded.screen, "/kiosk/card", card=card(loaded, 0))
    page = loaded.screen.get("/kiosk/agree").text
    assert f"{shown}，您好" in page
    assert name not in page
    held = loaded.kiosk.folder.held().contents.people
    assert name not in str(held)
    assert all(person.person.worker.place_code.startswith(TOWNSHIP) for person in held)
