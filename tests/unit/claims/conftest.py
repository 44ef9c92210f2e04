"""The office that tests of claims share."""

from __future__ import annotations

import pytest
from claims_office import BROKERED, POOR, SEWS, WORKSHOP, office


@pytest.fixture
def desk(tmp_path):
    with office(tmp_path, POOR, BROKERED, WORKSHOP, SEWS) as opened:
        yield opened
