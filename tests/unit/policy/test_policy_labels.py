from __future__ import annotations

from datetime import date

import pytest

from matcher.policy import standard_packs, worker_flags
from matcher.policy.evaluation.labels import vocabulary_labels
from matcher.policy.types import Ranked
from matcher.records import LabourAbility, MonitoredType, Worker

ON = date(2018, 6, 1)


def flags(on=ON, work=None, **fields):
    return worker_flags(Worker(worker_id="w", place_code="450206103001", **fields), on=on, work_place_code=work)


def test_every_flag_of_the_vocabulary_is_computed_and_no_other():
    terms = standard_packs().vocabulary.flags
    assert set(flags()) == {name for name, term in terms.items() if term.of is Ranked.PEOPLE}


def test_an_empty_record_is_unknown_throughout_but_for_the_word_that_is_not_of_the_day():
    for on, other_word in ((ON, "former_deep_poverty_village"), (date(2021, 8, 30), "deep_poverty_village")):
        found = flags(on)
        assert found.pop(other_word) is False
        assert set(found.values()) == {None}


@pytest.mark.parametrize(
    ("registered", "out", "flag"),
    [
        (True, None, True),
        (True, False, True),
        (False, None, False),
        (False, True, True),
        (None, True, True),
        (None, False, None),
        (None, None, None),
    ],
)
def test_on_the_register_whether_out_or_not(registered, out, flag):
    found = flags(registered_poor=registered, out_of_poverty=out)
    assert found["registered_poor"] is flag
    assert found["poor_worker"] is flag


def test_after_relief_is_over_the_register_means_out_of_poverty():
    assert flags(date(2020, 12, 31), registered_poor=True)["out_of_poverty"] is None
    assert flags(date(2021, 1, 1), registered_poor=True)["out_of_poverty"] is True
    assert flags(date(2021, 1, 1), registered_poor=False)["out_of_poverty"] is False


def test_monitored_kinds():
    assert flags(monitored_type=MonitoredType.MARGINAL)["marginal"] is True
    assert flags(monitored_type=MonitoredType.SUDDEN)["marginal"] is False
    assert flags(monitored_type=MonitoredType.SUDDEN)["monitored"] is True
    assert flags(monitored_type=MonitoredType.NONE)["monitored"] is False


def test_a_site_of_residence_tells_of_the_move_but_not_against_the_record():
    assert flags(relocation_site="城南安置点")["relocated"] is True
    assert flags(relocation_site="城南安置点", relocated=False)["relocated"] is False
    assert flags(relocated=True)["relocation_site"] is True


def test_labour_class_is_never_derived_from_age():
    assert flags(birth_date=date(1955, 1, 1))["half_labour"] is None
    assert flags(labour_ability=LabourAbility.WEAK)["weak_labour"] is True
    assert flags(labour_ability=LabourAbility.WEAK)["half_labour"] is False


def test_local_compares_counties_and_prefers_the_registration():
    assert flags(work="450206")["local"] is True
    assert flags(work="450205")["local"] is False
    assert flags(work="450206", hukou_code="450205")["local"] is False
    assert flags(work="4502")["local"] is None
    assert flags()["local"] is None


def test_returned_counts_from_its_day():
    assert flags(returned_on=date(2018, 6, 1))["returned"] is True
    assert flags(returned_on=date(2018, 6, 2))["returned"] is False


@pytest.mark.parametrize(
    ("facts", "labels"),
    [
        ({}, ([], [], [])),
        ({"registered_from": date(2018, 2, 8)}, (["registered_poor"], ["poor_worker"], ["out_of_poverty"])),
        ({"registered_from": date(2018, 2, 9)}, ([], ["poor_worker"], ["out_of_poverty"])),
        ({"relocated_from": date(2019, 1, 1)}, ([], ["relocation_site_resident"], ["relocated"])),
        ({"monitored_from": date(2021, 8, 31), "monitored_type": "marginal"}, ([], [], [])),
        ({"monitored_from": date(2021, 8, 30), "monitored_type": "sudden"}, ([], [], ["monitored"])),
        ({"rural_low_income": True}, ([], [], ["rural_low_income"])),
    ],
)
def test_labels_count_what_began_by_their_day(facts, labels):
    found = vocabulary_labels(facts, standard_packs())
    assert (found["2018"], found["2020"], found["2021"]) == labels
