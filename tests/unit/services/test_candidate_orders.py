"""The four modes of requirements 10.3 over one list, the service that orders it, and what the office is told of it."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from factories import ON, vacancy, worker
from hypothesis import given
from hypothesis import strategies as st

from matcher import scoring
from matcher.errors import UsageError
from matcher.policy import standard_packs
from matcher.policy.types import Mode
from matcher.policy.weights import CountyWeights, FlagWeight
from matcher.privacy import Audience, seen_by
from matcher.records import Channel, Employer, EmploymentStatus, Group
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.list_candidates import listed_of, service_of, told_list
from matcher.services.rounds.match_round import Brief, Rosters
from matcher.services.rounds.whole_order import order_of, whole_order
from matcher.settings import Settings

PACKS = standard_packs()
FLAGS = ("registered_poor", "relocated", "out_of_poverty", "rural_low_income", "hard_to_employ")
PEOPLE = (
    worker("able", registered_poor=False),
    worker("poor", registered_poor=True, trades=(), skills=()),
    worker("moved", registered_poor=True, relocated=True, trades=(), skills=()),
    worker("unskilled", trades=(), skills=()),
    worker("far", place_code="441900", registered_poor=True, relocated=True, trades=(), skills=()),
)


def weights(service: str = "general", **of: int) -> tuple[CountyWeights, ...]:
    return (
        CountyWeights(
            jurisdiction="450206",
            service=service,
            from_=date(2018, 3, 1),
            author="区就业中心",
            source="局务会纪要",
            of=tuple(FlagWeight(flag=name, permille=permille) for name, permille in of.items()),
        ),
    )


def told(post=None, *, own=(), people=PEOPLE, jurisdiction="liujiang_2018", service="", public=False, **more):
    """The list of a post: (order, list entry)."""
    post = post or vacancy()
    employer = more.pop("employer", None)
    on = more.pop("on", ON)
    means = Means(
        packs=PACKS, settings=Settings(**{"fit_floor_permille": 1} | more), model_body=scoring.hand_card(), weights=own
    )
    everybody = whole_order(
        Rosters(workers=people, vacancies=(post,), households={}),
        means,
        Brief(
            on=on,
            jurisdiction=jurisdiction,
            seed=0,
            prices={},
            service=service_of(post, PACKS.vocabulary, service),
            work_place=post.place_code,
            paired_only=True,
            public=public,
        ),
    )
    return everybody, told_list(everybody, listed_of(everybody, top=9), explain=False, employer=employer)


def names(entry):
    return [item["worker_id"] for item in entry["items"]]


def bar(item):
    return item["fit"] ** (1 / 3)


def test_weights_move_people_by_what_they_add_and_no_further():
    _, plain = told(band_width_permille=1)
    by_fit = names(plain)
    assert by_fit[0] == "able"
    bars = {item["worker_id"]: bar(item) for item in plain["items"]}
    gap = int((bars["able"] - bars["poor"]) * 1000)
    short, enough = gap - 1, gap + 2
    assert 2 < enough < 200
    _, below = told(own=weights(registered_poor=short))
    _, above = told(own=weights(registered_poor=enough))
    assert names(below).index("able") < names(below).index("poor")
    assert names(above).index("poor") < names(above).index("able")
    assert {below["order"], above["order"]} == {"additive"}


def test_the_sum_of_all_weights_is_capped():
    own = weights(registered_poor=150, relocated=150)
    _, capped = told(own=own)
    found = {item["worker_id"]: item["priority"] for item in capped["items"]}
    assert found["moved"]["weight"] == 0.2
    assert [row["weight"] for row in found["moved"]["weights"]] == [0.15, 0.15]
    assert found["poor"]["weight"] == 0.15
    assert found["able"]["weight"] == 0
    _, open_cap = told(own=own, weight_cap_permille=1000)
    assert {item["worker_id"]: item["priority"]["weight"] for item in open_cap["items"]}["moved"] == 0.3


def test_the_order_follows_from_the_shown_parts():
    _, entry = told(own=weights(registered_poor=70, relocated=60))
    shown = [item["priority"] for item in entry["items"]]
    assert [row["order_value"] for row in shown] == sorted((row["order_value"] for row in shown), reverse=True)
    for item, row in zip(entry["items"], shown, strict=True):
        assert row["order_value"] == pytest.approx(bar(item) + row["weight"], abs=2**-14 + 1e-9)


def test_no_weight_and_no_tier_lifts_anybody_over_the_floor():
    _, entry = told()
    weakest = min(entry["items"], key=bar)
    floor = int(bar(weakest) * 1000) + 1
    for own in ((), weights(registered_poor=200, relocated=200)):
        _, cut = told(own=own, fit_floor_permille=floor)
        assert weakest["worker_id"] not in names(cut)
        assert cut["n_below_floor"] >= 1


def test_weights_count_only_on_their_days_and_in_their_county():
    own = weights(registered_poor=200)
    assert told(own=own, on=date(2018, 2, 28))[1]["order"] == "lexicographic_in_band"
    assert told(own=own, on=date(2018, 3, 1))[1]["order"] == "additive"
    assert told(own=own, jurisdiction="hekou_2018")[1]["order"] == "lexicographic_in_band"
    assert told(own=own, jurisdiction="450206")[1]["order"] == "additive"


def test_a_reserved_post_and_a_welfare_post_go_by_tier_whatever_the_county_weighs():
    own = weights(relocated=200)
    reserved = vacancy(reserved_for=(Group.REGISTERED_POOR,))
    for post in (reserved, vacancy(channel=Channel.WELFARE_POST)):
        solved, entry = told(post, own=own)
        assert order_of(solved, post) is Mode.STRICT_TIER
        assert entry["order"] == "strict_tier"
        assert all("weight" not in item["priority"] for item in entry["items"])
    tiers = [item["tier"] for item in told(vacancy(channel=Channel.WELFARE_POST))[1]["items"]]
    assert tiers == sorted(tiers)
    assert len(set(tiers)) > 1


def test_an_additive_order_says_that_the_weights_are_the_countys_own():
    _, entry = told(own=weights(registered_poor=100))
    rule = entry["order_rule"]
    assert (rule["mode"], rule["weights"]["author"], rule["weights"]["source"]) == (
        "additive", "区就业中心", "局务会纪要",
    )  # fmt: skip
    assert "文件没有给出分值" in rule["weights"]["note"]
    assert rule["weights"]["of"] == [{"flag": "registered_poor", "label": "建档立卡贫困人口", "weight": 0.1}]
    assert "weights" not in told()[1]["order_rule"]


def test_each_person_is_told_with_tier_flags_clause_and_document_to_the_office_alone():
    _, entry = told()
    found = {item["worker_id"]: item["priority"] for item in entry["items"]}
    assert found["moved"] == {
        "tier": 0, "sub_tier": 0, "label": "第一档",
        "flags": [
            {"flag": "registered_poor", "label": "建档立卡贫困人口"}, {"flag": "relocated", "label": "易地搬迁人口"}
        ],
        "unknown_flags": [], "document": "江政办发〔2018〕97号", "clause": "一",
    }  # fmt: skip
    assert (found["able"]["tier"], found["able"]["flags"]) == (2, [])
    _, public = told(public=True, employer=firm(0, 10))
    assert not ({"order_rule", "quotas"} & public.keys())
    assert all("priority" not in item for item in public["items"])
    for audience in (Audience.PERSON, Audience.MEDIATOR, Audience.FIRM):
        seen = seen_by(audience, {"lists": [entry]})["lists"][0]
        assert not ({"order_rule", "quotas"} & seen.keys())
        assert all("priority" not in item for item in seen["items"])


def test_the_service_is_that_of_the_channel_unless_one_is_asked_for():
    vocabulary = PACKS.vocabulary
    assert service_of(vacancy(channel=Channel.WORK_RELIEF), vocabulary) == "project_hire"
    assert service_of(vacancy(channel=Channel.WORKSHOP), vocabulary) == ""
    assert service_of(vacancy(channel=Channel.WORK_RELIEF), vocabulary, "lay_off") == "lay_off"
    for wrong in ("lay_of", "relending"):
        with pytest.raises(UsageError, match="job_fair"):
            service_of(vacancy(), vocabulary, wrong)


def test_a_lay_off_list_goes_by_fit_and_names_its_clause():
    _, entry = told(jurisdiction="standard", service="lay_off")
    assert entry["order"] == "lexicographic_in_band"
    moved = msgspec.structs.replace(PACKS["masked_county_2020"].document, from_=date(2018, 1, 1), to=date(2020, 12, 31))
    packs = {**PACKS.packs, "masked_county_2020": msgspec.structs.replace(PACKS["masked_county_2020"], document=moved)}
    means = Means(
        packs=msgspec.structs.replace(PACKS, packs=packs),
        settings=Settings(fit_floor_permille=1),
        model_body=scoring.hand_card(),
    )
    twins = (worker("twin-a", registered_poor=False), worker("twin-b", registered_poor=True), *PEOPLE)
    brief = Brief(on=ON, jurisdiction="masked_county_2020", seed=0, prices={}, service="lay_off", paired_only=True)
    everybody = whole_order(Rosters(workers=twins, vacancies=(vacancy(),), households={}), means, brief)
    entry = told_list(everybody, listed_of(everybody, top=9), explain=False)
    assert (entry["order"], entry["order_rule"]["clauses"]) == ("tie_break", ["四(五)"])
    fits = [item["fit"] for item in entry["items"]]
    assert fits == sorted(fits, reverse=True)
    assert names(entry).index("twin-b") < names(entry).index("twin-a")


def test_who_is_local_is_known_where_the_order_is_that_of_one_post():
    post = vacancy(channel=Channel.WORK_RELIEF, place_code="450206")
    in_force = msgspec.structs.replace(PACKS["masked_county_2020"].document, from_=date(2018, 1, 1), to=ON)
    pack = msgspec.structs.replace(PACKS["masked_county_2020"], document=in_force)
    means = Means(
        packs=msgspec.structs.replace(PACKS, packs={**PACKS.packs, pack.id: pack}),
        settings=Settings(fit_floor_permille=1, band_width_permille=1000),
        model_body=scoring.hand_card(),
    )
    people = (worker("here"), worker("here-poor", registered_poor=True), worker("there", hukou_code="441900"))
    brief = Brief(
        on=ON, jurisdiction=pack.id, seed=0, prices={}, service="project_hire", work_place="450206", paired_only=True
    )
    everybody = whole_order(Rosters(workers=people, vacancies=(post,), households={}), means, brief)
    entry = told_list(everybody, listed_of(everybody, top=9), explain=False)
    assert names(entry) == ["here-poor", "here", "there"]
    assert [item["tier"] for item in entry["items"]] == [0, 1, 2]
    (quota,) = entry["quotas"]
    assert (quota["outcome"], quota["clause"]) == ("not_computable", "四(七)")
    assert quota["listed"] == {"n": 3, "of_group": 2, "unknown": 0}


def firm(poor, total):
    return Employer(
        employer_id="e1", name="柳江服装", annual_poor_local_workers=poor, annual_total_workers=total,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("employer", "outcome", "short_by"),
    [(firm(5, 100), "met", 0), (firm(4, 100), "short", 1), (firm(None, 100), "unknown", None), (None, "unknown", None)],
)
def test_a_base_firms_share_stands_beside_the_list_and_moves_nobody(employer, outcome, short_by):
    post = vacancy(channel=Channel.BASE_ENTERPRISE, employer_id="e1", headcount=2)
    _, entry = told(post, employer=employer)
    (quota,) = entry["quotas"]
    assert (quota["outcome"], quota["short_by"]) == (outcome, short_by)
    assert (quota["document"], quota["clause"], quota["subject"]) == ("江政办发〔2018〕97号", "三(二)2", "e1")
    assert quota["listed"]["n"] == 2
    assert bool(quota["ask"]) == (outcome == "unknown")
    assert entry["items"] == told(post, employer=firm(100, 100))[1]["items"]
    assert "quotas" not in told(vacancy(employer_id="e1"), employer=employer)[1]


PERSON = st.fixed_dictionaries({
    **dict.fromkeys(FLAGS, st.sampled_from([True, False, None])),
    "employment_status": st.sampled_from([None, EmploymentStatus.UNEMPLOYED]),
    "trades": st.sampled_from([("缝纫工",), ()]),
})  # fmt: skip


@given(people=st.lists(PERSON, min_size=2, max_size=5), mode=st.sampled_from(["bands", "weights", "tiers"]))
def test_the_order_is_total_and_the_same_however_the_roster_is_mixed(people, mode):
    roster = [worker(f"w{ix}", **fields) for ix, fields in enumerate(people)]
    own = weights(registered_poor=110, relocated=60) if mode == "weights" else ()
    post = vacancy(channel=Channel.WELFARE_POST) if mode == "tiers" else vacancy()
    once = names(told(post, own=own, people=tuple(roster))[1])
    again = names(told(post, own=own, people=tuple(reversed(roster)))[1])
    assert once == again
    assert len(set(once)) == len(once) == len(roster)


@given(person=PERSON, flag=st.sampled_from(FLAGS), pack=st.sampled_from(["liujiang_2018", "hekou_2018", "standard"]))
def test_another_flag_never_puts_anybody_further_back(person, flag, pack):
    """Against the same rival, whoever was ahead stays ahead when one more group of theirs is recorded."""
    rival = worker("rival", registered_poor=True)
    for own in ((), weights(**dict.fromkeys(FLAGS, 50))):
        before = told(people=(rival, worker("me", **person)), jurisdiction=pack, own=own)[1]
        after = told(people=(rival, worker("me", **person | {flag: True})), jurisdiction=pack, own=own)[1]
        assert names(after).index("me") <= names(before).index("me")
