"""The office's pages of text messages: figures, one sending and who lets it go, the next one planned, replies read."""

from __future__ import annotations

import io
import zipfile

import county
import pytest
from county import application_of
from order_desk import Desk
from texting_desk import BODY, OPEN_IN_JUNE, person_of, texted

from matcher.records import Kind
from matcher.records.access import Role
from matcher.records.texts import Channel, SendingState, TextConsent

HERE, ELSEWHERE = "450206102", "450206110"


@pytest.fixture
def app(make_app):
    made = make_app()
    (application_of(made).settings.home / "sending.toml").write_text(OPEN_IN_JUNE, "utf-8")
    return made


def told(desk: Desk, path: str):
    answer = desk.client.get(f"{path}.json")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert desk.client.get(path).status_code == 200
    return answer.get_json()


def agreed(app, n: int) -> None:
    """The first n people have agreed to texts."""
    run = application_of(app)
    people = [person_of(app, nr=nr)[0] for nr in range(n)]
    run.texts.add_consents(
        TextConsent(consent_id=f"c-{one.worker_id}", worker_id=one.worker_id, agreed=True, at=county.clock(app).at,
                    words="roster", channel=Channel.PAPER)
        for one in people
    )  # fmt: skip


def test_a_county_that_never_sent_says_so(app):
    officer = Desk(app, Role.OFFICER)
    data = told(officer, "/office/sms")
    assert (data["sendings"], data["totals"]["n_planned"], data["open_now"]) == ([], 0, True)
    assert "还没有排过短信" in officer.client.get("/office/sms").get_data(as_text=True)


def test_the_next_sending_is_looked_at_then_planned_then_let_go(app):
    agreed(app, 6)
    officer = Desk(app, Role.OFFICER)
    seen = officer.post("/office/sms/plan", do="look", wave="1", most_people="2")
    page = seen.get_data(as_text=True)
    assert seen.status_code == 200
    assert "会写2人" in page
    assert "【柳江就业局】" in page
    assert "没同意收短信" in page or "没问过" in page
    assert application_of(app).texts.sendings() == []
    answer = officer.post("/office/sms/plan", do="plan", wave="1", most_people="2")
    assert answer.status_code == 303
    data = told(officer, answer.headers["Location"])
    assert (data["state"], data["n_planned"], data["needs_two"]) == ("waiting", 2, False)
    assert len(data["lines"]) == 2
    assert all("*" in line["phone"] and line["n_parts"] <= 2 for line in data["lines"])
    assert {row["label"] for row in data["held_people"]}
    again = officer.post("/office/sms/plan", do="plan", wave="1")
    assert again.status_code == 409
    assert "今天已经排过一批" in again.get_data(as_text=True)
    assert officer.post(answer.headers["Location"], do="release").status_code == 303
    assert told(officer, answer.headers["Location"])["state"] == "released"
    season = told(officer, "/office/sms")
    assert (season["totals"]["n_planned"], season["totals"]["n_sendings"]) == (2, 1)
    for address in ("/office/sms", answer.headers["Location"]):
        assert "<small>文件网关没有回执</small>" in officer.client.get(address).get_data(as_text=True)
    assert season["budget"]["parts"] == data["n_parts"]
    assert [part["part"] for part in season["totals"]["parts"]] == list(range(1, len(season["totals"]["parts"]) + 1))


@pytest.mark.parametrize(
    ("fields", "status"), [({"wave": "x"}, 422), ({"wave": "1", "most_people": "-3"}, 422), ({"wave": "2"}, 409)]
)
def test_a_plan_that_cannot_be_says_why_on_the_form(app, fields, status):
    agreed(app, 2)
    answer = Desk(app, Role.OFFICER).post("/office/sms/plan", do="look", **fields)
    assert answer.status_code == status
    assert 'role="alert"' in answer.get_data(as_text=True)


def test_between_two_seasons_nothing_is_planned_and_the_next_day_is_named(make_app):
    officer = Desk(make_app(), Role.OFFICER)
    assert told(officer, "/office/sms")["open_now"] is False
    page = officer.post("/office/sms/plan", do="look", wave="1").get_data(as_text=True)
    assert "还没到返乡季" in page


def test_where_the_carrier_takes_no_text_the_way_to_paper_is_named(make_app):
    app = make_app(sms_carrier="public_cloud")
    (application_of(app).settings.home / "sending.toml").write_text(OPEN_IN_JUNE, "utf-8")
    agreed(app, 2)
    officer = Desk(app, Role.OFFICER)
    answer = officer.post("/office/sms/plan", do="plan", wave="1")
    assert answer.status_code == 409
    assert "改用打电话和张贴" in answer.get_data(as_text=True)
    assert "种短信不能发" in officer.client.get("/office/sms").get_data(as_text=True)
    assert "公有云短信不发含“岗”的短信" in officer.client.get("/office/sms/texts").get_data(as_text=True)
    assert officer.post("/office/sms/paper").status_code == 200


def test_an_officer_of_a_township_plans_for_it_alone(app):
    agreed(app, 40)
    officer = Desk(app, Role.OFFICER, HERE)
    place = officer.post("/office/sms/plan", do="plan", wave="1").headers["Location"]
    data = told(officer, place)
    assert data["region_code"] == HERE
    reached = {row["worker_id"] for row in (*data["lines"], *data["held_people"])}
    store = application_of(app).store
    assert reached
    assert all(one.place_code.startswith(HERE) for one in store.records(Kind.WORKERS, ids=sorted(reached)))
    assert Desk(app, Role.OFFICER, ELSEWHERE).client.get(place).status_code == 404


def test_a_trial_is_shown_and_never_let_go(app):
    agreed(app, 2)
    officer = Desk(app, Role.OFFICER)
    place = officer.post("/office/sms/plan", do="plan", wave="1", trial="yes").headers["Location"]
    page = officer.client.get(place).get_data(as_text=True)
    assert "一条也不会发" in page
    assert 'value="release"' not in page
    assert officer.post(place, do="release").status_code == 409


def test_many_people_need_two_accounts(app):
    home = application_of(app).settings.home
    (home / "sending.toml").write_text(OPEN_IN_JUNE + "[release]\ntwo_people_above = 1\n", "utf-8")
    agreed(app, 6)
    one, two = Desk(app, Role.OFFICER), Desk(app, Role.ADMINISTRATOR)
    place = one.post("/office/sms/plan", do="plan", wave="1").headers["Location"]
    assert "两个不同的账号" in one.client.get(place).get_data(as_text=True)
    assert one.post(place, do="release").status_code == 303
    assert told(one, place)["state"] == "waiting"
    assert "请同事用自己的账号" in one.client.get(place).get_data(as_text=True)
    assert one.post(place, do="release").status_code == 403
    assert two.post(place, do="release").status_code == 303
    assert told(two, place)["released_by"] == [one.name, two.name]


def test_a_sending_is_stopped_goes_on_and_is_taken_back(app):
    kept = texted(app)
    officer = Desk(app, Role.OFFICER)
    place = f"/office/sms/{kept.sending_id}"
    for do, state in (("pause", "paused"), ("resume", "released"), ("pause", "paused"), ("cancel", "cancelled")):
        assert officer.post(place, do=do, why="先等等").status_code == 303
        assert told(officer, place)["state"] == state
    assert officer.post(place, do="resume").status_code == 409
    assert officer.post(place, do="burn").status_code == 422
    assert application_of(app).texts.sending(kept.sending_id).state is SendingState.CANCELLED


def test_one_sending_tells_its_parts_its_words_and_nobodys_number(app):
    kept = texted(app)
    officer = Desk(app, Role.OFFICER)
    data = told(officer, f"/office/sms/{kept.sending_id}")
    assert [row["part"] for row in data["parts"]] == [1, 2]
    by_code = {row["code"]: row["n"] for row in data["parts"][0]["states"]}
    assert by_code["delivered"] == 1
    assert (data["lines"][0]["body"], data["lines"][0]["state_label"]) == (BODY, "部分回执")
    page = officer.client.get(f"/office/sms/{kept.sending_id}").get_data(as_text=True)
    assert kept.phone not in page
    assert "第2条" in page


def test_another_regions_sending_is_none(app):
    here, there = texted(app, HERE, "here"), texted(app, ELSEWHERE, "there")
    officer = Desk(app, Role.OFFICER, HERE)
    assert [row["sending_id"] for row in told(officer, "/office/sms")["sendings"]] == [here.sending_id]
    unknown = officer.client.get("/office/sms/s-none.json").get_json()
    foreign = officer.client.get(f"/office/sms/{there.sending_id}.json").get_json()
    assert unknown["detail"].replace("s-none", there.sending_id) == foreign["detail"]
    assert officer.post(f"/office/sms/{there.sending_id}", do="pause").status_code == 404
    assert [row["reply_id"] for row in told(officer, "/office/sms/inbox")["replies"]] == [here.reply_id]
    assert officer.post(f"/office/sms/inbox/{there.reply_id}", deed="read").status_code == 404


def test_a_reply_is_read_called_about_or_taken_as_a_refusal(app):
    kept = [texted(app, tag=tag, nr=nr) for nr, tag in enumerate("abc")]
    officer = Desk(app, Role.OFFICER)
    assert told(officer, "/office/sms/inbox")["n"] == 3
    page = officer.client.get("/office/sms/inbox").get_data(as_text=True)
    assert "工资几多" in page
    assert kept[0].phone not in page
    for one, deed in zip(kept, ("read", "call", "stop"), strict=True):
        assert officer.post(f"/office/sms/inbox/{one.reply_id}", deed=deed, note="问过").status_code == 303
    assert told(officer, "/office/sms/inbox")["n"] == 0
    texts = application_of(app).texts
    assert [one.agreed for one in texts.consents([kept[2].worker_id])[kept[2].worker_id]] == [False]
    assert officer.post(f"/office/sms/inbox/{kept[0].reply_id}", deed="read").status_code == 404


def test_plan_b_is_a_workbook_with_three_sheets(app):
    agreed(app, 3)
    answer = Desk(app, Role.OFFICER).post("/office/sms/paper")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    names = zipfile.ZipFile(io.BytesIO(answer.get_data())).read("xl/workbook.xml").decode()
    assert all(name in names for name in ("打电话名单", "村里张贴", "小票"))


def test_what_waits_stands_on_the_officers_day(app):
    kept = texted(app, state=SendingState.PAUSED)
    county.clock(app).advance(hours=7)
    officer = Desk(app, Role.OFFICER)
    data = told(officer, "/office")["texts"]
    assert (data["n_late"], data["n_unread"], [row["sending_id"] for row in data["paused"]]) == (
        1, 1, [kept.sending_id],
    )  # fmt: skip
    page = officer.client.get("/office").get_data(as_text=True)
    assert "答应回的电话迟了" in page
    assert "停下了" in page


def test_the_auditor_reads_and_does_nothing(app):
    kept = texted(app)
    auditor = Desk(app, Role.AUDITOR)
    for path in ("/office/sms", "/office/sms/plan", "/office/sms/inbox", f"/office/sms/{kept.sending_id}"):
        page = auditor.client.get(path)
        assert page.status_code == 200
        assert 'method="post"' not in page.get_data(as_text=True).split('id="main"')[1]
    for path in ("/office/sms/plan", "/office/sms/paper", f"/office/sms/{kept.sending_id}"):
        assert auditor.post(path, do="release").status_code == 403
    assert Desk(app, Role.BROKER).client.get("/office/sms").status_code == 403


def test_a_form_without_its_token_does_nothing(app):
    kept = texted(app)
    officer = Desk(app, Role.OFFICER)
    assert officer.client.post(f"/office/sms/{kept.sending_id}", data={"do": "pause"}).status_code == 403
    assert application_of(app).texts.sending(kept.sending_id).state is SendingState.RELEASED


def test_the_address_for_replies_is_the_administrators_alone(app):
    data = told(Desk(app, Role.ADMINISTRATOR), "/office/sms/gateway")
    assert data["reply_address"] == application_of(app).sms_callbacks.reply_address("http://127.0.0.1:8000")
    assert data["gateway"] == "file"
    for role in (Role.OFFICER, Role.AUDITOR):
        assert Desk(app, role).client.get("/office/sms/gateway").status_code == 403
        assert "/office/sms/gateway" not in Desk(app, role).client.get("/office/sms").get_data(as_text=True)


def test_a_file_of_texts_at_fault_stops_texts_and_nothing_else(app):
    (application_of(app).settings.home / "templates.toml").write_text("signature = 3\n", "utf-8")
    officer = Desk(app, Role.OFFICER)
    assert "短信的设置文件写错了" in officer.client.get("/office").get_data(as_text=True)
    assert officer.client.get(f"/office/people/{person_of(app)[0].worker_id}").status_code == 200
    assert officer.client.get("/office/sms").status_code == 422
