"""A post halted while something told of it is looked into, and let go on: a dated bar, no word of who told it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from matcher.errors import NotFound
from matcher.ports import Change, RosterStore
from matcher.records import SUSPENDED, Kind, PublishBar, Vacancy
from matcher.services.ground.own_batch import Deed, batch_id_of, write_own

BAR: Final = PublishBar(
    code=SUSPENDED, sentence="有人反映这个岗位的问题，县就业局正在核查，先停下。查清以前不派人、不打电话。"
)
SHEET: Final = "停岗核查"
"""Where the fact comes from, as the history of the post says it."""


def suspend_post(store: RosterStore, vacancy_id: str, *, at: datetime, by: str) -> bool:
    """Bar a post for everybody from now on; whether that was new. NotFound outside the store's regions."""
    post = _post(store, vacancy_id)
    return not is_suspended(post) and _state(store, post, (*post.publish_bars, BAR), at=at, by=by)


def resume_post(store: RosterStore, vacancy_id: str, *, at: datetime, by: str) -> bool:
    """Take that bar off, and no other; whether there was one. NotFound outside the store's regions."""
    post = _post(store, vacancy_id)
    others = (bar for bar in post.publish_bars if bar.code != SUSPENDED)
    return is_suspended(post) and _state(store, post, others, at=at, by=by)


def is_suspended(post: Vacancy) -> bool:
    """Whether an officer has halted the post."""
    return any(bar.code == SUSPENDED for bar in post.publish_bars)


def _post(store: RosterStore, vacancy_id: str) -> Vacancy:
    for found in store.records(Kind.VACANCIES, ids=[vacancy_id]):
        if isinstance(found, Vacancy):
            return found
    raise NotFound("没有这个岗位", where="vacancy", remedy="请从列表重新点进来。")


def _state(store: RosterStore, post: Vacancy, bars: Iterable[PublishBar], *, at: datetime, by: str) -> bool:
    fields = {"publish_bars": [msgspec.to_builtins(bar) for bar in bars]}
    named = msgspec.json.encode([post.vacancy_id, at.isoformat(), fields])
    change = Change(record_id=post.vacancy_id, sheet=SHEET, row=1, fields=fields)
    deed = Deed(f"post:{post.vacancy_id}", named, at, by)
    write_own(store, batch_id_of(named), Kind.VACANCIES, deed, [change])
    return True
