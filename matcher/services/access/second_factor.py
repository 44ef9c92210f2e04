"""A second factor of staff: a code of their telephone, or one of ten on paper, each of which counts once."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from datetime import datetime, timedelta
from typing import Final

import msgspec

from matcher.errors import InvalidInput, SignInNeeded, TooMany
from matcher.ports import AccessStore
from matcher.records.access import AuditEntry, Role, SecondFactor, User
from matcher.services.access import passwords
from matcher.services.access.one_time_codes import DIGITS, step_of
from matcher.settings import Settings

STAFF: Final = frozenset({Role.BROKER, Role.OFFICER, Role.AUDITOR, Role.ADMINISTRATOR})
"""Who reads or decides about people; a kiosk and its helper sign in at a machine of the county's own."""
N_RECOVERY: Final = 10
MOST_FAILURES: Final = 10
"""Wrong codes in a row; NIST SP 800-63B (2017) 5.2.2 allows a hundred."""
REST: Final = timedelta(minutes=15)
"""After so many, one try in this time: a hundred a day, of a million codes of which three fit."""


def is_asked(settings: Settings, role: Role) -> bool:
    """Whether somebody of the role may not sign in without a second factor."""
    return role in STAFF and settings.asks_second_factor


def enrol(access: AccessStore, name: str, secret: str, code: str, *, now: datetime) -> tuple[str, ...]:
    """Take the secret as the user's factor once a code of it was typed; the recovery codes, to be read this once.

    Raises InvalidInput for a code that does not fit: the telephone has not read the secret, or its clock is wrong.
    """
    step = step_of(secret, digits_of(code), at=now, after=0)
    if step is None:
        raise InvalidInput(
            "验证码不对", where="code", remedy="请看手机上现在的6位数字再试；一直不对，请把手机的时间设成自动。"
        )
    codes = _new_codes()
    factor = SecondFactor(secret=secret, since=now, last_step=step, recovery=_hashes(codes))
    user = access.change_user(name, lambda kept: msgspec.structs.replace(kept, factor=factor))
    _note(access, user, "second_factor_set", now)
    return codes


def check(access: AccessStore, name: str, given: str, *, now: datetime) -> User:
    """The user whose code, or unused recovery code, this is. SignInNeeded for another, TooMany after many of them.

    Two who bring the same code at once: one of them gets in.
    """
    user = access.user(name)
    factor = user.factor
    if factor is None or user.disabled_at is not None:
        raise _refused()
    _refuse_hurry(factor, now)
    taken: list[str] = []

    def changed(kept: User) -> User:
        taken.clear()
        found = _taken(kept.factor, given, now) if kept.factor is not None else None
        if found is None:
            return msgspec.structs.replace(kept, factor=_failed(kept.factor, now))
        taken.append("recovery_code" if found.recovery != factor.recovery else "second_factor")
        return msgspec.structs.replace(kept, factor=found)

    user = access.change_user(name, changed)
    if not taken:
        _note(access, user, "second_factor_failed", now)
        raise _refused()
    _note(access, user, taken[0], now)
    return user


def renew_codes(access: AccessStore, name: str, given: str, *, now: datetime) -> tuple[str, ...]:
    """Ten new recovery codes in place of those before, for a code of the telephone. Raises as `check` does."""
    check(access, name, given, now=now)
    codes = _new_codes()
    hashes = _hashes(codes)

    def changed(kept: User) -> User:
        factor = kept.factor and msgspec.structs.replace(kept.factor, recovery=hashes)
        return msgspec.structs.replace(kept, factor=factor)

    _note(access, access.change_user(name, changed), "recovery_codes_made", now)
    return codes


def reset_factor(access: AccessStore, name: str, *, now: datetime, by: str, role: Role) -> User:
    """Take a user's factor away: the telephone is lost. The next sign-in begins another one. Raises NotFound.

    Sessions of the user end: whoever found the telephone may be in one.
    """
    user = access.change_user(name, lambda kept: msgspec.structs.replace(kept, factor=None))
    access.end_sessions([session.session_sha256 for session in access.sessions_of(name)])
    access.append_audit(
        AuditEntry(at=now, actor=by, role=role.value, action="second_factor_reset", subjects=(f"user:{name}",))
    )
    return user


def digits_of(typed: str) -> str:
    """Six digits however they were typed: with spaces, full-width."""
    return "".join(unicodedata.normalize("NFKC", typed).split())


def _taken(factor: SecondFactor, given: str, now: datetime) -> SecondFactor | None:
    """The factor after the code was taken; None if it is none, or none any more."""
    typed = digits_of(given)
    if len(typed) == DIGITS and typed.isascii() and typed.isdigit():
        step = step_of(factor.secret, typed, at=now, after=factor.last_step)
        return None if step is None else msgspec.structs.replace(factor, last_step=step, n_failed=0)
    told = _hash(typed)
    rest = tuple(kept for kept in factor.recovery if not hmac.compare_digest(kept, told))
    if len(rest) == len(factor.recovery):
        return None
    return msgspec.structs.replace(factor, recovery=rest, n_failed=0)


def _failed(factor: SecondFactor | None, now: datetime) -> SecondFactor | None:
    return factor and msgspec.structs.replace(factor, n_failed=factor.n_failed + 1, failed_at=now)


def _refuse_hurry(factor: SecondFactor, now: datetime) -> None:
    rested = REST if factor.failed_at is None else now - factor.failed_at
    if factor.n_failed >= MOST_FAILURES and rested < REST:
        wait_s = int((REST - rested).total_seconds()) + 1
        raise TooMany("验证码错了太多次", wait_s=wait_s, remedy=f"请等{wait_s // 60 + 1}分钟再试，或请管理员重置。")


def _refused() -> SignInNeeded:
    return SignInNeeded(
        "验证码不对，或者已经用过", remedy="请等手机上出现下一个6位数字再试；手机不在身边，请用备用码。"
    )


def _new_codes() -> tuple[str, ...]:
    return tuple(passwords.random_password() for _ in range(N_RECOVERY))


def _hashes(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_hash(code) for code in codes)


def _hash(code: str) -> str:
    """79 random bits need no slow hash; hyphens and capitals do not count."""
    plain = unicodedata.normalize("NFKC", code).casefold().replace("-", "")
    return hashlib.sha256("".join(plain.split()).encode()).hexdigest()


def _note(access: AccessStore, user: User, action: str, now: datetime) -> None:
    access.append_audit(AuditEntry(at=now, actor=user.name, role=user.role.value, action=action))
