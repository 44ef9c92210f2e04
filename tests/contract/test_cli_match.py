"""`matcher match`: people and vacancies in a file, section 4 out, no database, the same bytes twice."""

from __future__ import annotations

import msgspec
import pytest
from command_line import COUNTY, ON, VILLAGE, call, process, vacancy, worker

from matcher.scoring import hand_card


@pytest.fixture
def ask(tmp_path):
    """Ask with workers, vacancies and options; the answer of the command."""

    def asked(workers, vacancies, *options, **fields):
        path = tmp_path / "input.json"
        body = {"on": ON, "jurisdiction": COUNTY, "workers": workers, "vacancies": vacancies} | fields
        path.write_bytes(msgspec.json.encode(body))
        return call("--home", tmp_path / "no-home", "match", "--input", path, *options)

    return asked


def crowd(n_workers=12, n_vacancies=6):
    return (
        [worker(f"w{n:02d}", birth_date=f"{1965 + n}-05-01") for n in range(n_workers)],
        [vacancy(f"v{n}", headcount=2, wage_low_yuan_month=2800 + 150 * n) for n in range(n_vacancies)],
    )


def test_the_answer_is_that_of_section_4(ask):
    answer = ask(*crowd(), top=4, explain=True, refused=True)
    assert answer.code == 0
    assert answer.err == ""
    told = answer.json
    assert (told["on"], told["jurisdiction"], told["plan"]) == (ON, COUNTY, None)
    assert told["decision_id"].startswith("d-")
    assert [entry["worker_id"] for entry in told["lists"]] == [f"w{n:02d}" for n in range(12)]
    for entry in told["lists"]:
        assert entry.keys() == {"worker_id", "routes", "items", "refused"}
        assert len(entry["items"]) == 4
        scores = [item["score"] for item in entry["items"]]
        assert scores == sorted(scores, reverse=True)
        for item in entry["items"]:
            value = item["fit"] * item["household_factor"] * item["priority_factor"] * item["group_factor"]
            assert item["score"] == pytest.approx(value - item["slot_price"], abs=1e-9)
            for stage in item["explanation"]["stages"]:
                shares = sum(share["value"] for share in stage["contributions"])
                assert stage["intercept"] + shares == pytest.approx(stage["log_odds"], abs=1e-9)


def test_it_solves_its_own_prices_unless_they_are_given(ask):
    people = [worker(f"w{n:02d}", preferred_trades=["缝纫工" if n < 10 else "保安"]) for n in range(20)]
    posts = [vacancy("better", wage_low_yuan_month=5000, wage_high_yuan_month=6000), vacancy("other", title="保安")]

    def firsts(**fields):
        return [entry["items"][0]["vacancy_id"] for entry in ask(people, posts, top=1, **fields).json["lists"]]

    assert firsts() == ["better"] * 10 + ["other"] * 10
    assert firsts(prices={}) == ["better"] * 20
    given = ask(people, posts, top=2, prices={"better": 0.5}).json["lists"]
    assert {item["vacancy_id"]: item["slot_price"] for item in given[0]["items"]} == {"other": 0.0, "better": 0.5}


def test_shown_pairs_are_left_out_and_take_no_room(ask):
    people, posts = crowd(1, 3)
    (listed,) = ask(people, posts, top=2, shown={"w00": ["v2", "v1"]}).json["lists"]
    assert [item["vacancy_id"] for item in listed["items"]] == ["v0"]
    # A pair already shown must not raise the price of the post for the others either.
    people, posts = crowd(3, 1)
    shown = {"w00": ["v0"], "w01": ["v0"]}
    alone = ask(people[2:], posts).json["lists"][0]["items"][0]["slot_price"]
    beside = ask(people, posts, shown=shown).json["lists"][2]["items"][0]["slot_price"]
    assert beside == alone


def test_the_same_input_twice_gives_the_same_bytes_in_two_processes(tmp_path):
    people, posts = crowd()
    path, out = tmp_path / "in.json", tmp_path / "out.json"
    path.write_bytes(
        msgspec.json.encode({"on": ON, "workers": people, "vacancies": posts, "explain": True, "refused": True})
    )
    first = process("match", "--input", path, env={"PYTHONHASHSEED": "1"}, cwd=tmp_path)
    second = process("match", "--input", path, "--out", out, env={"PYTHONHASHSEED": "2"}, cwd=tmp_path)
    assert (first.code, second.code, second.out) == (0, 0, b"")
    assert out.read_bytes() == first.out
    assert {entry.name for entry in tmp_path.iterdir()} == {"in.json", "out.json"}, "no database, no home"


def test_the_seed_changes_ties_and_the_decision(ask):
    people = [worker("w1")]
    posts = [vacancy(f"v{n}") for n in range(9)]
    answers = [ask(people, posts, top=9, seed=seed).json for seed in (0, 1)]
    orders = [[item["vacancy_id"] for item in told["lists"][0]["items"]] for told in answers]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]
    assert answers[0]["decision_id"] != answers[1]["decision_id"]


def test_a_model_file_takes_the_place_of_the_one_in_use(ask, tmp_path):
    path = tmp_path / "model.json"
    path.write_bytes(hand_card())
    people, posts = crowd(2, 2)
    assert ask(people, posts, "--model", path).out == ask(people, posts).out
    path.write_bytes(b"{}")
    refused = ask(people, posts, "--model", path)
    assert (refused.code, refused.out) == (1, b"")
    assert refused.err.startswith(f"matcher: {path}: ")
    assert "matcher train" in refused.err


def test_order_of_the_input_does_not_change_a_list(ask):
    people, posts = crowd(6, 6)
    one = {entry["worker_id"]: entry["items"] for entry in ask(people, posts, top=6).json["lists"]}
    other = {entry["worker_id"]: entry["items"] for entry in ask(people[::-1], posts[::-1], top=6).json["lists"]}
    for worker_id, items in one.items():
        assert [item["vacancy_id"] for item in items] == [item["vacancy_id"] for item in other[worker_id]]


@pytest.mark.parametrize(
    ("fields", "listed"),
    [
        ({"headcount": 0}, False),
        ({"headcount": 3, "filled": 3}, False),
        ({"valid_to": "2018-05-31"}, False),
        ({"valid_to": "2018-06-01"}, True),
        ({"valid_from": "2018-06-01"}, True),
        ({"valid_from": "2018-06-02"}, False),
        ({"channel": "micro_farm", "place_code": VILLAGE}, False),
        ({"place_code": "650000"}, True),
    ],
)
def test_vacancies_that_are_not_open_may_stand_in_the_input(ask, fields, listed):
    answer = ask([worker("w1")], [vacancy("v1", **fields)])
    assert answer.code == 0
    assert bool(answer.json["lists"][0]["items"]) == listed


def test_who_does_not_wish_to_work_gets_no_items_and_everybody_a_list(ask):
    people = [worker("w1", wish_to_work=False), worker("w2"), worker("w3", labour_ability="none")]
    lists = ask(people, [vacancy("v1")]).json["lists"]
    assert [(entry["worker_id"], len(entry["items"])) for entry in lists] == [("w1", 0), ("w2", 1), ("w3", 0)]


def test_an_empty_round(ask):
    assert ask([], []).json["lists"] == []


@pytest.mark.parametrize(
    ("place", "travel_range", "verdict"),
    [
        (VILLAGE, "village", "yes"),
        ("450206100", "village", "no"),
        ("450206100202", "township", "yes"),
        ("450206101", "township", "no"),
        ("450206", "county", "yes"),
        ("450202", "county", "no"),
        ("450200", "city", "yes"),
        ("450100", "city", "no"),
        ("450000", "province", "yes"),
        ("441900", "province", "no"),
        ("441900", "anywhere", "yes"),
    ],
)
def test_place_class_by_leading_digits(ask, place, travel_range, verdict):
    person = worker("w1", travel_range=travel_range)
    (listed,) = ask([person], [vacancy("v1", place_code=place)], refused=True).json["lists"]
    assert bool(listed["items"]) == (verdict == "yes")
    reasons = [reason["rule_id"] for pair in listed["refused"] for reason in pair["reasons"]]
    assert reasons == ([] if verdict == "yes" else ["travel_range"])


def test_daily_return_reaches_the_own_city_and_no_further(ask):
    person = worker("w1", needs_daily_return=True)
    posts = [vacancy("city", place_code="450200"), vacancy("province", place_code="450100")]
    (listed,) = ask([person], posts, refused=True).json["lists"]
    assert [item["vacancy_id"] for item in listed["items"]] == ["city"]
    assert listed["refused"][0]["reasons"][0]["rule_id"] == "daily_return"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "input"),
        (b"[]", "input"),
        (b"{", "input"),
        (b'{"workers": [], "vacancies": []}', "on"),
        (b'{"on": "2018-06-01", "vacancies": []}', "workers"),
        (b'{"on": "1.6.2018", "workers": [], "vacancies": []}', "on"),
        (b'{"on": "2018-06-01", "workers": [], "vacancies": [], "colour": 1}', "colour"),
        (b'{"on": "2018-06-01", "workers": [], "vacancies": [], "top": 0}', "top"),
        (b'{"on": "2018-06-01", "workers": [], "vacancies": [], "prices": {"v": 1e300}}', "prices"),
        (b'{"on": "2018-06-01", "workers": [{"worker_id": "w1", "place_code": "450206", "shoe": 3}], "vacancies": []}',
         "shoe"),
        (b'{"on": "2018-06-01", "workers": [{"place_code": "450206"}], "vacancies": []}', "worker_id"),
        (b'{"on": "2018-06-01", "workers": [{"worker_id": "w1"}], "vacancies": []}', "place_code"),
        (b'{"on": "2018-06-01", "workers": [{"worker_id": "w1", "place_code": "4502"}], "vacancies": []}', "4502"),
        (b'{"on": "2018-06-01", "workers": [], "vacancies": [{"vacancy_id": "v1", "title": "x", "channel": "moon",'
         b' "place_code": "450206", "headcount": 1}]}', "moon"),
    ],
)  # fmt: skip
def test_a_faulty_input_is_refused_and_named(tmp_path, body, named):
    path = tmp_path / "input.json"
    path.write_bytes(body)
    refused = call("match", "--input", path)
    assert refused.code in (1, 2)
    assert refused.out == b""
    assert named in refused.err
    assert "Traceback" not in refused.err


def test_an_unknown_jurisdiction_is_refused_by_name(ask):
    refused = ask([worker("w1")], [vacancy("v1")], jurisdiction="atlantis_2018")
    assert refused.code in (1, 2)
    assert "atlantis_2018" in refused.err
    assert "Traceback" not in refused.err


def test_a_region_code_binds_its_pack(ask):
    told = ask([worker("w1")], [vacancy("v1")], jurisdiction="450206").json
    assert told["pack"].startswith("liujiang_2018@")
    elsewhere = ask([worker("w1")], [vacancy("v1")], jurisdiction="650100").json
    assert elsewhere["pack"].startswith("standard@")


def test_no_output_file_is_left_where_it_cannot_be_written(ask, tmp_path):
    refused = ask([worker("w1")], [vacancy("v1")], "--out", tmp_path / "no" / "out.json")
    assert refused.code == 2
    assert "Traceback" not in refused.err
