"""Files of ledgers and payments: gone by their term or with a person, a deed says so, reading through is sound."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta

import county
import pytest
from click.testing import CliRunner
from office_desk import ON, desk

from api.v1.attendant import attendant_of
from matcher.cli.upkeep import tidy_command
from matcher.errors import Erased
from matcher.office.keeping.terms import FileKind, terms
from matcher.records import Kind
from matcher.records.access import Role
from matcher.records.deeds import NewDeed, file_name
from matcher.services.office.erase_person import ErasePerson, erase_person
from matcher.services.reconcile import runs
from matcher.services.reconcile.keeping import DROPPED, forget_in_runs
from matcher.services.reconcile.runs import Push, outline_of, outlines, pair_at
from matcher.services.tidy import drop_old_files

HEADERS = ("姓名", "身份证号", "村", "联系电话", "就业状态", "备注")
OTHERS = (
    ("黎样例", "450206196511110018", "六屯村", "15400000019"),
    ("覃样例", "450206199203050010", "板江村", "15400000011"),
)


@pytest.fixture
def app(make_app):
    return make_app()


@pytest.fixture
def run(app):
    """The application, one of its people as the ledgers write it, and the id of a push with two pairs to be asked."""
    application = county.application_of(app)
    people = application.store.identities([one.worker_id for one in application.store.records(Kind.WORKERS)])
    person = next(one for one in people.values() if one.name and one.id_number and one.phone)
    row = (person.name, person.id_number, "六屯村", person.phone)
    rows = [row, *OTHERS]
    ours = [(*row, "已就业", "") for row in rows]
    theirs = [(*row, "未就业", "") for row in rows]
    return application, person, push(app, ours, theirs)


def sheet(rows):
    text = io.StringIO()
    csv.writer(text).writerows([HEADERS, *rows])
    return text.getvalue().encode()


def push(app, ours, theirs):
    client, csrf = desk(app)
    files = {"left": (io.BytesIO(sheet(ours)), "人社.csv"), "right": (io.BytesIO(sheet(theirs)), "乡村振兴.csv")}
    answer = client.post("/office/reconcile", data={"csrf": csrf, **files}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert attendant_of(app).rest(60)
    return client.get(answer.location).location.rpartition("/")[2]


def everything(deeds, run_id):
    """All that is still kept of a push, as text."""
    kept, outline = [], outline_of(deeds, run_id)
    stream = deeds.stream(f"reconcile:{run_id}")
    names = {stream[0].body["left"], stream[0].body["right"], outline.book, *outline.parts, stream[0].body["outline"]}
    names |= {part for shelf in outline.lists.values() for part in shelf.parts}
    for name in names - {""}:
        try:
            kept.append(deeds.file(name).decode("utf-8", errors="replace"))
        except Erased:
            continue
    return "".join(kept) + json.dumps([deed.body for deed in stream], ensure_ascii=False)


def tidied(application, on):
    return drop_old_files(application.deeds, by="tidy", on=on, at=county.NOON)


def test_an_erased_person_goes_out_of_every_ledger_and_the_rest_of_the_queue_stays(app, run):
    application, person, run_id = run
    deeds = application.deeds
    assert person.id_number in everything(deeds, run_id)
    n_before = len(outline_of(deeds, run_id).lines)
    call = ErasePerson(
        worker_id=person.worker_id, reason="own_request", actor="liang", role="administrator", now=county.NOON, on=ON
    )
    told = erase_person(application.store, application.orders, application.texts, deeds, application.access, call)
    outline = outline_of(deeds, run_id)
    assert (told["n_ledgers"], len(outline.lines), outline.n_redacted) == (1, n_before - 1, 1)
    left = everything(deeds, run_id)
    assert all(word not in left for word in (person.name, person.id_number, person.phone))
    assert {pair_at(deeds, outline, ix).left.cells.name for ix in range(len(outline.lines))} == {"黎样例", "覃样例"}
    (said,) = [deed for deed in deeds.stream(f"reconcile:{run_id}") if deed.kind == DROPPED]
    assert (said.body["why"], said.body["gone"], said.body["n_pairs"]) == ("person_erased", ["ledger"], 1)
    assert application.upkeep.soundness().altered == ()
    client, _ = desk(app)
    page = client.get(f"/office/reconcile/{run_id}").get_data(as_text=True)
    assert "已按规定删除" in page
    assert "依法删除" in page
    assert client.get(f"/office/reconcile/{run_id}/result.xlsx").status_code == 200


def test_an_erased_person_goes_out_of_the_lists_and_the_lists_go_by_their_term(app, run):
    application, person, _ = run
    deeds, row = application.deeds, (person.name, person.id_number, "板江村", person.phone, "已就业", "")
    run_id = push(app, [row, row, *((*one, "未就业", "") for one in OTHERS)], [(*OTHERS[0], "已就业", "")])
    lists = outline_of(deeds, run_id).lists
    assert {name: shelf.n for name, shelf in lists.items()} == {"left_only": 3, "right_only": 0, "doubles": 1}
    assert person.name in everything(deeds, run_id)
    forget_in_runs(deeds, [person], by="liang", on=ON, at=county.NOON)
    lists = outline_of(deeds, run_id).lists
    assert {name: shelf.n for name, shelf in lists.items()} == {"left_only": 1, "right_only": 0, "doubles": 0}
    assert all(word not in everything(deeds, run_id) for word in (person.name, person.id_number, person.phone))
    client, _ = desk(app)
    page = client.get(f"/office/reconcile/{run_id}/rows/left_only")
    assert "已拿掉" in page.get_data(as_text=True)
    assert client.get(f"/office/reconcile/{run_id}/book.xlsx").status_code == 410
    tidied(application, ON + timedelta(days=terms()[FileKind.QUEUE].days + 1))
    assert OTHERS[1][0] not in everything(deeds, run_id)
    assert client.get(f"/office/reconcile/{run_id}/rows/left_only").status_code == 410
    assert client.get(f"/office/reconcile/{run_id}").status_code == 200


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, True),
        ({"number": ""}, True),
        ({"number": "", "name": "样例六"}, True),
        ({"name": "样例六"}, True),
        ({"phone": ""}, True),
        ({"number": "450206196511110018", "phone": ""}, False),
        ({"name": "样例六", "number": "450206196511110018", "phone": "", "note": "{name}的家属"}, True),
        ({"name": "板江村", "number": "450206196511110018", "phone": "", "village": "{name}"}, True),
        ({"name": "样例六", "number": "450206196511110018", "phone": ""}, False),
    ],
    ids=[
        "all",
        "no number",
        "phone alone",
        "number and phone",
        "name and number",
        "namesake",
        "note",
        "village",
        "another",
    ],
)
def test_a_row_is_a_persons_by_number_phone_name_or_note_and_a_namesake_stays(app, run, change, found):
    application, person, _ = run
    as_is = {"name": person.name, "number": person.id_number, "village": "板江村", "phone": person.phone, "note": ""}
    said = {name: text.format(name=person.name) for name, text in (as_is | change).items()}
    row, note = (said["name"], said["number"], said["village"], said["phone"]), said["note"]
    run_id = push(app, *([(*row, state, note), (*OTHERS[1], "已就业", "")] for state in ("已就业", "未就业")))
    n_before = len(outline_of(application.deeds, run_id).lines)
    forget_in_runs(application.deeds, [person], by="liang", on=ON, at=county.NOON)
    assert n_before - len(outline_of(application.deeds, run_id).lines) == found


def test_ledgers_and_queues_go_by_their_terms_and_answers_stay(app, run):
    application, person, run_id = run
    deeds = application.deeds
    client, csrf = desk(app)
    told = client.get(f"/office/reconcile/{run_id}.json").get_json()["told"]["pair"]
    said = {"csrf": csrf, "pair": told["pair"], "seen": told["seen"], "answer": "same"}
    assert client.post(f"/office/reconcile/{run_id}/answers", data=said).status_code == 303
    days = {kind: timedelta(days=terms()[kind].days) for kind in (FileKind.LEDGER, FileKind.QUEUE)}
    assert set(tidied(application, ON + days[FileKind.LEDGER]).values()) == {0}
    after = tidied(application, ON + days[FileKind.LEDGER] + timedelta(days=1))
    assert (after[FileKind.LEDGER], after[FileKind.QUEUE]) == (len(outlines(deeds)), 0)
    with pytest.raises(Erased):
        deeds.file(outline_of(deeds, run_id).left_sha256)
    assert client.get(f"/office/reconcile/{run_id}").status_code == 200
    after = tidied(application, ON + days[FileKind.QUEUE] + timedelta(days=1))
    assert after[FileKind.QUEUE] == len(outlines(deeds))
    assert person.id_number not in everything(deeds, run_id)
    assert (outline_of(deeds, run_id).lines, len(deeds.deeds(prefix="pair:", subject=run_id))) == ((), 1)
    assert client.get(f"/office/reconcile/{run_id}").status_code == 200
    assert client.get(f"/office/reconcile/{run_id}/result.xlsx").status_code == 410
    assert set(tidied(application, ON + timedelta(days=999)).values()) == {0}
    assert application.upkeep.soundness().altered == ()


def test_a_file_that_another_push_needs_stays_until_that_one_goes_too(app, run):
    application, _, run_id = run
    deeds = application.deeds
    first = deeds.stream(f"reconcile:{run_id}")[0]
    later = ON + timedelta(days=terms()[FileKind.LEDGER].days)
    left, right = (deeds.file(first.body[side]) for side in ("left", "right"))
    again = Push(
        left=left,
        right=right,
        left_name="a.csv",
        right_name="b.csv",
        on=later,
        jurisdiction=county.JURISDICTION,
        by="a",
    )
    runs.push(deeds, application.means, again, key=application.store.row_key(), at=county.NOON)
    tidied(application, later + timedelta(days=1))
    assert deeds.file(first.body["left"])
    tidied(application, later + timedelta(days=999))
    with pytest.raises(Erased):
        deeds.file(first.body["left"])


def test_payment_papers_stay_their_years_and_then_go_with_a_deed(app):
    deeds = county.application_of(app).deeds
    file, reply = b"line,name", b"line,paid"
    made = NewDeed(
        kind="payment.made", at=county.NOON, on=date(2018, 5, 1), by="a", keeps=(file,),
        body={"lines": [], "sha256": file_name(file)},
    )  # fmt: skip
    replied = NewDeed(
        kind="payment.replied", at=county.NOON, on=date(2019, 1, 2), by="a", keeps=(reply,),
        body={"told": {}, "problems": [], "sha256": file_name(reply)},
    )  # fmt: skip
    deeds.act("payment:p-1", lambda _: [made, replied])
    application, last = county.application_of(app), date(2018 + terms()[FileKind.PAYMENT].years, 12, 31)
    assert tidied(application, last)[FileKind.PAYMENT] == 0
    after = tidied(application, last + timedelta(days=1))
    assert (after[FileKind.PAYMENT], after[FileKind.REPLY]) == (1, 0)
    with pytest.raises(Erased):
        deeds.file(file_name(file))
    assert deeds.file(file_name(reply)) == reply
    assert deeds.stream("payment:p-1")[-1].body == {"why": "term", "files": [file_name(file)]}
    assert application.upkeep.soundness().altered == ()


def test_the_command_tells_the_terms_and_what_went(app):
    application = county.application_of(app)
    told = CliRunner().invoke(tidy_command, ["--home", str(application.settings.home), "--terms"])
    rows = {row["kind"]: row for row in json.loads(told.stdout)}
    assert set(rows) == {kind.value for kind in FileKind}
    assert all(row["source"] and row["n_gone"] == 0 for row in rows.values())
    done = CliRunner().invoke(tidy_command, ["--home", str(application.settings.home)])
    assert done.exit_code == 0, done.output


def test_an_auditor_reads_why_something_went(app, run):
    application, person, run_id = run
    forget_in_runs(application.deeds, [person], by="liang", on=ON, at=county.NOON)
    client, _ = desk(app, Role.AUDITOR)
    told = client.get(f"/office/reconcile/{run_id}.json").get_json()["told"]
    assert told["gone"] == [{"title": terms()[FileKind.LEDGER].title, "on": ON.isoformat()}]
    assert told["n_redacted"] == 1
