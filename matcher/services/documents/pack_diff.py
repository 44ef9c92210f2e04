"""Two documents side by side as a page: which two, on which day, and what they pay and ask differently."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from matcher.errors import NotFound
from matcher.policy.diff import diff
from matcher.policy.pages.diff import STATE_WORDS, VERDICT_WORDS
from matcher.policy.subjects import standard_subjects
from matcher.policy.types import Pack, PackSet


def pack_diff(packs: PackSet, left_id: str, right_id: str, on: date) -> dict[str, Any]:
    """The comparison with the documents to choose from; without two documents named nothing is compared yet.

    Raises NotFound for a document that is none.
    """
    choices = [{"pack_id": pack.id, "name": pack.name} for pack in comparable(packs)]
    told: dict[str, Any] = {"on": on.isoformat(), "choices": choices, "left_id": left_id, "right_id": right_id}
    if not left_id or not right_id:
        return {**told, "found": None}
    left, right = _pack(packs, left_id), _pack(packs, right_id)
    found = msgspec.to_builtins(diff(left, right, on, packs.vocabulary, standard_subjects()))
    for side in ("left", "right"):
        found[side]["state_label"] = STATE_WORDS[found[side]["state"]]
    for compared in (*found["subjects"], *found["orders"], {"questions": found["others"]}):
        for question in compared["questions"]:
            question["verdict_label"] = VERDICT_WORDS[question["verdict"]]
    return {**told, "found": found}


def comparable(packs: PackSet) -> list[Pack]:
    """The documents of counties and cities; law and the general rules bind everywhere and are compared with nothing."""
    return [pack for pack in packs.packs.values() if not pack.document.always]


def _pack(packs: PackSet, pack_id: str) -> Pack:
    pack = packs.packs.get(pack_id)
    if pack is None:
        raise NotFound("没有这份政策", remedy="请从两个列表里各选一份。")
    return pack
