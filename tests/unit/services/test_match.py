"""The stateless match keeps the contract: parts make the score, limits hold, same input gives same bytes."""

from __future__ import annotations

import json
from datetime import date

import msgspec
import pytest
from factories import HOME, ON, vacancies, vacancy, worker, workers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.errors import InvalidInput
from matcher.policy import standard_packs
from matcher.records import Channel, Consent, Household, Judgement, LabourAbility, TravelRange
from matcher.scoring import hand_card
from matcher.services.ground.answer_bytes import answer_bytes
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match import match
from matcher.services.rounds.requests import MatchRequest, read_request
from matcher.settings import Settings

MEANS = Means(packs=standard_packs(), settings=Settings(), model_body=hand_card())


def ask(some_workers, some_vacancies, **options):
    options = {"on": ON, "jurisdiction": "liujiang_2018"} | options
    request = MatchRequest(workers=tuple(some_workers), vacancies=tuple(some_vacancies), **options)
    return match(request, MEANS)


def only(answer):
    (listed,) = answer["lists"]
    return listed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=4, unique=True).flatmap(
        lambda ids: st.tuples(*(workers(worker_id=f"w{i}") for i in ids))
    ),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=6, unique=True).flatmap(
        lambda ids: st.tuples(*(vacancies(vacancy_id=f"v{i}") for i in ids))
    ),
)
def test_the_shown_parts_make_every_number(some_workers, some_vacancies):
    answer = ask(some_workers, some_vacancies, top=5, explain=True, refused=True)
    posts = {v.vacancy_id: v for v in some_vacancies}
    for listed in answer["lists"]:
        ranks = [(item["verdict"] == "unknown", -item["score"]) for item in listed["items"]]
        assert ranks == sorted(ranks)
        assert [item["rank"] for item in listed["items"]] == list(range(1, len(ranks) + 1))
        for item in listed["items"]:
            assert item["verdict"] in ("yes", "unknown")
            assert bool(item["questions"]) == (item["verdict"] == "unknown")
            assert item["fit"] == pytest.approx(item["p_apply"] * item["p_hire"] * item["p_keep"], abs=1e-12)
            value = item["fit"] * item["household_factor"] * item["priority_factor"] * item["group_factor"]
            assert item["score"] == pytest.approx(value - item["slot_price"], abs=1e-9)
            assert item["fit_band"] == int(10 * round(item["fit"] ** (1 / 3), 12))
            for stage in item["explanation"]["stages"]:
                shares = sum(share["value"] for share in stage["contributions"])
                assert stage["intercept"] + shares == pytest.approx(stage["log_odds"], abs=1e-12)
            assert posts[item["vacancy_id"]].filled < posts[item["vacancy_id"]].headcount
            assert item["sentence"]
            assert item["drawback"]
        both = {i["vacancy_id"] for i in listed["items"]} & {r["vacancy_id"] for r in listed["refused"]}
        assert both == set()


@settings(max_examples=20, deadline=None)
@given(workers(), vacancies())
def test_sex_changes_no_byte(some_worker, some_vacancy):
    told = {
        sex: match(
            MatchRequest(
                on=ON, workers=(msgspec.structs.replace(some_worker, sex=sex),), vacancies=(some_vacancy,), explain=True
            ),
            MEANS,
        )["lists"]
        for sex in (None, "female", "male")
    }
    assert len({json.dumps(lists) for lists in told.values()}) == 1


def test_same_input_same_bytes():
    people = [worker(f"w{ix}") for ix in range(5)]
    posts = [vacancy(f"v{ix}") for ix in range(7)]
    first, second = (answer_bytes(ask(people, posts, seed=3, top=4)) for _ in range(2))
    assert first == second
    assert answer_bytes(ask(people, posts, seed=4, top=4)) != first


@pytest.mark.parametrize(("asked", "n_listed"), [(None, 5), (2, 2), (6, 6)])
def test_a_list_is_as_long_as_the_settings_say_unless_it_is_asked_for(asked, n_listed):
    means = Means(packs=MEANS.packs, settings=Settings(top=5), model_body=MEANS.model_body)
    posts = tuple(vacancy(f"v{ix}") for ix in range(7))
    request = MatchRequest(on=ON, workers=(worker(),), vacancies=posts, top=asked)
    assert len(only(match(request, means))["items"]) == n_listed


def test_the_usual_length_asked_for_is_the_same_question():
    people, posts = [worker()], [vacancy(f"v{ix}") for ix in range(7)]
    assert ask(people, posts, top=Settings().top) == ask(people, posts)
    assert ask(people, posts, top=2)["decision_id"] != ask(people, posts)["decision_id"]


def test_who_does_not_wish_to_work_gets_no_items():
    assert only(ask([worker(wish_to_work=False)], [vacancy()]))["items"] == []


def test_a_missing_wish_is_a_question():
    (item,) = only(ask([worker(wish_to_work=None)], [vacancy()]))["items"]
    assert item["verdict"] == "unknown"
    assert item["questions"] == ["请问您现在想不想找工作？"]


@pytest.mark.parametrize(
    ("post", "rule"),
    [
        (vacancy(headcount=0), "filled"),
        (vacancy(headcount=2, filled=2), "filled"),
        (vacancy(valid_to=date(2018, 5, 31)), "validity"),
        (vacancy(valid_from=date(2018, 6, 2)), "validity"),
        (vacancy(deposit_yuan=200), "not_publishable"),
        (vacancy(duties="只招男性"), "not_publishable"),
        (vacancy(age_max=37), "age_max"),
        (vacancy(wage_high_yuan_month=2000, wage_low_yuan_month=None), "wage_floor"),
        (vacancy(certificates_required=("电工证",)), "certificates_required"),
    ],
)
def test_what_may_not_be_listed_is_refused_with_its_rule(post, rule):
    listed = only(ask([worker(wage_floor_yuan_month=2500)], [post], refused=True))
    assert listed["items"] == []
    (refused,) = listed["refused"]
    assert [reason["rule_id"] for reason in refused["reasons"]] == [rule]
    assert refused["smallest_change"]


def test_age_limits_include_their_bounds():
    assert only(ask([worker(birth_date=date(1973, 6, 2))], [vacancy(age_max=44)]))["items"]
    assert not only(ask([worker(birth_date=date(1973, 6, 1))], [vacancy(age_max=44)]))["items"]


def test_a_floor_above_the_lower_wage_alone_is_a_question():
    (item,) = only(ask([worker(wage_floor_yuan_month=3500)], [vacancy()]))["items"]
    assert (item["verdict"], len(item["questions"])) == ("unknown", 1)


def test_shown_vacancies_are_left_out():
    listed = only(ask([worker()], [vacancy("v1"), vacancy("v2")], shown={"w1": ("v1",)}))
    assert [item["vacancy_id"] for item in listed["items"]] == ["v2"]


def test_given_prices_are_used_as_given():
    posts = [vacancy("v1"), vacancy("v2")]
    listed = only(ask([worker()], posts, prices={"v1": 0.5}))
    assert [(item["vacancy_id"], item["slot_price"]) for item in listed["items"]] == [("v2", 0.0), ("v1", 0.5)]


def test_many_workers_do_not_crowd_one_post():
    """Twenty people, all better off at one post of ten: prices leave it to the ten who gain most by it."""
    people = [worker(f"w{ix}", preferred_trades=("缝纫工",) if ix < 10 else ("保安",)) for ix in range(20)]
    posts = [
        vacancy("better", title="缝纫工", wage_low_yuan_month=5000, wage_high_yuan_month=6000),
        vacancy("other", title="保安", wage_low_yuan_month=3000, wage_high_yuan_month=3400),
    ]

    def first_choices(**options):
        lists = ask(people, posts, top=1, **options)["lists"]
        return [entry["items"][0]["vacancy_id"] for entry in lists]

    assert first_choices(prices={}) == ["better"] * 20
    assert first_choices() == ["better"] * 10 + ["other"] * 10


def test_the_household_without_work_and_the_tier_are_factors():
    home = Household(household_id="h1", employed_members=0)
    one = worker(household_id="h1", registered_poor=True, relocated=True)
    (item,) = only(ask([one], [vacancy()], households=(home,)))["items"]
    assert (item["household_factor"], item["priority_factor"], item["tier"]) == (2.0, 1.25, 0)


def test_an_expired_document_orders_nobody_and_says_so():
    answer = ask([worker()], [vacancy()], jurisdiction="qinzhou_2021", on=date(2026, 1, 1))
    assert answer["pack"].startswith("standard@")
    assert answer["warnings"]


PLOT = vacancy("plot", channel=Channel.MICRO_FARM, place_code=HOME, headcount=3)


def route_of(some_worker, posts, **options):
    listed = only(ask([some_worker], posts, **options))
    assert all(item["vacancy_id"] != "plot" for item in listed["items"])
    return listed["routes"][0] if listed["routes"] else None


def older(**fields):
    hard = Judgement(value=True, by="村委", on=ON, grounds="多次应聘未成")
    return worker(
        **{
            "birth_date": date(1970, 1, 1), "registered_poor": True, "off_farm_hard": hard,
            "consent": Consent(plot=True), "household_id": "h1",
        } | fields
    )  # fmt: skip


HOUSEHOLD = (Household(household_id="h1", holds_plot=False),)


def test_recorded_hardness_puts_the_plot_first():
    route = route_of(older(), [vacancy(), PLOT], households=HOUSEHOLD)
    assert (route["outcome"], route["first"], route["clause"]) == ("offer_priority", True, "三(二)4(2)")


def test_an_employable_welder_sees_the_factory_and_the_route_beside_it():
    welder = older(off_farm_hard=Judgement(value=False, by="村委", on=ON, grounds="会电焊"))
    route = route_of(welder, [vacancy(), PLOT], households=HOUSEHOLD)
    assert (route["outcome"], route["first"]) == ("not_priority", False)


def test_without_any_job_the_plot_comes_first():
    nothing_near = older(travel_range=TravelRange.VILLAGE, off_farm_hard=None)
    route = route_of(nothing_near, [vacancy(), PLOT], households=HOUSEHOLD)
    assert (route["outcome"], route["first"]) == ("needs_review", True)


def test_a_refused_plot_is_not_offered_and_not_first():
    route = route_of(older(consent=Consent(plot=False)), [PLOT], households=HOUSEHOLD)
    assert (route["outcome"], route["first"], route["reasons"]) == ("not_offered", False, ["declined"])


def test_under_45_a_plot_appears_on_request_only():
    assert route_of(worker(), [vacancy(), PLOT]) is None
    asked = route_of(worker(registered_poor=True, consent=Consent(plot=True)), [vacancy(), PLOT])
    assert (asked["outcome"], asked["reasons"]) == ("not_priority", ["under_45"])


def test_no_free_plot_is_a_waiting_list():
    full = msgspec.structs.replace(PLOT, filled=3)
    assert route_of(older(), [vacancy(), full], households=HOUSEHOLD)["outcome"] == "waitlist"


def test_the_card_routes_where_no_document_speaks():
    route = route_of(older(), [vacancy(), PLOT], households=HOUSEHOLD, jurisdiction="standard")
    assert (route["outcome"], route["first"]) == ("offer", True)


def test_no_labour_ability_means_no_job_but_a_list():
    assert only(ask([worker(labour_ability=LabourAbility.NONE)], [vacancy()]))["items"] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"workers": [{"worker_id": "w", "place_code": "450206", "shoe_size": 43}]}, "shoe_size"),
        ({"workers": [{"worker_id": "w", "place_code": "45"}]}, "region code"),
        ({"workers": [{"worker_id": "w", "place_code": "450206"}] * 2}, "each id once"),
        ({"vacancies": [{"vacancy_id": "v", "title": "x", "channel": "moon", "place_code": "450206", "headcount": 1}]},
         "moon"),
        ({"prices": {"v": 99.0}}, "between"),
        ({"top": 0}, "top"),
        ({"on": "1899-12-31"}, "on 1899-12-31 a day between 1900-01-01 and 2199-12-31"),
        ({"on": "2200-01-01"}, "on 2200-01-01 a day between"),
        ({"colour": 1}, "colour"),
    ],
)  # fmt: skip
def test_faulty_input_is_refused_by_name(change, said):
    body = {"on": "2018-06-01", "workers": [], "vacancies": []} | change
    with pytest.raises(InvalidInput) as caught:
        read_request(json.dumps(body).encode())
    problems = "; ".join(f"{p.column} {p.found} {p.expected}" for p in caught.value.problems)
    assert said in f"{caught.value} {problems}"


def test_a_file_of_another_code_says_so_wherever_it_stands():
    for text in ('{"on": "保"}', '{"workers": [{"worker_id": "保"}]}'):
        with pytest.raises(InvalidInput, match=r"no UTF-8 text.*Save it as UTF-8"):
            read_request(text.encode("gbk"))


def test_a_fault_of_the_whole_names_its_own_fields():
    with pytest.raises(InvalidInput, match=r"`colour`.*Its fields are on, workers, vacancies"):
        read_request(b'{"on": "2018-06-01", "workers": [], "vacancies": [], "colour": 1}')


def test_a_fault_is_told_once_in_one_way_of_counting():
    vacancy = {"vacancy_id": "v", "title": "x", "channel": "workshop", "place_code": "450206", "headcount": -1}
    with pytest.raises(InvalidInput) as caught:
        read_request(json.dumps({"on": "2018-06-01", "workers": [], "vacancies": [vacancy]}).encode())
    (problem,) = caught.value.problems
    assert (problem.row, problem.column, problem.expected) == (0, "vacancies[0]", "`int` >= 0 - at `$.headcount`")
    assert problem.expected not in str(caught.value)


def test_every_faulty_object_is_named_at_once():
    body = {
        "on": "2018-06-01", "vacancies": [],
        "workers": [{"worker_id": "a", "place_code": "450206", "x": 1}, {"worker_id": "b", "place_code": "1"}],
    }  # fmt: skip
    with pytest.raises(InvalidInput) as caught:
        read_request(json.dumps(body).encode())
    assert [problem.column for problem in caught.value.problems] == ["workers[0]", "workers[1].place_code"]
