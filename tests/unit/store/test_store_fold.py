"""Patches in order make a record, or none while something every record needs is missing."""

from __future__ import annotations

import pytest

from matcher.errors import InvalidInput
from matcher.records import Channel, Identity, Kind, Worker
from matcher.store import fold


def test_the_latest_statement_of_each_field_counts():
    assert fold.merged([{"a": 1, "b": 1}, {"b": 2}, {"a": None}]) == {"a": None, "b": 2}


def test_consent_is_merged_and_other_nested_values_are_replaced():
    merged = fold.merged(
        [
            {"consent": {"plot": True, "sms": True}, "off_farm_hard": {"value": True, "by": "甲"}},
            {"consent": {"sms": False}, "off_farm_hard": {"value": False}},
        ]
    )
    assert merged == {"consent": {"plot": True, "sms": False}, "off_farm_hard": {"value": False}}


def test_folding_leaves_the_patches_alone():
    first, second = {"consent": {"plot": True}}, {"consent": {"sms": True}}
    fold.merged([first, second])
    assert (first, second) == ({"consent": {"plot": True}}, {"consent": {"sms": True}})


def test_a_consent_may_be_withdrawn_as_a_whole_and_given_again():
    assert fold.merged([{"consent": {"plot": True}}, {"consent": None}, {"consent": {"sms": True}}]) == {
        "consent": {"sms": True}
    }


@pytest.mark.parametrize(
    ("kind", "required"),
    [
        (Kind.WORKERS, {"worker_id", "place_code"}),
        (Kind.HOUSEHOLDS, {"household_id"}),
        (Kind.VACANCIES, {"vacancy_id", "title", "channel", "place_code", "headcount"}),
        (Kind.PLACEMENTS, {"placement_id", "worker_id", "start"}),
    ],
)
def test_required_fields_are_those_of_the_record(kind, required):
    assert set(fold.required_fields(kind)) == required


def test_a_record_is_none_until_its_required_fields_are_stated():
    assert fold.record(Kind.WORKERS, "w1", [{"education": "junior"}]) is None
    assert fold.record(Kind.WORKERS, "w1", [{"education": "junior"}, {"place_code": "450206"}]) == Worker(
        worker_id="w1", place_code="450206", education="junior"
    )


def test_the_record_id_is_the_changes_not_the_fields():
    vacancy = {"vacancy_id": "other", "title": "普工", "channel": "workshop", "place_code": "450206", "headcount": 1}
    found = fold.record(Kind.VACANCIES, "v1", [vacancy])
    assert found.vacancy_id == "v1"
    assert found.channel is Channel.WORKSHOP


@pytest.mark.parametrize("fields", [{"colour": "red"}, {"education": "doctor"}, {"skills": "缝纫"}, {"birth_date": 5}])
def test_what_does_not_fit_is_refused_by_name(fields):
    with pytest.raises(InvalidInput) as refused:
        fold.record(Kind.WORKERS, "w1", [{"place_code": "450206"}, fields])
    assert refused.value.where == "w1"


def test_identity_is_folded_field_by_field():
    assert fold.identity("w1", [{"name": "甲", "phone": "1"}, {"phone": "2"}]) == Identity(
        worker_id="w1", name="甲", phone="2"
    )
