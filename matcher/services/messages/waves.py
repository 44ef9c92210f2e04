"""Whether a sending may be planned now: one a day, a further wave only while few have answered the last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from matcher.errors import Conflict
from matcher.messaging.recipients import Held
from matcher.messaging.season import local
from matcher.records.texts import OfferState, Sending, SendingState
from matcher.services.messages.desk import By, Desk, moment

ANSWERED: Final = frozenset({OfferState.CHOSEN, OfferState.CALLED, OfferState.REFUSED})
N_REASONS: Final = 3
_ALL: Final = 1000


def require_wave(desk: Desk, season: str, wave: int, *, again: bool, by: By) -> None:
    """Conflict for a second sending of one day unless it is meant, or a further wave that is not due.

    A later wave goes to the next people, once the last one has rested and too few have answered it.
    """
    before = [
        one
        for one in desk.texts.sendings(season=season)
        if not one.trial and one.state is not SendingState.CANCELLED and _touches(one, by.regions)
    ]
    today = local(by.at, desk.rules).date()
    same_day = next((one for one in before if local(one.created_at, desk.rules).date() == today), None)
    if same_day is not None and not again:
        raise Conflict(
            f"今天已经排过一批短信（{same_day.sending_id}，{same_day.n_people}人）",
            remedy="确实还要再发一批，请注明“再发一批”（--again）；排错了先取消那一批。",
        )
    if wave > 1:
        _require_due(desk, before, wave, again=again, by=by)


def _require_due(desk: Desk, before: Sequence[Sending], wave: int, *, again: bool, by: By) -> None:
    """The last one decides: of an earlier wave, or of this very wave unless more of it is meant."""
    if not any(one.wave < wave for one in before):
        raise Conflict(f"还没有发过前一批，不能发第{wave}批", remedy="先发第1批。")
    last = next(one for one in before if one.wave < wave or (one.wave == wave and not again))
    if last.state is SendingState.WAITING:
        raise Conflict("上一批还没有放行", remedy="先放行上一批；不要了就撤下它。")
    rest = timedelta(days=desk.rules.offers.wave_rest_days)
    begun = last.released_at or last.created_at
    if by.at < begun + rest:
        raise Conflict(
            f"上一批{moment(begun, desk.rules)}才放行，还在等答复",
            remedy=f"最早{moment(begun + rest, desk.rules)}再发下一批。",
        )
    share = answered_permille(desk, last.sending_id)
    if share >= desk.rules.offers.few_answers_permille:
        raise Conflict(
            f"上一批每1000人有{share}人答复，已经够多，先把电话打完",
            remedy=f"低于{desk.rules.offers.few_answers_permille}才发下一批。",
        )


def answered_permille(desk: Desk, sending_id: str) -> int:
    """Of 1000 people whom a sending reached, how many have answered; 0 where nothing went out."""
    sent = [offer for offer in desk.texts.offers(sending_id=sending_id) if offer.sent_at is not None]
    return _ALL * sum(offer.state in ANSWERED for offer in sent) // len(sent) if sent else 0


def _touches(sending: Sending, regions: tuple[str, ...]) -> bool:
    """Whether a sending may reach the people of the regions."""
    code = sending.region_code
    return not code or not regions or any(code.startswith(one) or one.startswith(code) for one in regions)


def held_words(counts: Mapping[Held, int]) -> str:
    """The most frequent reasons in one line: 没同意收短信 80 人、没登记电话 12 人."""
    most = sorted(counts.items(), key=lambda found: -found[1])[:N_REASONS]
    return "、".join(f"{why.label}{n}人" for why, n in most)
