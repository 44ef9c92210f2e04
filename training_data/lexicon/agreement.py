"""How far the two passes over the lexicon agree, and how the product reads it.

    python -m training_data.lexicon.agreement [--misses]

`pass_a.csv` and `pass_b.csv` give one term a phrase, `near_misses.csv` phrases and the terms they must not mean.
`--misses` prints what the product misses in the half that may be looked at while words are added.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from matcher.language.skills import with_included
from matcher.language.trade_words import spoken_terms

FOLDER = Path(__file__).parent


class Reading(msgspec.Struct, frozen=True):
    """Share of phrases whose term the product finds, and of those where it finds nothing else."""

    n_phrases: int
    found: float
    alone: float


def judged(name: str) -> dict[str, str]:
    """Phrase -> term of one pass (`pass_a`, `pass_b`)."""
    return {row["phrase"]: row["term"] for row in _rows(name)}


def near_misses() -> list[tuple[str, frozenset[str]]]:
    """Phrases and the terms that must not be read in them."""
    return [(row["phrase"], frozenset(row["must_not_mean"].split("|"))) for row in _rows("near_misses")]


def kappa(first: Mapping[str, str], second: Mapping[str, str]) -> float:
    """Cohen's kappa over the phrases both have judged; Cohen, Educ. Psychol. Meas. 20 (1960) 37-46."""
    both = [phrase for phrase in first if phrase in second]
    n = len(both)
    if n == 0:
        raise ValueError("the passes share no phrase")
    observed = sum(first[phrase] == second[phrase] for phrase in both) / n
    left, right = Counter(first[phrase] for phrase in both), Counter(second[phrase] for phrase in both)
    by_chance = sum(count * right[term] for term, count in left.items()) / (n * n)
    return 1.0 if by_chance == 1 else (observed - by_chance) / (1 - by_chance)


def held(phrase: str) -> bool:
    """Whether a phrase is of the half that is only counted while words are added."""
    return int(hashlib.sha256(phrase.encode()).hexdigest(), 16) % 2 == 1


def reading(terms: Mapping[str, str], phrases: Sequence[str]) -> Reading:
    """How the product reads these phrases, beside the given terms."""
    read = [(terms[phrase], spoken_terms(phrase)) for phrase in phrases]
    found = sum(term in said for term, said in read)
    alone = sum(with_included([term]) == said for term, said in read)
    return Reading(len(read), found / len(read), alone / len(read))


def misread() -> list[tuple[str, frozenset[str]]]:
    """Near-misses in which the product reads a forbidden term, with those terms."""
    read = [(phrase, spoken_terms(phrase) & wrong) for phrase, wrong in near_misses()]
    return [(phrase, said) for phrase, said in read if said]


def main() -> None:
    """Print agreement, accuracy by half, near-misses."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--misses", action="store_true", help="what the product misses in the half that may be read")
    options = parser.parse_args()
    first, second = judged("pass_a"), judged("pass_b")
    differ = [phrase for phrase in first if first[phrase] != second.get(phrase)]
    print(
        f"phrases {len(first)}, terms {len(set(first.values()))}; passes differ in {len(differ)}: {'、'.join(differ)}"
    )
    print(f"Cohen's kappa {kappa(first, second):.3f} (one kind of author judged twice: see CARD.md)")
    for name, half in (("tried", False), ("held", True)):
        result = reading(first, [phrase for phrase in first if held(phrase) is half])
        print(f"{name:6} n {result.n_phrases}  term found {result.found:.3f}  and no other {result.alone:.3f}")
    wrong = misread()
    print(f"near-misses {len(near_misses())}, misread {len(wrong)} {wrong or ''}")
    if options.misses:
        for phrase, term in first.items():
            if not held(phrase) and term not in spoken_terms(phrase):
                print(f"{phrase}: {term}, read {'、'.join(sorted(spoken_terms(phrase))) or 'nothing'}")


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


if __name__ == "__main__":
    main()
