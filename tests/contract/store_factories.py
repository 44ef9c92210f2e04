"""Small batches for the store's contract tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec

from matcher.ports import Batch, Change, Decision, StoredPlan
from matcher.records import Kind
from matcher.records.access import AuditEntry, ImportJob, KeptAnswer, Reaction, Role, Scope, Session, Token, User
from matcher.records.figures import CountyFigure
from matcher.records.id_numbers import check_digit

NOON = datetime(2018, 6, 1, 4, 0, tzinfo=UTC)


def id_number(n: int) -> str:
    first_17 = f"450206{date(1950, 1, 1) + timedelta(days=n // 900):%Y%m%d}{n % 900:03d}"
    return first_17 + check_digit(first_17)


def batch(batch_id: str, kind: Kind = Kind.WORKERS, **more) -> Batch:
    return Batch(
        batch_id=batch_id,
        kind=kind,
        file=f"{batch_id}.xlsx",
        file_sha256="0" * 64,
        imported_at=more.pop("at", NOON),
        by="officer",
        **more,
    )


def change(record_id: str, *, row: int = 2, identity: dict[str, str] | None = None, since=None, **fields) -> Change:
    return Change(record_id=record_id, sheet="Sheet1", row=row, fields=fields, identity=identity, since=since)


def worker(record_id: str, **more) -> Change:
    return change(record_id, **{"place_code": "450206102", **more})


def many_workers(n: int, *, start: int = 0) -> Iterator[Change]:
    """Workers with 25 fields each, identity included."""
    for number in range(start, start + n):
        yield Change(
            record_id=f"w{number:07d}",
            sheet="Sheet1",
            row=number + 2,
            fields={
                "birth_date": "1973-01-01",
                "sex": "female",
                "education": "junior",
                "skills": ["缝纫", "电焊"],
                "trades": ["缝纫工"],
                "labour_ability": "normal",
                "place_code": "450206102",
                "hukou_code": "450206102",
                "travel_range": "county",
                "preferred_trades": ["缝纫工", "普工"],
                "wage_floor_yuan_month": 2500 + number % 1000,
                "available_from": "2018-03-01",
                "needs_daily_return": True,
                "wish_to_work": True,
                "wish_to_train": False,
                "household_id": f"h{number // 2:07d}",
                "registered_poor": number % 3 == 0,
                "relocated": False,
                "hard_to_employ": False,
                "consent": {"plot": True, "sms": True},
                "waiting_since": "2018-01-15",
            },
            identity={
                "name": f"测试{number}",
                "id_number": id_number(number),
                "phone": f"138{number:08d}",
                "ethnicity": "壮族",
            },
        )


def export(store, kind: Kind = Kind.WORKERS) -> bytes:
    """What an export would hold: records and identities in their order."""
    records = store.records(kind)
    lines = [msgspec.json.encode(record) for record in records]
    if kind is Kind.WORKERS:
        opened = store.identities([record.worker_id for record in records])
        lines += [msgspec.json.encode(opened[worker_id]) for worker_id in sorted(opened)]
    return b"\n".join(lines)


def write(store, batch_id: str, changes: Iterable[Change], kind: Kind = Kind.WORKERS) -> None:
    store.write_batch(batch(batch_id, kind), changes)


def plan(plan_id: str, season: str = "2018-02-01/2018-07-31", **more) -> StoredPlan:
    return StoredPlan(
        plan_id=plan_id,
        season=season,
        mode="balanced",
        seed=more.pop("seed", 7),
        model="m",
        pack="p",
        solved_on=date(2018, 2, 1),
        created_at=NOON,
        prices=more.pop("prices", {"v1": 0.1 + 0.2, "v2": 0.0}),
    )


def decision(decision_id: str, **more) -> Decision:
    return Decision(
        decision_id=decision_id,
        kind="recommend",
        made_at=NOON,
        revision=1,
        request=more.pop("request", {"worker": "w1", "top": 3}),
        input_hash="i",
        model="m",
        pack="p",
        plan_id="",
        seed=2**70,
        answer_hash="a",
    )


def user(name: str = "huang", **more) -> User:
    return User(
        name=name,
        display_name=more.pop("display_name", "黄样例"),
        role=more.pop("role", Role.BROKER),
        password=more.pop("password", "$argon2id$..."),
        created_at=NOON,
        **more,
    )


def token(number: str = "t1", **more) -> Token:
    return Token(
        token_id=number,
        secret_sha256="0" * 64,
        label="HR",
        role=Role.BROKER,
        scopes=(Scope.CANDIDATES, Scope.VACANCIES),
        regions=("450206",),
        created_at=more.pop("created_at", NOON),
        expires_at=NOON + timedelta(days=90),
        **more,
    )


def session(session_sha256: str, **more) -> Session:
    return Session(
        session_sha256=session_sha256,
        user="huang",
        role=Role.KIOSK,
        csrf="c",
        created_at=NOON,
        last_seen_at=more.pop("last_seen_at", NOON),
        expires_at=more.pop("expires_at", NOON + timedelta(minutes=30)),
        **more,
    )


def claim(key: str = "k1", *, actor: str = "token:t1", **more) -> KeptAnswer:
    return KeptAnswer(
        key=key, actor=actor, request_sha256=more.pop("request", "1" * 64), created_at=more.pop("at", NOON), **more
    )


def job(job_id: str, **more) -> ImportJob:
    return ImportJob(
        job_id=job_id, kind="workers", file="roster.xlsx", actor="qin", created_at=more.pop("created_at", NOON), **more
    )


def reaction(event_id: str, **more) -> Reaction:
    return Reaction(
        event_id=event_id,
        ts=more.pop("ts", NOON),
        decision_id=more.pop("decision_id", "d1"),
        worker_id="w1",
        vacancy_id="v1",
        kind=more.pop("kind", "decline"),
        reason_code="distance",
        channel="kiosk",
        actor="kiosk",
        assisted=more.pop("assisted", False),
    )


def entry(action: str, **more) -> AuditEntry:
    return AuditEntry(
        at=more.pop("at", NOON),
        actor=more.pop("actor", "qin"),
        role="officer",
        action=action,
        subjects=more.pop("subjects", ()),
        detail=more.pop("detail", {}),
    )


def figure() -> CountyFigure:
    """What a county pays for a welfare post a month, where its document states no amount."""
    return CountyFigure(
        pack_id="liujiang_2018",
        parameter_id="welfare_post_subsidy",
        value=Decimal("1430.50"),
        unit="元/月",
        from_=date(2018, 3, 1),
        to=date(2018, 12, 31),
        author="覃样例",
        source="县人社发〔2018〕样例1号",
        recorded_on=date(2018, 3, 2),
    )
