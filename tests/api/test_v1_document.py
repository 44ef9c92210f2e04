"""The API's document: what it promises, that a client made from it works, that it says what the judge says."""

from __future__ import annotations

import copy
import io
import re

import county
import jsonschema_rs
import pytest

from api.v1 import attendant
from api.v1.shapes import MATCH_EXAMPLE, match_body
from matcher.errors import InvalidInput
from matcher.records.access import Role, Scope
from matcher.services.rounds.requests import read_request

PROBLEM = "application/problem+json"
PROMISED = {
    "POST /api/v1/match", "GET /api/v1/workers/{id}/recommendations", "GET /api/v1/vacancies/{id}/candidates",
    "GET /api/v1/vacancies", "GET /api/v1/vacancies/{id}", "GET /api/v1/pairs/{worker}/{vacancy}",
    "POST /api/v1/decisions/{id}/reactions", "GET /api/v1/decisions/{id}", "GET /api/v1/policy/packs",
    "GET /api/v1/policy/packs/{id}", "POST /api/v1/policy/evaluate", "POST /api/v1/imports", "GET /api/v1/imports",
    "GET /api/v1/imports/{id}", "GET /api/v1/imports/{id}/rejects.xlsx", "DELETE /api/v1/imports/{id}",
    "GET /api/v1/healthz", "GET /api/v1/metrics",
}  # fmt: skip
BESIDE = {
    "POST /api/v1/kiosks/enrol", "GET /api/v1/kiosks/{id}/pack", "POST /api/v1/kiosks/{id}/heartbeat",
    "POST /api/v1/kiosks/{id}/visits", "POST /api/v1/kiosks/{id}/wiped",
}  # fmt: skip
"""Of machines: an enrolled kiosk's alone, tried in `test_kiosk_fleet` and `test_kiosk_offline`."""
FOR_EVERYBODY = ("healthz", "enrol")
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def document(app):
    return app.test_client().get("/openapi/openapi.json").json


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def test_everything_the_contract_names_is_there(document):
    assert document["openapi"].startswith("3.1")
    assert {name for name, _ in operations(document)} == PROMISED | BESIDE


def test_every_operation_says_who_may_and_how_it_fails(document):
    problem = {"$ref": "#/components/schemas/ProblemDocument"}
    for name, operation in operations(document):
        statuses = set(operation["responses"])
        assert {"422", "429", "503"} <= statuses, name
        for status, told in operation["responses"].items():
            assert told["description"], (name, status)
            if status[0] in "45":
                assert told["content"][PROBLEM] == {"schema": problem}, (name, status)
        assert operation["summary"]
        if name.endswith(FOR_EVERYBODY):
            assert "security" not in operation
        else:
            ((scheme, scopes),) = operation["security"][0].items()
            assert scheme in document["components"]["securitySchemes"]
            assert {Scope(scope) for scope in scopes}
            assert {"401", "403"} <= statuses
        if "{" in name:
            assert "404" in statuses, name
        if name.split()[0] != "GET":
            assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}
            assert "409" in statuses


def test_every_field_says_in_english_what_it_means(document):
    for name, schema in document["components"]["schemas"].items():
        assert re.search("[a-z]{2}", schema.get("description", "")), name
        for field, told in schema.get("properties", {}).items():
            assert re.search("[a-z]{2}.*\\.$", told.get("description", "").strip("`")), (name, field)


def test_every_scope_says_what_it_is_for(document):
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    assert {tag["name"] for tag in document["tags"] if tag["description"]} == used
    assert "Idempotency-Key" in document["info"]["description"]


def test_every_json_answer_has_an_example_that_fits(document):
    for name, operation in operations(document):
        for status, told in operation["responses"].items():
            for media, content in told.get("content", {}).items():
                if status.startswith("2") and media == "application/json":
                    schema = {**content["schema"], "components": document["components"]}
                    jsonschema_rs.validator_for(schema, validate_formats=True).validate(content["example"])
                    assert set(content["example"]) <= all_fields(document, content["schema"]) or "evaluate" in name
    problem = document["components"]["schemas"]["ProblemDocument"]
    jsonschema_rs.validator_for({**problem, "components": document["components"]}).validate(problem["example"])


def all_fields(document, schema):
    return set(document["components"]["schemas"][schema["$ref"].split("/")[-1]].get("properties", ()))


def test_operations_have_names_of_their_own(document):
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)


def test_every_reference_leads_somewhere(document):
    def references(value):
        if isinstance(value, dict):
            yield from (told for key, told in value.items() if key == "$ref")
            for each in value.values():
                yield from references(each)
        elif isinstance(value, list):
            for each in value:
                yield from references(each)

    found = set(references(document))
    assert found
    for reference in found:
        kind, name = reference.removeprefix("#/components/").split("/")
        assert name in document["components"][kind]


class Client:
    """A client that knows nothing but the document: calls by operationId, checks each answer against its schema."""

    def __init__(self, client, headers):
        self._client, self._headers = client, headers
        self.document = client.get("/openapi/openapi.json").json
        self.by_id = {
            operation["operationId"]: (name.split()[0], name.split()[1], operation)
            for name, operation in operations(self.document)
        }

    def call(self, operation_id, **given):
        """Examples of the document stand in for whatever is not given; the answer, checked."""
        method, path, operation = self.by_id[operation_id]
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path":
                example = given.pop(parameter["name"], parameter["schema"].get("example", "none"))
                path = path.replace("{" + parameter["name"] + "}", example)
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            given.setdefault("json", self._example(content["application/json"]))
        answer = self._client.open(path, method=method, headers=self._headers, **given)
        self.check(operation, answer)
        return answer

    def _example(self, media):
        name = media["schema"]["$ref"].split("/")[-1]
        return media.get("example") or self.document["components"]["schemas"][name]["example"]

    def check(self, operation, answer):
        told = operation["responses"][str(answer.status_code)]
        content = told.get("content", {})
        if not content:
            assert answer.data == b""
            return
        schema = content[answer.mimetype]["schema"]
        if "json" in answer.mimetype:
            whole = {**schema, "components": self.document["components"]}
            jsonschema_rs.validator_for(whole).validate(answer.json)

    def follow(self, operation_id, answer, link):
        """Call what a link of an answer leads to."""
        told = self.by_id[operation_id][2]["responses"][str(answer.status_code)]["links"][link]
        path = {name: answer.json[where.split("#/")[1]] for name, where in told["parameters"].items()}
        return self.call(told["operationId"], **path)


def test_a_client_made_from_the_document_works(make_app):
    app = make_app()
    client = Client(app.test_client(), county.bearer(app, Role.ADMINISTRATOR))
    called = set()

    def ok(operation_id, status=200, **given):
        answer = client.call(operation_id, **given)
        assert answer.status_code == status, (operation_id, answer.get_data(as_text=True))
        called.add(operation_id)
        return answer

    for asked in ("match", "recommendations", "candidates"):
        answer = ok(asked)
        assert client.follow(asked, answer, "replay").data == answer.data
        called.add("replay")
    for asked in ("pair", "vacancies", "vacancy", "packs", "pack", "evaluate", "imports", "healthz", "metrics"):
        ok(asked)
    listed = ok("candidates", query_string={"explain": "true"}).json
    shown = listed["lists"][0]["items"][0]["worker_id"]
    said = {"vacancy_id": listed["lists"][0]["vacancy_id"], "worker_id": shown, "kind": "ask_broker"}
    ok("record_reaction", 201, id=listed["decision_id"], json=said)
    roster = b"vacancy_id,title,channel,place_code,headcount\nn1,x,workshop,450206102,1\nn2,x,workshop,none,1\n"
    begun = ok("start_import", 202, data={"kind": "vacancies", "file": (io.BytesIO(roster), "posts.csv")})
    assert attendant.attendant_of(app).rest(60)
    state = client.follow("start_import", begun, "progress")
    assert (state.json["state"], state.json["accepted"]) == ("done", 1)
    ok("import_state", id=state.json["job_id"])
    ok("rejects", id=state.json["job_id"])
    ok("undo", id=state.json["job_id"])
    assert called == {operation_id for operation_id, told in client.by_id.items() if " ".join(told[:2]) in PROMISED}


# What a client of another language may well send; the schema and the judge of the command must agree on all of it.
TRIED = (
    ("on", None), ("on", "2018-13-01"), ("top", None), ("top", 0), ("top", 3.0), ("top", 3.5), ("top", True),
    ("seed", -1), ("seed", 2**63), ("households", None), ("explain", 0), ("shown", {"w1": ["v1"]}),
    ("shown", {"w1": None}), ("shown", {"w1": "v1"}), ("prices", {"v1": 0.25}), ("prices", {"v1": "0.25"}),
    ("prices", {"v1": 1e300}), ("colour", 1),
    ("workers.worker_id", None), ("workers.worker_id", 7), ("workers.birth_date", "1971-3-2"),
    ("workers.education", "phd"), ("workers.education", "junior"), ("workers.wage_floor_yuan_month", -1),
    ("workers.wage_floor_yuan_month", 2500.0), ("workers.wage_floor_yuan_month", 2**31), ("workers.skills", "x"),
    ("workers.skills", [None]), ("workers.place_code", "45020"), ("workers.place_code", "450206\n"),
    ("workers.preferred_places", ["4502061"]), ("workers.preferred_places", ["45"]), ("workers.consent", {"sms": None}),
    ("workers.consent", {"fax": True}), ("workers.off_farm_hard", {"value": True, "by": "韦", "on": "2018-01-01"}),
    ("workers.occupations", ["6-11-01-01"]), ("workers.occupations", ["6-11"]), ("workers.shoe_size", 41),
    ("vacancies.headcount", None), ("vacancies.headcount", 2.0), ("vacancies.channel", "postal"),
    ("vacancies.reserved_for", ["relocated"]), ("vacancies.reserved_for", ["everybody"]), ("vacancies.age_max", 151),
    ("vacancies.area_mu", "0.25"), ("vacancies.area_mu", 0.25), ("vacancies.area_mu", "a quarter"),
    ("vacancies.filled", None), ("vacancies.contract_months", 1201),
)  # fmt: skip


@pytest.mark.parametrize(("where", "value"), TRIED, ids=[f"{where}={value!r:.30}" for where, value in TRIED])
def test_the_schema_and_the_judge_agree(where, value):
    import msgspec

    body = copy.deepcopy(MATCH_EXAMPLE)
    table, _, field = where.rpartition(".")
    (body[table][0] if table else body)[field] = value
    try:
        read_request(msgspec.json.encode(body))
        judged = True
    except InvalidInput:
        judged = False
    validator = jsonschema_rs.validator_for(match_body().model_json_schema(), validate_formats=True)
    assert validator.is_valid(body) is judged


def test_a_server_at_fault_answers_as_documented(make_app, monkeypatch):
    from api import health
    from matcher.services import health as checks

    app = make_app()
    client = Client(app.test_client(), {})
    monkeypatch.setattr(
        health.checks, "model", lambda _: checks.Check(part="model", state=checks.State.FAULT, detail="gone")
    )
    answer = client.call("healthz")
    assert (answer.status_code, answer.mimetype, answer.json["status"]) == (503, "application/json", "fault")
