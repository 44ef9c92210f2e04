"""A sending is let go, stopped, let go on or taken back; above the limit two different people let it go."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from matcher.errors import Conflict, Forbidden, NotFound
from matcher.messaging.season import may_send
from matcher.records.texts import Sending, SendingState
from matcher.services.messages.desk import By, Desk
from matcher.services.messages.signature import require_signature

LONGEST_WHY: Final = 60
UNKNOWN_REMEDY: Final = "请从短信页面重新点进来；用命令的，先用 matcher sms status 查编号。"
STATES: Final = {
    SendingState.WAITING: "等人放行",
    SendingState.RELEASED: "已放行",
    SendingState.PAUSED: "暂停",
    SendingState.ENDED: "发完了",
    SendingState.CANCELLED: "取消了",
}


def sending_at(desk: Desk, sending_id: str, by: By) -> Sending:
    """A sending inside the regions of whoever asks; NotFound for any other."""
    try:
        sending = desk.texts.sending(sending_id)
    except NotFound:
        sending = None
    if sending is None or (by.regions and not sending.region_code.startswith(by.regions)):
        raise NotFound("没有这一批短信", where=sending_id, remedy=UNKNOWN_REMEDY)
    return sending


def needs_two(desk: Desk, sending: Sending) -> bool:
    """Whether two different accounts have to let it go."""
    return sending.n_people > desk.rules.release.two_people_above


def release_sending(desk: Desk, sending_id: str, by: By) -> Sending:
    """The sending after a yes of this account: released, or waiting for a second one above the limit.

    Raises Conflict for a trial, one that is not waiting, one whose texts are no longer of today, or between two
    seasons, or under a signature no county has given; Forbidden for the second yes of one account.
    """
    sending = sending_at(desk, sending_id, by)
    require_signature(desk)
    ruling = may_send(by.at, desk.rules)
    if ruling.next_at is None:
        raise Conflict("现在不是发送的季节", remedy="等到下一个返乡季再排一批。")
    two, over = needs_two(desk, sending), _is_over(desk, sending_id, by.at if ruling.allowed else ruling.next_at)
    after = desk.texts.change_sending(sending_id, lambda found: _released(found, by, two=two, over=over))
    desk.tell(by, "sms_release", sending_id, state=after.state.value, n_texts=after.n_texts)
    return after


def _is_over(desk: Desk, sending_id: str, begins: datetime) -> bool:
    """Whether none of its texts could go any more once texts may go: a list is of the day it was made."""
    return all(text.not_after <= begins for text in desk.texts.texts(sending_id=sending_id))


def _released(sending: Sending, by: By, *, two: bool, over: bool) -> Sending:
    if sending.trial:
        raise Conflict("这是试排的一批，只看不发", remedy="真要发，请不带“试排”再排一次。")
    _require(sending, SendingState.WAITING)
    if over:
        raise Conflict("这一批放得太久，岗位可能已经变了，不能再发", remedy="取消这一批，今天重新排一批。")
    if by.actor in sending.released_by:
        raise Forbidden(
            "您已经同意放行，人数多的要另一个人再同意", where="released_by", remedy="请同事用自己的账号放行。"
        )
    agreed = (*sending.released_by, by.actor)
    if two and len(agreed) < 2:
        return replace(sending, released_by=agreed)
    return replace(sending, released_by=agreed, state=SendingState.RELEASED, released_at=by.at)


def pause_sending(desk: Desk, sending_id: str, why: str, by: By) -> Sending:
    """Stop what is not out yet until somebody lets it go on. Raises Conflict for one that is not running."""
    sending_at(desk, sending_id, by)
    after = desk.texts.change_sending(sending_id, lambda found: paused(found, why, by.at))
    desk.tell(by, "sms_pause", sending_id, why=after.paused_why)
    return after


def paused(sending: Sending, why: str, at: datetime) -> Sending:
    """A running sending standing still; Conflict for one that is not running."""
    _require(sending, SendingState.RELEASED)
    return replace(
        sending, state=SendingState.PAUSED, paused_why=" ".join(why.split())[:LONGEST_WHY] or "人工暂停", paused_at=at
    )


def resume_sending(desk: Desk, sending_id: str, by: By) -> Sending:
    """Let a sending that stands still go on. Above the limit two people are asked again."""
    sending = sending_at(desk, sending_id, by)
    two = needs_two(desk, sending)

    def resumed(found: Sending) -> Sending:
        _require(found, SendingState.PAUSED)
        # Whoever stopped it was heeded: with many people a second pair of eyes looks before it runs again.
        if two and by.actor == found.by:
            raise Forbidden("人数多的一批，请排这一批以外的人恢复", remedy="请同事用自己的账号恢复。")
        return replace(found, state=SendingState.RELEASED, paused_why="", paused_at=None)

    after = desk.texts.change_sending(sending_id, resumed)
    desk.tell(by, "sms_resume", sending_id)
    return after


def cancel_sending(desk: Desk, sending_id: str, by: By) -> Sending:
    """Take back what is not out yet, with its offers; what is out stays out. Said twice it is done once."""
    sending_at(desk, sending_id, by)

    def cancelled(found: Sending) -> Sending:
        if found.state is SendingState.ENDED:
            raise Conflict("这一批已经发完，收不回来", remedy="要更正，请打电话告诉收到的人。")
        done = found.state is SendingState.CANCELLED
        return found if done else replace(found, state=SendingState.CANCELLED, ended_at=by.at)

    after = desk.texts.change_sending(sending_id, cancelled)
    desk.tell(by, "sms_cancel", sending_id)
    return after


def _require(sending: Sending, state: SendingState) -> None:
    if sending.state is not state:
        raise Conflict(f"这一批{STATES[sending.state]}，不能这样改", remedy="请刷新页面再看。")
