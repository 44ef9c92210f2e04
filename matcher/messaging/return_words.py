"""The codes of the return ledger: why somebody came home, what they want now (`data/returns.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import msgspec

from matcher.errors import InvalidInput


class Coded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code and its words."""

    code: str
    label: str


class Why(Coded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reason to come home; leaves : counted among those who leave an employer; over : that work is over for sure."""

    leaves: bool = True
    over: bool = False


class Wish(Coded, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody wants now, and what it says of the worker; None says nothing."""

    works: bool | None = None
    goes_out: bool | None = None
    needs_daily_return: bool | None = None
    trains: bool | None = None
    starts_up: bool | None = None


class ReturnWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All codes; clause : of the document that asks for the ledger; oldest_days : a day before that is a slip."""

    clause: str
    oldest_days: int
    why: tuple[Why, ...]
    wish: tuple[Wish, ...]

    def wish_of(self, code: str) -> Wish | None:
        """A wish by its code, None for none."""
        return next((wish for wish in self.wish if wish.code == code), None)

    def label_of(self, code: str) -> str:
        """The words of a reason or wish, "" for none."""
        return next((one.label for one in self.codes if one.code == code), "")

    def leaves(self, why: str, wish: str) -> bool:
        """Whether somebody who came home so has left the work: by the reason, or by wishing to go out no more."""
        reason = next((one for one in self.why if one.code == why), None)
        return reason is None or reason.leaves or self.over(why, wish)

    def over(self, why: str, wish: str) -> bool:
        """Whether the work out there is over for certain."""
        reason, wanted = next((one for one in self.why if one.code == why), None), self.wish_of(wish)
        return (reason is not None and reason.over) or (wanted is not None and wanted.goes_out is False)

    @property
    def codes(self) -> tuple[Coded, ...]:
        """Reasons and wishes."""
        return (*self.why, *self.wish)


@cache
def return_words() -> ReturnWords:
    """The committed codes."""
    return read_words(resources.files("matcher.messaging").joinpath("data/returns.toml").read_text("utf-8"))


def read_words(text: str) -> ReturnWords:
    """The codes of a file's text; raises InvalidInput for a misfit or a code that stands twice."""
    try:
        words = msgspec.convert(tomllib.loads(text), ReturnWords)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InvalidInput(f"the codes of returns do not fit: {error}", where="returns.toml") from None
    codes = [one.code for one in words.codes]
    if len(codes) != len(set(codes)):
        raise InvalidInput("a code stands twice", where="returns.toml", remedy="Name each once.")
    return words
