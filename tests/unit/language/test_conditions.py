"""Conditions in advert texts: what is one, what only looks like one, and where it stands."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.language.conditions import (
    ConditionKind,
    Strength,
    age_bounds,
    find_conditions,
    folded,
)

AGES = [
    ("18-45岁", (18, 45)),
    ("18至45周岁", (18, 45)),
    ("18周岁到45周岁", (18, 45)),
    ("18岁—45岁", (18, 45)),
    ("年龄：１８～４５周岁", (18, 45)),
    ("年龄18-45，身体健康", (18, 45)),
    ("1.25-35岁，大专以上", (25, 35)),
    ("女性，18-45", (18, 45)),
    ("十八岁至四十五岁", (18, 45)),
    ("45岁以下", (None, 45)),
    ("1.45岁以下", (None, 45)),
    ("45周岁（含）以下", (None, 45)),
    ("50周岁以内", (None, 50)),
    ("年龄不超过55岁", (None, 55)),
    ("年龄45以下", (None, 45)),
    ("30岁一下", (None, 30)),
    ("年满18周岁", (18, None)),
    ("满十八周岁", (18, None)),
    ("16周岁以上", (16, None)),
    ("不低于20岁", (20, None)),
    ("18岁以上45岁以下", (18, 45)),
    ("年满18周岁，60周岁以下", (18, 60)),
]
NO_AGES = [
    "50-60元/天",
    "月薪18-30k",
    "照顾3-6岁孩子",
    "教4-16岁的孩子游泳",
    "护理60岁以上老人",
    "面向18-35岁的客户",
    "公司平均年龄25岁",
    "员工平均年龄25-30岁",
    "团队成员都在30岁以下",
    "年龄不限",
    "公司成立18年",
    "每天18-20点",
    "身高160-175",
    "45-18岁",
    "99岁以下",
]
REQUIRED, PREFERRED = Strength.REQUIRED, Strength.PREFERRED
K = ConditionKind
ONE = [
    (
        K.SEX,
        REQUIRED,
        ["限男", "限男性", "限女性", "仅限女工", "只招男工", "性别：女", "性别要求：男 职务范畴：管理", "要求男性"],
    ),
    (
        K.SEX,
        REQUIRED,
        ["女工若干", "男工", "女普工5名", "招女收费员1名", "男保安", "女5名", "服务员（女）", "检测员（男）10名"],
    ),
    (
        K.SEX,
        REQUIRED,
        [
            "1.男，35岁以下",
            "保安：男，体健貌端",
            "女，形象好",
            "电工 男 有证",
            "有较强执行力的女性。",
            "女限",
            "不要女的",
        ],
    ),
    (K.SEX, PREFERRED, ["女性优先", "男士优先考虑", "优先录用男性", "男女不限，女性优先", "女生优先录取"]),
    (
        K.ETHNICITY,
        REQUIRED,
        ["不要少数民族", "维族勿扰", "少数民族慎投", "仅限汉族", "民族：汉", "非少数民族", "藏族、彝族不招"],
    ),
    (K.ETHNICITY, PREFERRED, ["汉族优先", "汉族者优先"]),
    (K.MARITAL, REQUIRED, ["未婚", "要求已婚已育", "未婚未育", "两年内无生育计划", "限单身"]),
    (K.MARITAL, PREFERRED, ["已育优先", "已婚已育者优先", "未婚优先", "单身优先"]),
    (
        K.DEPOSIT,
        REQUIRED,
        ["押金300元", "入职交押金", "收取服装费200元", "需缴纳保证金", "培训费500元", "收报名费", "交500元的保证金"],
    ),
    (K.DEPOSIT, REQUIRED, ["押一个月工资", "压半个月工资", "离职时押金全额退还", "不但收押金", "收取体检费用"]),
    (K.DOCUMENT_HOLDING, REQUIRED, ["扣押身份证", "需扣留身份证原件", "上交毕业证", "身份证由公司保管", "代管身份证"]),
    (K.HEALTH, REQUIRED, ["无乙肝", "乙肝携带者勿扰", "无传染病", "体检查两对半", "小三阳不要"]),
    (K.DISABILITY, REQUIRED, ["残疾人勿扰", "不招残疾人", "聋哑的不收", "无残疾"]),
    (K.RELIGION, REQUIRED, ["不要信教的", "无宗教信仰", "基督徒勿扰"]),
    (
        K.RESIDENCE,
        REQUIRED,
        ["限本地户籍", "只要本地人", "新疆勿扰", "上海户籍，有驾照", "仅限本市户口", "外地勿扰", "农村户口不要"],
    ),
    (K.RESIDENCE, PREFERRED, ["本地户口优先", "本地人优先", "吴江户籍者优先", "沪籍优先"]),
]
NONE = [
    *(
        "男女不限",
        "性别不限",
        "不限男女",
        "男女均可",
        "男女都要",
        "男/女",
        "男女各50名",
        "男女普工",
        "不论性别",
        "无性别要求",
    ),
    *(
        "男性女性均可",
        "男工女工都要",
        "身高女160cm以上，男170cm以上",
        "女装销售",
        "男鞋店",
        "三八妇女节",
        "帅哥美女多",
        "子女教育",
    ),
    *("男女宿舍分开", "女生宿舍", "男女同工同酬", "女士内衣专柜", "男18-50岁，女18-45岁", "靓女帅哥等你来", "孙女"),
    *("少数民族优先", "民族不限", "各民族均可", "汉族、壮族不限", "民族风情园", "贵族气质"),
    *("婚否不限", "未婚已婚均可", "婚假产假", "生育保险", "单身公寓", "单身宿舍", "结婚礼金", "婚姻状况不限"),
    *(
        "不收押金",
        "无押金",
        "免押金入住",
        "0押金",
        "不收取任何费用",
        "不交任何押金和服装费",
        "不需要押金",
        "押金不收",
        "无需缴纳保证金",
    ),
    *(
        "免费培训，培训费由公司承担",
        "凡收取押金的都是骗子",
        "谨防收押金",
        "办理客户押金退还",
        "投标保证金",
        "按揭抵押贷款",
        "工资从不拖欠",
    ),
    *("收取应收帐款", "承诺不以任何形式收取员工的费用，包括服装费用", "住宿免押金", "不压工资"),
    *("带身份证原件", "身份证复印件", "上交身份证复印件", "不扣身份证", "绝不扣押证件", "查验身份证"),
    *("身体健康", "有健康证", "不查乙肝", "招收轻度残疾人员", "残疾人优先", "乙肝携带者均可"),
    *(
        "户籍不限",
        "外地人可提供住宿",
        "开发本地商户",
        "能适应外地出差",
        "户口本原件",
        "外地本地均可",
        "具备良好的人际沟通能力",
        "解决户口",
    ),
    "",
    "工作认真负责，能吃苦耐劳",
]


@pytest.mark.parametrize(("text", "ages"), AGES)
def test_ages(text, ages):
    found = [condition for condition in find_conditions(text) if condition.kind is K.AGE]
    assert found
    assert age_bounds(found) == ages


@pytest.mark.parametrize("text", NO_AGES)
def test_no_ages(text):
    assert [condition for condition in find_conditions(text) if condition.kind is K.AGE] == []


@pytest.mark.parametrize(
    ("kind", "strength", "text"),
    [(kind, strength, text) for kind, strength, texts in ONE for text in texts],
)
def test_conditions(kind, strength, text):
    found = [(condition.kind, condition.strength) for condition in find_conditions(text) if condition.kind is not K.AGE]
    assert (kind, strength) in found
    assert {found_kind for found_kind, _ in found} == {kind}


@pytest.mark.parametrize("text", NONE)
def test_what_only_looks_like_a_condition(text):
    assert [(c.kind, c.text) for c in find_conditions(text) if c.kind is not K.AGE] == []


def test_at_least_120_phrases_are_judged():
    assert len(AGES) + len(NO_AGES) + sum(len(texts) for _, _, texts in ONE) + len(NONE) >= 120


def test_a_preferred_age_is_no_limit():
    found = find_conditions("35岁以下优先，有经验者可放宽")
    assert [condition.strength for condition in found] == [PREFERRED]
    assert age_bounds(found) == (None, None)


def test_several_ranges_shut_out_only_who_fits_none():
    assert age_bounds(find_conditions("男18-50岁，女18-45岁")) == (18, 50)


def test_conditions_of_different_lines_stand_apart():
    found = find_conditions("保安：男，45岁以下\n保洁：女，50岁以下")
    assert [condition.text for condition in found if condition.kind is K.SEX] == ["男", "女"]


def test_a_long_advert_in_reading_order():
    text = "招缝纫工２０名，限女性，年龄１８—４５周岁，汉族优先，入职需交押金300元，不扣身份证。"
    found = find_conditions(text)
    assert [condition.kind for condition in found] == [K.SEX, K.AGE, K.ETHNICITY, K.DEPOSIT]
    assert [condition.text for condition in found][:3] == ["限女性", "年龄１８—４５周岁", "汉族优先"]


LETTERS = "男女限性优先不收押金汉族已婚育岁周1845-至以下上满年龄，。；：（）\n ０９身份证扣乙肝户籍本地工名各均可十八"


@given(st.text(alphabet=LETTERS, max_size=60))
def test_every_condition_quotes_its_place(text):
    found = find_conditions(text)
    assert all(text[c.start : c.end] == c.text and c.text for c in found)
    assert [c.start for c in found] == sorted(c.start for c in found)
    for kind in K:
        spans = [(c.start, c.end) for c in found if c.kind is kind]
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert all((c.low is None and c.high is None) or c.kind is K.AGE for c in found)


@given(st.text(max_size=40))
def test_folding_moves_nothing(text):
    assert len(folded(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请先交身份证原件", K.DOCUMENT_HOLDING),
        ("入职需上交本人身份证原件", K.DOCUMENT_HOLDING),
        ("扣证件", K.DOCUMENT_HOLDING),
        ("服装费自理", K.DEPOSIT),
        ("培训费个人承担", K.DEPOSIT),
        ("入职交服装费", K.DEPOSIT),
        ("小姐姐优先", K.SEX),
        ("小哥哥优先", K.SEX),
    ],
)
def test_what_a_county_officer_found_unread(text, kind):
    assert {condition.kind for condition in find_conditions(text)} == {kind}


@pytest.mark.parametrize(
    "text",
    [
        "先交身份证复印件",
        "不需要交身份证原件",
        "携带身份证原件",
        "服装费由公司承担",
        "免交服装费",
        "住宿费自理",
        "小伙伴优先",
    ],
)
def test_what_only_resembles_it(text):
    assert find_conditions(text) == ()
