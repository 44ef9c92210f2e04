"""The page of a pack as officers read it: Chinese words, percents, days, every rule said in full."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from matcher.policy import describe, standard_packs, tiers
from matcher.policy.formulas.kinds import FORMULAS
from matcher.policy.pages.figures import figure, parameter_line, window
from matcher.policy.pages.rules import FORMULA_WORDS
from matcher.policy.rule_types import Parameter, ParameterKind
from matcher.policy.types import Document

PACKS = standard_packs()
WORDS = PACKS.vocabulary.words
DOCUMENT = Document(title="小县办法", from_=date(2030, 1, 1))


def page(pack_id: str) -> str:
    return describe(PACKS[pack_id], PACKS.vocabulary)


def row(kind: str, value=None, **changed) -> Parameter:
    given = {"id": "some_id", "clause": "一", "from_": DOCUMENT.from_} | changed
    return Parameter(kind=ParameterKind(kind), value=value, **given)


@pytest.mark.parametrize("pack_id", sorted(PACKS.packs))
def test_a_pack_reads_as_a_chinese_page(pack_id):
    pack, text = PACKS[pack_id], page(pack_id)
    assert text.startswith(f"# {pack.name}")
    assert all((parameter.name or f"（{parameter.id}）") in text for parameter in pack.parameters)
    assert all(f"；{WORDS.get(parameter.clause, parameter.clause)}" in text for parameter in pack.parameters)
    assert all(rule.title in text and rule.clause in text for rule in pack.rules)
    assert all(tier.label in text for service in pack.services for tier in tiers(pack, service.id))


def test_every_row_of_every_pack_has_a_chinese_name():
    assert [row.id for pack in PACKS.packs.values() for row in pack.parameters if not row.name] == []


def test_the_page_names_what_has_no_figure():
    text = page("masked_county_2020")
    assert text.partition("## 数字与条目")[2].count("原文此处打码，不能计算") == 23
    assert "0元" not in text


@pytest.mark.parametrize("pack_id", sorted(PACKS.packs))
def test_no_code_stands_in_the_rules_of_a_page(pack_id):
    before, _, _ = page(pack_id).partition("## 数字与条目")
    _, _, rules = before.partition("## 规则")
    assert "## 补助和奖励" in rules or not PACKS[pack_id].benefits
    lines = [line for line in rules.splitlines() if not line.startswith("#")]
    assert [line for line in lines if re.search(r"[a-z]", line)] == []


@pytest.mark.parametrize("pack_id", sorted(PACKS.packs))
def test_no_page_has_a_latin_word_but_the_ids_people_type(pack_id):
    """Ids stay where a command asks for them: of the pack, of its rules, of the figures a county fills in."""
    pack = PACKS[pack_id]
    needed = {row.id for row in pack.parameters if row.kind in {ParameterKind.MASKED, ParameterKind.UNSPECIFIED}}
    needed |= {row.id for row in pack.figures}
    typed = {pack.id, *(rule.id for rule in pack.rules), *needed}
    typed |= {part for benefit in pack.benefits for part in benefit.id.split("-")}
    found = re.findall(r"[A-Za-z][A-Za-z0-9_]*", page(pack_id))
    assert set(found) - typed == set()
    assert sorted(word for word in found if word in needed) == sorted(needed)


def test_a_term_reads_otherwise_where_its_parameter_says_so():
    assert "；四(二)" in (line := next(line for line in page("hekou_2018").splitlines() if "劳动力调查项目" in line))
    assert "、行业、" in line
    assert "工业" in page("liujiang_2018")


def test_the_days_of_the_document_stand_once_and_exceptions_carry_theirs():
    assert page("liujiang_2018").count("截止日期未写明") == 1
    assert page("liujiang_2018").count("2018-02-08起") == 1
    assert parameter_line(row("number", 3, unit="年", name="年限"), DOCUMENT, WORDS) == "- 年限：3年；一"
    exception = row("number", 3, unit="年", name="年限", to=date(2030, 12, 31))
    assert parameter_line(exception, DOCUMENT, WORDS) == "- 年限：3年；一；2030-01-01起至2030-12-31止"
    assert parameter_line(row("number", 3, unit="年"), DOCUMENT, WORDS) == "- 3年；一（some_id）"


def test_a_window_with_open_sides():
    day = date(2030, 1, 1)
    assert [window(day, None), window(None, day), window(day, day), window(None, None)] == [
        "2030-01-01起",
        "至2030-01-01止",
        "2030-01-01起至2030-01-01止",
        "起止日期未写明",
    ]


@pytest.mark.parametrize(
    ("parameter", "shown"),
    [
        (row("ratio", Decimal("0.05"), unit="比例", operator=">="), "不低于5%"),
        (row("ratio", Decimal("1.0"), unit="比例"), "100%"),
        (row("ratio", Decimal("0.005"), unit="缴费工资比例"), "缴费工资的0.5%"),
        (row("date", date(2018, 2, 28), unit="日期", operator="<="), "2018-02-28以前"),
        (row("date", date(2018, 2, 28), unit="日期"), "2018-02-28"),
        (row("year", 2017, unit="年", operator=">="), "2017年起"),
        (row("text", "2018-02-??", unit="日期"), "2018年2月（日期缺）"),
        (row("number", 12, unit="上年月份", operator=">="), "上年12月起"),
        (row("number", 2, unit="月份", operator="<="), "到2月为止"),
        (row("number", 6, unit="个月", operator=">="), "不低于6个月"),
        (row("number", 8, unit="时", operator="<"), "8时前"),
        (row("text", ("near=both combined", "town", "没有译名")), "近期：两者结合、乡镇、没有译名"),
        (row("text", "strictly more than last year", operator=">"), "多于上年"),
        (row("text", "taxi", operator="not in"), "不含出租车"),
        (row("unspecified", unit="元"), "（单位：元）原文未写明，由县里填写"),
        (row("unspecified", unit="日期"), "原文未写明，由县里填写"),
        (row("masked", unit="元"), "原文此处打码，不能计算"),
        (row("absent", unit="元"), "原文没有这一项"),
    ],
)
def test_a_figure_as_it_is_read(parameter, shown):
    assert figure(parameter, WORDS) == shown


def test_what_fails_is_said_as_the_case_that_leads_there():
    text = page("liujiang_2018")
    assert "1. 有下列情形之一的，不安排微田园地块：\n   - 本人已明确表示不参加。\n" in text
    assert "   - 培训天数不够（标准：不低于1天）。\n" in text
    assert "以下任何一项不符合" not in text


def test_rules_without_steps_say_what_they_compute():
    text = page("liujiang_2018")
    for line in (
        "- 需要的面积（亩）：贫困户户数 × 贫困户户均面积（0.3亩/户） ＋ 非贫困户户数 × 非贫困户户均面积（0.2亩/户）。",
        "- 无偿耕种的最后一天：从起始日期算起满微田园无偿耕种年限（3年）的最后一天，按选定的期限算法计算。",
        "- 符合的，补助金额（元）：岗前培训补助（300元/人） × 学员人数。",
    ):
        assert line in text
    for pack in PACKS.packs.values():
        for rule in pack.rules:
            _, _, body = page(pack.id).partition(f"### {rule.title}（{rule.id}")
            assert body.split("\n")[1].startswith(("1. ", "- "))


def test_every_formula_can_be_read():
    assert set(FORMULA_WORDS) == set(FORMULAS)


def test_quotas_stand_on_the_page_with_their_figure_or_that_it_is_missing():
    packs = standard_packs()
    stated, missing = (describe(packs[name], packs.vocabulary) for name in ("liujiang_2018", "masked_county_2020"))
    assert "使用本区建档立卡贫困劳动力：不低于5%，按总数的比例" in stated
    assert "使用本地农民工：原文没有给出数目，要县里定" in missing
    assert "名额要求" not in describe(packs["wuyuan_2021"], packs.vocabulary)
