"""The filter `spoken`: marks on a page what is read aloud, piece by piece, in the order it stands there.

Every innermost block with words gets `data-say`; where the kiosk's voice has clips, its value says which clip says
which words, as JSON: [[words, file or ""], ...]. The words themselves stay as they are: captions are always there.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from typing import Final

import msgspec
from markupsafe import Markup

from api.kiosk.frame import clip_names
from matcher.services.kiosk.speech import Lexicon, Piece, spoken
from matcher.services.kiosk.voices import catalogue

BLOCKS: Final = frozenset({"h1", "h2", "p", "li", "button", "a", "strong", "small"})
BREATH: Final = "，"
"""A new line is a pause; whether one is written there or not, the same recording is found."""
VOID: Final = frozenset({"br", "input", "img", "use", "path", "circle"})


class Utterance(msgspec.Struct):
    """A block of words: where its start tag stands in the page's parts, and what it says."""

    at: int
    text: str = ""
    digits: bool = False


@cache
def lexicon() -> Lexicon:
    """The texts that have an entry."""
    return catalogue().lexicon()


def pieces_of(utterance: Utterance) -> list[Piece]:
    """What a block says, piece by piece."""
    return spoken(utterance.text, lexicon(), digit_by_digit=utterance.digits)


class Read(HTMLParser):
    """A piece of a page taken apart into the texts between which marks are put, and what each block says."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self.utterances: list[Utterance] = []
        self._open: list[tuple[str, Utterance | None, bool]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins, or anything else within one; what is drawn or said elsewhere is not read."""
        self.parts.append(self.get_starttag_text() or "")
        if tag in VOID:
            if tag == "br" and (block := self._block()) is not None:
                block.text += BREATH
            return
        told = dict(attrs)
        silent = self._is_silent() or tag == "svg"
        block = None
        if tag in BLOCKS and not silent:
            block = Utterance(len(self.parts) - 1, digits="data-digits" in told)
            self.utterances.append(block)
        elif "data-digits" in told and self._block() is not None and not silent:
            block = Utterance(len(self.parts) - 1, digits=True)
            self.utterances.append(block)
        self._open.append((tag, block, silent))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<use/>` and its like say nothing."""
        self.parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """What was begun last ends."""
        self.parts.append(f"</{tag}>")
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Words, said by the innermost block around them."""
        self._write(data, data)

    def handle_entityref(self, name: str) -> None:
        """`&amp;` and its like."""
        self._write(f"&{name};", html.unescape(f"&{name};"))

    def handle_charref(self, name: str) -> None:
        """`&#39;` and its like."""
        self._write(f"&#{name};", html.unescape(f"&#{name};"))

    def handle_comment(self, data: str) -> None:
        """Kept as it is."""
        self.parts.append(f"<!--{data}-->")

    def _write(self, raw: str, text: str) -> None:
        self.parts.append(raw)
        block = self._block()
        if block is not None and not self._is_silent():
            block.text += text

    def _block(self) -> Utterance | None:
        return next((block for _, block, _ in reversed(self._open) if block is not None), None)

    def _is_silent(self) -> bool:
        return bool(self._open) and self._open[-1][2]


def marked(page: str, clips: Mapping[str, str]) -> str:
    """The page with `data-say` on every block that says something. clips : key -> file of the kiosk's voice."""
    read = Read(page)
    for utterance in read.utterances:
        said = pieces_of(utterance)
        if not said:
            continue
        value = (
            msgspec.json.encode([(piece.text, clips.get(piece.key, "")) for piece in said]).decode() if clips else ""
        )
        tag = read.parts[utterance.at]
        end = "/>" if tag.endswith("/>") else ">"
        read.parts[utterance.at] = f'{tag.removesuffix(end)} data-say="{html.escape(value)}"{end}'
    return "".join(read.parts)


def spoken_filter(page: str) -> Markup:
    """`{% filter spoken %}`: the marks for the voice of this kiosk."""
    return Markup(marked(page, clip_names()))  # noqa: S704 - the page as its template wrote it, with marks of ours
