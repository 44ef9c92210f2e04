"""How a group is divided and led: by the county's own document, else with borrowed sizes and no leader."""

from __future__ import annotations

from datetime import date

import pytest

from matcher.errors import UsageError
from matcher.policy import standard_packs
from matcher.policy.groups import group_rule, unit_of
from matcher.policy.types import PackSet

ON = date(2018, 6, 1)


@pytest.mark.parametrize(
    ("size", "unit", "leader"),
    [
        (1, "组", "乡镇分管领导"),
        (10, "组", "乡镇分管领导"),
        (11, "班", "县人社局分管领导"),
        (50, "班", "县人社局分管领导"),
    ],
)
def test_the_countys_own_document_names_unit_and_leader(size, unit, leader):
    packs = standard_packs()
    group = group_rule(packs, "hekou_2018", ON)
    assert (group.ours, group.largest, group.source) == (True, 50, "河政办发〔2018〕6号三(二)3")
    assert unit_of(packs, group, size) == (unit, leader)


@pytest.mark.parametrize("where", ["liujiang_2018", "450206", ""])
def test_another_countys_document_lends_sizes_and_no_leader(where):
    packs = standard_packs()
    group = group_rule(packs, where or "standard", ON)
    assert (group.ours, group.largest) == (False, 50)
    assert unit_of(packs, group, 11) == ("班", "")


def test_above_the_largest_unit_a_human_decides():
    packs = standard_packs()
    assert unit_of(packs, group_rule(packs, "hekou_2018", ON), 51) == ("", "")


def test_before_its_day_a_document_binds_nobody():
    assert not group_rule(standard_packs(), "hekou_2018", date(2017, 1, 1)).ours


def test_without_any_rule_it_is_said():
    packs = standard_packs()
    rest = PackSet(packs={n: p for n, p in packs.packs.items() if n != "hekou_2018"}, vocabulary=packs.vocabulary)
    with pytest.raises(UsageError, match="divided"):
        group_rule(rest, "standard", ON)
