"""How a value computed by a rule reads in Chinese: one sentence a formula kind."""

from __future__ import annotations

from collections.abc import Callable

from matcher.policy.rule_types import Condition, Output

Name = Callable[[str], str]
Say = Callable[[Condition], str]
Words = Callable[[Output, Name, Say], str]


def _product(output: Output, name: Name, say: Say) -> str:
    return " × ".join(map(name, output.of))


def _sum_of_products(output: Output, name: Name, say: Say) -> str:
    return " ＋ ".join(" × ".join(map(name, group)) for group in output.groups)


def _names_where(output: Output, name: Name, say: Say) -> str:
    return "；".join(f"属于{name(fact)}的，列入{name(group)}" for group, fact in output.groups) or "不列入"


def _table(output: Output, name: Name, say: Say) -> str:
    by = "、".join(map(name, output.of))
    rows = "；".join(f"{'、'.join(map(name, group[:-1]))}的为{name(group[-1])}" for group in output.groups)
    return f"按{by}确定：{rows}"


def _classify(output: Output, name: Name, say: Say) -> str:
    return "；".join(f"{say(choice.when)}的，为{name(choice.text)}" for choice in output.choices)


def _row_lists(output: Output, name: Name, say: Say) -> str:
    lists = "；".join(f"{say(choice.when)}的，列入{name(choice.text)}" for choice in output.choices)
    return f"{name(output.rows)}中每一行分别归入：{lists}"


def _rows(text: str) -> Words:
    def words(output: Output, name: Name, say: Say) -> str:
        where = say(output.where) if output.where else ""
        column = f"的{name(output.field)}" if output.field else ""
        return text.format(rows=name(output.rows), where=where, column=column)

    return words


def _holds(output: Output, name: Name, say: Say) -> str:
    return f"看是否{say(output.where)}" if output.where else ""


def _texts(output: Output, name: Name, say: Say) -> str:
    return "、".join(name(group[0].rstrip("{}")) + "".join(map(name, group[1:])) for group in output.groups)


def _keys_below_own(output: Output, name: Name, say: Say) -> str:
    targets = "、".join(f"{name(key)}（{name(standard)}）" for key, standard in output.groups)
    return f"{name(output.of[0])}中没有达到各自指标的项：{targets}"


def _window_reached(output: Output, name: Name, say: Say) -> str:
    sums = "、".join(f"{name(column)}合计达到{name(standard)}" for column, standard in output.groups)
    month, convention, years = map(name, output.of)
    return f"按{month}看{name(output.rows)}，在{convention}确定的{years}之内，{sums}"


def _template(text: str) -> Words:
    return lambda output, name, say: text.format(*map(name, output.of))


# Formula kind -> how an output of that kind reads, given the Chinese names of its operands and conditions.
FORMULA_WORDS: dict[str, Words] = {
    "product": _product,
    "sum_of_products": _sum_of_products,
    "rounded_up": _template("{0} × {1}，不足一个的按一个算"),
    "lowered_by": _template("{0}下调{1}之后"),
    "difference": _template("{0} － {1}"),
    "total": _template("{0}合计"),
    "least": _template("{0}，最多{1}"),
    "total_of_least": _template("{0}各自最多{1}，然后合计"),
    "any_above": _template("看{0}有没有超过{1}而被削减的"),
    "city_share": _template("{0} × {1}，取整到分"),
    "share_reaches": _template("看{0}占{1}的比例是否达到{2}"),
    "mean_reaches": _template("看{0}的平均数是否达到{1}，一户也没有的不作判断"),
    "at_most": _template("看{}是否不超过{}"),
    "same": _template("{0}"),
    "first_known": lambda output, name, say: "、".join(map(name, output.of)) + "中适用的一个",
    "holds": _holds,
    "names_where": _names_where,
    "lookup": _table,
    "band": _table,
    "classify": _classify,
    "texts": _texts,
    "judge_rows": _rows("{rows}中每一行按下列各条分别判断"),
    "count_rows": _rows("{rows}中{where}{column}的个数"),
    "count_open": _rows("{rows}中{where}还不清楚{column}的个数"),
    "column_where": _rows("{rows}中{where}{column}"),
    "only_where": _rows("{rows}中唯一{where}{column}"),
    "row_lists": _row_lists,
    "keys_below": _template("{0}中没有达到{1}的项"),
    "keys_below_own": _keys_below_own,
    "differing_keys": _template("{0}与{1}不一致或只有一方登记的"),
    "unclear_fields": _template("{0}中应当清楚而没有记录的项（{1}）"),
    "term_end": _template("从{}算起满{}的最后一天，按选定的{}计算"),
    "window_reached": _window_reached,
    "months_of": _template("{0}折合的月数"),
    "whole_years": _template("{0}折合的年数"),
    "season_year": _template("{0}所属的活动年度（{1}，{2}），不在其中的没有年度"),
    "days_after_period": _template("{0}最后一天之后的第{1}"),
    "day_in_year": _template("{0}当年的{1}"),
    "kept_by": _template("看{0}是否不晚于{1}"),
}
