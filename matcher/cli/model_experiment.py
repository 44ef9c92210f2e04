"""`matcher model experiment`: try a new way of making lists in the county itself, and read what came of it."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from matcher.cli.output import note, write_json
from matcher.services.rosters.new_file import new_file

PLAN_FILE = "experiment.json"


@click.group("experiment")
def experiment_group() -> None:
    """Households and openings both split: the comparison that does not count a place twice.

    Example: matcher model experiment plan --input round.json --out experiment
    """


@experiment_group.command("plan")
@click.option(
    "--input", "input_path", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
    help="A round, as for `matcher match`.",
)  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write.")
@click.option("--share", type=float, default=0.5, show_default=True, help="Of households and openings for the new way.")
@click.option("--points", type=click.FloatRange(min=0, min_open=True), help="Effect you hope for: how many people?")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the sides.")
def plan_command(*, input_path: Path, out: Path, share: float, points: float | None, seed: int) -> None:
    """Part a round in two that share no household and no opening; says how small an effect it could show.

    Writes experiment.json (the plan, to be kept), new.json and usual.json: give the one to `matcher match` with the
    new model, the other without.

    Example: matcher model experiment plan --input round.json --out experiment --points 3
    """
    from matcher.learning.experiment import WHY_NOT_BY_WORKER
    from matcher.services.learning.split_round import SIDE_LABELS, part_round
    from matcher.services.rounds.requests import read_request

    parted = part_round(read_request(input_path.read_bytes(), name=input_path.name), share=share, seed=seed)
    out.mkdir(parents=True, exist_ok=True)
    for name, told in (
        (PLAN_FILE, parted.split.record()),
        *((f"{side.value}.json", round_) for side, round_ in parted.rounds.items()),
    ):
        with new_file(out / name) as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n")
    found = parted.record(points)
    write_json(found)
    for side, label in SIDE_LABELS.items():
        size = found[side.value]
        note(f"{label}：{size['households']}户{size['people']}人，{size['openings']}个名额（{out / side.value}.json）")
    note(f"这么多人看得出{found['detectable_points']:.1f}个百分点以上的差别")
    if points is not None:
        note(f"要看出{points:g}个百分点，各季合计要{found['people_needed']}人")
    note(WHY_NOT_BY_WORKER)


@experiment_group.command("read")
@click.argument("plan_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--events", "folder", type=click.Path(file_okay=False, path_type=Path), required=True,
    help="Events since, with the ends of jobs.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the interval.")
def read_command(*, plan_file: Path, folder: Path, seed: int) -> None:
    """The effect on jobs kept half a year, with its interval, what the size could have shown, and where sides met.

    Example: matcher model experiment read experiment/experiment.json --events events
    """
    from matcher.learning.events import read_events
    from matcher.learning.experiment import read_split
    from matcher.services.learning.split_round import read_round

    log = read_events(folder)
    found = read_round(read_split(plan_file.read_bytes(), where=str(plan_file)), log, seed=seed)
    write_json({"synthetic": log.synthetic, **found.record()})
    for sentence in found.told():
        note(f"{'（合成数据）' if log.synthetic else ''}{sentence}")
