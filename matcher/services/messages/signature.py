"""Whose name stands before a text: the county's registered one, or one nobody has registered yet."""

from __future__ import annotations

from typing import Final

from matcher.errors import Conflict
from matcher.services.messages.desk import TEXTS_FILE, Desk

FILE: Final = "file"
REMEDY: Final = f'请在数据文件夹的 {TEXTS_FILE} 里写一行 signature = "…"，和向运营商登记的签名一字不差。'


def signature_note(desk: Desk) -> str:
    """What to tell whoever plans or lets go; "" where the county wrote its signature, or of a demonstration."""
    if desk.texting.own_signature or desk.means.settings.demo:
        return ""
    return f"短信签名【{desk.texting.book.signature}】是系统按县名写的，县里还没有定。{REMEDY}"


def require_signature(desk: Desk) -> None:
    """Raise Conflict where texts would go to a carrier under a name that no county has given."""
    goes_out = desk.means.settings.sms_gateway != FILE and not desk.rules.delivery.trial
    if goes_out and signature_note(desk):
        raise Conflict(
            f"短信签名还没有定，不能发：现在写的是【{desk.texting.book.signature}】",
            where=TEXTS_FILE,
            remedy=REMEDY,
        )
