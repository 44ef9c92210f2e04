"""`matcher person erase`: what the law gives people a right to (PIPL article 47)."""

from __future__ import annotations

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options, named_by_option
from matcher.cli.output import note, write_json
from matcher.records.access import Role
from matcher.services.office.erase_person import REASONS, ErasePerson, erase_person


@click.group("person")
def person_group() -> None:
    """What is kept of one person.

    Example: matcher person erase w000123 --reason own_request --by liang
    """


@person_group.command("erase")
@click.argument("worker_id")
@click.option("--reason", type=click.Choice(list(REASONS)), required=True, help="Why, for the record.")
@named_by_option
@application_options
def erase_command(app: Application, *, worker_id: str, reason: str, by: str) -> None:
    """Destroy a person's key, identity and record, in older revisions too, every seat, text and row of a kept ledger.

    It cannot be undone. Payment files stay as long as the law on accounts says: see `matcher tidy --terms`.

    Lists made before can no longer be replayed. Backups made before hold the data until they are destroyed.

    Example: matcher person erase w000123 --reason own_request --by liang
    """
    role, at = Role.ADMINISTRATOR.value, app.clock.now()
    call = ErasePerson(worker_id=worker_id, reason=reason, actor=by, role=role, now=at, on=app.today())
    write_json(erase_person(app.store, app.orders, app.texts, app.deeds, app.access, call))
    note("destroy backups made before today when their time has come: they still hold this person")


COMMANDS = (person_group,)
