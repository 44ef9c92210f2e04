"""One process: free-text trades against names of the classification, ours and rapidfuzz one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from matcher.language import nearest
from matcher.language.classification import classification
from matcher.language.nearest import NameIndex
from tests.bench.measure import Laps, peak_of, resident_mib, timed

SEED = 1
AT_ONCE = 20_000
BEFORE = ("会", "做过", "想做", "有证", "")
BEHIND = ("", "活", "的工作", "三年", "相关")
Timed = tuple[Laps, Any]


def trades(rows: int, names: int, repeats: int, sample: int) -> Timed:
    """Laps of ours; the value holds the peers' and how many of `sample` distinct texts came out as rapidfuzz says."""
    known = sorted(classification().aliases, key=lambda word: (len(word) < 3, word))[:names]
    said = free_texts(known, rows)
    distinct = list(dict.fromkeys(said))
    index = NameIndex(known)
    nearest.FEW_PAIRS = 0  # small sizes go through the loops as well
    index.nearest(distinct[:1000])  # loads the compiled loops, once a process
    works: dict[str, Callable[[], Any]] = {
        "ours": lambda: index.nearest(said),
        "cdist": lambda: by_cdist(said, known),
        "extract": lambda: by_extract(said[:sample], known),
    }
    laps = {name: Laps([], []) for name in works}
    peaks, shared = dict.fromkeys(works, 0.0), resident_mib()
    for nth in range(repeats):
        for name, work in works.items():
            if nth and name == "extract":
                continue
            ((wall, cpu), _), peak = peak_of(lambda work=work: timed([work]))
            laps[name].wall.extend(wall)
            laps[name].cpu.extend(cpu)
            peaks[name] = max(peaks[name], shared + peak)
    value = {
        "laps": {name: {**lap._asdict(), "peak_mib": peaks[name]} for name, lap in laps.items()},
        "distinct": len(distinct),
        "names": len(known),
        "checked": len(distinct[:: max(1, len(distinct) // sample)]),
        "equal": _equal(index, distinct[:: max(1, len(distinct) // sample)], known),
    }
    return laps["ours"], value


def free_texts(known: Sequence[str], n: int) -> list[str]:
    """Names as people write them: half as they are, others with words around them, a slip, a gap, or no name at all."""
    draw = np.random.default_rng(SEED)
    weight = 1 / np.arange(1, len(known) + 1) ** 0.9
    which = draw.choice(len(known), n, p=weight / weight.sum())
    kind = draw.random(n)
    letters = sorted(set("".join(known)))
    numbers = draw.integers(0, 1 << 30, (n, 3))
    return [
        _written(known[name], letters, float(of), *three)
        for name, of, three in zip(which.tolist(), kind.tolist(), numbers.tolist(), strict=True)
    ]


def _written(name: str, letters: Sequence[str], kind: float, a: int, b: int, c: int) -> str:
    at, letter = a % len(name), letters[b % len(letters)]
    if kind < 0.55:
        return name
    if kind < 0.7:
        return BEFORE[a % len(BEFORE)] + name + BEHIND[b % len(BEHIND)]
    if kind < 0.85:
        return name[:at] + letter + name[at + 1 :]
    if kind < 0.93:
        return name[:at] + name[at + 1 :]
    return "".join(letters[(a * (nth + 3) + b) % len(letters)] for nth in range(2 + c % 5))


def by_cdist(texts: Sequence[str], known: Sequence[str]) -> Any:
    """rapidfuzz over the distinct texts, two threads, whole per cents: its fastest form; ties and halves are lost."""
    from rapidfuzz import fuzz, process

    distinct = {text: at for at, text in enumerate(dict.fromkeys(texts))}
    some = list(distinct)
    best = np.empty(len(some), dtype=np.int64)
    for start in range(0, len(some), AT_ONCE):
        chunk = some[start : start + AT_ONCE]
        scores = process.cdist(chunk, known, scorer=fuzz.ratio, dtype=np.uint8, workers=2)
        best[start : start + AT_ONCE] = scores.argmax(axis=1)
    return best[np.fromiter((distinct[text] for text in texts), dtype=np.int64, count=len(texts))]


def by_extract(texts: Sequence[str], known: Sequence[str]) -> Any:
    """rapidfuzz, text by text."""
    from rapidfuzz import fuzz, process

    return [process.extractOne(text, known, scorer=fuzz.ratio) for text in texts]


def _equal(index: NameIndex, texts: Sequence[str], known: Sequence[str]) -> int:
    """Texts whose name and ratio are rapidfuzz's own, the first of the likest."""
    from rapidfuzz import fuzz, process

    found = index.nearest(texts)
    n = 0
    for start in range(0, len(texts), 1000):
        scores = process.cdist(texts[start : start + 1000], known, scorer=fuzz.ratio, dtype=np.float64, workers=2)
        ratio, name = scores.max(axis=1), scores.argmax(axis=1)
        here = slice(start, start + len(ratio))
        n += int(((found.ratio[here] == ratio) & ((found.name[here] == name) | (ratio == 0))).sum())
    return n
