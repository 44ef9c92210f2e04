"""The words in which people were asked whether they want texts, by version (`data/consent_words.toml`).

PIPL article 14 asks for a yes given in full knowledge: which words they were is part of the proof.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from matcher.errors import InvalidInput, NotFound

ROSTER: Final = "roster"
"""Version of an answer that came with a roster, whose words nobody wrote down."""


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version of the question."""

    id: str
    since: date
    text: str


class ConsentWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All versions; current : the one asked now."""

    current: str
    version: tuple[Words, ...]


@cache
def consent_words() -> ConsentWords:
    """The committed versions."""
    return read_words(resources.files("matcher.messaging").joinpath("data/consent_words.toml").read_text("utf-8"))


def read_words(text: str) -> ConsentWords:
    """The versions of a file's text; raises InvalidInput for one that stands twice or a current one that is none."""
    try:
        words = msgspec.convert(tomllib.loads(text), ConsentWords)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the words of consent do not fit: {error}", where="consent_words.toml") from None
    ids = [version.id for version in words.version]
    if len(ids) != len(set(ids)) or words.current not in ids or ROSTER not in ids:
        raise InvalidInput(
            f"versions {', '.join(ids)}, current {words.current}",
            where="consent_words.toml",
            remedy=f"Name each once, the current one and {ROSTER!r} among them.",
        )
    return words


def words_of(version: str) -> Words:
    """A version by its id; raises NotFound."""
    found: Mapping[str, Words] = {words.id: words for words in consent_words().version}
    if version not in found:
        raise NotFound(f"no words of consent {version}", where="consent_words.toml")
    return found[version]
