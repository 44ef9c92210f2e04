"""Touch screens that work without a network: enrolment, fair pack, heartbeat, visits that come in later."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from flask_openapi3 import APIBlueprint
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.auth.kiosk_keys import this_kiosk
from api.auth.limits import check_sign_in
from api.county_time import days_apart
from api.state import access, jurisdiction, kiosks, means, now, state, today
from api.v1.operations import Operation, Told, attach
from api.v1.reading import Id, NoParameters
from api.v1.shapes import Strict
from api.viewer import viewer
from matcher.records.access import Role, Scope
from matcher.records.kiosks import Heartbeat, SyncedVisit
from matcher.services.kiosk.fair_pack import MakePack, make_pack
from matcher.services.kiosk.fleet import confirm_wipe, enrol_kiosk, hear
from matcher.services.kiosk.synced_visits import MOST_EVENTS, Taking, take_visit

PACK: Final = "application/octet-stream"
Word = Annotated[str, Field(max_length=40, pattern=r"^[\w .+\-]*$")]


class OfKiosk(BaseModel):
    """Which kiosk."""

    kiosk_id: Id = Field(alias="id", description="The kiosk's own id.", json_schema_extra={"example": "k-1a2b3c4d"})


class EnrolBody(Strict):
    """The code that an officer handed over."""

    model_config = ConfigDict(json_schema_extra={"example": {"code": "123456"}})
    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


class Enrolled(BaseModel):
    """Who the machine is from now on; secret and key are given once."""

    kiosk_id: str
    name: str
    region_code: str
    secret: str
    pack_key: str
    at: datetime


class HeartbeatBody(Strict):
    """How the machine is; `at` is its own clock."""

    model_config = ConfigDict(json_schema_extra={"example": {"at": "2018-06-01T04:00:00Z", "version": "0.5"}})
    at: AwareDatetime
    version: Word = ""
    paper: Word | None = None
    reader: Word | None = None
    n_waiting: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    pack_id: Word = ""
    pack_until: AwareDatetime | None = None


class ContactTold(BaseModel):
    """The server's clock, where the kiosk stands, and whether it should fetch a new pack."""

    at: datetime
    state: str
    fetch_pack: bool


class VisitBody(Strict):
    """One visit: decisions, reactions, answers to texts and looks as the kiosk wrote them down, ids alone."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"visit_id": "v-0001", "began_at": "2018-06-01T04:00:00Z", "events": []}}
    )
    visit_id: Annotated[str, Field(pattern=r"^v-[0-9a-f]{4,64}$")]
    began_at: AwareDatetime
    assisted: bool = False
    events: list[dict[str, Any]] = Field(default_factory=list, max_length=MOST_EVENTS)


class VisitTold(BaseModel):
    """`new` is false for a visit that had come in before."""

    visit_id: str
    new: bool


class WipedBody(Strict):
    """Nothing needs to be said."""


class WipedTold(BaseModel):
    """Where the kiosk stands now."""

    kiosk_id: str
    state: str


def init_api(api: APIBlueprint) -> None:
    """Attach these operations."""
    attach(api, "post", "/kiosks/enrol", enrol_machine, Operation(
        scope=None, answer=Enrolled, status=201, writes=True, body=EnrolBody, faults=(404,), tag=Scope.KIOSKS.value,
    ))  # fmt: skip
    attach(api, "get", "/kiosks/<id>/pack", fair_pack, Operation(
        scope=Scope.KIOSKS, media={PACK: {"type": "string", "format": "binary"}}, faults=(404, 409, 410),
    ))  # fmt: skip
    attach(api, "post", "/kiosks/<id>/heartbeat", heartbeat, Operation(
        scope=Scope.KIOSKS, answer=ContactTold, writes=True, body=HeartbeatBody, faults=(404, 410),
    ))  # fmt: skip
    attach(api, "post", "/kiosks/<id>/visits", take_in_visit, Operation(
        scope=Scope.KIOSKS, answer=VisitTold, writes=True, body=VisitBody, faults=(404, 410),
    ))  # fmt: skip
    attach(api, "post", "/kiosks/<id>/wiped", wiped, Operation(
        scope=Scope.KIOSKS, answer=WipedTold, writes=True, body=WipedBody, faults=(404, 410),
    ))  # fmt: skip


def enrol_machine(query: NoParameters, body: EnrolBody) -> dict[str, Any]:
    """Trade a six-digit code for the secret and the pack key of a kiosk; a code is good once, for ten minutes."""
    check_sign_in("kiosk")
    return msgspec.structs.asdict(enrol_kiosk(kiosks(), access(), body.code, now=now()))


def fair_pack(path: OfKiosk, query: NoParameters) -> Told:
    """A fair pack made now, sealed for this kiosk: its township's people, every advert, prices and rules."""
    call = MakePack(
        kiosk=this_kiosk(path.kiosk_id),
        today=today(),
        jurisdiction=jurisdiction(),
        now=now(),
        by=viewer().actor,
        role=Role.KIOSK.value,
        synthetic=state().application.settings.demo,
    )
    _, body = make_pack(state().records, kiosks(), access(), state().application.texts, means(), call)
    return Told(body=body, content_type=PACK)


def heartbeat(path: OfKiosk, query: NoParameters, body: HeartbeatBody) -> dict[str, Any]:
    """Say how the machine is; the answer says what it should do."""
    told = Heartbeat(**body.model_dump())
    kiosk_id, texts = this_kiosk(path.kiosk_id).kiosk_id, state().application.texts
    answer = hear(kiosks(), state().records, texts, kiosk_id, told, now=now())
    return msgspec.structs.asdict(answer)


def take_in_visit(path: OfKiosk, query: NoParameters, body: VisitBody) -> dict[str, Any]:
    """Keep a visit; sent again it is kept once."""
    kiosk = this_kiosk(path.kiosk_id)
    visit = SyncedVisit(
        visit_id=body.visit_id,
        kiosk_id=kiosk.kiosk_id,
        began_at=body.began_at,
        received_at=now(),
        assisted=body.assisted,
        events=tuple(body.events),
    )
    texts = state().application.texts
    taking = Taking(state().records, kiosks(), access(), texts, means(), moved=days_apart())
    is_new = take_visit(taking, visit, kiosk)
    return {"visit_id": visit.visit_id, "new": is_new}


def wiped(path: OfKiosk, query: NoParameters, body: WipedBody) -> dict[str, Any]:
    """Everything that this kiosk held is destroyed: it is let in no more."""
    kiosk = confirm_wipe(kiosks(), access(), this_kiosk(path.kiosk_id).kiosk_id, now=now())
    return {"kiosk_id": kiosk.kiosk_id, "state": kiosk.state.value}
