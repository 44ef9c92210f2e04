"""From an open order to calls: the list in few clicks, the number for one call, what was said, and who looked."""

from __future__ import annotations

import county
import msgspec
import pytest
from broker_county import asker
from call_county import N_PEOPLE, call_app, kept, open_order, phone, post, say, tap
from crawl_pages import read

from matcher.records.access import Role
from matcher.records.orders import CallOutcome, SeatState
from matcher.services.broker.unlock import ALERT

MOST_CLICKS = 8
CARD = "/broker/orders/o-1/calls"


@pytest.fixture
def app(tmp_path):
    with call_app(tmp_path / "home") as made:
        yield made


def number(client, worker_id, reason="offer", order_id="o-1", **fields):
    return post(client, f"/broker/orders/{order_id}/calls/{worker_id}/number", reason=reason, **fields)


def test_from_an_open_order_to_fifty_to_call_in_two_clicks(app):
    open_order(app)
    client = asker(app)
    clicks = 0
    page = read(client.get(f"{CARD}").get_data(as_text=True))
    clicks += 1
    form = next(form for form in page.forms if form.method == "POST" and form.action == CARD)
    answer = post(client, form.action)
    clicks += 1
    told = client.get(answer.headers["Location"] + ".json").json
    assert len(told["to_call"]) == 50
    assert clicks <= MOST_CLICKS
    assert all(seat.list_id.startswith("d-") for seat in kept(app).people)


def test_the_card_says_the_true_place_and_nobody_stands_in_two_parts(app):
    open_order(app, listed=6)
    client = asker(app)
    assert "第1个，呼叫单上6人，还有6人要打" in client.get(f"{CARD}/w00").text
    for worker_id, outcome in (("w00", "go"), ("w01", "later"), ("w02", "no_answer")):
        say(client, worker_id, outcome)
    assert "第4个，呼叫单上6人，还有5人要打" in client.get(f"{CARD}/w03").text
    assert client.get(f"{CARD}/w00.json").json["turn"] == 0
    told = client.get(f"{CARD}.json").json
    parts = {part: [row["worker_id"] for row in told[part]] for part in ("to_call", "again", "called")}
    assert parts == {"to_call": ["w03", "w04", "w05"], "again": ["w01", "w02"], "called": ["w00"]}
    assert [row["number"] for row in (*told["to_call"], *told["again"])] == [4, 5, 6, 2, 3]
    page = client.get(CARD).text
    assert "接下来打 <small>3人</small>" in page
    assert "还要再打 <small>2人</small>" in page
    assert f"要想想，{told['again'][0]['held_until']}以前回话" in page
    entry = county.application_of(app).access.audit(subject="w02", limit=1)[0]
    assert set(entry.subjects) >= {"w00", "w01", "w05"}


def test_the_candidates_of_an_open_order_point_to_its_call_list(app):
    officer = asker(app, Role.OFFICER)
    before = officer.get("/broker/orders/v-sew").text
    assert "请开一个单子，放进呼叫单" in before
    open_order(app)
    after = officer.get("/broker/orders/v-sew").text
    assert "请到这个单子的呼叫单里放人" in after
    assert "请开一个单子" not in after


def test_the_preflight_says_who_is_kept_off_and_why(app):
    other = open_order(app, "o-2", listed=1)
    for n in range(3, 6):
        open_order(app, f"o-{n}", listed=2 if n < 5 else 1)
    open_order(app, listed=2)
    client = asker(app)
    say(client, "w00", "go", "o-2")
    ahead = client.get(f"{CARD}.json").json["ahead"]
    assert {row["code"]: row["n"] for row in ahead["hurdles"]} == {"listed": 2, "refused": 1, "not_asked": 1}
    assert ahead["n_ready"] == N_PEOPLE - 4
    fresh = open_order(app, "o-9")
    told = client.get(f"/broker/orders/{fresh.order_id}/calls.json").json["ahead"]
    assert {row["code"]: row["n"] for row in told["hurdles"]} == {
        "bound": 1, "busy": 1, "refused": 1, "not_asked": 1,
    }  # fmt: skip
    assert other.order_id == "o-2"


def test_who_was_called_within_a_week_rests_for_other_orders(app):
    open_order(app, listed=3)
    open_order(app, "o-2")
    client = asker(app)
    say(client, "w00", "no_answer")
    resting = {row["code"]: row["n"] for row in client.get("/broker/orders/o-2/calls.json").json["ahead"]["hurdles"]}
    assert resting["resting"] == 1
    county.clock(app).advance(days=7)
    rested = asker(app).get("/broker/orders/o-2/calls.json").json["ahead"]["hurdles"]
    assert "resting" not in {row["code"] for row in rested}


def test_a_household_stands_together_on_the_list(app):
    open_order(app)
    client = asker(app)
    post(client, CARD)
    post(client, CARD)
    ids = [seat.worker_id for seat in kept(app).people]
    assert abs(ids.index("w62") - ids.index("w63")) == 1
    assert {"w60", "w61"} & set(ids) == set()


def test_the_number_stands_in_one_answer_only_and_the_look_is_logged_first(app):
    open_order(app, listed=2)
    client = asker(app)
    before = client.get(f"{CARD}/w00")
    assert phone("w00") not in before.text
    assert "138****" in before.text
    shown = number(client, "w00", note="孩子的事 13912345678")
    assert shown.status_code == 200
    assert shown.text.count(phone("w00")) == 2
    assert shown.headers["Cache-Control"] == "no-store"
    for path in (f"{CARD}/w00", f"{CARD}/w00.json", CARD, f"{CARD}.json", "/broker/orders/o-1/seats"):
        assert phone("w00") not in client.get(path).text, path
    application = county.application_of(app)
    (look,) = application.orders.unlocks(worker_id="w00")
    assert look.order_id == "o-1"
    assert look.reason == "offer：孩子的事 ***"
    assert [entry.action for entry in application.access.audit(subject="w00", limit=50)].count("unlock") == 1


@pytest.mark.parametrize(("reason", "note"), [("", ""), ("because", ""), ("other", " ")])
def test_without_a_reason_of_the_list_there_is_no_number(app, reason, note):
    open_order(app, listed=1)
    answer = number(asker(app), "w00", reason, note=note)
    assert answer.status_code == 422
    assert phone("w00") not in answer.text
    assert county.application_of(app).orders.unlocks() == []


def test_without_consent_an_open_order_or_the_brokers_role_there_is_no_number(app):
    application = county.application_of(app)
    open_order(app, listed=62)
    client = asker(app)
    assert [number(client, worker_id).status_code for worker_id in ("w59", "w60", "w61", "w69")] == [200, 403, 403, 404]
    for role in (Role.OFFICER, Role.AUDITOR, Role.EMPLOYER, Role.HELPER):
        assert number(asker(app, role), "w01").status_code == 403
    assert number(asker(app, Role.BROKER, "450206199"), "w01").status_code == 404
    say(client, "w02", "no", reason="wage")
    assert number(client, "w02").status_code == 409
    application.orders.change_order("o-1", lambda order, _: county.msgspec.structs.replace(order, state="cancelled"))
    assert number(client, "w01").status_code == 409
    assert [look.worker_id for look in application.orders.unlocks()] == ["w59"]


def test_the_quota_of_a_day_counts_people_and_says_when_it_ends(tmp_path):
    with call_app(tmp_path / "home", unlocks_per_day=3, unlocks_without_call=99) as app:
        open_order(app, listed=10)
        client = asker(app)
        told = [number(client, f"w{n:02d}").status_code for n in (0, 1, 1, 2, 3)]
        assert told == [200, 200, 200, 200, 429]
        assert int(number(client, "w03").headers["Retry-After"]) == 12 * 3600
        assert number(asker(app), "w03").status_code == 200
        alerts = [e for e in county.application_of(app).access.audit(limit=200) if e.action == ALERT]
        assert [entry.detail["why"] for entry in alerts] == ["quota"]


def test_eighty_is_the_quota_when_nobody_sets_another(app):
    assert county.application_of(app).settings.unlocks_per_day == 80


def test_looking_without_calling_is_stopped_and_told_to_the_office_once(app):
    open_order(app, listed=20)
    client = asker(app)
    told = [number(client, f"w{n:02d}") for n in range(9)]
    assert [answer.status_code for answer in told] == [200] * 5 + [409] * 4
    assert phone("w05") not in told[5].text
    entries = county.application_of(app).access.audit(limit=200)
    assert [entry.detail for entry in entries if entry.action == ALERT] == [{"why": "no_calls", "n": 5}]
    assert number(client, "w03").status_code == 200
    say(client, "w01", "no_answer")
    assert number(client, "w06").status_code == 200
    assert number(client, "w07").status_code == 409


@pytest.mark.parametrize(
    ("outcome", "state", "kind"),
    [
        ("go", SeatState.CONFIRMED, "apply"),
        ("later", SeatState.HELD, "open"),
        ("no", SeatState.DECLINED, "decline"),
        ("no_answer", SeatState.LISTED, "no_reply"),
        ("wrong_number", SeatState.RELEASED, "no_reply"),
        ("away", SeatState.RELEASED, "decline"),
    ],
)
def test_each_outcome_is_one_tap_and_one_reaction(app, outcome, state, kind):
    open_order(app, listed=3)
    client = asker(app)
    answer = say(client, "w00", outcome, reason="distance")
    assert answer.status_code == 303
    assert "/calls/w01" in answer.headers["Location"]
    seat = kept(app).people[0]
    assert seat.state is state
    assert seat.calls[0].outcome is CallOutcome(outcome)
    (reaction,) = county.application_of(app).access.reactions("d-test")
    assert (reaction.kind, reaction.worker_id, reaction.vacancy_id) == (kind, "w00", "v-sew")
    assert (reaction.reason_code == "distance") is (outcome == "no")
    assert say(client, "w00", outcome, reason="distance").status_code in (303, 409)
    assert len(kept(app).people[0].calls) == 1


def test_yes_to_a_seat_that_came_free_at_once_is_no_double_tap(app):
    open_order(app, n_seats=1, listed=2)
    client = asker(app)
    for worker_id in ("w00", "w01"):
        say(client, worker_id, "go")
    county.clock(app).advance(seconds=20)
    tap(client, "w00", "leave", why="withdrawn")
    assert kept(app).people[1].state is SeatState.HELD
    county.clock(app).advance(seconds=20)
    for _ in range(2):
        say(client, "w01", "go")
    assert kept(app).people[1].state is SeatState.CONFIRMED
    assert len(kept(app).people[1].calls) == 2


def test_what_does_not_fit_changes_nothing(app):
    open_order(app, listed=2)
    client = asker(app)
    assert say(client, "w00", "perhaps").status_code == 422
    assert say(client, "w00", "no").status_code == 422
    assert say(client, "w00", "no", reason="ethnicity").status_code == 422
    assert say(client, "w50", "go").status_code == 404
    assert say(client, "nobody", "go").status_code == 404
    assert say(client, "w00", "go", "o-9").status_code == 404
    assert all(not seat.calls for seat in kept(app).people)


def test_who_said_yes_elsewhere_is_refused_and_the_other_order_not_named(app):
    open_order(app, listed=2)
    open_order(app, "o-2", listed=2)
    client = asker(app)
    assert say(client, "w00", "go", "o-2").status_code == 303
    refused = say(client, "w00", "go")
    assert refused.status_code == 409
    assert "已经答应了别的单子" in refused.text
    assert "o-2" not in refused.text
    assert kept(app).people[0].state is SeatState.LISTED


def test_a_couple_is_made_on_the_card_and_both_must_say_yes(app):
    open_order(app)
    client = asker(app)
    for _ in range(2):
        post(client, CARD)
    card = client.get(f"{CARD}/w62.json").json
    assert [other["worker_id"] for other in card["family"]] == ["w63"]
    assert post(client, f"{CARD}/w62/along", other="w63").status_code == 303
    say(client, "w62", "go")
    states = {seat.worker_id: seat.state for seat in kept(app).people}
    assert (states["w62"], states["w63"]) == (SeatState.HELD, SeatState.HELD)
    say(client, "w63", "go")
    states = {seat.worker_id: seat.state for seat in kept(app).people}
    assert (states["w62"], states["w63"]) == (SeatState.CONFIRMED, SeatState.CONFIRMED)


def test_the_card_says_three_things_and_the_drawback(app):
    open_order(app)
    client = asker(app)
    post(client, CARD)
    card = client.get(f"{CARD}/{kept(app).people[0].worker_id}.json").json
    assert len(card["points"]) == 3
    assert "百朋街口" in card["points"][2]
    assert "包住" in card["points"][1]
    assert card["drawback"]


def test_a_bus_whose_stop_is_not_settled_yet_is_told_in_a_whole_sentence(app):
    open_order(app)
    application = county.application_of(app)
    application.orders.change_order("o-1", lambda order, _: msgspec.structs.replace(order, pickup=""))
    client = asker(app)
    post(client, CARD)
    said = client.get(f"{CARD}/{kept(app).people[0].worker_id}.json").json["points"][2]
    assert said.endswith("7:00走，上车地点另外通知。")
    assert said in post(client, "/broker/orders/o-1/group-text").text


def test_the_text_for_a_group_names_nobody_and_is_counted(app):
    open_order(app, listed=5)
    client = asker(app)
    for n in (1, 2):
        answer = post(client, "/broker/orders/o-1/group-text")
        assert f"第{n}次" in answer.text
    assert "缝纫工" in answer.text
    assert "不收钱" in answer.text
    people = county.application_of(app).store.identities([f"w{n:02d}" for n in range(N_PEOPLE)])
    assert not [person.name for person in people.values() if person.name and person.name in answer.text]


def test_a_person_of_another_township_is_on_no_page_of_a_township_broker(app):
    open_order(app, listed=3)
    client = asker(app, Role.BROKER, "450206102202")
    assert client.get(f"{CARD}.json").status_code == 404
    open_order(app, "o-2", region="450206102202", listed=3)
    told = client.get("/broker/orders/o-2/calls.json").json
    assert [row["worker_id"] for row in told["to_call"]] == ["w01"]
    assert client.get("/broker/orders/o-2/calls/w00").status_code == 404
    assert say(client, "w00", "go", "o-2").status_code == 404
