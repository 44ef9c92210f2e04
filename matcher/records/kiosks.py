"""Touch screens in townships: enrolment, what they report, sessions that came in later; frozen, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec


class KioskState(StrEnum):
    """Where a kiosk stands: asked to enrol, working, taken out, or told to wipe itself."""

    INVITED = "invited"
    ENROLLED = "enrolled"
    REVOKED = "revoked"
    WIPING = "wiping"
    WIPED = "wiped"


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """What a kiosk last said of itself; unknown stays None.

    clock_off_s : its clock minus ours; n_waiting : sessions not yet sent; pack_until : end of its fair pack
    synthetic : made up for a demonstration; no machine said it
    """

    at: datetime
    version: str = ""
    paper: str | None = None
    reader: str | None = None
    clock_off_s: int | None = None
    n_waiting: int | None = None
    pack_id: str = ""
    pack_until: datetime | None = None
    synthetic: bool = False


class Kiosk(msgspec.Struct, frozen=True, kw_only=True):
    """A touch screen known to the county.

    code_sha256, code_until : the six-digit code it enrols with and its end, "" once used
    key_sha256 : of the secret it signs in with; region_code : the township whose people it may hold
    pack_key : hex of the key its fair packs are sealed for, "" before it enrols and once it is taken out
    synced_at : when a visit of it last came in
    """

    kiosk_id: str
    name: str
    region_code: str
    state: KioskState = KioskState.INVITED
    code_sha256: str = ""
    code_until: datetime | None = None
    n_wrong_codes: int = 0
    key_sha256: str = ""
    created_at: datetime
    created_by: str
    pack_key: str = ""
    enrolled_at: datetime | None = None
    synced_at: datetime | None = None
    heartbeat: Heartbeat | None = None


class FairPack(msgspec.Struct, frozen=True, kw_only=True):
    """A township's rows for one kiosk; sha256 of the sealed file. Void after `expires_at` or once revoked.

    revision : of the store its rows were read at
    """

    pack_id: str
    kiosk_id: str
    region_code: str
    made_at: datetime
    expires_at: datetime
    n_people: int
    n_vacancies: int
    sha256: str
    revision: int = 0
    revoked_at: datetime | None = None


class SyncedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One visit at a kiosk as it came in after the fact; `visit_id` is given at the kiosk, so it counts once.

    events : what was shown and answered (ids alone), as the kiosk wrote it
    """

    visit_id: str
    kiosk_id: str
    began_at: datetime
    received_at: datetime
    assisted: bool = False
    events: tuple[Mapping[str, Any], ...] = ()
