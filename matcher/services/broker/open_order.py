"""Opening an order: from a draft, for a post that is there already, or by an officer's yes where one is needed.

A draft that waits for an officer keeps its form beside the order; the post it is for is written when it opens, so
nobody is offered work that nobody has agreed to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any, Final, NamedTuple

import msgspec

from matcher.errors import Conflict, InvalidInput, NotFound, Problem, Severity
from matcher.intake.drafts import employer_id
from matcher.language.readings import read_texts
from matcher.orders.drafts import LABELS, OrderDraft, clean_fields, read_draft
from matcher.policy.binding import region_of
from matcher.ports import Change, OrderStore, RosterStore
from matcher.records import COUNTY_DIGITS, Channel, Employer, Kind, Vacancy
from matcher.records.local_time import CHINA
from matcher.records.orders import MAX_SEATS, Draft, LabourOrder, OrderState
from matcher.services.broker.order_checks import Checked, Weight, check_order, readers
from matcher.services.ground.answering import vacancy_named
from matcher.services.ground.own_batch import Deed, batch_id_of, write_own
from matcher.services.ground.publishing import judged
from matcher.services.ground.rulebook import Means
from matcher.services.rosters.arrears import owes_wages

FORM: Final = "order"
SHEET: Final = "订单"
_RUNNING: Final = frozenset({OrderState.DRAFT, OrderState.OPEN})


class Occasion(NamedTuple):
    """Where and when a form is read: the county, its day, and the moment, whose time of day counts."""

    jurisdiction: str
    on: date
    at: datetime

    @property
    def clock(self) -> time:
        """The time of day on the wall."""
        return self.at.astimezone(CHINA).time().replace(second=0, microsecond=0)


class OpenOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The call: who opens, where, when, under which id, which the form carried so that a second tap opens no second.

    officer : whether the actor may agree to what an officer has to agree to
    """

    order_id: str
    actor: str
    regions: tuple[str, ...]
    jurisdiction: str
    on: date
    at: datetime
    officer: bool = False
    said: str = ""

    @property
    def occasion(self) -> Occasion:
        """Where and when."""
        return Occasion(self.jurisdiction, self.on, self.at)


def draft_of(means: Means, fields: Mapping[str, str], occasion: Occasion) -> OrderDraft:
    """The draft of a form, places read around the county."""
    near = region_of(means.packs, occasion.jurisdiction)
    return read_draft(fields, occasion.on, readers(means.settings), near, occasion.clock)


def open_new(
    store: RosterStore, orders: OrderStore, means: Means, fields: Mapping[str, str], call: OpenOrder
) -> LabourOrder:
    """The order of a form, open, or waiting for an officer; the same id again gives the order that is there.

    Raises InvalidInput with every fault and every bar at once.
    """
    there = _there(orders, call)
    if there is not None:
        return there
    draft = draft_of(means, fields, call.occasion)
    checked = check_order(store, orders, means, draft, call.on)
    _refuse_faults(draft, checked)
    waits = checked.needs_officer and not call.officer
    order = LabourOrder(
        order_id=call.order_id,
        vacancy_id=f"v-{call.order_id}",
        region_code=_region(means, call),
        n_seats=draft.n_seats or 1,
        state=OrderState.DRAFT if waits else OrderState.OPEN,
        departs_at=draft.departs_at,
        pickup=draft.pickup,
        said=call.said,
        broker=call.actor,
        created_at=call.at,
        agreed_by=call.actor if checked.needs_officer and call.officer else "",
    )
    if waits:
        orders.put_draft(Draft(owner=_owner(order), form=FORM, kept_at=call.at, fields=clean_fields(fields)))
    else:
        _write_post(store, means, order, draft, checked.employer, call)
    orders.add_order(order)
    return order


def open_existing(
    store: RosterStore, orders: OrderStore, means: Means, vacancy_id: str, call: OpenOrder
) -> LabourOrder:
    """An order for a post of the roster: as many seats as it has places no other order works on.

    The actor's own running order of the post is given back as it is. Raises NotFound, Conflict.
    """
    vacancy = vacancy_named(store, vacancy_id)
    running = [order for order in orders.orders() if order.vacancy_id == vacancy_id and order.state in _RUNNING]
    own = next((order for order in running if order.broker == call.actor), None)
    if own is not None:
        return own
    _refuse_post(store, orders, vacancy, call.on)
    n_free = min(MAX_SEATS, vacancy.places_left - sum(order.n_seats for order in running))
    if n_free < 1:
        raise Conflict(
            f"这个岗位的{vacancy.places_left}个名额已经都在别的单子里", remedy="请和开单的劳务员商量，或者换一个岗位。"
        )
    order = LabourOrder(
        order_id=call.order_id,
        vacancy_id=vacancy_id,
        region_code=_region(means, call),
        n_seats=n_free,
        state=OrderState.OPEN,
        broker=call.actor,
        created_at=call.at,
    )
    there = _there(orders, call)
    if there is None:
        orders.add_order(order)
    return there or order


def agree(store: RosterStore, orders: OrderStore, means: Means, order_id: str, call: OpenOrder) -> LabourOrder:
    """An officer's yes: the draft is checked once more, its post written, the order opened; said again it stays open.

    Raises Conflict for an order that no longer waits, InvalidInput if it cannot be opened any more.
    """
    order = orders.order(order_id)
    if order.state is OrderState.OPEN and order.agreed_by:
        return order
    fields = waiting_fields(orders, order)
    draft = draft_of(means, fields, call.occasion)
    checked = check_order(store, orders, means, draft, call.on)
    _refuse_faults(draft, checked)
    _write_post(store, means, order, draft, checked.employer, call)

    def opened(found: LabourOrder, _: object) -> LabourOrder:
        _require_waiting(found)
        return msgspec.structs.replace(found, state=OrderState.OPEN, agreed_by=call.actor)

    after = orders.change_order(order_id, opened)
    orders.end_draft(_owner(order), FORM)
    return after


def turn_down(orders: OrderStore, order_id: str, why: str) -> LabourOrder:
    """An officer's no, with the reason the broker reads. Raises InvalidInput without one, Conflict if it is settled."""
    reason = " ".join(why.split())[:200]
    if not reason:
        raise InvalidInput("没写为什么不同意", where="why", remedy="请写一句话，劳务员好照着改。")

    def refused(found: LabourOrder, _: object) -> LabourOrder:
        _require_waiting(found)
        return msgspec.structs.replace(found, state=OrderState.CANCELLED, refused_why=reason)

    return orders.change_order(order_id, refused)


def waiting_fields(orders: OrderStore, order: LabourOrder) -> dict[str, str]:
    """The form of an order that waits for an officer. Raises Conflict if it waits no longer."""
    _require_waiting(order)
    kept = orders.draft(_owner(order), FORM)
    if kept is None:
        raise Conflict("这张单子的内容找不到了", remedy="请劳务员重新开一张。")
    return kept.fields


def form_of(orders: OrderStore, order: LabourOrder) -> dict[str, str]:
    """The form of an order that never opened, for whoever wants to read it; empty if none is kept."""
    kept = orders.draft(_owner(order), FORM)
    return kept.fields if kept else {}


def _require_waiting(order: LabourOrder) -> None:
    if order.state is not OrderState.DRAFT:
        raise Conflict("这张单子已经处理过了", remedy="请回到列表，看它现在怎样。")


def _owner(order: LabourOrder) -> str:
    return f"order:{order.order_id}"


def _there(orders: OrderStore, call: OpenOrder) -> LabourOrder | None:
    """The order of this id if the actor opened it before; InvalidInput for an id that is somebody else's."""
    try:
        order = orders.order(call.order_id)
    except NotFound:
        return None
    if order.broker != call.actor:
        raise InvalidInput("这张单子的编号不对", remedy="请重新打开“新订单”。")
    return order


def _refuse_faults(draft: OrderDraft, checked: Checked) -> None:
    """Everything that keeps the order from being opened, at once."""
    problems = [
        Problem(column=LABELS[told.field], found="", expected="", fix=told.sentence, severity=Severity.ERROR)
        for told in draft.faults
    ]
    problems += [
        Problem(column="", found=check.found, expected=check.article, fix=check.sentence, severity=Severity.ERROR)
        for check in checked.checks
        if check.weight is Weight.HALT
    ]
    if problems:
        raise InvalidInput("这张单子还不能开", tuple(problems), remedy="请照下面的提示改好再开。")


def _refuse_post(store: RosterStore, orders: OrderStore, vacancy: Vacancy, on: date) -> None:
    """Conflict for a post that may not be offered today, or whose employer stands on a list of arrears."""
    if vacancy.unlawful:
        raise Conflict("这个岗位有违法的招聘条件，不能开单", remedy=vacancy.unlawful[0].sentence)
    if vacancy.channel is Channel.MICRO_FARM or not vacancy.open_on(on):
        raise Conflict("这个岗位今天不招人，不能开单", remedy="请看岗位页写的原因。")
    if owes_wages(store, orders, vacancy, on):
        raise Conflict("这个单位在拖欠工资名单上，不能开单", remedy="移出名单那天起就可以开。有疑问请找县就业局。")


def _region(means: Means, call: OpenOrder) -> str:
    """Where an order belongs: the opener's first region, else the county."""
    if call.regions:
        return call.regions[0]
    return region_of(means.packs, call.jurisdiction)[:COUNTY_DIGITS]


def _write_post(
    store: RosterStore, means: Means, order: LabourOrder, draft: OrderDraft, employer: Employer | None, call: OpenOrder
) -> None:
    """The post of an order as an import of one row, judged by the law as every other."""
    batch_id = batch_id_of(f"opened:{order.order_id}".encode())
    if any(batch.batch_id == batch_id for batch in store.batches()):
        return
    post = judged([_post(store, order, draft, employer, call)], means.packs, call.on)[0]
    post = msgspec.structs.replace(post, occupations=read_texts([post.title])[post.title])
    stated = {name: value for name, value in msgspec.to_builtins(post).items() if value is not None}
    stated.pop("vacancy_id")
    change = Change(record_id=order.vacancy_id, sheet=SHEET, row=1, fields=stated)
    write_own(store, batch_id, Kind.VACANCIES, Deed(SHEET, msgspec.json.encode(stated), call.at, call.actor), [change])


def _post(
    store: RosterStore, order: LabourOrder, draft: OrderDraft, employer: Employer | None, call: OpenOrder
) -> Vacancy:
    name = employer.name if employer else draft.employer
    return Vacancy(
        vacancy_id=order.vacancy_id,
        title=draft.trade,
        duties=_duties(draft) or None,
        channel=(employer.kind if employer else None) or Channel.OTHER_LABOUR_EXPORT,
        employer_id=employer.employer_id if employer else employer_id(name, store.row_key()),
        employer_name=name,
        place_code=draft.place_code or order.region_code,
        headcount=order.n_seats,
        wage_low_yuan_month=draft.wage_low_yuan_month,
        wage_high_yuan_month=draft.wage_high_yuan_month,
        age_min=draft.age_min,
        age_max=draft.age_max,
        lodging=draft.lodging,
        board=draft.board,
        valid_from=call.on,
        valid_to=draft.departs_on,
    )


def _duties(draft: OrderDraft) -> str:
    """What the form says beside its columns, in the words of whoever ordered."""
    parts: Iterable[tuple[str, Any]] = (("工资", draft.wage), ("", draft.terms))
    return "；".join(f"{label}{'：' if label else ''}{text}" for label, text in parts if text)
