"""What a page offers and holds: its links, its forms as somebody would send them, what a content policy refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import Final

HOSTILE: Final = (
    "<x-probe onprobe=1>\"'><x-probe/onprobe='1'>",
    "' OR 1=1; DROP TABLE workers; --",
    "../../etc/passwd",
    "{{7*7}}${7*7}%00%0d%0aX-Probe:1",
    "\N{RIGHT-TO-LEFT OVERRIDE}𠮷" + "长" * 300,
)
"""Texts nobody should write into a field or an address."""
ELSEWHERE: Final = re.compile(r"\s*(?:(?!data:image/|tel:)[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
OF_ONE_CALL: Final = re.compile(r'(?<= value=")[\w-]{43}(?=")|(?<=data-csrf=")[\w-]{43}(?=")|(?<=<code>)[a-z]{16}(?=<)')
LEADS: Final = ("href", "src", "action", "srcset", "poster", "data", "formaction", "hx-get", "hx-post")


@dataclass
class Form:
    """A form of a page: its fields with every value that may be chosen, and what it may be sent with."""

    method: str
    action: str
    texts: dict[str, str] = field(default_factory=dict)
    fixed: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    ticks: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def submissions(self, words: dict[str, str]) -> Iterator[list[tuple[str, str]]]:
        """The fields as somebody would send them: with each button, and each choice in turn."""
        texts = [(name, text or words.get(name, "测试")) for name, text in self.texts.items()]
        for pressed in self.buttons or [("", "")]:
            for n in range(max(map(len, self.choices.values()), default=1)):
                chosen = [(name, values[min(n, len(values) - 1)]) for name, values in self.choices.items()]
                sent = [*self.fixed, *texts, *chosen, *self.ticks[:2], *([pressed] if pressed[0] else [])]
                yield sent

    def hostile(self, words: dict[str, str]) -> Iterator[list[tuple[str, str]]]:
        """The fields with words in every text and choice that nobody should write."""
        if self.texts or self.choices:
            plain = next(self.submissions(words))
            mine = {*self.texts, *self.choices}
            for hostile in (HOSTILE[0], HOSTILE[1]):
                yield [(name, hostile if name in mine else text) for name, text in plain]


class Page(HTMLParser):
    """What a page offers and holds: links, forms, and everything a content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.loads: list[str] = []
        self.faults: list[str] = []
        self._form: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._select: tuple[Form, str] | None = None

    def parse_starttag(self, i: int) -> int:
        """As the parser of Python reads it; of a tag that is written like one before, by what that one held."""
        end = self.check_for_whole_start_tag(i)
        started = _started(self.rawdata[i:end]) if end > i else None
        if started is None:
            return super().parse_starttag(i)
        self.lasttag, attrs = started
        self.handle_starttag(self.lasttag, [*attrs])
        if self.lasttag in self.CDATA_CONTENT_ELEMENTS:
            self.set_cdata_mode(self.lasttag)
        return end

    def updatepos(self, i: int, j: int) -> int:
        """Nobody asks in which line something stands."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.faults += _faults(tag, tuple(attrs))
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        elif tag == "form":
            self._form = Form(told.get("method", "get").upper(), told.get("action", ""))
            self._by_id[told.get("id", "")] = self._form
            self.forms.append(self._form)
        elif tag == "link":
            self.loads.append(told["href"])
        elif tag in ("script", "img", "audio", "source", "video") and told.get("src"):
            self.loads.append(told["src"])
        elif tag in ("input", "button", "select", "textarea", "option"):
            self._field(tag, told)
        for name in ("hx-get", "hx-post"):
            if name in told and tag != "form":
                self._htmx(name, told[name])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None

    def _htmx(self, name: str, url: str) -> None:
        if name == "hx-get":
            self.links.append(url)
        else:
            self.forms.append(Form("POST", url))

    def _field(self, tag: str, told: dict[str, str]) -> None:
        form = self._by_id.get(told["form"]) if "form" in told else self._form
        name, value, kind = told.get("name", ""), told.get("value", ""), told.get("type", "text")
        if tag == "option" and self._select and value:
            owner, of = self._select
            owner.choices.setdefault(of, []).append(value)
        if form is None or (not name and tag != "button"):
            return
        if tag == "button":
            form.buttons.append((name, value))
        elif tag == "select":
            self._select = (form, name)
        elif kind == "hidden":
            form.fixed.append((name, value))
        elif kind == "radio":
            form.choices.setdefault(name, []).append(value)
        elif kind == "checkbox":
            form.ticks.append((name, value or "on"))
        elif kind == "file":
            form.files.append(name)
        elif kind not in ("submit", "reset"):
            form.texts[name] = value


class _Start(HTMLParser):
    """The one start tag of a text, if it is that and nothing else."""

    found: tuple[str, tuple[tuple[str, str | None], ...]] | None = None
    others = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found, self.others = (tag, tuple(attrs)), self.others + (self.found is not None)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.others += 1

    def handle_data(self, data: str) -> None:
        self.others += 1


@lru_cache(maxsize=65536)
def _started(text: str) -> tuple[str, tuple[tuple[str, str | None], ...]] | None:
    """Name and attributes of a start tag; None for whatever else the text is."""
    start = _Start()
    start.feed(text)
    return None if start.others or start.rawdata else start.found


@lru_cache(maxsize=65536)
def _faults(tag: str, attrs: tuple[tuple[str, str | None], ...]) -> tuple[str, ...]:
    """What a content policy would refuse of an element."""
    told = {name: value or "" for name, value in attrs}
    faults = []
    if tag == "x-probe" or "onprobe" in told:
        faults.append("reflected markup")
    if tag == "style" or "style" in told:
        faults.append(f"inline style in <{tag}>")
    if tag == "script" and not told.get("src"):
        faults.append("inline script")
    faults += [f"handler {name} in <{tag}>" for name in told if name.startswith("on") or name == "hx-on"]
    faults += [f"{name} leads elsewhere: {told[name][:40]}" for name in LEADS if ELSEWHERE.match(told.get(name, ""))]
    return tuple(faults)


def read(text: str) -> Page:
    """What a page offers; pages that differ by nothing but the token of their forms and the call's name are one."""
    return _read(OF_ONE_CALL.sub("", text))


@lru_cache(maxsize=4096)
def _read(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    return page
