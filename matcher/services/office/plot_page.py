"""The page of the plots: land by site, the five lists with names as the role reads them, terms, who comes of age."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from matcher.allocation.plot_queue import Entry, Line, Site
from matcher.allocation.plot_terms import Term
from matcher.policy.land import ClassAverage
from matcher.policy.types import Vocabulary
from matcher.ports import RosterStore
from matcher.records import Kind, Worker
from matcher.records.access import Role
from matcher.services.ground.named_people import named
from matcher.services.ground.post_words import CHANNEL_LABELS
from matcher.services.ground.rulebook import Means
from matcher.services.office.plot_day import PlotDay, entries_of, notes_of, term_notes
from matcher.services.office.words import place_words

N_EACH: Final = 10
N_LISTED: Final = 50
TERMS: Final = "term"
TURNING: Final = "turning"
TITLES: Final = {
    Line.OFFER.value: ("可以安排", "空地按这个顺序排：先重点安排对象，再其他人；同一档里先提出的在前，不按年龄大小。"),
    Line.WAIT.value: ("等候名单", "可到达的地方没有空地了。等候期间先看别的路。"),
    Line.ASK.value: ("要先问本人", "到了年龄，还没有人问过愿不愿意种。愿意、不愿意都记下来，不影响找工作。"),
    Line.JUDGE.value: (
        "要村里判断",
        "本人愿意种，但没有人判断过能不能进厂务工。请村干部核实并写明依据，不要只看年龄。",
    ),
    Line.REVIEW.value: ("要人工核对", "本人愿意种，还有事实没有登记，或者文件没有写到。"),
    TERMS: ("期限和变化", "免费期快到、已到的，户里有变化的。文件没有写的，先定本地办法，定之前保留原期限。"),
    TURNING: ("快到年龄", "到这一天重新算一次，不按年头提前。"),
}


class PlotPage(msgspec.Struct, frozen=True, kw_only=True):
    """The call: for which role; one list alone from `skip` on, or the beginning of all of them where `line` is ""."""

    role: Role
    line: str = ""
    skip: int = 0


def plot_page(store: RosterStore, means: Means, day: PlotDay, call: PlotPage) -> dict[str, Any]:
    """The page's data; areas are decimal texts, what is not recorded is "" or null and never 0."""
    figures, vocabulary = day.figures, means.packs.vocabulary
    lists = [
        *(_list(line.value, entries, call) for line, entries in entries_of(day.queue).items()),
        _list(TERMS, [term for term in day.terms if term.calls_for_action], call),
        _list(TURNING, day.turning, call),
    ]
    shown = [part for part in lists if not call.line or part["line"] == call.line]
    people = _people(store, (row for part in shown for row in part["rows"]), call.role)
    for part in shown:
        part["rows"] = [_told(row, day, people, vocabulary) for row in part["rows"]]
    return {
        "on": day.on.isoformat(),
        "until": day.until.isoformat(),
        "has_route": day.has_route,
        "document": figures.document,
        "clause": figures.clause,
        "pack_id": day.ruling.pack.id,
        "warnings": list(day.bound.warnings),
        "poor_mu": _mu(figures.poor_mu),
        "other_mu": _mu(figures.other_mu),
        "free_years": figures.free_years,
        "sites": [_site(site) for site in day.queue.sites],
        "meanwhile": [
            {"channel": channel.value, "label": CHANNEL_LABELS[channel], "n_open": n_open}
            for channel, n_open in day.meanwhile.items()
        ],
        "n_held": len(day.terms),
        "line": call.line,
        "lists": shown,
    }


def people_of(page: dict[str, Any]) -> list[str]:
    """Ids of everybody the page names, for the audit."""
    return sorted({row["worker_id"] for part in page["lists"] for row in part["rows"] if row["worker_id"]})


def _list(line: str, rows: Sequence[Any], call: PlotPage) -> dict[str, Any]:
    title, hint = TITLES[line]
    skip, most = (call.skip, N_LISTED) if call.line else (0, N_EACH)
    end = skip + most
    return {
        "line": line,
        "title": title,
        "hint": hint,
        "n": len(rows),
        "skip": skip,
        "next": end if end < len(rows) else 0,
        "rows": list(rows[skip:end]),
    }


def _people(store: RosterStore, rows: Iterable[Any], role: Role) -> dict[str, dict[str, Any]]:
    """Everybody the rows name, as the role reads them."""
    ids = sorted({worker_id for row in rows if (worker_id := _worker_id(row))})
    found = store.records(Kind.WORKERS, ids=ids)
    return {told["worker_id"]: told for told in named(store, [w for w in found if isinstance(w, Worker)], role)}


def _worker_id(row: Any) -> str:
    if isinstance(row, Entry):
        return row.applicant.worker_id
    if isinstance(row, Term):
        return row.plot.tiller_id or ""
    _, worker = row
    return str(worker.worker_id)


def _told(row: Any, day: PlotDay, people: dict[str, dict[str, Any]], vocabulary: Vocabulary) -> dict[str, Any]:
    worker_id = _worker_id(row)
    told = {"worker_id": worker_id, "person": people.get(worker_id)}
    if isinstance(row, Entry):
        return told | _entry(row, vocabulary)
    if isinstance(row, Term):
        return told | _term(row, day)
    turns, _ = row
    return told | {"day": turns.isoformat()}


def _entry(entry: Entry, vocabulary: Vocabulary) -> dict[str, Any]:
    applicant, plot = entry.applicant, entry.plot
    return {
        "position": entry.position,
        "first": entry.first,
        "household_id": applicant.household_id,
        "also": list(entry.also),
        "site": place_words(plot.site_code) if plot else "",
        "plot_id": plot.plot_id if plot else "",
        "area_mu": _mu(plot.area_mu) if plot else None,
        "since": applicant.since.isoformat() if applicant.since else "",
        "tier": applicant.tier.label,
        "flags": [vocabulary.flags[flag].label for flag in applicant.tier.flags_used if flag in vocabulary.flags],
        "tier_clause": f"{applicant.tier.document} {applicant.tier.clause}",
        "notes": notes_of(entry),
        "document": applicant.route.document,
        "clause": applicant.route.clause,
    }


def _term(term: Term, day: PlotDay) -> dict[str, Any]:
    return {
        "plot_id": term.plot.plot_id,
        "site": place_words(term.plot.site_code),
        "area_mu": _mu(term.plot.area_mu),
        "household_id": term.plot.household_id or "",
        "start": term.plot.start.isoformat() if term.plot.start else "",
        "free_until": term.free_until.isoformat() if term.free_until else "",
        "by_convention": {name: last.isoformat() for name, last in term.by_convention.items()},
        "outcomes": [ruling.outcome for ruling in (term.term, term.change) if ruling.reasons],
        "reasons": [*term.term.reasons, *term.change.reasons],
        "notes": term_notes(term),
        "document": day.figures.document,
        "clause": day.figures.clause,
    }


def _site(site: Site) -> dict[str, Any]:
    return {
        "site_code": site.site_code,
        "site": place_words(site.site_code),
        "n_free": site.n_free,
        "free_mu": _mu(site.free_mu),
        "n_held": site.n_held,
        "n_offered": site.n_offered,
        "poor": _average(site.poor),
        "other": _average(site.other),
        "n_unclassed": site.n_unclassed,
        "required_mu": _mu(site.required_mu),
        "site_mu": _mu(site.site_mu),
        "fits": site.fits,
    }


def _average(average: ClassAverage) -> dict[str, Any]:
    mean = None if average.mean_mu is None else f"{average.mean_mu:.3f}".rstrip("0").rstrip(".")
    return {"n": average.n, "total_mu": _mu(average.total_mu), "mean_mu": mean, "meets": average.meets}


def _mu(area: Any) -> str | None:
    """An area as people write it: 0.30 -> 0.3, 4.00 -> 4; null where there is none."""
    if area is None:
        return None
    text = f"{area:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
