"""The manual: Markdown files of `api/help`, of which headings, lists, bold, code, blocks of code and links are read.

Read into data, never into HTML: templates write it, so nothing in a file can become a tag or a script.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

import msgspec

from matcher.errors import NotFound

TOPIC: Final = re.compile(r"[a-z][a-z-]{0,30}")
INLINE: Final = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|`(?P<code>[^`]+)`|\[(?P<link>[^\]]+)\]\((?P<to>/[^)\s]*)\)")
FENCE: Final = re.compile(r"^```\w*\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ITEM: Final = re.compile(r"(?:(?P<bullet>-)|\d+\.) (?P<text>.*)")

Part = dict[str, str]


class Topic(msgspec.Struct, frozen=True):
    """A page: its title, and blocks `{kind: heading | text | bullets | steps | code, lines: [[part]]}`."""

    title: str
    blocks: list[dict[str, Any]]


@cache
def topic(name: str) -> Topic:
    """A page of the manual; NotFound for a name that has none."""
    file = files("api").joinpath("help", f"{name}.md")
    if TOPIC.fullmatch(name) is None or not file.is_file():
        raise NotFound("没有这一页帮助", where=name, remedy="请从帮助首页查找：/help/index")
    return read(file.read_text(encoding="utf-8"))


def read(text: str) -> Topic:
    """A page from its text. The first line is `# title`; a blank line ends a block."""
    first, _, rest = text.strip().partition("\n")
    blocks: list[dict[str, Any]] = []
    for at, piece in enumerate(FENCE.split(rest)):
        # Every second piece stands between fences.
        blocks += [_code(piece)] if at % 2 else [_block(lines) for lines in _paragraphs(piece)]
    return Topic(title=first.removeprefix("# ").strip(), blocks=blocks)


def _code(text: str) -> dict[str, Any]:
    """Lines between fences as they stand, blank ones and marks included."""
    return {"kind": "code", "lines": [[{"kind": "text", "text": line}] for line in text.rstrip("\n").split("\n")]}


def _paragraphs(text: str) -> list[list[str]]:
    return [piece.strip().splitlines() for piece in re.split(r"\n\s*\n", text) if piece.strip()]


def _block(lines: list[str]) -> dict[str, Any]:
    if lines[0].startswith("## "):
        return {"kind": "heading", "lines": [_parts(lines[0].removeprefix("## "))]}
    items = [ITEM.fullmatch(line.strip()) for line in lines]
    if all(items):
        kind = "bullets" if items[0] and items[0]["bullet"] else "steps"
        return {"kind": kind, "lines": [_parts(item["text"]) for item in items if item]}
    return {"kind": "text", "lines": [_parts("".join(line.strip() for line in lines))]}


def _parts(line: str) -> list[Part]:
    """A line cut at its marks: `{kind: text | bold | code | link, text, to?}`; a link leads to a page of ours."""
    parts: list[Part] = []
    done = 0
    for mark in INLINE.finditer(line):
        parts.append({"kind": "text", "text": line[done : mark.start()]})
        kind = str(mark.lastgroup if mark.lastgroup != "to" else "link")
        part = {"kind": kind, "text": mark[kind]}
        parts.append(part | ({"to": mark["to"]} if kind == "link" else {}))
        done = mark.end()
    parts.append({"kind": "text", "text": line[done:]})
    return [part for part in parts if part["text"]]
