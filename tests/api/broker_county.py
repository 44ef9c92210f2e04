"""A county small enough to know by heart, for the broker's pages: two townships, one order for forty and odd ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import county
import msgspec
from factories import vacancy, worker
from flask import Flask
from flask.testing import FlaskClient

from api import create_app
from matcher.bootstrap import Application
from matcher.ports import Batch, Change
from matcher.records import (
    ID_FIELDS,
    Channel,
    Consent,
    Group,
    Kind,
    LabourAbility,
    Placement,
    PublishBar,
    Record,
    TravelRange,
    Vacancy,
    Worker,
)
from matcher.records.access import Role
from matcher.records.id_numbers import check_digit
from matcher.settings import Settings

ON = date(2018, 6, 1)
AT = datetime(2018, 6, 1, 4, 0, tzinfo=UTC)
BAIPENG, CHENGTUAN = "450206102", "450206103"
SEWERS = "v-sew"
N_WANTED, N_FIT = 40, 12
PLAIN = frozenset({"after", "rows", "saved", "not", "unread"})
"""Arguments of an address that are no condition."""
DEPOSIT = PublishBar(
    code="deposit", sentence="要求缴纳押金。", document="《劳动合同法》", clause="第九条", found="押金300元"
)


def people(*, flipped: bool = False) -> list[Worker]:
    """Twelve who fit the sewers' order, six of them less well; of the others one thing or two keep each away."""
    agreed = (True, False, None)
    less = {"preferred_trades": ("焊工",), "preferred_places": ("441900",), "available_from": ON + timedelta(days=25)}
    fit = [
        worker(
            f"fit{n:02d}",
            place_code=f"{BAIPENG if n < 8 else CHENGTUAN}{201 + n % 3}",
            registered_poor=(n % 3 == 0) is not flipped,
            relocated=(n % 5 == 0) is not flipped,
            labour_ability=LabourAbility.WEAK if flipped else LabourAbility.NORMAL,
            waiting_since=ON - timedelta(days=n),
            consent=Consent(share_with_employer=agreed[n % 3]),
            **(less if n % 2 else {}),
        )
        for n in range(N_FIT)
    ]
    home = f"{BAIPENG}201"
    other = {"skills": ("养猪",), "trades": ("养殖",), "place_code": home}
    return [
        *fit,
        *(worker(f"old{n}", birth_date=date(1960 + n, 1, 1), place_code=home) for n in range(5)),
        *(worker(f"new{n}", **other) for n in range(3)),
        worker("both", birth_date=date(1961, 1, 1), **other),
        worker("dear1", wage_floor_yuan_month=4150, place_code=home),
        worker("dear2", wage_floor_yuan_month=9000, place_code=home),
        worker("busy", place_code=home),
        worker("unasked", wish_to_work=None, place_code=home),
        worker("near", travel_range=TravelRange.VILLAGE, place_code=f"{CHENGTUAN}201"),
        worker("away", wish_to_work=False, place_code=home),
    ]


def orders() -> list[Vacancy]:
    """The order for forty, one of each kind that is not open to all, and twenty-five small ones to turn over."""
    return [
        vacancy(SEWERS, title="缝纫工", employer_name="样例制衣厂", headcount=N_WANTED, age_max=45,
                skills_required=("缝纫",), place_code=BAIPENG, valid_to=date(2018, 7, 1)),
        vacancy("v-reserved", title="护林员", headcount=2, reserved_for=(Group.REGISTERED_POOR,), place_code=BAIPENG),
        vacancy("v-heavy", title="搬运工", headcount=30, heavy_work=True),
        vacancy("v-deposit", title="木工", headcount=99, publish_bars=(DEPOSIT,)),
        vacancy("v-full", title="裁剪工", headcount=2, filled=2),
        vacancy("v-late", title="熨烫工", headcount=5, valid_to=date(2018, 5, 31)),
        vacancy("v-plot", title="菜园地块", channel=Channel.MICRO_FARM, headcount=5),
        vacancy("v-far", title="电子普工", channel=Channel.GUANGDONG_PARTNER, place_code="441900", headcount=3,
                wage_low_yuan_month=None, wage_high_yuan_month=None, valid_from=date(2018, 5, 1)),
        *(vacancy(f"p{n:02d}", title=f"普工{n}", headcount=1 + n % 4, place_code="450206") for n in range(25)),
    ]  # fmt: skip


def identity(number: int) -> dict[str, str]:
    """A full identity: a name of three or two characters, a phone, an identity number."""
    names = ("韦小英", "黄大妹", "覃丽", "韦小英", "蒙春花", "罗秀兰")
    first_17 = f"450206{date(1975, 1, 1) + timedelta(days=number):%Y%m%d}{number:03d}"
    return {
        "name": names[number % len(names)],
        "phone": f"138{number:08d}",
        "id_number": first_17 + check_digit(first_17),
    }


@contextmanager
def county_app(home: Path, *, flipped: bool = False, more: Iterable[Worker] = (), seed: int = 0) -> Iterator[Flask]:
    """create_app over the county; `flipped` is the same county with poverty, relocation and health turned round.

    more : people beside those everybody knows; seed : that of the installation, which draws the last tie
    """
    settings = Settings(home=home, jurisdiction="liujiang_2018", today=ON, seed=seed, **county.UNLIMITED)
    application = Application(settings)
    application.__dict__["clock"] = county.SetClock()
    store = application.create_store()
    _write(store, Kind.WORKERS, [*people(flipped=flipped), *more], identities=True)
    _write(store, Kind.VACANCIES, orders())
    busy = Placement(placement_id="p1", worker_id="busy", employer_id="e1", start=date(2018, 5, 1))
    _write(store, Kind.PLACEMENTS, [busy])
    try:
        yield create_app(application)
    finally:
        application.close()


def asker(app: Flask, role: Role = Role.BROKER, *regions: str) -> FlaskClient:
    """A browser in which somebody of the role and regions has signed in."""
    client = app.test_client()
    county.signed_in(client, role, regions)
    return client


def query(**narrowing: Any) -> dict[str, Any]:
    """The arguments of an address: `township="450206102"` as a chip of that kind, the rest as they are."""
    told: dict[str, Any] = {"is": list(narrowing.pop("is", ()))}
    for name, values in narrowing.items():
        if name in PLAIN:
            told[name] = values
        else:
            told["is"] += [f"{name}:{value}" for value in ([values] if isinstance(values, str) else values)]
    return told


def listed(client: FlaskClient, vacancy_id: str = SEWERS, **narrowing: Any) -> dict[str, Any]:
    """The people of an order, as data."""
    answer = client.get(f"/broker/orders/{vacancy_id}.json", query_string=query(**narrowing))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["people"]


def compared(client: FlaskClient, first: str, second: str, vacancy_id: str = SEWERS) -> dict[str, Any]:
    """The comparison of two people, as data."""
    answer = client.get(f"/broker/orders/{vacancy_id}/why.json", query_string={"first": first, "second": second})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["compared"]


def case(client: FlaskClient, worker_id: str, vacancy_id: str = SEWERS) -> dict[str, Any]:
    """Why one person is or is not listed, as data."""
    answer = client.get(f"/broker/orders/{vacancy_id}/missing.json", query_string={"worker": worker_id})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["case"]


def _write(store: Any, kind: Kind, records: Iterable[Record], *, identities: bool = False) -> None:
    changes = [
        Change(
            record_id=getattr(record, ID_FIELDS[kind]),
            sheet="Sheet1",
            row=row,
            fields={n: v for n, v in msgspec.to_builtins(record).items() if n != ID_FIELDS[kind] and v is not None},
            identity=identity(row) if identities else None,
        )
        for row, record in enumerate(records, 2)
    ]
    batch = Batch(batch_id=f"b-{kind.value}", kind=kind, file="f.xlsx", file_sha256="0" * 64, imported_at=AT, by="test")
    store.write_batch(batch, changes)
