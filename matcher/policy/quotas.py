"""Quotas of a document against what is counted: reached, or short by how many; they run after ranking and move nobody.

Requirements 10.2 (不少于, 不得低于), 10.3. A share is rounded up to the next head, as in the rules of the documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

import msgspec

from matcher.policy.binding import ORDERING_STATES, State, state
from matcher.policy.figures.in_force import NO_FIGURES, CountyFigures, scaled
from matcher.policy.rule_types import Parameter, ParameterKind
from matcher.policy.types import Pack, Quota, QuotaOf, Vocabulary
from matcher.records.codes import Channel


class QuotaOutcome(StrEnum):
    """How a quota stands. The last three are the words of requirements 0.5 and never a number."""

    MET = "met"
    SHORT = "short"
    UNKNOWN = "unknown"
    NEEDS_CONFIG = "needs_config"
    NOT_COMPUTABLE = "not_computable"
    NOT_IN_FORCE = "not_in_force"


class QuotaFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted: `counted` of the group for certain, `undecided` who may be of it, `whole` all; None = not told.

    subject : id of the firm, post or village
    """

    subject: str = ""
    counted: int | None = None
    undecided: int = 0
    whole: int | None = None


class QuotaReport(msgspec.Struct, frozen=True, kw_only=True):
    """One quota of one subject with the clause that asks for it.

    required, short_by : heads, None where nobody can say; short_by counts the undecided as not of the group
    reasons : `masked:`, `unspecified:` or `no_share:` and the parameter that keeps the quota from being counted
    ask : what to find out, Chinese; source : the paper of the county's figure where the document states none
    """

    quota_id: str
    title: str
    subject: str
    outcome: QuotaOutcome
    counted: int | None
    undecided: int
    required: int | None = None
    short_by: int | None = None
    sentence: str
    reasons: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    document: str
    clause: str
    parameter: str
    source: str = ""


_SAYS = {
    QuotaOutcome.MET: "{title}：要求不少于{required}人，已有{counted}人，达到。",
    QuotaOutcome.SHORT: "{title}：要求不少于{required}人，已有{counted}人，还差{short}人。",
    QuotaOutcome.UNKNOWN: "{title}：资料不全，现在还说不准是否达到。",
    QuotaOutcome.NEEDS_CONFIG: "{title}：文件没有写明数目，要县里先定。",
    QuotaOutcome.NOT_COMPUTABLE: "{title}：原文的数目被隐去，不能计算。",
    QuotaOutcome.NOT_IN_FORCE: "{title}：这一天文件不在执行期内，不作要求。",
}
_MISSING = {True: (QuotaOutcome.NOT_COMPUTABLE, "masked"), False: (QuotaOutcome.NEEDS_CONFIG, "unspecified")}
_ASK_FIGURE = "请县里填写“{name}”，并写明依据。"
_ASK_SHARE = "县里填写的“{name}”是{value}，应当大于0、不超过1，请核对。"
_ASK_UNDECIDED = "有{n}人还不清楚是否属于这一类，请逐个核实。"


def quotas(
    pack: Pack,
    of: QuotaOf,
    facts: Sequence[QuotaFacts],
    *,
    on: date,
    vocabulary: Vocabulary,
    figures: CountyFigures = NO_FIGURES,
    channel: Channel | None = None,
) -> tuple[QuotaReport, ...]:
    """Every quota of a pack that is counted so, for each of the subjects, in the order of the pack.

    channel : only those shown beside posts of it; None takes all
    """
    wanted = [
        row for row in pack.quotas if row.of is of and (channel is None or channel in (row.channels or (channel,)))
    ]
    return tuple(
        report(pack, quota, one, on=on, vocabulary=vocabulary, figures=figures) for quota in wanted for one in facts
    )


def report(
    pack: Pack,
    quota: Quota,
    facts: QuotaFacts,
    *,
    on: date,
    vocabulary: Vocabulary,
    figures: CountyFigures = NO_FIGURES,
) -> QuotaReport:
    """How one quota of one subject stands on a day; a figure of the county counts only where the document has none."""
    row = pack.parameter(quota.bound, on)
    if row is None:
        raise ValueError(f"quota {quota.id} names no parameter of pack {pack.id}")
    if not _in_force(pack, row, on):
        return _told(pack, quota, facts, QuotaOutcome.NOT_IN_FORCE)
    figure = None if row.kind.has_value else figures.on(pack.id, row.id, on)
    if not row.kind.has_value and figure is None:
        missing, reason = _MISSING[row.kind is ParameterKind.MASKED]
        asked = _ASK_FIGURE.format(name=row.name or row.id)
        return _hindered(_told(pack, quota, facts, missing, ask=(asked,)), reason)
    bound = Decimal(row.value if figure is None else scaled(figure))
    if quota.share and not 0 < bound <= 1:
        asked = _ASK_SHARE.format(name=row.name or row.id, value=bound)
        return _hindered(_told(pack, quota, facts, QuotaOutcome.NEEDS_CONFIG, ask=(asked,)), "no_share")
    source = "" if figure is None else figure.source
    required = _required(quota, bound, facts)
    if required is None:
        asked = vocabulary.facts[quota.whole].ask
        return _told(pack, quota, facts, QuotaOutcome.UNKNOWN, ask=(asked,), source=source)
    return _counted(pack, quota, facts, required, vocabulary, source)


def _in_force(pack: Pack, row: Parameter, on: date) -> bool:
    """A document without any date asks for nothing by itself; its figures still say what is missing."""
    return state(pack, on) in {*ORDERING_STATES, State.NEEDS_CONFIG} and row.holds_on(on)


def _required(quota: Quota, bound: Decimal, facts: QuotaFacts) -> int | None:
    """Heads that are asked for: a share of the whole rounded up; None without a whole to take it of."""
    if quota.least:
        return int(bound.to_integral_value(ROUND_CEILING))
    if not facts.whole:
        return None
    return int((bound * facts.whole).to_integral_value(ROUND_CEILING))


def _counted(
    pack: Pack, quota: Quota, facts: QuotaFacts, required: int, vocabulary: Vocabulary, source: str
) -> QuotaReport:
    if facts.counted is None:
        ask = (vocabulary.facts[quota.counted].ask,)
        return _told(pack, quota, facts, QuotaOutcome.UNKNOWN, required=required, ask=ask, source=source)
    short_by = max(0, required - facts.counted)
    if 0 < short_by <= facts.undecided:
        ask = (_ASK_UNDECIDED.format(n=facts.undecided),)
        return _told(
            pack, quota, facts, QuotaOutcome.UNKNOWN, required=required, short_by=short_by, ask=ask, source=source
        )
    outcome = QuotaOutcome.SHORT if short_by else QuotaOutcome.MET
    return _told(pack, quota, facts, outcome, required=required, short_by=short_by, source=source)


def _hindered(told: QuotaReport, reason: str) -> QuotaReport:
    return msgspec.structs.replace(told, reasons=(f"{reason}:{told.parameter}",))


def _told(
    pack: Pack,
    quota: Quota,
    facts: QuotaFacts,
    outcome: QuotaOutcome,
    *,
    required: int | None = None,
    short_by: int | None = None,
    ask: tuple[str, ...] = (),
    source: str = "",
) -> QuotaReport:
    sentence = _SAYS[outcome].format(title=quota.title, required=required, counted=facts.counted, short=short_by)
    return QuotaReport(
        quota_id=quota.id,
        title=quota.title,
        subject=facts.subject,
        outcome=outcome,
        counted=facts.counted,
        undecided=facts.undecided,
        required=required,
        short_by=short_by,
        sentence=sentence,
        ask=ask,
        document=pack.cited,
        clause=quota.clause,
        parameter=quota.bound,
        source=source,
    )
