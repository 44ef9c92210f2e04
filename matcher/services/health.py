"""Whether everything a county needs is there and sound: part by part, in words that name no person and no secret."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from matcher.errors import MatcherError, Severity
from matcher.policy import check, from_settings, installed_packs
from matcher.ports import AccessStore, RosterStore
from matcher.services.ground.rulebook import Means
from matcher.settings import Settings, without_password

LOW_BYTES: Final = 1 << 30
FULL_BYTES: Final = 100 << 20
MANY_JOBS: Final = 20


class State(StrEnum):
    """WARNING: it works, and somebody should look; FAULT: something does not work."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One part and how it is."""

    part: str
    state: State
    detail: str


def worst(checks: Iterable[Check]) -> State:
    """FAULT if any part has one, else WARNING if any part has one, else OK."""
    order = list(State)
    return max((each.state for each in checks), key=order.index, default=State.OK)


def database(store: Callable[[], RosterStore], settings: Settings) -> Check:
    """The database opens, has this program's schema and answers."""
    url = without_password(settings.url)
    return _asked("database", lambda: f"{url}, revision {store().revision()}")


def packs(settings: Settings) -> Check:
    """Every pack loads and agrees with the others; takes a second, so `matcher doctor` asks and a health check not."""

    def errors() -> str:
        installed = installed_packs(settings.home)
        found = [p for p in check(installed, from_settings(settings)) if p.severity is Severity.ERROR]
        if found:
            raise MatcherError(f"{len(found)} errors; see `matcher policy check`")
        return ", ".join(installed.packs)

    return _asked("packs", errors)


def packs_load(means: Callable[[], Means]) -> Check:
    """The packs in use have loaded."""
    return _asked("packs", lambda: ", ".join(means().packs.packs))


def model(means: Callable[[], Means]) -> Check:
    """The model in use reads."""
    return _asked("model", lambda: means().model.label)


def users(access: Callable[[], AccessStore]) -> Check:
    """Somebody can sign in; without anybody the commands still work, so that is a warning."""

    def standing() -> str:
        n_users = sum(user.disabled_at is None for user in access().users())
        return f"{n_users} who may sign in" if n_users else ""

    found = _asked("users", standing)
    if found.detail:
        return found
    return Check(part="users", state=State.WARNING, detail="nobody may sign in yet; `matcher user add` makes a user")


def queue(access: Callable[[], AccessStore]) -> Check:
    """Imports that wait or run; many of them waiting is a warning."""
    try:
        states = Counter(job.state for job in access().jobs())
    except MatcherError as error:
        return Check(part="imports", state=State.FAULT, detail=_told(error))
    waiting = states["queued"]
    state = State.WARNING if waiting > MANY_JOBS else State.OK
    return Check(part="imports", state=state, detail=f"{waiting} waiting, {states['running']} running")


def disk(settings: Settings) -> Check:
    """Room on the disk of the home folder: a warning below 1 GiB, a fault below 100 MiB."""
    folder = next(path for path in (settings.home.absolute(), *settings.home.absolute().parents) if path.exists())
    return room_of(folder, shutil.disk_usage(folder).free)


def room_of(folder: Path, free_bytes: int) -> Check:
    """What so much room on the disk of a folder means."""
    state = State.FAULT if free_bytes < FULL_BYTES else State.WARNING if free_bytes < LOW_BYTES else State.OK
    # No figure where there is enough: the same county then prints the same rows.
    room = "at least 1" if state is State.OK else f"{free_bytes / 2**30:.2f}"
    return Check(part="disk", state=state, detail=f"{room} GiB free in {folder}")


def _asked(part: str, ask: Callable[[], str]) -> Check:
    try:
        return Check(part=part, state=State.OK, detail=ask())
    except MatcherError as error:
        return Check(part=part, state=State.FAULT, detail=_told(error))


def _told(error: MatcherError) -> str:
    return f"{error.what.rstrip('.')}. {error.remedy}" if error.remedy else error.what
