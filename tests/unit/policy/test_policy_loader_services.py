"""Faults of a pack's services and quotas: named with file, line and remedy."""

from __future__ import annotations

import pytest
from small_pack import RULES, problems, write

from matcher.policy import Mode, load_pack, standard_packs


@pytest.mark.parametrize(
    ("key", "fits", "beyond"),
    [("band_width_permille", (1, 1000), (0, 1001)), ("floor_permille", (0, 1000), (-1, 1001))],
)
def test_the_bands_of_a_service_are_permille(tmp_path, key, fits, beyond):
    def stating(value: int) -> str:
        return RULES.replace('title = "一般"', f'title = "一般"\n{key} = {value}')

    for value in fits:
        pack = load_pack(write(tmp_path / str(value), rules=stating(value)), standard_packs().vocabulary)
        assert getattr(pack.services[0], key) == value
    for value in beyond:
        (named,) = problems(tmp_path / str(value), rules=stating(value))
        assert (named.column, named.found) == (f"service.0.{key}", str(value))
        assert named.fix


OF_DOCUMENTS = [mode for mode in Mode if mode is not Mode.ADDITIVE]


@pytest.mark.parametrize("mode", OF_DOCUMENTS)
def test_every_mode_of_a_document_may_be_asked_for(tmp_path, mode):
    stating = RULES.replace('title = "一般"', f'title = "一般"\nmode = "{mode}"')
    assert load_pack(write(tmp_path, rules=stating), standard_packs().vocabulary).services[0].mode is mode


def test_weights_are_no_matter_of_a_document_and_the_fix_says_where_they_stand(tmp_path):
    (named,) = problems(tmp_path, rules=RULES.replace('title = "一般"', 'title = "一般"\nmode = "additive"'))
    assert (named.column, named.found) == ("service.0.mode", "additive")
    assert all(mode in named.expected for mode in OF_DOCUMENTS)
    assert "priority.toml" in named.fix


def test_a_service_is_one_of_the_vocabulary(tmp_path):
    (named,) = problems(tmp_path, rules=RULES.replace(
        "[[rule]]",
        '[[service]]\nid = "job_fare"\ntitle = "招聘会"\n\n[[service.tiers]]\nrank = 0\nlabel = "所有人"\n'
        'clause = "一"\n\n[[rule]]', 1))  # fmt: skip
    assert (named.column, named.found) == ("service.0.id", "job_fare")
    assert "job_fair" in named.expected


QUOTA = """
[[quota]]
id = "SM_QUOTA"
title = "名额"
of = "employer"
least = "age_min"
counted = "posts_in_village"
clause = "三"
"""


@pytest.mark.parametrize(
    ("old", "new", "column", "found"),
    [
        pytest.param('of = "employer"', 'of = "planet"', "quota.0.of", "planet", id="not counted so"),
        pytest.param('least = "age_min"', "", "quota.0", "SM_QUOTA", id="neither share nor number"),
        pytest.param('least = "age_min"', 'least = "nothing"', "quota.0.least", "nothing", id="no such figure"),
        pytest.param('"posts_in_village"', '"tall"', "quota.0.counted", "tall", id="no such fact"),
        pytest.param('clause = "三"', 'group = { all = ["tall"] }\nclause = "三"', "quota.0.group", "tall", id="flag"),
        pytest.param('clause = "三"', 'clause = ""', "quota.0.clause", "", id="no clause"),
        pytest.param("clause = ", "whole = \"posts_in_all\"\nclause = ", "quota.0.whole", "posts_in_all", id="whole"),
        pytest.param('clause = "三"', 'weight = 2\nclause = "三"', "quota.0.weight", "weight", id="unknown key"),
    ],
)  # fmt: skip
def test_a_quota_that_does_not_fit_is_named_with_its_line(tmp_path, old, new, column, found):
    assert old in QUOTA
    (named,) = problems(tmp_path, rules=RULES + QUOTA.replace(old, new))
    assert (named.column, named.found) == (column, found)
    assert named.row > 1
    assert named.fix


def test_a_quota_of_the_wrong_kind_of_figure_is_named(tmp_path):
    share = QUOTA.replace('least = "age_min"', 'share = "age_min"\nwhole = "posts_in_all"')
    (named,) = problems(tmp_path, rules=RULES + share)
    assert (named.column, named.found, named.expected) == ("quota.0.share", "number", "ratio")


def test_every_fault_of_a_quota_is_named_at_once(tmp_path):
    broken = QUOTA.replace("age_min", "nothing").replace("posts_in_village", "tall").replace('"三"', '""')
    found = {(row.column, row.found) for row in problems(tmp_path, rules=RULES + broken)}
    assert found == {("quota.0.least", "nothing"), ("quota.0.counted", "tall"), ("quota.0.clause", "")}
