"""The form of a new order: kept as it is typed, read from a line, told with everything that was found of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from matcher.language.conditions import find_conditions
from matcher.orders.drafts import LABELS, LONGEST, OrderDraft, clean_fields
from matcher.orders.said import LONGEST_LINE, Reading, end_of_condition, read_line
from matcher.policy.binding import region_of
from matcher.policy.publication import AGE, UNDER_AGE
from matcher.ports import OrderStore, RosterStore
from matcher.records.orders import Draft
from matcher.services.broker.open_order import FORM, Occasion, draft_of
from matcher.services.broker.order_checks import Checked, Weight, check_order
from matcher.services.broker.order_desk import moment_words
from matcher.services.ground.rulebook import Means

LINE: Final = "line"
ORDER_ID: Final = "order_id"
OVER: Final = 2
"""Of a text that is too long so many times its length are kept, so that it can be shortened and not typed anew."""


class KeptOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A form half filled in: the id its order will have, the line typed last, the fields; kept_at : None if fresh.

    page : the showing of the form that sent it, "" if it does not say
    """

    order_id: str
    line: str = ""
    fields: dict[str, str] = {}
    kept_at: datetime | None = None
    page: str = ""


def kept_order(orders: OrderStore, owner: str) -> KeptOrder | None:
    """The form somebody left, also in an earlier session."""
    draft = orders.draft(owner, FORM)
    if draft is None or not draft.fields:
        return None
    fields = dict(draft.fields)
    return KeptOrder(order_id=fields.pop(ORDER_ID, ""), line=fields.pop(LINE, ""), fields=fields, kept_at=draft.kept_at)


def keep_order(orders: OrderStore, owner: str, kept: KeptOrder, *, at: datetime, typing: bool = False) -> None:
    """Keep a form in place of the one before.

    typing : the page sent it by itself. A button pressed on the same page is the later word, also when the two reach
    the server at once and this one is taken second.
    """
    fields = {name: text[: LONGEST[name] * OVER] for name, text in clean_fields(kept.fields).items()}
    given = {ORDER_ID: kept.order_id, LINE: kept.line[: LONGEST_LINE * OVER]}
    draft = Draft(owner=owner, form=FORM, kept_at=at, fields=fields | given, page="" if typing else kept.page)
    orders.put_draft(draft, typed_on=kept.page if typing else "")


def end_order(orders: OrderStore, owner: str, page: str, *, at: datetime) -> None:
    """Forget a form that was sent or thrown away; only its page is remembered, so that it does not come back."""
    orders.put_draft(Draft(owner=owner, form=FORM, kept_at=at, page=page))


def said_into(kept: KeptOrder, means: Means, occasion: Occasion) -> KeptOrder:
    """The form with what its line says; fields the line is silent on stay."""
    if not kept.line.strip():
        return kept
    said = _read(kept.line, means, occasion)
    return msgspec.structs.replace(kept, fields=kept.fields | said.fields)


def without(kept: KeptOrder, kind: str) -> KeptOrder:
    """The form without what it says of one kind of condition, in its words and in the field of ages."""
    ages = {AGE, UNDER_AGE}
    fields = {name: _without(text, {kind} | (ages if kind in ages else set())) for name, text in kept.fields.items()}
    if kind in ages:
        fields["ages"] = ""
    return msgspec.structs.replace(kept, fields=fields)


def _without(text: str, kinds: set[str]) -> str:
    for condition in reversed(find_conditions(text)):
        if condition.kind.value in kinds:
            text = text[: condition.start] + text[end_of_condition(text, condition.end) :]
    return "；".join(part for part in (part.strip(" ,，、") for part in text.split("；")) if part)


def order_form(
    store: RosterStore, orders: OrderStore, means: Means, kept: KeptOrder | None, occasion: Occasion
) -> dict[str, Any]:
    """The form as a page shows it: its fields, faults, questions and checks, and whether it can be opened."""
    fields = clean_fields(kept.fields) if kept else {}
    head = {
        "on": occasion.on.isoformat(),
        "line": kept.line if kept else "",
        "fields": {name: fields.get(name, "") for name in LONGEST},
        "labels": dict(LABELS),
        "longest": dict(LONGEST),
        "longest_line": LONGEST_LINE,
        "kept_at": moment_words(kept.kept_at) if kept else "",
    }
    if not fields:
        faults = draft_of(means, {}, occasion).faults if kept is not None else ()
        nothing: dict[str, Any] = {
            "told": None,
            "questions": [],
            "checks": [],
            "can_open": False,
            "needs_officer": False,
            "n_halts": 0,
        }
        return {**head, **nothing, "faults": _named(faults)}
    draft = draft_of(means, fields, occasion)
    checked = check_order(store, orders, means, draft, occasion.on)
    return {
        **head,
        "told": draft_told(draft),
        "faults": _named(draft.faults),
        "questions": [*_named(draft.questions), *_of_line(kept, fields, means, occasion)],
        **checks_told(draft, checked),
    }


def checks_told(draft: OrderDraft, checked: Checked) -> dict[str, Any]:
    """The checks in words, and what they allow."""
    return {
        "checks": [msgspec.to_builtins(check) for check in checked.checks],
        "can_open": not draft.faults and not checked.halted,
        "needs_officer": checked.needs_officer,
        "n_halts": sum(check.weight is Weight.HALT for check in checked.checks),
    }


def draft_told(draft: OrderDraft) -> list[dict[str, str]]:
    """What was understood, a fact a line; what was not is not here."""
    facts = (
        ("要什么工", draft.trade),
        ("几个座位", f"{draft.n_seats}人" if draft.n_seats else ""),
        ("单位", draft.employer),
        ("地点", draft.place_name),
        ("每月工资", _wage_words(draft)),
        ("走", moment_words(draft.departs_at)),
        ("上车", draft.pickup),
        ("吃住", "、".join(part for part in (_flag(draft.board, "吃"), _flag(draft.lodging, "住")) if part)),
    )
    return [{"label": label, "value": value} for label, value in facts if value]


def _wage_words(draft: OrderDraft) -> str:
    low, high = draft.wage_low_yuan_month, draft.wage_high_yuan_month
    if low is None and high is None:
        return ""
    if high is None:
        return f"{low}元起"
    if low is None:
        return f"最多{high}元"
    return f"{low}元" if low == high else f"{low}到{high}元"


def _flag(value: bool | None, what: str) -> str:
    return "" if value is None else f"包{what}" if value else f"不包{what}"


def _named(told: Any) -> list[dict[str, str]]:
    return [{"field": one.field, "label": LABELS[one.field], "sentence": one.sentence} for one in told]


def _of_line(
    kept: KeptOrder | None, fields: Mapping[str, str], means: Means, occasion: Occasion
) -> list[dict[str, str]]:
    """Questions of the line about fields that still stand as the line filled them."""
    if kept is None or not kept.line.strip():
        return []
    said = _read(kept.line, means, occasion)
    return [
        {"field": field, "label": LABELS[field], "sentence": sentence}
        for field, sentence in said.questions
        if fields.get(field, "") == said.fields.get(field, "")
    ]


def _read(line: str, means: Means, occasion: Occasion) -> Reading:
    return read_line(line, occasion.on, region_of(means.packs, occasion.jurisdiction), occasion.clock)
