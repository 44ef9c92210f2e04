"""The blueprint of the broker's pages, who may open them, and how they tell a 404 in Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import Blueprint

from api.auth.roles import OFFICE
from api.state import jurisdiction, means, today
from matcher.errors import NotFound
from matcher.records.access import Role
from matcher.services.broker.order_round import AboutOrder

ROOM: Final = Blueprint("broker", __name__)
READERS: Final = frozenset({Role.BROKER, *OFFICE})
"""The office may look at what brokers see; it is masked for them here as well."""


def about(vacancy_id: str) -> AboutOrder:
    """The order as every call of this room asks about it: today, under the county's pack."""
    return AboutOrder(vacancy_id=vacancy_id, on=today(), jurisdiction=jurisdiction(), seed=means().settings.seed)


@contextmanager
def order_exists() -> Iterator[None]:
    """Say in Chinese that an order or a person is not there, or lies outside the asker's region."""
    try:
        yield
    except NotFound as missing:
        what = "没有这个订单" if missing.where == "vacancy" else "您管的范围里没有这个人"
        raise NotFound(what, remedy="请从订单列表重新点进来；编号要和登记的一样。") from None
