"""The full number for one call that somebody asked for: inside an open task, logged, within the quota of a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from matcher.errors import Conflict, NotFound, TooMany
from matcher.messaging.season import local
from matcher.services.messages.call_queue import phone_of, task_at
from matcher.services.messages.desk import By, Desk

ACTION: Final = "sms_number"
N_LOOKED_BACK: Final = 1000


def number_for_call(desk: Desk, task_id: str, by: By) -> dict[str, Any]:
    """Name and number for a call that is owed; it leaves with one page and is kept nowhere.

    The person has asked to be called by this very text: that is what the number is looked at for, and nothing else.
    Raises NotFound for a task the asker may not see or without a number, Conflict for one that is done, TooMany
    beyond the quota of the day.
    """
    task = task_at(desk, task_id, by)
    if task.done_at is not None:
        raise Conflict("这个电话已经打完了", remedy="请回电话单，打下一个。")
    identity = desk.store.identities([task.worker_id]).get(task.worker_id) if task.worker_id else None
    phone = phone_of(desk, task) or (identity.phone if identity else "") or ""
    if not phone:
        raise NotFound("没有登记电话", remedy="请托村里带话，问到了交县就业局登记。")
    _require_quota(desk, task_id, by)
    desk.tell(by, ACTION, task_id, *((task.worker_id,) if task.worker_id else ()), reason=task.reason)
    return {"task_id": task_id, "name": (identity.name or "") if identity else "", "phone": phone}


def _require_quota(desk: Desk, task_id: str, by: By) -> None:
    """The same task counts once a day."""
    midnight = _midnight(desk, by.at)
    looked = {
        entry.subjects[0]
        for entry in desk.access.audit(actor=by.actor, limit=N_LOOKED_BACK)
        if entry.action == ACTION and entry.at >= midnight and entry.subjects
    }
    most = desk.means.settings.unlocks_per_day
    if task_id not in looked and len(looked) >= most:
        wait_s = int((midnight + timedelta(days=1) - by.at).total_seconds())
        raise TooMany(f"今天已经看过{most}个人的号码，到上限了", wait_s=wait_s, remedy="明天再打；急用请找县就业局。")


def _midnight(desk: Desk, at: datetime) -> datetime:
    return local(at, desk.rules).replace(hour=0, minute=0, second=0, microsecond=0)
