"""`matcher model`: the score tables, drawn; and which of them the county uses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec

from matcher.bootstrap import Application
from matcher.cli.model_audit import audit_command
from matcher.cli.model_drift import drift_command
from matcher.cli.model_estimate import estimate_command
from matcher.cli.model_experiment import experiment_group
from matcher.cli.model_gate import gate_command
from matcher.cli.options import application_options, format_option, model_option, named_by_option, on_option
from matcher.cli.output import note, write_json, write_rows
from matcher.errors import UsageError
from matcher.features import BY_NAME, VOCABULARY
from matcher.scoring import OFFSET_LABELS, SCALE, STAGES, AdditiveModel, load_model
from matcher.scoring.model import cell_names
from matcher.services.ground.rulebook import body_of_model
from matcher.services.learning.models_in_use import step_back, use_model

STAGE_LABELS = {"apply": "会报名", "hire": "会录用", "keep": "做满半年"}
BAR = "▇"
BARS_PER_UNIT, MOST_BARS = 8, 16
METRICS = {"rows": "行数", "rate": "发生率", "auc": "AUC", "ece": "校准误差", "log_loss": "对数损失"}


@click.group("model")
def model_group() -> None:
    """The three additive score models.

    Example: matcher model show --format table
    """


@model_group.command("show")
@click.argument("model_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@format_option
@model_option
@application_options
def show_command(app: Application, *, model_file: Path | None, output_format: str) -> None:
    """Every table of the model: term, cell, and what it adds to each stage's log-odds; as a table it is drawn.

    Without a file it is the model in use.

    Example: matcher model show model.json --format table
    """
    body = app.model_body if model_file is None else body_of_model(model_file)
    model = load_model(body, VOCABULARY)
    for line in _about(model, msgspec.json.decode(body)):
        note(line)
    rows = list(_rows(model))
    if output_format == "table":
        rows = [_drawn_row(row) for row in rows]
    write_rows(rows, output_format)


def _rows(model: AdditiveModel) -> Iterator[dict[str, Any]]:
    """Intercept, tables in the order of the vocabulary, then firms and towns."""
    cuts = {term: breaks.tolist() for term, breaks in model.breaks.items()}
    first = {stage: model.stages[stage].intercept / SCALE for stage in STAGES}
    yield {"term": "intercept", "label": "起点", "cell": "", "says": "", **first}
    for term in VOCABULARY:
        if VOCABULARY[term] is None and term not in cuts:
            continue
        for ix, cell in enumerate(cell_names(term, VOCABULARY, cuts)):
            if any(term in model.stages[stage].tables for stage in STAGES):
                known = BY_NAME[term].cells
                says = known[ix].sentence if known else ""
                yield {
                    "term": term,
                    "label": BY_NAME[term].label,
                    "cell": cell,
                    "says": says,
                    **_shares(model, term, ix),
                }
    for kind, names in model.names.items():
        for name, ix in names.items():
            yield {"term": kind, "label": OFFSET_LABELS[kind], "cell": name, "says": "", **_shares(model, kind, ix)}


def _shares(model: AdditiveModel, term: str, ix: int) -> dict[str, float]:
    tables = {stage: model.stages[stage].tables.get(term) for stage in STAGES}
    return {stage: 0.0 if table is None else int(table[ix]) / SCALE for stage, table in tables.items()}


def _drawn_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row with bars in place of its three numbers."""
    return {STAGE_LABELS.get(name, name): _drawn(told) if name in STAGES else told for name, told in row.items()}


def _drawn(value: float) -> str:
    """A number with a bar as long as it weighs."""
    return f"{value:+.2f} {BAR * min(MOST_BARS, round(abs(value) * BARS_PER_UNIT))}".rstrip()


def _about(model: AdditiveModel, told: dict[str, Any]) -> Iterator[str]:
    """What a person asks first: which model, of what, how good, whose word."""
    yield f"model {model.label}"
    training = told.get("training", {})
    if training.get("events_sha256"):
        synthetic = "（合成数据）" if training.get("synthetic") == "true" else ""
        yield f"训练时段 {training['from']} 至 {training['to']}{synthetic}，事件 {training['events_sha256'][:12]}"
    for stage, found in told.get("metrics", {}).items():
        figures = "，".join(f"{label} {found[name]:g}" for name, label in METRICS.items() if name in found)
        yield f"{STAGE_LABELS[stage]}：{figures}"
    yield f"批准人 {told.get('approved_by') or '无'}{'，已通过发布检验' if model.calibrated else ''}"


@model_group.command("use")
@click.argument("model_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--gate", type=click.Path(dir_okay=False, path_type=Path), help="Result of its gate (MODEL.gate.json).")
@named_by_option
@click.option("--back", is_flag=True, help="Go back to the model used before.")
@on_option
@application_options
def use_command(
    app: Application, *, model_file: Path | None, gate: Path | None, by: str, back: bool, on: date | None
) -> None:
    """Use a model that passed its gate from now on, for plans, lists and matches; --back undoes it.

    A server that is running takes it at the next request; what is under way then ends with the old one.

    Example: matcher model use model.json --gate model.gate.json --by 张三
    """
    if back == (model_file is not None):
        raise UsageError("give a model file, or --back", where="matcher model use")
    home, day = app.settings.home, on or app.today()
    if model_file is None:
        switch = step_back(home, by=by, on=day)
    else:
        judged = gate or model_file.with_suffix(".gate.json")
        if not judged.exists():
            raise UsageError(
                "there is no result of the release gate",
                where=str(judged),
                remedy="Run `matcher model gate` first, or name its result with --gate.",
            )
        switch = use_model(home, body_of_model(model_file), judged.read_bytes(), by=by, on=day)
    write_json(switch)
    note(f"从{switch.on}起使用模型 {switch.model_id}；正在运行的网页服务从下一次请求起就用它")


for command in (audit_command, drift_command, estimate_command, experiment_group, gate_command):
    model_group.add_command(command)
COMMANDS = (model_group,)
