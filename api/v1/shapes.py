"""Schemas of what comes in, made from the vocabulary itself: a field of `records` is a field of the document.

The judge of a `match` body is `services.rounds.requests.read_request`, the same as the command's; the models here
describe what it takes, and a test holds the two against each other.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta
from pydantic import BaseModel, ConfigDict, Field, create_model

from matcher.records import Household, Vacancy, Worker
from matcher.services.rounds.requests import LARGEST_SEED, OCCUPATION_CODE, PLACE_CODE, MatchRequest
from matcher.settings import LONGEST_LIST, PRICE_LIMIT

CODES: Final = {
    "place_code": PLACE_CODE.pattern,
    "hukou_code": PLACE_CODE.pattern,
    "preferred_places": PLACE_CODE.pattern,
    "occupations": OCCUPATION_CODE.pattern,
}
"""Fields whose text has a form beyond its type."""

# Numbers that JSON may also write as text: a decimal fraction is exact only so.
DECIMAL: Final[dict[str, Any]] = {
    "anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"}]
}

MATCH_EXAMPLE: Final[dict[str, Any]] = {
    "on": "2018-06-01",
    "jurisdiction": "liujiang_2018",
    "top": 3,
    "workers": [
        {"worker_id": "w1", "place_code": "450206102", "birth_date": "1971-03-02", "skills": ["缝纫"],
         "travel_range": "county", "wish_to_work": True},
        {"worker_id": "w2", "place_code": "450206103", "birth_date": "1990-11-20", "travel_range": "anywhere"},
    ],
    "vacancies": [
        {"vacancy_id": "v1", "title": "缝纫工", "channel": "workshop", "place_code": "450206102", "headcount": 2,
         "wage_low_yuan_month": 2200, "wage_high_yuan_month": 2800},
        {"vacancy_id": "v2", "title": "普工", "channel": "guangdong_partner", "place_code": "440605",
         "headcount": 10, "wage_low_yuan_month": 4000, "lodging": True},
    ],
    "explain": True,
    "refused": True,
}  # fmt: skip


class Strict(BaseModel):
    """A call's part: an unknown field is refused by name, "5" is not 5."""

    model_config = ConfigDict(extra="forbid", strict=True)


@cache
def of_struct(struct: type[msgspec.Struct]) -> type[BaseModel]:
    """The model of a record: the fields, Chinese titles, clauses (`x-clause`), bounds; a null is as good as absent."""
    hints = get_type_hints(struct, include_extras=True)
    fields: dict[str, Any] = {}
    for field in msgspec.structs.fields(struct):
        told, info = _field(field.encode_name, hints[field.name])
        required = field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT
        fields[field.encode_name] = (
            Annotated[told, info] if required else Annotated[told | None, info],
            ... if required else None,
        )
    return create_model(struct.__name__, __base__=Strict, __doc__=(struct.__doc__ or "").split("\n")[0], **fields)


def _field(name: str, hint: Any) -> tuple[Any, Any]:
    """The type of a field and what is said of it."""
    told = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, Meta)), Meta())
    clause = str((told.extra or {}).get("clause", ""))
    grounds: dict[str, Any] | None = {"x-clause": clause} if clause not in ("", "design") else None
    info = Field(title=told.title, json_schema_extra=grounds)
    return _type(hint, CODES.get(name)), info


def _type(hint: Any, pattern: str | None) -> Any:
    """A msgspec type as pydantic says it; bounds of numbers stay, texts of a code get its pattern."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        inner = _type(arguments[0], pattern)
        bounds = [Field(ge=m.ge, le=m.le) for m in arguments[1:] if isinstance(m, Meta) and _is_bound(m)]
        return Annotated[inner, *bounds] if bounds else inner
    if origin in (Union, UnionType):
        kinds = [_type(part, pattern) for part in arguments if part is not NoneType]
        return Union[tuple(kinds)]  # noqa: UP007 - the parts are known only here
    if origin is tuple:
        return list[_type(arguments[0], pattern)]  # type: ignore[misc]
    return _plain(hint, pattern)


def _is_bound(meta: Meta) -> bool:
    return meta.ge is not None or meta.le is not None


def _plain(kind: Any, pattern: str | None) -> Any:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return of_struct(kind)
    if kind is str and pattern:
        # Python's `$` would let a line feed pass behind the code; the length does not.
        return Annotated[str, Field(pattern=f"^{pattern}$", max_length=12)]
    if kind.__name__ == "Decimal":
        return Annotated[Any, Field(json_schema_extra=DECIMAL)]
    return kind


def _list_of(struct: type[msgspec.Struct]) -> Any:
    return list[of_struct(struct)]  # type: ignore[misc]


@cache
def match_body() -> type[BaseModel]:
    """The body of `POST /match`: the input of CONTRACT section 3."""
    prices = Annotated[float, Field(gt=-PRICE_LIMIT, lt=PRICE_LIMIT)]
    model: type[BaseModel] = create_model(
        MatchRequest.__name__,
        __base__=Strict,
        __doc__="People and vacancies of one round; nothing is read from the database.",
        on=(date, Field(description="The day everything is reckoned for.")),
        jurisdiction=(str | None, Field(default=None, description="Pack or region code that binds.")),
        top=(int | None, Field(default=None, ge=1, le=LONGEST_LIST, description="Length of a list.")),
        seed=(int | None, Field(default=None, ge=0, le=LARGEST_SEED, description="Seed of the last tie.")),
        workers=(_list_of(Worker), ...),
        households=(_list_of(Household) | None, None),
        vacancies=(_list_of(Vacancy), ...),
        shown=(dict[str, list[str] | None] | None, Field(default=None, description="Worker id -> vacancies left out.")),
        prices=(dict[str, prices | None] | None, Field(default=None, description="Vacancy id -> slot price.")),
        explain=(bool | None, None),
        refused=(bool | None, None),
    )
    model.model_config["openapi_extra"] = {"example": MATCH_EXAMPLE}  # type: ignore[typeddict-unknown-key]
    return model
