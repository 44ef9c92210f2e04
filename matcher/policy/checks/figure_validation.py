"""What the rates a document leaves to the county must keep: names, bounds that are stated, inputs they may fill."""

from __future__ import annotations

from collections.abc import Iterator

from matcher.policy.checks.rule_validation import named, parameter_ids
from matcher.policy.loading.strict import Fault
from matcher.policy.loading.toml_lines import Path
from matcher.policy.rule_types import LocalFigure, Rule
from matcher.policy.types import Pack

FILLED = ("amount?", "decimal?")
"""Types of inputs that a figure may stand in for: numbers that may be missing."""
WHERE = "parameters.toml"


def figure_faults(pack: Pack) -> Iterator[Fault]:
    """Every fault of the local figures of a pack and of the rules that ask for figures."""
    for index, figure in enumerate(pack.figures):
        yield from _local(pack, figure, index, ("figures", index))
    for index, rule in enumerate(pack.rules):
        yield from _rule(pack, rule, ("rules", index))


def open_ids(pack: Pack) -> frozenset[str]:
    """Ids of everything a county may record: local figures, masked and open parameters."""
    return frozenset([figure.id for figure in pack.figures] + [row.id for row in pack.parameters if row.kind.is_open])


def _local(pack: Pack, figure: LocalFigure, index: int, path: Path) -> Iterator[Fault]:
    earlier = {other.id for other in pack.figures[:index]} | parameter_ids(pack)
    if figure.id in earlier:
        fix = "编号重复，请换一个。"
        yield Fault(path=(*path, "id"), found=figure.id, expected="不重复的 id", fix=fix)
    for key in ("name", "unit", "clause"):
        if not getattr(figure, key).strip():
            fix = f"请写明 {key}。"
            yield Fault(path=(*path, key), found="", expected=key, fix=fix)
    for key in ("at_least", "at_most"):
        yield from _bound(pack, figure, key, path)
    if figure.part_of and figure.part_of not in {row.id for row in pack.parameters if row.kind.is_open}:
        fix = f"{WHERE} 中没有待填的 {figure.part_of}，请改正或先加上。"
        yield Fault(path=(*path, "part_of"), found=figure.part_of, expected="masked / unspecified", fix=fix)


def _bound(pack: Pack, figure: LocalFigure, key: str, path: Path) -> Iterator[Fault]:
    """A bound is a stated number of the same document, in the same unit."""
    name = getattr(figure, key)
    yield from named((key, name), parameter_ids(pack), path, WHERE)
    row = pack.parameter(name) if name else None
    if row is not None and not (row.kind.is_figure and row.unit == figure.unit):
        fix = f"{name} 须是写明了数字、单位同为“{figure.unit}”的参数。"
        yield Fault(path=(*path, key), found=f"{row.kind} {row.unit}", expected=f"number {figure.unit}", fix=fix)


def _rule(pack: Pack, rule: Rule, path: Path) -> Iterator[Fault]:
    for key, figure_id in rule.figures.items():
        at = (*path, "figures")
        yield from named((key, key), rule.inputs, at, "inputs")
        if key in rule.inputs and rule.inputs[key] not in FILLED:
            fix = f"由县里的数来补的输入，类型须是 {'、'.join(FILLED)} 之一。"
            yield Fault(path=(*at, key), found=rule.inputs[key], expected="、".join(FILLED), fix=fix)
        yield from named((key, figure_id), open_ids(pack), at, f"{WHERE} 的 figure 和待填的 parameter")
    yield from named(("figures_day", rule.figures_day), rule.inputs, path, "inputs")
    if rule.figures_day and rule.inputs.get(rule.figures_day, "date?") not in ("date", "date?"):
        fix = "figures_day 须是一个日期(date)。"
        yield Fault(path=(*path, "figures_day"), found=rule.inputs[rule.figures_day], expected="date", fix=fix)
