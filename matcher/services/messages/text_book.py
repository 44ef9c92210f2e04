"""The county's texts as an officer reads them: worst case, what the carrier says, and what a filled one costs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from matcher.errors import Conflict, Forbidden, InvalidInput, NotFound
from matcher.messaging.season import Purpose
from matcher.messaging.segments import UNITS_JOINED, counted, parts
from matcher.messaging.templates import Approval, Slot, Template, render
from matcher.services.messages.desk import By, Desk
from matcher.services.messages.signature import signature_note
from matcher.services.messages.template_states import STATES, move_template, templates_told

LABELS: Final[Mapping[str, str]] = {
    "shortlist_3": "三个岗位",
    "shortlist_2": "两个岗位",
    "shortlist_1": "一个岗位",
    "shortlist_3_plot": "三个岗位和菜园地块",
    "shortlist_2_plot": "两个岗位和菜园地块",
    "shortlist_1_plot": "一个岗位和菜园地块",
    "plot_only": "只有菜园地块",
    "choice_confirmed": "回信：选岗记下了",
    "call_confirmed": "回信：会打电话，说来电号码",
    "call_confirmed_plain": "回信：会打电话",
    "complaint_confirmed": "回信：投诉收到了",
    "refusal_confirmed": "回信：不再发了",
    "wrong_person_confirmed": "回信：不是本人",
    "departure": "通知：哪天上车",
    "filled": "通知：岗位满了",
    "closed": "通知：岗位不招了",
}
SLOTS: Final[Mapping[str, str]] = {
    "greeting": "称呼",
    "job1": "岗位1",
    "job2": "岗位2",
    "job3": "岗位3",
    "job": "岗位",
    "days": "几天有效",
    "choice": "第几个",
    "caller": "谁打电话",
    "when": "什么时候打",
    "phone": "电话号码",
    "call_back": "来电号码",
    "pickup": "哪里上车",
    "place": "去哪里",
    "plate": "车牌",
}
MOVES: Final[Mapping[Approval, tuple[tuple[Approval, str], ...]]] = {
    Approval.DRAFT: ((Approval.SUBMITTED, "报给运营商了"),),
    Approval.SUBMITTED: ((Approval.APPROVED, "运营商批准了"), (Approval.REJECTED, "运营商不批")),
    Approval.APPROVED: ((Approval.REJECTED, "运营商收回了"),),
    Approval.REJECTED: (),
}
PURPOSES: Final[Mapping[Purpose, str]] = {
    Purpose.OFFER: "名单",
    Purpose.NOTICE: "通知",
    Purpose.ANSWER: "回信",
}
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
FULL: Final = "口"
DIGIT: Final = "0"
"""Stands where nothing was written yet: a slot as long as it may be."""
LONGEST: Final = 60


def texts_told(desk: Desk) -> dict[str, Any]:
    """Every text's newest version with its worst case and its state, and what the carrier of the settings is like."""
    book, carrier = desk.texting.book, desk.texting.carrier
    newest: dict[str, dict[str, Any]] = {}
    for row in templates_told(desk.texting):
        if row["id"] not in newest or newest[row["id"]]["version"] < row["version"]:
            newest[row["id"]] = row
    return {
        "carrier": carrier.label,
        "needs_approval": carrier.needs_approval,
        "signature": book.signature,
        "signature_note": signature_note(desk),
        "most_parts": book.most_parts,
        "texts": [_told(row) for row in newest.values()],
    }


def text_told(desk: Desk, template_id: str, slots: Mapping[str, str] = NOTHING) -> dict[str, Any]:
    """One text: every version, and the newest one filled in; slots left empty stand as long as they may be.

    Raises NotFound for an unknown id.
    """
    rows = [_told(row) for row in templates_told(desk.texting) if row["id"] == template_id]
    if not rows:
        raise NotFound("没有这条短信", where=template_id, remedy="请从短信正文的列表重新点进来。")
    rows.sort(key=lambda row: -row["version"])
    newest = next(
        one for one in desk.texting.book.template if (one.id, one.version) == (template_id, rows[0]["version"])
    )
    given = {name: slots.get(name, "").strip()[:LONGEST] for name in newest.slots}
    full = {name: _full(slot) for name, slot in newest.slots.items()}
    return {**rows[0], "given": given, "full": full, "count": _counted(desk, newest, given), "versions": rows}


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    state = Approval(row["state"])
    return {
        **row,
        "label": LABELS.get(row["id"], row["id"]),
        "purpose_label": PURPOSES[Purpose(row["purpose"])],
        "moves": [{"to": to.value, "label": label} for to, label in MOVES[state]],
        "slots": [{**slot, "label": SLOTS.get(slot["name"], slot["name"])} for slot in row["slots"]],
    }


def _full(slot: Slot) -> str:
    """A slot as long as it may be."""
    return (FULL if slot.pairs else DIGIT) * slot.most


def _counted(desk: Desk, one: Template, given: Mapping[str, str]) -> dict[str, Any]:
    """The counter of a filled text. faults : why it may not be sent as it is."""
    book = desk.texting.book
    filled = {name: given[name] or _full(slot) for name, slot in one.slots.items()}
    body = book.signed(one.text.format_map(filled))
    faults: list[str] = []
    try:
        render(book, one, filled)
    except InvalidInput as refused:
        faults = [f"{SLOTS.get(p.column, p.column)}：{p.expected}。{p.fix}" for p in refused.problems]
    count = counted(body, book.most_parts)
    room = UNITS_JOINED * book.most_parts
    return {**count._asdict(), "body": body, "parts": list(parts(body)), "room": room, "faults": faults}


def move_text(desk: Desk, template_id: str, version: int, to: str, by: By) -> None:
    """Keep what the carrier said of a version.

    Raises Forbidden for an account of less than the county (all of it is sent by these texts), NotFound, Conflict for
    a step there is none, InvalidInput for a state there is none.
    """
    if by.regions:
        raise Forbidden("短信正文全县共用，只有管全县的账号能改", remedy="请找县就业局管全县的同事。")
    wanted = next((state for state in Approval if state.value == to), None)
    if wanted is None:
        raise InvalidInput("没有这种状态", where="to", remedy="请按页面上的按钮。")
    try:
        move_template(desk, template_id, version, wanted, by)
    except NotFound:
        raise NotFound("没有这条短信", where=template_id, remedy="请从短信正文的列表重新点进来。") from None
    except Conflict:
        told = f"这一版不能改成“{STATES[wanted]}”"
        raise Conflict(told, remedy="请刷新再看；运营商不批的，要写一个新版本。") from None
