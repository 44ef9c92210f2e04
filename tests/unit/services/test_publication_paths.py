"""One law for every way in: the same advert imported or given as an object is judged alike."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from factories import ON, vacancy, worker

from matcher.geography import gazetteer
from matcher.intake import IntakeContext, plan_columns, read_rows, read_table
from matcher.policy import publication_rules, standard_packs, working_age
from matcher.records import Kind, PublishBar, Vacancy
from matcher.scoring import hand_card
from matcher.services.ground.publishing import judged
from matcher.services.ground.rulebook import Means
from matcher.services.rounds.match import match
from matcher.services.rounds.requests import MatchRequest, read_request
from matcher.settings import Settings

PACKS = standard_packs()
MEANS = Means(packs=PACKS, settings=Settings(), model_body=hand_card())
GIVEN = ("publish_bars", "publish_warnings", "text_age_min", "text_age_max")

ADVERTS: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({}, [], []),
    ({"age_min": 15, "age_max": 30}, ["under_age"], ["age"]),
    ({"age_min": 12}, ["under_age"], ["age"]),
    ({"age_min": 16, "age_max": 45}, [], ["age"]),
    ({"age_max": 15}, ["under_age"], ["age"]),
    ({"duties": "年龄15-30周岁"}, ["under_age"], ["age"]),
    ({"duties": "15-30岁优先"}, ["under_age"], ["age"]),
    ({"duties": "年龄16-30周岁"}, [], ["age"]),
    ({"age_min": 18, "age_max": 45, "duties": "年龄15-30周岁"}, ["under_age"], ["age"]),
    ({"deposit_yuan": 200}, ["deposit"], []),
    ({"deposit_yuan": 0}, [], []),
    ({"duties": "入职须交押金300元"}, ["deposit"], []),
    ({"duties": "不收押金"}, [], []),
    ({"sex_condition": "女"}, ["sex"], []),
    ({"sex_condition": "男女不限"}, [], []),
    ({"title": "缝纫工（限女性）"}, ["sex"], []),
    ({"duties": "只招汉族，要求未婚"}, ["ethnicity", "marital"], []),
    ({"valid_to": "2018-05-31"}, ["expired"], []),
    ({"valid_to": "2018-06-01"}, [], []),
    ({"valid_to": "2018-05-31", "deposit_yuan": 200, "age_max": 40}, ["deposit", "expired"], ["age"]),
]


def imported(advert: Vacancy) -> Vacancy:
    """The vacancy as the store would hold it after an import of its object."""
    line = json.dumps(msgspec.to_builtins(advert), ensure_ascii=False).encode()
    table = read_table(line, name="v.jsonl", settings=Settings())
    context = IntakeContext(
        kind=Kind.VACANCIES,
        on=ON,
        region_code="450206",
        gazetteer=gazetteer(),
        settings=Settings(),
        publication_rules=publication_rules(PACKS, ON),
        working_age=working_age(PACKS, ON).minimum,
    )
    (row,) = read_rows(table, plan_columns(table, Kind.VACANCIES), context)
    assert row.change is not None, row.problems
    return msgspec.convert({**row.change.fields, "vacancy_id": advert.vacancy_id}, Vacancy)


def posted(**fields: Any) -> Vacancy:
    return msgspec.convert({**msgspec.to_builtins(vacancy()), **fields}, Vacancy)


@pytest.mark.parametrize(("fields", "bars", "warnings"), ADVERTS, ids=str)
def test_an_advert_is_judged_alike_imported_or_given(fields: dict[str, Any], bars: list[str], warnings: list[str]):
    kept, (given,) = imported(posted(**fields)), judged([posted(**fields)], PACKS, ON)
    assert [bar.code for bar in given.publish_bars] == bars
    assert [warning.code for warning in given.publish_warnings] == warnings
    assert [getattr(given, name) for name in GIVEN] == [getattr(kept, name) for name in GIVEN]


@pytest.mark.parametrize(("fields", "bars", "warnings"), ADVERTS, ids=str)
def test_a_barred_advert_is_refused_and_never_listed(fields: dict[str, Any], bars: list[str], warnings: list[str]):
    request = MatchRequest(on=ON, workers=(worker(),), vacancies=(posted(**fields),), refused=True)
    (listed,) = match(request, MEANS)["lists"]
    rules = {reason["rule_id"] for pair in listed["refused"] for reason in pair["reasons"]}
    unlawful = [code for code in bars if code != "expired"]
    assert ("not_publishable" in rules, "validity" in rules) == (bool(unlawful), "expired" in bars)
    assert not (bars and listed["items"])


BAR = PublishBar(code="sex", sentence="x")


def test_what_a_request_says_of_the_law_does_not_count():
    """A clean advert is not barred by its own word, and an illegal one is not cleared by it."""
    body = {
        "on": ON.isoformat(),
        "workers": [msgspec.to_builtins(worker())],
        "vacancies": [
            msgspec.to_builtins(vacancy("clean", publish_bars=(BAR,), text_age_max=20)),
            msgspec.to_builtins(vacancy("warned", deposit_yuan=200, publish_warnings=(BAR,))),
            msgspec.to_builtins(vacancy("other", deposit_yuan=200, publish_bars=(BAR,))),
        ],
        "refused": True,
    }
    (listed,) = match(read_request(json.dumps(body).encode()), MEANS)["lists"]
    assert [item["vacancy_id"] for item in listed["items"]] == ["clean"]
    refused = {pair["vacancy_id"]: pair["reasons"][0]["found"] for pair in listed["refused"]}
    assert refused == {"warned": "押金200元", "other": "押金200元"}


def test_an_exported_vacancy_may_come_back_as_it_is():
    kept = imported(posted(duties="限女性，年龄18-35周岁"))
    assert judged([kept], PACKS, ON) == [kept]
