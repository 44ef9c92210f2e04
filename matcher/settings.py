"""Every adjustable number of the program with its default and its reason, read once.

The conventions of requirements section 0.4 stand here with their defaults; figures of the documents
do not: those are in `packs/`.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from matcher.errors import UsageError

PREFIX = "MATCHER_"
FILE = "matcher.toml"

FACTOR_ONE = 64
# An integer score (int64 of 2**-60) leaves room for 8. The factors' product takes at most half, a slot price stays
# below the other half: so neither value - price nor value + price can overflow.
FACTOR_LIMIT = 4
PRICE_LIMIT = float(FACTOR_LIMIT)

LONGEST_LIST = 1000
# Days anything is reckoned for: beyond them a year was mistyped, and terms counted from it leave the calendar.
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
ENVELOPE_BYTES = 1 << 16

Factor = Annotated[int, Meta(ge=1)]


# Marks a setting of the shell: where things lie and how they are served; no answer depends on it.
SHELL = {"part": "shell"}


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of one run; environment variable of `x` is `MATCHER_X`."""

    home: Annotated[Path, Meta(description="folder of database, keys and outbox", extra=SHELL)] = Path("var")
    database_url: Annotated[str, Meta(description="empty: sqlite:///<home>/matcher.db", extra=SHELL)] = ""
    jurisdiction: Annotated[str, Meta(description="pack or region code that binds; empty: the people's county")] = ""
    today: Annotated[date | None, Meta(description="the day commands take as today, for demonstrations")] = None
    seed: Annotated[int, Meta(ge=0, description="seed of tie hashes and of anything drawn")] = 0

    # Conventions of requirements section 0.4.
    age_basis: Annotated[str, Meta(description="birthday, or day_after (age counts from the day after)")] = "birthday"
    leap_birthday: Annotated[str, Meta(description="29 February in common years: mar_1 or feb_28")] = "mar_1"
    upper_age: Annotated[
        str,
        Meta(description="age 60 as upper bound: through_year (inside to the eve of 61) or on_birthday (out at 60)"),
    ] = "through_year"
    bound_rule: Annotated[str, Meta(description="yi-shang and yi-nei: inclusive or exclusive")] = "inclusive"
    term_end: Annotated[str, Meta(description="civil_code (first day not counted) or start_inclusive")] = "civil_code"
    window_1_year: Annotated[str, Meta(description="one-year window: rolling_from_first_month or calendar_year")] = (
        "rolling_from_first_month"
    )
    contract_end: Annotated[str, Meta(description="end_day_inclusive, or one_day_more (strict civil reading)")] = (
        "end_day_inclusive"
    )
    once_per_year: Annotated[str, Meta(description="per person and year: calendar_year or policy_year")] = (
        "calendar_year"
    )
    split_1_1: Annotated[str, Meta(description="odd fen of city and district: odd_fen_to_city or _to_district")] = (
        "odd_fen_to_city"
    )
    stability_denominator: Annotated[
        str,
        Meta(description="stable work after a class: share of trained or employed_after_training; not_set: asked for"),
    ] = "not_set"

    # Wages: how other periods become a month (CONTRACT section 6).
    wage_days_per_month: Annotated[int, Meta(ge=1, le=31, description="paid days a month for daily wages")] = 26
    wage_hours_per_month: Annotated[int, Meta(ge=1, le=31 * 24, description="paid hours a month for hourly wages")] = (
        208
    )

    # Ranking (DESIGN section 2).
    band_width_permille: Annotated[int, Meta(ge=1, le=1000, description="width of a fit band on the mean bar g")] = 100
    fit_floor_permille: Annotated[int, Meta(ge=0, le=1000, description="smallest mean bar g in a candidate list")] = 350
    household_factor_64ths: Annotated[
        int, Meta(ge=0, description="bonus for a household with nobody in work, in 1/64")
    ] = 64
    priority_factor_64ths: Annotated[
        tuple[Factor, ...],
        Meta(min_length=1, description="factor of tier 0, 1, 2 ..., in 1/64; the last one repeats"),
    ] = (80, 72, 64)
    weight_cap_permille: Annotated[
        int, Meta(ge=0, le=1000, description="most that a county's own weights (priority.toml) add to the mean bar g")
    ] = 200
    group_factor_64ths: Annotated[
        dict[str, Factor],
        Meta(description="group, or age as in from_45 -> factor in 1/64; none until its price is measured"),
    ] = {}
    candidates_top: Annotated[
        int, Meta(ge=1, le=LONGEST_LIST, description="length of a candidate list when none is asked for")
    ] = 20
    top: Annotated[int, Meta(ge=1, le=LONGEST_LIST, description="length of a list when none is asked for")] = 3
    plan_epsilon: Annotated[float, Meta(gt=0, description="entropy of the balanced plan; smaller spreads less")] = 0.01
    plan_iterations: Annotated[int, Meta(ge=1, description="most scaling rounds of the balanced plan")] = 500
    plan_mode: Annotated[
        Literal["auto", "balanced", "priced"],
        Meta(description="how plans price openings; auto: priced once the model is calibrated, balanced until then"),
    ] = "auto"
    exposure_taken_permille: Annotated[
        int, Meta(ge=1, le=1000, description="chance that a listed line is read and its offer taken (priced plans)")
    ] = 570
    price_steps: Annotated[int, Meta(ge=1, description="steps of the prices of a priced plan")] = 60
    household_passes: Annotated[
        int, Meta(ge=1, le=10, description="times a priced plan reckons anew who else of a household finds work")
    ] = 3
    candidates_per_worker: Annotated[
        int, Meta(ge=40, description="candidates of a worker over whom prices are solved where pairs are too many")
    ] = 64
    # Where a plan is made (the answer is the same everywhere).
    plan_engine: Annotated[
        Literal["local", "dask"], Meta(description="who makes plans: processes of this machine, or Dask", extra=SHELL)
    ] = "local"
    plan_processes: Annotated[
        int, Meta(ge=0, le=1024, description="processes that make a plan; 0: one for each core", extra=SHELL)
    ] = 0
    plan_part_workers: Annotated[
        int, Meta(ge=1, description="people in a part of a plan; households stay together", extra=SHELL)
    ] = 4_000
    dask_address: Annotated[
        str, Meta(description="scheduler of a Dask cluster, host:port; empty: one of this machine", extra=SHELL)
    ] = ""
    arrival_calendar: Annotated[
        dict[date, Annotated[int, Meta(ge=0)]],
        Meta(description="first day of a week -> willing people who registered in it; empty: from the registrations"),
    ] = {}
    refused_limit: Annotated[int, Meta(ge=0, description="refused vacancies listed per worker by recommend")] = 50

    # Plots (requirements section 6).
    plot_notice_days: Annotated[
        int, Meta(ge=0, le=3650, description="days before the end of a free term on which the town is told")
    ] = 90

    # Import.
    import_max_bytes: Annotated[int, Meta(ge=1, description="largest file taken, bytes; below 200 MB")] = (
        190 * 1024 * 1024
    )
    import_max_columns: Annotated[int, Meta(ge=1, description="widest sheet taken, columns")] = 256
    import_max_unpacked_bytes: Annotated[int, Meta(ge=1, description="largest xlsx when unpacked, bytes")] = 1024**3
    import_max_cells: Annotated[int, Meta(ge=1, description="largest sheet, rows x columns")] = 10_000_000

    # The server (CONTRACT section 5).
    demo: Annotated[bool, Meta(description="a demonstration: logins and test cards are shown", extra=SHELL)] = False
    http_max_bytes: Annotated[int, Meta(ge=1024, description="largest body that is no upload", extra=SHELL)] = 2**23
    http_threads: Annotated[int, Meta(ge=1, le=256, description="requests answered at once", extra=SHELL)] = 8
    match_max_pairs: Annotated[
        int, Meta(ge=1, description="most workers x vacancies of one match over HTTP; 350 bytes each", extra=SHELL)
    ] = 2_000_000
    match_max_texts: Annotated[
        int, Meta(ge=1, description="most different titles, trades and skills of one; a millisecond each", extra=SHELL)
    ] = 20_000
    trusted_proxies: Annotated[
        int, Meta(ge=0, le=9, description="proxies before the server that set X-Forwarded-For; 0: none", extra=SHELL)
    ] = 0
    requests_per_minute: Annotated[int, Meta(ge=1, description="calls of one token or session", extra=SHELL)] = 600
    sign_ins_per_minute: Annotated[int, Meta(ge=1, description="tries of one name or address", extra=SHELL)] = 10
    session_minutes: Annotated[int, Meta(ge=1, description="idle time after which a session ends", extra=SHELL)] = 30
    sessions_per_user: Annotated[
        int, Meta(ge=1, le=100, description="browsers one person is signed in with; the oldest gives way", extra=SHELL)
    ] = 3
    second_factor: Annotated[
        Literal["", "required", "optional"],
        Meta(description="of staff: required or optional; empty: required but in a demonstration", extra=SHELL),
    ] = ""
    kiosk_seconds: Annotated[int, Meta(ge=20, description="idle time after which a kiosk is wiped", extra=SHELL)] = 65
    card_bridge_port: Annotated[
        int, Meta(ge=0, le=65535, description="port of each kiosk's card bridge; 0: kiosks read no cards", extra=SHELL)
    ] = 0
    printer_bridge_port: Annotated[
        int, Meta(ge=0, le=65535, description="port of each kiosk's printer bridge; 0: by the browser", extra=SHELL)
    ] = 0
    voice: Annotated[str, Meta(description="voice a kiosk speaks with: a folder of <home>/voices", extra=SHELL)] = "cmn"
    reads_aloud: Annotated[bool, Meta(description="kiosk pages are read aloud as they come", extra=SHELL)] = True
    # A broker's day (USERS section 2).
    orders_per_worker: Annotated[
        int, Meta(ge=1, description="open orders one worker may stand in at once", extra=SHELL)
    ] = 3
    unlocks_per_day: Annotated[
        int, Meta(ge=1, description="people whose full number one broker may see a day", extra=SHELL)
    ] = 80
    unlocks_without_call: Annotated[
        int, Meta(ge=1, description="numbers seen of which no call was noted, before the next is refused", extra=SHELL)
    ] = 5
    call_rest_days: Annotated[int, Meta(ge=0, description="days nobody is called again after a call", extra=SHELL)] = 7
    hold_hours: Annotated[int, Meta(ge=1, description="hours a seat is kept for an answer", extra=SHELL)] = 48
    vetting_days: Annotated[int, Meta(ge=1, description="days a check of a firm's papers holds", extra=SHELL)] = 365
    # Text messages: the way they go out. Passwords come from MATCHER_SMPP_PASSWORD or MATCHER_KANNEL_PASSWORD alone.
    sms_gateway: Annotated[
        Literal["file", "smpp", "kannel"], Meta(description="how texts are sent; file: somebody forwards", extra=SHELL)
    ] = "file"
    sms_carrier: Annotated[str, Meta(description="profile of what the carrier lets through", extra=SHELL)] = "file"
    sms_address: Annotated[
        str, Meta(description="smpp: host:port; kannel: address of sendsms, http://127.0.0.1:13013/...", extra=SHELL)
    ] = ""
    sms_system_id: Annotated[str, Meta(description="our account at the gateway", extra=SHELL)] = ""
    sms_source: Annotated[
        str, Meta(pattern=r"^[0-9]{0,20}\Z", description="our number that texts come from, digits", extra=SHELL)
    ] = ""
    sms_prefix: Annotated[
        str, Meta(pattern=r"^[0-9]{0,4}\Z", description="what the carrier wants before a number, e.g. 86", extra=SHELL)
    ] = ""
    sms_server: Annotated[
        str, Meta(description="where Kannel reaches our pages for receipts and replies", extra=SHELL)
    ] = "http://127.0.0.1:8000"
    sms_ids: Annotated[
        Literal["same", "decimal_receipts", "hex_receipts"],
        Meta(description="how the carrier names a part in receipts, beside its answers", extra=SHELL),
    ] = "same"
    sms_window: Annotated[int, Meta(ge=1, le=1000, description="parts under way at once over smpp", extra=SHELL)] = 20
    token_days: Annotated[int, Meta(ge=1, le=3650, description="life of a new token", extra=SHELL)] = 90
    match_days: Annotated[
        int, Meta(ge=1, le=3650, description="days the people of a match are kept for its replay", extra=SHELL)
    ] = 90
    cookie_secure: Annotated[bool, Meta(description="cookies over https only", extra=SHELL)] = False

    def __post_init__(self) -> None:
        """Raise UsageError if somebody could get factors whose product goes beyond FACTOR_LIMIT."""
        household = FACTOR_ONE + self.household_factor_64ths
        largest = household * max(self.priority_factor_64ths) * max((FACTOR_ONE, *self.group_factor_64ths.values()))
        if largest > FACTOR_LIMIT * FACTOR_ONE**3:
            raise UsageError(
                f"household, priority and group factor multiply to {largest / FACTOR_ONE**3:.3f}, "
                f"more than {FACTOR_LIMIT}",
                where="household_factor_64ths, priority_factor_64ths, group_factor_64ths",
                remedy=f"Lower one of them until (1 + household / {FACTOR_ONE}) x the largest priority / {FACTOR_ONE} "
                f"x the largest group / {FACTOR_ONE} is at most {FACTOR_LIMIT}.",
            )

    @property
    def url(self) -> str:
        """Database URL with the default filled in."""
        return self.database_url or f"sqlite:///{self.home / 'matcher.db'}"

    @property
    def asks_second_factor(self) -> bool:
        """Whether staff may not sign in without a second factor."""
        return self.second_factor == "required" or not (self.second_factor or self.demo)

    @property
    def upload_max_bytes(self) -> int:
        """Largest body of an upload: the largest file, and the names and boundaries around it."""
        return self.import_max_bytes + ENVELOPE_BYTES


@cache
def shell_settings() -> frozenset[str]:
    """Names of the settings no answer depends on."""
    hints = get_type_hints(Settings, include_extras=True)
    return frozenset(
        name
        for name in Settings.__struct_fields__
        if any(isinstance(m, Meta) and m.extra == SHELL for m in hints[name].__metadata__)
    )


def without_password(url: str) -> str:
    """A database URL as it may be shown."""
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", url)


def from_environment(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Read settings: defaults, then `<home>/matcher.toml`, then `MATCHER_*` variables, then `overrides` (not None).

    Raises UsageError naming what does not fit.
    """
    environ = os.environ if environ is None else environ
    given: dict[str, object] = {
        name: _variable(name, environ[PREFIX + name.upper()])
        for name in Settings.__struct_fields__
        if PREFIX + name.upper() in environ
    }
    variables = set(given)
    given |= {
        name: str(value) if isinstance(value, Path) else value for name, value in overrides.items() if value is not None
    }
    home = Path(str(given.get("home", Settings().home)))
    try:
        return msgspec.convert({**_file(home / FILE), **given}, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        named = re.search(r"\$\.(\w+)", str(error))
        raise UsageError(
            f"a setting does not fit: {error}",
            where=PREFIX + named[1].upper() if named and named[1] in variables else str(home / FILE),
            remedy="Correct it or leave it out; `matcher doctor --settings` then lists names, defaults and meanings.",
        ) from None


def _variable(name: str, text: str) -> object:
    """The value of a variable: JSON where the setting is a list or a table, else the text itself."""
    kind = get_args(get_type_hints(Settings, include_extras=True)[name])[0]
    if get_origin(kind) not in (tuple, dict):
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        example = msgspec.json.encode(getattr(Settings(), name) or {"relocated": 72}).decode()
        raise UsageError(
            f"the variable is no JSON: {error}", where=PREFIX + name.upper(), remedy=f"Write it as {example}."
        ) from None


def _file(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"the settings file is no TOML: {error}", where=str(path)) from None


def _decode(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)


def describe_settings(settings: Settings) -> list[dict[str, object]]:
    """Every setting with its value, default and meaning."""
    hints = get_type_hints(Settings, include_extras=True)
    defaults = Settings()
    return [
        {
            "setting": name,
            "variable": PREFIX + name.upper(),
            "value": without_password(str(getattr(settings, name))),
            "default": str(getattr(defaults, name)),
            "meaning": next(m.description for m in hints[name].__metadata__ if isinstance(m, Meta)),
        }
        for name in Settings.__struct_fields__
    ]
