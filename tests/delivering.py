"""A worker over a real database with a carrier of the tests' own and a clock that stands still until it is moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from matcher.messaging.sending import SendingRules, standard_rules
from matcher.ports import Batch, Change
from matcher.ports.gateways import Fate, Incoming, Outgoing, Receipt, Submitted, SubmittedPart
from matcher.records import Kind
from matcher.records.texts import Channel, OutText, PartState, Queue, Sending, SendingState, TextConsent, TextOffer
from matcher.services.messages.deliver import Deliverer
from matcher.services.messages.send_batch import Post
from matcher.store import Store, Texts, open_store, open_texts

NOW = datetime(2018, 2, 1, 4, 0, tzinfo=UTC)
"""A Thursday noon in China, two weeks before the festival."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Hands:
    """A clock set by hand; its seconds run apart from it, as a machine's do when somebody sets the clock."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at
        self.at_s = 1000.0

    def now(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return self.at_s

    def move(self, span: timedelta) -> None:
        """Time goes by."""
        self.at += span
        self.at_s += span.total_seconds()


class Carrier:
    """Takes what it is told to take; `script` names the fate of a text, `inbox` what comes in."""

    def __init__(self, name: str = "test") -> None:
        self.name = name
        self.taken: list[Outgoing] = []
        self.script: dict[str, Fate | Submitted | Exception] = {}
        self.usual: Fate = Fate.ACCEPTED
        self.inbox: list[Receipt | Incoming] = []

    def submit(self, texts: Sequence[Outgoing]) -> Iterator[Submitted]:
        for text in texts:
            told = self.script.get(text.text_id, self.usual)
            if isinstance(told, Exception):
                raise told
            yield told if isinstance(told, Submitted) else self._fate(text, told)

    def _fate(self, text: Outgoing, fate: Fate) -> Submitted:
        states = {Fate.ACCEPTED: PartState.ACCEPTED, Fate.REFUSED: PartState.FAILED, Fate.UNKNOWN: PartState.UNKNOWN}
        if fate in (Fate.ACCEPTED, Fate.UNKNOWN):
            self.taken.append(text)
        named = fate is Fate.ACCEPTED
        parts = tuple(
            SubmittedPart(state=states.get(fate, PartState.NEW), provider_id=f"{text.text_id}/{place}" if named else "")
            for place in range(len(text.parts))
        )
        return Submitted(text_id=text.text_id, fate=fate, parts=parts)

    def receive(self, timeout_s: float = 0.0) -> Iterable[Receipt | Incoming]:
        return list(self.inbox)

    def done(self, items: Iterable[Receipt | Incoming]) -> None:
        for item in list(items):
            self.inbox.remove(item)

    def purge(self, before: datetime) -> int:
        return 0

    def close(self) -> None:
        return


def phone(n: int) -> str:
    return f"138{n:08d}"


def rules_with(**figures: Any) -> SendingRules:
    rules = standard_rules()
    return replace(rules, delivery=replace(rules.delivery, **figures))


class Office:
    """A database with people who agreed, and a worker over it."""

    def __init__(self, folder: Path, *, clock: Hands | None = None, rules: SendingRules | None = None) -> None:
        url = f"sqlite:///{folder / 'matcher.db'}"
        self.folder, self.url = folder, url
        self.store: Store = open_store(url, home=folder)
        self.store.migrate()
        self.texts: Texts = open_texts(url, home=folder)
        self.clock = clock or Hands()
        self.carrier, self.file = Carrier(), Carrier("file")
        self.heard: list[Incoming] = []
        self.rules = rules or rules_with(parts_per_second=1e9)
        self.deliverer = self.hire()

    def hire(self) -> Deliverer:
        """Another worker, as after a restart."""
        post = Post(
            store=self.store,
            texts=self.texts,
            rules=self.rules,
            gateway=self.carrier,
            trial_gateway=self.file,
            clock=self.clock,
            seconds=self.clock.seconds,
            on_reply=self.heard.append,
            by="worker",
        )
        self.deliverer = Deliverer(post)
        return self.deliverer

    def close(self) -> None:
        self.texts.close()
        self.store.close()

    def people(self, n: int, *, start: int = 0) -> None:
        """Workers who agreed to texts a month ago."""
        rows = [
            Change(
                record_id=f"w{number}",
                sheet="1",
                row=number + 2,
                fields={"place_code": "450206100201", "birth_date": "1980-03-15", "wish_to_work": True},
                identity={"name": "韦小英", "phone": phone(number)},
            )
            for number in range(start, start + n)
        ]
        batch = Batch(
            batch_id=f"b{start}",
            kind=Kind.WORKERS,
            file="workers.xlsx",
            file_sha256="0" * 64,
            imported_at=NOW - 60 * DAY,
            by="officer",
        )
        self.store.write_batch(batch, rows)
        self.texts.add_consents(
            [
                TextConsent(
                    consent_id=f"yes-{number}",
                    worker_id=f"w{number}",
                    agreed=True,
                    at=NOW - 30 * DAY,
                    words="1",
                    channel=Channel.KIOSK,
                )
                for number in range(start, start + n)
            ]
        )

    def refuse(self, n: int, *, at: datetime | None = None) -> None:
        self.texts.add_consents(
            [
                TextConsent(
                    consent_id=f"no-{n}",
                    worker_id="",
                    agreed=False,
                    at=at or self.clock.now(),
                    words="1",
                    channel=Channel.TEXT,
                    phone=phone(n),
                )
            ]
        )

    def plan(self, numbers: Iterable[int], sending_id: str = "s1", **more: Any) -> None:
        """A released sending with a list for each."""
        state = more.pop("state", SendingState.RELEASED)
        trial = more.pop("trial", False)
        queue = Queue.QUEUED if state is SendingState.RELEASED else Queue.HELD
        numbers = list(numbers)
        sending = Sending(
            sending_id=sending_id,
            season="2018",
            wave=1,
            region_code="450206",
            by="qin",
            created_at=NOW,
            state=state,
            trial=trial,
        )
        offers = [
            TextOffer(
                offer_id=f"{sending_id}-o{n}",
                worker_id=f"w{n}",
                phone=phone(n),
                sending_id=sending_id,
                season="2018",
                decision_id="d1",
                vacancy_ids=("v1",),
                created_at=NOW,
            )
            for n in numbers
        ]
        texts = [
            list_text(
                n, f"{sending_id}-t{n}", sending_id=sending_id, offer_id=f"{sending_id}-o{n}", queue=queue, **more
            )
            for n in numbers
        ]
        self.texts.add_sending(sending, offers, texts)

    def state(self, text_id: str) -> str:
        return self.texts.texts(text_ids=[text_id])[0].state.value

    def why(self, text_id: str) -> str:
        return self.texts.texts(text_ids=[text_id])[0].why


def list_text(n: int, text_id: str, **more: Any) -> OutText:
    return OutText(
        text_id=text_id,
        worker_id=more.pop("worker_id", f"w{n}"),
        phone=more.pop("phone", phone(n)),
        body=more.pop("body", f"【柳江就业】韦师傅,有三个活,回1 2 3选,回0打给您。不再接收回T {'字' * 60}"),
        n_units=101,
        purpose=more.pop("purpose", "offer"),
        template_id=more.pop("template_id", "list"),
        template_version=1,
        created_at=more.pop("created_at", NOW),
        next_at=more.pop("next_at", NOW),
        not_after=more.pop("not_after", NOW + 3 * DAY),
        **more,
    )
