"""Voices of the kiosk: what has to be recorded, which recordings a folder holds, which are missing.

A voice is a folder `<home>/voices/<name>` with a `pack.toml` and one file a text, named by the text's key. The
captions on the screen are Chinese whatever the voice speaks. Without a folder the browser reads Mandarin aloud.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from matcher.errors import InvalidInput, NotFound
from matcher.fair_pack import News
from matcher.features import TERMS
from matcher.features.term import Term
from matcher.privacy import PLOT_SENTENCE
from matcher.services.kiosk.jobs import PLACE_WORDS, Where
from matcher.services.kiosk.speech import Lexicon, all_number_words, clauses, key_of, normalise
from matcher.services.kiosk.trades import trades
from matcher.services.react import REASONS

FOLDER: Final = "voices"
PACK_FILE: Final = "pack.toml"
BUILT_IN: Final = "cmn"
SUFFIXES: Final = (".opus", ".ogg", ".mp3", ".m4a", ".wav")
NAME: Final = re.compile(r"[a-z]{2,8}(?:-[a-z0-9]{2,8}){0,3}")
"""A voice's folder is named by its language, as BCP 47 writes it in small letters: cmn, zha, cmn-guiliu."""


class Entry(msgspec.Struct, frozen=True):
    """A text to record: its key, where it stands (`group`), itself."""

    key: str
    group: str
    text: str


class Catalogue(msgspec.Struct, frozen=True):
    """Every text that is recorded once, in the order of recording, by key without repeats."""

    entries: tuple[Entry, ...]

    def lexicon(self) -> Lexicon:
        """The texts as the reading aloud finds them; words of numbers are found by the numbers alone."""
        return Lexicon(entry.text for entry in self.entries if entry.group != NUMBERS)


class _PackFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=40)]
    speaker: Annotated[str, Meta(max_length=80)] = ""
    browser: Annotated[str, Meta(max_length=35)] = ""


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """A voice as it is installed. clips : key -> file; browser : what the browser speaks where a clip is missing, or ""

    is_recorded : whether it means to hold every text; the built-in one is the browser's own voice
    """

    code: str
    name: str
    clips: Mapping[str, Path]
    browser: str = ""
    speaker: str = ""
    is_recorded: bool = True


NUMBERS: Final = "numbers"
MANDARIN: Final = Voice(code=BUILT_IN, name="普通话", clips={}, browser="zh-CN", is_recorded=False)


@cache
def catalogue() -> Catalogue:
    """The texts of `voice.toml`, the sentences of the score's terms, and the words of numbers."""
    written = tomllib.loads(files("matcher.services.kiosk").joinpath("voice.toml").read_text("utf-8"))
    groups = {
        **{name: list(texts["texts"]) for name, texts in written.items()},
        "reasons": [text for term in TERMS for text in _said(term)],
        "words": [*PLACE_WORDS.values(), *(choice.label for choice in Where), *REASONS.values(), PLOT_SENTENCE],
        "trades": [trade.name for trade in trades().values()],
        "news": [news.sentence for news in News],
        NUMBERS: all_number_words(),
    }
    entries: dict[str, Entry] = {}
    for group, texts in groups.items():
        for text in filter(normalise, texts):
            entries.setdefault(key_of(text), Entry(key_of(text), group, text))
    return Catalogue(tuple(entries.values()))


def voice(home: Path, code: str) -> Voice:
    """The voice of a name; the built-in one if nobody has recorded Mandarin here.

    Raises NotFound if there is no such folder, InvalidInput if its pack.toml does not fit.
    """
    folder = home / FOLDER / code
    if NAME.fullmatch(code) is None or not folder.is_dir():
        if code == BUILT_IN:
            return MANDARIN
        raise NotFound(
            f"there is no voice {code!r}", where=str(folder), remedy="`matcher voices new` makes the folder."
        )
    told = _pack_file(folder / PACK_FILE)
    found = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and path.stat().st_size > 0)
    return Voice(
        code=code,
        name=told.name,
        clips={path.stem: path for path in reversed(found)},
        browser=told.browser,
        speaker=told.speaker,
    )


def voices(home: Path) -> list[Voice]:
    """All voices, Mandarin first. Raises InvalidInput for the first folder that cannot be used."""
    return [voice(home, code) for code in codes(home)]


def codes(home: Path) -> list[str]:
    """Names of the voices, Mandarin first whether or not somebody recorded it."""
    folder = home / FOLDER
    found = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return list(dict.fromkeys((BUILT_IN, *found)))


def missing(of: Voice) -> list[Entry]:
    """Texts a recorded voice has no clip of; a voice the browser speaks lacks nothing."""
    return [entry for entry in catalogue().entries if entry.key not in of.clips] if of.is_recorded else []


def stray(of: Voice) -> list[str]:
    """Clips of no text of the catalogue: recordings of names, or of a text that was since changed."""
    known = {entry.key for entry in catalogue().entries}
    return sorted(path.name for key, path in of.clips.items() if key not in known)


def new_voice(home: Path, code: str, name: str) -> Path:
    """Make the folder of a voice to be recorded. Raises InvalidInput if the name does not do or is taken."""
    if NAME.fullmatch(code) is None:
        raise InvalidInput(f"{code!r} names no language", where="LANG", remedy="Write it as zha or cmn-guiliu.")
    path = home / FOLDER / code / PACK_FILE
    if path.exists():
        raise InvalidInput(f"the voice {code} is there already", where=str(path), remedy="Record into its folder.")
    path.parent.mkdir(parents=True, exist_ok=True)
    quoted = msgspec.json.encode(name).decode()
    path.write_text(
        f'name = {quoted}\nspeaker = ""\n# What the browser speaks where a clip is missing.\nbrowser = ""\n', "utf-8"
    )
    return path.parent


def script(of: Voice) -> list[dict[str, Any]]:
    """What is to be read before the microphone: key, group, text, name of the file, and whether it is there."""
    return [
        {
            "key": entry.key,
            "group": entry.group,
            "text": entry.text,
            "file": of.clips[entry.key].name if entry.key in of.clips else f"{entry.key}{SUFFIXES[0]}",
            "recorded": entry.key in of.clips,
        }
        for entry in catalogue().entries
    ]


def _said(term: Term) -> list[str]:
    """Everything a term may say to the worker; of a sentence with a number the clauses around it."""
    told = [
        *(cell.sentence for cell in term.cells),
        *(step.sentence for step in term.steps),
        *(part for text in (term.sentence, term.low_sentence) for cut in text.split("{}") for part in clauses(cut)),
        term.zero_sentence,
        term.unknown_sentence,
    ]
    return [text for text in told if normalise(text)]


def _pack_file(path: Path) -> _PackFile:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), _PackFile)
    except FileNotFoundError:
        raise InvalidInput("this voice has no pack.toml", where=str(path), remedy='Write: name = "桂柳话"') from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(
            f"pack.toml does not fit: {error}", where=str(path), remedy='Write: name = "桂柳话"'
        ) from None
