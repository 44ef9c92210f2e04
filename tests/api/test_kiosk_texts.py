"""A text and the kiosk tell the same: what still stands in a text is shown first, in the order of the text."""

from __future__ import annotations

import county
from test_kiosk_flow import csrf, lay, press, with_list, worker_of
from texting_desk import texted

from matcher.records.texts import SendingState


def test_the_jobs_of_a_text_come_first_and_in_its_order(make_app):
    app = make_app()
    plain = [job["vacancy_id"] for job in with_list(app.test_client())]
    turned = tuple(reversed(plain))
    texted(app, jobs=turned, whom=worker_of(app, "sewer"))
    shown = with_list(app.test_client())
    assert [job["vacancy_id"] for job in shown] == list(turned)
    assert all(job["offered"] for job in shown)


def test_a_text_that_is_not_out_yet_changes_nothing(make_app):
    app = make_app()
    plain = [job["vacancy_id"] for job in with_list(app.test_client())]
    texted(app, jobs=tuple(reversed(plain)), whom=worker_of(app, "sewer"), state=SendingState.WAITING)
    assert [job["vacancy_id"] for job in with_list(app.test_client())] == plain


def done_with(client):
    """A visit that has its slip."""
    job = with_list(client)[0]
    return press(client, f"/kiosk/jobs/{job['vacancy_id']}/take")


def test_a_yes_at_the_end_of_a_visit_is_kept_with_its_words_and_taken_back_as_easily(make_app):
    app = make_app()
    client, worker_id = app.test_client(), worker_of(app, "sewer")
    assert "发到手机" in done_with(client).text
    shown = client.get("/kiosk/phone.json").json
    asked = client.get("/kiosk/phone").text
    assert shown["words"] in asked
    assert "好了" not in asked, "nothing is answered yet"
    for answer, words in (("yes", "您说过愿意收"), ("no", "您说过不收")):
        page = press(client, "/kiosk/phone", **{answer: shown["words_version"]}).text
        assert words in page
        assert "好了</span>" in page, "one press goes on from an answer"
        county.clock(app).advance(seconds=1)
    said = county.application_of(app).texts.consents([worker_id])[worker_id]
    assert [(one.agreed, one.channel.value, one.words) for one in said] == [
        (True, "kiosk", shown["words_version"]), (False, "kiosk", shown["words_version"]),
    ]  # fmt: skip


def test_nobody_answers_for_somebody_else_or_for_nobody(make_app):
    app = make_app()
    client = app.test_client()
    assert client.get("/kiosk/phone").status_code == 303
    assert client.post("/kiosk/phone", data={"csrf": csrf(client), "yes": "sms-1"}).headers["Location"] == "/kiosk"
    lay(client)
    press(client, "/kiosk/agree", family="1")
    press(client, "/kiosk/where", where="any")
    job = client.get("/kiosk/jobs.json").json["jobs"][0]
    assert "发到手机" not in press(client, f"/kiosk/jobs/{job['vacancy_id']}/take").text
    assert client.get("/kiosk/phone").status_code == 303
    assert not county.application_of(app).texts.consents()


def test_an_answer_that_is_none_is_refused(make_app):
    app = make_app()
    client = app.test_client()
    done_with(client)
    for fields in ({}, {"yes": "sms-1", "no": "sms-1"}):
        assert client.post("/kiosk/phone", data={"csrf": csrf(client), **fields}).status_code == 422
    assert client.post("/kiosk/phone", data={"csrf": csrf(client), "yes": "sms-9"}).status_code == 404
