"""`matcher match`: lists for the people of a file, without a database."""

from __future__ import annotations

from pathlib import Path

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options, model_option
from matcher.cli.output import write_json
from matcher.services.ground.answer_bytes import answer_bytes
from matcher.services.rosters.new_file import new_file
from matcher.services.rounds.match import match
from matcher.services.rounds.requests import read_request


@click.command("match")
@click.option(
    "--input", "input_path", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
    help="People and vacancies as JSON: on, workers, vacancies, households ...",
)  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="File for the answer.")
@model_option
@application_options
def match_command(app: Application, *, input_path: Path, out: Path | None) -> None:
    """Stateless lists for the people of a file; touches no database.

    Example: matcher match --input round.json --out lists.json
    """
    request = read_request(input_path.read_bytes(), name=input_path.name)
    answer = match(request, app.means)
    if out is None:
        write_json(answer)
        return
    with new_file(out) as stream:
        stream.write(answer_bytes(answer) + b"\n")


COMMANDS = (match_command,)
