"""`matcher model audit`: who was shown what and who kept a job, by group."""

from __future__ import annotations

from pathlib import Path

import click

from matcher.cli.options import format_option
from matcher.cli.output import note, write_rows

NO_CLAIM = "有差别不说明原因，没有差别也不证明公平；人数太少的人群不出数字"


@click.command("audit")
@click.option(
    "--events",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Events of a season with the ends of its jobs.",
)
@click.option(
    "--people",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="csv for the audit alone: worker_id, minority, care (是, 否 or empty).",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the intervals.")
@format_option
def audit_command(*, folder: Path, people: Path | None, seed: int, output_format: str) -> None:
    """Ratios of groups to all others, with intervals: jobs kept half a year, and the wages and chances of lists.

    Groups: 45 and older, women, minorities (by --people), weak health, relocated. Sex and ethnicity are read here and
    by no ranking. A group of fewer than twenty people has no row.

    Example: matcher model audit --events events --format table
    """
    from matcher.learning.events import read_events
    from matcher.services.learning.audit_lists import audit_lists, audit_rows
    from matcher.services.learning.audit_people import read_people

    log = read_events(folder)
    told = {} if people is None else read_people(people.read_bytes(), where=people.name)
    write_rows(audit_rows(audit_lists(log, told, seed=seed)), output_format)
    note(f"{'合成数据；' if log.synthetic else ''}{NO_CLAIM}")
