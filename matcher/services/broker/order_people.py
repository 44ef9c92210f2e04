"""An order's ranked people as a broker sees them: masked, with facets that count, a page at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from matcher.errors import StaleCursor
from matcher.ports import RosterStore
from matcher.privacy import CLOSED_ORDERS, Audience, order_sentence, seen_by
from matcher.records import Kind, Worker
from matcher.services.broker.masked_people import Contact, home_words, masked_people, township_of

VERDICTS: Final = {"yes": "都合适", "unknown": "要先问一句"}
PAGE: Final = 20
_CODE: Final = re.compile(r"\d{4,12}", re.ASCII)


class Narrowing(msgspec.Struct, frozen=True, kw_only=True):
    """What the reader narrowed the list to; nothing chosen leaves a facet open. after : last of the page before."""

    townships: tuple[str, ...] = ()
    verdicts: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    after: str = ""
    top: int = PAGE


@dataclass(frozen=True, slots=True)
class _Listed:
    """One person of the list before anything is opened."""

    item: Mapping[str, Any]
    worker: Worker

    @property
    def township(self) -> str:
        return township_of(self.worker.place_code)

    @property
    def verdict(self) -> str:
        return str(self.item["verdict"])

    @property
    def contact(self) -> str:
        return Contact.of(self.worker).value


_FACETS: Final[tuple[tuple[str, str, Callable[[_Listed], str]], ...]] = (
    ("township", "乡镇", lambda listed: listed.township),
    ("verdict", "条件", lambda listed: listed.verdict),
    ("contact", "电话", lambda listed: listed.contact),
)


def people_of_order(store: RosterStore, answer: Mapping[str, Any], narrowing: Narrowing) -> dict[str, Any]:
    """A page of the list in `answer` (of `list_candidates`, one vacancy), ranks as in the whole list.

    A facet counts what the other facets leave. Only the people of the page have their identities opened.
    Raises StaleCursor when the person a page ended with is no longer in the list.
    """
    (told,) = seen_by(Audience.MEDIATOR, answer)["lists"]
    listed = _with_workers(store, told["items"])
    chosen = {
        "township": frozenset(narrowing.townships),
        "verdict": frozenset(narrowing.verdicts),
        "contact": frozenset(narrowing.contacts),
    }
    matching = [one for one in listed if _passes(one, chosen)]
    page, more = _page(matching, narrowing)
    names = masked_people(store, [one.worker for one in page])
    return {
        "order_sentence": order_sentence(str(told["order"])),
        **_counts(told, listed),
        "n_shown": len(matching),
        "narrowed": any(chosen.values()),
        "facets": [_facet(name, label, listed, chosen) for name, label, _ in _FACETS],
        "people": [
            {
                **_row(one, msgspec.to_builtins(names[one.worker.worker_id]), str(told["order"])),
                "beside": _beside(listed, one),
            }
            for one in page
        ],
        "first": not narrowing.after,
        "next": page[-1].worker.worker_id if more else "",
    }


def _counts(told: Mapping[str, Any], listed: Sequence[_Listed]) -> dict[str, Any]:
    """How many there are in all, also behind the end of a list that was cut; `n_yes_at_least`: there may be more.

    Whoever fits comes first: a list with a question in it names all who fit. A cut list without one leaves open
    which verdict those below the floor have.
    """
    n_all = max(len(listed), told["n_yes"] + told["n_unknown"] - told["n_below_floor"])
    n_yes = sum(one.verdict == "yes" for one in listed)
    cut = n_all > len(listed) == n_yes
    if cut:
        n_yes = max(n_yes, told["n_yes"] - told["n_below_floor"])
    return {
        "n_yes": n_yes,
        "n_yes_at_least": cut and told["n_below_floor"] > 0,
        "n_unknown": n_all - n_yes,
        "n_listed": len(listed),
        "n_unlisted": n_all - len(listed),
        "n_below_floor": told["n_below_floor"],
    }


def _with_workers(store: RosterStore, items: Sequence[Mapping[str, Any]]) -> list[_Listed]:
    found = store.records(Kind.WORKERS, ids=[item["worker_id"] for item in items])
    workers = {worker.worker_id: worker for worker in found if isinstance(worker, Worker)}
    return [_Listed(item, workers[item["worker_id"]]) for item in items if item["worker_id"] in workers]


def _passes(one: _Listed, chosen: Mapping[str, frozenset[str]], *, but: str = "") -> bool:
    return all(name == but or not chosen[name] or value(one) in chosen[name] for name, _, value in _FACETS)


def _page(matching: Sequence[_Listed], narrowing: Narrowing) -> tuple[Sequence[_Listed], bool]:
    start = 0
    if narrowing.after:
        ids = [one.worker.worker_id for one in matching]
        if narrowing.after not in ids:
            raise StaleCursor("名单已经变了，翻页接不上", where="after", remedy="请从第一页重新看起。")
        start = ids.index(narrowing.after) + 1
    return matching[start : start + narrowing.top], len(matching) > start + narrowing.top


def _facet(name: str, label: str, listed: Sequence[_Listed], chosen: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    value = next(value for facet, _, value in _FACETS if facet == name)
    every = Counter(value(one) for one in listed)
    left = Counter(value(one) for one in listed if _passes(one, chosen, but=name))
    values = sorted(set(every) | chosen[name], key=lambda item: (-every[item], item))
    return {
        "name": name,
        "label": label,
        "choices": [
            {"value": item, "label": _choice_label(name, item), "n": left[item], "chosen": item in chosen[name]}
            for item in values
        ],
    }


def _choice_label(name: str, value: str) -> str:
    if name == "verdict":
        return VERDICTS.get(value, value)
    if name == "contact":
        return Contact(value).label if value in set(Contact) else value
    return home_words(value.ljust(6, "0")) if _CODE.fullmatch(value) else value


def _beside(listed: Sequence[_Listed], one: _Listed) -> str:
    """Whom to compare somebody with: the nearest below of another verdict or band, else above, else the neighbour.

    Inside a band the broker hears one sentence for every pair; across bands every term can be told.
    """
    at = next(ix for ix, other in enumerate(listed) if other is one)
    for other in (*listed[at + 1 :], *reversed(listed[:at])):
        if (other.verdict, other.item["fit_band"]) != (one.verdict, one.item["fit_band"]):
            return other.worker.worker_id
    neighbours = (*listed[at + 1 : at + 2], *listed[max(0, at - 1) : at])
    return neighbours[0].worker.worker_id if neighbours else ""


def _row(one: _Listed, person: dict[str, Any], order: str) -> dict[str, Any]:
    item = one.item
    band = {} if order in CLOSED_ORDERS else {"fit_band": item["fit_band"]}
    return {
        "rank": item["rank"],
        **person,
        **band,
        "verdict": item["verdict"],
        "verdict_label": VERDICTS[item["verdict"]],
        "questions": item["questions"],
        "reason": item["sentence"],
        "drawback": item["drawback"],
    }
