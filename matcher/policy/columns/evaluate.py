"""One rule over the facts of n people in columns: the same steps, words and figures, the same answers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from matcher.policy.checks.rule_validation import conditions_of
from matcher.policy.columns import money, picks, predicates, predicates_time, row_lists, times
from matcher.policy.columns.answers import Answers, Shown
from matcher.policy.columns.decide import MOST_REASONS, Decided, walk
from matcher.policy.columns.encode import has_columns
from matcher.policy.columns.exact import divided
from matcher.policy.columns.kinds import Absent, Bools, NotInColumns, Numbers
from matcher.policy.columns.nested import Column
from matcher.policy.columns.twins import FORMULAS, PREDICATES
from matcher.policy.columns.world import UNFIT, World
from matcher.policy.evaluation.conventions import Conventions
from matcher.policy.evaluation.logic import TRUE_LEVEL
from matcher.policy.rule_types import Output, Rule
from matcher.policy.types import Pack

# Importing these registers the columnar forms.
TWIN_MODULES = (money, picks, predicates, predicates_time, row_lists, times)


def evaluate_columns(
    pack: Pack, rule: Rule, facts: Mapping[str, Column], n: int, conventions: Conventions | None = None
) -> Answers:
    """Answers of a rule of a pack to n people; twin of `evaluate.answer`.

    facts : input of the rule -> column of n rows, codes already in the words of the document
    Raises NotInColumns where the rule has no columnar form.
    """
    world = World(pack, rule, facts, n, conventions or Conventions())
    decided = walk(world, rule.steps, rule.otherwise)
    shown = _outputs(world, rule, decided)
    return _answers(world, rule, decided, shown)


def covered(rule: Rule) -> bool:
    """Whether inputs, predicates and formulas of a rule all have a columnar form."""
    formulas = {output.formula for output in (*rule.derives, *rule.outputs) if output.fixed is None}
    words = {part.is_ for part in conditions_of(rule) if part.is_}
    inputs = all(has_columns(kind, rule.rows.get(key)) for key, kind in rule.inputs.items())
    return inputs and formulas <= FORMULAS.keys() and words <= PREDICATES.keys()


def _outputs(world: World, rule: Rule, decided: Decided) -> tuple[Shown, ...]:
    """The further keys in their order, each in the rows that carry it; twin of `evaluate.outputs`."""
    given = np.array([bool(outcome) for outcome in decided.outcomes])[decided.outcome]
    shown = []
    for output in rule.outputs:
        rows = world.live() & ~(given & (not rule.otherwise))
        if output.beside:
            rows &= np.array([name in output.beside for name in decided.outcomes])[decided.outcome]
        shown.append(_output(world, output, rows))
    return tuple(shown)


def _output(world: World, output: Output, rows: Bools) -> Shown:
    """One key: computed where it applies, kept for what follows."""
    before = world.missing
    applies = rows
    if output.when is not None:
        applies = rows & (world.level(output.when) == TRUE_LEVEL)
        world.restrict(rows, before)
        applies &= world.live()
        before = world.missing
    column = world.compute(output)
    world.restrict(applies, before)
    here = applies & column.known & world.live()
    if not isinstance(column, Absent):
        _must_be_shown_alike(column, output)
        if output.as_ == "money" and isinstance(column, Numbers) and column.scale > money.FEN_SCALE:
            column = divided(column, money.FEN_SCALE, half_up=True)
        world.keep(output.key, column.only(here), here)
    null = rows & ~here if output.null else np.zeros(world.n, dtype=np.bool_)
    return Shown(output.key, column, output.as_, here, null)


def _must_be_shown_alike(column: Column, output: Output) -> None:
    if isinstance(column, Numbers) and column.loose and not output.as_:
        raise NotInColumns(f"{output.key} is shown with as many decimals as its operands were written with")


def _answers(world: World, rule: Rule, decided: Decided, shown: tuple[Shown, ...]) -> Answers:
    """Outcomes and outputs together; a row that missed a figure anywhere answers with that alone."""
    live = world.live()
    outcome, outcomes = decided.outcome.copy(), list(decided.outcomes)
    bits, reasons = decided.bits.copy(), list(decided.reasons)
    for place, (said, reason) in enumerate(world.met, start=1):
        rows = np.zeros(world.n, dtype=np.bool_) if world.missing is None else world.missing == place
        if not rows.any():
            continue
        if (said, reason) == UNFIT:
            raise NotInColumns(f"a row of {rule.id} asks for what columns do not hold")
        if said not in outcomes:
            outcomes.append(said)
        if reason not in reasons:
            reasons.append(reason)
        if len(reasons) > MOST_REASONS:
            raise NotInColumns(f"more than {MOST_REASONS} reasons")
        outcome[rows] = outcomes.index(said)
        bits[rows] = np.uint64(1) << np.uint64(reasons.index(reason))
    final = tuple(Shown(part.key, part.column, part.shape, part.rows & live, part.null & live) for part in shown)
    return Answers(outcome, tuple(outcomes), bits, tuple(reasons), ~live, rule.reasons, final)
