"""Beside and against a visit: helpers, family, a job filled meanwhile, double taps, pages that came too late."""

from __future__ import annotations

import re
from datetime import date

import county
import msgspec
import pytest
from paper_reading import read_paper
from test_kiosk_flow import csrf, lay, press, with_list, worker_of

from matcher.bridges.escpos import slip_bytes
from matcher.bridges.slip import lines_of, read_slip
from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.kiosk.jobs import KioskList, Where, jobs_for
from matcher.services.kiosk.live_offers import no_offers


def fill(app, vacancy_id: str) -> None:
    """Somebody else takes the last place."""
    run = county.application_of(app)
    known = run.store.records(Kind.VACANCIES, ids=[vacancy_id])[0]
    change = Change(record_id=vacancy_id, sheet="", row=2, fields={"filled": known.headcount})
    batch = Batch(batch_id="b-filled", kind=Kind.VACANCIES, file="x", file_sha256="0" * 64, imported_at=county.NOON)
    run.store.write_batch(batch, [change])


def reactions(app, key: str):
    run = county.application_of(app)
    decision = next(e for e in run.access.audit(subject=worker_of(app, key)) if e.action == "recommend").subjects[1]
    return run.access.reactions(decision)


@pytest.mark.parametrize("card", [True, False])
def test_a_job_filled_between_list_and_tap_is_told_and_the_next_is_offered(make_app, card):
    app = make_app()
    client = app.test_client()
    if card:
        jobs = with_list(client)
    else:
        press(client, "/kiosk/look")
        press(client, "/kiosk/where", where="any")
        press(client, "/kiosk/trade", trade="")
        jobs = client.get("/kiosk/jobs.json").json["jobs"]
    wanted = jobs[0]["vacancy_id"]
    fill(app, wanted)
    for told in (
        client.get(f"/kiosk/jobs/{wanted}/take", follow_redirects=True),
        press(client, f"/kiosk/jobs/{wanted}/take"),
    ):
        assert "招满了" in told.text
        assert jobs[0]["title"] in told.text
    data = client.get(f"/kiosk/jobs/{wanted}/filled.json").json
    assert data["job"]["vacancy_id"] == jobs[1]["vacancy_id"]
    drawn = re.findall(r'<symbol id="i-(\w+)"', told.text)
    assert len(drawn) == len(set(drawn))
    assert set(re.findall(r'href="#i-(\w+)"', told.text)) <= set(drawn)
    assert client.get("/kiosk/done").status_code == 303, "nothing was picked"
    done = press(client, f"/kiosk/jobs/{data['job']['vacancy_id']}/take")
    assert "请拿小票" in done.text


def test_a_job_that_is_open_is_not_called_filled(client):
    first = with_list(client)[0]["vacancy_id"]
    assert client.get(f"/kiosk/jobs/{first}/filled").headers["Location"].endswith("/take")
    assert client.get("/kiosk/jobs/nobody/filled").status_code == 404


def test_a_helper_stands_beside_and_every_answer_says_so(make_app):
    app = make_app()
    client = app.test_client()
    county.signed_in(client, Role.HELPER)
    jobs = with_list(client)
    assert ">帮办</p>" in client.get("/kiosk/jobs").text
    press(client, f"/kiosk/jobs/{jobs[0]['vacancy_id']}/not", reason="wage")
    press(client, f"/kiosk/jobs/{jobs[1]['vacancy_id']}/take")
    press(client, "/kiosk/slip")
    kept = reactions(app, "sewer")
    assert [reaction.kind for reaction in kept] == ["decline", "apply", "print"]
    assert {reaction.assisted for reaction in kept} == {True}
    assert all(re.fullmatch(r"u\d+-helper", reaction.actor) for reaction in kept), "told apart by helper"


def test_a_helper_beside_a_machine_with_its_own_account_is_told_and_goes_with_the_visit(make_app):
    app = make_app()
    client = app.test_client()
    assert 'action="/kiosk/beside"' not in client.get("/kiosk/help").text, "a helper signs in here"
    county.signed_in(client, Role.KIOSK)
    assert 'action="/kiosk/beside"' in client.get("/kiosk/help").text
    press(client, "/kiosk/beside", here="1")
    jobs = with_list(client)
    assert "帮办员走了" in client.get("/kiosk/help").text
    press(client, f"/kiosk/jobs/{jobs[0]['vacancy_id']}/take")
    press(client, "/kiosk/over")
    assert ">帮办</p>" not in client.get("/kiosk").text
    with_list(client)
    press(client, f"/kiosk/jobs/{jobs[1]['vacancy_id']}/take")
    assert [reaction.assisted for reaction in reactions(app, "sewer")] == [True, False]


def test_who_comes_alone_is_not_assisted(make_app):
    app = make_app()
    client = app.test_client()
    jobs = with_list(client)
    press(client, f"/kiosk/jobs/{jobs[0]['vacancy_id']}/take")
    assert [(r.assisted, r.actor) for r in reactions(app, "sewer")] == [(False, "kiosk")]


def test_for_the_family_there_are_jobs_and_slips_and_the_visit_says_so(make_app):
    app = make_app()
    client = app.test_client()
    lay(client)
    press(client, "/kiosk/agree", family="1")
    press(client, "/kiosk/where", where="any")
    assert "帮家人查</p>" in client.get("/kiosk/jobs").text
    job = client.get("/kiosk/jobs.json").json["jobs"][0]
    press(client, f"/kiosk/jobs/{job['vacancy_id']}/take")
    assert client.get("/kiosk/done.json").json["paper"]["code"]
    assert [r.assisted for r in reactions(app, "sewer")] == [True]
    run = county.application_of(app)
    agreed = next(entry for entry in run.access.audit(subject=worker_of(app, "sewer")) if entry.action == "agree")
    assert agreed.detail == {"family": True}
    worker = run.store.records(Kind.WORKERS, ids=[worker_of(app, "sewer")])[0]
    assert worker == county.application_of(app).store.records(Kind.WORKERS, ids=[worker.worker_id])[0]


def test_what_a_helper_forgot_to_end_is_wiped_while_the_helper_stays_signed_in(make_app):
    app = make_app()
    client = app.test_client()
    county.signed_in(client, Role.HELPER)
    lay(client)
    county.clock(app).advance(seconds=county.application_of(app).settings.kiosk_seconds + 1)
    assert client.get("/kiosk/agree").status_code == 303
    assert ">帮办</p>" in client.get("/kiosk").text


def test_two_taps_are_one(make_app):
    app = make_app()
    client = app.test_client()
    first = with_list(client)[0]["vacancy_id"]
    pages = [press(client, f"/kiosk/jobs/{first}/take").text for _ in range(2)]
    codes = [re.search(r"data-digits[^>]*>(\d{4})<", page)[1] for page in pages]
    assert codes[0] == codes[1]
    for _ in range(2):
        press(client, "/kiosk/slip")
    assert [reaction.kind for reaction in reactions(app, "sewer")] == ["apply", "print"]
    token = csrf(client)
    ends = [client.post("/kiosk/over", data={"csrf": token}).status_code for _ in range(2)]
    assert ends == [303, 303]


def test_a_touch_keeps_the_visit_on_the_server(make_app):
    app = make_app()
    client = app.test_client()
    lay(client)
    for _ in range(4):
        county.clock(app).advance(seconds=40)
        assert client.get("/kiosk/alive").status_code == 204
    assert client.get("/kiosk/agree").status_code == 200


def test_the_slip_as_data_is_what_the_printers_bridge_takes(client):
    jobs = with_list(client)
    press(client, f"/kiosk/jobs/{jobs[0]['vacancy_id']}/take")
    data = client.get("/kiosk/slip.json").json
    slip = read_slip(msgspec.json.encode(data["paper"]))
    paper = read_paper(slip_bytes(lines_of(slip, 32), slip.code)).text.replace("\n", "")
    facts = [fact for fact in data["paper"]["facts"] if fact]
    assert len(facts) == 3, "pay, place, how long"
    for said in ("请到 服务台", jobs[0]["title"], "工钱", jobs[0]["place"], *facts, "缺点", "合成数据"):
        assert said in paper
    assert "没人可以收您钱、扣您证。" in paper
    assert "有事打 12333" in paper
    assert f"编号 {data['code']}" in paper
    assert not re.search(r"\d{11}", paper)
    assert msgspec.json.decode(client.get("/kiosk/slip.json").data)["paper"] == data["paper"], "the same slip twice"


def test_the_slip_of_a_plot_is_taken_too(client):
    with_list(client)
    press(client, "/kiosk/plot")
    slip = read_slip(msgspec.json.encode(client.get("/kiosk/slip.json").json["paper"]))
    assert "微田园" in slip.job


def test_without_paper_the_number_is_copied_down(client):
    assert client.get("/kiosk/copy").status_code == 303, "there is no number yet"
    with_list(client)
    press(client, "/kiosk/plot")
    code = client.get("/kiosk/done.json").json["code"]
    assert "没纸" in client.get("/kiosk/copy?why=paper_out").text
    broken = client.get("/kiosk/copy?why=error").text
    assert "打印机坏了" in broken
    assert code in broken
    assert "服务台" in broken


@pytest.mark.parametrize("path", ["/kiosk/nowhere", "/kiosk/jobs/none/why"])
def test_a_fault_is_told_in_the_kiosks_own_frame(client, path):
    with_list(client)
    page = client.get(path)
    assert page.status_code == 404
    assert "回到开头" in page.text
    assert 'class="button primary"' in page.text


def test_a_name_of_thirty_letters_and_a_rare_sign_are_masked_and_shown(make_app):
    app = make_app()
    run = county.application_of(app)
    for key, name in (("sewer", "阿依古丽" * 7 + "·买"), ("young", "韦小𬭎")):
        worker_id = worker_of(app, key)
        change = Change(record_id=worker_id, sheet="", row=2, fields={}, identity={"name": name})
        batch = Batch(batch_id=f"b-{key}", kind=Kind.WORKERS, file="x", file_sha256="0" * 64, imported_at=county.NOON)
        run.store.write_batch(batch, [change])
        client = app.test_client()
        assert f"{name[0]}*{name[-1]}，" in lay(client, key).text


def test_what_a_message_offers_stands_first_in_the_order_of_the_message(app):
    run = county.application_of(app)
    call = KioskList(
        worker_id=worker_of(app, "sewer"), on=run.today(), jurisdiction=county.JURISDICTION, where=Where.ANY
    )

    def shown(offers=no_offers) -> list[str]:
        found = jobs_for(run.store, run.means, call, at=county.NOON, offers=offers)
        return [job["vacancy_id"] for job in found["jobs"]]

    plain = shown()
    later = jobs_for(run.store, run.means, msgspec.structs.replace(call, refused=plain), at=county.NOON)["jobs"]
    sent = [later[1]["vacancy_id"], later[0]["vacancy_id"]]
    asked = []

    def stub(worker_id: str, on: date) -> list[str]:
        asked.append((worker_id, on))
        return [*sent, "gone-meanwhile"]

    assert shown(stub) == [*sent, plain[0]]
    assert asked == [(call.worker_id, call.on)]
    assert no_offers(call.worker_id, call.on) == ()
