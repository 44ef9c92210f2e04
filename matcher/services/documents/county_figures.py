"""The figures a county supplies where its documents state none: which there are, one with its history, a new one.

A document that binds nobody in somebody's regions does not exist for them; a figure counts for the whole reach of its
document, so only who answers for all of it may record one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, NotFound
from matcher.policy import Pack, PackSet, pack_for, state
from matcher.policy.figures.entry import FigureEntry, county_figure
from matcher.policy.figures.in_force import CountyFigures
from matcher.policy.figures.needed import NeededFigure, Waiting, Why, figures_needed, needed_figure
from matcher.policy.figures.words import cited
from matcher.policy.pages.diff import STATE_WORDS
from matcher.policy.pages.figures import window
from matcher.ports import FigureStore
from matcher.records.access import AuditEntry
from matcher.records.figures import CountyFigure

ACTION: Final = "county_figure"
WHYS: Final = {Why.MASKED: "文件遮盖", Why.OPEN: "文件没写", Why.LOCAL: "文件交给县里定"}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks for figures: the day, the county of the installation ("" if none is set), the asker's regions."""

    on: date
    jurisdiction: str = ""
    regions: tuple[str, ...] = ()


class RecordFigure(msgspec.Struct, frozen=True, kw_only=True):
    """The call: what was typed, who typed it with which role and regions, and when."""

    entry: FigureEntry
    actor: str
    role: str
    regions: tuple[str, ...] = ()
    now: datetime
    today: date


def kept_figures(store: FigureStore) -> CountyFigures:
    """Everything the county has recorded, for rules and benefits to use."""
    return CountyFigures(store.county_figures())


def seen_figures(store: FigureStore, packs: PackSet, regions: Collection[str]) -> CountyFigures:
    """Those of documents that bind somebody in the regions."""
    seen = {pack.id for pack in packs.packs.values() if sees(pack, regions)}
    return CountyFigures(row for row in store.county_figures() if row.pack_id in seen)


def record_figure(store: FigureStore, packs: PackSet, call: RecordFigure) -> CountyFigure:
    """Keep a figure with its entry in the audit; one that was recorded just so already is not kept twice.

    Raises NotFound for a document outside the regions, InvalidInput with every fault of the entry, or where the
    document reaches beyond the regions.
    """
    pack = packs.packs.get(call.entry.pack_id)
    if pack is not None:
        _seen(pack, call.regions)
        if not may_set(pack, call.regions):
            raise InvalidInput(
                f"{pack.name}管的地方比您管的大，这个数要由县里登记", remedy="请把数和依据交给县就业局。"
            )
    figure = county_figure(packs, call.entry, recorded_on=call.today)
    told = {name: value for name, value in cited(figure).items() if name != "pack_id"}
    subjects = (figure.pack_id, f"{figure.pack_id}/{figure.parameter_id}")
    entry = AuditEntry(at=call.now, actor=call.actor, role=call.role, action=ACTION, subjects=subjects, detail=told)
    store.record_figure(figure, entry)
    return figure


def figures_page(packs: PackSet, figures: CountyFigures, asked: Asked) -> dict[str, Any]:
    """All figures of the documents somebody sees, the county's own document first; how many are still open."""
    documents = [_document(pack, packs, figures, asked) for pack in packs.packs.values() if sees(pack, asked.regions)]
    found = sorted((each for each in documents if each["figures"]), key=lambda each: not each["ours"])
    ours = [each for each in found if each["ours"]]
    return {
        "on": asked.on.isoformat(),
        "documents": found,
        "n_open": sum(each["n_open"] for each in ours),
        "n_set": sum(each["n_set"] for each in ours),
    }


def figure_page(packs: PackSet, figures: CountyFigures, name: tuple[str, str], asked: Asked) -> dict[str, Any]:
    """One figure: what waits for it, what is in force, everything ever recorded, newest first. NotFound."""
    pack_id, parameter_id = name
    pack = packs.packs.get(pack_id)
    needed = needed_figure(packs, pack_id, parameter_id, asked.on, figures) if pack else None
    if pack is None or needed is None or not sees(pack, asked.regions):
        raise _unknown()
    history = figures.history(pack_id, parameter_id)
    words = packs.vocabulary.words
    return {
        "on": asked.on.isoformat(),
        "pack_id": pack.id,
        "pack": pack.name,
        "document": pack.cited,
        "begins": pack.document.from_.isoformat() if pack.document.from_ else "",
        "may_set": may_set(pack, asked.regions),
        "figure": _row(needed, packs),
        "history": [
            {**_set(row, words), "recorded_on": row.recorded_on.isoformat(), "in_use": row is needed.figure}
            for row in reversed(history)
        ],
    }


def figure_rows(packs: PackSet, figures: CountyFigures, asked: Asked, pack_id: str = "") -> Iterator[dict[str, Any]]:
    """The same as flat rows for the command line and the API; `pack_id` narrows, as a county (`jurisdiction`) does.

    Raises NotFound for a `pack_id` that is no pack: no row would read as if nothing were to be set.
    """
    if pack_id and pack_id not in packs.packs:
        raise NotFound(f"no pack {pack_id!r}", where="policy", remedy=f"Use one of: {', '.join(packs.packs)}.")
    chosen = [pack for pack in packs.packs.values() if sees(pack, asked.regions)]
    if pack_id:
        chosen = [pack for pack in chosen if pack.id == pack_id]
    elif asked.jurisdiction:
        bound = pack_for(packs, asked.jurisdiction, asked.on).asked.id
        chosen = [pack for pack in chosen if pack.id == bound]
    for row in figures_needed(packs, asked.on, figures, [pack.id for pack in chosen]):
        yield _flat(row)


def sees(pack: Pack, regions: Collection[str]) -> bool:
    """Whether a document binds anybody in the regions; without regions everything is seen."""
    return not regions or any(
        mine.startswith(bound) or bound.startswith(mine) for mine in regions for bound in pack.regions
    )


def may_set(pack: Pack, regions: Collection[str]) -> bool:
    """Whether the regions hold the whole reach of a document."""
    return not regions or (bool(pack.regions) and all(bound.startswith(tuple(regions)) for bound in pack.regions))


def _seen(pack: Pack, regions: Collection[str]) -> None:
    if not sees(pack, regions):
        raise _unknown()


def _unknown() -> NotFound:
    return NotFound("没有这个要填的数", remedy="请从“县里要填的数”重新点进来。")


def _document(pack: Pack, packs: PackSet, figures: CountyFigures, asked: Asked) -> dict[str, Any]:
    rows = figures_needed(packs, asked.on, figures, [pack.id])
    bound = pack_for(packs, asked.jurisdiction, asked.on).asked.id if asked.jurisdiction else ""
    return {
        "pack_id": pack.id,
        "name": pack.name,
        "document": pack.cited,
        "ours": bound in ("", pack.id),
        "state_label": STATE_WORDS[state(pack, asked.on)],
        "may_set": may_set(pack, asked.regions),
        "n_open": sum(row.is_open for row in rows),
        "n_set": sum(row.figure is not None for row in rows),
        "figures": [_row(row, packs) for row in sorted(rows, key=_weight)],
    }


def _weight(row: NeededFigure) -> tuple[bool, int]:
    """What is open and waited for comes first."""
    return row.figure is not None, -len(row.rules) - len(row.benefits)


def _row(row: NeededFigure, packs: PackSet) -> dict[str, Any]:
    words = packs.vocabulary.words
    parts = [needed for name in row.parts if (needed := packs[row.pack_id].local_figure(name))]
    return {
        "id": row.parameter_id,
        "name": row.name,
        "unit": words.get(row.unit, row.unit),
        "unit_written": row.unit,
        "clause": words.get(row.clause, row.clause),
        "why": row.why.value,
        "why_label": WHYS[row.why],
        "says": row.says,
        "note": row.note,
        "settable": row.settable,
        "parts": [{"id": part.id, "name": part.name} for part in parts],
        "effect": _effect(row),
        "rules": [_told(each) for each in row.rules],
        "benefits": [_told(each) for each in row.benefits],
        "set": None if row.figure is None else _set(row.figure, words),
        "open_since": _iso(row.open_since),
        "n_recorded": row.n_recorded,
    }


def _effect(row: NeededFigure) -> str:
    """What stands still without a figure: 3条规则、1项补助等着这个数."""
    waiting = [f"{len(row.rules)}条规则"] if row.rules else []
    waiting += [f"{len(row.benefits)}项补助"] if row.benefits else []
    if not waiting:
        return "没有规则用到它，填了供查阅"
    return f"{'、'.join(waiting)}{'等着这个数' if row.figure is None else '在用这个数'}"


def _set(figure: CountyFigure, words: dict[str, str] | Any) -> dict[str, Any]:
    return {
        "value": f"{figure.value:f}",
        "unit": words.get(figure.unit, figure.unit),
        "days": window(figure.from_, figure.to),
        "author": figure.author,
        "source": figure.source,
    }


def _told(what: Waiting) -> dict[str, str]:
    return {"id": what.id, "title": what.title, "clause": what.clause}


def _flat(row: NeededFigure) -> dict[str, Any]:
    figure = row.figure
    return {
        "pack": row.pack_id,
        "parameter": row.parameter_id,
        "name": row.name,
        "unit": row.unit,
        "clause": row.clause,
        "why": row.why.value,
        "range": row.says,
        "settable": row.settable,
        "rules": [each.id for each in row.rules],
        "benefits": [each.id for each in row.benefits],
        "state": "open" if figure is None else "set",
        "open_since": _iso(row.open_since),
        "value": f"{figure.value:f}" if figure else "",
        "from": _iso(figure.from_) if figure else "",
        "to": _iso(figure.to) if figure else "",
        "author": figure.author if figure else "",
        "source": figure.source if figure else "",
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
