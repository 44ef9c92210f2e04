"""County figures as people are told of them: whose they are, from which paper, since when; and which are missing."""

from __future__ import annotations

from matcher.explanation import Finding
from matcher.policy.evaluation.world import RuleWorld
from matcher.policy.pages.figures import window
from matcher.policy.predicates.facts import shown
from matcher.policy.rule_types import LocalFigure, Parameter
from matcher.policy.types import Pack, Vocabulary
from matcher.records.figures import CountyFigure

USED = "“{name}”用的是县里填的数：{value}{unit}（{days}，{author}填，依据：{source}）。"
MISSING = "“{name}”原文没有给出数字，县里还没有填。"
ASK = "请由县里在“县里要填的数”里填写，写明单位、起止日期、填数人和依据。"


def cited(figure: CountyFigure) -> dict[str, str | None]:
    """A figure as an answer names it: value as plain decimal text, days as ISO text."""
    return {
        "pack_id": figure.pack_id,
        "parameter_id": figure.parameter_id,
        "value": f"{figure.value:f}",
        "unit": figure.unit,
        "from": figure.from_.isoformat(),
        "to": figure.to.isoformat() if figure.to else None,
        "author": figure.author,
        "source": figure.source,
    }


def figure_findings(world: RuleWorld, outcome: str, vocabulary: Vocabulary) -> tuple[Finding, ...]:
    """One Finding per figure that a rule asked of the county, in the order of their ids."""
    return tuple(
        _finding(world, figure_id, figure, outcome, vocabulary) for figure_id, figure in sorted(world.asked.items())
    )


def figure_name(row: Parameter | LocalFigure, vocabulary: Vocabulary) -> str:
    """What a figure is called in Chinese; its id where the pack has no name for it."""
    return row.name or vocabulary.words.get(row.id, "") or row.id


def row_of(pack: Pack, figure_id: str) -> Parameter | LocalFigure | None:
    """The local figure or the parameter of an id."""
    return pack.local_figure(figure_id) or pack.parameter(figure_id)


def _finding(
    world: RuleWorld, figure_id: str, figure: CountyFigure | None, outcome: str, vocabulary: Vocabulary
) -> Finding:
    row = row_of(world.pack, figure_id)
    name = figure_name(row, vocabulary) if row else figure_id
    clause = row.clause if row else world.rule.clause
    if figure is None:
        return Finding(
            rule_id=world.rule.id, outcome=outcome, sentence=MISSING.format(name=name), question=ASK,
            document=world.pack.cited, clause=clause,
        )  # fmt: skip
    sentence = USED.format(
        name=name, value=shown(figure.value), unit=figure.unit, days=window(figure.from_, figure.to),
        author=figure.author, source=figure.source,
    )  # fmt: skip
    return Finding(
        rule_id=world.rule.id, outcome=outcome, sentence=sentence, document=world.pack.cited, clause=clause,
        found=f"{figure.value:f}",
    )  # fmt: skip
