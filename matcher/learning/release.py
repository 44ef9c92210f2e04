"""The release gate of a model: what it says of a later season than it was trained on, and what its lists would bring.

Each check has a figure, a limit, and a verdict; what could not be measured has not passed. Limits of errors are
relative to the model in use on the same rows, and never below what luck alone would show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

import msgspec

from matcher.errors import InvalidInput
from matcher.features import VOCABULARY
from matcher.learning.events import EventLog
from matcher.learning.gate_file import GateCheck, GateResult
from matcher.learning.judging import EVERYBODY, GROUP_LABELS, STAGE_LABELS, Judged, groups_of, judged
from matcher.learning.limits import limits
from matcher.learning.off_policy import Comparison, Refusal
from matcher.learning.training_sets import TrainingSets
from matcher.scoring import STAGES, AdditiveModel, load_model

PASS = "pass"  # noqa: S105 - the verdict of a gate, not a password


class SuiteGate(msgspec.Struct, frozen=True, kw_only=True):
    """A gate of the simulator; other keys are let pass."""

    gate: str
    says: str = ""
    verdict: str


class Suite(msgspec.Struct, frozen=True, kw_only=True):
    """What `matcher evaluate --out DIR` writes as gates.json; other keys are let pass."""

    gates: tuple[SuiteGate, ...]


class GroupError(msgspec.Struct, frozen=True, kw_only=True):
    """Error of a stage for a group ("" everybody): of the model judged, of that in use, of luck, and the limit."""

    stage: str
    group: str
    rows: int
    people: int
    ece: float
    in_use: float
    by_luck: float
    limit: float

    @property
    def passed(self) -> bool:
        """Whether the error is within its limit."""
        return self.ece <= self.limit


class ReleaseResult(GateResult, frozen=True, kw_only=True):
    """The result as `matcher model use` reads it, and what it rests on."""

    model_id: str
    in_use: str
    events_sha256: str
    synthetic: bool
    errors: tuple[GroupError, ...] = ()
    applications: Mapping[str, Any] = {}
    suspicions: tuple[str, ...] = ()
    other_gates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is judged: the file, the file in use, a log, its labelled rows, lists compared, gates of the simulator."""

    candidate: bytes
    in_use: bytes
    log: EventLog
    sets: TrainingSets
    applications: Comparison | Refusal
    suite: Suite | None = None


def read_suite(body: bytes, *, where: str = "") -> Suite:
    """The simulator's gates. Raises InvalidInput if the file holds none."""
    try:
        suite = msgspec.json.decode(body, type=Suite)
    except msgspec.DecodeError as error:
        raise InvalidInput(
            f"the simulator's result cannot be read: {error}",
            where=where,
            remedy="Give the gates.json that `matcher evaluate --out DIR` writes.",
        ) from None
    if not suite.gates:
        raise InvalidInput("the simulator's result holds no gate", where=where)
    return suite


def judge_release(case: Case) -> ReleaseResult:
    """Every check of a model. Raises ModelError for a file that does not load, InvalidInput for an empty log."""
    if not len(case.log):
        raise InvalidInput("there are no events to judge a model by", remedy="Give a later season than the training's.")
    candidate, in_use = (load_model(body, VOCABULARY) for body in (case.candidate, case.in_use))
    errors = [error for stage in STAGES for error in _errors(stage, case.sets, candidate, in_use)]
    checks = (
        _later(case),
        _honest(case.sets),
        *(_calibrated(stage, errors) for stage in STAGES),
        *(_groups(stage, errors) for stage in STAGES),
        _applications(case.applications),
        _simulated(case.suite),
    )
    return ReleaseResult(
        model_sha256=sha256(case.candidate).hexdigest(),
        passed=all(check.passed for check in checks),
        checks=checks,
        model_id=candidate.label,
        in_use=in_use.label,
        events_sha256=case.log.digest,
        synthetic=case.log.synthetic,
        errors=tuple(errors),
        applications=case.applications.record(),
        suspicions=tuple(suspicion.sentence for suspicion in case.sets.suspicions),
        other_gates=_other_gates(case.suite),
    )


def _later(case: Case) -> GateCheck:
    """The log must be of later lists than those learnt from, and as real or synthetic as they."""
    training = msgspec.json.decode(case.candidate).get("training", {})
    window, until = case.log.window, training.get("to", "")
    name = "later_season"
    if not until or window is None:
        return GateCheck(name=name, passed=False, told="看不出模型是用哪段时间的记录训练的，或这批记录里没有名单")
    if training.get("synthetic", "false") != str(case.log.synthetic).lower():
        return GateCheck(name=name, passed=False, told="训练用的记录和检验用的记录，一个是合成数据，一个是真实数据")
    first = window[0].date()
    if first <= date.fromisoformat(until):
        return GateCheck(
            name=name, passed=False, told=f"训练用到{until}，检验的名单从{first}开始，有重叠；请用训练之后一季的记录"
        )
    return GateCheck(name=name, passed=True, told=f"训练用到{until}，检验的名单从{first}开始")


def _honest(sets: TrainingSets) -> GateCheck:
    """Sources that said yes far more than others are bounded; what they still weigh may be no great part of a stage."""
    most, heavy = limits().release.bounded_share, []
    for stage in STAGES:
        rows = sets.stages[stage]
        whole = float(rows.weight[rows.label].sum())
        kept: dict[str, float] = {}
        for found in sets.suspicions:
            if found.stage == stage:
                kept[found.kind] = kept.get(found.kind, 0.0) + found.bound
        # A post and its firm are the same rows told twice: the kind that weighs most is what counts.
        weighs = max(kept.values(), default=0.0)
        if whole and weighs / whole > most:
            heavy.append(f"{STAGE_LABELS[stage]}里有{weighs / whole:.0%}来自记录多得反常的来源")
    told = "；".join(heavy) or (
        f"有{len(sets.suspicions)}个来源的记录多得反常，已按上限计算" if sets.suspicions else "没有记录多得反常的来源"
    )
    return GateCheck(name="honest_log", passed=not heavy, told=told + ("，请先核实" if heavy else ""))


def _errors(stage: str, sets: TrainingSets, candidate: AdditiveModel, in_use: AdditiveModel) -> list[GroupError]:
    ours, theirs = (groups_of(judged(model, stage, sets)) for model in (candidate, in_use))
    return [_error(stage, group, rows, theirs[group].error()) for group, rows in ours.items()]


def _error(stage: str, group: str, rows: Judged, in_use: float) -> GroupError:
    known, luck = limits().release, rows.by_luck()
    times = known.ece_times if group == EVERYBODY else known.group_ece_times
    return GroupError(
        stage=stage,
        group=group,
        rows=len(rows),
        people=rows.n_people,
        ece=round(rows.error(), 6),
        in_use=round(in_use, 6),
        by_luck=round(luck, 6),
        limit=round(max(known.ece[stage], times * in_use, luck), 6),
    )


def _calibrated(stage: str, errors: list[GroupError]) -> GateCheck:
    goal, label = limits().release.ece[stage], STAGE_LABELS[stage]
    found = next((error for error in errors if (error.stage, error.group) == (stage, EVERYBODY)), None)
    if found is None:
        told = f"{label}的结果不到{limits().fewest_people}人，还不能检验；请等下一季的结果"
        return GateCheck(name=f"ece_{stage}", passed=False, told=told)
    told = f"{label}的误差{found.ece:.3f}，上限{found.limit:.3f}，现用模型{found.in_use:.3f}"
    reached = "达到" if found.ece <= goal else "没达到"
    return GateCheck(name=f"ece_{stage}", passed=found.passed, told=f"{told}（{reached}目标{goal:g}）")


def _groups(stage: str, errors: list[GroupError]) -> GateCheck:
    mine = [error for error in errors if error.stage == stage and error.group != EVERYBODY]
    wrong = [f"{GROUP_LABELS[e.group]}{e.ece:.3f}，上限{e.limit:.3f}" for e in mine if not e.passed]
    told = "；".join(wrong) or (f"{len(mine)}个人群都在上限以内" if mine else "没有人数够的人群")
    return GateCheck(name=f"groups_{stage}", passed=not wrong, told=f"{STAGE_LABELS[stage]}：{told}")


def _applications(found: Comparison | Refusal) -> GateCheck:
    """Not worse than the model in use: neither the estimate nor the low end is further below than its margin, and the
    interval is not wholly below nothing."""
    if isinstance(found, Refusal):
        return GateCheck(name="applications", passed=False, told=found.reason)
    served, told_apart, known = found.served.dr.value, found.difference, limits().release
    passed = (
        told_apart.value >= -known.off_policy_margin * served
        and told_apart.low >= -known.off_policy_low * served
        and told_apart.high >= 0
    )
    return GateCheck(name="applications", passed=passed, told=found.sentence)


def _simulated(suite: Suite | None) -> GateCheck:
    """The gates of the simulator that must hold."""
    name = "simulator"
    if suite is None:
        told = "没有给出模拟检验的结果；请运行matcher evaluate --out 目录，再用--suite给出其中的gates.json"
        return GateCheck(name=name, passed=False, told=told)
    known = {gate.gate: gate for gate in suite.gates}
    wanted = limits().release.suite
    failed = [gate for gate in wanted if gate not in known or known[gate].verdict != PASS]
    if failed:
        return GateCheck(name=name, passed=False, told=f"模拟检验没有通过：{'、'.join(failed)}")
    return GateCheck(name=name, passed=True, told=f"模拟检验的{len(wanted)}项都通过了（合成数据）")


def _other_gates(suite: Suite | None) -> tuple[str, ...]:
    """What the simulator found besides that did not hold: told, and not asked for."""
    wanted = limits().release.suite
    known = suite.gates if suite else ()
    return tuple(f"{gate.gate}: {gate.verdict}" for gate in known if gate.gate not in wanted and gate.verdict != PASS)
