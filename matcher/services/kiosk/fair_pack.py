"""A fair pack is made: the people of one township, every advert, the plan's prices and the rules, for one kiosk."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from matcher.decisions import digest
from matcher.errors import Conflict
from matcher.fair_pack import KEY_BYTES, PackContents, card_index, seal_pack
from matcher.ports import AccessStore, KioskStore, RosterStore, TextStore
from matcher.privacy import mask_name
from matcher.records import TOWNSHIP_DIGITS, Identity
from matcher.records.access import AuditEntry
from matcher.records.fair_packs import CarriedOffer, CarriedPerson, PackedPerson, PackHeading
from matcher.records.kiosks import FairPack, Kiosk, KioskState
from matcher.services.ground.answering import households_of, vacancies_at, workers_at
from matcher.services.ground.rulebook import Means, keep
from matcher.services.messages.offers_shown import standing_offers
from matcher.services.rounds.packed_people import packed_people

LIFE: Final = timedelta(hours=72)
ID_BYTES: Final = 8


class MakePack(msgspec.Struct, frozen=True, kw_only=True):
    """The call: for which kiosk, the county's day and jurisdiction, by whom; synthetic : of a demonstration."""

    kiosk: Kiosk
    today: date
    jurisdiction: str
    now: datetime
    by: str
    role: str
    synthetic: bool = False


def make_pack(
    store: RosterStore, kiosks: KioskStore, access: AccessStore, texts: TextStore, means: Means, call: MakePack
) -> tuple[FairPack, bytes]:
    """The pack as it is kept, and its file; all rows are of one revision of the store.

    Whoever was erased or taken out of the rosters is not in it. Raises Conflict for a kiosk that is not at work.
    """
    kiosk = call.kiosk
    if kiosk.state is not KioskState.ENROLLED or not kiosk.pack_key:
        raise Conflict(
            "这台机器没有在用，不能给它资料", where=kiosk.kiosk_id, remedy="先用 `matcher kiosk invite` 让它登记。"
        )
    key = secrets.token_bytes(KEY_BYTES)
    contents = _contents(store, texts, means, call, key)
    heading = PackHeading(
        pack_id=f"p-{secrets.token_hex(ID_BYTES)}",
        kiosk_id=kiosk.kiosk_id,
        region_code=kiosk.region_code,
        made_at=call.now,
        expires_at=call.now + LIFE,
        n_people=len(contents.people),
        n_vacancies=len(contents.vacancies),
    )
    body = seal_pack(heading, contents, key=key, kiosk_key=bytes.fromhex(kiosk.pack_key), random=secrets.token_bytes)
    pack = FairPack(**msgspec.structs.asdict(heading), sha256=digest(body), revision=contents.revision)
    kiosks.add_pack(pack)
    access.append_audit(_note(pack, call))
    return pack, body


def _contents(store: RosterStore, texts: TextStore, means: Means, call: MakePack, key: bytes) -> PackContents:
    revision = store.revision()
    everybody = workers_at(store, revision)
    region = call.kiosk.region_code
    township = [worker for worker in everybody if worker.place_code.startswith(region[:TOWNSHIP_DIGITS])]
    # A pack that lives so long is opened on so many days, the first and the last of them in part.
    days = [call.today + timedelta(days=n) for n in range(LIFE.days + 1)]
    # Also for a village: who of a household comes first is looked for in the whole township, as the server does.
    packed = packed_people(
        township, households_of(store, township, revision), means, days=days, jurisdiction=call.jurisdiction
    )
    people = [person for person in packed if person.worker.place_code.startswith(region)]
    offers = standing_offers(texts, [person.worker.worker_id for person in people], call.today)
    keep(store, means)
    return PackContents(
        revision=revision,
        plan=store.current_plan(call.today),
        people=_carried(store, people, offers, key),
        vacancies=tuple(vacancies_at(store, revision)),
        model=means.model_body,
        rulebook=means.rulebook,
        synthetic=call.synthetic,
    )


def _carried(
    store: RosterStore, people: list[PackedPerson], offers: Mapping[str, tuple[CarriedOffer, ...]], key: bytes
) -> tuple[CarriedPerson, ...]:
    identities = store.identities([person.worker.worker_id for person in people])
    nobody = Identity(worker_id="")
    found = [(person, identities.get(person.worker.worker_id, nobody)) for person in people]
    return tuple(
        CarriedPerson(
            person=person,
            name=mask_name(identity.name),
            card=card_index(key, identity.id_number) if identity.id_number else b"",
            offers=offers.get(person.worker.worker_id, ()),
        )
        for person, identity in found
    )


def _note(pack: FairPack, call: MakePack) -> AuditEntry:
    return AuditEntry(
        at=call.now,
        actor=call.by,
        role=call.role,
        action="fair_pack_made",
        subjects=(f"kiosk:{pack.kiosk_id}", pack.pack_id),
        detail={
            "region": pack.region_code,
            "n_people": pack.n_people,
            "revision": pack.revision,
            "expires_at": pack.expires_at.isoformat(),
        },
    )
