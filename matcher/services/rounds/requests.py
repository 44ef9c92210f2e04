"""Input of `match` (CONTRACT section 3): strict, every fault of the file at once."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from matcher.errors import InvalidInput, Problem
from matcher.records import Household, Record, Vacancy, Worker
from matcher.settings import EARLIEST, LATEST, LONGEST_LIST, PRICE_LIMIT
from matcher.shortlist import PlanMode

PLACE_CODE = re.compile(r"\d{6,12}", re.ASCII)
OCCUPATION_CODE = re.compile(r"\d-\d{2}-\d{2}-\d{2}", re.ASCII)
TABLES = ("workers", "households", "vacancies")
LARGEST_SEED = 2**63 - 1
R = TypeVar("R", bound=Record)


class MatchRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything a stateless match needs; it touches no database.

    top : length of a list, that of the settings when None; shown : worker id -> vacancies left out of the lists
    prices : vacancy id -> slot price, solved over the input when None
    mode : how prices enter the score and are solved, balanced when None; stretch : as in `lists`
    """

    on: date
    jurisdiction: str | None = None
    top: int | None = None
    seed: int = 0
    workers: tuple[Worker, ...]
    households: tuple[Household, ...] = ()
    vacancies: tuple[Vacancy, ...]
    shown: Mapping[str, tuple[str, ...]] = {}
    prices: Mapping[str, float] | None = None
    explain: bool = False
    refused: bool = False
    mode: PlanMode | None = None
    stretch: bool = False


class _Envelope(msgspec.Struct, forbid_unknown_fields=True):
    on: date
    workers: list[msgspec.Raw]
    vacancies: list[msgspec.Raw]
    jurisdiction: str | None = None
    top: Annotated[int, Meta(ge=1, le=LONGEST_LIST)] | None = None
    seed: Annotated[int, Meta(ge=0, le=LARGEST_SEED)] = 0
    households: list[msgspec.Raw] = []
    shown: dict[str, list[str]] = {}
    prices: dict[str, float] | None = None
    explain: bool = False
    refused: bool = False
    mode: PlanMode | None = None
    stretch: bool = False


FIELDS = tuple(field.name for field in msgspec.structs.fields(_Envelope))


def read_request(body: bytes, *, name: str = "input") -> MatchRequest:
    """Decode and check a `match` input.

    Raises InvalidInput with one Problem per faulty object: unknown field, wrong type, place code that is no
    region code, id that stands twice, price that is no number.
    """
    envelope = _envelope(body, name)
    problems = [*_day(envelope.on, name)]
    request = MatchRequest(
        on=envelope.on,
        jurisdiction=envelope.jurisdiction,
        top=envelope.top,
        seed=envelope.seed,
        workers=_objects(envelope.workers, Worker, "workers", name, problems),
        households=_objects(envelope.households, Household, "households", name, problems),
        vacancies=_objects(envelope.vacancies, Vacancy, "vacancies", name, problems),
        shown={worker: tuple(ids) for worker, ids in envelope.shown.items()},
        prices=envelope.prices,
        explain=envelope.explain,
        refused=envelope.refused,
        mode=envelope.mode,
        stretch=envelope.stretch,
    )
    problems += _between(request, name)
    if problems:
        raise _refusal(problems, name)
    return request


def require_reach(request: MatchRequest, *, max_pairs: int, max_texts: int) -> None:
    """InvalidInput if a match has more pairs to be held, or more texts to be read, than one caller may ask for."""
    n_pairs = len(request.workers) * len(request.vacancies)
    texts = {vacancy.title for vacancy in request.vacancies}
    for worker in request.workers:
        texts.update(worker.trades or (), worker.skills or (), worker.preferred_trades or ())
    for found, most, what in (
        (n_pairs, max_pairs, "workers x vacancies"),
        (len(texts), max_texts, "different titles, trades and skills"),
    ):
        if found > most:
            raise InvalidInput(
                f"{found} {what}, of which one call may have {most}",
                where="body",
                remedy="Send it in parts, or use the command `matcher match`, which has no such limit.",
            )


def _envelope(body: bytes, name: str) -> _Envelope:
    """The outer object, its records still raw; InvalidInput if it does not fit, for then nothing more can be said."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"the input is no UTF-8 text: byte {error.start + 1} does not belong to any",
            where=name,
            remedy="Save it as UTF-8; what is saved as GBK or by an old spreadsheet is another code.",
        ) from None
    try:
        given = msgspec.json.decode(body.removeprefix(codecs.BOM_UTF8), type=dict[str, msgspec.Raw])
        fields = {field: _opened(field, raw) for field, raw in given.items()}
        return msgspec.convert({field: value for field, value in fields.items() if value is not None}, _Envelope)
    except msgspec.MsgspecError as error:
        raise InvalidInput(
            f"the input does not fit: {error}", where=name, remedy=f"Its fields are {', '.join(FIELDS)}."
        ) from None


def _opened(field: str, raw: msgspec.Raw) -> Any:
    """A field of the outer object decoded, records left raw so that each is judged by itself."""
    value = msgspec.json.decode(raw)
    if field in TABLES and isinstance(value, list):
        return msgspec.json.decode(raw, type=list[msgspec.Raw])
    return _tidy(value)


def _day(on: date, name: str) -> Iterator[Problem]:
    if not EARLIEST <= on <= LATEST:
        yield Problem(
            file=name,
            column="on",
            found=on.isoformat(),
            expected=f"a day between {EARLIEST} and {LATEST}",
            fix="Write the day the lists are for.",
        )


def _between(request: MatchRequest, name: str) -> Iterator[Problem]:
    """Faults that no object has by itself: ids that stand twice, prices beyond reckoning."""
    yield from _twice((w.worker_id for w in request.workers), "workers.worker_id", name)
    yield from _twice((h.household_id for h in request.households), "households.household_id", name)
    yield from _twice((v.vacancy_id for v in request.vacancies), "vacancies.vacancy_id", name)
    yield from _prices(request.prices or {}, name)


def _refusal(problems: Sequence[Problem], name: str) -> InvalidInput:
    """All faults at once, each told by its problem alone."""
    return InvalidInput(
        f"the input has faults: {len(problems)}", tuple(problems), where=name, remedy="Mend each of those named."
    )


def _objects(
    raws: list[msgspec.Raw], record_type: type[R], table: str, name: str, problems: list[Problem]
) -> tuple[R, ...]:
    """The records of a table that fit; what does not is added to the problems."""
    records = []
    for ix, raw in enumerate(raws):
        try:
            record = msgspec.convert(_tidy(msgspec.json.decode(raw)), record_type)
        except msgspec.MsgspecError as error:
            problems.append(_unfit(error, table, ix, name))
            continue
        problems += _codes(record, f"{table}[{ix}]", name)
        records.append(record)
    return tuple(records)


def _unfit(error: msgspec.MsgspecError, table: str, ix: int, name: str) -> Problem:
    told, wanted = str(error), "Expected "
    is_wanted = told.startswith(wanted)
    return Problem(
        file=name,
        column=f"{table}[{ix}]",
        found="an object that does not fit" if is_wanted else told,
        expected=told.removeprefix(wanted) if is_wanted else "the fields and values of the contract",
        fix="Correct the field; `matcher export KIND out.jsonl` shows names and values.",
    )


def _tidy(value: Any) -> Any:
    """A decoded object without nulls (null and absent are one) and with 3000.0 as 3000, as other languages write it."""
    if isinstance(value, dict):
        return {key: _tidy(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _codes(record: Record, where: str, name: str) -> Iterable[Problem]:
    places = [(field, getattr(record, field, None)) for field in ("place_code", "hukou_code")]
    preferred = getattr(record, "preferred_places", None) or ()
    places += [(f"preferred_places[{ix}]", value) for ix, value in enumerate(preferred)]
    for field, value in places:
        if value is not None and not PLACE_CODE.fullmatch(value):
            yield Problem(
                file=name,
                column=f"{where}.{field}",
                found=value,
                expected="a region code of 6 to 12 digits",
                fix="Use the region code of the place; `matcher parse place` finds it.",
            )
    for ix, value in enumerate(getattr(record, "occupations", None) or ()):
        if not OCCUPATION_CODE.fullmatch(value):
            yield Problem(
                file=name,
                column=f"{where}.occupations[{ix}]",
                found=value,
                expected="an occupation code such as 6-11-01-01",
                fix="Leave it out: titles and trades are read by the program.",
            )


def _twice(ids: Iterable[str], where: str, name: str) -> Iterable[Problem]:
    seen: set[str] = set()
    for item in ids:
        if item in seen:
            yield Problem(
                file=name, column=where, found=item, expected="each id once", fix="Remove or rename one of the two."
            )
        seen.add(item)


def _prices(prices: Mapping[str, float], name: str) -> Iterable[Problem]:
    for vacancy_id, price in prices.items():
        if not math.isfinite(price) or abs(price) >= PRICE_LIMIT:
            yield Problem(
                file=name,
                column=f"prices.{vacancy_id}",
                found=str(price),
                expected=f"a number between -{PRICE_LIMIT} and {PRICE_LIMIT}",
                fix="Use the prices of a plan of the same model.",
            )
