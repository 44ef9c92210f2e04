"""What texts of a record say about occupations: a worker's trades and skills, a vacancy's title."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from matcher.language.occupations import occupation_index
from matcher.language.titles import parts

# Of titles that score at least this much seven in ten carry the right code, of those a tenth below it 45 in a hundred
# (cross-validated on the half of the labelled titles that was read); below, a guess would mislead more than help.
MIN_READING_SCORE = 0.6


def read_occupations(texts: Iterable[str]) -> tuple[str, ...]:
    """Codes the texts name, surest first, equal sureness in the order of the texts; each code once.

    A text that is a known word is read without the index; only what is left over is searched.
    """
    index = occupation_index()
    sureness: dict[str, float] = {}
    for text in texts:
        for part in parts(text):
            code = index.exact(part.text)
            score = part.weight
            if code is None:
                hits = index.search(part.text, top=1)
                if not hits:
                    continue
                code, score = hits[0].code, hits[0].score * part.weight
            if score >= MIN_READING_SCORE:
                sureness[code] = max(score, sureness.get(code, 0.0))
    return tuple(sorted(sureness, key=lambda code: -sureness[code]))


def read_texts(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Each text with the codes it names alone, as `read_occupations` reads it."""
    return {text: _read(text) for text in texts}


# A county's people name a few thousand trades; whoever answers one of them after another meets the same words.
@lru_cache(maxsize=1 << 14)
def _read(text: str) -> tuple[str, ...]:
    return read_occupations((text,))
