"""A broker's registration (备案): recorded for an account, in force between two days, and what it opens."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from enum import StrEnum
from typing import Final

import msgspec

from matcher.errors import InvalidInput, NotFound
from matcher.office.reports.forms import forms
from matcher.ports import AccessStore, OrderStore
from matcher.records.access import AuditEntry, Role, User
from matcher.records.orders import BrokerLicence

NUMBER: Final = re.compile(r"[0-9A-Za-z\u4e00-\u9fff〔〕\[\]()（）\-_/]{2,40}")
DEMO_BROKER: Final = "demo-b01"
"""How the placements of the synthetic county call the first of its brokers."""
_RENEW: Final = "请带身份证和备案材料到县就业局办理备案，登记好以后马上就能用。"


class LicenceState(StrEnum):
    """How an account's registration stands on a day."""

    NONE = "none"
    NOT_YET = "not_yet"
    IN_FORCE = "in_force"
    EXPIRED = "expired"


class LicenceTold(msgspec.Struct, frozen=True, kw_only=True):
    """A registration on a day: whether it opens personal data, and what to say and do if it does not, or not long."""

    state: LicenceState
    sentence: str
    remedy: str = ""
    ends_soon: bool = False
    licence: BrokerLicence | None = None

    @property
    def in_force(self) -> bool:
        """Whether the broker may see people."""
        return self.state is LicenceState.IN_FORCE


class NewLicence(msgspec.Struct, frozen=True, kw_only=True):
    """The call: whose account, the number of the registration, its first and last day.

    regions : of whoever records it; an account that reaches beyond them does not exist for that reader
    """

    user: str
    number: str
    from_: date
    to: date
    regions: tuple[str, ...] = ()


def record_licence(
    access: AccessStore, orders: OrderStore, call: NewLicence, *, now: datetime, by: str, role: str
) -> BrokerLicence:
    """Keep a broker's registration in place of the one before. NotFound, InvalidInput with what to mend."""
    user = _user(access, call)
    if user.role is not Role.BROKER:
        raise InvalidInput("备案只给劳务员账号登记", where="user", remedy="请选劳务员的账号。")
    number = call.number.strip()
    if NUMBER.fullmatch(number) is None:
        raise InvalidInput(
            "备案编号不对", where="number", remedy="请照备案表写2到40个字，只有汉字、字母、数字和括号横线。"
        )
    if call.to < call.from_:
        raise InvalidInput("备案的结束日期早于开始日期", where="to", remedy="请核对两个日期。")
    licence = BrokerLicence(user=user.name, number=number, from_=call.from_, to=call.to, recorded_by=by)
    orders.put_licence(licence)
    access.append_audit(
        AuditEntry(
            at=now, actor=by, role=role, action="licence_recorded", subjects=(f"user:{user.name}",),
            detail={"number": number, "from": call.from_.isoformat(), "to": call.to.isoformat()},
        )
    )  # fmt: skip
    return licence


def licence_of(orders: OrderStore, user: str, on: date) -> LicenceTold:
    """How an account's registration stands on a day."""
    licence = orders.licence(user)
    if licence is None:
        said = "您的账号没有登记劳务经纪备案，可以看订单，不能看任何人的资料。"
        return LicenceTold(state=LicenceState.NONE, sentence=said, remedy=_RENEW)
    if on < licence.from_:
        said = f"您的备案{licence.from_:%Y年%-m月%-d日}才开始，那天以前可以看订单，不能看任何人的资料。"
        return LicenceTold(
            state=LicenceState.NOT_YET, sentence=said, remedy="日期不对的话，请找县就业局改。", licence=licence
        )
    if on > licence.to:
        said = f"您的备案{licence.to:%Y年%-m月%-d日}到期了，可以看订单，不能看任何人的资料。"
        return LicenceTold(state=LicenceState.EXPIRED, sentence=said, remedy=_RENEW, licence=licence)
    left = (licence.to - on).days
    soon = left <= forms().licence_days
    said = f"备案{licence.number}，{licence.to:%Y年%-m月%-d日}到期" + (f"，还有{left}天。" if soon else "。")
    return LicenceTold(
        state=LicenceState.IN_FORCE, sentence=said, remedy=_RENEW if soon else "", ends_soon=soon, licence=licence
    )


def _user(access: AccessStore, call: NewLicence) -> User:
    """The account of a call, inside its regions; InvalidInput for any other."""
    try:
        user = access.user(call.user)
    except NotFound:
        user = None
    if user is None or not _inside(user, call.regions):
        raise InvalidInput("没有这个账号", where="user", remedy="请从账号列表里选一个劳务员。")
    return user


def _inside(user: User, regions: tuple[str, ...]) -> bool:
    """Whether an account reaches nowhere beyond some regions; empty regions are the whole database."""
    return not regions or (bool(user.regions) and all(region.startswith(regions) for region in user.regions))


def brokers_told(
    access: AccessStore, orders: OrderStore, on: date, regions: tuple[str, ...] = ()
) -> list[dict[str, object]]:
    """Every broker's account of the regions with its registration, those that open nothing first."""
    accounts = (user for user in access.users() if user.role is Role.BROKER and user.disabled_at is None)
    brokers = [user for user in accounts if _inside(user, regions)]
    rows = [_row(user, licence_of(orders, user.name, on)) for user in brokers]
    return sorted(rows, key=lambda row: (row["state"] == LicenceState.IN_FORCE.value, row["to"], row["name"]))


def register_demo_brokers(access: AccessStore, orders: OrderStore, on: date) -> None:
    """Register the brokers of a demonstration for the year of its day; who has a registration keeps it."""
    for user in access.users():
        if user.role is Role.BROKER and orders.licence(user.name) is None:
            orders.put_licence(
                BrokerLicence(
                    user=user.name, number=DEMO_BROKER, from_=date(on.year, 1, 1), to=date(on.year, 12, 31),
                    recorded_by="demo",
                )
            )  # fmt: skip


def broker_names(access: AccessStore, orders: OrderStore, regions: tuple[str, ...] = ()) -> dict[str, str]:
    """Account and number of registration of each broker of the regions -> the name somebody reads.

    Placements name their broker by either; of an account that was ended the work is still owed. A number that stands
    at several accounts names nobody.
    """
    brokers = [user for user in access.users() if user.role is Role.BROKER]
    licences = [(user, found.number) for user in brokers if (found := orders.licence(user.name)) is not None]
    n_of = Counter(number for _, number in licences)
    by_number = {number: user.display_name for user, number in licences if n_of[number] == 1 and _inside(user, regions)}
    return by_number | {user.name: user.display_name for user in brokers if _inside(user, regions)}


def _row(user: User, told: LicenceTold) -> dict[str, object]:
    licence = told.licence
    return {
        "name": user.name,
        "display_name": user.display_name,
        "regions": list(user.regions),
        "state": told.state.value,
        "state_label": STATE_LABELS[told.state],
        "ends_soon": told.ends_soon,
        "number": licence.number if licence else "",
        "from": licence.from_.isoformat() if licence else "",
        "to": licence.to.isoformat() if licence else "",
    }


STATE_LABELS: Final = {
    LicenceState.NONE: "没有备案",
    LicenceState.NOT_YET: "还没开始",
    LicenceState.IN_FORCE: "有效",
    LicenceState.EXPIRED: "到期了",
}
