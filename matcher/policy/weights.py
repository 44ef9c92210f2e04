"""A county's own weights: what it adds to the fit of a group, dated, with author and source, never a document's.

No document gives weights (requirements 10.3, `additive`), so they stand in `priority.toml` of the data folder and in
no pack; whoever sees an order made with them also sees who decided so. A pack's own strict or tie-break services
keep their order: a county weighs only where the document says no more than "first among similar fit".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path as FilePath

import msgspec

from matcher.errors import PackError, Problem
from matcher.policy.binding import pack_for
from matcher.policy.loading.files import read_table
from matcher.policy.loading.loader import problem_at
from matcher.policy.loading.strict import Fault, build, show
from matcher.policy.loading.toml_lines import Path
from matcher.policy.rule_types import Part
from matcher.policy.tiers import service_of
from matcher.policy.types import Mode, Pack, PackSet, Ranked, Vocabulary

WEIGHTS_FILE = "priority.toml"
WHOLE_PERMILLE = 1000
# Asked of nobody alone: it compares a home with a post.
_OF_A_PAIR = "local"


class FlagWeight(Part, frozen=True, kw_only=True):
    """What being of a group adds to the mean bar of the fit, in permille of it."""

    flag: str
    permille: int


class CountyWeights(Part, frozen=True, kw_only=True, rename={"from_": "from"}):
    """The weights of one service of one county and how long they hold, both days inclusive; `to` None = until changed.

    jurisdiction : pack id or leading digits of region codes; source : the county's own paper, not a document's clause
    """

    jurisdiction: str
    service: str
    from_: date
    to: date | None = None
    author: str
    source: str
    of: tuple[FlagWeight, ...]

    def holds_on(self, on: date) -> bool:
        """Whether the weights are in force on a day."""
        return self.from_ <= on and (self.to is None or on <= self.to)

    def binds(self, region: str, pack_id: str) -> bool:
        """Whether they are those of a region (code) or of the county of a pack."""
        return self.jurisdiction == pack_id or (self.jurisdiction.isdigit() and region.startswith(self.jurisdiction))


class _File(Part, frozen=True, kw_only=True):
    weights: tuple[CountyWeights, ...] = ()


def weight_permille(flags: Mapping[str, bool | None], weights: CountyWeights | None, *, cap_permille: int) -> int:
    """What a person's groups add, at most the cap in total; a flag nobody knows adds nothing."""
    if weights is None:
        return 0
    return min(cap_permille, sum(row.permille for row in weights.of if flags.get(row.flag)))


def weights_for(
    weights: Sequence[CountyWeights], *, region: str, pack_id: str, service: str, on: date
) -> CountyWeights | None:
    """The weights in force for a service of a county on a day, None where it orders by tiers."""
    holding = (row for row in weights if row.service == service and row.binds(region, pack_id) and row.holds_on(on))
    return next(holding, None)


def load_weights(folder: FilePath, packs: PackSet) -> tuple[CountyWeights, ...]:
    """The weights of a data folder, none without the file. Raises PackError with every problem of the file."""
    if not folder.joinpath(WEIGHTS_FILE).is_file():
        return ()
    problems: list[Problem] = []
    table, source = read_table(folder, WEIGHTS_FILE, problems)
    faults: list[Fault] = []
    read = build(_File, table, (), faults) if table is not None else None
    if read is not None:
        faults += weight_faults(read.weights, packs)
    # A file is named by itself: the data folder may lie anywhere.
    named = msgspec.structs.replace(source, file=WEIGHTS_FILE)
    problems = [msgspec.structs.replace(problem, file=WEIGHTS_FILE) for problem in problems]
    problems += [problem_at(fault, named) for fault in faults]
    if problems or read is None:
        raise _refused(problems)
    return read.weights


def weight_faults(weights: Sequence[CountyWeights], packs: PackSet) -> list[Fault]:
    """Every fault of well-typed weights: jurisdiction, service, days, flags, sizes, author and source, overlaps."""
    faults: list[Fault] = []
    for index, row in enumerate(weights):
        faults += _row(row, packs, ("weights", index))
    for (_, left), (index, right) in combinations(enumerate(weights), 2):
        if _clash(left, right):
            fix = "同一地区、同一服务在同一天有两套分值，请写明不重叠的 from 和 to。"
            path = ("weights", index, "from")
            faults.append(Fault(path=path, found=show(right.from_), expected="日期不重叠", fix=fix))
    return faults


def _row(row: CountyWeights, packs: PackSet, path: Path) -> Iterator[Fault]:
    vocabulary = packs.vocabulary
    if row.jurisdiction not in packs.packs and not row.jurisdiction.isdigit():
        fix = "请填写地区代码的前几位，或政策包的编号。"
        yield Fault(path=(*path, "jurisdiction"), found=row.jurisdiction, expected="、".join(packs.packs), fix=fix)
    if row.to is not None and row.to < row.from_:
        yield Fault(
            path=(*path, "to"), found=show(row.to), expected=f">= {row.from_}", fix="结束日期不能早于开始日期。"
        )
    for field, text in (("author", row.author), ("source", row.source)):
        if not text.strip():
            fix = "分值不是文件里的，须写明谁定的、依据县里哪份材料。"
            yield Fault(path=(*path, field), found="", expected=field, fix=fix)
    if not row.of:
        yield Fault(path=(*path, "of"), found="", expected="[[weights.of]]", fix="请至少写一类人员的分值。")
    yield from _service(row, packs, path)
    for index, weight in enumerate(row.of):
        yield from _weight(weight, row.of[:index], vocabulary, (*path, "of", index))


def _service(row: CountyWeights, packs: PackSet, path: Path) -> Iterator[Fault]:
    people = {name for name, term in packs.vocabulary.services.items() if term.ranks is Ranked.PEOPLE}
    if row.service not in people:
        fix = "词表中没有这项给人排序的服务，请改正拼写。"
        yield Fault(path=(*path, "service"), found=row.service, expected="、".join(sorted(people)), fix=fix)
        return
    for pack in _bound(row, packs):
        mode = service_of(pack, row.service).mode
        if mode is not Mode.LEXICOGRAPHIC_IN_BAND:
            fix = f"{pack.cited}对这项服务另有先后规定（{mode}），县里不能改用分值，请删去这一段。"
            expected = Mode.LEXICOGRAPHIC_IN_BAND.value
            yield Fault(path=(*path, "service"), found=row.service, expected=expected, fix=fix)


def _bound(row: CountyWeights, packs: PackSet) -> list[Pack]:
    """The packs whose order such weights would replace, while they hold: the one that binds on their first day."""
    if row.jurisdiction not in packs.packs and not row.jurisdiction.isdigit():
        return []
    found = pack_for(packs, row.jurisdiction, row.from_)
    return list({pack.id: pack for pack in (found.pack, found.asked) if pack.services}.values())


def _weight(weight: FlagWeight, before: Sequence[FlagWeight], vocabulary: Vocabulary, path: Path) -> Iterator[Fault]:
    term = vocabulary.flags.get(weight.flag)
    if term is None or term.of is not Ranked.PEOPLE or weight.flag == _OF_A_PAIR:
        fix = "词表中没有这类人员，请改正拼写。"
        yield Fault(path=(*path, "flag"), found=weight.flag, expected="vocabulary.toml: flags", fix=fix)
    if any(other.flag == weight.flag for other in before):
        yield Fault(path=(*path, "flag"), found=weight.flag, expected="不重复的 flag", fix="同一类人员只能写一次。")
    if not 1 <= weight.permille <= WHOLE_PERMILLE:
        fix = f"请写 1 到 {WHOLE_PERMILLE} 之间的整数（千分之几）；不加分的不用写，分值不能为负。"
        expected = f"1 .. {WHOLE_PERMILLE}"
        yield Fault(path=(*path, "permille"), found=show(weight.permille), expected=expected, fix=fix)


def _clash(left: CountyWeights, right: CountyWeights) -> bool:
    """Whether two rows could hold for one post on one day."""
    a, b = left.jurisdiction, right.jurisdiction
    same = a == b or (a.isdigit() and b.isdigit() and (a.startswith(b) or b.startswith(a)))
    apart = (left.to is not None and left.to < right.from_) or (right.to is not None and right.to < left.from_)
    return same and left.service == right.service and not apart


def _refused(problems: Sequence[Problem]) -> PackError:
    return PackError(
        f"县里的分值有{len(problems)}处对不上",
        tuple(problems),
        where=WEIGHTS_FILE,
        remedy=f"请改好上面各行，或者移走 {WEIGHTS_FILE}，按文件的先后次序。",
    )
