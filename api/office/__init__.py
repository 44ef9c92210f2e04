"""The county office: what waits, imports, packs, why something was shown."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from api.office import (
    audit,
    brokers,
    calls,
    claims,
    corrections,
    dispatch,
    figures,
    halts,
    imports,
    kiosks,
    lists,
    people,
    planning,
    plots,
    policy,
    programmes,
    reconcile,
    registers,
    reports,
    returnees,
    returns,
    sms,
    sms_texts,
    today,
    visits,
)
from api.office.room import ROOM
from matcher.records.local_time import CHINA

__all__ = [
    "audit",
    "brokers",
    "calls",
    "claims",
    "corrections",
    "dispatch",
    "figures",
    "halts",
    "imports",
    "init_app",
    "kiosks",
    "lists",
    "people",
    "planning",
    "plots",
    "policy",
    "programmes",
    "reconcile",
    "registers",
    "reports",
    "returnees",
    "returns",
    "sms",
    "sms_texts",
    "today",
    "visits",
]


def init_app(app: Flask) -> None:
    """Attach this room."""
    app.register_blueprint(ROOM)
    app.jinja_env.filters["moment"] = moment
    app.jinja_env.filters["grouped"] = grouped


def moment(text: str) -> str:
    """2018-06-01T04:00:00+00:00 -> 2018-06-01 12:00, as the clock on the wall shows it; "" stays."""
    return datetime.fromisoformat(text).astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if text else ""


def grouped(number: int) -> str:
    """49943 -> 49 943."""
    return f"{number:,}".replace(",", "\u2009")
