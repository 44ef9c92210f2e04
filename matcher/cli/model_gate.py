"""`matcher model gate`: whether a model may be put into use, with every reason."""

from __future__ import annotations

from pathlib import Path

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options
from matcher.cli.output import note, write_json
from matcher.services.rosters.new_file import new_file


@click.command("gate")
@click.argument("model_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--events",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Events of a season later than those it was trained on.",
)
@click.option(
    "--suite", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The simulator's gates.json."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Result; default: MODEL.gate.json.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of what is drawn.")
@application_options
@click.pass_context
def gate_command(
    ctx: click.Context,
    app: Application,
    *,
    model_file: Path,
    folder: Path,
    suite: Path | None,
    out: Path | None,
    seed: int,
) -> None:
    """Judge a model by a later season against the model in use; `model use` asks for the result.

    Writes the result as JSON and, beside it, the same as a page to read (.md). Exit 1 when it did not pass.

    Example: matcher model gate model.json --events later --suite build/evaluation/gates.json
    """
    import msgspec

    from matcher.learning.events import read_events
    from matcher.learning.release import read_suite
    from matcher.learning.release_report import report_text
    from matcher.services.ground.rulebook import body_of_model
    from matcher.services.learning.judge_model import judge_model

    found = judge_model(
        body_of_model(model_file),
        read_events(folder),
        app.means,
        suite=None if suite is None else read_suite(suite.read_bytes(), where=str(suite)),
        seed=seed,
    )
    out = out or model_file.with_suffix(".gate.json")
    with new_file(out) as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    with new_file(out.with_suffix(".md")) as stream:
        stream.write(report_text(found).encode())
    write_json(found)
    for check in found.checks:
        if not check.passed:
            note(f"  {check.name}: {check.told}")
    note(f"{'通过' if found.passed else '没有通过'}，报告在 {out.with_suffix('.md')}")
    if not found.passed:
        ctx.exit(1)
