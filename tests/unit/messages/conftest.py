"""The office that tests of deliveries share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from delivering import Office


@pytest.fixture
def office(tmp_path) -> Iterator[Office]:
    made = Office(tmp_path)
    made.people(6)
    yield made
    made.close()
