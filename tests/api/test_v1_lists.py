"""Lists over HTTP: the services' own answers, redacted for who asks, logged, and given again byte for byte."""

from __future__ import annotations

import county
import msgspec
import pytest
from audit_chain import broken_audit
from pydantic import ValidationError

from api.v1.operations import SHORT
from api.v1.reading import WorkerListing
from api.v1.shapes import MATCH_EXAMPLE
from matcher.privacy import WITHHELD
from matcher.records import Kind
from matcher.records.access import Role, Scope
from matcher.services.rounds.match import match
from matcher.services.rounds.requests import read_request
from matcher.store.glance import Glance

API = "/api/v1"
PROBLEM = "application/problem+json"


def ids(app, kind, field):
    return [getattr(record, field) for record in county.application_of(app).store.records(kind)]


@pytest.fixture(scope="module")
def workers(app):
    return ids(app, Kind.WORKERS, "worker_id")


@pytest.fixture(scope="module")
def listed(app, workers):
    """A worker whose list is not empty."""
    client, headers = app.test_client(), county.bearer(app, Role.OFFICER)
    for worker_id in workers:
        answer = client.get(f"{API}/workers/{worker_id}/recommendations", headers=headers).json
        if answer["lists"][0]["items"]:
            return worker_id
    raise AssertionError("nobody has a list")


def told(value, found=None):
    """Every field name anywhere in an answer."""
    found = set() if found is None else found
    if isinstance(value, dict):
        found.update(value)
        for each in value.values():
            told(each, found)
    elif isinstance(value, list):
        for each in value:
            told(each, found)
    return found


def test_a_long_query_says_what_a_short_one_says(client, token, listed):
    asked, headers = f"{API}/workers/{listed}/recommendations?top=2", token(Role.OFFICER)
    short, again = (client.get(asked, headers=headers).data for _ in range(2))
    assert client.get(asked + "&" * (SHORT + 1), headers=headers).data == short == again


def test_parameters_that_calls_share_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        WorkerListing().top = 2


def test_a_list_is_logged_and_given_again_byte_for_byte(client, token, listed):
    headers = token(Role.OFFICER)
    asked = f"{API}/workers/{listed}/recommendations?explain=true&refused=true&top=2&on=2018-06-02"
    first = client.get(asked, headers=headers)
    assert first.status_code == 200
    assert first.json["on"] == "2018-06-02"
    assert len(first.json["lists"][0]["items"]) <= 2
    again = client.get(f"{API}/decisions/{first.json['decision_id']}", headers=headers)
    assert again.status_code == 200
    assert again.data == first.data


def test_a_list_asks_three_times_whether_anything_was_written(app, client, token, listed, monkeypatch):
    """For the token, for the list as a whole, and whether it was overtaken: a page full of lists asks the database."""
    headers, asked = token(Role.OFFICER), []
    path = f"{API}/workers/{listed}/recommendations?explain=true&top="
    client.get(f"{path}4", headers=headers)
    seen = Glance._seen
    monkeypatch.setattr(Glance, "_seen", lambda glance: asked.append(glance) or seen(glance))
    first = client.get(f"{path}3", headers=headers)
    assert len(asked) == 3
    asked.clear()
    assert client.get(f"{path}3", headers=headers).data == first.data
    assert len(asked) == 2


def test_a_list_for_others_tells_nothing_of_a_group(client, token, listed):
    office = client.get(f"{API}/workers/{listed}/recommendations?explain=true", headers=token(Role.OFFICER))
    assert told(office.json) >= {"tier", "priority_factor", "score"}
    for role in (Role.HELPER, Role.KIOSK):
        answer = client.get(f"{API}/workers/{listed}/recommendations?explain=true", headers=token(role))
        assert answer.status_code == 200
        assert not told(answer.json) & WITHHELD
    post = client.get(f"{API}/vacancies", headers=token(Role.BROKER)).json["items"][0]["vacancy_id"]
    answer = client.get(f"{API}/vacancies/{post}/candidates", headers=token(Role.BROKER))
    assert answer.status_code == 200
    assert not told(answer.json) & WITHHELD
    pair = client.get(f"{API}/pairs/{listed}/{post}", headers=token(Role.BROKER))
    assert not told(pair.json) & WITHHELD


def test_a_workers_token_reaches_its_own_worker_only(client, token, workers):
    headers = token(Role.WORKER, subject=workers[0])
    assert client.get(f"{API}/workers/{workers[0]}/recommendations", headers=headers).status_code == 200
    for other in (workers[1], "nobody"):
        assert client.get(f"{API}/workers/{other}/recommendations", headers=headers).status_code == 404


def test_what_lies_in_another_region_is_not_found(client, token, workers, listed):
    post = client.get(f"{API}/vacancies", headers=token(Role.OFFICER)).json["items"][0]["vacancy_id"]
    decision = client.get(f"{API}/workers/{listed}/recommendations", headers=token(Role.OFFICER)).json["decision_id"]
    of_all = client.get(f"{API}/vacancies/{post}/candidates", headers=token(Role.OFFICER)).json["decision_id"]
    elsewhere = token(Role.OFFICER, regions=["532532"])
    for path in (
        f"/workers/{listed}/recommendations", f"/pairs/{listed}/{post}", f"/decisions/{decision}",
        f"/decisions/{of_all}", "/workers/nobody/recommendations",
    ):  # fmt: skip
        answer = client.get(API + path, headers=elsewhere)
        assert (answer.status_code, answer.mimetype) == (404, PROBLEM), path
    assert client.get(f"{API}/vacancies/{post}/candidates", headers=elsewhere).json["lists"][0]["items"] == []
    here = token(Role.OFFICER, regions=[county.COUNTY])
    assert client.get(f"{API}/workers/{listed}/recommendations", headers=here).status_code == 200
    assert client.get(f"{API}/decisions/{decision}", headers=here).status_code == 200
    assert client.get(f"{API}/decisions/{of_all}", headers=here).status_code == 404


def test_every_look_is_told_once_whether_the_list_is_new_or_told_again(app, client, token, listed):
    """A new list and who asked for it are one commit; the same list again makes no second decision."""
    access, store = county.application_of(app).access, county.application_of(app).store
    asked = f"{API}/workers/{listed}/recommendations?on=2018-05-17&top=4"
    looks, logged = len(access.audit(subject=listed, limit=1000)), len(store.decisions_of(listed, limit=1000))
    told = [client.get(asked, headers=token(Role.OFFICER)) for _ in range(3)]
    assert len({answer.data for answer in told}) == 1
    entries = access.audit(subject=listed, limit=1000)
    assert len(entries) == looks + 3
    assert {entry.detail["decision_id"] for entry in entries[:3]} == {told[0].json["decision_id"]}
    assert len(store.decisions_of(listed, limit=1000)) == logged + 1
    assert broken_audit(access) == []


def test_a_look_at_somebody_stands_in_the_audit(app, client, token, listed):
    answer = client.get(f"{API}/workers/{listed}/recommendations", headers=token(Role.HELPER))
    entry = county.application_of(app).access.audit(subject=listed, limit=1)[0]
    assert (entry.action, entry.role) == ("recommend", "helper")
    assert entry.detail == {"decision_id": answer.json["decision_id"]}
    post = client.get(f"{API}/vacancies", headers=token(Role.BROKER)).json["items"][0]["vacancy_id"]
    shown = client.get(f"{API}/vacancies/{post}/candidates", headers=token(Role.BROKER)).json["lists"][0]["items"]
    entry = county.application_of(app).access.audit(subject=post, limit=1)[0]
    assert entry.subjects == (post, *(item["worker_id"] for item in shown))


def test_match_is_the_commands_answer_logged(app, client, token):
    headers = token(Role.OFFICER)
    answer = client.post(f"{API}/match", json=MATCH_EXAMPLE, headers=headers)
    assert answer.status_code == 200
    request = read_request(msgspec.json.encode(MATCH_EXAMPLE))
    assert answer.data == msgspec.json.encode(match(request, county.application_of(app).means))
    replayed = client.get(f"{API}/decisions/{answer.json['decision_id']}", headers=headers)
    assert replayed.data == answer.data
    assert county.application_of(app).store.decision(answer.json["decision_id"]).kind == "match"


def test_a_match_is_replayed_for_those_who_reach_its_people(client, token):
    decision = client.post(f"{API}/match", json=MATCH_EXAMPLE, headers=token(Role.OFFICER)).json["decision_id"]
    for regions, status in ((["450206"], 200), (["450206102"], 404), (["53"], 404), ([], 200)):
        answer = client.get(f"{API}/decisions/{decision}", headers=token(Role.OFFICER, regions=regions))
        assert answer.status_code == status, regions


def test_an_answer_about_somebody_erased_is_gone(make_app):
    app = make_app()
    client, headers = app.test_client(), county.bearer(app, Role.OFFICER)
    worker_id = ids(app, Kind.WORKERS, "worker_id")[0]
    body = {**MATCH_EXAMPLE, "workers": [{"worker_id": worker_id, "place_code": "450206102"}]}
    decisions = [
        client.get(f"{API}/workers/{worker_id}/recommendations", headers=headers).json["decision_id"],
        client.post(f"{API}/match", json=body, headers=headers).json["decision_id"],
    ]
    county.application_of(app).store.erase_worker(worker_id, at=county.NOON)
    assert client.get(f"{API}/workers/{worker_id}/recommendations", headers=headers).status_code == 404
    for decision in decisions:
        answer = client.get(f"{API}/decisions/{decision}", headers=headers)
        assert (answer.status_code, answer.mimetype) == (410, PROBLEM)


def test_a_reaction_is_kept_once_and_only_to_what_was_shown(app, client, token, listed):
    headers = token(Role.WORKER, subject=listed)
    answer = client.get(f"{API}/workers/{listed}/recommendations", headers=headers).json
    decision, shown = answer["decision_id"], answer["lists"][0]["items"][0]["vacancy_id"]
    said = {"vacancy_id": shown, "kind": "decline", "reason_code": "distance"}
    first = client.post(f"{API}/decisions/{decision}/reactions", json=said, headers=headers)
    assert first.status_code == 201
    assert client.post(f"{API}/decisions/{decision}/reactions", json=said, headers=headers).json == first.json
    kept = county.application_of(app).access.reactions(decision)
    assert [(each.vacancy_id, each.kind, each.reason_code) for each in kept] == [(shown, "decline", "distance")]
    for body, status in (
        ({"vacancy_id": "never-shown", "kind": "apply"}, 404),
        ({"vacancy_id": shown, "kind": "marry"}, 422),
        ({"vacancy_id": shown, "kind": "apply", "reason_code": ""}, 422),
        ({"vacancy_id": shown, "kind": "apply", "why": "x"}, 422),
    ):
        assert client.post(f"{API}/decisions/{decision}/reactions", json=body, headers=headers).status_code == status
    other = token(Role.WORKER, subject="somebody-else")
    assert client.post(f"{API}/decisions/{decision}/reactions", json=said, headers=other).status_code == 404


def test_adverts_are_paged_without_gap_or_double(client, token):
    headers = token(Role.EMPLOYER)
    whole = client.get(f"{API}/vacancies?limit=100", headers=headers).json
    seen, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{API}/vacancies?limit=7{cursor and f'&cursor={cursor}'}", headers=headers).json
        seen += [advert["vacancy_id"] for advert in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == whole["total"]
    assert seen[:100] == [advert["vacancy_id"] for advert in whole["items"]]


def test_one_advert(client, token):
    headers = token(Role.EMPLOYER)
    shown = client.get(f"{API}/vacancies?limit=1", headers=headers).json["items"][0]
    one = client.get(f"{API}/vacancies/{shown['vacancy_id']}", headers=headers).json
    assert {name: one[name] for name in shown} == shown
    assert one["open"] is True
    past = client.get(f"{API}/vacancies/{shown['vacancy_id']}?on=2100-01-01", headers=headers).json
    assert past["open"] is (one["valid_to"] is None)
    assert client.get(f"{API}/vacancies/none-such", headers=headers).status_code == 404


def test_rules_answer_one_by_one_and_in_batches(client, token):
    headers = token(Role.EMPLOYER)
    call = {"rule_id": "X_AGE", "inputs": {"age_basis": "birthday", "as_of": "2018-02-08", "birth_date": "1973-02-08"}}
    assert client.post(f"{API}/policy/evaluate", json=call, headers=headers).json == {"age": 45}
    day_before = {**call, "inputs": {**call["inputs"], "as_of": "2018-02-07"}}
    answer = client.post(f"{API}/policy/evaluate", json=[call, day_before], headers=headers)
    assert answer.json == [{"age": 45}, {"age": 44}]
    wrong = [call, {"rule_id": "NONE", "inputs": {}}, {**call, "inputs": {**call["inputs"], "as_of": 5}}]
    refused = client.post(f"{API}/policy/evaluate", json=wrong, headers=headers)
    assert (refused.status_code, refused.mimetype) == (422, PROBLEM)
    assert [fault["where"] for fault in refused.json["errors"]] == ["第2行 rule_id", "第3行 as_of"]


def test_documents_of_policy(client, token):
    headers = token(Role.EMPLOYER)
    listed = client.get(f"{API}/policy/packs", headers=headers).json
    states = {pack["id"]: pack["state"] for pack in listed["packs"]}
    assert states["liujiang_2018"] == "in_force"
    assert "X_AGE" in listed["rules"]
    page = client.get(f"{API}/policy/packs/liujiang_2018", headers=headers).json["page"]
    assert "江政办发〔2018〕97号" in page
    assert client.get(f"{API}/policy/packs/atlantis_1999", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/workers/x/recommendations", Scope.RECOMMENDATIONS), ("/vacancies/x/candidates", Scope.CANDIDATES),
        ("/vacancies", Scope.VACANCIES), ("/vacancies/x", Scope.VACANCIES), ("/pairs/x/y", Scope.PAIRS),
        ("/decisions/x", Scope.DECISIONS), ("/policy/packs", Scope.POLICY), ("/policy/packs/x", Scope.POLICY),
        ("/imports", Scope.IMPORTS_READ), ("/imports/x", Scope.IMPORTS_READ),
        ("/imports/x/rejects.xlsx", Scope.IMPORTS_WRITE), ("/metrics", Scope.METRICS),
    ],
)  # fmt: skip
def test_a_scope_opens_its_own_door_and_no_other(client, token, path, scope):
    assert client.get(API + path).status_code == 401
    other = Scope.POLICY if scope is not Scope.POLICY else Scope.VACANCIES
    assert client.get(API + path, headers=token(Role.ADMINISTRATOR, scopes=[other])).status_code == 403
    assert client.get(API + path, headers=token(Role.ADMINISTRATOR, scopes=[scope])).status_code in (200, 404)
