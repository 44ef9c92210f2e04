"""Going on from an earlier file: whoever still may go keeps the place, and what came free goes to those without one.

Somebody is moved only if the plan in which all keep their places is proven to lack more than the gap of any plan's
value, and is then named with where from and where to. The file's prices bound every plan (`allocation.duals` of a best
one), so mostly a glance proves it (`allocation.auction`). Limits an auction does not know are refused by name;
`allocate` without a file knows them all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from matcher.allocation.auction import auction, unknown_limits
from matcher.allocation.auction_table import Auction
from matcher.allocation.market import NOBODY, Plan
from matcher.errors import InvalidInput, UsageError
from matcher.services.assignment.people_sent import Sending
from matcher.services.assignment.worth import WORTH_BITS

DEAREST: Final = 1 << WORTH_BITS
"""No price of a file is believed beyond this many times a certain fit."""


LIMITS: Final = {
    "kept places": "给某类人留的名额（kept）",
    "shared limits": "车、宿舍或合计名额（buses、dormitories、quotas）",
    "groups and land": "同行的人（together）或土地",
}
WITHOUT: Final = "去掉 --replan 重新分配，限制就都会照办。"
MOVED: Final = {
    "moved": "人人都留在原处的话，总的安排比最好的差千分之一以上，所以换了。",
    "fewer_places": "原来那里的名额少了，没有都留下。",
}


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """An allocation's file: prices by vacancy, and where each person went."""

    prices: dict[str, float]
    places: dict[str, str]


class _Head(msgspec.Struct):
    prices: dict[str, float]


class _Line(msgspec.Struct):
    worker_id: str
    vacancy_id: str


def read_earlier(path: Path | None) -> Earlier | None:
    """The allocation of a file, none without one. Raises InvalidInput for a file that is none."""
    if path is None:
        return None
    try:
        first, *lines = path.read_bytes().splitlines()
        sent = [msgspec.json.decode(line, type=_Line) for line in lines]
        head = msgspec.json.decode(first, type=_Head)
    except (ValueError, msgspec.MsgspecError):
        raise InvalidInput(
            "这不是分配写出的名单", where=str(path), remedy="请用 `matcher allocate --out` 写出的文件。"
        ) from None
    return Earlier(prices=head.prices, places={line.worker_id: line.vacancy_id for line in sent})


def replanned(sending: Sending, earlier: Earlier) -> Auction:
    """The plan that goes on from an earlier one; people and posts that are no longer here are left out.

    Raises UsageError for kept places, shared limits and groups.
    """
    unknown = unknown_limits(sending.market)
    if unknown:
        named = "、".join(LIMITS[one] for one in unknown)
        raise UsageError(f"接着原来的名单分配时，不能带{named}", where="--limits", remedy=WITHOUT)
    told = np.array([earlier.prices.get(one.vacancy_id, 0.0) for one in sending.solved.rosters.vacancies])
    prices = (np.clip(told, 0.0, DEAREST) * (1 << WORTH_BITS)).astype(np.int64)
    before = Plan(_places(sending, earlier), 0, 0, "auction")
    return auction(sending.market, before=Auction(before, prices, 0))


def moved_people(sending: Sending, earlier: Earlier, plan: Plan) -> list[dict[str, Any]]:
    """Whoever had a place in the file, may still go there, and does not: worker_id, from, to (None: stays), reasons."""
    rosters, pairs = sending.solved.rosters, sending.market.pairs
    before = _places(sending, earlier)
    still = pairs.vacancy_ix == before[pairs.worker_ix]
    moved = pairs.worker_ix[still & (plan.vacancy_of[pairs.worker_ix] != before[pairs.worker_ix])]
    fewer = np.bincount(pairs.vacancy_ix[still], minlength=len(rosters.vacancies)) > sending.market.room
    names = [one.vacancy_id for one in rosters.vacancies]
    return [
        {
            "worker_id": rosters.workers[ix].worker_id,
            "from": names[before[ix]],
            "to": None if plan.vacancy_of[ix] == NOBODY else names[plan.vacancy_of[ix]],
            "reasons": [_reason("fewer_places" if fewer[before[ix]] else "moved")],
        }
        for ix in np.sort(moved).tolist()
    ]


def _reason(rule_id: str) -> dict[str, str]:
    return {"rule_id": rule_id, "sentence": MOVED[rule_id]}


def _places(sending: Sending, earlier: Earlier) -> NDArray[np.int32]:
    """Where each worker went in the file, NOBODY without a place there or where the post is gone."""
    rosters = sending.solved.rosters
    at = {vacancy.vacancy_id: ix for ix, vacancy in enumerate(rosters.vacancies)}
    place = [at.get(earlier.places.get(worker.worker_id, ""), NOBODY) for worker in rosters.workers]
    return np.array(place, dtype=np.int32)
