"""What no text may hold: pictures, addresses, words a person's group could be read from (`data/wording.toml`)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from matcher.errors import InvalidInput, Problem

# Pictures, money signs, modifiers, control, format, surrogate and private characters; Cn: not assigned.
_REFUSED: Final = frozenset({"So", "Sc", "Sk", "Cc", "Cf", "Cs", "Co", "Cn"})
_VARIATION: Final = "VARIATION SELECTOR"
# Planes 2 and above hold ideographs alone: one that is newer than this Python's tables is a rare name, no picture.
_IDEOGRAPHS: Final = 0x20000
_BEYOND: Final = 0x40000


class Wording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Characters, patterns of links, and words of groups that are refused."""

    characters: str
    links: tuple[str, ...]
    groups: tuple[str, ...]


@cache
def standard_wording() -> Wording:
    """The committed lists."""
    return read_wording(resources.files("matcher.messaging").joinpath("data/wording.toml").read_text("utf-8"))


def read_wording(text: str) -> Wording:
    """The lists of a file's text; raises InvalidInput naming what does not fit."""
    try:
        return msgspec.convert(tomllib.loads(text), Wording)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the wording lists do not fit: {error}", where="wording.toml") from None


def faults(text: str, wording: Wording, column: str = "") -> list[Problem]:
    """Everything a text may not hold, all at once; `column` is the slot or template it stands in.

    Words and links are looked for without width, case and spaces, so that 脱 贫 and ｗｗｗ. are found.
    """
    found = [
        Problem(column=column, found=_shown(c), expected="文字、数字和普通标点", fix="去掉这个符号，金额写“元”。")
        for c in dict.fromkeys(text)
        if c in wording.characters or _is_refused(c)
    ]
    line = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).lower()
    if any(re.search(pattern, line) for pattern in wording.links):
        found.append(Problem(column=column, found=text, expected="没有网址", fix="删去网址，改留电话。"))
    found += [
        Problem(
            column=column, found=word, expected="看不出身份的说法", fix=f"删去“{word}”，短信里不能看出谁属于哪类人。"
        )
        for word in wording.groups
        if word in line
    ]
    return found


def _is_refused(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cn" and _IDEOGRAPHS <= ord(character) < _BEYOND:
        return False
    return category in _REFUSED or unicodedata.name(character, "").startswith(_VARIATION)


def _shown(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"
