"""A query and its facets as a page tells them: chips to take away, choices with counts, pieces nobody could read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from matcher.orders.search.facets import Facet, facets
from matcher.orders.search.matching import Sieve
from matcher.orders.search.query import About, Query
from matcher.ports import RosterStore
from matcher.services.broker.search_address import IS, address_of, addressed, argument_of
from matcher.services.broker.search_words import FACET_LABELS, chip_label, choice_label

KINDS: Final = (
    About.TOWNSHIP,
    About.VILLAGE,
    About.SKILL,
    About.GOING,
    About.DEPARTS,
    About.CONTACTED,
    About.TOGETHER,
    About.CONTACT,
)
ORDER_KINDS: Final = (About.TOWNSHIP, About.VERDICT, *KINDS[1:])
"""An order's list also tells who has to be asked first."""


def chips_told(store: RosterStore, query: Query) -> list[dict[str, Any]]:
    """The chips in their order, each with the arguments of the query without it."""
    return [
        {
            "about": chip.about.value,
            "label": chip_label(chip),
            "negated": chip.negated,
            "argument": list(argument_of(store, chip)),
            "without": addressed(store, query.without(chip)),
        }
        for chip in query.chips
    ]


def facets_told(sieve: Sieve, kinds: Sequence[About]) -> list[dict[str, Any]]:
    """The facets with their choices; `more` : choices that are not told."""
    return [_facet(facet) for facet in facets(sieve, kinds)]


def carried(store: RosterStore, query: Query, kinds: Sequence[About]) -> list[list[str]]:
    """Arguments of the chips that no box of a facet stands for: names, days, places of work, what is not wanted."""
    boxed = {(IS, f"{about.value}:{value}") for about in kinds for value in query.of(about)}
    return [list(argument) for argument in address_of(store, query) if argument not in boxed]


def _facet(facet: Facet) -> dict[str, Any]:
    return {
        "name": facet.about.value,
        "label": FACET_LABELS[facet.about],
        "choices": [
            {
                "value": choice.value,
                "label": choice_label(facet.about, choice.value),
                "n": choice.n,
                "chosen": choice.chosen,
            }
            for choice in facet.choices
        ],
        "more": facet.n_more,
    }
