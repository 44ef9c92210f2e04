"""Of many names the one a text is likest to, exactly as rapidfuzz's `fuzz.ratio` ranks them.

ratio = 200 * (longest common subsequence) / (both lengths). A text and a name cannot have more in common than the
characters they share, each as often as both hold it; names are counted up through an index from characters, those that
share most are tried first, and one that cannot reach the best found is not tried (Hyyrö 2004 for the subsequence, 64
characters at a time). Without the extra `fast` the same is asked of rapidfuzz, name by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher import machine_code

LONGEST: Final = 64
"""Characters of a text or name the loops take; longer ones are asked of rapidfuzz."""
FEW_PAIRS = 2_000_000
"""Fewer than these rapidfuzz has compared before the loops are loaded."""
MOST_ALIKE: Final = 7
"""A character is told apart up to this many times in one name."""
_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True)
class Nearest:
    """For each text the first of the likest names, -1 where no name shares a character, and the ratio, 0 to 100."""

    name: NDArray[np.int64]
    ratio: NDArray[np.float64]


class NameIndex:
    """Names ready to be searched by likeness; the order of the names decides between equal ones."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)

    def nearest(self, texts: Sequence[str]) -> Nearest:
        """The likest name of each text; a text that stands twice is searched once."""
        distinct = {text: at for at, text in enumerate(dict.fromkeys(texts))}
        found = self._of_distinct(list(distinct))
        of = np.fromiter((distinct[text] for text in texts), dtype=np.int64, count=len(texts))
        return Nearest(found.name[of], found.ratio[of])

    def _of_distinct(self, texts: Sequence[str]) -> Nearest:
        name = np.full(len(texts), -1, dtype=np.int64)
        ratio = np.zeros(len(texts))
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        is_short = (lengths <= LONGEST) & (lengths > 0)
        few = len(texts) * len(self.names) < FEW_PAIRS
        if few or not machine_code.is_available() or max(map(len, self.names), default=0) > LONGEST:
            is_short[:] = False
        if is_short.any():
            short = texts if is_short.all() else [texts[at] for at in np.flatnonzero(is_short).tolist()]
            name[is_short], ratio[is_short] = self._searched(short)
        for start in range(0, len(rest := np.flatnonzero(~is_short).tolist()), _AT_ONCE):
            some = rest[start : start + _AT_ONCE]
            name[some], ratio[some] = self._asked([texts[at] for at in some])
        return Nearest(name, ratio)

    def _asked(self, texts: Sequence[str]) -> tuple[Any, Any]:
        """rapidfuzz's answer."""
        from rapidfuzz import fuzz, process

        if not self.names:
            return -1, 0.0
        scores = process.cdist(texts, self.names, scorer=fuzz.ratio, dtype=np.float64)
        best = scores.argmax(axis=1)
        ratio = scores[np.arange(len(texts)), best]
        return np.where(ratio > 0, best, -1), ratio

    def _searched(self, texts: Sequence[str]) -> tuple[Any, Any]:
        """The compiled loops' answer, the texts shared out among the processors."""
        from matcher.language import nearest_loops

        characters, starts = self._coded(texts)
        name, ratio = np.empty(len(texts), dtype=np.int64), np.empty(len(texts))
        n_parts = max(1, min(machine_code.usable_cores(), len(texts) >> 8))
        ends = [len(texts) * part // n_parts for part in range(n_parts + 1)]
        with ThreadPoolExecutor(n_parts) as pool:
            parts = [
                pool.submit(nearest_loops.search, characters, starts, self._index, lo, hi, name, ratio)
                for lo, hi in pairwise(ends)
            ]
            for part in parts:
                part.result()
        return name, ratio

    def _coded(self, texts: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Characters of all texts by their number among those of the names, 0 for any other; where each text begins."""
        joined = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        known = self._alphabet
        return known[np.minimum(joined, len(known) - 1)], np.concatenate(([0], np.cumsum(lengths)))

    @cached_property
    def _alphabet(self) -> NDArray[np.int32]:
        """Number of each character by code point, 0 for one no name has; the last entry is such a one."""
        points = sorted(set(map(ord, "".join(self.names))))
        numbers = np.zeros((points[-1] if points else 0) + 2, dtype=np.int32)
        numbers[points] = np.arange(1, len(points) + 1)
        return numbers

    @cached_property
    def _index(self) -> tuple[Any, ...]:
        """Characters and starts of the names; names by (character, how often before in the name), and their starts."""
        characters, starts = self._coded(self.names)
        owner = np.repeat(np.arange(len(self.names)), np.diff(starts))
        nth = np.zeros(len(characters), dtype=np.int64)
        order = np.lexsort((characters, owner))
        for before, at in zip(order[:-1].tolist(), order[1:].tolist(), strict=True):
            if owner[before] == owner[at] and characters[before] == characters[at]:
                nth[at] = min(nth[before] + 1, MOST_ALIKE)
        keys = characters * (MOST_ALIKE + 1) + nth
        n_keys = (int(self._alphabet.max(initial=0)) + 1) * (MOST_ALIKE + 1)
        by_key = np.argsort(keys, kind="stable")
        first = np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=n_keys))))
        return characters, starts, owner[by_key].astype(np.int32), first
