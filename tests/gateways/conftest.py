"""The other side of each gateway, closed after the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gateway_settings import SIDES, FileSide, KannelSide, SmppSide

from matcher.ports.gateways import Gateway

Side = FileSide | SmppSide | KannelSide


@pytest.fixture(params=list(SIDES))
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Side]:
    """Every gateway in turn."""
    made = SIDES[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture(params=["smpp", "kannel"])
def carrier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmppSide | KannelSide]:
    """Every gateway behind which somebody can be busy, refuse or fall silent."""
    made = {"smpp": SmppSide, "kannel": KannelSide}[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture
def smpp(tmp_path: Path) -> Iterator[SmppSide]:
    """The project's own SMSC and a way to it."""
    made = SmppSide(tmp_path)
    yield made
    made.close()


@pytest.fixture
def gateway(side: Side) -> Iterator[Gateway]:
    """The gateway of the side, open."""
    opened = side.open()
    yield opened
    opened.close()
