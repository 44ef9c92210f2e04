"""A county's own weights: read strictly, dated, with author and source, capped, and never a document's."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import PackError
from matcher.policy import standard_packs
from matcher.policy.weights import WEIGHTS_FILE, CountyWeights, FlagWeight, load_weights, weight_permille, weights_for

PACKS = standard_packs()
GOOD = """\
[[weights]]
jurisdiction = "450206"
service = "general"
from = 2018-03-01
to = 2018-12-31
author = "区就业中心"
source = "区人社局2018年第2次局务会纪要"

[[weights.of]]
flag = "relocated"
permille = 120

[[weights.of]]
flag = "registered_poor"
permille = 150
"""
ROW = CountyWeights(
    jurisdiction="450206",
    service="general",
    from_=date(2018, 3, 1),
    to=date(2018, 12, 31),
    author="a",
    source="s",
    of=(FlagWeight(flag="relocated", permille=120), FlagWeight(flag="registered_poor", permille=150)),
)
VALUE = st.sampled_from([True, False, None])


def load(folder, text):
    (folder / WEIGHTS_FILE).write_text(text, encoding="utf-8")
    return load_weights(folder, PACKS)


def problems(folder, text):
    with pytest.raises(PackError) as raised:
        load(folder, text)
    return raised.value.problems


def test_without_the_file_a_county_orders_by_tiers(tmp_path):
    assert load_weights(tmp_path, PACKS) == ()


def test_a_file_is_read_with_its_days_author_and_source(tmp_path):
    (row,) = load(tmp_path, GOOD)
    assert (row.service, row.from_, row.to) == ("general", date(2018, 3, 1), date(2018, 12, 31))
    assert (row.author, row.source) == ("区就业中心", "区人社局2018年第2次局务会纪要")
    assert row.of == ROW.of


@pytest.mark.parametrize(
    ("old", "new", "column", "row"),
    [
        pytest.param('"450206"', '"柳江"', "weights.0.jurisdiction", 2, id="no region"),
        pytest.param('"general"', '"job_fare"', "weights.0.service", 3, id="no service"),
        pytest.param('"general"', '"relending"', "weights.0.service", 3, id="orders no people"),
        pytest.param('"general"', '"welfare_post"', "weights.0.service", 3, id="strict by document"),
        pytest.param("2018-12-31", "2018-02-28", "weights.0.to", 5, id="from after to"),
        pytest.param("2018-12-31", '"soon"', "weights.0.to", 5, id="no day"),
        pytest.param('"区就业中心"', '" "', "weights.0.author", 6, id="no author"),
        pytest.param('source = "区人社局2018年第2次局务会纪要"\n', "", "weights.0.source", 1, id="no source"),
        pytest.param('"relocated"', '"tall"', "weights.0.of.0.flag", 10, id="no flag"),
        pytest.param('"relocated"', '"local"', "weights.0.of.0.flag", 10, id="flag of a pair"),
        pytest.param('"relocated"', '"poor_town"', "weights.0.of.0.flag", 10, id="flag of places"),
        pytest.param('"relocated"', '"registered_poor"', "weights.0.of.1.flag", 14, id="twice"),
        pytest.param("120", "0", "weights.0.of.0.permille", 11, id="nothing"),
        pytest.param("120", "-5", "weights.0.of.0.permille", 11, id="a malus"),
        pytest.param("120", "1001", "weights.0.of.0.permille", 11, id="more than all"),
        pytest.param("120", "0.12", "weights.0.of.0.permille", 11, id="a fraction"),
        pytest.param('author = "', 'colour = "red"\nauthor = "', "weights.0.colour", 6, id="unknown key"),
        pytest.param("permille = 120", "permille = 120\npermille = 120", "", 12, id="key twice"),
    ],
)
def test_each_fault_is_named_with_line_and_remedy(tmp_path, old, new, column, row):
    assert old in GOOD
    (named,) = problems(tmp_path, GOOD.replace(old, new, 1))
    assert (named.file, named.column, named.row) == (WEIGHTS_FILE, column, row)
    assert named.fix.endswith("。")


def test_every_fault_is_named_at_once(tmp_path):
    text = GOOD.replace("120", "0").replace("150", "0").replace('"区就业中心"', '""').replace('"general"', '"x"')
    assert {row.column for row in problems(tmp_path, text)} == {
        "weights.0.author", "weights.0.service", "weights.0.of.0.permille", "weights.0.of.1.permille",
    }  # fmt: skip


def test_two_sets_for_one_day_are_refused_and_two_in_turn_are_not(tmp_path):
    second = GOOD.replace("2018-03-01", "2019-01-01").replace("to = 2018-12-31", "")
    assert len(load(tmp_path, GOOD + second)) == 2
    (named,) = problems(tmp_path, GOOD + second.replace("2019-01-01", "2018-12-31"))
    assert named.column == "weights.1.from"
    wider = second.replace("2019-01-01", "2018-06-01").replace("450206", "4502")
    assert [row.column for row in problems(tmp_path, GOOD + wider)] == ["weights.1.from"]


def test_weights_hold_on_their_days_in_their_county_for_their_service():
    def found(**change):
        asked = {"region": "450206", "pack_id": "liujiang_2018", "service": "general", "on": date(2018, 6, 1)} | change
        return weights_for([ROW], **asked)

    assert found() is ROW
    assert found(on=date(2018, 3, 1)) is found(on=date(2018, 12, 31)) is ROW
    assert found(on=date(2018, 2, 28)) is found(on=date(2019, 1, 1)) is None
    assert found(region="450206103001") is ROW
    assert found(region="450207") is None
    assert found(service="job_fair") is None


@pytest.mark.parametrize(
    ("flags", "cap", "weight"),
    [
        ({}, 200, 0),
        ({"relocated": True}, 200, 120),
        ({"relocated": None, "registered_poor": False}, 200, 0),
        ({"relocated": True, "registered_poor": True}, 200, 200),
        ({"relocated": True, "registered_poor": True}, 270, 270),
        ({"relocated": True, "registered_poor": True}, 271, 270),
        ({"relocated": True}, 0, 0),
    ],
)
def test_weights_add_up_to_the_cap_and_what_nobody_knows_adds_nothing(flags, cap, weight):
    assert weight_permille(flags, ROW, cap_permille=cap) == weight
    assert weight_permille(flags, None, cap_permille=cap) == 0


@given(relocated=VALUE, poor=VALUE, cap=st.integers(0, 400))
def test_another_flag_never_lowers_anybody(relocated, poor, cap):
    before = weight_permille({"relocated": relocated, "registered_poor": poor}, ROW, cap_permille=cap)
    after = weight_permille({"relocated": True, "registered_poor": poor}, ROW, cap_permille=cap)
    assert before <= after <= cap
