"""Bearer tokens over HTTP: what is in force, how far it reaches, what the rest is told."""

from __future__ import annotations

import county
import probes
import pytest

from matcher.records import Kind
from matcher.records.access import Role, Scope
from matcher.services.access.tokens import note_use, revoke_token

ASK = "/api/v1/probe/candidates"


@pytest.fixture(scope="module")
def probed(seeded, tmp_path_factory):
    with county.opened(county.copied(seeded, tmp_path_factory.mktemp("probed") / "home")) as made:
        yield probes.register(made)


@pytest.fixture
def client(probed):
    return probed.test_client()


def token_id(headers):
    return headers["Authorization"].split("_")[1]


def assert_refused(answer, status, slug):
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == f"urn:matcher:problem:{slug}"
    assert (answer.headers.get("WWW-Authenticate") == "Bearer") is (status == 401)


def test_a_token_speaks_for_its_role(probed, client):
    headers = county.bearer(probed, Role.BROKER)
    assert client.get(ASK, headers=headers).json == {
        "actor": f"token:{token_id(headers)}", "role": "broker", "subject": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [
        "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer mt", "Bearer mt_", "Bearer mt__", "Bearer xx_1_2",
        "Bearer mt_0123456789ab_" + "0" * 64, "Bearer '; DROP TABLE access_token; --", "Bearer mt_韦_英", "",
    ],
)  # fmt: skip
def test_what_is_no_token_is_refused(client, given):
    assert_refused(client.get(ASK, headers={"Authorization": given.encode()}), 401, "sign-in-needed")


def test_no_token_at_all_is_refused(client):
    assert_refused(client.get(ASK), 401, "sign-in-needed")


def test_a_token_with_another_secret_is_refused(probed, client):
    headers = county.bearer(probed, Role.BROKER)
    for wrong in (headers["Authorization"] + "0", headers["Authorization"][:-1], headers["Authorization"].upper()):
        assert_refused(client.get(ASK, headers={"Authorization": wrong}), 401, "sign-in-needed")


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 401)])
def test_a_token_ends_on_the_second(make_app, seconds, status):
    app = probes.register(make_app())
    headers = county.bearer(app, Role.BROKER, days=1)
    county.clock(app).advance(days=1, seconds=seconds)
    assert app.test_client().get(ASK, headers=headers).status_code == status


def test_a_revoked_token_is_refused_at_once(probed, client):
    headers = county.bearer(probed, Role.BROKER)
    assert client.get(ASK, headers=headers).status_code == 200
    access, now = county.application_of(probed).access, county.clock(probed).now()
    revoke_token(access, token_id(headers), now=now, by="test")
    assert_refused(client.get(ASK, headers=headers), 401, "sign-in-needed")


def test_a_call_under_way_does_not_undo_a_revocation(probed):
    headers = county.bearer(probed, Role.BROKER)
    access, now = county.application_of(probed).access, county.clock(probed).now()
    read_before = access.token(token_id(headers))
    revoke_token(access, read_before.token_id, now=now, by="test")
    note_use(access, read_before, now)
    kept = access.token(read_before.token_id)
    assert (kept.revoked_at, kept.last_used_at) == (now, now)


def test_a_token_without_the_scope_is_told_which(probed, client):
    headers = county.bearer(probed, Role.BROKER, scopes=(Scope.VACANCIES,))
    refused = client.get(ASK, headers=headers)
    assert_refused(refused, 403, "forbidden")
    assert "candidates" in refused.json["detail"]
    assert client.get("/api/v1/probe/workers", headers=headers).status_code == 200


def test_a_token_sees_its_regions_only(probed, client):
    everybody = client.get("/api/v1/probe/workers", headers=county.bearer(probed, Role.OFFICER)).json
    assert len(everybody) == len(county.application_of(probed).store.records(Kind.WORKERS)) > 50
    town = everybody[0][:9]
    reached = client.get("/api/v1/probe/workers", headers=county.bearer(probed, Role.BROKER, [town])).json
    assert reached == [place for place in everybody if place.startswith(town)]
    assert 0 < len(reached) < len(everybody)
    assert client.get("/api/v1/probe/workers", headers=county.bearer(probed, Role.BROKER, ["4501"])).json == []


def test_a_worker_s_token_names_the_worker(probed, client):
    headers = county.bearer(probed, Role.WORKER, subject="w1")
    assert_refused(client.get(ASK, headers=headers), 403, "forbidden")


def test_a_session_opens_no_api_and_a_token_no_page(probed, client):
    county.signed_in(client, Role.ADMINISTRATOR)
    assert client.get("/probe/office").status_code == 200
    assert_refused(client.get(ASK), 401, "sign-in-needed")
    other = probed.test_client()
    assert other.get("/probe/office", headers=county.bearer(probed, Role.ADMINISTRATOR)).status_code == 401


def test_the_last_use_is_kept_once_a_minute(make_app):
    app = probes.register(make_app())
    access, clock = county.application_of(app).access, county.clock(app)
    headers = county.bearer(app, Role.BROKER)

    def used():
        assert app.test_client().get(ASK, headers=headers).status_code == 200
        return access.token(token_id(headers)).last_used_at

    first = used()
    assert first == clock.now()
    clock.advance(seconds=59)
    assert used() == first
    clock.advance(seconds=1)
    assert used() == clock.now()


def test_a_token_has_an_allowance_of_its_own(make_app):
    app = probes.register(make_app(requests_per_minute=6))
    client = app.test_client()
    busy, calm = county.bearer(app, Role.BROKER), county.bearer(app, Role.BROKER)
    codes = [client.get(ASK, headers=busy).status_code for _ in range(8)]
    assert codes == [200] * 6 + [429] * 2
    refused = client.get(ASK, headers=busy)
    assert_refused(refused, 429, "too-many")
    assert refused.headers["Retry-After"] == "10"
    assert client.get(ASK, headers=calm).status_code == 200
    county.clock(app).advance(seconds=10)
    assert client.get(ASK, headers=busy).status_code == 200
    assert client.get(ASK, headers=busy).status_code == 429


def test_guessing_tokens_has_an_end(make_app):
    app = probes.register(make_app(requests_per_minute=2))
    codes = [app.test_client().get(ASK, headers={"Authorization": "Bearer mt_1_2"}).status_code for _ in range(10)]
    assert codes == [401] * 8 + [429] * 2
