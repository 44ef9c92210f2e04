"""Kiosks of the county: asked to enrol, let in, heard of, wiped, taken out. What they may do is `kiosk_of`."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, MatcherError, NotFound, Revoked, SignInNeeded
from matcher.fair_pack import KEY_BYTES
from matcher.ports import AccessStore, KioskStore, RosterStore, TextStore
from matcher.records import TOWNSHIP_DIGITS
from matcher.records.access import AuditEntry
from matcher.records.fair_packs import ContactAnswer, Enrolment
from matcher.records.kiosks import Heartbeat, Kiosk, KioskState
from matcher.records.texts import SendingState
from matcher.services.ground.regions import checked_regions

PREFIX: Final = "mk"
CODE_DIGITS: Final = 6
CODE_LIFE: Final = timedelta(minutes=10)
CODE_TRIES: Final = 5
LONGEST_NAME: Final = 40
ID_BYTES: Final = 4
SECRET_BYTES: Final = 32
RENEW_AFTER: Final = timedelta(hours=6)
"""A pack is renewed long before it is yesterday's, and its three days begin anew."""
RENEW_CHANGED_AFTER: Final = timedelta(hours=1)
"""Where rosters or adverts changed since, or texts went out to people here."""
_IN: Final = frozenset({KioskState.ENROLLED, KioskState.WIPING})


class By(msgspec.Struct, frozen=True, kw_only=True):
    """Who does it, for the audit, and which regions they reach; all of them if empty."""

    actor: str
    role: str
    now: datetime
    regions: tuple[str, ...] = ()


def invite_kiosk(kiosks: KioskStore, access: AccessStore, *, name: str, region: str, by: By) -> tuple[Kiosk, str]:
    """A kiosk that may enrol within CODE_LIFE, and its code, which is not kept and cannot be shown again.

    Raises InvalidInput for a name or region that does not do, NotFound for a region outside the asker's.
    """
    kiosk_id = f"k-{secrets.token_hex(ID_BYTES)}"
    region_code = _township(region, by)
    code = _free_code(kiosks, by.now)
    kiosk = Kiosk(
        kiosk_id=kiosk_id,
        name=_name(name),
        region_code=region_code,
        code_sha256=_code_hash(kiosk_id, code),
        code_until=by.now + CODE_LIFE,
        created_at=by.now,
        created_by=by.actor,
    )
    kiosks.add_kiosk(kiosk)
    _note(access, kiosk, "kiosk_invited", by, {"region": region_code})
    return kiosk, code


def enrol_kiosk(kiosks: KioskStore, access: AccessStore, code: str, *, now: datetime) -> Enrolment:
    """Let the kiosk in that was asked to enrol with this code; the code is used up.

    A wrong code is counted against every open invitation: after CODE_TRIES they are void. Raises NotFound for it.
    """
    waiting = [kiosk for kiosk in kiosks.kiosks() if _may_enrol(kiosk, now)]
    wanted = next((kiosk for kiosk in waiting if _fits(kiosk, code)), None)
    by = By(actor="kiosk", role="kiosk", now=now)
    if wanted is None:
        for kiosk in waiting:
            kiosks.change_kiosk(kiosk.kiosk_id, lambda kept: _changed(kept, n_wrong_codes=kept.n_wrong_codes + 1))
            _note(access, kiosk, "kiosk_code_wrong", by, {})
        raise _no_such_code()
    secret, pack_key = secrets.token_hex(SECRET_BYTES), secrets.token_hex(KEY_BYTES)

    def let_in(kept: Kiosk) -> Kiosk:
        # Of two that come with one code, the second finds it used up.
        if not (_may_enrol(kept, now) and _fits(kept, code)):
            raise _no_such_code()
        return _changed(
            kept, state=KioskState.ENROLLED, code_sha256="", code_until=None, n_wrong_codes=0,
            key_sha256=_sha256(secret), pack_key=pack_key, enrolled_at=now,
        )  # fmt: skip

    kiosk = kiosks.change_kiosk(wanted.kiosk_id, let_in)
    _note(access, kiosk, "kiosk_enrolled", by, {"region": kiosk.region_code})
    return Enrolment(
        kiosk_id=kiosk.kiosk_id,
        name=kiosk.name,
        region_code=kiosk.region_code,
        secret=f"{PREFIX}_{kiosk.kiosk_id}_{secret}",
        pack_key=pack_key,
        at=now,
    )


def kiosk_of(kiosks: KioskStore, given: str) -> Kiosk:
    """The kiosk that signs in with this secret. SignInNeeded if there is none, Revoked if it was taken out."""
    prefix, _, rest = given.partition("_")
    kiosk_id, _, secret = rest.partition("_")
    try:
        kiosk = kiosks.kiosk(kiosk_id) if prefix == PREFIX else None
    except NotFound:
        kiosk = None
    if kiosk is None or not kiosk.key_sha256 or not hmac.compare_digest(kiosk.key_sha256, _sha256(secret)):
        raise SignInNeeded(
            "this kiosk is not known", remedy="Enrol it: `matcher kiosk enrol --server URL --code CODE`."
        )
    if kiosk.state not in _IN:
        raise Revoked("这台机器已经停用", where=kiosk.kiosk_id, remedy="要再用，请重新登记。")
    return kiosk


def hear(
    kiosks: KioskStore, store: RosterStore, texts: TextStore, kiosk_id: str, told: Heartbeat, *, now: datetime
) -> ContactAnswer:
    """Keep how a kiosk says it is, and answer what it should do. `told.at` is the kiosk's own clock."""
    off_s = round((told.at - now).total_seconds())
    heard = msgspec.structs.replace(told, at=now, clock_off_s=off_s, synthetic=False)
    kiosk = kiosks.change_kiosk(kiosk_id, lambda kept: _changed(kept, heartbeat=heard))
    fetch = kiosk.state is KioskState.ENROLLED and _needs_pack(kiosks, store, texts, kiosk, told.pack_id, now)
    return ContactAnswer(at=now, state=kiosk.state.value, fetch_pack=fetch)


def order_wipe(kiosks: KioskStore, access: AccessStore, kiosk_id: str, by: By) -> Kiosk:
    """Tell a kiosk to destroy what it holds at its next contact; one that never enrolled is simply taken out."""
    kiosk = kiosk_in_reach(kiosks, kiosk_id, by.regions)
    if kiosk.state is KioskState.INVITED:
        return revoke_kiosk(kiosks, access, kiosk_id, by)
    if kiosk.state is not KioskState.ENROLLED:
        return kiosk
    kiosk = kiosks.change_kiosk(kiosk_id, lambda kept: _changed(kept, state=KioskState.WIPING))
    _void_packs(kiosks, kiosk_id, by.now)
    _note(access, kiosk, "kiosk_wipe_ordered", by, {})
    return kiosk


def confirm_wipe(kiosks: KioskStore, access: AccessStore, kiosk_id: str, *, now: datetime) -> Kiosk:
    """The kiosk says that it has destroyed everything: it is out, and its key is forgotten here too."""
    kiosk = kiosks.change_kiosk(kiosk_id, lambda kept: _changed(kept, state=KioskState.WIPED, pack_key=""))
    _void_packs(kiosks, kiosk_id, now)
    _note(access, kiosk, "kiosk_wiped", By(actor=f"kiosk:{kiosk_id}", role="kiosk", now=now), {})
    return kiosk


def revoke_kiosk(kiosks: KioskStore, access: AccessStore, kiosk_id: str, by: By) -> Kiosk:
    """Take a kiosk out at once: its secret opens nothing from now on, its packs are void, its code too."""
    kiosk = kiosk_in_reach(kiosks, kiosk_id, by.regions)
    if kiosk.state in (KioskState.REVOKED, KioskState.WIPED):
        return kiosk
    gone: dict[str, Any] = {"state": KioskState.REVOKED, "pack_key": "", "code_sha256": "", "code_until": None}
    kiosk = kiosks.change_kiosk(kiosk_id, lambda kept: _changed(kept, **gone))
    _void_packs(kiosks, kiosk_id, by.now)
    _note(access, kiosk, "kiosk_revoked", by, {})
    return kiosk


def kiosk_in_reach(kiosks: KioskStore, kiosk_id: str, regions: tuple[str, ...]) -> Kiosk:
    """A kiosk of the regions; NotFound for any other."""
    kiosk = kiosks.kiosk(kiosk_id)
    if regions and not kiosk.region_code.startswith(regions):
        raise NotFound("no kiosk has this id", where=kiosk_id)
    return kiosk


def _needs_pack(
    kiosks: KioskStore, store: RosterStore, texts: TextStore, kiosk: Kiosk, pack_id: str, now: datetime
) -> bool:
    """Whether what a kiosk holds is void, old, or names somebody who was erased since."""
    held = next((pack for pack in kiosks.packs(kiosk.kiosk_id) if pack.pack_id == pack_id), None)
    if held is None or held.revoked_at is not None or held.expires_at <= now:
        return True
    age, changed = now - held.made_at, store.revision() != held.revision
    if age >= RENEW_AFTER or (changed and bool(store.erased_since(held.revision))):
        return True
    return age >= RENEW_CHANGED_AFTER and (changed or _has_texted(texts, kiosk, held.made_at))


def _has_texted(texts: TextStore, kiosk: Kiosk, since: datetime) -> bool:
    """Whether a sending that reaches people here has been under way since, so that other offers may stand."""
    here = kiosk.region_code
    return any(
        sending.released_at is not None
        and (here.startswith(sending.region_code) or sending.region_code.startswith(here))
        and (sending.state is SendingState.RELEASED or (sending.ended_at or sending.paused_at or since) > since)
        for sending in texts.sendings()
    )


def _void_packs(kiosks: KioskStore, kiosk_id: str, now: datetime) -> None:
    for pack in kiosks.packs(kiosk_id):
        if pack.revoked_at is None and pack.expires_at > now:
            kiosks.change_pack(pack.pack_id, lambda kept: msgspec.structs.replace(kept, revoked_at=now))


def _free_code(kiosks: KioskStore, now: datetime) -> str:
    """Six digits that no open invitation waits for."""
    waiting = [kiosk for kiosk in kiosks.kiosks() if _may_enrol(kiosk, now)]
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        if not any(_fits(kiosk, code) for kiosk in waiting):
            return code


def _may_enrol(kiosk: Kiosk, now: datetime) -> bool:
    return (
        kiosk.state is KioskState.INVITED
        and kiosk.code_until is not None
        and now < kiosk.code_until
        and kiosk.n_wrong_codes < CODE_TRIES
    )


def _fits(kiosk: Kiosk, code: str) -> bool:
    return hmac.compare_digest(kiosk.code_sha256, _code_hash(kiosk.kiosk_id, code))


def _name(name: str) -> str:
    told = " ".join(name.split())
    if not 0 < len(told) <= LONGEST_NAME or not told.isprintable():
        raise InvalidInput(
            "这台机器要有个名字", where="name", remedy=f"写1到{LONGEST_NAME}个字，比如“百朋镇政府大厅”。"
        )
    return told


def _township(region: str, by: By) -> str:
    (code,) = checked_regions([region])
    if len(code) < TOWNSHIP_DIGITS:
        raise InvalidInput(
            "一台机器只带一个乡镇或一个村的人",
            where=region,
            remedy=f"写乡镇代码的前{TOWNSHIP_DIGITS}位，比如 450206102。",
        )
    if by.regions and not code.startswith(by.regions):
        raise NotFound("这个乡镇不在您管的范围里", where=region, remedy="请写自己管的乡镇。")
    return code


def _no_such_code() -> MatcherError:
    return NotFound(
        "没有这个登记码，或者已经用过、过期、试错太多次",
        where="code",
        remedy="请县里重新发一个：`matcher kiosk invite`。",
    )


def _changed(kiosk: Kiosk, **fields: Any) -> Kiosk:
    return msgspec.structs.replace(kiosk, **fields)


def _code_hash(kiosk_id: str, code: str) -> str:
    return _sha256(f"{kiosk_id}\x1f{code}")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _note(access: AccessStore, kiosk: Kiosk, action: str, by: By, detail: dict[str, Any]) -> None:
    access.append_audit(
        AuditEntry(
            at=by.now, actor=by.actor, role=by.role, action=action, subjects=(f"kiosk:{kiosk.kiosk_id}",), detail=detail
        )
    )
