"""What a pack must keep beyond its types: references, dates, units, sentences, cases; every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import combinations

from matcher.policy.checks.benefit_validation import benefit_faults
from matcher.policy.checks.case_validation import case_faults
from matcher.policy.checks.figure_validation import figure_faults
from matcher.policy.checks.quota_validation import quota_faults
from matcher.policy.checks.rule_validation import rule_faults, window_faults
from matcher.policy.evaluation.conventions import Number
from matcher.policy.loading.strict import Fault, show
from matcher.policy.loading.toml_lines import Path
from matcher.policy.rule_types import Parameter, ParameterKind
from matcher.policy.types import Document, FlagTest, Mode, Pack, Service, Vocabulary

OPERATORS = ("=", ">=", "<=", ">", "<", "in", "not in", "all", "outside")
WHOLE_PERMILLE = 1000
Days = tuple[date | None, date | None]


def pack_faults(pack: Pack, vocabulary: Vocabulary) -> list[Fault]:
    """Every fault of one well-typed pack."""
    faults = [*window_faults(pack.document.from_, pack.document.to, ("document",)), *_before_document(pack)]
    for index, parameter in enumerate(pack.parameters):
        faults += _parameter(parameter, ("parameters", index))
    faults += _overlaps(pack.parameters)
    faults += figure_faults(pack)
    faults += _double_ids([rule.id for rule in pack.rules], "rules")
    faults += _double_ids([service.id for service in pack.services], "services")
    for index, rule in enumerate(pack.rules):
        faults += rule_faults(pack, rule, vocabulary, ("rules", index))
    faults += benefit_faults(pack, vocabulary)
    for index, service in enumerate(pack.services):
        faults += _service(service, vocabulary, ("services", index))
        faults += _service_word(pack, service, vocabulary, ("services", index))
    faults += _double_ids([quota.id for quota in pack.quotas], "quotas")
    for index, quota in enumerate(pack.quotas):
        faults += quota_faults(pack, quota, vocabulary, ("quotas", index))
    for index, publication in enumerate(pack.publication):
        faults += window_faults(publication.from_, publication.to, ("publication", index))
    faults += case_faults(pack)
    return faults


def set_faults(packs: Iterable[Pack]) -> Iterator[tuple[str, Fault]]:
    """Faults between packs: a region bound to two documents on one day, a rule or a quota in two packs."""
    for left, right in combinations(packs, 2):
        for region in left.regions:
            for other in right.regions:
                if _same_branch(region, other) and windows_meet(_days(left.document), _days(right.document)):
                    expected = f"同一天没有别的文件管的地区；{left.id} 管 {region}"
                    fix = "请为两份文件写明不重叠的起止日期，或只在一份文件中保留该地区。"
                    yield right.id, Fault(path=("regions",), found=other, expected=expected, fix=fix)
        yield from _twice(left, right)


def _twice(left: Pack, right: Pack) -> Iterator[tuple[str, Fault]]:
    """Rules and quotas are asked for by their id alone, whichever document they stand in."""
    rules = [[rule.id for rule in pack.rules] for pack in (left, right)]
    quotas = [[quota.id for quota in pack.quotas] for pack in (left, right)]
    for field, word, (taken, own) in (("rules", "规则", rules), ("quotas", "比例和人数要求的", quotas)):
        places = {name: at for at, name in enumerate(own)}
        for name in (name for name in taken if name in places):
            expected = f"没有用过的编号；{left.id} 已在用"
            fix = f"{word}编号在所有政策包中只能出现一次，请换一个编号。"
            yield right.id, Fault(path=(field, places[name], "id"), found=name, expected=expected, fix=fix)


def _before_document(pack: Pack) -> Iterator[Fault]:
    """Days that end before there was the document: a figure or rule that counted on none of its days, or a slip."""
    document = pack.document
    first = document.from_ or document.issued
    if document.issued is not None and document.printed is not None and document.printed < document.issued:
        fix = "印发日期早于成文日期，请核对。"
        found, expected = f"{document.printed}", f"{document.issued} 或以后"
        yield Fault(path=("document", "printed"), found=found, expected=expected, fix=fix)
    if first is None:
        return
    ends = [("parameters", at, row.to) for at, row in enumerate(pack.parameters)]
    ends += [("rules", at, rule.to) for at, rule in enumerate(pack.rules)]
    for field, at, end in ends:
        if end is not None and end < first:
            fix = "这一项在文件开始执行之前就已到期，请核对 from 和 to。"
            yield Fault(path=(field, at, "to"), found=f"{end}", expected=f"{first} 或以后", fix=fix)


def _parameter(row: Parameter, path: Path) -> list[Fault]:
    faults = window_faults(row.from_, row.to, path)
    if not row.kind.has_value and row.value is not None:
        fix = "文件没有给出这个数字，请删去 value；本地数字请填在县级设置里。"
        faults.append(Fault(path=(*path, "value"), found=show(row.value), expected=row.kind, fix=fix))
    if row.kind.has_value and not _value_fits(row):
        expected = _EXPECTED_VALUE[row.kind]
        fix = f"类型为 {row.kind} 的参数需要{expected}。"
        faults.append(Fault(path=(*path, "value"), found=show(row.value), expected=expected, fix=fix))
    if row.kind.is_figure and not row.unit:
        faults.append(Fault(path=path, found=row.id, expected="unit", fix="数字必须写明单位(unit)。"))
    if row.operator not in OPERATORS:
        fix = "请使用列出的比较符号之一。"
        faults.append(Fault(path=(*path, "operator"), found=row.operator, expected=" ".join(OPERATORS), fix=fix))
    if not row.clause.strip():
        faults.append(Fault(path=(*path, "clause"), found="", expected="clause", fix="请写明条款号。"))
    return faults


_EXPECTED_VALUE = {
    ParameterKind.NUMBER: "数字",
    ParameterKind.RATIO: "数字",
    ParameterKind.YEAR: "整数年份",
    ParameterKind.DATE: "日期(YYYY-MM-DD)",
    ParameterKind.TEXT: "文本或文本数组",
}


def _value_fits(row: Parameter) -> bool:
    value = row.value
    if row.kind.is_figure:
        return isinstance(value, Number) and not isinstance(value, bool) and Decimal(value).is_finite()
    if row.kind is ParameterKind.YEAR:
        return isinstance(value, int) and not isinstance(value, bool)
    if row.kind is ParameterKind.DATE:
        return type(value) is date
    return isinstance(value, str) or (isinstance(value, tuple) and all(isinstance(item, str) for item in value))


def _overlaps(rows: tuple[Parameter, ...]) -> list[Fault]:
    """Two rows of one id whose days overlap give two values for one day."""
    of_id: dict[str, list[tuple[int, Parameter]]] = {}
    for at, row in enumerate(rows):
        of_id.setdefault(row.id, []).append((at, row))
    fix = "同一参数在同一天有两个值，请写明不重叠的 from 和 to。"
    return [
        Fault(path=("parameters", at, "id"), found=later.id, expected="日期不重叠", fix=fix)
        for group in of_id.values()
        for (_, earlier), (at, later) in combinations(group, 2)
        if windows_meet(_days(earlier), _days(later))
    ]


def _double_ids(ids: list[str], field: str) -> list[Fault]:
    first = {name: at for at, name in reversed(list(enumerate(ids)))}
    return [
        Fault(path=(field, at, "id"), found=name, expected="不重复的 id", fix="编号重复，请换一个。")
        for at, name in enumerate(ids)
        if first[name] < at
    ]


def _service(service: Service, vocabulary: Vocabulary, path: Path) -> list[Fault]:
    faults: list[Fault] = []
    if [tier.rank for tier in service.tiers] != list(range(len(service.tiers))):
        fix = "rank 须从 0 开始逐一递增。"
        faults.append(Fault(path=(*path, "tiers"), found=service.id, expected="0, 1, 2 …", fix=fix))
    if service.tiers and service.tiers[-1].when != FlagTest():
        fix = "最后一档须对所有人成立（不写 when），这样没有人会被漏掉。"
        faults.append(Fault(path=(*path, "tiers"), found=service.id, expected="when = {}", fix=fix))
    faults += _bar_steps(service, path)
    for index, tier in enumerate(service.tiers):
        at = (*path, "tiers", index)
        if not tier.clause.strip():
            faults.append(Fault(path=at, found="", expected="clause", fix="每一档都要写明条款号。"))
        for flag in [name for test in (tier.when, *tier.lifts) for name in test.flags]:
            if flag not in vocabulary.flags:
                fix = "词表中没有这个标识，请改正拼写。"
                faults.append(Fault(path=at, found=flag, expected="vocabulary.toml: flags", fix=fix))
    return faults


def _service_word(pack: Pack, service: Service, vocabulary: Vocabulary, path: Path) -> Iterator[Fault]:
    """A service is one of the vocabulary, where there is any; weights are for a county to decide, not for a pack."""
    known = {*vocabulary.services, pack.general_service}
    if vocabulary.services and service.id not in known:
        fix = "词表中没有这项服务，请改正拼写，或先把它加入词表的 services。"
        yield Fault(path=(*path, "id"), found=service.id, expected="、".join(sorted(known)), fix=fix)
    if service.mode is Mode.ADDITIVE:
        fix = "文件没有给出分值，政策包不能用 additive；县里自定的分值请写在数据目录的 priority.toml 里。"
        others = "、".join(mode for mode in Mode if mode is not Mode.ADDITIVE)
        yield Fault(path=(*path, "mode"), found=service.mode, expected=others, fix=fix)


def _bar_steps(service: Service, path: Path) -> Iterator[Fault]:
    """Width and floor of a document's own fit bands are permille of the mean bar, which lies between 0 and 1."""
    for key, found, least in (
        ("band_width_permille", service.band_width_permille, 1),
        ("floor_permille", service.floor_permille, 0),
    ):
        if found is not None and not least <= found <= WHOLE_PERMILLE:
            fix = f"请写 {least} 到 {WHOLE_PERMILLE} 之间的整数（千分之几）。"
            yield Fault(path=(*path, key), found=show(found), expected=f"{least} .. {WHOLE_PERMILLE}", fix=fix)


def _days(row: Document | Parameter) -> Days:
    return row.from_, row.to


def _same_branch(left: str, right: str) -> bool:
    return left.startswith(right) or right.startswith(left)


def windows_meet(left: Days, right: Days) -> bool:
    """Whether two windows, (first, last) day, share a day; an open side reaches without end."""
    (from_a, to_a), (from_b, to_b) = left, right
    a_before_b = to_a is not None and from_b is not None and to_a < from_b
    b_before_a = to_b is not None and from_a is not None and to_b < from_a
    return not (a_before_b or b_before_a)
