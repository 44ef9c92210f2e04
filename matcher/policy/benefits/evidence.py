"""Papers of a claim: which it needs, which it holds, which are still to come."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from matcher.policy.benefit_types import Benefit


class Papers(msgspec.Struct, frozen=True, kw_only=True):
    """Ids of papers in the order of the document; `strange` are those handed in that prove nothing here."""

    needed: tuple[str, ...]
    held: tuple[str, ...]
    missing: tuple[str, ...]
    strange: tuple[str, ...]


def papers(benefit: Benefit, handed_in: Iterable[str]) -> Papers:
    """What a claim needs against what was handed in; handing in a paper twice counts once."""
    given = dict.fromkeys(handed_in)
    needed = tuple(paper.id for paper in benefit.evidence)
    return Papers(
        needed=needed,
        held=tuple(name for name in needed if name in given),
        missing=tuple(name for name in needed if name not in given),
        strange=tuple(sorted(name for name in given if name not in needed)),
    )
