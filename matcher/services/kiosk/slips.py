"""A slip: its number, four digits that mean nothing but this slip, and all it says, as the printer takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from matcher.decisions import digest
from matcher.services.kiosk.job_words import keep_words, pay_words, place_words

DIGITS: Final = 4
DESK: Final = "服务台"
WARNINGS: Final = ("没人可以收您钱、扣您证。", "有事打 12333")
_ID_DIGITS: Final = 16
_LONGEST: Final = 160


def slip_code(visit_id: str, chosen: str) -> str:
    """Four digits from a visit and what was picked: the same press gives the same number."""
    return f"{int(slip_id(visit_id, chosen)[:8], 16) % 10**DIGITS:0{DIGITS}d}"


def slip_id(visit_id: str, chosen: str) -> str:
    """What the printer knows a slip by, so that a second press prints it no second time."""
    return digest(f"{visit_id}/{chosen}".encode())[:_ID_DIGITS]


def paper_of(
    job: Mapping[str, Any], *, nr: int, slip: str, code: str, office: str, on: str, mark: str = ""
) -> dict[str, Any]:
    """The slip of a job. Nothing of the person stands on it: no name, no number, no phone."""
    facts = (pay_words(job), f"{place_words(job)}，{job['place']}", keep_words(job))
    title = f"{nr}号 {job['title']}" if nr else str(job["title"])
    return _paper(slip, code, office, on, mark) | {
        "job": title[:_LONGEST],
        "employer": (job["employer"] or "")[:_LONGEST],
        "facts": [fact[:_LONGEST] for fact in facts],
        "drawback": job["drawback"][:_LONGEST],
    }


def plot_paper(sentence: str, *, slip: str, code: str, office: str, on: str, mark: str = "") -> dict[str, Any]:
    """The slip of somebody who asks for a plot."""
    return _paper(slip, code, office, on, mark) | {"job": "问菜地（微田园）", "facts": [sentence[:_LONGEST]]}


def _paper(slip: str, code: str, office: str, on: str, mark: str) -> dict[str, Any]:
    return {
        "slip_id": slip,
        "office": f"{office}就业局 找活小票",
        "desk": DESK,
        "warnings": list(WARNINGS),
        "code": code,
        "on": on,
        "mark": mark,
    }
