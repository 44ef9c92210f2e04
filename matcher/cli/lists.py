"""`matcher recommend`, `candidates`, `explain`, `replay`: lists and their reasons."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from matcher.bootstrap import Application
from matcher.cli.options import application_options, format_option, model_option, on_option, today_if_none
from matcher.cli.output import note, write_bytes, write_json, write_rows
from matcher.services.rounds.explain_pair import ExplainPair, explain_pair
from matcher.services.rounds.list_candidates import ListCandidates, list_candidates
from matcher.services.rounds.posts_at_once import folder_of
from matcher.services.rounds.recommend import Recommend, recommend
from matcher.services.rounds.replay_decision import replay_decision
from matcher.settings import LONGEST_LIST

top_option = click.option("--top", type=click.IntRange(1, LONGEST_LIST), default=None, help="Length of the list.")
jurisdiction_option = click.option(
    "--jurisdiction",
    default=None,
    help="Pack or region code; default: the settings, else the county.",
)
seed_option = click.option("--seed", type=click.IntRange(0), default=None, help="Seed of the last tie.")


# What a person reads in a terminal; everything else is in the JSON.
SHOWN = (
    "rank", "worker_id", "vacancy_id", "verdict", "fit_band", "tier", "fit", "slot_price", "score", "places_left",
    "sentence", "drawback", "questions", "reasons", "smallest_change",
)  # fmt: skip


def print_lists(answer: dict[str, Any], output_format: str) -> None:
    """The answer whole as json; its pairs as rows in the other formats, its warnings as notes beside them."""
    if output_format == "json":
        write_json(answer)
        return
    rows = [row for entry in answer["lists"] for row in _pair_rows(entry)]
    if output_format == "table":
        rows = [{key: _short(row[key]) for key in SHOWN if key in row} for row in rows]
    write_rows(rows, output_format)
    for warning in answer["warnings"]:
        note(warning)
    for entry in answer["lists"]:
        if not entry["items"]:
            reasons = [entry.get("note", ""), *(finding["sentence"] for finding in entry.get("not_offered", ()))]
            note("；".join(filter(None, reasons)) or "名单是空的：目前没有合适的。")


def _pair_rows(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """A list's items, then its refused pairs; a row stands alone, so it names both sides of its pair."""
    of_list = {key: value for key, value in entry.items() if key not in ("items", "refused")}
    return [of_list | pair for pair in (*entry["items"], *entry.get("refused", ()))]


def _short(value: Any) -> Any:
    """A value as a person's table shows it: of a reason its sentence, of a number three digits."""
    if isinstance(value, list):
        return "；".join(part["sentence"] if isinstance(part, dict) else part for part in value)
    return round(value, 3) if isinstance(value, float) else value


@click.command("recommend")
@click.option("--worker", "worker_id", required=True, help="Worker id.")
@top_option
@click.option("--explain", is_flag=True, help="Add stages, contributions and rules.")
@click.option("--refused", is_flag=True, help="Add refused vacancies with what would open them.")
@jurisdiction_option
@seed_option
@on_option
@format_option
@model_option
@application_options
def recommend_command(
    app: Application,
    *,
    worker_id: str,
    top: int | None,
    explain: bool,
    refused: bool,
    jurisdiction: str | None,
    seed: int | None,
    on: date | None,
    output_format: str,
) -> None:
    """A worker's list, best first; logged as a decision.

    Example: matcher recommend --worker demo-450206-w000031 --on 2018-06-01 --explain
    """
    settings = app.settings
    call = Recommend(
        worker_id=worker_id,
        on=today_if_none(on, app.settings),
        jurisdiction=jurisdiction or app.settings.jurisdiction,
        top=top or settings.top,
        seed=settings.seed if seed is None else seed,
        explain=explain,
        refused=refused,
        stretch=True,
    )
    print_lists(recommend(app.store, app.means, call, at=app.clock.now(), folder=folder_of(app.store)), output_format)


@click.command("candidates")
@click.option("--vacancy", "vacancy_id", required=True, help="Vacancy id.")
@top_option
@click.option("--explain", is_flag=True, help="Add stages, contributions and rules.")
@click.option(
    "--service", default="", help="Service whose order counts (job_fair, lay_off ...); default: the channel's."
)
@jurisdiction_option
@seed_option
@on_option
@format_option
@model_option
@application_options
def candidates_command(
    app: Application,
    *,
    vacancy_id: str,
    top: int | None,
    explain: bool,
    service: str,
    jurisdiction: str | None,
    seed: int | None,
    on: date | None,
    output_format: str,
) -> None:
    """A vacancy's candidates in the county's order; logged as a decision.

    Example: matcher candidates --vacancy demo-450206-v000109 --top 20 --on 2018-06-01 --format table
    """
    settings = app.settings
    call = ListCandidates(
        vacancy_id=vacancy_id,
        on=today_if_none(on, app.settings),
        jurisdiction=jurisdiction or app.settings.jurisdiction,
        top=top or settings.candidates_top,
        seed=settings.seed if seed is None else seed,
        explain=explain,
        service=service,
    )
    print_lists(list_candidates(app.store, app.means, call, at=app.clock.now()), output_format)


@click.command("explain")
@click.option("--worker", "worker_id", required=True, help="Worker id.")
@click.option("--vacancy", "vacancy_id", required=True, help="Vacancy id.")
@jurisdiction_option
@seed_option
@on_option
@model_option
@application_options
def explain_command(
    app: Application,
    *,
    worker_id: str,
    vacancy_id: str,
    jurisdiction: str | None,
    seed: int | None,
    on: date | None,
) -> None:
    """Everything about one pair: every rule, the three stages, price, tier, route.

    Example: matcher explain --worker demo-450206-w000031 --vacancy demo-450206-v000109 --on 2018-06-01
    """
    call = ExplainPair(
        worker_id=worker_id,
        vacancy_id=vacancy_id,
        on=today_if_none(on, app.settings),
        jurisdiction=jurisdiction or app.settings.jurisdiction,
        seed=app.settings.seed if seed is None else seed,
    )
    write_json(explain_pair(app.store, app.means, call))


@click.command("replay")
@click.argument("decision_id")
@application_options
def replay_command(app: Application, *, decision_id: str) -> None:
    """A logged answer built again from its inputs, byte for byte.

    Example: matcher replay d-0123456789abcdef0123456789abcdef
    """
    write_bytes(replay_decision(app.store, app.settings, decision_id) + b"\n")


COMMANDS = (recommend_command, candidates_command, explain_command, replay_command)
