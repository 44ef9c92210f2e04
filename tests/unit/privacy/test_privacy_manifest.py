"""Who reads a name and a number on the manifest of a bus: nobody without the person's yes, audit never."""

from __future__ import annotations

import pytest

from matcher.privacy import manifest_for_firm, on_manifest
from matcher.records.access import Role

NAME, NUMBER, PHONE = "韦小英", "450206197501010028", "13800000001"


@pytest.mark.parametrize(
    ("role", "agreed", "name", "phone", "tail"),
    [
        (Role.OFFICER, True, NAME, PHONE, "****0028"),
        (Role.ADMINISTRATOR, True, NAME, PHONE, "****0028"),
        (Role.OFFICER, False, NAME, "138****0001", "****0028"),
        (Role.OFFICER, None, NAME, "138****0001", "****0028"),
        (Role.BROKER, True, NAME, "138****0001", ""),
        (Role.BROKER, None, "韦*英", "138****0001", ""),
        (Role.AUDITOR, True, "韦*英", "138****0001", ""),
        (Role.EMPLOYER, True, "韦*英", "138****0001", ""),
    ],
)
def test_the_desks_copy(role, agreed, name, phone, tail):
    told = on_manifest(role, name=NAME, id_number=NUMBER, phone=PHONE, agreed=agreed)
    assert told == {"name": name, "id_tail": tail, "phone": phone}


@pytest.mark.parametrize(
    ("role", "agreed", "name"),
    [
        (Role.BROKER, True, NAME),
        (Role.OFFICER, True, NAME),
        (Role.OFFICER, False, ""),
        (Role.BROKER, None, ""),
        (Role.AUDITOR, True, "韦*英"),
        (Role.EMPLOYER, True, "韦*英"),
    ],
)
def test_the_firms_copy(role, agreed, name):
    assert manifest_for_firm(role, NAME, agreed) == name
    assert manifest_for_firm(role, None, agreed) == ""
