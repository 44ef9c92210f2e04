"""Signs of false placement over the county's records, and the samples drawn from them for somebody to look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, NotFound
from matcher.office.tracking.evidence import definition, proof_of
from matcher.office.tracking.sample import (
    DRAWN,
    FALSE,
    FOUND,
    PREFIX,
    RESULTS,
    SIGNED,
    UNCLEAR,
    draw,
    results_of,
    sample_of,
)
from matcher.office.tracking.signs import Seen, Sign, not_looked_for, sign_rules
from matcher.ports import DeedStore, OrderStore, RosterStore
from matcher.records import Kind, Placement
from matcher.records.deeds import Deed, NewDeed
from matcher.records.local_time import CHINA
from matcher.services.ground.rulebook import Means
from matcher.services.messages.desk import By
from matcher.services.tracking.suspects import Signs, looked_at
from matcher.services.tracking.words import N_LISTED, people_told, placement_told, runs_on

LARGEST_SEED: Final = 2**31 - 1
PER_STRATUM: Final = 10


class DrawSample(msgspec.Struct, frozen=True, kw_only=True):
    """The call: the day, the seed somebody names, how many of each stratum."""

    on: date
    seed: int
    per_stratum: int = PER_STRATUM


def signs_told(store: RosterStore, orders: OrderStore, deeds: DeedStore, means: Means, call: Signs) -> dict[str, Any]:
    """Placements with a sign, most signs first; which signs could not be looked for; the samples drawn so far.

    Raises NotFound for a sign there is none of.
    """
    proofs, signs, n_ended, lowest = looked_at(store, orders, deeds, means, call)
    rules = sign_rules()
    if call.sign not in ("", *rules.words):
        raise NotFound("没有这种迹象", where="sign", remedy="请从迹象页重新点进来。")
    chosen = [one for one in signs if not call.sign or any(seen.sign == call.sign for seen in signs[one])]
    rows = sorted(chosen, key=lambda one: (-len(signs[one]), one))
    part = rows[call.skip : call.skip + N_LISTED]
    people = people_told(store, (proofs[one].placement.worker_id for one in part))
    return {
        "on": call.on.isoformat(),
        "n": len(signs),
        "n_rows": len(rows),
        "sign": call.sign,
        "sign_label": rules.words[Sign(call.sign)] if call.sign else "",
        "n_placements": len(proofs),
        "n_ended": n_ended,
        "by_sign": [
            {
                "sign": sign.value,
                "label": label,
                "n": sum(any(seen.sign is sign for seen in one) for one in signs.values()),
            }
            for sign, label in rules.words.items()
        ],
        "not_looked_for": [rules.words[sign] for sign in not_looked_for(lowest.yuan_month)],
        "lowest_yuan_month": lowest.yuan_month,
        "lowest_from": lowest.document,
        "lowest_borrowed": lowest.borrowed,
        "reading": rules.reading,
        "clause": rules.clause,
        "rows": [placement_told(proofs[one], people) | {"signs": _words(signs[one])} for one in part],
        "skip": call.skip,
        "next": call.skip + N_LISTED if len(rows) > call.skip + N_LISTED else None,
        "samples": samples_told(deeds, call.regions),
        "per_stratum": PER_STRATUM,
        "largest_seed": LARGEST_SEED,
    }


def draw_sample(
    store: RosterStore, orders: OrderStore, deeds: DeedStore, means: Means, call: DrawSample, by: By
) -> str:
    """Draw a sample and keep it; its id. The same call again is the same sample.

    It is of the placements that run on the day, and of those over not long ago that show a sign.
    Raises InvalidInput for a seed or a number outside its bounds.
    """
    if not 0 <= call.seed <= LARGEST_SEED:
        raise InvalidInput("种子不对", where="seed", remedy=f"请填0到{LARGEST_SEED}的整数，写在抽查通知上。")
    looked = looked_at(store, orders, deeds, means, Signs(on=call.on, regions=by.regions))
    grades = {
        one: proof.grade
        for one, proof in looked.proofs.items()
        if runs_on(proof.placement, call.on) or one in looked.signs
    }
    drawn = draw(grades, looked.signs, seed=call.seed, per_stratum=call.per_stratum)
    reach = "-".join(by.regions) or "all"
    sample_id = f"{call.on.isoformat()}:{call.seed}:{call.per_stratum}:{reach}"

    def decide(found: Sequence[Deed]) -> Sequence[NewDeed]:
        if found:
            return ()
        body = {"sample": msgspec.to_builtins(drawn), "regions": list(by.regions)}
        return [NewDeed(kind=DRAWN, at=by.at, on=call.on, by=by.actor, body=body)]

    deeds.act(PREFIX + sample_id, decide)
    return sample_id


def sample_told(store: RosterStore, deeds: DeedStore, sample_id: str, regions: tuple[str, ...]) -> dict[str, Any]:
    """A sample with its people and what was found; those the asker does not reach are left out, with their number.

    Raises NotFound for no sample, or one of other regions.
    """
    stream = _stream(deeds, sample_id, regions)
    drawn, results = sample_of(stream), results_of(stream)
    if drawn is None:
        raise NotFound("没有这次抽查", where="sample", remedy="请从抽查页重新点进来。")
    on, wanted = stream[0].on, set(drawn.ids)
    found = [one for one in store.records(Kind.PLACEMENTS, ids=sorted(wanted)) if isinstance(one, Placement)]
    people = people_told(store, (one.worker_id for one in found))
    proofs = {one.placement_id: proof_of(one, on, definition()) for one in found}
    return {
        "sample_id": sample_id,
        "on": on.isoformat(),
        "seed": drawn.seed,
        "per_stratum": drawn.per_stratum,
        "by": stream[0].by,
        "n": len(wanted),
        "n_done": sum(result != UNCLEAR for result in results.values()),
        "n_false": sum(result == FALSE for result in results.values()),
        "n_hidden": len(wanted) - len(found),
        "results": [{"code": code, "label": label} for code, label in RESULTS.items()],
        "strata": [
            {
                "name": "有迹象的" if stratum.name == SIGNED else f"{stratum.name}等",
                "of": stratum.of,
                "rows": [
                    placement_told(proofs[one], people) | {"result": RESULTS.get(results.get(one, ""), "")}
                    for one in stratum.drawn
                    if one in proofs
                ],
            }
            for stratum in drawn.strata
        ],
    }


def note_found(store: RosterStore, deeds: DeedStore, sample_id: str, placement_id: str, result: str, by: By) -> None:
    """Keep what a look at one of the sample found: what is false counts in no total and is paid for no more from then.

    Raises NotFound for nobody of it, InvalidInput for another word.
    """
    if result not in RESULTS:
        raise InvalidInput("没有这种结果", where="result", remedy="请按页面上的按钮之一。")
    drawn = sample_of(_stream(deeds, sample_id, by.regions))
    found = store.records(Kind.PLACEMENTS, ids=[placement_id])
    if drawn is None or placement_id not in drawn.ids or not found:
        raise NotFound("这次抽查里没有这一条", where="placement", remedy="请从抽查页重新点进来。")

    def decide(stream: Sequence[Deed]) -> Sequence[NewDeed]:
        if results_of(stream).get(placement_id) == result:
            return ()
        day = by.at.astimezone(CHINA).date()
        return [
            NewDeed(kind=FOUND, at=by.at, on=day, by=by.actor, body={"placement_id": placement_id, "result": result})
        ]

    deeds.act(PREFIX + sample_id, decide)


def samples_told(deeds: DeedStore, regions: tuple[str, ...]) -> list[dict[str, Any]]:
    """The samples drawn of the asker's regions, newest first."""
    found = [deed for deed in deeds.deeds(prefix=PREFIX, kinds=(DRAWN,)) if _mine(deed, regions)]
    return [
        {
            "sample_id": deed.stream.removeprefix(PREFIX),
            "on": deed.on.isoformat(),
            "seed": deed.body["sample"]["seed"],
            "n": sum(len(stratum["drawn"]) for stratum in deed.body["sample"]["strata"]),
            "by": deed.by,
        }
        for deed in reversed(found)
    ]


def _mine(deed: Deed, regions: tuple[str, ...]) -> bool:
    """Whether a sample lies inside what somebody reaches."""
    drawn_of = deed.body.get("regions", ())
    return not regions or (bool(drawn_of) and all(str(one).startswith(regions) for one in drawn_of))


def _stream(deeds: DeedStore, sample_id: str, regions: tuple[str, ...]) -> tuple[Deed, ...]:
    stream = deeds.stream(PREFIX + sample_id)
    if not stream or not _mine(stream[0], regions):
        raise NotFound("没有这次抽查", where="sample", remedy="请从抽查页重新点进来。")
    return stream


def _words(signs: Sequence[Seen]) -> list[dict[str, Any]]:
    words = sign_rules().words
    return [{"sign": seen.sign.value, "label": words[seen.sign], "n_beside": len(seen.beside)} for seen in signs]
