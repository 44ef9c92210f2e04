"""Benefits of a pack as rows, and claims answered line by line: a line in, an answer out, same order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import msgspec

from matcher.errors import InvalidInput, MatcherError, NotFound, Problem
from matcher.policy import Conventions, Pack, PackSet
from matcher.policy.benefits import BenefitAnswer, Claim, Claims, Dossier, FigureNeed, claim, no_such_benefit
from matcher.policy.figures.in_force import NO_FIGURES, CountyFigures
from matcher.policy.figures.units import misfit, unit_rule
from matcher.policy.figures.words import cited, figure_name, row_of
from matcher.policy.pages.benefits import benefit_row
from matcher.records.figures import CountyFigure

EXPECTED: Final = '{"pack": …, "benefit": …, "on": "YYYY-MM-DD", "facts": {…}}'
MASKED: Final = "原文隐去了“{name}”，不能计算"
STALE: Final = "“{name}”在这一天已不在执行期限之内"


class LineFigure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A figure of the county for the pack of its line, as answers cite it; nobody recorded it but the caller."""

    parameter_id: str
    value: Decimal
    unit: str
    from_: date
    to: date | None = None
    author: str
    source: str


class ClaimLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of `matcher policy claim --batch`.

    evidence : ids of papers handed in; who : claimant, persons, operator ... of this claim, as in `Claim`
    earlier : claims made before; figures : of the county, in the place of those it has recorded
    """

    pack: str
    benefit: str
    on: date
    facts: dict[str, Any] = {}
    evidence: tuple[str, ...] = ()
    who: dict[str, Any] = {}
    earlier: tuple[Claim, ...] = ()
    figures: tuple[LineFigure, ...] = ()


def benefit_rows(packs: PackSet, pack_id: str) -> list[dict[str, str]]:
    """Every benefit of a pack in words, in the order of its file. NotFound for a pack nobody knows."""
    pack = _pack(packs, pack_id)
    return [benefit_row(pack, benefit, packs.vocabulary) for benefit in pack.benefits]


def answer_claims(
    lines: Iterable[str | bytes],
    *,
    packs: PackSet,
    conventions: Conventions,
    figures: CountyFigures = NO_FIGURES,
) -> Iterator[dict[str, Any] | MatcherError]:
    """The answer of each line, or the error in its place; blank lines are skipped."""
    for number, text in enumerate(lines, start=1):
        if text.strip():
            try:
                yield _answer_line(number, text, packs, conventions, figures)
            except (InvalidInput, NotFound) as error:
                yield error


def told(answer: BenefitAnswer, pack: Pack, packs: PackSet) -> dict[str, Any]:
    """An answer as JSON: what is empty left out, each reason with its sentence, each figure with author and source."""
    body: dict[str, Any] = {
        key: value
        for key, value in msgspec.json.decode(msgspec.json.encode(answer)).items()
        if value not in (None, [], {}, "") or key in ("reasons", "ready")
    }
    codes = (*answer.reasons, *(found.reason for found in answer.further), *answer.flags)
    sentences = {code: sentence(code, answer, pack, packs) for code in dict.fromkeys(codes)}
    if sentences:
        body["sentences"] = sentences
    if answer.figures_used:
        body["figures_used"] = [cited(used) for used in answer.figures_used]
    if answer.figures_needed:
        body["figures_needed"] = [_needed(need, pack, packs) for need in answer.figures_needed]
    return body


def _needed(need: FigureNeed, pack: Pack, packs: PackSet) -> dict[str, str]:
    """A figure the county has yet to set, as a person would look for it."""
    row = row_of(pack, need.parameter_id)
    named = {"name": figure_name(row, packs.vocabulary), "unit": row.unit, "clause": row.clause} if row else {}
    return {"pack_id": need.pack_id, "parameter_id": need.parameter_id, **named}


def sentence(code: str, answer: BenefitAnswer, pack: Pack, packs: PackSet) -> str:
    """A reason in Chinese; a figure by its name, a word of a rule by what the rule says of it."""
    kind, _, parameter = code.partition(":")
    row = row_of(pack, parameter) if parameter else None
    if row is not None:
        template = {"masked": MASKED, "not_in_force": STALE}.get(kind, "“{name}”")
        return template.format(name=figure_name(row, packs.vocabulary))
    rule = pack.rule(answer.rule_id)
    said = {saying.code: saying.officer.rstrip("。") for saying in rule.says} if rule else {}
    return said.get(code) or packs.vocabulary.words.get(code, code)


def _answer_line(
    number: int, text: str | bytes, packs: PackSet, conventions: Conventions, figures: CountyFigures
) -> dict[str, Any]:
    where = f"line {number}"
    try:
        line = msgspec.json.decode(text, type=ClaimLine)
        who = msgspec.convert({"pack": line.pack, "benefit": line.benefit, "on": line.on} | line.who, Claim)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        fix = f"请把这一行改为 {EXPECTED}。"
        problem = Problem(row=number, found=str(error), expected=EXPECTED, fix=fix)
        raise InvalidInput(f"the line is no claim: {error}", (problem,), where=where, remedy=fix) from None
    pack = _pack(packs, line.pack, where)
    benefit = pack.benefit(line.benefit)
    if benefit is None:
        _known_elsewhere(packs, line.benefit, where)
        return told(no_such_benefit(pack, line.benefit, line.on), pack, packs)
    own = CountyFigures(_figures(line, pack, where)) if line.figures else figures
    earlier = Claims(packs.packs, conventions, line.earlier)
    dossier = Dossier(evidence=line.evidence, who=who, earlier=earlier if line.earlier or line.who else None)
    try:
        return told(claim(pack, benefit, line.facts, own, line.on, conventions, dossier), pack, packs)
    except InvalidInput as error:
        problems = tuple(msgspec.structs.replace(problem, row=number) for problem in error.problems)
        raise InvalidInput(error.what, problems, where=f"{where}, {error.where}", remedy=error.remedy) from None


def _figures(line: ClaimLine, pack: Pack, where: str) -> Iterator[CountyFigure]:
    """The figures of a line as records. InvalidInput for one of no parameter, of another unit or of no sense in it."""
    for given in line.figures:
        row = row_of(pack, given.parameter_id)
        if row is None or row.unit != given.unit or misfit(given.unit, given.value):
            expected = f"{row.unit}，{unit_rule(row.unit).says}" if row else "本文件要县里填的数"
            fix = f"请把 {given.parameter_id} 改为{expected}。"
            problem = Problem(column=given.parameter_id, found=f"{given.value}{given.unit}", expected=expected, fix=fix)
            raise InvalidInput(f"figure {given.parameter_id} does not fit", (problem,), where=where, remedy=fix)
        yield CountyFigure(
            pack_id=pack.id,
            parameter_id=given.parameter_id,
            value=given.value,
            unit=given.unit,
            from_=given.from_,
            to=given.to,
            author=given.author,
            source=given.source,
            recorded_on=line.on,
        )


def _pack(packs: PackSet, pack_id: str, where: str = "policy") -> Pack:
    pack: Mapping[str, Pack] = packs.packs
    if pack_id not in pack:
        raise NotFound(f"no pack {pack_id!r}", where=where, remedy=f"Use one of: {', '.join(pack)}.")
    return pack[pack_id]


def _known_elsewhere(packs: PackSet, benefit_id: str, where: str) -> None:
    """A benefit that no document has is a slip of the pen; one that others have is an answer."""
    if not any(pack.benefit(benefit_id) for pack in packs.packs.values()):
        known = "`matcher policy benefits PACK` lists those of a pack."
        raise NotFound(f"no benefit {benefit_id!r} in any pack", where=where, remedy=known)
