"""`matcher token` and `matcher user`: who may ask, what, where and until when."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click
import msgspec

from matcher.bootstrap import Application
from matcher.cli.options import application_options, by_option, format_option
from matcher.cli.output import note, write_json, write_rows
from matcher.errors import UsageError
from matcher.records.access import Role, Scope, Token, User
from matcher.services.access import passwords
from matcher.services.access.licences import NewLicence, record_licence
from matcher.services.access.second_factor import reset_factor
from matcher.services.access.tokens import NewToken, make_token, revoke_token
from matcher.services.access.users import NewUser, add_user, disable_user, set_password

F = TypeVar("F", bound=Callable[..., Any])
SECRETS = frozenset({"secret_sha256", "password", "factor"})


def region_option(command: F) -> F:
    """`--region`: leading digits of region codes."""
    return click.option(
        "--region", "regions", multiple=True, help="Leading digits of a region code, e.g. 450206; repeat for several."
    )(command)


def role_option(command: F) -> F:
    """`--role`."""
    return click.option("--role", type=click.Choice([role.value for role in Role]), required=True)(command)


def password_option(command: F) -> F:
    """`--password-stdin`: never an argument, which every user of the machine could read in the list of processes."""
    return click.option(
        "--password-stdin", is_flag=True, help="Read the password from the first line of stdin, else make one."
    )(command)


@click.group("token")
def token_group() -> None:
    """Bearer tokens of the API.

    Example: matcher token add --role broker --region 450206
    """


@token_group.command("add")
@role_option
@click.option("--label", default="", help="What it is for; shown in lists.")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice([scope.value for scope in Scope]),
    help="What it may do; repeat for several. Default: all the role may.",
)  # fmt: skip
@region_option
@click.option("--worker", default="", help="The worker a token of role worker speaks for.")
@click.option("--days", type=click.IntRange(1, 3650), default=None, help="Its life (MATCHER_TOKEN_DAYS, 90).")
@by_option
@application_options
def add_token_command(
    app: Application,
    *,
    role: str,
    label: str,
    scopes: tuple[str, ...],
    regions: tuple[str, ...],
    worker: str,
    days: int | None,
    by: str,
) -> None:
    """Make a token; it is printed now and never again.

    Example: matcher token add --role broker --scope candidates --region 450206 --days 30
    """
    call = NewToken(
        role=Role(role),
        label=label,
        scopes=tuple(Scope(scope) for scope in scopes) or None,
        regions=regions,
        subject=worker,
        days=days or app.settings.token_days,
    )
    token, given = make_token(app.access, call, now=app.clock.now(), by=by)
    write_json({"token": given, **_shown(token)})
    note("the token is not kept and cannot be shown again; send it as `Authorization: Bearer ...`")


@token_group.command("list")
@format_option
@application_options
def list_tokens_command(app: Application, *, output_format: str) -> None:
    """All tokens, oldest first, without their secrets.

    Example: matcher token list --format table
    """
    write_rows([_shown(token) for token in app.access.tokens()], output_format)


@token_group.command("revoke")
@click.argument("token_id")
@by_option
@application_options
def revoke_token_command(app: Application, *, token_id: str, by: str) -> None:
    """End a token at once.

    Example: matcher token revoke 4a566df6f06e
    """
    write_json(_shown(revoke_token(app.access, token_id, now=app.clock.now(), by=by)))


@click.group("user")
def user_group() -> None:
    """People who sign in to the pages.

    Example: matcher user add huang --role broker --region 450206
    """


@user_group.command("add")
@click.argument("name")
@role_option
@click.option("--display-name", default="", help="Name shown on pages; default: NAME.")
@region_option
@password_option
@by_option
@application_options
def add_user_command(
    app: Application,
    *,
    name: str,
    role: str,
    display_name: str,
    regions: tuple[str, ...],
    password_stdin: bool,
    by: str,
) -> None:
    """Make a user with a password that is made up and printed once, or read from stdin.

    Example: matcher user add huang --role broker --display-name 黄样例 --region 450206
    """
    password = _password(password_stdin)
    call = NewUser(name=name, display_name=display_name, role=Role(role), regions=regions, password=password)
    user = add_user(app.access, call, now=app.clock.now(), by=by)
    _tell(user, None if password_stdin else password)


@user_group.command("list")
@format_option
@application_options
def list_users_command(app: Application, *, output_format: str) -> None:
    """All users by name.

    Example: matcher user list --format table
    """
    write_rows([_shown(user) for user in app.access.users()], output_format)


@user_group.command("disable")
@click.argument("name")
@by_option
@application_options
def disable_user_command(app: Application, *, name: str, by: str) -> None:
    """Let a user sign in no more; open sessions end with the next click.

    Example: matcher user disable huang
    """
    _tell(disable_user(app.access, name, now=app.clock.now(), by=by), None)


@user_group.command("reset-factor")
@click.argument("name")
@by_option
@application_options
def reset_factor_command(app: Application, *, name: str, by: str) -> None:
    """Take a lost second factor away: open sessions end, the next sign-in sets up another one.

    Example: matcher user reset-factor huang
    """
    _tell(reset_factor(app.access, name, now=app.clock.now(), by=by, role=Role.ADMINISTRATOR), None)


@user_group.command("password")
@click.argument("name")
@password_option
@by_option
@application_options
def password_command(app: Application, *, name: str, password_stdin: bool, by: str) -> None:
    """Give a user another password; sessions begun with the old one end.

    Example: matcher user password huang
    """
    password = _password(password_stdin)
    user = set_password(app.access, name, password, now=app.clock.now(), by=by)
    _tell(user, None if password_stdin else password)


@user_group.command("licence")
@click.argument("name")
@click.option("--number", required=True, help="Number of the registration, as the county's office wrote it.")
@click.option("--from", "from_", type=click.DateTime(["%Y-%m-%d"]), required=True, help="First day it holds.")
@click.option("--to", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Last day it holds.")
@by_option
@application_options
def licence_command(app: Application, *, name: str, number: str, from_: datetime, to: datetime, by: str) -> None:
    """Record a broker's registration; without one in force a broker reads orders and sees nobody.

    Example: matcher user licence huang --number 桂劳备2018-17 --from 2018-01-01 --to 2018-12-31
    """
    call = NewLicence(user=name, number=number, from_=from_.date(), to=to.date())
    licence = record_licence(app.access, app.orders, call, now=app.clock.now(), by=by, role=Role.ADMINISTRATOR.value)
    write_json(msgspec.to_builtins(licence))


def _password(from_stdin: bool) -> str:
    return line_of_stdin("password") if from_stdin else passwords.random_password()


def line_of_stdin(what: str) -> str:
    """The next line of stdin. UsageError where there is none, which says what should stand there."""
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise UsageError(f"stdin holds no {what.lower()}", where="stdin", remedy="Write it as a line of its own.")
    return line


def _tell(user: User, password: str | None) -> None:
    """The user and, if it was made up here, the password: the one time it can be read."""
    write_json(_shown(user) if password is None else {"password": password, **_shown(user)})
    if password is not None:
        note("the password is not kept and cannot be shown again; hand it over in person")


def _shown(thing: Token | User) -> dict[str, Any]:
    """What is kept, without hashes; of a user whether there is a second factor."""
    shown = {name: value for name, value in msgspec.to_builtins(thing).items() if name not in SECRETS}
    return shown | ({"second_factor": thing.factor is not None} if isinstance(thing, User) else {})


COMMANDS = (token_group, user_group)
