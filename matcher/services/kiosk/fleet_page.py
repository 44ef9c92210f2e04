"""The county's kiosks at a glance: what each last said of itself, and what of it somebody should look after."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from matcher.ports import KioskStore
from matcher.records.kiosks import FairPack, Heartbeat, Kiosk, KioskState
from matcher.services.ground.place_words import home_words
from matcher.services.kiosk.fleet import CODE_TRIES

SILENT_AFTER: Final = timedelta(minutes=3)
"""Three heartbeats missed."""
CLOCK_OFF: Final = timedelta(minutes=5)
PACK_ENDS_SOON: Final = timedelta(hours=12)
_STATES: Final = {
    KioskState.INVITED: "等着登记",
    KioskState.ENROLLED: "在用",
    KioskState.REVOKED: "已停用",
    KioskState.WIPING: "等着清空",
    KioskState.WIPED: "已清空",
}
_PAPER: Final = {"ok": "有纸", "low": "纸快没了", "out": "没纸了", "error": "打印机坏了"}
_READER: Final = {"ok": "正常", "missing": "没接上", "off": "没开"}
_FINE: Final = frozenset({"ok"})
UNKNOWN: Final = "没说"


def fleet_page(kiosks: KioskStore, *, now: datetime, regions: tuple[str, ...] = ()) -> dict[str, Any]:
    """The kiosks of the regions, those in use first, and how many of them need somebody."""
    rows = [
        _row(kiosk, kiosks.packs(kiosk.kiosk_id), now)
        for kiosk in kiosks.kiosks()
        if not regions or kiosk.region_code.startswith(regions)
    ]
    rows.sort(key=lambda row: (_ORDER.index(row["state"]), row["name"], row["kiosk_id"]))
    return {
        "kiosks": rows,
        "n_at_work": sum(row["at_work"] for row in rows),
        "n_faulty": sum(row["faulty"] for row in rows),
    }


_ORDER: Final = ("enrolled", "wiping", "invited", "revoked", "wiped")


def _row(kiosk: Kiosk, packs: list[FairPack], now: datetime) -> dict[str, Any]:
    heard = kiosk.heartbeat
    at_work = kiosk.state in (KioskState.ENROLLED, KioskState.WIPING)
    told = _told(heard, now) if heard else []
    cells = [*told, _pack(heard, packs, now)] if at_work else []
    if at_work and heard is None:
        cells = [_cell("heartbeat", "报到", "登记后还没报到过", is_fine=False), *cells]
    return {
        "kiosk_id": kiosk.kiosk_id,
        "name": kiosk.name,
        "place": home_words(kiosk.region_code.ljust(6, "0")),
        "region_code": kiosk.region_code,
        "state": kiosk.state.value,
        "state_label": _invited(kiosk, now) or _STATES[kiosk.state],
        "at_work": at_work,
        "synthetic": heard is not None and heard.synthetic,
        "heard_at": heard.at.isoformat() if heard else "",
        "synced_at": kiosk.synced_at.isoformat() if kiosk.synced_at else "",
        "version": heard.version if heard else "",
        "cells": cells,
        "faulty": any(not cell["fine"] for cell in cells),
        "may_wipe": kiosk.state is KioskState.ENROLLED,
        "may_revoke": kiosk.state in (KioskState.INVITED, KioskState.ENROLLED, KioskState.WIPING),
    }


def _told(heard: Heartbeat, now: datetime) -> list[dict[str, Any]]:
    age = now - heard.at
    off = heard.clock_off_s
    waiting = heard.n_waiting
    return [
        _cell("heartbeat", "报到", f"{span(age)}前", is_fine=age < SILENT_AFTER),
        _cell("paper", "打印纸", _PAPER.get(heard.paper or "", UNKNOWN), is_fine=heard.paper in _FINE),
        _cell("reader", "读卡器", _READER.get(heard.reader or "", UNKNOWN), is_fine=heard.reader in _FINE),
        _cell("clock", "钟", _clock(off), is_fine=off is not None and abs(timedelta(seconds=off)) < CLOCK_OFF),
        # Counted after sending: with a network none is left.
        _cell("waiting", "没传回的", UNKNOWN if waiting is None else f"{waiting}次", is_fine=not waiting),
    ]


def _pack(heard: Heartbeat | None, packs: list[FairPack], now: datetime) -> dict[str, Any]:
    """The pack that the kiosk says it holds."""
    until = heard.pack_until if heard else None
    held = next((pack for pack in packs if heard is not None and pack.pack_id == heard.pack_id), None)
    if until is None:
        return _cell("pack", "资料", "还没有", is_fine=False)
    if held is not None and held.revoked_at is not None:
        return _cell("pack", "资料", "已作废", is_fine=False)
    if until <= now:
        return _cell("pack", "资料", "过期了", is_fine=False)
    return _cell("pack", "资料", f"还能用{span(until - now)}", is_fine=until - now > PACK_ENDS_SOON)


def _cell(name: str, label: str, text: str, *, is_fine: bool) -> dict[str, Any]:
    return {"name": name, "label": label, "text": text, "fine": is_fine}


def _invited(kiosk: Kiosk, now: datetime) -> str:
    """Why an invitation leads to nothing any more; "" where it does, or is none."""
    if kiosk.state is not KioskState.INVITED:
        return ""
    if kiosk.n_wrong_codes >= CODE_TRIES:
        return "登记码试错太多次，已作废"
    return "登记码过期了" if kiosk.code_until is None or kiosk.code_until <= now else ""


def _clock(off_s: int | None) -> str:
    if off_s is None:
        return UNKNOWN
    off = abs(timedelta(seconds=off_s))
    return "准" if off < CLOCK_OFF else f"{'快' if off_s > 0 else '慢'}{span(off)}"


def span(length: timedelta) -> str:
    """A span as one says it, in the largest unit that is full: 40秒, 3分钟, 5小时, 2天."""
    seconds = max(0, round(length.total_seconds()))
    for unit, size in (("天", 86_400), ("小时", 3600), ("分钟", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}秒"
