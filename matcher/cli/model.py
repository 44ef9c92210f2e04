"""`matcher model`: the score tables in use."""

from __future__ import annotations

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options, format_option, model_option
from matcher.cli.output import note, write_rows
from matcher.errors import UsageError
from matcher.features import BY_NAME, VOCABULARY
from matcher.scoring import SCALE, STAGES
from matcher.scoring.model import cell_names


@click.group("model")
def model_group() -> None:
    """The three additive score models.

    Example: matcher model show --format table
    """


@model_group.command("show")
@format_option
@model_option
@application_options
def show_command(app: Application, *, output_format: str) -> None:
    """Every table of the model: term, cell, and what it adds to each stage's log-odds.

    Example: matcher model show --format table
    """
    model = app.means.model
    cuts = {term: breaks.tolist() for term, breaks in model.breaks.items()}
    note(f"model {model.label}")
    rows = [
        {
            "term": "intercept",
            "label": "起点",
            "cell": "",
            **{stage: model.stages[stage].intercept / SCALE for stage in STAGES},
        }
    ]
    for term in VOCABULARY:
        if VOCABULARY[term] is None and term not in cuts:
            continue
        for ix, cell in enumerate(cell_names(term, VOCABULARY, cuts)):
            shares = {stage: model.stages[stage].tables.get(term) for stage in STAGES}
            if all(table is None for table in shares.values()):
                continue
            rows.append(
                {
                    "term": term,
                    "label": BY_NAME[term].label,
                    "cell": cell,
                    **{stage: 0.0 if table is None else int(table[ix]) / SCALE for stage, table in shares.items()},
                }
            )
    write_rows(rows, output_format)


@model_group.command("use")
@click.argument("model_file")
def use_command(model_file: str) -> None:
    """Still to come: switch the model in use, behind its release gate.

    Example: matcher model use model.json
    """
    raise UsageError(
        f"`matcher model use {model_file}` is still to come",
        remedy="Pass --model FILE to a command to try a model.",
    )


COMMANDS = (model_group,)
