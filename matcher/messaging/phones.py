"""What kind of number a written telephone number is, and the one form mobile numbers are compared in."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

from matcher.messaging.sending import PhonePatterns

_FILLING: Final = re.compile(r"[\s()._-]")


class PhoneKind(StrEnum):
    """A text reaches MOBILE alone."""

    NONE = "none"
    MOBILE = "mobile"
    LANDLINE = "landline"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"


def read_phone(written: str | None, patterns: PhonePatterns) -> tuple[PhoneKind, str]:
    """The kind of a number and its plain digits: ＋86 138-0000-0001 -> (mobile, 13800000001); "" unless mobile."""
    line = _FILLING.sub("", unicodedata.normalize("NFKC", written or ""))
    if not line:
        return PhoneKind.NONE, ""
    own = re.sub(rf"^(?:{patterns.country})(?=\d)", "", line)
    if re.fullmatch(patterns.mobile, own, re.ASCII):
        return PhoneKind.MOBILE, own
    # Behind the country's prefix an area code stands without its 0, if people write it right.
    local = own if own == line or own.startswith("0") else f"0{own}"
    if re.fullmatch(patterns.landline, local, re.ASCII):
        return PhoneKind.LANDLINE, ""
    return (PhoneKind.FOREIGN if re.fullmatch(patterns.foreign, line, re.ASCII) else PhoneKind.UNREADABLE), ""
