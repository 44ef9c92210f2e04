"""Finding a person and everything kept of one: inside the region, as much of the name as the role reads, and logged."""

from __future__ import annotations

import pytest
from county import application_of, clock
from office_desk import GOOD, HEADERS, SCRIPT, candidates_of, desk, entries, imported, seeker, shown_to

from matcher.records import Kind, Placement, Worker
from matcher.records.access import Reaction, Role


@pytest.fixture
def officer(app):
    return desk(app)


def identity(app, worker_id):
    return application_of(app).store.identities([worker_id])[worker_id]


def named(app):
    """Somebody with a whole identity."""
    for worker in application_of(app).store.records(Kind.WORKERS):
        found = identity(app, worker.worker_id)
        if found.name and len(found.name) > 2 and found.id_number and found.phone:
            return worker, found
    raise AssertionError("the county has somebody with a whole identity")


def sought(client, csrf, asked):
    answer = client.post("/office/people", data={"csrf": csrf, "q": asked})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_person_is_found_by_name_by_id_and_by_the_tail_of_the_identity_number(app, officer):
    worker, known = named(app)
    for asked in (known.name, known.name[:2], worker.worker_id, known.id_number[-4:], known.id_number[-4:].lower()):
        assert f"/office/people/{worker.worker_id}" in sought(*officer, asked), asked


def test_one_letter_of_a_name_finds_nobody(app, officer):
    _, known = named(app)
    page = sought(*officer, known.name[0])
    assert "名字至少写两个字" in page
    assert "/office/people/" not in page.split("<main", 1)[1]


def test_officers_read_the_name_audit_a_masked_one_and_nobody_a_whole_number(app, officer):
    worker, known = named(app)
    for role, name in ((Role.OFFICER, known.name), (Role.ADMINISTRATOR, known.name), (Role.AUDITOR, None)):
        client, csrf = desk(app, role)
        pages = [sought(client, csrf, known.id_number[-4:])]
        pages += [client.get(f"/office/people/{worker.worker_id}{end}").get_data(as_text=True) for end in ("", ".json")]
        for page in pages:
            assert (known.name in page) is (name is not None)
            assert known.id_number not in page
            assert known.phone not in page
            assert f"****{known.id_number[-4:]}" in page


def test_a_name_that_was_sought_stands_in_no_address(officer):
    client, csrf = officer
    answer = client.get("/office/people?q=韦小英")
    assert "韦小英" not in answer.get_data(as_text=True)
    assert client.post("/office/people", data={"csrf": csrf, "q": "韦小英"}).location is None


def test_the_number_of_a_list_leads_to_the_list(app, officer):
    client, csrf = officer
    answer = client.post("/office/people", data={"csrf": csrf, "q": " d-0123 "})
    assert (answer.status_code, answer.location) == (303, "/office/decisions/d-0123")


def test_every_recorded_fact_stands_with_file_sheet_row_and_author(app, officer):
    client, _ = officer
    worker = seeker(app)
    told = client.get(f"/office/people/{worker.worker_id}.json").get_json()
    history = application_of(app).store.history(Kind.WORKERS, worker.worker_id)
    assert len(told["facts"]) == len(history)
    assert {row["field"] for row in told["facts"] if row["now"]} == {fact.field for fact in history}
    assert all(row["file"] and row["row"] and row["by"] and row["batch_id"] for row in told["facts"])


def test_a_fact_that_was_stated_again_keeps_what_stood_before(make_app):
    app = make_app()
    client, csrf = desk(app)
    people = "\n".join((f"{HEADERS},文化程度", f"韦样例甲,{GOOD},,450206102201,{{}}"))
    for schooling in ("小学", "初中"):
        imported(client, csrf, people.format(schooling))
    (worker_id,) = application_of(app).store.workers_by_id_number([GOOD]).values()
    told = client.get(f"/office/people/{worker_id}.json").get_json()
    assert [(row["value"], row["now"]) for row in told["facts"] if row["field"] == "education"] == [
        ("初中", True), ("小学", False),
    ]  # fmt: skip


def test_labels_are_those_of_the_day_and_the_tier_has_its_clause(app, officer):
    client, _ = officer
    poor = next(
        w for w in application_of(app).store.records(Kind.WORKERS)
        if isinstance(w, Worker) and w.registered_poor and w.relocated
    )  # fmt: skip
    told = client.get(f"/office/people/{poor.worker_id}.json").get_json()
    assert {"建档立卡贫困人口", "易地搬迁人口"} <= {row["label"] for row in told["labels"] if row["holds"]}
    assert (told["tier"]["label"], told["tier"]["document"]) == ("第一档", "江政办发〔2018〕97号")
    assert told["tier"]["clause"]
    assert all(row["ask"] for row in told["labels"] if row["holds"] is None)


def test_every_list_that_was_shown_stands_with_what_the_person_said_to_it(app, officer):
    client, _ = officer
    worker = seeker(app, 1)
    decision = shown_to(app, worker.worker_id, public=True)
    exposed = application_of(app).store.exposures("2018-02-01/2018-07-31")[worker.worker_id]
    application_of(app).access.add_reactions([
        Reaction(event_id=f"e-{worker.worker_id}", ts=clock(app).now(), decision_id=decision,
                 worker_id=worker.worker_id, vacancy_id=sorted(exposed)[0], kind="decline", reason_code="wage"),
    ])  # fmt: skip
    told = client.get(f"/office/people/{worker.worker_id}.json").get_json()
    assert told["lists"][0]["decision_id"] == decision
    assert told["lists"][0]["public"]
    assert (told["reactions"][0]["what"], told["reactions"][0]["reason"]) == ("不要", "工钱少")
    assert {row["vacancy_id"] for row in told["exposures"]["vacancies"]} == exposed
    assert f"/office/decisions/{decision}" in client.get(f"/office/people/{worker.worker_id}").get_data(as_text=True)


def test_a_candidate_list_somebody_read_leads_back_from_the_person(app, officer):
    client, _ = officer
    worker = seeker(app, 2)
    vacancy_id = sorted(application_of(app).store.exposures("2018-02-01/2018-07-31")[worker.worker_id])[0]
    broker, _ = desk(app, Role.BROKER)
    assert broker.get(f"/broker/orders/{vacancy_id}").status_code == 200
    shown = {subject for entry in application_of(app).access.audit(subject=vacancy_id) for subject in entry.subjects}
    somebody = sorted(shown - {vacancy_id})[0]
    told = client.get(f"/office/people/{somebody}.json").get_json()
    assert vacancy_id in {row["vacancy_id"] for row in told["orders"]}
    decision = next(row["decision_id"] for row in told["orders"] if row["vacancy_id"] == vacancy_id)
    assert client.get(f"/office/decisions/{decision}.json").get_json()["kind"] == "candidates"


def test_placements_stand_in_words(app, officer):
    client, _ = officer
    placement = next(p for p in application_of(app).store.records(Kind.PLACEMENTS) if isinstance(p, Placement))
    told = client.get(f"/office/people/{placement.worker_id}.json").get_json()
    assert placement.placement_id in {row["placement_id"] for row in told["placements"]}
    fields = {field["field"]: field["value"] for row in told["placements"] for field in row["fields"]}
    assert fields["start"] == placement.start.isoformat()


def test_each_look_is_logged_and_shown_to_the_next(app, officer):
    client, csrf = officer
    worker = seeker(app, 3)
    client.get(f"/office/people/{worker.worker_id}")
    sought(client, csrf, worker.worker_id)
    assert [entry.action for entry in entries(app, worker.worker_id)[:2]] == ["people", "person"]
    told = client.get(f"/office/people/{worker.worker_id}.json").get_json()
    assert [row["what"] for row in told["looks"][:2]] == ["查找到此人", "看了来由页"]
    assert not [entry for entry in entries(app, worker.worker_id) if "q" in entry.detail or "name" in entry.detail]


def test_outside_the_region_nobody_is_there(app, officer):
    worker, known = named(app)
    other = next(
        w for w in application_of(app).store.records(Kind.WORKERS) if w.place_code[:9] != worker.place_code[:9]
    )
    client, csrf = desk(app, regions=(other.place_code[:9],))
    assert client.get(f"/office/people/{other.worker_id}").status_code == 200
    before = len(entries(app, worker.worker_id))
    for path in (f"/office/people/{worker.worker_id}", f"/office/people/{worker.worker_id}.json",
                 f"/office/lists/{worker.worker_id}"):  # fmt: skip
        assert client.get(path).status_code == 404
    for asked in (worker.worker_id, known.id_number[-4:], known.name):
        assert f"/office/people/{worker.worker_id}" not in sought(client, csrf, asked)
    assert client.get(f"/office/people.json?town={worker.place_code[:9]}").get_json()["n_found"] == 0
    assert len(entries(app, worker.worker_id)) == before


def test_whoever_was_erased_is_gone_for_good_and_says_so(make_app):
    app = make_app()
    worker = seeker(app)
    application_of(app).store.erase_worker(worker.worker_id, at=clock(app).now(), by="test")
    client, _ = desk(app)
    answer = client.get(f"/office/people/{worker.worker_id}")
    assert answer.status_code == 410
    assert "已按要求删除" in answer.get_data(as_text=True)
    town, _ = desk(app, regions=(worker.place_code[:9],))
    assert town.get(f"/office/people/{worker.worker_id}").status_code == 404


@pytest.mark.parametrize("asked", [SCRIPT, "' OR 1=1 --", "%", "../../etc", "x" * 500, "\u202e韦", "💥💥"])
def test_whatever_is_typed_is_text(officer, asked):
    page = sought(*officer, asked)
    assert SCRIPT not in page
    assert "没有找到" in page


def test_an_order_whose_list_was_never_read_is_no_list_of_the_person(app, officer):
    client, _ = officer
    worker = seeker(app, 4)
    vacancy_id = sorted(application_of(app).store.exposures("2018-02-01/2018-07-31")[worker.worker_id])[0]
    decision = candidates_of(app, vacancy_id)
    told = client.get(f"/office/people/{worker.worker_id}.json").get_json()
    assert decision not in {row["decision_id"] for row in told["lists"]}
