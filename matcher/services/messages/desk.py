"""What every use case of text messages works with: the stores, the means of a round, the county's rules and texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from matcher.decisions import digest
from matcher.errors import InvalidInput
from matcher.messaging.county_texts import county_templates, has_signature, require_said
from matcher.messaging.season import Window, local, season_of
from matcher.messaging.sending import SendingRules, county_rules
from matcher.messaging.templates import Carrier, TemplateBook, carriers
from matcher.policy import PackSet
from matcher.ports import AccessStore, OrderStore, RosterStore, TextStore
from matcher.records import Kind, Worker
from matcher.records.access import AuditEntry
from matcher.records.local_time import WEEKDAYS
from matcher.services.ground.county_name import county_name
from matcher.services.ground.rulebook import Means
from matcher.settings import Settings

RULES_FILE: Final = "sending.toml"
TEXTS_FILE: Final = "templates.toml"
STATES_FILE: Final = "template-states.toml"


class Texting(NamedTuple):
    """How a county sends: its rules, its texts with what the carrier said of them, what the carrier lets through.

    own_signature : the county has written the signature it registered; else it is derived from the county's name
    """

    rules: SendingRules
    book: TemplateBook
    carrier: Carrier
    own_signature: bool


def read_texting(settings: Settings, packs: PackSet) -> Texting:
    """The committed rules and texts under the county's own of its home folder. Raises InvalidInput for a misfit."""
    home, profiles = settings.home, carriers()
    if settings.sms_carrier not in profiles:
        raise InvalidInput(
            f"no carrier profile {settings.sms_carrier!r}",
            where="MATCHER_SMS_CARRIER",
            remedy=f"Give one of {', '.join(profiles)}.",
        )
    own = _read(home / TEXTS_FILE)
    book = county_templates(own, _read(home / STATES_FILE), county_name(packs, settings.jurisdiction))
    rules = county_rules(_read(home / RULES_FILE))
    contact = rules.contact
    own_number = {"call_back": contact.call_back} if contact.call_back else {}
    require_said(book, caller=contact.caller, phone=contact.phone, **own_number)
    return Texting(rules, book, profiles[settings.sms_carrier], has_signature(own))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") if path.is_file() else ""
    except UnicodeDecodeError:
        raise InvalidInput("the file is not UTF-8", where=path.name, remedy="Save it as UTF-8.") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a use case of this room is given beside its call."""

    store: RosterStore
    texts: TextStore
    orders: OrderStore
    access: AccessStore
    means: Means
    texting: Texting

    @property
    def rules(self) -> SendingRules:
        """The rules of sending."""
        return self.texting.rules

    @property
    def hold(self) -> timedelta:
        """How long a seat is kept for an answer."""
        return timedelta(hours=self.means.settings.hold_hours)

    def workers(self, worker_ids: list[str]) -> dict[str, Worker]:
        """The workers of these ids."""
        found = self.store.records(Kind.WORKERS, ids=sorted(set(worker_ids)))
        return {worker.worker_id: worker for worker in found if isinstance(worker, Worker)}

    def tell(self, by: By, action: str, *subjects: str, **detail: Any) -> None:
        """Write a deed into the audit; no number and no word of a text is ever among its details."""
        self.access.append_audit(
            AuditEntry(at=by.at, actor=by.actor, role=by.role, action=action, subjects=subjects, detail=detail)
        )


class By(NamedTuple):
    """Who does something, in which role, when; regions : leading digits of what they reach, empty for everything."""

    actor: str
    role: str
    at: datetime
    regions: tuple[str, ...] = ()


def id_of(letter: str, *parts: object) -> str:
    """The id of a thing of this room: the same for the same parts."""
    return f"{letter}-{digest(msgspec.json.encode(parts))[:24]}"


def reference_of(text_id: str) -> int:
    """What joins the parts of a text at the phone, 0 to 255."""
    return int(text_id[-2:], 16)


def season_name(window: Window) -> str:
    """A season of texts as the contract writes seasons."""
    return f"{window.opens.isoformat()}/{window.closes.isoformat()}"


def season_at(at: datetime, rules: SendingRules) -> str:
    """The season of texts a moment lies in, "" between two."""
    window = season_of(local(at, rules).date(), rules)
    return season_name(window) if window else ""


def moment(at: datetime | None, rules: SendingRules) -> str:
    """1月20日（周二）12:00 by the clock on the wall; "" where nothing is known."""
    if at is None:
        return ""
    here = local(at, rules)
    return f"{here.month}月{here.day}日（周{WEEKDAYS[here.weekday()]}）{here.hour}:{here.minute:02}"
