"""The desk of two ledgers: pushed, decided by three keys, taken back, carried over; who sees what, who stands twice."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from county import application_of
from office_desk import ON, desk, entries
from reconcile_push import OURS, THEIRS, push, say, sheet, told, truth

from matcher.records import Kind
from matcher.records.access import Role
from matcher.services.reconcile import runs
from matcher.services.reconcile.comparison import worded
from matcher.services.reconcile.lists import LIST_TITLES
from matcher.services.reconcile.runs import Push


@pytest.fixture
def run(officer):
    answer = push(*officer)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def test_what_differs_is_said_in_words_and_not_in_codes(officer, run):
    client, _ = officer
    rows = [
        {row["label"]: (row["left"][0]["text"], row["right"][0]["text"]) for row in pair["rows"]}
        for pair in _pairs(client, run)
    ]
    assert ("已就业", "未就业") in [row.get("就业状态") for row in rows]
    assert worded("skills", '["缝纫","电工"]') == "缝纫、电工"
    assert worded("wish_to_work", "true") == "是"


def _pairs(client, run):
    """Each pair of a run's queue, one after the other."""
    page = told(client, run)
    while page["pair"]:
        yield page["pair"]
        if not page["after"]:
            return
        page = told(client, run, pair=page["after"])


def test_a_push_is_decided_pair_by_pair_taken_back_and_signed(officer, run):
    client, csrf = officer
    first = told(client, run)
    assert (first["counts"]["agree"], first["counts"]["typo"], first["counts"]["status_differs"]) == (1, 1, 1)
    assert (first["n_open"], first["number"]) == (2, 1)
    assert first["pair"]["kind"] == "status_differs"
    fall = first["pair"]["fall"]
    assert fall["start"] + sum(step["units"] for step in fall["steps"]) == fall["end"]
    assert say(client, csrf, run, "apart", first["pair"], reason="看过证件").status_code == 303
    second = told(client, run)
    assert (second["n_open"], second["n_answered"], second["pair"]["kind"]) == (1, 1, "typo")
    say(client, csrf, run, "phone", second["pair"])
    assert told(client, run)["n_ring_up"] == 1
    back = told(client, run, pair=first["pair"]["pair"])["pair"]
    assert (back["answer"], back["history"][0]["reason"]) == ("apart", "看过证件")
    assert say(client, csrf, run, "back", back).status_code == 303
    assert told(client, run)["n_open"] == 2
    again = told(client, run, pair=first["pair"]["pair"])["pair"]
    assert [one["taken_back"] for one in again["history"]] == [True]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{run}/result.xlsx").get_data()))
    assert book.sheetnames == ["签认", "逐对判断"]
    assert client.get(f"{run}/result.xlsx").get_data() == client.get(f"{run}/result.xlsx").get_data()


def test_one_person_whose_rows_differ_is_done_when_it_is_said_which_is_right(county, officer, run):
    client, csrf = officer
    pair = told(client, run)["pair"]
    assert truth(client, csrf, run, "left", pair).status_code == 422, "nobody has called them one person yet"
    asked_on = say(client, csrf, run, "same", pair)
    assert asked_on.location.endswith(f"?pair={pair['pair']}")
    page = client.get(f"{asked_on.location.split('?')[0]}.json", query_string={"pair": pair["pair"]}).get_json()
    assert [key["value"] for key in page["answers"]] == ["left", "right", "neither", "phone"]
    assert (page["told"]["n_open"], page["told"]["pair"]["asks_truth"]) == (2, True)
    on = truth(client, csrf, run, "phone", page["told"]["pair"])
    assert "pair=" not in on.location
    assert (told(client, run)["n_open"], told(client, run)["n_ring_up"]) == (2, 1)
    rung = told(client, run, pair=pair["pair"])["pair"]
    truth(client, csrf, run, "right", rung, reason="打过电话")
    done = told(client, run)
    assert (done["n_open"], done["n_answered"], done["pair"]["kind"]) == (1, 1, "typo")
    deeds = application_of(county).deeds
    said = deeds.stream(f"pair:{pair['pair']}")[-1]
    assert (said.on.isoformat(), said.body["truth"], said.body["fields"]) == (
        ON.isoformat(), "right", ["employment_status"],
    )  # fmt: skip
    assert row_of(client, run, "覃大海")["哪家对"] == "右表对"
    assert row_of(client, run, "覃大海")["依据"] == "打过电话"
    assert row_of(client, run, "覃大海")["不一致"] == "就业状态：已就业 / 未就业"
    back = told(client, run, pair=pair["pair"])["pair"]
    assert say(client, csrf, run, "back", back).status_code == 303
    assert told(client, run, pair=pair["pair"])["pair"]["truth"] == "phone"
    assert told(client, run)["n_open"] == 2


def row_of(client, run, name):
    """The row of somebody in the signed result; of columns with one name the last."""
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{run}/result.xlsx").get_data()))
    header, *rows = book["逐对判断"].iter_rows(values_only=True)
    return next(dict(zip(header, row, strict=True)) for row in rows if name in row)


def test_next_week_asks_on_which_of_two_rows_is_right(officer, run):
    client, csrf = officer
    pair = told(client, run)["pair"]
    say(client, csrf, run, "same", pair)
    more = (("蓝阿公", "450206195003070013", "板江村", "", "未就业"), *OURS)
    again = push(client, csrf, ours=more).location
    asked = told(client, again, pair=pair["pair"])
    assert (asked["n_open"], asked["settled"], asked["pair"]["asks_truth"]) == (2, 0, True)
    truth(client, csrf, again, "neither", asked["pair"])
    more = (("蓝阿婆", "450206195003070021", "板江村", "", "未就业"), *OURS)
    after = told(client, push(client, csrf, ours=more).location)
    assert (after["n_open"], after["settled"]) == (1, 1)


def test_no_page_shows_a_whole_number_and_audit_reads_no_names(county, officer, run):
    client, _ = officer
    pair = told(client, run)["after"]
    for path in (run, f"{run}.json", f"{run}?pair={pair}", f"{run}.json?pair={pair}"):
        text = client.get(path).get_data(as_text=True)
        assert not any(row[1] in text or (row[3] and row[3] in text) for row in (*OURS, *THEIRS))
    assert "韦小英" in client.get(f"{run}?pair={pair}").get_data(as_text=True)
    auditor, _ = desk(county, Role.AUDITOR)
    text = auditor.get(f"{run}?pair={pair}").get_data(as_text=True)
    assert "韦*英" in text
    assert "韦小英" not in text
    assert auditor.get(f"{run}/result.xlsx").status_code == 403
    assert entries(county, run.rsplit("/", 1)[1])


def test_of_two_officers_on_one_pair_the_second_is_told_and_not_written(county, officer, run):
    client, csrf = officer
    other, other_csrf = desk(county, Role.ADMINISTRATOR)
    pair = told(client, run)["pair"]
    assert say(client, csrf, run, "same", pair).status_code == 303
    late = say(other, other_csrf, run, "apart", pair)
    assert late.status_code == 409
    assert "同一人" in late.get_data(as_text=True)
    assert [one["answer_label"] for one in told(client, run, pair=pair["pair"])["pair"]["history"]] == ["同一人"]


def test_next_week_asks_only_for_what_changed(officer, run):
    client, csrf = officer
    for answer in ("apart", "same"):
        say(client, csrf, run, answer, told(client, run)["pair"])
    assert push(client, csrf).location == run
    more = (("蓝阿公", "450206195003070013", "板江村", "", "未就业"), *OURS)
    same_facts = told(client, push(client, csrf, ours=more).location)
    assert (same_facts["n_open"], same_facts["settled"]) == (0, 2)
    assert same_facts["counts"]["left_only"] == 2
    changed = ((*OURS[0][:4], "未就业"), *OURS[1:])
    asked = told(client, push(client, csrf, ours=changed).location)
    assert (asked["n_open"], asked["settled"]) == (1, 1)
    assert asked["pair"]["changed"] is True


def test_rows_without_a_partner_and_rows_twice_open_as_lists(county, officer):
    client, csrf = officer
    alone, extra = (
        ("蓝阿公", "450206195003070013", "板江村", "15400000023", "未就业"),
        ("蓝阿婆", "", "六屯村", "", "已就业"),
    )
    address = push(client, csrf, ours=(*OURS, alone, alone), theirs=(*THEIRS, extra)).location
    page = told(client, address)
    assert {name: page["counts"][name] for name in LIST_TITLES} == {"left_only": 2, "right_only": 1, "doubles": 1}
    for name, people in (("left_only", ["蓝阿公"] * 2), ("right_only", ["蓝阿婆"]), ("doubles", ["蓝阿公"] * 2)):
        text = client.get(address).get_data(as_text=True)
        assert f"{address}/rows/{name}" in text
        rows = told(client, f"{address}/rows/{name}")["rows"]
        assert len(rows) == page["counts"][name]
        assert [one["name"] for row in rows for one in row["rows"]] == people
    (first, _) = told(client, f"{address}/rows/left_only")["rows"]
    assert (first["rows"][0]["row"], first["rows"][0]["village"]) == (5, "板江村")
    assert first["rows"][0]["facts"] == [{"label": "就业状态", "text": "未就业"}]
    for path in (f"{address}/rows/left_only", f"{address}/rows/left_only.json"):
        assert not any(cell in client.get(path).get_data(as_text=True) for cell in (alone[1], alone[3]))
    auditor, _ = desk(county, Role.AUDITOR)
    assert "蓝*公" in auditor.get(f"{address}/rows/left_only").get_data(as_text=True)
    assert client.get(f"{address}/rows/agree").status_code == 404
    part, _ = desk(county, Role.OFFICER, regions=("450206103",))
    assert part.get(f"{address}/rows/left_only").status_code == 404


def test_the_whole_comparison_is_handed_to_officers_of_the_whole_county_alone(county, officer, run):
    client, _ = officer
    answer = client.get(f"{run}/book.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.get_data()))
    assert {"待核对", "同一人", "只在左表", "只在右表", "同表重复"} <= set(book.sheetnames)
    assert book["同一人"].max_row == 1 + len(OURS)
    assert answer.get_data() == client.get(f"{run}/book.xlsx").get_data()
    assert answer.headers["Cache-Control"] == "no-store"
    auditor, _ = desk(county, Role.AUDITOR)
    assert auditor.get(f"{run}/book.xlsx").status_code == 403
    part, _ = desk(county, Role.OFFICER, regions=("450206103",))
    assert part.get(f"{run}/book.xlsx").status_code == 404


def test_whose_name_and_number_a_pair_a_list_or_a_download_shows_finds_the_look(county, officer):
    client, csrf = officer
    store = application_of(county).store
    people = store.identities([one.worker_id for one in store.records(Kind.WORKERS)])
    asked, agreeing, alone, absent = [one for one in sorted(people) if people[one].id_number][:4]
    rows = {one: (people[one].name, people[one].id_number, "六屯村", people[one].phone or "") for one in people}
    ours = [(*rows[asked], "已就业"), (*rows[agreeing], "已就业"), (*rows[alone], "已就业")]
    theirs = [(*rows[asked], "未就业"), (*rows[agreeing], "已就业")]
    address = push(client, csrf, ours=ours, theirs=theirs).location
    pair = told(client, address)["pair"]
    say(client, csrf, address, "apart", pair)
    say(client, csrf, address, "back", told(client, address, pair=pair["pair"])["pair"])
    for path in ("rows/left_only", "result.xlsx", "book.xlsx"):
        assert client.get(f"{address}/{path}").status_code == 200

    def looks(worker_id):
        return {entry.action for entry in entries(county, worker_id)} - {"doubles"}

    of_pair = {"reconcile_pair", "reconcile_answer", "reconcile_back"}
    assert looks(asked) == {*of_pair, "reconcile_result", "reconcile_book"}
    assert looks(agreeing) == {"reconcile_book"}
    assert looks(alone) == {"reconcile_rows", "reconcile_result", "reconcile_book"}
    assert looks(absent) == set()
    page = client.get(f"/office/people/{asked}/looks").get_data(as_text=True)
    assert "核对时看了写着此人的一对" in page


def test_the_next_push_is_due_as_the_document_says(county, officer):
    client, csrf = officer
    clock = client.get("/office.json").get_json()["waiting"]["push"]
    assert (clock["last_on"], clock["due_on"], clock["every_days"], clock["clause"]) == (None, None, 7, "四(八)")
    assert clock["borrowed"] is True
    assert "还没核对过" in client.get("/office").get_data(as_text=True)
    application = application_of(county)
    call = Push(
        left=sheet(OURS), right=sheet(THEIRS), left_name="a.csv", right_name="b.csv",
        on=ON - timedelta(days=9), jurisdiction=application.settings.jurisdiction, by="officer",
    )  # fmt: skip
    runs.push(application.deeds, application.means, call, key=application.store.row_key(), at=application.clock.now())
    late = client.get("/office.json").get_json()["waiting"]["push"]
    assert (late["due_on"], late["days_left"]) == ((ON - timedelta(days=2)).isoformat(), -2)
    assert "迟了2天" in client.get("/office").get_data(as_text=True)
    push(client, csrf)
    assert client.get("/office/reconcile.json").get_json()["push"]["days_left"] == 7
    part, _ = desk(county, Role.OFFICER, regions=("450206103",))
    assert part.get("/office.json").get_json()["waiting"]["push"] is None
