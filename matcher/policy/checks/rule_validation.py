"""What a rule of a pack must keep: names that exist, words with their arguments, sentences, a case."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from matcher.policy.evaluation.inputs import is_type
from matcher.policy.formulas.kinds import FORMULAS, SHAPES, Formula, operands
from matcher.policy.loading.strict import Fault
from matcher.policy.loading.toml_lines import Path
from matcher.policy.predicates.facts import PREDICATES, parts_of
from matcher.policy.rule_types import Condition, Output, Rule, Step
from matcher.policy.types import Pack, Vocabulary
from matcher.records import Channel

ARGUMENTS = ("fact", "on", "than", "bound", "values")
JUDGED = {"outcome": "text", "reasons": "texts"}


def rule_faults(pack: Pack, rule: Rule, vocabulary: Vocabulary, path: Path) -> list[Fault]:
    """Every fault of one rule."""
    faults = window_faults(rule.from_, rule.to, path)
    if not rule.clause.strip():
        faults.append(Fault(path=(*path, "clause"), found="", expected="clause", fix="规则必须写明条款号。"))
    if not any(case.rule == rule.id for case in pack.cases):
        fix = "请在 cases.toml 中为这条规则写至少一个算例。"
        faults.append(Fault(path=(*path, "id"), found=rule.id, expected="[[case]]", fix=fix))
    faults += type_faults(rule.inputs, vocabulary, (*path, "inputs"))
    for key, columns in rule.rows.items():
        faults += type_faults(columns, vocabulary, (*path, "rows", key))
        faults += named(("rows", key), rule.inputs, path, "inputs")
    for key in rule.aliases:
        faults += named(("aliases", key), rule.inputs, path, "inputs")
    faults += named(("day", rule.day), rule.inputs, path, "inputs")
    faults += named(("age_bound", rule.age_bound), parameter_ids(pack), path, "parameters.toml")
    faults += _land(pack, rule, path)
    faults += _group(pack, rule, path)
    if rule.otherwise and not rule.steps:
        fix = "写了 otherwise 就须有 steps。"
        faults.append(Fault(path=path, found=rule.id, expected="steps + otherwise", fix=fix))
    if rule.steps and not rule.otherwise and not rule.outputs:
        fix = "有 steps 就须有 otherwise，或者写明算出什么(outputs)。"
        faults.append(Fault(path=path, found=rule.id, expected="steps + otherwise", fix=fix))
    return faults + list(body_faults(pack, rule, vocabulary, path)) + _sayings(rule, path)


def _land(pack: Pack, rule: Rule, path: Path) -> Iterator[Fault]:
    """Parameters, rules and channels that the land of a route names and that do not exist."""
    if rule.land is None:
        return
    at, land = (*path, "land"), rule.land
    for field in ("poor_mu", "other_mu", "free_years"):
        yield from named((field, getattr(land, field)), parameter_ids(pack), at, "parameters.toml")
    for field in ("term_rule", "change_rule"):
        yield from named((field, getattr(land, field)), {other.id for other in pack.rules}, at, "rules.toml")
    for channel in land.meanwhile:
        yield from named(("meanwhile", channel), set(Channel), at, "渠道")


def _group(pack: Pack, rule: Rule, path: Path) -> Iterator[Fault]:
    """The fact and the parameter that a rule on groups names and that do not exist."""
    if rule.group is None:
        return
    at = (*path, "group")
    yield from named(("size", rule.group.size), set(rule.inputs), at, "inputs")
    yield from named(("largest", rule.group.largest), parameter_ids(pack), at, "parameters.toml")


def window_faults(from_: date | None, to: date | None, path: Path) -> list[Fault]:
    """A window whose first day is after its last."""
    if from_ is None or to is None or from_ <= to:
        return []
    return [
        Fault(
            path=(*path, "from"), found=f"{from_} > {to}", expected="from <= to", fix="开始日期晚于结束日期，请改正。"
        )
    ]


def conditions_of(rule: Rule) -> Iterator[Condition]:
    """Every condition of a rule, with everything inside it."""
    steps = (*rule.steps, *(rule.each.steps if rule.each else ()))
    for condition in (condition for step in steps for condition in step.requires):
        yield from parts_of(condition)
    for output in (*rule.derives, *rule.outputs):
        for condition in _conditions_of_output(output):
            yield from parts_of(condition)


def used_parameters(rule: Rule) -> frozenset[str]:
    """Ids of the parameters a rule reads (facts, columns and values computed before left out)."""
    names = {part.bound for part in conditions_of(rule)} | {rule.age_bound}
    if rule.land is not None:
        names |= {rule.land.poor_mu, rule.land.other_mu, rule.land.free_years}
    if rule.group is not None:
        names.add(rule.group.largest)
    computed = (*rule.derives, *rule.outputs)
    for output in computed:
        names.update(operands(output))
    own = {*rule.inputs, *(output.key for output in computed), ""}
    return frozenset(names - own - {column for columns in rule.rows.values() for column in columns})


def _conditions_of_output(output: Output) -> tuple[Condition, ...]:
    given = tuple(condition for condition in (output.where, output.when) if condition is not None)
    return (*given, *(choice.when for choice in output.choices))


def type_faults(spec: Mapping[str, str], vocabulary: Vocabulary, path: Path) -> Iterator[Fault]:
    """Facts the vocabulary does not hold, types nobody reads."""
    for key, kind in spec.items():
        if key not in vocabulary.facts:
            fix = "请使用词表中的事实名称，或先把它加入词表。"
            yield Fault(path=(*path, key), found=key, expected="vocabulary.toml: facts", fix=fix)
        if not is_type(kind):
            fix = (
                "请使用 bool、int、ints、count、counts、decimal、amount、amounts、date、month、months、period、text、"
                "texts、enum(…)、record、records 等类型，可加问号。"
            )
            yield Fault(path=(*path, key), found=kind, expected="类型", fix=fix)


def body_faults(pack: Pack, rule: Rule, vocabulary: Vocabulary, path: Path) -> Iterator[Fault]:
    """Faults of derived facts, steps and outputs: each may name what stands before it, so no circle is possible."""
    known = set(rule.inputs)
    for index, derived in enumerate(rule.derives):
        at = (*path, "derives", index)
        yield from output_faults(pack, rule, derived, known, at)
        if derived.key not in vocabulary.facts:
            fix = "请使用词表中的事实名称，或先把它加入词表。"
            yield Fault(path=at, found=derived.key, expected="vocabulary.toml: facts", fix=fix)
        known.add(derived.key)
    yield from _steps(pack, rule.steps, known, (*path, "steps"))
    if rule.each is not None:
        columns = {column for columns in rule.rows.values() for column in columns}
        yield from _steps(pack, rule.each.steps, known | columns, (*path, "each", "steps"))
    for index, output in enumerate(rule.outputs):
        yield from output_faults(pack, rule, output, known, (*path, "outputs", index))
        known.add(output.key)


def _steps(pack: Pack, steps: tuple[Step, ...], known: Collection[str], path: Path) -> Iterator[Fault]:
    for index, step in enumerate(steps):
        for place, condition in enumerate(step.requires):
            at = (*path, index, "requires", place)
            if not condition.reason:
                yield Fault(path=at, found="", expected="reason", fix="每个条件都要有原因代码(reason)。")
            yield from _condition(pack, condition, known, at)


def _condition(pack: Pack, condition: Condition, known: Collection[str], path: Path) -> Iterator[Fault]:
    for part in parts_of(condition):
        yield from _predicate(part, path)
        for argument in ("fact", "on", "than"):
            yield from named((argument, getattr(part, argument)), known, path, "inputs")
        yield from named(("bound", part.bound), parameter_ids(pack), path, "parameters.toml")


def _predicate(part: Condition, path: Path) -> list[Fault]:
    if not part.is_:
        grouped = part.all is not None or part.any is not None or part.none is not None
        return [] if grouped else [Fault(path=path, found="", expected="is / all / any / none", fix="条件是空的。")]
    word = PREDICATES.get(part.is_)
    if word is None:
        fix = f"词表中没有谓词 {part.is_}，请使用列出的谓词之一。"
        return [Fault(path=path, found=part.is_, expected="、".join(sorted(PREDICATES)), fix=fix)]
    given = {name for name in ARGUMENTS if getattr(part, name)}
    if word.needs <= given <= word.needs | word.may:
        return []
    fix = f"谓词 {part.is_} 需要且只需要：{'、'.join(sorted(word.needs))}。"
    return [Fault(path=path, found="、".join(sorted(given)), expected="、".join(sorted(word.needs)), fix=fix)]


def output_faults(pack: Pack, rule: Rule, output: Output, known: Collection[str], path: Path) -> Iterator[Fault]:
    """A formula that does not exist or lacks what it reads; `known` are the facts before it."""
    kind = FORMULAS.get(output.formula)
    if kind is None and output.fixed is None:
        fix = "请使用列出的公式之一，或用 fixed 给出固定文字。"
        yield Fault(path=path, found=output.formula, expected="、".join(sorted(FORMULAS)), fix=fix)
    if kind is not None and kind.n_operands is not None and len(output.of) != kind.n_operands:
        fix = f"公式 {kind.name} 需要 {kind.n_operands} 个运算数。"
        yield Fault(path=path, found=str(len(output.of)), expected=str(kind.n_operands), fix=fix)
    if kind is not None:
        yield from _keys(output, kind, path)
    if output.as_ and output.as_ not in SHAPES:
        yield Fault(path=path, found=output.as_, expected="、".join(sorted(SHAPES)), fix="请使用列出的写法之一。")
    outcomes = {step.outcome for step in rule.steps} | {rule.otherwise}
    for outcome in output.beside:
        if outcome not in outcomes:
            fix = "这条规则没有这个结果，请改正。"
            yield Fault(path=path, found=outcome, expected="、".join(sorted(outcomes - {""})), fix=fix)
    yield from named(("rows", output.rows), known, path, "inputs")
    columns = _columns(rule, output.rows)
    yield from named(("field", output.field), columns, path, "rows")
    for name in operands(output):
        n_meanings = (name in known) + (name in columns) + (name in parameter_ids(pack))
        if n_meanings != 1:
            fix = _round(rule, name) if n_meanings == 0 else f"{name} 有两种意思，请改名。"
            yield Fault(path=path, found=name, expected="inputs / parameters / outputs", fix=fix)
    for condition in _conditions_of_output(output):
        yield from _condition(pack, condition, {*known, *columns}, path)


def _round(rule: Rule, name: str) -> str:
    """What to do about an operand nothing before it gives: move what gives it, or break the circle."""
    if any(name == computed.key for computed in (*rule.derives, *rule.outputs)):
        return f"{name} 在后面才算出来，或绕成了圈；请把它排到前面，不要互相引用。"
    return f"{name} 须恰好是一个输入、一个参数或前面的一个结果。"


def _keys(output: Output, kind: Formula, path: Path) -> Iterator[Fault]:
    """Keys a formula needs and lacks, or holds and does not read."""
    given = {key for key in ("groups", "rows", "where", "field", "choices") if getattr(output, key)}
    for key in sorted(kind.uses - given):
        yield Fault(path=path, found=output.formula, expected=key, fix=f"公式 {output.formula} 需要 {key}。")
    for key in sorted(given - kind.uses - kind.may):
        fix = f"公式 {output.formula} 不使用 {key}，请删去。"
        yield Fault(path=path, found=key, expected="、".join(sorted(kind.uses | kind.may)), fix=fix)


def _columns(rule: Rule, rows: str) -> Mapping[str, str]:
    """Columns of a list: of an input as its rule types them, of judged rows outcome and reasons."""
    return rule.rows.get(rows) or (JUDGED if any(output.key == rows for output in rule.derives) else {})


def named(reference: tuple[str, str], known: Collection[str], path: Path, where: str) -> list[Fault]:
    """A reference that is given must exist."""
    field, name = reference
    if not name or name in known:
        return []
    fix = f"{where} 中没有 {name}，请改正或先加上。"
    return [Fault(path=(*path, field), found=name, expected=where, fix=fix)]


def parameter_ids(pack: Pack) -> frozenset[str]:
    """Ids of every row of figures and terms."""
    return frozenset(row.id for row in pack.parameters)


def _sayings(rule: Rule, path: Path) -> list[Fault]:
    """A route rule must have a sentence for every outcome and reason it can give."""
    if not rule.channel:
        return []
    said = {saying.code for saying in rule.says}
    outcomes = {step.outcome for step in rule.steps} | {rule.otherwise}
    codes = outcomes | {condition.reason for step in rule.steps for condition in step.requires}
    fix = "请为这个结果或原因写一句给本人、一句给工作人员的话(says)。"
    return [Fault(path=path, found=code, expected="says", fix=fix) for code in sorted(codes - said)]
