"""A frozen register stays as it was, whatever is recorded, joined, paid or set behind it; the page of now follows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import county
import pytest
from county import application_of
from office_desk import GOOD, desk

from matcher.ports import Batch, Change
from matcher.records import Kind
from matcher.records.access import Role
from matcher.records.deeds import NewDeed
from matcher.services.registers.boards import DATABASE_BOARD, LIST_BOARD
from matcher.services.registers.workbook import BOOKS
from matcher.services.reports.snapshot import Freeze, again, freeze
from matcher.settings import Settings

VILLAGE = "450206103201"
PERSON = {
    "birth_date": "1978-01-01", "wish_to_work": True, "wish_to_go_out": True, "registered_poor": True,
    "labour_ability": "normal",
    "employment_status": "unemployed", "place_code": VILLAGE,
}  # fmt: skip
WORK = {
    "worker_id": "w-two", "start": "2018-02-01", "checked_by": "liang", "wage_yuan_month": 3000,
    "place_code": "440300", "evidence": [{"kind": "contract", "on": "2018-02-01", "by": "liang"}],
}  # fmt: skip
STATE = ("on", "revision", "deeds", "county_figures")


def write(app, kind, name, fields, identity=None):
    store = application_of(app).store
    name_of = f"b-{store.revision() + 1}"
    batch = Batch(batch_id=name_of, kind=kind, file="f", file_sha256="0" * 64, imported_at=county.NOON)
    store.write_batch(batch, [Change(record_id=name, sheet="s", row=2, fields=fields, identity=identity)])


def peopled(made):
    """An application over the county and two people whom the registers count."""
    write(made, Kind.WORKERS, "w-one", {**PERSON, "household_id": "h-one"})
    write(made, Kind.WORKERS, "w-two", {**PERSON, "household_id": "h-two"}, {"name": "韦样例"})
    write(made, Kind.PLACEMENTS, "p-two", WORK)
    return made


@pytest.fixture
def app(make_app):
    return peopled(make_app())


def identified(app):
    write(app, Kind.WORKERS, "w-two", {"household_id": "h-two"}, {"name": "韦改名", "id_number": GOOD})


def joined(app):
    client, csrf = desk(app)
    assert client.post("/office/doubles", data={"csrf": csrf, "keep": "w-one", "other": "w-two"}).status_code == 303


def paid(app):
    deed = NewDeed(kind="claim.paid", at=county.NOON, on=date(2018, 5, 20), by="bank", subjects=("w-two",))
    application_of(app).deeds.act("claim:c-two", lambda _: [deed])


def figures_set(app):
    client, csrf = desk(app)
    for name, value, unit in (
        ("comparison_year", "2016", "年"),
        ("work_time_out_of_county_min_months", "2", "个月"),
        ("income_out_of_county_min", "5000", "元"),
    ):
        form = {
            "csrf": csrf, "value": value, "unit": unit, "from": "2018-01-01", "author": "县人社局", "source": "1号文",
        }  # fmt: skip
        assert client.post(f"/office/figures/masked_county_2020/{name}", data=form).status_code == 303


def given(app):
    client, csrf = desk(app)
    code = next(row["code"] for row in client.get("/office/villages.json").get_json()["villages"] if row["below"])
    broker = county.new_user(app, Role.BROKER, (code[:9],))
    assert client.post(f"/office/villages/{code}/assign", data={"csrf": csrf, "broker": broker}).status_code == 303


def base_stated(app):
    client, csrf = desk(app)
    form = {"csrf": csrf, "n": "40", "source": "系统名单"}
    for code in (VILLAGE, VILLAGE[:9]):
        assert client.post(f"/office/villages/{code}/base", data=form).status_code == 303


def pages(client, address):
    """Every page of the registers that tells of our village or of sums, names and workbooks among them."""
    told = {}
    asked = [(path, {}) for path in ("registers", "two-lists", "villages", "households")]
    for board in (DATABASE_BOARD, LIST_BOARD):
        asked += [(board.name, {"list": name, "place": VILLAGE}) for name in board.figures]
    asked += [("households", {"list": name, "place": VILLAGE}) for name in ("missing", "open", "reached")]
    asked += [(f"villages/{VILLAGE}", {"list": name}) for name in ("", "base", "now", "delivered", "months_met")]
    codes = [row["code"] for row in client.get("/office/villages.json", query_string=address).get_json()["villages"]]
    asked += [(f"villages/{code}", {}) for code in {*codes, VILLAGE[:9]}]
    for path, more in asked:
        for form in (f"/office/{path}.json", f"/office/{path}"):
            answer = client.get(form, query_string={**address, **{k: v for k, v in more.items() if v}})
            assert answer.status_code == 200, answer.text
            told[form, str(more)] = answer.data
    for book in BOOKS:
        told[book, ""] = client.get(f"/office/registers/{book}.xlsx", query_string=address).data
    return told


@dataclass(frozen=True)
class Seen:
    """What an auditor saw before anything changed: a home that was left so, and the session that goes on in it."""

    settings: Settings
    cookie: str
    address: dict[str, str]
    frozen: dict[tuple[str, str], bytes]
    free: dict[tuple[str, str], bytes]


@pytest.fixture(scope="module")
def seen(seeded, tmp_path_factory) -> Seen:
    settings = county.copied(seeded, tmp_path_factory.mktemp("frozen") / "home")
    with county.opened(settings) as made:
        client, _ = desk(peopled(made), Role.AUDITOR)
        now = client.get("/office/registers.json").get_json()
        address = {name: now[name] for name in STATE}
        cookie = client.get_cookie("matcher_session").value
        return Seen(settings, cookie, address, pages(client, address), pages(client, {}))


def nothing(app):
    """What is told later would be told without any change."""


@pytest.mark.parametrize("change", [nothing, identified, joined, paid, figures_set, given, base_stated])
def test_what_comes_later_changes_no_frozen_page_and_the_page_of_now(seen, change, tmp_path):
    with county.opened(county.copied(seen.settings, tmp_path / "home")) as app:
        client = app.test_client()
        client.set_cookie("matcher_session", seen.cookie)
        change(app)
        after, moved = pages(client, seen.address), pages(client, {})
        assert [name for name, told in seen.frozen.items() if after[name] != told] == []
        changed = [name for name, told in seen.free.items() if moved.get(name) != told and ".json" in name[0]]
        assert bool(changed) is (change is not nothing)
        assert client.get("/office/registers", query_string=seen.address).text.count("已经定住") == 1


@pytest.mark.parametrize("change", [identified, joined, paid, figures_set])
def test_a_report_worked_out_again_of_its_snapshot_has_the_same_bytes(app, change):
    run = application_of(app)
    call = Freeze(kind="quarterly", period="2018-Q2", on=date(2018, 6, 1), at=county.NOON, by="a")
    frozen = freeze(run.store, run.deeds, run.means, call)
    change(app)
    assert again(run.store, run.deeds, run.means, frozen) == run.deeds.file(frozen.workbook)


def test_an_address_that_says_the_data_version_alone_says_what_it_does_not_hold(app):
    client, _ = desk(app)
    now = client.get("/office/villages.json").get_json()
    text = client.get("/office/villages", query_string={"revision": now["revision"]}).text
    assert "只定住了一部分" in text
    assert "已经定住" not in text
    address = {name: now[name] for name in STATE}
    code = next(row["code"] for row in now["villages"] if row["below"])
    county.new_user(app, Role.BROKER, (code[:9],))
    frozen = client.get(f"/office/villages/{code}.json", query_string=address).get_json()
    assert (frozen["may_do"], frozen["brokers"]) == (False, [])
    assert client.get(f"/office/villages/{code}.json").get_json()["may_do"] is True


def test_an_officer_of_a_town_finds_a_frozen_register_as_it_was_when_somebody_has_moved_away(app):
    client, _ = desk(app, Role.OFFICER, (VILLAGE[:9],))
    write(app, Kind.WORKERS, "w-three", {**PERSON, "household_id": "h-3"}, {"name": "莫样例", "id_number": GOOD})
    now = client.get("/office/registers.json").get_json()
    address = {name: now[name] for name in STATE}
    write(app, Kind.WORKERS, "w-three", {"place_code": "450206102201", "household_id": "h-4"})
    after = client.get("/office/registers.json", query_string=address).get_json()
    assert after["total"] == now["total"]
    names = client.get("/office/registers.json", query_string={**address, "list": "clear"}).get_json()["rows"]
    assert {row["worker_id"]: row["person"]["name"] for row in names}["w-three"] == ""


@pytest.mark.parametrize("path", ["/office/registers", "/office/two-lists", "/office/villages", "/office/households"])
def test_what_was_known_takes_no_name_of_the_frame(app, path):
    client, _ = desk(app)
    [brand] = re.findall(r'<p class="brand">(.*?)</p>', client.get("/office").text)
    assert f'<p class="brand">{brand}</p>' in client.get(path).text


@pytest.mark.parametrize("beyond", [{"revision": 0}, {"deeds": 9_999_999}, {"county_figures": 9_999}])
def test_an_address_beyond_what_is_known_holds_nothing_and_says_so(app, beyond):
    client = desk(app)[0]
    now = client.get("/office/villages.json").get_json()
    asked = {name: now[name] for name in ("on", "revision", "deeds", "county_figures")}
    assert client.get("/office/villages.json", query_string=asked).get_json()["is_frozen"] is True
    assert client.get("/office/villages.json", query_string=asked | beyond).get_json()["is_frozen"] is False
