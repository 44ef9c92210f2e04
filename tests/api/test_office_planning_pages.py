"""Classes and fairs as the office plans them: from the engine's own limits and chances, said to be an estimate."""

from __future__ import annotations

import pytest
from county import application_of
from office_desk import ON, desk

from matcher.records import Kind, Vacancy, Worker
from matcher.records.access import Role
from matcher.services.office.class_worth import opened_by_trade, trades_of, with_trade
from matcher.services.rounds.suitable import n_suitable


def asked(client, path, **query):
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200, path
    return answer.get_json()


@pytest.fixture(scope="module")
def client(app):
    return desk(app)[0]


def test_trades_are_ranked_by_the_people_a_class_would_place(client):
    page = asked(client, "/office/classes.json", seats=12)
    placed = [row["n_placed"] for row in page["rows"]]
    assert placed == sorted(placed, reverse=True)
    assert 0 < placed[0] <= 12
    assert page["trade"]["trade"] == page["rows"][0]["trade"]
    assert page["beside"]["trade"] == page["rows"][1]["trade"]
    assert page["beside"]["more"] == placed[0] - placed[1] >= 0
    assert all(row["n_placed"] <= min(row["n_eligible"], row["n_places"]) for row in page["rows"])


def test_a_larger_class_places_no_fewer(client):
    sizes = [asked(client, "/office/classes.json", seats=n)["trade"]["n_placed"] for n in (1, 10, 500)]
    assert sizes == sorted(sizes)
    assert sizes[0] == 1


def test_who_becomes_eligible_is_asked_of_the_engine_itself(app, client):
    run = application_of(app)
    posts = run.store.records(Kind.VACANCIES)
    page = asked(client, "/office/classes.json")
    trade = next(one for one in trades_of(posts, range(len(posts))) if one.name == page["trade"]["trade"])
    person = page["trade"]["people"][0]
    (worker,) = run.store.records(Kind.WORKERS, ids=[person["worker_id"]])
    before, after = (
        n_suitable([one], posts, run.means, ON)[worker.worker_id] for one in (worker, with_trade(worker, trade))
    )
    assert after - before == person["n_posts"] > 0
    assert isinstance(worker, Worker)
    assert worker.wish_to_train is worker.wish_to_work is True


def test_a_class_is_costed_by_the_documents_own_figures_and_open_ones_stay_open(client):
    costs = asked(client, "/office/classes.json", seats=10)["costs"]
    by_figure = {line["figure_id"]: line for line in costs["lines"]}
    # What is paid for a course before going out is no cost of a class that teaches a trade.
    assert "prejob_training_subsidy" not in by_figure
    assert by_figure["skill_training_living_subsidy_max"]["most"]
    assert by_figure["skill_training_base_subsidy"]["total_yuan"] is None
    assert costs["n_open"] == 1
    assert costs["total_yuan"] == by_figure["skill_training_living_subsidy_max"]["total_yuan"] == 12_000


def test_pages_say_that_they_estimate(client):
    for path in ("/office/classes", "/office/fairs"):
        assert "估算" in client.get(path).get_data(as_text=True)


def test_a_trade_nobody_asks_for_and_a_day_that_is_over_are_refused(client):
    assert client.get("/office/classes.json?trade=炼丹").status_code == 404
    assert client.get("/office/fairs.json?day=2018-05-31").status_code == 422
    assert client.get("/office/fairs.json?day=x").status_code == 422
    assert client.get("/office/fairs.json?town=999999999").status_code == 404


def test_fairs_are_ranked_and_no_guest_takes_on_more_than_its_places(client):
    page = asked(client, "/office/fairs.json")
    expected = [row["expected"] for row in page["rows"]]
    assert expected == sorted(expected, reverse=True)
    fair = page["fair"]
    assert fair["day"] in page["days"]
    assert 0 < fair["expected"] <= fair["n_people"]
    assert abs(sum(one["here"] for one in fair["guests"]) - fair["expected"]) <= 0.05 * (len(fair["guests"]) + 1)
    assert all(one["here"] <= one["n_places"] and one["alone"] <= one["n_places"] for one in fair["guests"])


def test_a_fair_put_into_the_plan_keeps_what_was_expected_and_is_one_fair(make_app):
    client, csrf = desk(make_app())
    fair = asked(client, "/office/fairs.json")["fair"]
    form = {"csrf": csrf, "town": fair["code"], "day": fair["day"]}
    for _ in range(2):
        assert client.post("/office/fairs", data=form).status_code == 303
    (held,) = asked(client, "/office/fairs.json")["held"]
    assert held["expected"] == round(fair["expected"])
    assert held["n_hired"] is held["difference"] is held["n_began"] is None
    measured = asked(client, "/office/measures.json")["fairs"]
    assert [row["programme_id"] for row in measured["rows"]] == [held["programme_id"]]
    assert measured["n_held"] == 0


def test_a_planned_fair_says_what_it_is_of_which_campaign_by_whom_and_with_whom(make_app):
    client, csrf = desk(make_app())
    fair = asked(client, "/office/fairs.json")["fair"]
    guests = fair["guests"][:2]
    form = {
        "csrf": csrf, "town": fair["code"], "day": fair["day"], "fair_kind": "village_delivery",
        "campaign": "spring_wind", "organiser": "县就业局 13800000001", "employers": [one["key"] for one in guests],
    }  # fmt: skip
    for wrong in ({"fair_kind": "party"}, {"campaign": "none"}, {"employers": ["somebody"]}):
        assert client.post("/office/fairs", data=form | wrong).status_code == 422
    assert asked(client, "/office/fairs.json")["held"] == []
    assert client.post("/office/fairs", data=form).status_code == 303
    (held,) = asked(client, "/office/fairs.json")["held"]
    assert (held["fair_kind"], held["campaign"]) == ("送岗到村", "春风行动")
    assert held["title"].endswith("送岗到村")
    assert held["organiser"].startswith("县就业局")
    assert "13800000001" not in held["organiser"]
    assert held["employers"] == [one["employer"] for one in guests]
    assert "春风行动" in client.get("/office/fairs").get_data(as_text=True)


def test_an_auditor_reads_and_plans_nothing_and_a_town_plans_for_itself(app):
    client, csrf = desk(app, Role.AUDITOR)
    fair = asked(client, "/office/fairs.json")["fair"]
    form = {"csrf": csrf, "town": fair["code"], "day": fair["day"]}
    assert client.post("/office/fairs", data=form).status_code == 403
    town, other = (row["code"] for row in asked(client, "/office/fairs.json")["rows"][:2])
    mine, _ = desk(app, Role.OFFICER, (town,))
    assert [row["code"] for row in asked(mine, "/office/fairs.json")["rows"]] == [town]
    assert mine.get(f"/office/fairs.json?town={other}").status_code == 404
    seen = {one["worker_id"] for one in asked(mine, "/office/classes.json")["trade"]["people"]}
    homes = {w.worker_id: w.place_code for w in application_of(app).store.records(Kind.WORKERS, ids=sorted(seen))}
    assert all(home.startswith(town) for home in homes.values())


def test_every_trade_is_asked_for_by_an_open_job(app):
    run = application_of(app)
    posts = [post for post in run.store.records(Kind.VACANCIES) if isinstance(post, Vacancy)]
    opened = opened_by_trade(run.store, run.means, ON)
    assert opened
    for one in opened:
        assert all(posts[post].open_on(ON) for post in one.places)
        assert {post for _, post in one.pairs} <= set(one.places)
