from __future__ import annotations

from collections import Counter
from datetime import timedelta

import msgspec
import numpy as np
import pytest

from matcher.demo import DemoCounty, clean_records, county_spec, jurisdictions
from matcher.demo.specs import people_spec, trades, vacancy_spec
from matcher.errors import UsageError
from matcher.geography import gazetteer, place_class
from matcher.records import AreaKind, Channel, LabourAbility, PlaceClass, PlotState, Sex, TravelRange, Vacancy
from matcher.records.id_numbers import check_id_number

SMALL = {"workers": 900, "vacancies": 120}


@pytest.fixture(scope="module", params=jurisdictions())
def county(request: pytest.FixtureRequest) -> DemoCounty:
    return clean_records(request.param, seed=3)


def test_the_default_county_is_the_first() -> None:
    assert jurisdictions()[0] == "liujiang_2018"
    assert county_spec("liujiang_2018").on.isoformat() == "2018-06-01"


def test_an_unknown_place_names_those_there_are() -> None:
    with pytest.raises(UsageError, match="liujiang_2018, hekou_2018, qinzhou_2021, wuyuan_2021"):
        clean_records("masked_county_2020")


@pytest.mark.parametrize("jurisdiction", jurisdictions())
def test_the_same_seed_gives_the_same_bytes(jurisdiction: str) -> None:
    first, again, other = (msgspec.json.encode(clean_records(jurisdiction, seed, **SMALL)) for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_more_vacancies_leave_the_people_as_they_are() -> None:
    few, many = clean_records("liujiang_2018", 1, 600, 100), clean_records("liujiang_2018", 1, 600, 300)
    assert few.identities == many.identities
    assert few.workers == many.workers
    assert few.households == many.households


def test_sizes(county: DemoCounty) -> None:
    assert len(county.workers) == len(county.identities) == 3_000
    assert 1_300 <= len(county.households) <= 1_500
    assert len(county.vacancies) == 260
    assert len({w.household_id for w in county.workers}) == len(county.households)


@pytest.mark.parametrize("workers", [1, 2, 7, 50])
def test_tiny_counties_still_hold_together(workers: int) -> None:
    county = clean_records("hekou_2018", 0, workers, 1)
    assert len(county.workers) == workers
    assert {v.channel for v in county.vacancies} == set(Channel)


def test_every_channel_is_there(county: DemoCounty) -> None:
    assert {v.channel for v in county.vacancies} == set(Channel)


def test_openings_are_scarce(county: DemoCounty) -> None:
    running = {p.worker_id for p in county.placements if p.end is None}
    willing = [w for w in county.workers if w.wish_to_work is not False and w.worker_id not in running]
    takes = [v for v in county.vacancies if _takes_people(county, v) and v.channel is not Channel.MICRO_FARM]
    openings = sum(v.headcount - v.filled for v in takes)
    assert 0.7 <= openings / len(willing) <= 0.9


def test_every_id_says_demo(county: DemoCounty) -> None:
    ids = [i for kind in _records(county).values() for i in kind]
    assert all(i.startswith("demo-") for i in ids)
    assert len(ids) == len(set(ids))


def test_employers_and_duties_are_marked_synthetic(county: DemoCounty) -> None:
    assert all(e.name.endswith("（演示）") for e in county.employers)
    assert all("合成数据" in (v.duties or "") for v in county.vacancies)


def test_records_point_at_records_that_exist(county: DemoCounty) -> None:
    known = {kind: set(ids) for kind, ids in _records(county).items()}
    assert {v.employer_id for v in county.vacancies} <= known["employer"]
    assert {p.worker_id for p in county.placements} <= known["worker"]
    assert {p.vacancy_id for p in county.placements if p.vacancy_id} <= known["vacancy"]
    assert {p.employer_id for p in county.placements} <= known["employer"]
    assert {p.household_id for p in county.plots if p.household_id} <= known["household"]
    names = {e.employer_id: e.name for e in county.employers}
    assert all(v.employer_name == names[v.employer_id or ""] for v in county.vacancies)


def test_identity_numbers_are_valid_agree_with_the_person_and_are_reserved(county: DemoCounty) -> None:
    own = county_spec(county.jurisdiction).counties
    numbers = [i.id_number for i in county.identities if i.id_number]
    assert len(set(numbers)) == len(numbers) >= 2_900
    for worker, identity in zip(county.workers, county.identities, strict=True):
        assert worker.worker_id == identity.worker_id
        assert (worker.birth_date is None) == (identity.id_number is None)
        if identity.id_number:
            reading = check_id_number(identity.id_number, on=county.on)
            assert reading.problem is None
            assert (reading.birth_date, reading.sex) == (worker.birth_date, worker.sex)
            assert reading.region_code in own
            assert int(identity.id_number[14:17]) >= 980


def test_phones_lie_in_the_unassigned_range(county: DemoCounty) -> None:
    phones = [i.phone for i in county.identities if i.phone]
    assert all(len(p) == 11 and p.startswith("154") for p in phones)
    assert len(set(phones)) == len(phones)


def test_names_are_local_and_some_have_a_middle_dot(county: DemoCounty) -> None:
    surnames = tuple(county_spec(county.jurisdiction).surnames)
    plain = [i.name or "" for i in county.identities if "·" not in (i.name or "")]
    assert all(name.startswith(surnames) and 2 <= len(name) <= 4 for name in plain)
    assert len(plain) < len(county.identities)


def test_every_place_is_in_the_gazetteer(county: DemoCounty) -> None:
    spec, places = county_spec(county.jurisdiction), gazetteer()
    used = {w.place_code for w in county.workers} | {w.hukou_code for w in county.workers}
    used |= {v.place_code for v in county.vacancies} | {e.place_code for e in county.employers}
    used |= {p.site_code for p in county.plots} | {c for w in county.workers for c in w.preferred_places or ()}
    used |= {*spec.partner_places, *spec.export_places, *spec.city_places}
    assert [code for code in used if code is None or not places.exists(code)] == []
    assert all(w.place_code.startswith(spec.counties) for w in county.workers)


def test_guangdong_posts_lie_in_guangdong(county: DemoCounty) -> None:
    partner = [v for v in county.vacancies if v.channel is Channel.GUANGDONG_PARTNER]
    assert all(place_class(v.place_code, "440000") is not PlaceClass.OTHER_PROVINCE for v in partner)


def test_shares_are_those_of_the_tables(county: DemoCounty) -> None:
    spec, n = county_spec(county.jurisdiction), len(county.workers)
    assert sum(w.registered_poor is True for w in county.workers) / n == pytest.approx(spec.registered_poor, abs=0.05)
    assert sum(w.relocated is True for w in county.workers) / n == pytest.approx(0.15, abs=0.03)
    old = [w for w in county.workers if w.birth_date and county.on - w.birth_date >= timedelta(days=45 * 365.25)]
    assert 0.38 <= len(old) / n <= 0.55
    judged = [w for w in old if w.off_farm_hard]
    assert 0.2 <= len(judged) / len(old) <= 0.45
    assert {w.off_farm_hard.value for w in judged if w.off_farm_hard} == {True, False}
    assert 0.4 <= sum(w.sex is Sex.FEMALE for w in county.workers) / n <= 0.6
    assert any(w.deep_poverty_village for w in county.workers)
    assert any(w.deep_poverty_township for w in county.workers)


def test_birthdays_stand_on_the_boundaries_rules_ask_for() -> None:
    county = clean_records("liujiang_2018", seed=3)
    born = Counter(w.birth_date for w in county.workers)
    assert born[county.on.replace(year=county.on.year - 45)]
    assert born[(county.on + timedelta(days=1)).replace(year=county.on.year - 45)]
    assert born[county.on.replace(year=county.on.year - 16)]
    assert born[county.on.replace(year=county.on.year - 60)]


def test_nobody_is_younger_than_the_roster_or_born_after_the_day(county: DemoCounty) -> None:
    youngest = max(w.birth_date for w in county.workers if w.birth_date)
    assert youngest <= county.on.replace(year=county.on.year - 16)


@pytest.mark.parametrize(("jurisdiction", "monitored"), [("liujiang_2018", False), ("qinzhou_2021", True)])
def test_labels_of_the_time(jurisdiction: str, monitored: bool) -> None:
    county = clean_records(jurisdiction, 2)
    kinds = {w.monitored_type for w in county.workers if w.monitored_type} - {"none"}
    assert bool(kinds) is monitored
    poor = [w for w in county.workers if w.registered_poor and w.out_of_poverty is not None]
    assert all(w.out_of_poverty for w in poor) is monitored


def test_relocated_people_live_at_a_site(county: DemoCounty) -> None:
    sites = {a.code for a in county.areas if a.kind is AreaKind.SITE}
    assert len(sites) >= 3
    moved = [w for w in county.workers if w.relocation_site]
    assert all(w.relocation_site == w.place_code and w.place_code in sites for w in moved)
    assert all(place_class(w.hukou_code or "", w.place_code).rank <= PlaceClass.SAME_COUNTY.rank for w in moved)
    assert {p.site_code for p in county.plots} == sites


def test_plots_are_held_by_relocated_households_once(county: DemoCounty) -> None:
    homes = {h.household_id: h for h in county.households}
    held = [p for p in county.plots if p.state is PlotState.HELD]
    assert held
    assert {p.state for p in county.plots} >= {PlotState.FREE, PlotState.HELD}
    assert max(Counter(p.household_id for p in held).values()) == 1
    for plot in held:
        assert homes[plot.household_id or ""].site_code == plot.site_code
        assert homes[plot.household_id or ""].holds_plot is True
        assert plot.start
        assert plot.free_until
        assert plot.start <= county.on < plot.free_until
    assert all(p.household_id is None for p in county.plots if p.state is not PlotState.HELD)


def test_micro_farm_openings_are_the_free_plots(county: DemoCounty) -> None:
    farms = [v for v in county.vacancies if v.channel is Channel.MICRO_FARM]
    free = Counter((p.site_code, p.area_mu) for p in county.plots if p.state is PlotState.FREE)
    assert {(v.place_code, v.area_mu): v.headcount - v.filled for v in farms if v.headcount > v.filled} == dict(free)


def test_household_counts_agree_with_the_roster(county: DemoCounty) -> None:
    running = {p.worker_id for p in county.placements if p.end is None}
    own = Counter(w.household_id for w in county.workers if w.worker_id in running)
    known = [h for h in county.households if h.employed_members is not None]
    assert known
    assert all(h.employed_members == own[h.household_id] for h in known)


def test_some_adverts_are_filled_expired_early_or_illegal(county: DemoCounty) -> None:
    listed = county.vacancies
    assert any(v.filled >= v.headcount for v in listed)
    assert any(v.valid_to and v.valid_to < county.on for v in listed)
    assert any(v.valid_from and v.valid_from > county.on for v in listed)
    assert any(v.sex_condition for v in listed)
    assert any(v.deposit_yuan for v in listed)
    assert all(v.filled <= v.headcount for v in listed)
    assert all(v.valid_from <= v.valid_to for v in listed if v.valid_from and v.valid_to)


def test_placements_run_or_ended_with_evidence_of_their_time(county: DemoCounty) -> None:
    assert any(p.end is None for p in county.placements)
    assert any(p.end for p in county.placements)
    assert any(not p.evidence for p in county.placements)
    assert any(p.checked_by is None for p in county.placements)
    assert any(p.evidence and p.checked_by for p in county.placements)
    for placement in county.placements:
        last = placement.end or county.on
        assert placement.start <= last <= county.on
        assert all(e.on and placement.start <= e.on <= last for e in placement.evidence)
    assert max(Counter(p.worker_id for p in county.placements).values()) == 1


def test_filled_covers_those_placed_by_the_vacancy(county: DemoCounty) -> None:
    placed = Counter(p.vacancy_id for p in county.placements if p.vacancy_id and p.end is None)
    filled = {v.vacancy_id: v.filled for v in county.vacancies}
    assert placed
    assert all(filled[vacancy or ""] >= count for vacancy, count in placed.items())


def test_people_without_ability_do_not_wish_to_work(county: DemoCounty) -> None:
    unable = [w for w in county.workers if w.labour_ability is LabourAbility.NONE]
    assert unable
    assert not any(w.wish_to_work for w in unable)


def test_facts_are_left_unknown_on_purpose(county: DemoCounty) -> None:
    for field, share in people_spec().missing.items():
        if hasattr(county.workers[0], field) and field not in {"consent"}:
            gaps = sum(getattr(w, field) is None for w in county.workers) / len(county.workers)
            assert gaps == pytest.approx(share, abs=0.025), field
    assert any(w.consent is None for w in county.workers)
    assert any(w.consent and w.consent.plot is None for w in county.workers)
    assert any(v.lodging is None for v in county.vacancies)


def test_many_with_care_stay_near(county: DemoCounty) -> None:
    near = {TravelRange.VILLAGE, TravelRange.TOWNSHIP, TravelRange.COUNTY}
    stays = [w.travel_range in near for w in county.workers if w.needs_daily_return and w.travel_range]
    free = [w.travel_range in near for w in county.workers if w.needs_daily_return is False and w.travel_range]
    assert np.mean(stays) > 0.8
    assert np.mean(free) < 0.6


def test_every_channel_has_a_trade_in_every_county() -> None:
    for jurisdiction in jurisdictions():
        offered = {channel for trade in trades(jurisdiction) for channel in trade.channels}
        assert offered == set(Channel)
    assert sorted(c.channel for c in vacancy_spec().channel) == sorted(Channel)


def _takes_people(county: DemoCounty, vacancy: Vacancy) -> bool:
    assert vacancy.valid_from
    assert vacancy.valid_to
    return (
        vacancy.valid_from <= county.on <= vacancy.valid_to and not vacancy.sex_condition and not vacancy.deposit_yuan
    )


def _records(county: DemoCounty) -> dict[str, list[str]]:
    return {
        "worker": [w.worker_id for w in county.workers],
        "household": [h.household_id for h in county.households],
        "vacancy": [v.vacancy_id for v in county.vacancies],
        "employer": [e.employer_id for e in county.employers],
        "plot": [p.plot_id for p in county.plots],
        "placement": [p.placement_id for p in county.placements],
    }
