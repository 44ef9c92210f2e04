"""What can go wrong: bad data is a value (`Problem`), a broken contract is a `MatcherError`."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How much a problem weighs: an error rejects the row, a warning and a repair keep it."""

    ERROR = "error"
    WARNING = "warning"
    REPAIRED = "repaired"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One finding about one cell (or row, or file): where, what was found, what is expected, how to mend it.

    `row` is the 1-based row of the sheet as a person sees it; 0 means the whole file. `column` is the header
    as written in the file, or the English field name for JSON input.
    """

    file: str = ""
    sheet: str = ""
    row: int = 0
    column: str = ""
    found: str = ""
    expected: str = ""
    fix: str = ""
    severity: Severity = Severity.ERROR


class MatcherError(Exception):
    """Base of all errors this program raises on purpose.

    what : one sentence, what is wrong; where : file, record or argument; remedy : what to do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(" ".join(part for part in (f"{where}:" if where else "", what, remedy) if part))


class UsageError(MatcherError):
    """The call itself is wrong: an argument, an option, a command still to come."""

    exit_code = 2


class InvalidInput(MatcherError):
    """Input that breaks the contract; carries every problem found, not the first alone."""

    def __init__(self, what: str, problems: tuple[Problem, ...] = (), *, where: str = "", remedy: str = "") -> None:
        self.problems = problems
        super().__init__(what, where=where, remedy=remedy)


class NotFound(MatcherError):
    """No record, batch, decision or pack of that id."""


class NoJurisdiction(NotFound):
    """No pack or region of the name that was asked for: the call is wrong, nothing is missing from the data."""

    exit_code = 2


class PackError(InvalidInput):
    """A policy pack that does not load; `problems` lists every error of the pack with file and line."""


class ModelError(MatcherError):
    """A model file of another version or with tables that do not fit its terms."""


class EngineError(MatcherError):
    """Work in parts that does not end: the processes that should do it die again and again."""


class StoreError(MatcherError):
    """The database refused: locked, full, of another version, keys missing."""


class Erased(MatcherError):
    """What was asked for rests on somebody whose data were erased since: it was here and cannot come back."""


class Forgotten(Erased):
    """It rests on a request whose time is over: what was told in it of people was deleted."""


class Gone(MatcherError):
    """What was asked for was kept for a while and that while is over."""


class UndoRefused(MatcherError):
    """A batch that cannot be taken back (unknown, or taken back already)."""


class MissingExtra(MatcherError):
    """An optional part is not installed; the remedy is the command that installs it."""


class SignInNeeded(MatcherError):
    """Nobody knows who asks: no token, no session, or one that is over."""


class Forbidden(MatcherError):
    """Who asks is known and may not do this at all; what lies outside somebody's region is NotFound instead."""


class Conflict(MatcherError):
    """The call fights with one that came before: a key of another body, a call still under way."""


class StaleCursor(MatcherError):
    """A cursor that this store or this query did not give, or gave too long ago."""


class Revoked(MatcherError):
    """Who asks was let in once and has been taken out since: a kiosk that must destroy what it holds."""


class Unreachable(MatcherError):
    """Another machine does not answer, or answers nothing that can be read; asking again later may help."""


class PackRefused(MatcherError):
    """A fair pack that is not opened; `reason` is one of torn, foreign, expired, too_early, version."""

    def __init__(self, what: str, *, reason: str, where: str = "", remedy: str = "") -> None:
        self.reason = reason
        super().__init__(what, where=where, remedy=remedy)


class TooMany(MatcherError):
    """More calls than the asker's allowance; `wait_s` says after how many seconds the next one may come."""

    def __init__(self, what: str, *, wait_s: int, where: str = "", remedy: str = "") -> None:
        self.wait_s = wait_s
        super().__init__(what, where=where, remedy=remedy)
