"""The fee tracker: what a claim lacks, sums only from the pack in force; nothing of it where people are ranked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import county
import msgspec
import pytest
from broker_county import BAIPENG, ON, SEWERS, asker, county_app, people
from county import application_of
from order_desk import Desk, write

from matcher.policy import PackSet
from matcher.records import Evidence, EvidenceKind, Kind, Placement
from matcher.records.access import Role
from matcher.services.broker.fees import SHARED, FeeQuery, fees_told
from matcher.services.rounds.list_candidates import ListCandidates, list_candidates
from matcher.services.rounds.recommend import Recommend, recommend

K = EvidenceKind
CONTRACT = Evidence(kind=K.CONTRACT, on=date(2018, 3, 1))
CHECKED_IN = Evidence(kind=K.CHECK_IN, on=date(2018, 3, 1))
ROLLS = tuple(Evidence(kind=K.WAGE_ROLL, on=date(2018, month, 28)) for month in (3, 4, 5))


def placement(n: int, broker: str, *evidence: Evidence, **more) -> Placement:
    given = {"placement_id": f"p-{n}", "worker_id": f"fit{n:02d}", "start": date(2018, 3, 1), "broker_id": broker,
             "vacancy_id": SEWERS, "place_code": "441900", "evidence": evidence}  # fmt: skip
    return Placement(**{**given, **more})


@pytest.fixture(params=[False, True], ids=["as_is", "flipped"])
def app(tmp_path, request):
    with county_app(tmp_path / "home", flipped=request.param) as made:
        yield made


@pytest.fixture
def plain(tmp_path):
    with county_app(tmp_path / "home") as made:
        yield made


def fees(desk: Desk) -> dict:
    answer = desk.client.get("/broker/fees.json")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_each_placement_says_what_it_holds_and_lacks(app):
    desk, other = Desk(app), Desk(app)
    rows = [placement(0, desk.name), placement(1, desk.name, CHECKED_IN), placement(2, other.name, CHECKED_IN)]
    write(app, Kind.PLACEMENTS, "placement_id", rows)
    told = fees(desk)
    assert told["pays"]
    assert [(row["placement_id"], len(row["lacks"])) for row in told["rows"]] == [("p-1", 1), ("p-0", 3)]
    assert {row["name"] for row in told["rows"]} <= {"韦*英", "黄*妹"} | {"覃*"}
    assert not any("到岗证明" in label for label in told["rows"][0]["lacks"])
    assert [row["placement_id"] for row in fees(other)["rows"]] == ["p-2"]
    assert len(fees(Desk(app, Role.OFFICER))["rows"]) == 3


def test_nothing_of_it_tells_who_is_on_a_register(tmp_path):
    bodies = []
    for flipped in (False, True):
        with county_app(tmp_path / str(flipped), flipped=flipped) as app:
            write(app, Kind.PLACEMENTS, "placement_id", [placement(n, "demo", CHECKED_IN) for n in range(6)])
            name = county.new_user(app, Role.BROKER, licensed=False)
            county.application_of(app).orders.put_licence(msgspec.structs.replace(_licence(app, name), number="demo"))
            client = app.test_client()
            county.session_of(client, name)
            body = client.get("/broker/fees.json").get_data(as_text=True)
            bodies.append(body)
            assert not re.search("贫|建档|搬迁|register", body)
    assert bodies[0] == bodies[1]
    assert bodies[0].count("placement_id") == 6


def _licence(app, name):
    county.register(app, name)
    return county.application_of(app).orders.licence(name)


def test_a_sum_stands_beside_a_complete_claim_of_a_pack_in_force_alone(plain):
    run = application_of(plain)
    pack = "qinzhou_2021"
    paid = tuple(Evidence(kind=K.INSURANCE, on=date(2022, month, 10)) for month in (1, 2, 3))
    dates = {"start": date(2022, 1, 1), "contract_start": date(2022, 1, 1), "contract_end": date(2022, 12, 31)}
    full = placement(0, "b", CHECKED_IN, CONTRACT, *paid, **dates)
    short = placement(1, "b", CHECKED_IN, CONTRACT, *paid[:2], **dates)
    write(plain, Kind.PLACEMENTS, "placement_id", [full, short])

    def on(day: date) -> dict:
        return fees_told(run.store, run.means, FeeQuery(brokers=("b",), jurisdiction=pack, on=day))

    rows = {row["placement_id"]: row for row in on(date(2022, 6, 1))["rows"]}
    assert rows["p-1"]["amount_yuan"] is None
    assert rows["p-1"]["reasons"]
    assert not any(row["ready"] for row in rows.values())
    assert any("资格" in label for label in rows["p-0"]["lacks"])
    late = on(date(2026, 1, 1))
    assert (late["pays"], late["rows"]) == (False, [])
    assert "没有可以申领的现行政策" in late["why_not"]


def _with_other_fees(packs: PackSet) -> PackSet:
    """The packs with what is paid for bringing people into work permuted: 300 here becomes 70 001, and so on."""
    n_changed = 0
    changed = {}
    for pack_id, pack in packs.packs.items():
        paid = {benefit.shared[SHARED] for benefit in pack.benefits if SHARED in benefit.shared}
        parameters = [
            msgspec.structs.replace(row, value=row.value * 7 + 67_901) if row.id in paid and row.value else row
            for row in pack.parameters
        ]
        n_changed += parameters != list(pack.parameters)
        changed[pack_id] = msgspec.structs.replace(pack, parameters=tuple(parameters))
    assert n_changed >= 3
    return msgspec.structs.replace(packs, packs=changed)


def _lists(app, packs: PackSet | None = None) -> list[bytes]:
    """Every candidate list and worker's list of the county, without the name of the pack they were made under."""
    run = application_of(app)
    means = replace(run.means, packs=packs) if packs else run.means
    lists = []
    for vacancy_id in (SEWERS, "v-reserved", "v-far", "p00"):
        call = ListCandidates(vacancy_id=vacancy_id, on=ON, jurisdiction="liujiang_2018", top=100, seed=0)
        lists.append(list_candidates(run.store, means, call, at=county.NOON)["lists"])
    for somebody in people():
        told = Recommend(worker_id=somebody.worker_id, on=ON, jurisdiction="liujiang_2018", top=20, seed=0)
        lists.append(recommend(run.store, means, told, at=county.NOON)["lists"])
    return [msgspec.json.encode(told) for told in lists]


def test_other_fees_change_no_byte_of_any_list(plain):
    before = _lists(plain)
    after = _lists(plain, _with_other_fees(application_of(plain).packs))
    assert len(before) > 20
    assert before == after


def test_no_candidate_page_shows_a_fee(plain):
    desk = Desk(plain)
    write(plain, Kind.PLACEMENTS, "placement_id", [placement(0, desk.name, CHECKED_IN)])
    order = desk.post(f"/broker/orders/{SEWERS}/open").location.split("/broker/orders/")[1].split("/")[0]
    paths = [
        f"/broker/orders/{SEWERS}", f"/broker/orders/{SEWERS}/why?first=fit00&second=fit01", "/broker",
        f"/broker/orders/{SEWERS}/missing?worker=fit00", f"/broker/orders/{order}/calls",
        f"/broker/orders/{order}/seats",
    ]  # fmt: skip
    for path in paths:
        for address in (path, path.replace("?", ".json?", 1) if "?" in path else f"{path}.json"):
            body = desk.client.get(address).get_data(as_text=True)
            assert not re.search(r"amount_yuan|服务补助|介绍费|\b[0-9]+元/人|fee_", body), address


def test_the_page_is_for_registered_brokers_and_the_office(plain):
    client = plain.test_client()
    county.session_of(client, county.new_user(plain, Role.BROKER, licensed=False))
    assert client.get("/broker/fees").status_code == 403
    assert asker(plain, Role.AUDITOR).get("/broker/fees").status_code == 200
    assert asker(plain, Role.OFFICER, BAIPENG).get("/broker/fees").status_code == 200
    assert "没有登记到" in Desk(plain).client.get("/broker/fees").get_data(as_text=True)
