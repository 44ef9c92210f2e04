"""Packs as pages: which there are and how they stand, and one as a whole."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from matcher.errors import NotFound
from matcher.geography import gazetteer
from matcher.policy import Coverage, Effect, Mode, Pack, PackSet, Parameter, State, coverage, digest, pack_for, state
from matcher.policy.binding import STANDARD
from matcher.policy.figures.in_force import NO_FIGURES, CountyFigures
from matcher.policy.figures.needed import figures_needed
from matcher.policy.pages.benefits import benefit_row
from matcher.policy.pages.diff import STATE_WORDS
from matcher.policy.pages.figures import figure, window
from matcher.policy.pages.rules import rule_lines
from matcher.policy.pages.services import EVERYBODY_ELSE, flag_words
from matcher.policy.rule_types import ParameterKind
from matcher.policy.types import Document, PublicationRule, Service, Vocabulary
from matcher.records import COUNTY_DIGITS

_MEANS: Final = {
    State.NOT_YET: "还没到执行的日子：排序用通用规则，要付的钱一律不付，写明“无现行政策”。",
    State.IN_FORCE: "现行有效：排序和数字都按它。",
    State.EXPIRED: "已经到期：排序退回通用规则；要付的钱一律不付，写明“无现行政策”。请核实有没有接着的文件。",
    State.NEEDS_REVIEW: "这一天是否有效要人工核实：先按它排序，核实以前不付钱。",
    State.NEEDS_CONFIG: "文件里没有日期，要县里补：排序用通用规则，不付钱。",
}
_MISSING: Final = {
    ParameterKind.MASKED: "原文此处打码",
    ParameterKind.UNSPECIFIED: "原文未写明",
    ParameterKind.ABSENT: "原文没有这一项",
}
_MODES: Final = {
    Mode.LEXICOGRAPHIC_IN_BAND: "合适程度差不多的，按档次先后",
    Mode.STRICT_TIER: "到了基本匹配，先看档次",
    Mode.TIE_BREAK: "别的都一样，才看档次",
}
_NEEDED: Final = frozenset({ParameterKind.MASKED, ParameterKind.UNSPECIFIED})
_STEP: Final = re.compile(r"\d+\. (.*)")
_FOREIGN: Final = re.compile("[A-Za-z]{3}")


def packs_on(packs: PackSet, jurisdiction: str, on: date, figures: CountyFigures = NO_FIGURES) -> dict[str, Any]:
    """Every pack with its state on the day: what needs a look first, then what is in force.

    figures : what the county has recorded; `n_figures_needed` counts what is open in its own document (without a
    county: in all)
    """
    order = (State.EXPIRED, State.NEEDS_REVIEW, State.NEEDS_CONFIG, State.NOT_YET, State.IN_FORCE)
    rows = [{**_row(pack, on), "n_needed": _n_open(packs, pack.id, on, figures)} for pack in packs.packs.values()]
    bound = pack_for(packs, jurisdiction, on) if jurisdiction else None
    return {
        "on": on.isoformat(),
        "bound": None
        if bound is None
        else {
            "pack_id": bound.asked.id,
            "name": bound.asked.name,
            "orders": bound.pack.id,
            "orders_name": bound.pack.name,
            "pays": bound.pays,
            "warnings": list(bound.warnings),
        },
        "packs": sorted(rows, key=lambda row: (order.index(row["state"]), row["pack_id"])),
        "n_figures_needed": sum(row["n_needed"] for row in rows if bound is None or row["pack_id"] == bound.asked.id),
    }


def pack_page(packs: PackSet, pack_id: str, on: date, figures: CountyFigures = NO_FIGURES) -> dict[str, Any]:
    """A whole pack on a day: document, figures by clause, rules with their sentences, order of people. NotFound.

    figures : what the county has recorded for those the document masks or leaves open
    """
    pack = packs.packs.get(pack_id)
    if pack is None:
        raise NotFound("没有这份政策", remedy="请从政策列表重新点进来。")
    vocabulary, now, counts = packs.vocabulary, state(pack, on), coverage(packs)
    return {
        **_row(pack, on),
        "on": on.isoformat(),
        "means": _MEANS[now],
        "document": _document(pack),
        "figures": [
            {**_figure(row, pack, vocabulary, on, now), **_countys(row, pack, on, figures)}
            for row in pack.parameters
            if not _is_term(row)
        ],
        "terms": [_figure(row, pack, vocabulary, on, now) for row in pack.parameters if _is_term(row)],
        "rules": [
            {**_rule(list(rule_lines(pack, rule, vocabulary))), "cases": _covered(counts[rule.id])}
            for rule in pack.rules
        ],
        "n_cases": sum(counts[rule.id].n_cases for rule in pack.rules),
        "others": [
            {"pack_id": other.id, "name": other.name}
            for other in packs.packs.values()
            if not other.document.always and other.id != pack.id
        ],
        "benefits": [benefit_row(pack, benefit, vocabulary) for benefit in pack.benefits],
        "services": [_service(service, vocabulary) for service in pack.services],
        "publication": [_publication(row) for row in pack.publication],
        "protections": [
            {"sentence": row.sentence, "document": row.document, "clause": row.clause} for row in pack.protections
        ],
    }


def _publication(row: PublicationRule) -> dict[str, str]:
    return {
        "effect": "不得发布" if row.effect is Effect.BAR else "提示核对",
        "sentence": row.sentence,
        "document": row.document,
        "clause": row.clause,
        "days": window(row.from_, row.to),
    }


def _n_open(packs: PackSet, pack_id: str, on: date, figures: CountyFigures) -> int:
    """How many figures of a document the county has still to supply for a day."""
    return sum(row.is_open for row in figures_needed(packs, on, figures, [pack_id]))


def _row(pack: Pack, on: date) -> dict[str, Any]:
    now = state(pack, on)
    return {
        "pack_id": pack.id,
        "name": pack.name,
        "cited": pack.cited,
        "regions": [region_words(region) for region in pack.regions],
        "everywhere": pack.document.always,
        "state": now.value,
        "state_label": STATE_WORDS[now],
        "days": _days(pack.document),
        "n_figures": sum(row.kind.has_value for row in pack.parameters),
        "n_rules": len(pack.rules),
        "digest": digest(pack)[:12],
        "is_standard": pack.id == STANDARD,
    }


def region_words(region: str) -> str:
    """Leading digits of region codes as people say the region: 柳江区（450206）."""
    code = region.ljust(COUNTY_DIGITS, "0")
    name = gazetteer().name(code) if gazetteer().exists(code) else ""
    return f"{name}（{region}）" if name else region


def _document(pack: Pack) -> dict[str, Any]:
    document = pack.document
    return {
        "title": document.title,
        "number": document.number,
        "issuer": document.issuer,
        "issued": _iso(document.issued),
        "printed": _iso(document.printed),
        "days": _days(document),
        "last_year_named": document.last_year_named,
        "carries_out": list(document.carries_out),
        "superseded_by": document.superseded_by,
        "note": document.note,
    }


def _days(document: Document) -> str:
    if document.always:
        return "一直适用"
    start = document.from_.isoformat() if document.from_ else "没写哪天起"
    return f"{start} 至 {document.to.isoformat() if document.to else '没写到哪天'}"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _figure(row: Parameter, pack: Pack, vocabulary: Vocabulary, on: date, now: State) -> dict[str, Any]:
    """One figure with clause and days; `value` is empty where the document gives none, `missing` says which case."""
    document, words = pack.document, vocabulary.words
    own = (row.from_, row.to) != (document.from_, document.to)
    return {
        "id": row.id,
        "name": _name(row, vocabulary),
        "named": bool(row.name or vocabulary.words.get(row.id)),
        "value": figure(row, words) if row.kind.has_value else "",
        "missing": _MISSING.get(row.kind, ""),
        "unit": words.get(row.unit, row.unit),
        "clause": words.get(row.clause, row.clause),
        "days": window(row.from_, row.to) if own else _days(document),
        "own_days": own,
        "today": _today(row, on, now),
        # Notes of the pack are partly for its keepers; readers get those in their own language.
        "note": row.note if not _FOREIGN.search(row.note) else "",
    }


def _countys(row: Parameter, pack: Pack, on: date, figures: CountyFigures) -> dict[str, Any]:
    """What the county has set on the day where the document has no number, in place of the gap; nothing else."""
    found = figures.on(pack.id, row.id, on) if row.kind.is_open else None
    if found is None:
        return {"county": ""}
    return {"county": f"{found.value:f}{found.unit}", "today": "county"}


def _is_term(row: Parameter) -> bool:
    """A listed term of the document: words, not a figure and not a gap to be filled."""
    return row.kind in (ParameterKind.TEXT, ParameterKind.ABSENT)


def _today(row: Parameter, on: date, now: State) -> str:
    """needed, in_force, review or not_in_force on the day."""
    if not row.kind.has_value:
        return "needed" if row.kind in _NEEDED else "absent"
    if now is State.NEEDS_REVIEW:
        return "review"
    return "in_force" if now is State.IN_FORCE and row.holds_on(on) else "not_in_force"


def _name(row: Parameter, vocabulary: Vocabulary) -> str:
    return row.name or vocabulary.words.get(row.id, "") or row.id


def _rule(lines: list[str]) -> dict[str, Any]:
    """A rule's page lines as title, numbered steps with what leads to each, and what it computes."""
    steps: list[dict[str, Any]] = []
    computed: list[str] = []
    for line in lines[1:]:
        numbered = _STEP.fullmatch(line)
        if numbered:
            steps.append({"says": numbered[1], "when": []})
        elif line.startswith("   - "):
            steps[-1]["when"].append(line.removeprefix("   - "))
        else:
            computed.append(line.removeprefix("- "))
    title, _, rest = lines[0].removeprefix("### ").rpartition("（")
    rule_id, _, clause = rest.removesuffix("）").partition("，")
    return {"title": title, "rule_id": rule_id, "clause": clause, "steps": steps, "computed": computed}


def _covered(count: Coverage) -> dict[str, int]:
    """How many worked examples a rule has on each side."""
    return {"yes": count.yes, "no": count.no, "unknown": count.unknown}


def _service(service: Service, vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "title": service.title,
        "mode": _MODES[service.mode],
        "note": service.note,
        "tiers": [
            {
                "label": tier.label,
                "who": flag_words(tier.when, vocabulary) or EVERYBODY_ELSE,
                "lifts": [flag_words(lift, vocabulary) for lift in tier.lifts],
                "clause": tier.clause,
            }
            for tier in service.tiers
        ],
    }
