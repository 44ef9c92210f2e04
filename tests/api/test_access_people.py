"""Making tokens and users: what is refused, what is kept, what the audit says of it."""

from __future__ import annotations

import hashlib
import os
from datetime import timedelta

import county
import msgspec
import pytest
from county import NOON
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from matcher.errors import InvalidInput, NotFound, SignInNeeded
from matcher.records.access import SCOPES, Role, Scope
from matcher.services.access import passwords
from matcher.services.access.sign_in import sign_in
from matcher.services.access.tokens import NewToken, bearer_of, make_token, revoke_token
from matcher.services.access.users import NewUser, add_user, demo_logins, disable_user, seed_demo_users, set_password


@pytest.fixture
def access(make_app):
    return county.application_of(make_app()).access


def user(name="huang", **more):
    return NewUser(
        name=name, display_name="黄样例", role=more.pop("role", Role.BROKER),
        password=more.pop("password", county.PASSWORD), **more,
    )  # fmt: skip


def test_a_token_is_shown_once_and_kept_as_a_hash(access):
    token, given = make_token(access, NewToken(role=Role.BROKER, label="HR", days=90), now=NOON, by="admin")
    prefix, token_id, secret = given.split("_")
    assert (prefix, token_id) == ("mt", token.token_id)
    assert len(bytes.fromhex(secret)) == 32
    assert token.secret_sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert token.expires_at == NOON + timedelta(days=90)
    assert bearer_of(access, given, NOON) == token
    assert set(token.scopes) == SCOPES[Role.BROKER]
    assert secret not in msgspec.json.encode([access.tokens(), access.audit()]).decode()
    (made,) = access.audit(subject=f"token:{token_id}")
    assert (made.action, made.actor, made.detail["role"]) == ("token_made", "admin", "broker")


@pytest.mark.parametrize("role", list(Role))
def test_no_token_gets_more_than_its_role(access, role):
    subject = "w1" if role is Role.WORKER else ""
    for scope in Scope:
        call = NewToken(role=role, scopes=(scope,), subject=subject, days=1)
        if scope in SCOPES[role]:
            assert make_token(access, call, now=NOON, by="t")[0].scopes == (scope,)
        else:
            with pytest.raises(InvalidInput, match=scope.value):
                make_token(access, call, now=NOON, by="t")


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": Role.BROKER, "scopes": ()},
        {"role": Role.BROKER, "regions": ("liujiang",)},
        {"role": Role.BROKER, "subject": "w1"},
        {"role": Role.WORKER},
    ],
    ids=str,
)
def test_a_token_that_makes_no_sense_is_not_made(access, wrong):
    before = len(access.tokens())
    with pytest.raises(InvalidInput):
        make_token(access, NewToken(days=1, **wrong), now=NOON, by="t")
    assert len(access.tokens()) == before


def test_a_token_is_revoked_once(access):
    token, given = make_token(access, NewToken(role=Role.BROKER, days=1), now=NOON, by="t")
    first = revoke_token(access, token.token_id, now=NOON, by="admin")
    assert revoke_token(access, token.token_id, now=NOON + timedelta(hours=1), by="admin") == first
    with pytest.raises(SignInNeeded, match="over"):
        bearer_of(access, given, NOON)
    with pytest.raises(NotFound):
        revoke_token(access, "none", now=NOON, by="admin")
    actions = [entry.action for entry in access.audit(subject=f"token:{token.token_id}")]
    assert actions == ["token_revoked", "token_made"]


@pytest.mark.parametrize("name", ["", "H", "Huang", "黄", "a b", "-huang", "x" * 33, "huang\n"])
def test_a_user_name_is_plain(access, name):
    with pytest.raises(InvalidInput):
        add_user(access, user(name), now=NOON, by="t")


@pytest.mark.parametrize("wrong", [{"role": Role.WORKER}, {"regions": ("4502067",)}, {"password": "short"}], ids=str)
def test_a_user_that_makes_no_sense_is_not_made(access, wrong):
    with pytest.raises(InvalidInput):
        add_user(access, user(**wrong), now=NOON, by="t")
    with pytest.raises(NotFound):
        access.user("huang")


def test_a_user_s_life_stands_in_the_audit_without_his_password(access):
    add_user(access, user(), now=NOON, by="admin")
    with pytest.raises(InvalidInput, match="kept already"):
        add_user(access, user(), now=NOON, by="admin")
    set_password(access, "huang", "birke-kiesel-tonne", now=NOON, by="admin")
    assert sign_in(access, "huang", "birke-kiesel-tonne", now=NOON).name == "huang"
    disable_user(access, "huang", now=NOON, by="admin")
    disable_user(access, "huang", now=NOON + timedelta(days=1), by="admin")
    assert access.user("huang").disabled_at == NOON
    entries = access.audit(subject="user:huang")
    assert [entry.action for entry in entries] == ["user_disabled", "password_set", "user_made"]
    assert "birke" not in str(entries)
    with pytest.raises(SignInNeeded):
        sign_in(access, "huang", "birke-kiesel-tonne", now=NOON)


def test_signing_in_renews_a_hash_of_another_effort(access):
    add_user(access, user(), now=NOON, by="admin")
    weak = Argon2id(salt=os.urandom(16), length=32, iterations=1, lanes=1, memory_cost=1024)
    old = msgspec.structs.replace(
        access.user("huang"), password=weak.derive_phc_encoded(county.PASSWORD.encode()), password_set_at=NOON
    )
    access.change_user("huang", lambda _: old)
    with pytest.raises(SignInNeeded):
        sign_in(access, "huang", "wrong-password", now=NOON + timedelta(hours=1))
    assert access.user("huang") == old
    sign_in(access, "huang", county.PASSWORD, now=NOON + timedelta(hours=1))
    renewed = access.user("huang")
    assert not passwords.is_outdated(renewed.password)
    assert renewed.password_set_at == NOON
    assert passwords.fits(county.PASSWORD, renewed.password)


def test_demo_logins_follow_from_the_database_and_survive_a_restart(make_app):
    application = county.application_of(make_app())
    secret = application.store.row_key()
    before = application.access.users()
    assert seed_demo_users(application.access, secret, now=NOON + timedelta(days=1)) == demo_logins(secret)
    assert application.access.users() == before
    assert {login.password for login in demo_logins(secret)}.isdisjoint(
        login.password for login in demo_logins(b"another database")
    )
    assert all(passwords.checked(login.password, name=login.name) for login in demo_logins(secret))
