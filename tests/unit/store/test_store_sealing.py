"""Sealed values open only where they were sealed; blind indexes meet where the value is the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import StoreError
from matcher.store.keyring import KEY_BYTES, Keyring
from matcher.store.sealing import Vault, normalise_phone, place, seal, unseal


def ring(active=1, **more):
    keys = {number: bytes([number]) * KEY_BYTES for number in range(1, active + 1)}
    return Keyring(active=active, keys=keys, index_key=more.pop("index_key", b"i" * KEY_BYTES))


VAULT = Vault(ring())
HERE = place("identity", "name", "w1")


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens_in_its_place(plain, row):
    where = place("identity", "name", row)
    assert VAULT.unseal(VAULT.seal(plain, where), where) == plain


@pytest.mark.parametrize(
    "elsewhere", [place("identity", "name", "w2"), place("identity", "phone", "w1"), place("worker", "name", "w1")]
)
def test_it_opens_nowhere_else(elsewhere):
    sealed = VAULT.seal(b"x", HERE)
    with pytest.raises(StoreError, match="does not open"):
        VAULT.unseal(sealed, elsewhere)


@given(st.integers(0, 8 * 31 - 1))
def test_one_changed_bit_does_not_open(bit):
    sealed = bytearray(VAULT.seal(b"x" * 1, HERE))
    assert len(sealed) == 2 + 12 + 1 + 16
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(StoreError):
        VAULT.unseal(bytes(sealed), HERE)


def test_a_key_made_since_is_read_again_and_seals_from_there_on():
    sealed, asked = Vault(ring(active=2)).seal(b"x", HERE), []
    at_work = Vault(ring(), lambda: asked.append(1) or ring(active=2))
    assert at_work.unseal(at_work.seal(b"y", HERE), HERE) == b"y"
    assert asked == []
    assert at_work.unseal(sealed, HERE) == b"x"
    assert (asked, at_work.is_current(sealed)) == ([1], True)
    with pytest.raises(StoreError, match="master key 3 is missing"):
        at_work.unseal(Vault(ring(active=3)).seal(b"x", HERE), HERE)


def test_equal_values_look_different():
    assert VAULT.seal(b"x", HERE) != VAULT.seal(b"x", HERE)


def test_a_person_key_opens_what_it_sealed_and_nothing_of_others():
    key, wrapped = VAULT.new_person_key("w1")
    other, _ = VAULT.new_person_key("w1")
    sealed = seal(key, b"x", HERE)
    assert unseal(VAULT.person_key("w1", wrapped), sealed, HERE) == b"x"
    with pytest.raises(StoreError):
        unseal(other, sealed, HERE)
    with pytest.raises(StoreError):
        VAULT.person_key("w2", wrapped)


def test_after_rotation_old_values_open_and_new_ones_need_the_new_key():
    old, new = VAULT, Vault(ring(2))
    sealed = old.seal(b"x", HERE)
    assert new.unseal(sealed, HERE) == b"x"
    assert old.is_current(sealed)
    assert not new.is_current(sealed)
    with pytest.raises(StoreError, match="master key 2 is missing"):
        old.unseal(new.seal(b"x", HERE), HERE)
    key, wrapped = old.new_person_key("w1")
    again = new.rewrap("w1", wrapped)
    assert new.is_current(again)
    assert unseal(new.person_key("w1", again), seal(key, b"x", HERE), HERE) == b"x"


def test_the_fingerprint_and_indexes_survive_rotation_and_tell_keyrings_apart():
    assert VAULT.fingerprint == Vault(ring(2)).fingerprint
    assert VAULT.fingerprint != Vault(ring(index_key=b"j" * KEY_BYTES)).fingerprint
    assert VAULT.id_number_index("1") == Vault(ring(2)).id_number_index("1")
    assert VAULT.id_number_index("1") != Vault(ring(index_key=b"j" * KEY_BYTES)).id_number_index("1")
    assert VAULT.row_key == Vault(ring(2)).row_key


def test_a_phone_and_a_number_of_the_same_digits_have_different_indexes():
    assert VAULT.id_number_index("13812345678") != VAULT.phone_index("13812345678")


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+8613812345678",
        "008613812345678",
        "8613812345678",
        "１３８12345678",
    ],
)
def test_ways_of_writing_one_mobile(written):
    assert normalise_phone(written) == "13812345678"


@pytest.mark.parametrize(("written", "normal"), [("(0772) 721-2345", "07727212345"), ("8612345", "8612345"), ("", "")])
def test_other_phones_keep_their_digits(written, normal):
    assert normalise_phone(written) == normal
