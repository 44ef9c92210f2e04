"""How a call is made up: the fields and files that a form is sent with, and what of a call makes it like another."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from crawl_calls import SAFE, Call
from crawl_pages import Form
from werkzeug.routing import Rule

ALIKE: Final = 2
"""Addresses of one shape (rule, names of parameters, what went before) that are followed from pages."""


def without_doubles(rule: Rule, addresses: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """All addresses of a page; of a twin, which one view answers with the page, but a few of one's own and no words."""
    seen: Counter[str] = Counter()
    for url, sort in addresses:
        seen[sort] += 1
        if not rule.rule.endswith(".json") or (sort != "hostile" and seen[sort] <= ALIKE):
            yield url, sort


def names_of(call: Call) -> object:
    """The names of the parameters, each once or more than once."""
    names = Counter(name for name, _ in parse_qsl(urlsplit(call.url).query, keep_blank_values=True))
    return tuple(sorted((name, min(n, 2)) for name, n in names.items()))


def pressed_of(call: Call) -> object:
    """The short values of a form's fields: which button, which choice; whom or what it is done to is not pressed."""
    pressed = (pair for pair in call.data if pair[0] != "csrf" and not pair[0].endswith("_id"))
    return tuple(sorted(pair for pair in pressed if len(pair[1]) < 12))


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return quote(parts.path, safe="/%") + (f"?{parts.query}" if parts.query else "")


def sent(form: Form, url: str, fields: list[tuple[str, str]], sort: str = "own") -> Call:
    fields = [pair for pair in fields if pair[0] != "csrf"]
    if form.method in SAFE:
        return Call("GET", f"{url.partition('?')[0]}?{urlencode(fields)}", sort=sort)
    return Call(
        form.method, url, tuple(fields), files=tuple((name, FILES.get(url, ROSTER)) for name in form.files), sort=sort
    )


ROSTER: Final = "\n".join((
    "vacancy_id,title,channel,place_code,headcount",
    "crawl1,普工,workshop,450206102,3",
    "crawl2,,workshop,nowhere,3",
))  # fmt: skip
"""A file for every form that wants one: one good row and one at fault."""


FILES: Final = {"/office/arrears": "单位名称,列入日期\n样例五金厂,2018-05-01\n样例木器厂,某日\n"}
"""Forms that want another file than a roster."""


def attached(name: str, text: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(text.encode()), f"{name}.csv"


def fields_with(fields: Iterable[tuple[str, str]], files: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, text in fields:
        told.setdefault(name, []).append(text)
    return told | files
