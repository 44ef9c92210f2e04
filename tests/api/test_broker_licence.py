"""A broker's registration opens people: without one in force every page of the workspace is nameless."""

from __future__ import annotations

from datetime import date

import county
import pytest
from broker_county import ON, SEWERS, asker, county_app
from flask.testing import FlaskClient

from matcher.errors import InvalidInput
from matcher.records.access import Role
from matcher.services.access.licences import LicenceState, NewLicence, licence_of, record_licence

PEOPLE = [
    f"/broker/orders/{SEWERS}/why?first=fit00&second=fit01",
    f"/broker/orders/{SEWERS}/missing?worker=fit00",
    f"/broker/orders/{SEWERS}/missing.json?worker=fit00",
]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with county_app(tmp_path_factory.mktemp("licence") / "home") as made:
        yield made


def broker(app, first: date | None = None, last: date | None = None) -> FlaskClient:
    """A browser of a broker registered from `first` to `last`, of one without a registration if None."""
    name = county.new_user(app, Role.BROKER, licensed=False)
    if first is not None and last is not None:
        county.register(app, name, first, last)
    client = app.test_client()
    county.session_of(client, name)
    return client


def day(offset: int) -> date:
    return date.fromordinal(ON.toordinal() + offset)


@pytest.mark.parametrize(
    ("first", "last"), [(None, None), (day(-9), day(-1)), (day(1), day(9))], ids=["none", "expired", "not_yet"]
)
def test_who_is_not_registered_reads_orders_and_sees_nobody(app, first, last):
    client = broker(app, first, last)
    assert client.get("/broker").status_code == 200
    page = client.get(f"/broker/orders/{SEWERS}")
    data = client.get(f"/broker/orders/{SEWERS}.json").get_json()
    assert page.status_code == 200
    assert data["people"] is None
    assert data["licence"]["in_force"] is False
    assert "县就业局" in page.get_data(as_text=True)
    for body in (page.get_data(as_text=True), client.get(f"/broker/orders/{SEWERS}.json").get_data(as_text=True)):
        assert "fit0" not in body
        assert "韦" not in body
        assert "****" not in body
    for path in PEOPLE:
        answer = client.get(path)
        assert answer.status_code == 403, path
        assert "fit00" not in answer.get_data(as_text=True).replace("first=fit00", "")


@pytest.mark.parametrize(("first", "last"), [(ON, ON), (day(-1), ON), (ON, day(400))])
def test_both_days_of_a_registration_are_inside(app, first, last):
    client = broker(app, first, last)
    assert client.get(f"/broker/orders/{SEWERS}.json").get_json()["people"]["people"]
    for path in PEOPLE:
        assert client.get(path).status_code == 200, path


def test_a_deed_is_refused_too(app):
    client = app.test_client()
    csrf = county.session_of(client, county.new_user(app, Role.BROKER, licensed=False))
    answer = client.post(f"/broker/orders/{SEWERS}/missing", data={"q": "韦小英", "csrf": csrf})
    assert answer.status_code == 403
    assert "备案" in answer.get_data(as_text=True)
    assert "韦*英" not in answer.get_data(as_text=True)


def test_every_other_page_of_the_room_is_closed(app):
    """Closed unless named: a page added tomorrow is closed as well."""
    client = broker(app)
    closed = 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("broker.") or "GET" not in (rule.methods or ()):
            continue
        page = rule.endpoint.removeprefix("broker.").removesuffix("_json")
        if page in {"orders", "order", "my_orders"}:
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = path.replace(f"<{argument}>", SEWERS)
        assert client.get(path).status_code == 403, path
        closed += 1
    assert closed > 4


def test_the_office_needs_no_registration(app):
    assert asker(app, Role.OFFICER).get(f"/broker/orders/{SEWERS}.json").get_json()["people"]["people"]


def test_the_end_is_told_a_month_before(app):
    orders = county.application_of(app).orders
    name = county.new_user(app, Role.BROKER, licensed=False)
    county.register(app, name, day(-100), day(30))
    assert licence_of(orders, name, ON).ends_soon
    assert not licence_of(orders, name, day(-1)).ends_soon
    assert licence_of(orders, name, day(31)).state is LicenceState.EXPIRED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"user": "nobody-at-all"}, "没有这个账号"),
        ({"number": "x"}, "备案编号不对"),
        ({"number": "<b>12</b>"}, "备案编号不对"),
        ({"to": date(2017, 12, 31)}, "早于开始"),
    ],
)
def test_a_registration_that_makes_no_sense_is_refused(app, changes, words):
    run = county.application_of(app)
    given = {"user": county.new_user(app, Role.BROKER), "number": "备2018-2", "from_": date(2018, 1, 1),
             "to": date(2018, 12, 31)}  # fmt: skip
    with pytest.raises(InvalidInput, match=words):
        record_licence(
            run.access, run.orders, NewLicence(**{**given, **changes}), now=county.NOON, by="t", role="administrator"
        )


def test_a_registration_is_for_brokers_and_is_audited(app):
    run = county.application_of(app)
    officer = county.new_user(app, Role.OFFICER)
    call = NewLicence(user=officer, number="备2018-3", from_=date(2018, 1, 1), to=date(2018, 12, 31))
    with pytest.raises(InvalidInput, match="劳务员"):
        record_licence(run.access, run.orders, call, now=county.NOON, by="t", role="administrator")
    name = county.new_user(app, Role.BROKER, licensed=False)
    call = NewLicence(user=name, number="备2018-3", from_=date(2018, 1, 1), to=date(2018, 12, 31))
    record_licence(run.access, run.orders, call, now=county.NOON, by="t", role="administrator")
    assert run.access.audit(subject=f"user:{name}")[0].action == "licence_recorded"
