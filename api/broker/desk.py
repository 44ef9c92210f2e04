"""What the pages of an order with seats share: who may do, the order inside the asker's regions, the moment."""

from __future__ import annotations

from typing import Final

from flask import Response, make_response, redirect, url_for

from api.county_time import moment
from api.state import means, orders, store
from api.viewer import viewer
from matcher.errors import NotFound
from matcher.records.access import Role
from matcher.records.orders import LabourOrder
from matcher.services.broker.order_desk import Rule, order_at, rule_of, workers_of

DESK: Final = frozenset({Role.BROKER, Role.OFFICER, Role.ADMINISTRATOR})
"""Who changes seats; audit reads only."""
SIGNERS: Final = frozenset({Role.OFFICER, Role.ADMINISTRATOR})


def desk_order(order_id: str) -> LabourOrder:
    """The order, as far as the viewer's regions reach; NotFound in Chinese else."""
    try:
        return order_at(orders(), order_id, viewer().regions)
    except NotFound:
        raise NotFound("没有这个单子", remedy="请从订单列表重新点进来。") from None


def bound_for(order: LabourOrder, worker_id: str) -> str:
    """The id of somebody of the order whom the viewer's regions reach; NotFound for anybody else."""
    listed = any(seat.worker_id == worker_id for seat in order.people)
    if not listed or worker_id not in workers_of(store(), [worker_id]):
        raise NotFound("您管的范围里没有这个人", remedy="请从呼叫单重新点进来。")
    return worker_id


def go_on(endpoint: str, **values: str) -> Response:
    """To the page that shows what a deed has come to, so that going back repeats nothing."""
    address: str = url_for(endpoint, **values)  # type: ignore[arg-type]
    return make_response(redirect(address, 303))


def rule() -> Rule:
    """The present moment, and how long a seat is held."""
    return rule_of(means().settings, moment())
