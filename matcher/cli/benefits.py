"""`matcher policy benefits` and `claim`: what a document grants, and claims answered."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options, format_option
from matcher.cli.output import tell_error, write_json, write_rows
from matcher.errors import MatcherError
from matcher.policy import from_settings
from matcher.policy.figures.in_force import NO_FIGURES
from matcher.services.documents.benefits import answer_claims, benefit_rows
from matcher.services.documents.county_figures import kept_figures


@click.command("benefits")
@click.argument("pack_id")
@format_option
@application_options
def benefits_command(app: Application, *, pack_id: str, output_format: str) -> None:
    """What a document grants: sum, cap, how often, to whom, shares, papers, clause.

    Example: matcher policy benefits liujiang_2018 --format table
    """
    write_rows(benefit_rows(app.packs, pack_id), output_format)


@click.command("claim")
@click.option(
    "--batch",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help='JSON lines {"pack", "benefit", "on", "facts", and if known "evidence", "who", "earlier", "figures"}.',
)
@click.option("--figures", is_flag=True, help="Use the county's own figures of this home, and name them in answers.")
@application_options
def claim_command(app: Application, *, batch: Path, figures: bool) -> None:
    """Answer claims for benefits: a line in, a line out, same order.

    With --figures what a document leaves out is taken of the county, as of the day of the claim's event; a line
    with figures of its own is answered with those alone.
    A line that cannot be answered gives {"error": ...} and exit 1. Amounts are whole fen.

    Example: matcher policy claim --batch claims.jsonl
    """
    failed = False
    county = kept_figures(app.store) if figures else NO_FIGURES
    conventions = from_settings(app.settings)
    with batch.open("rb") as file:
        lines = (line.removeprefix(BOM_UTF8) if at == 0 else line for at, line in enumerate(file))
        for answer in answer_claims(lines, packs=app.packs, conventions=conventions, figures=county):
            if isinstance(answer, MatcherError):
                failed = True
                tell_error(answer)
                write_json({"error": answer.what})
            else:
                write_json(answer)
    if failed:
        raise click.exceptions.Exit(1)
