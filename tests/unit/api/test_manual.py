"""The manual's Markdown becomes data: what is read, and that nothing in it becomes a tag."""

from __future__ import annotations

import pytest

from api.start.manual import read, topic
from matcher.errors import NotFound


def text(line):
    return "".join(part["text"] for part in line)


def test_headings_lists_and_paragraphs_are_told_apart():
    page = read("# 标题\n\n第一段，\n接着写。\n\n## 小标题\n\n- 一\n- 二\n\n1. 先\n2. 后\n")
    assert page.title == "标题"
    assert [(block["kind"], [text(line) for line in block["lines"]]) for block in page.blocks] == [
        ("text", ["第一段，接着写。"]), ("heading", ["小标题"]), ("bullets", ["一", "二"]), ("steps", ["先", "后"]),
    ]  # fmt: skip


def test_marks_inside_a_line():
    (block,) = read("# t\n\n前**粗**中`码`后[去](/help/kiosk)。").blocks
    assert block["lines"][0] == [
        {"kind": "text", "text": "前"}, {"kind": "bold", "text": "粗"}, {"kind": "text", "text": "中"},
        {"kind": "code", "text": "码"}, {"kind": "text", "text": "后"},
        {"kind": "link", "text": "去", "to": "/help/kiosk"}, {"kind": "text", "text": "。"},
    ]  # fmt: skip


def test_what_stands_between_fences_stays_as_it_is():
    page = read("# t\n\n先看：\n\n```toml\n# 一\n\n- **x** = `1`\n```\n\n再看。\n")
    assert [block["kind"] for block in page.blocks] == ["text", "code", "text"]
    assert [text(line) for line in page.blocks[1]["lines"]] == ["# 一", "", "- **x** = `1`"]


@pytest.mark.parametrize("link", ["[x](https://evil.example)", "[x](javascript:alert(1))", "<b>x</b>", "**x"])
def test_anything_else_stays_text(link):
    (block,) = read(f"# t\n\n{link}").blocks
    assert block["lines"] == [[{"kind": "text", "text": link}]]


@pytest.mark.parametrize("name", ["nope", "../start/room", "index.md", "Index", "", "index/../kiosk"])
def test_only_files_of_the_manual_are_read(name):
    with pytest.raises(NotFound):
        topic(name)
