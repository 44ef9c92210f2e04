"""The law's verdict on conditions of an advert: barred, warned of, or none of its business."""

from matcher.policy.publication import N_QUOTES, judge
from matcher.policy.types import Effect, PublicationRule


def rule(kind, effect):
    return PublicationRule(kind=kind, effect=effect, document=f"law of {kind}", clause="1", sentence=f"no {kind}")


RULES = {"sex": rule("sex", Effect.BAR), "deposit": rule("deposit", Effect.BAR), "age": rule("age", Effect.WARN)}


def test_bars_and_warnings_stand_apart_ordered_by_kind():
    bars, warnings = judge({"sex": ["限男"], "age": ["45岁以下"], "deposit": ["押金200元"]}, RULES)
    assert [(bar.code, bar.sentence, bar.document, bar.clause, bar.found) for bar in bars] == [
        ("deposit", "no deposit", "law of deposit", "1", "押金200元"),
        ("sex", "no sex", "law of sex", "1", "限男"),
    ]
    assert [warning.code for warning in warnings] == ["age"]


def test_what_the_law_is_silent_on_is_neither():
    assert judge({"height": ["身高170以上"]}, RULES) == ([], [])


def test_the_same_wording_is_quoted_once_and_no_more_than_the_first_few():
    wordings = [f"限男{n}" for n in range(N_QUOTES + 1)]
    (bar,), _ = judge({"sex": wordings}, RULES)
    assert bar.found == "；".join(wordings[:N_QUOTES])
    (bar,), _ = judge({"sex": ["限男", "限男"]}, RULES)
    assert bar.found == "限男"
