"""Returnees are helped by the clock, and groups are laid out, reviewed and sent at the office."""

from __future__ import annotations

from datetime import date, timedelta

import county
import pytest
from county import JURISDICTION, NOON, application_of, clock, new_user, session_of
from msgspec.structs import replace
from office_desk import ON, desk, seeker
from tracked_office import posted, told

from matcher.office.tracking.dispatches import PREFIX, REVIEWED, Place, drawn
from matcher.orders import book
from matcher.orders.seats import Rule
from matcher.ports import Change
from matcher.records import Kind
from matcher.records.access import Role
from matcher.records.orders import Call, CallOutcome, LabourOrder, OrderState, Seat, SeatState
from matcher.services.assignment.demo_tracking import seed_demo_tracking
from matcher.services.assignment.dispatch import Dispatch, dispatch
from matcher.services.assignment.who_stays import STAYS
from matcher.services.ground.own_batch import Deed, write_own


@pytest.fixture(scope="module")
def tracked(tmp_path_factory, seeded):
    """A copy of the county that the tests of this file write into."""
    with county.opened(county.copied(seeded, tmp_path_factory.mktemp("tracked") / "home")) as app:
        yield app


@pytest.fixture(scope="module")
def officer(tracked):
    return desk(tracked)


class TestReturnees:
    def test_from_the_entry_to_the_end_and_back(self, tracked, officer):
        worker = seeker(tracked)
        entry = {"worker_id": worker.worker_id, "returned_on": "2018-05-20", "why": "contract_over", "wish": "go_out"}
        posted(officer, "/office/returns", **entry)

        def case():
            rows = told(officer[0], "/office/returnees")["rows"]
            return next((row for row in rows if row["worker_id"] == worker.worker_id), None)

        row = case()
        assert (row["next"], row["late"], row["report"]) == ("helper", True, "needs_config")
        return_id = row["return_id"]
        posted(officer, "/office/returnees/helper", return_id=return_id, helper="覃样例")
        assert (case()["next"], case()["helper"]) == ("offer", "覃样例")
        seen = posted(officer, "/office/returnees/offer", return_id=return_id).location
        assert officer[0].get(seen).status_code == 200
        assert (case()["next"], case()["late"]) == ("follow", False)
        posted(officer, "/office/returnees/close", 422, return_id=return_id, how="forgotten")
        posted(officer, "/office/returnees/close", return_id=return_id, how="placed")
        assert case() is None
        posted(officer, "/office/returnees/close", 409, return_id=return_id, how="placed")
        assert told(officer[0], "/office/returnees", closed=1)["rows"]
        posted(officer, "/office/returnees/reopen", return_id=return_id)
        assert case()["next"] == "follow"
        posted(officer, "/office/returnees/helper", 404, return_id="rt-none", helper="x")
        deeds = application_of(tracked).deeds.deeds(prefix=f"return:{return_id}")
        assert "覃样例" not in str([deed.body for deed in deeds])

    def test_several_home_from_one_employer_warn_while_others_are_there(self, tracked, officer):
        store = application_of(tracked).store
        people = [one.worker_id for one in store.records(Kind.WORKERS)][:4]
        fields = {"employer_name": "样例制衣厂", "start": "2018-03-01"}
        changes = [
            Change(record_id=f"pl-{n}", sheet="", row=n, fields={**fields, "worker_id": one}, since=date(2018, 3, 1))
            for n, one in enumerate(people)
        ]
        write_own(store, "b-tracking", Kind.PLACEMENTS, Deed("test", b"", NOON, "test"), changes)
        for one in people[:3]:
            posted(officer, "/office/returns", worker_id=one, returned_on="2018-05-31")
        alarms = told(officer[0], "/office/returnees/warnings")["alarms"]
        found = next(alarm for alarm in alarms if alarm["employer"] == "样例制衣厂")
        assert found["n_left"] == 3
        assert [row["worker_id"] for row in found["still"]] == people[3:]
        assert all(post["employer"] != found["employer"] for post in found["posts"])

    def test_new_work_since_the_return_closes_the_case(self, tracked, officer):
        store = application_of(tracked).store
        worker_id = [one.worker_id for one in store.records(Kind.WORKERS)][20]
        posted(officer, "/office/returns", worker_id=worker_id, returned_on="2018-05-10")

        def case(**asked):
            rows = told(officer[0], "/office/returnees", **asked)["rows"]
            return next((row for row in rows if row["worker_id"] == worker_id), None)

        n_late = told(officer[0], "/office/returnees")["n_late"]
        return_id = case()["return_id"]
        fields = {"worker_id": worker_id, "employer_name": "样例包装厂", "start": "2018-05-14"}
        change = Change(record_id="pl-since", sheet="", row=1, fields=fields, since=date(2018, 5, 14))
        write_own(store, "b-since", Kind.PLACEMENTS, Deed("test", b"", NOON, "test"), [change])
        assert case() is None
        assert (case(closed=1)["ended"], case(closed=1)["ended_on"]) == ("又有活干了", "2018-05-14")
        assert told(officer[0], "/office/returnees")["n_late"] == n_late - 1
        posted(officer, "/office/returnees/reopen", 409, return_id=return_id)
        store.undo_batch("b-since", at=NOON, by="test")
        assert case()["late"]

    def test_who_has_new_work_has_left_the_old_and_who_is_home_for_the_festival_has_not(self, tracked, officer):
        store = application_of(tracked).store
        people = [one.worker_id for one in store.records(Kind.WORKERS)][10:15]
        fields = {"employer_name": "样例电子厂", "start": "2018-03-01"}
        works = [(f"pl-old-{n}", fields | {"worker_id": one}) for n, one in enumerate(people)]
        works += [("pl-new-0", {"employer_name": "样例包装厂", "start": "2018-05-31", "worker_id": people[0]})]
        changes = [Change(record_id=name, sheet="", row=1, fields=told, since=date(2018, 3, 1)) for name, told in works]
        write_own(store, "b-old", Kind.PLACEMENTS, Deed("test", b"", NOON, "test"), changes)

        def alarm():
            alarms = told(officer[0], "/office/returnees/warnings")["alarms"]
            return next((one for one in alarms if one["employer"] == "样例电子厂"), None)

        for one in people[:2]:
            posted(officer, "/office/returns", worker_id=one, returned_on="2018-05-29", why="laid_off")
        posted(officer, "/office/returns", worker_id=people[2], returned_on="2018-05-29", why="festival")
        assert alarm() is None
        posted(officer, "/office/returns", worker_id=people[3], returned_on="2018-05-30")
        found = alarm()
        assert {row["worker_id"] for row in found["left"]} == {people[0], people[1], people[3]}
        assert {row["worker_id"] for row in found["still"]} == {people[2], people[4]}

    def test_wages_that_a_check_heard_are_late_warn_while_people_are_there(self, tracked, officer):
        row = next(one for one in told(officer[0], "/office/visits")["rows"] if one["employer"])
        form = {"placement_id": row["placement_id"], "months": row["check"]["months"], "on": ON.isoformat()}

        def alarm():
            alarms = told(officer[0], "/office/returnees/warnings")["alarms"]
            return next((one for one in alarms if one["employer"] == row["employer"]), None)

        before = alarm()
        assert before is None or not before["n_unpaid"]
        posted(officer, "/office/visits", **form, status="kept", kind="visit", issue="wage_late")
        assert alarm()["n_unpaid"] == 1
        assert "工钱晚发" in officer[0].get("/office/returnees/warnings").get_data(as_text=True)
        posted(officer, "/office/visits/undo", placement_id=row["placement_id"])
        assert alarm() == before


class TestGroups:
    @pytest.fixture
    def order(self, tracked, request):
        """An open order whose seats are confirmed, for a post somebody may be sent to."""
        run = application_of(tracked)
        for post in (one for one in run.store.records(Kind.VACANCIES) if one.open_on(ON) and one.places_left):
            call = Dispatch(on=ON, jurisdiction=JURISDICTION, seed=0, vacancies=(post.vacancy_id,))
            found = dispatch(run.store, run.orders, run.means, call)
            if found["n_sent"]:
                yes = [person["worker_id"] for unit in found["units"] for person in unit["people"]]
                break
        rule = Rule(NOON, timedelta(hours=48))
        order = LabourOrder(
            order_id=f"o-{request.node.name[-15:]}", vacancy_id=post.vacancy_id, region_code="450206", n_seats=len(yes),
            state=OrderState.OPEN, departs_at=NOON + timedelta(days=3), pickup="街口", broker="b", created_at=NOON,
        )  # fmt: skip
        order = book.listed(order, yes, list_id="", rule=rule)
        for one in yes:
            order = book.answered(order, one, Call(at=NOON, by="b", outcome=CallOutcome.GO), rule)
        run.orders.add_order(order)
        return order

    def test_who_has_a_seat_and_found_work_meanwhile_is_named_and_not_sent(self, tracked, order):
        run = application_of(tracked)
        call = Dispatch(on=ON, jurisdiction=JURISDICTION, seed=0, order_id=order.order_id, fill=False)
        before = dispatch(run.store, run.orders, run.means, call)
        busy = before["units"][0]["people"][0]["worker_id"]
        fields = {"worker_id": busy, "employer_name": "样例制衣厂", "start": "2018-05-20"}
        change = Change(record_id="pl-busy", sheet="", row=1, fields=fields, since=date(2018, 5, 20))
        write_own(run.store, "b-busy", Kind.PLACEMENTS, Deed("test", b"", NOON, "test"), [change])
        told = dispatch(run.store, run.orders, run.means, call)
        assert told["n_sent"] == before["n_sent"] - 1
        (row,) = [one for one in told["unplaced"] if one["worker_id"] == busy]
        assert [one["rule_id"] for one in row["reasons"]] == ["in_work"]
        run.store.undo_batch("b-busy", at=NOON, by="test")
        run.orders.change_order(order.order_id, lambda one, _: replace(one, state=OrderState.CANCELLED, people=()))

    def test_who_has_a_seat_and_is_in_no_unit_is_told_with_the_reason(self, tracked, officer, order):
        run, path = application_of(tracked), f"/office/dispatch/{order.order_id}"
        unasked = next(one.worker_id for one in run.store.records(Kind.WORKERS) if one.wish_to_work and not one.consent)
        seat = Seat(worker_id=unasked, state=SeatState.CONFIRMED, place=99, changed_at=NOON)
        run.orders.change_order(order.order_id, lambda one, _: replace(one, n_seats=9, people=(*one.people, seat)))
        posted(officer, path, bus_seats="33")
        page = told(officer[0], path)
        assert [(one["worker_id"], one["why"]) for one in page["outside"]] == [(unasked, STAYS["consent"])]
        assert (page["n_people"], page["bus_seats"], page["may_arrive"]) == (len(order.people), 33, False)
        assert f'"{path}/arrived"' not in officer[0].get(path).get_data(as_text=True)
        run.orders.change_order(order.order_id, lambda one, _: replace(one, state=OrderState.CANCELLED, people=()))

    def test_the_confirmed_are_laid_out_and_arrive(self, tracked, officer, order):
        path = f"/office/dispatch/{order.order_id}"
        assert not told(officer[0], path)["laid_out"]
        posted(officer, path, bus_seats="33")
        page = told(officer[0], path)
        people = [person for unit in page["units"] for person in unit["people"]]
        assert page["n_people"] == len(people) == order.n_seats
        assert all(person["confirmed"] for person in people)
        assert sum(bus["n"] for bus in page["buses"]) == len(people)
        one = people[0]["worker_id"]
        posted(officer, f"{path}/arrived", 409, worker_id=one, arrived="yes")
        clock(tracked).advance(days=4)
        try:
            later = desk(tracked)
            posted(later, f"{path}/arrived", worker_id=one, arrived="yes")
            posted(later, f"{path}/arrived", 404, worker_id="nobody", arrived="yes")
            assert told(later[0], path)["n_arrived"] == 1
            rows = told(later[0], "/office/dispatch")["rows"]
            assert [row["n_arrived"] for row in rows if row["laid_out"]] == [1]
            assert "点过到岗" in posted(later, path, 409).get_data(as_text=True)
            assert told(later[0], path)["n_arrived"] == 1
        finally:
            clock(tracked).at = NOON

    def test_a_group_above_the_largest_unit_neither_leaves_nor_arrives_unreviewed(self, tracked):
        officer, drawer = desk(tracked), new_user(tracked, Role.OFFICER)
        run = application_of(tracked)
        people = [one.worker_id for one in run.store.records(Kind.WORKERS)][:51]
        post = run.store.records(Kind.VACANCIES)[0]
        order = LabourOrder(
            order_id="o-large", vacancy_id=post.vacancy_id, region_code="450206", n_seats=len(people),
            state=OrderState.OPEN, departs_at=NOON, pickup="街口", broker="b", created_at=NOON - timedelta(days=3),
            people=tuple(
                Seat(worker_id=one, state=SeatState.CHECKED_IN, place=n, changed_at=NOON)
                for n, one in enumerate(people, 1)
            ),
        )  # fmt: skip
        run.orders.add_order(order)
        path, leave = "/office/dispatch/o-large", "/broker/orders/o-large/depart"
        client = tracked.test_client()
        other = client, session_of(client, drawer)
        head = {"at": NOON, "on": ON, "by": drawer}

        def lay_out():
            places = {one: Place(vacancy_id=post.vacancy_id, unit=1 + (n > 25), bus=1, stop="450206102")
                      for n, one in enumerate(people)}  # fmt: skip
            run.deeds.act(PREFIX + "o-large", lambda _: drawn(places, (post.vacancy_id,), **head))

        arrived = {"worker_id": people[0], "arrived": "yes"}
        assert "最多走50人" in posted(officer, leave, 409).get_data(as_text=True)
        posted(officer, f"{path}/review", 409)
        lay_out()
        page = told(officer[0], path)
        assert (page["waits"], page["n_units"], page["n_people"]) == (True, 2, 51)
        assert "没有复核" in posted(officer, f"{path}/arrived", 409, **arrived).get_data(as_text=True)
        posted(officer, leave, 409)
        assert "不能自己复核" in posted(other, f"{path}/review", 409).get_data(as_text=True)
        for _ in range(2):
            posted(officer, f"{path}/review")
        assert len(run.deeds.deeds(prefix=PREFIX + "o-large", kinds=(REVIEWED,))) == 1
        lay_out()
        posted(officer, leave, 409)
        posted(officer, f"{path}/review")
        posted(officer, leave)
        posted(officer, f"{path}/arrived", **arrived)
        page = told(officer[0], path)
        assert (page["waits"], page["n_arrived"], bool(page["reviewed_by"])) == (False, 1, True)

    def test_the_manifest_says_the_units_buses_and_stops_of_the_group_that_was_laid_out(self, tracked):
        officer, run = desk(tracked), application_of(tracked)
        people = [one.worker_id for one in run.store.records(Kind.WORKERS)][60:66]
        post = run.store.records(Kind.VACANCIES)[0]
        order = LabourOrder(
            order_id="o-units", vacancy_id=post.vacancy_id, region_code="450206", n_seats=9, state=OrderState.OPEN,
            departs_at=NOON, pickup="街口", broker="b", created_at=NOON - timedelta(days=3),
            people=tuple(Seat(worker_id=one, state=SeatState.CONFIRMED, place=n, changed_at=NOON)
                         for n, one in enumerate(people, 1)),
        )  # fmt: skip
        run.orders.add_order(order)
        path, head = "/broker/orders/o-units", {"at": NOON, "on": ON, "by": "somebody"}
        assert "bus" not in [column["name"] for column in told(officer[0], f"{path}/manifest")["columns"]]
        # The fifth of them has said yes since; the sixth was laid out and is still in it.
        places = {
            one: Place(vacancy_id=post.vacancy_id, unit=1 + n % 2, bus=2 - n % 2, stop="450206102")
            for n, one in enumerate(people)
            if n != 4
        }
        run.deeds.act(PREFIX + "o-units", lambda _: drawn(places, (post.vacancy_id,), **head))
        page = told(officer[0], f"{path}/manifest")
        units = [(unit["name"], [one["worker_id"] for one in unit["people"]]) for unit in page["units"]]
        assert units == [("第1组", people[0:4:2]), ("第2组", people[1::2]), ("还没编进组", [people[4]])]
        assert [one["number"] for unit in page["units"] for one in unit["people"]] == list(range(1, 7))
        stop = page["units"][0]["people"][0]["stop"]
        assert stop
        assert [(one["bus"], one["stop"]) for one in page["units"][1]["people"]] == [("1号车", stop)] * 3
        assert (page["units"][2]["people"][0]["bus"], page["units"][2]["people"][0]["stop"]) == ("", "")
        assert {"bus", "stop"} <= {column["name"] for column in page["columns"]}
        firm = told(officer[0], f"{path}/manifest", **{"for": "firm"})
        assert "stop" not in [column["name"] for column in firm["columns"]]
        assert "2号车" in officer[0].get(f"{path}/check-in").get_data(as_text=True)
        group = told(officer[0], "/office/dispatch/o-units")
        assert [(one["worker_id"], one["why"][:7]) for one in group["outside"]] == [(people[4], "编组以后才确认")]

    def test_the_demonstration_draws_one_sample_and_lays_out_what_it_can(self, make_app):
        run = application_of(make_app())
        for _ in range(2):
            seed_demo_tracking(run.store, run.orders, run.deeds, run.means, run.settings, ON)
        assert len(run.deeds.deeds(prefix="sample:")) == 1
