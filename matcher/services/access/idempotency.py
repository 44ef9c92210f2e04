"""A write that is asked for twice under one key is done once: networks repeat, people click again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from matcher.errors import Conflict, InvalidInput
from matcher.ports import AccessStore
from matcher.records.access import KeptAnswer

KEPT: Final = timedelta(hours=24)
ABANDONED: Final = timedelta(minutes=10)
"""No call takes so long: whoever began one before that was stopped on the way."""


def once(
    access: AccessStore, *, actor: str, key: str, request_sha256: str, now: datetime, do: Callable[[], KeptAnswer]
) -> KeptAnswer:
    """The answer of the first call of (actor, key) within KEPT; `do` makes it and runs at most once.

    A call that fails gives its key free: nothing was done. InvalidInput if the key stands for another request,
    Conflict while the first call is under way.
    """
    access.forget_answers(now - KEPT)
    claim = KeptAnswer(key=key, actor=actor, request_sha256=request_sha256, created_at=now)
    kept = access.begin_once(claim)
    if kept is not None and kept.status == 0 and now - kept.created_at >= ABANDONED:
        access.forget_once(actor, key)
        kept = access.begin_once(claim)
    if kept is not None:
        return _repeated(kept, request_sha256)
    try:
        answer = do()
    except BaseException:
        access.forget_once(actor, key)
        raise
    access.finish_once(answer)
    return answer


def _repeated(kept: KeptAnswer, request_sha256: str) -> KeptAnswer:
    if kept.request_sha256 != request_sha256:
        raise InvalidInput(
            "这个 Idempotency-Key 已经用在另一个请求上", where="Idempotency-Key", remedy="请给新的请求换一个键。"
        )
    if kept.status == 0:
        raise Conflict(
            "同一个请求还在处理", where="Idempotency-Key", remedy="请过几秒再用同一个键重试，会得到第一次的结果。"
        )
    return kept
