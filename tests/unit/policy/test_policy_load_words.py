"""A pack that does not load says in Chinese what was expected at the place: each syntax slip, each type of a field."""

from __future__ import annotations

import re
from typing import get_args

import msgspec
import pytest

from matcher.policy.loading.files import read_table
from matcher.policy.loading.strict import Fault, convert, type_words
from matcher.policy.types import Document, Pack

SLIPS = [
    ("a =", "值"),
    ("a = 2018-02-30", "日历"),
    ("a", "等号"),
    ("[a", "表名"),
    ("a = [1", "数组"),
    ("a = {b=1", "大括号"),
    ('a = "x', "引号"),
    ("a = '''x", "引号"),
    ("a = 1 2", "一行"),
    ("= 3", "键 = 值"),
    ("a = {{", "键以"),
    (r'a = "\q"', "反斜杠"),
    ('a = "\x01"', "控制字符"),
    ("a = 1\na = 2", "只写一次"),
    ("[a]\n[a]", "只写一次"),
    ("a = {b=1,b=2}", "只写一次"),
    ("a = {}\n[a.b]", "只"),
]


@pytest.mark.parametrize(("text", "words"), SLIPS)
def test_a_slip_of_the_format_is_told_in_chinese(tmp_path, text, words):
    (tmp_path / "pack.toml").write_text(text, "utf-8")
    problems = []
    assert read_table(tmp_path, "pack.toml", problems)[0] is None
    (problem,) = problems
    assert words in problem.expected
    assert not re.search("[a-zA-Z]{3}", problem.expected)
    assert problem.row == text.count("\n") + 1
    assert ("两次" in problem.fix) == ("只" in words)


def structs(kind, seen):
    """Every struct inside a type."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in seen:
        seen.add(kind)
        for info in msgspec.structs.fields(kind):
            structs(info.type, seen)
    for part in get_args(kind):
        structs(part, seen)
    return seen


def test_every_field_of_a_pack_has_words_for_its_type():
    types = {info.type for kind in structs(Pack, set()) for info in msgspec.structs.fields(kind)}
    without = [kind for kind in types if type_words(kind) == "值" and "Any" not in str(kind)]
    assert len(types) > 20
    assert [kind for kind in without if not structs(kind, set())] == []


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", 3, "加引号的文字"),
        ("from", 20180208, "日期(YYYY-MM-DD)"),
        ("always", "yes", " true 或 false"),
        ("last_year_named", "2018", "整数"),
    ],
)
def test_a_wrong_type_says_what_may_stand_there(field, value, words):
    faults: list[Fault] = []
    convert(Document, {"title": "t"} | {field: value}, ("document",), faults)
    (fault,) = faults
    assert (fault.path, fault.expected, fault.fix) == (("document", field), words, f"请把 {field} 改为{words}。")
