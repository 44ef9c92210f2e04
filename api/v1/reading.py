"""What a call may say beside its body: ids in paths, typed parameters in queries, the key of a repeat."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from matcher.settings import LONGEST_LIST

ID: Final = r"^[^\x00-\x1f\x7f/]+$"
LONGEST_ID: Final = 128
KEY: Final = r"^[!-~]+$"
_WHOLE: Final = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FLAGS: Final = {"true": True, "false": False}
# Ages and terms reach a lifetime back and forth from the day; the calendar must hold both ends.
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2150, 1, 1)


def _written(what: str, read: Callable[[str], Any]) -> BeforeValidator:
    """Parameters are text: this reads one strictly, as it is written and not as it might be meant."""

    def strictly(text: Any) -> Any:
        if not isinstance(text, str):
            return text
        found = read(text)
        if found is None:
            raise ValueError(f"must be {what}")
        return found

    return BeforeValidator(strictly)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return found if found is not None and FIRST_DAY <= found <= LAST_DAY else None


def _without_null(schema: dict[str, Any]) -> None:
    """There is no way to write a null into an address: an optional parameter is one that may be left out."""
    schema.pop("default", None)
    told = [kind for kind in schema.pop("anyOf", ()) if kind != {"type": "null"}]
    schema |= told[0] if told else {}


def absent(description: str, **more: Any) -> Any:
    """A parameter that may be left out."""
    return Field(default=None, description=description, json_schema_extra=_without_null, **more)


def _read_whole(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


Id = Annotated[str, Field(pattern=ID, max_length=LONGEST_ID)]
# The bounds stand before the reading: so they are part of the schema.
_whole = _written("a whole number", _read_whole)
Length = Annotated[int, Field(ge=1, le=LONGEST_LIST), _whole]
NotNegative = Annotated[int, Field(ge=0, le=999_999_999), _whole]
Flag = Annotated[bool, _written("true or false", _FLAGS.get)]
Day = Annotated[
    date,
    _written(f"a day as YYYY-MM-DD, {FIRST_DAY} to {LAST_DAY}", _day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": "^(19[5-9][0-9]|20[0-9]{2}|21[0-4][0-9])-"}),
]
Cursor = Annotated[str, Field(max_length=512, pattern=r"^[A-Za-z0-9_\-]+$")]
N_A_PAGE: Final = 20
MOST_A_PAGE: Final = 100
PageLength = Annotated[int, Field(ge=1, le=MOST_A_PAGE), _whole]


class Parameters(BaseModel):
    """Parameters of a query, shared by calls of the same words; one that has no name here is refused by its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoParameters(Parameters):
    """A call without parameters."""


class OfWorker(BaseModel):
    """Whose."""

    worker_id: Id = Field(alias="id", description="Worker id.", json_schema_extra={"example": "demo-450206-w000031"})


class OfVacancy(BaseModel):
    """Which post."""

    vacancy_id: Id = Field(alias="id", description="Vacancy id.", json_schema_extra={"example": "demo-450206-v000001"})


class OfPair(BaseModel):
    """Who and which post."""

    worker: Id = Field(description="Worker id.", json_schema_extra={"example": "demo-450206-w000031"})
    vacancy: Id = Field(description="Vacancy id.", json_schema_extra={"example": "demo-450206-v000001"})


class OfDecision(BaseModel):
    """Which answer."""

    decision_id: Id = Field(alias="id", description="The `decision_id` of an answer.")


class OfPack(BaseModel):
    """Which document."""

    pack_id: Id = Field(alias="id", description="Id of a pack.", json_schema_extra={"example": "liujiang_2018"})


class OfImport(BaseModel):
    """Which import."""

    job_id: Id = Field(alias="id", description="Id of an upload, or of the batch it wrote.")


class Once(BaseModel):
    """The header that makes a repeat harmless."""

    key: Annotated[str, Field(pattern=KEY, max_length=128)] | None = absent(
        "Any text of your own. The same call with the same key gets the first answer again for 24 hours.",
        alias="Idempotency-Key",
    )


class OnDay(Parameters):
    """The day an answer is reckoned for."""

    on: Day | None = absent("Day the answer is reckoned for; the county's today if absent.")


class Listing(OnDay):
    """How long a list, and what stands beside it."""

    top: Length | None = absent("Length of the list.")
    explain: Flag = Field(default=False, description="Add stages, contributions and rules.")


class WorkerListing(Listing):
    """A worker's list."""

    refused: Flag = Field(default=False, description="Add refused vacancies with what would open them.")


class Paged(Parameters):
    """Which page."""

    cursor: Cursor | None = absent("`next_cursor` of the page before; opaque.")
    limit: PageLength = Field(default=N_A_PAGE, description="Entries a page.")
