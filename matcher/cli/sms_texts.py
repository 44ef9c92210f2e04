"""`matcher sms texts|template`: the words that may be sent, and what the carrier has said of them."""

from __future__ import annotations

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options, by_option, format_option
from matcher.cli.output import note, write_json, write_rows
from matcher.cli.sms_by import by_of
from matcher.messaging.templates import Approval
from matcher.services.messages.desk import Desk
from matcher.services.messages.signature import signature_note
from matcher.services.messages.template_states import move_template, templates_told

STEPS = {"submit": Approval.SUBMITTED, "approve": Approval.APPROVED, "reject": Approval.REJECTED}


@click.command("texts")
@format_option
@application_options
def texts_command(app: Application, *, output_format: str) -> None:
    """Every text with its units at worst, its state, and what the carrier objects to.

    A county's own texts stand in HOME/templates.toml, its own figures of sending in HOME/sending.toml.

    Example: matcher sms texts --format table
    """
    desk = app.message_desk
    write_rows(templates_told(desk.texting), output_format)
    tell_signature(desk)


def tell_signature(desk: Desk) -> None:
    """Say on stderr that no county has given the signature, where it is so."""
    if told := signature_note(desk):
        note(told)


@click.group("template")
def template_group() -> None:
    """What the carrier has said of a text: submitted, approved, rejected.

    Example: matcher sms template submit shortlist_3 1
    """


def _step(name: str, to: Approval) -> click.Command:
    @click.command(name)
    @click.argument("template_id")
    @click.argument("version", type=click.IntRange(1))
    @by_option
    @application_options
    def command(app: Application, *, template_id: str, version: int, by: str) -> None:
        write_json(move_template(app.message_desk, template_id, version, to, by_of(app, by, None)))

    command.help = f"Note that a version is {to.value}.\n\nExample: matcher sms template {name} shortlist_3 1"
    return command


for step, state in STEPS.items():
    template_group.add_command(_step(step, state))
