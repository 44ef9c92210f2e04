"""From a log to a model file and a report: one call, the same bytes for the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matcher.errors import InvalidInput, Problem
from matcher.features import VOCABULARY
from matcher.learning.calibration import probability
from matcher.learning.compiling import served
from matcher.learning.events import EventLog, told
from matcher.learning.examination import ROUNDS as EXAMINATION_ROUNDS
from matcher.learning.examination import Examination, improved, read_weight, start
from matcher.learning.model_file import ServedStage, model_bytes, prior_of
from matcher.learning.scored_lines import ScoredLines
from matcher.learning.shapes import codes, shapes, table_log_odds
from matcher.learning.stage_fit import BOOSTED, LEVEL, THIN, FittedStage, StageData, fit_stage
from matcher.learning.thin import Prior, thin
from matcher.learning.training_sets import StageRows, TrainingSets, training_sets
from matcher.scoring import STAGES, AdditiveModel, hand_card, load_model

Floats = NDArray[np.float64]
LEAST_WEIGHT: Final = 1e-3
"""A line that was hardly read teaches nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """From when on what is learnt how (QUALITY sections 6 and 8).

    tau, smooth : precision of the prior and of neighbours; boosted_from : impressions from which trees are grown, if
    the stage has boosted_rows of its own; placements : with a known end, from which the last stage has its own tables
    """

    tau: float = 10.0
    smooth: float = 10.0
    boosted_from: int = 20_000
    boosted_rows: int = 2_000
    placements: int = 500

    def method(self, stage: str, n_impressions: int, n_rows: int) -> str:
        """How a stage is learnt from so many rows."""
        if stage == "keep" and n_rows < self.placements:
            return LEVEL
        return BOOSTED if n_impressions >= self.boosted_from and n_rows >= self.boosted_rows else THIN


@dataclass(frozen=True, slots=True)
class Trained:
    """A model file, what stands behind it (JSON), and every fault of the log."""

    body: bytes
    report: dict[str, Any]
    problems: tuple[Problem, ...]


def train(
    log: EventLog,
    *,
    on: date | None = None,
    by: str = "",
    seed: int = 0,
    rules: Rules | None = None,
    card: bytes | None = None,
) -> Trained:
    """Learn the three stages from a log.

    on : day written into the file; default the last day of the log; by : who approves it
    card : the model that the prior is; default the hand card. Raises InvalidInput for a log that teaches nothing.
    """
    if not (log.impressions or log.decisions or log.placements):
        raise InvalidInput("there are no events to learn from", remedy="Export them with `matcher events export`.")
    rules, card = rules or Rules(), card or hand_card()
    prior_model = load_model(card, VOCABULARY)
    sets = training_sets(log)
    stages, examination = {}, None
    for stage in STAGES:
        prior = prior_of(prior_model, stage, tau=rules.tau, smooth=rules.smooth)
        data, found = _stage_data(stage, sets, prior)
        examination = found or examination
        method = rules.method(stage, len(log.impressions), len(data))
        stages[stage] = fit_stage(data, prior, method, shapes(), seed=seed)
    made = on or (log.known_until.date() if log.known_until else date.min)
    body = _body(log, stages, prior_model, made=made, by=by)
    return Trained(body, _report(log, sets, stages, examination, body), (*log.problems, *sets.problems))


def _stage_data(stage: str, sets: TrainingSets, prior: Prior) -> tuple[StageData, Examination | None]:
    """The rows of a stage; of `apply` by how likely each line was read, with what was found of that."""
    rows, lines = sets.stages[stage], sets.lines
    data = _columns(stage, rows, lines)
    if stage != "apply" or not len(rows):
        return data, None
    examination = start(rows)
    intercept, tables = prior.intercept, prior.tables
    read: Floats = np.ones(len(rows))
    for number in range(EXAMINATION_ROUNDS):
        p = probability(table_log_odds(intercept, tables, data.cells))
        before, read = read, read_weight(rows, p, examination)
        if number and np.array_equal(before, read):
            break
        examination = improved(rows, read, examination)
        if examination.seen:
            # Every reader leaves a trace: what was read is known, however likely an application was.
            break
        intercept, tables = thin(stage, data.cells, data.label, data.weight * read, prior, shapes())
    weighted = StageData(
        stage, data.cells, data.label, data.weight * read, data.homes, data.names, data.groups, data.posts
    )  # fmt: skip
    return weighted.take(weighted.weight > LEAST_WEIGHT), examination


def _columns(stage: str, rows: StageRows, lines: ScoredLines) -> StageData:
    at = rows.line
    return StageData(
        stage=stage,
        cells=codes({term: column[at] for term, column in lines.values.items()}),
        label=rows.label,
        weight=rows.weight,
        homes=lines.homes[at],
        names=lines.names(at),
        groups={name: flags[at] for name, flags in lines.groups.items()},
        posts=_by_time(lines)[at],
    )


def _by_time(lines: ScoredLines) -> NDArray[np.int64]:
    """A number for the post of each line, in the order in which posts were first listed."""
    _, first, of = np.unique(lines.vacancy, return_index=True, return_inverse=True)
    times = [lines.ts[ix] for ix in first.tolist()]
    place = np.empty(len(first), dtype=np.int64)
    place[sorted(range(len(first)), key=lambda ix: (times[ix], ix))] = np.arange(len(first))
    return place[of]


def _body(log: EventLog, stages: Mapping[str, FittedStage], prior: AdditiveModel, *, made: date, by: str) -> bytes:
    window = log.window
    training = {
        "from": window[0].date().isoformat() if window else "",
        "to": window[1].date().isoformat() if window else "",
        "events_sha256": log.digest,
        "synthetic": str(log.synthetic).lower(),
        "prior": prior.label,
        **{f"method_{stage}": fitted.method for stage, fitted in stages.items()},
    }
    return model_bytes(
        model_id=f"learned-{made.isoformat()}-{log.digest[:8]}",
        made=made.isoformat(),
        by=by,
        training=training,
        stages={stage: _served(fitted) for stage, fitted in stages.items()},
    )


def _served(fitted: FittedStage) -> ServedStage:
    return ServedStage(
        intercept=served(fitted.intercept),
        tables={term: [served(value) for value in table] for term, table in fitted.tables.items()},
        offsets={
            kind: {name: served(value) for name, value in known.items() if served(value)}
            for kind, known in fitted.offsets.items()
        },
        metrics=fitted.metrics,
    )


def _report(
    log: EventLog,
    sets: TrainingSets,
    stages: Mapping[str, FittedStage],
    examination: Examination | None,
    body: bytes,
) -> dict[str, Any]:
    return {
        "model_sha256": sha256(body).hexdigest(),
        "events_sha256": log.digest,
        "synthetic": log.synthetic,
        "known_until": log.known_until.isoformat() if log.known_until else None,
        "tables": {
            name: {"lines": count.n_lines, "unreadable": count.n_unreadable, "repeated": count.n_repeated}
            for name, count in log.counts.items()
        },
        "problems": told((*log.problems, *sets.problems)),
        "suspicions": [suspicion.sentence for suspicion in sets.suspicions],
        "examination": {
            channel: {"read": chances, "trace": examination.trace[channel]}
            for channel, chances in (examination.chance if examination else {}).items()
            if examination
        },
        "stages": {
            stage: {
                "method": fitted.method,
                "censored": dict(sets.stages[stage].censored),
                "metrics": rounded(fitted.metrics),
                "offsets": {kind: len(known) for kind, known in fitted.offsets.items()},
            }
            for stage, fitted in stages.items()
        },
    }


def rounded(metrics: Mapping[str, float]) -> dict[str, float | None]:
    """Measures to six places; what could not be measured is null."""
    return {name: None if np.isnan(value) else round(float(value), 6) for name, value in metrics.items()}
