"""What the office reads of an identity: officers the name, nobody a whole number."""

from __future__ import annotations

import pytest

from matcher.privacy import identity_for, mask_id_number
from matcher.records.access import Role

NUMBER = "45020619730101002X"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(NUMBER, "****002X"), ("450206730101002", "****1002"), ("45020619730101", "****"), ("", ""), (None, "")],
)
def test_an_identity_number_keeps_its_tail_alone(number, shown):
    assert mask_id_number(number) == shown


@pytest.mark.parametrize("role", Role)
def test_only_those_who_serve_the_person_read_the_name(role):
    told = identity_for(role, name="韦小英", id_number=NUMBER, phone="13800000001")
    assert told["name"] == ("韦小英" if role in {Role.OFFICER, Role.ADMINISTRATOR} else "韦*英")
    assert told["id_tail"] == "****002X"
    assert told["phone"] == "138****0001"


def test_nothing_recorded_is_nothing_told():
    assert identity_for(Role.OFFICER, name=None, id_number=None, phone=None) == {"name": "", "id_tail": "", "phone": ""}
