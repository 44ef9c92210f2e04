"""Why a candidate list stands in its order: the rule that orders, and of each person tier, flags, clause and weights.

For the office, the auditor and the command line; a round in public tells none of it (`matcher.privacy` withholds the
same keys once more).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from matcher import scoring
from matcher.kernels.ranking import WEIGHT_ONE
from matcher.pairs import Pairs
from matcher.policy import service_of, worker_flags
from matcher.policy.types import Mode
from matcher.records import Vacancy
from matcher.services.rounds.match_round import Round, floor_of_bar, width_of_bands

MODE_SENTENCES: Final = {
    Mode.LEXICOGRAPHIC_IN_BAND: "先看合适档；同一档里先看文件规定的档次，再看合适程度和等候时间。",
    Mode.STRICT_TIER: "到了最低合适程度的，先看文件规定的档次，再看合适程度和等候时间。",
    Mode.TIE_BREAK: "先看合适程度；程度一样的，才看文件规定的档次，再看等候时间。",
    Mode.ADDITIVE: "按合适程度加上县里自定的分值排；一样的，再看合适程度和等候时间。",
}
NO_SOURCE: Final = "文件没有给出分值，这些分值由县里自定。"
PERMILLE: Final = 1000


def order_rule(solved: Round, mode: Mode) -> dict[str, Any]:
    """The rule of the list: service, mode and its sentence, band width and floor on the mean bar, document, weights."""
    first = solved.order[0]
    service = service_of(solved.bound.pack, first.service)
    told = {
        "service": service.id,
        "title": service.title,
        "mode": mode.value,
        "sentence": MODE_SENTENCES[mode],
        "band_width": width_of_bands(first, solved.means) / PERMILLE,
        "floor": floor_of_bar(first, solved.means) / PERMILLE,
        "document": first.document,
        "clauses": list(dict.fromkeys(tier.clause for tier in solved.order)),
        "note": service.note,
    }
    return told | (_weights(solved) if mode is Mode.ADDITIVE else {})


def _weights(solved: Round) -> dict[str, Any]:
    """Whose weights they are and what they are; nobody may take them for the document's."""
    weights = solved.weights
    if weights is None:
        raise ValueError("an additive order without weights")
    labels = solved.means.packs.vocabulary.flags
    return {
        "weights": {
            "note": NO_SOURCE,
            "author": weights.author,
            "source": weights.source,
            "from": weights.from_.isoformat(),
            "to": weights.to.isoformat() if weights.to else "",
            "cap": solved.means.settings.weight_cap_permille / PERMILLE,
            "of": [
                {"flag": row.flag, "label": labels[row.flag].label, "weight": row.permille / PERMILLE}
                for row in weights.of
            ],
        }
    }


def priority_told(solved: Round, ranked: Pairs, ix: int, mode: Mode, vacancy: Vacancy) -> dict[str, Any]:
    """Why the person at position `ix` of the list stands where they do: tier, flags, what nobody knows, clause."""
    worker_ix = int(ranked.worker_ix[ix])
    result = solved.ranked.results[worker_ix]
    told = {
        "tier": result.rank,
        "sub_tier": result.sub_rank,
        "label": result.label,
        "flags": _labelled(solved, result.flags_used),
        "unknown_flags": _labelled(solved, result.unknown_flags),
        "document": result.document,
        "clause": result.clause,
    }
    if mode is not Mode.ADDITIVE or solved.weights is None:
        return told
    worker = solved.rosters.workers[worker_ix]
    vocabulary = solved.means.packs.vocabulary
    flags = worker_flags(worker, on=solved.on, work_place_code=vacancy.place_code, vocabulary=vocabulary)
    return told | {
        "weight": int(solved.ranked.weight[worker_ix]) / PERMILLE,
        "weights": [
            {"flag": row.flag, "label": vocabulary.flags[row.flag].label, "weight": row.permille / PERMILLE}
            for row in solved.weights.of
            if flags.get(row.flag)
        ],
        "order_value": int(ranked["weighted"][ix]) / (WEIGHT_ONE * scoring.P_ONE),
    }


def _labelled(solved: Round, names: Collection[str]) -> list[dict[str, str]]:
    labels = solved.means.packs.vocabulary.flags
    return [{"flag": name, "label": labels[name].label if name in labels else name} for name in names]
