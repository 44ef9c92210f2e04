"""`matcher voices`: what a kiosk says aloud, who has recorded it, what is missing."""

from __future__ import annotations

from typing import Any

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options, format_option
from matcher.cli.output import note, write_json, write_rows
from matcher.services.kiosk.voices import Voice, catalogue, missing, new_voice, script, stray, voice, voices


@click.group("voices")
def voices_group() -> None:
    """Voices of the kiosk: folders of recordings under HOME/voices.

    Example: matcher voices check
    """


@voices_group.command("check")
@click.argument("lang", required=False)
@format_option
@application_options
def check_command(app: Application, *, lang: str | None, output_format: str) -> None:
    """Every text that an installed voice has no clip of; leaves with 1 if there is one.

    Example: matcher voices check zha --format table
    """
    found = [voice(app.settings.home, lang)] if lang else voices(app.settings.home)
    lacking = [(of, entry) for of in found for entry in missing(of)]
    write_rows(
        [{"voice": of.code, "key": entry.key, "group": entry.group, "text": entry.text} for of, entry in lacking],
        output_format,
    )
    for of in found:
        note(_told(of))
    if lacking:
        raise click.exceptions.Exit(1)


@voices_group.command("script")
@click.argument("lang", default="cmn")
@format_option
@application_options
def script_command(app: Application, *, lang: str, output_format: str) -> None:
    """What is read before the microphone: each text with the name of the file it is recorded to.

    Example: matcher voices script zha --format csv
    """
    write_rows(script(voice(app.settings.home, lang)), output_format)


@voices_group.command("new")
@click.argument("lang")
@click.option("--name", required=True, help="Name of the language on pages, e.g. 桂柳话.")
@application_options
def new_command(app: Application, *, lang: str, name: str) -> None:
    """Make the folder of a voice that is to be recorded; LANG as BCP 47 writes it: zha, cmn-guiliu.

    Example: matcher voices new cmn-guiliu --name 桂柳话
    """
    folder = new_voice(app.settings.home, lang, name)
    told: dict[str, Any] = {"voice": lang, "name": name, "folder": str(folder), "to_record": len(catalogue().entries)}
    write_json(told)


def _told(of: Voice) -> str:
    if not of.is_recorded:
        return f"{of.code} {of.name}: the browser reads it, nothing is recorded"
    lost = stray(of)
    more = f", {len(lost)} clips of no text: {', '.join(lost[:5])}" if lost else ""
    return f"{of.code} {of.name}: {len(of.clips)} clips, {len(missing(of))} of {len(catalogue().entries)} missing{more}"


COMMANDS = (voices_group,)
