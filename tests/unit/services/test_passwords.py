"""Passwords: what fits, what may be one, what is renewed."""

from __future__ import annotations

import os

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from matcher.errors import InvalidInput
from matcher.services.access import passwords


def test_a_password_fits_its_hash_and_nothing_else():
    phc = passwords.hashed("korn-mist-lehm")
    assert phc.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits("korn-mist-lehm", phc)
    assert not passwords.fits("korn-mist-leh", phc)
    assert not passwords.fits("korn-mist-lehm", None)
    assert passwords.hashed("korn-mist-lehm") != phc


def test_what_looks_alike_is_one_password():
    assert passwords.fits("ｋｏｒｎ１２", passwords.hashed("korn12"))


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("a" * 11, False), ("a" * 12, True), ("a" * 128, True), ("a" * 129, False), ("我家门前有一棵老榕树真大", True),
        ("my-Broker-password", False), ("", False),
    ],
)  # fmt: skip
def test_length_counts_and_the_own_name_does_not(password, taken):
    if taken:
        assert passwords.checked(password, name="broker") == password
    else:
        with pytest.raises(InvalidInput) as refused:
            passwords.checked(password, name="broker")
        assert password == "" or password not in str(refused.value)


def test_a_hash_of_another_effort_is_outdated():
    weak = Argon2id(salt=os.urandom(16), length=32, iterations=1, lanes=1, memory_cost=1024).derive_phc_encoded(b"x")
    assert passwords.fits("x", weak)
    assert passwords.is_outdated(weak)
    assert not passwords.is_outdated(passwords.hashed("x"))


def test_random_passwords_are_long_distinct_and_may_be_used():
    made = {passwords.random_password() for _ in range(100)}
    assert len(made) == 100
    assert all(passwords.checked(password, name="broker") and len(password) == 19 for password in made)
