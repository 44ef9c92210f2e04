"""Ledgers on a bad day: people written down several times on both sides, cells in each other's columns, old links."""

from __future__ import annotations

import pytest
from county import application_of
from office_desk import desk, entries
from reconcile_push import NUMBER, THEIRS, push, say, told, truth

from matcher.records import Kind


@pytest.fixture
def county(make_app):
    return make_app()


@pytest.fixture
def officer(county):
    return desk(county)


def test_one_person_twice_in_both_ledgers_is_asked_to_an_end(officer):
    client, csrf = officer
    twice = [("韦小英", NUMBER, "板江村", "15400000003"), ("韦小瑛", NUMBER, "板江村", "15400000004")]
    address = push(
        client, csrf, ours=[(*row, "已就业") for row in twice], theirs=[(*row, "未就业") for row in twice]
    ).location
    page = told(client, address)
    assert (page["n_open"], page["counts"]["status_differs"]) == (2, 2)
    assert page["pair"]["pair"] != page["after"], "two pairs of one queue under one name"
    for n_open in (1, 0):
        say(client, csrf, address, "same", page["pair"])
        truth(client, csrf, address, "left", told(client, address, pair=page["pair"]["pair"])["pair"])
        page = told(client, address)
        assert page["n_open"] == n_open
    again = push(client, csrf, ours=[(*row, "已就业") for row in twice],
                 theirs=[*((*row, "未就业") for row in twice), THEIRS[2]]).location  # fmt: skip
    assert (told(client, again)["n_open"], told(client, again)["settled"]) == (0, 2)


def test_a_pair_that_is_not_in_the_queue_is_said_so(officer):
    client, csrf = officer
    address = push(client, csrf).location
    assert client.get(f"{address}?pair=nothing").status_code == 404
    assert told(client, address)["n_open"] == 2


def test_a_look_at_a_number_under_the_wrong_header_is_filed_under_its_person(county, officer):
    client, csrf = officer
    store = application_of(county).store
    people = store.identities([one.worker_id for one in store.records(Kind.WORKERS)])
    turned, alone = [one for one in sorted(people) if people[one].id_number and people[one].phone][:2]
    rows = {one: [people[one].name, people[one].id_number, "六屯村", people[one].phone] for one in (turned, alone)}
    swapped = [rows[turned][1], rows[turned][0], *rows[turned][2:], "未就业"]
    under_phone = [rows[alone][0], rows[alone][3], "六屯村", rows[alone][1], "已就业"]
    ours = [[*rows[turned], "已就业"], under_phone]
    address = push(client, csrf, ours=ours, theirs=[swapped]).location
    asked = told(client, address)["pair"]
    say(client, csrf, address, "apart", asked)
    for path in ("rows/left_only", "result.xlsx", "book.xlsx"):
        assert client.get(f"{address}/{path}").status_code == 200

    def looks(worker_id):
        return {entry.action for entry in entries(county, worker_id)}

    assert {"reconcile_pair", "reconcile_answer", "reconcile_result", "reconcile_book"} <= looks(turned)
    assert {"reconcile_rows", "reconcile_book"} <= looks(alone)
