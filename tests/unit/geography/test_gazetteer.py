"""Written places, former names, homonyms: what a careful clerk reads is read, nothing is guessed."""

from __future__ import annotations

import time

import pytest

from matcher.geography import CurrentCode, gazetteer


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("江苏省 - 苏州市", "320500", "city"),
        ("安徽省/合肥市", "340100", "city"),
        ("重庆-黔江区", "500114", "county"),
        ("重庆市 - 石柱县", "500240", "county"),
        ("福州·鼓楼区", "350102", "county"),
        ("广东深圳", "440300", "city"),
        ("内蒙古 - 赤峰市", "150400", "city"),
        ("江苏省 - 常熟市", "320581", "county"),
        ("苏州-昆山", "320583", "county"),
        ("苏州-工业园区", "320576", "county"),
        ("合肥-经开区", "340177", "county"),
        ("深圳-龙华新区", "440309", "county"),
        ("长沙-长沙县", "430121", "county"),
        ("吉林吉林市", "220200", "city"),
        ("北京", "110000", "province"),
        ("柳江", "450206", "county"),
        ("河口", "532532", "county"),
        ("河口县", "532532", "county"),
        ("河口区", "370503", "county"),
        ("东莞-东城区", "441900003", "township"),
        ("东莞-长安镇", "441900119", "township"),
        ("深圳-新安", "440306017", "township"),
        ("广西柳州市柳江区百朋镇里团村", "450206102203", "village"),
        ("云南省红河州河口瑶族自治县河口镇", "532532101", "township"),
        ("大同", "140200", "city"),
        ("海南", "460000", "province"),
        ("450206", "450206", "county"),
        ("450206000000", "450206", "county"),
        ("广东省深圳市南山区科技园北路", "440305", "county"),
        ("　广东省－深圳市", "440300", "city"),
    ],
)
def test_reads_what_a_clerk_reads(text: str, code: str, level: str) -> None:
    match = gazetteer().find(text)
    assert (match.code, match.level, match.problem) == (code, level, None)
    assert match.name == gazetteer().name(code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("柳江县", "450206"),
        ("柳州市柳江县拉堡镇", "450206100"),
        ("上海-闸北区", "310106"),
        ("重庆市 - 璧山县", "500120"),
        ("合川市", "500117"),
        ("上海-南汇", "310115"),
        ("柳江区洛满镇", "450204101"),
        ("450221", "450206"),
    ],
)
def test_former_names_are_brought_up_to_date_with_a_note(text: str, code: str) -> None:
    match = gazetteer().find(text)
    assert (match.code, match.problem) == (code, None)
    if text not in {"柳州市柳江县拉堡镇"}:
        assert "已" in match.note


@pytest.mark.parametrize("text", ["鼓楼区", "朝阳", "朝阳区", "江北区", "和平", "城关区"])
def test_homonyms_without_context_are_not_guessed(text: str) -> None:
    match = gazetteer().find(text)
    assert match.code is None
    assert len(match.alternatives) >= 2
    assert "请写明省、市" in (match.problem or "")


def test_context_settles_homonyms() -> None:
    find = gazetteer().find
    assert find("鼓楼区", near="350100").code == "350102"
    assert find("鼓楼区", near="350203").code == "350102"  # the only one in the province
    assert find("鼓楼区", near="110105").code is None
    assert find("朝阳区", near="220102").code == "220104"
    assert find("河口", near="370502").code == "370503"
    assert find("河口", near="450206").code == "532532"


def test_towns_and_villages_stand_alone_only_near_home() -> None:
    find = gazetteer().find
    assert find("百朋镇里团村", near="450206").code == "450206102203"
    assert find("里团村", near="450206").code == "450206102203"
    assert find("百朋里团村委会", near="450206").code == "450206102203"
    assert find("里团村").code is None
    assert find("里团村", near="532532").code is None
    assert find("新兴村", near="450206").code is None  # other counties of the city are not searched


def test_a_town_that_moved_is_found_where_it_lies_now() -> None:
    match = gazetteer().find("白沙镇", near="450206")
    assert match.code == "450203102"
    assert "鱼峰区" in match.note


def test_a_split_area_gives_its_city_and_the_choices() -> None:
    match = gazetteer().find("杭州-江干区")
    assert (match.code, match.level) == ("330100", "city")
    assert {a.code for a in match.alternatives} == {"330102", "330114"}
    assert "拆分" in (match.problem or "")


@pytest.mark.parametrize(
    ("text", "code"), [("上海-张江", "310000"), ("成都-高新区", "510100"), ("柳州市柳江区幸福村", "450206")]
)
def test_an_unknown_finer_part_is_said_and_the_known_part_kept(text: str, code: str) -> None:
    match = gazetteer().find(text)
    assert match.code == code
    assert "没有找到" in (match.problem or "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有写明"),
        ("不限", "没有写明"),
        ("异地招聘", "没有写明"),
        ("海外/日本", "境外"),
        ("1-3年", "区划表里没有"),
        ("乱七八糟", "区划表里没有"),
        ("南京路", "区划表里没有"),
        ("北京、上海", "几个地点"),
        ("990101", "没有以“99”开头"),
        ("450299", "不在现行代码表"),
    ],
)
def test_what_is_no_place_gets_a_reason(text: str, words: str) -> None:
    match = gazetteer().find(text)
    assert match.code is None
    assert words in (match.problem or "")


def test_short_place_that_begins_with_wu_is_a_place() -> None:
    assert gazetteer().find("无锡-滨湖区").code == "320211"


def test_names_parents_and_existence() -> None:
    table = gazetteer()
    assert table.name("450206") == "广西壮族自治区柳州市柳江区"
    assert table.name("500101") == "重庆市万州区"
    assert table.name("450206102999") == "广西壮族自治区柳州市柳江区百朋镇"  # as far as it is known
    assert table.name("990000") == ""
    assert (table.short_name("532532"), table.short_name("990000")) == ("河口", "")
    assert [table.parent(c) for c in ("450206102203", "450206", "500101", "429004", "450000")] == [
        "450206102",
        "450200",
        "500000",
        "420000",
        None,
    ]
    assert table.exists("450206000000")
    assert not table.exists("450221")


def test_former_codes_map_with_a_reason() -> None:
    current = gazetteer().current_code
    assert current("450206") == CurrentCode("450206", "")
    assert current("450221").code == "450206"
    assert "柳江县2016年" in current("450221").reason
    assert current("450221102").code == "450206102"
    assert current("450221999").code == "450200"  # which town it was cannot be told
    assert current("140203").code == "140200"  # split between two districts


def test_seed_counties_are_known_to_the_village() -> None:
    villages = [d for d in gazetteer().units if len(d) == 12]
    counts = {c: sum(v.startswith(c) for v in villages) for c in ("450206", "532532", "450721", "361130")}
    assert counts == {"450206": 118, "532532": 48, "450721": 414, "361130": 212}


def test_repeated_strings_are_fast() -> None:
    find = gazetteer().find
    started = time.perf_counter()
    for _ in range(50_000):
        find("江苏省 - 苏州市")
    assert time.perf_counter() - started < 1.0
