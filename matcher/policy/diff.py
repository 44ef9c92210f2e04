"""What two documents pay and ask differently, subject by subject; figures never cross from one to the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from matcher.policy.benefit_types import Benefit
from matcher.policy.binding import State, state
from matcher.policy.pages.benefits import benefit_row
from matcher.policy.pages.figures import figure, window
from matcher.policy.pages.services import tier_lines
from matcher.policy.rule_types import Parameter, ParameterKind
from matcher.policy.subjects import Line, Subject
from matcher.policy.types import Pack, Vocabulary

# Part of a benefit's row -> how it is asked.
BENEFIT_QUESTIONS = {"amount": "怎么算", "period": "多久一次", "payees": "由谁领", "papers": "凭什么材料"}


class Agreement(StrEnum):
    """How two documents stand to one question."""

    SAME = "same"
    DIFFERENT = "different"
    OPEN = "open"
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """What one document says in one row: Chinese value with its bound and unit, clause, days of its own.

    missing : masked, unspecified, absent, or "" where there is a value; in_force : whether the row holds on the day
    """

    id: str
    name: str
    value: str
    clause: str
    days: str = ""
    missing: str = ""
    in_force: bool = True


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question as both documents answer it."""

    title: str
    verdict: Agreement
    left: tuple[Cell, ...]
    right: tuple[Cell, ...]


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One subject (or service) with the questions at least one of the documents answers."""

    id: str
    title: str
    questions: tuple[Question, ...]

    @property
    def verdict(self) -> Agreement:
        """That of all questions if they agree; open where what is not the same is open; else different."""
        found = {question.verdict for question in self.questions}
        if len(found) == 1:
            return next(iter(found))
        return Agreement.OPEN if found == {Agreement.OPEN, Agreement.SAME} else Agreement.DIFFERENT


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two documents: what it is and how it stands on the day."""

    pack_id: str
    name: str
    document: str
    days: str
    state: State


class PackDiff(msgspec.Struct, frozen=True, kw_only=True):
    """Two documents side by side on a day.

    subjects : of the file of subjects; orders : services, by tier; others : rows of one id in both that no subject
    holds; only_left, only_right : rows that only one document has and no subject holds
    """

    on: date
    left: Side
    right: Side
    subjects: tuple[Compared, ...]
    orders: tuple[Compared, ...]
    others: tuple[Question, ...]
    only_left: tuple[Cell, ...]
    only_right: tuple[Cell, ...]


def diff(left: Pack, right: Pack, on: date, vocabulary: Vocabulary, subjects: Iterable[Subject]) -> PackDiff:
    """Both documents compared as they stand on a day; a row out of its days is shown as such, not left out."""
    table = tuple(subjects)
    held = {name for subject in table for line in subject.lines for name in line.of}
    sides = _Pages(left, on, vocabulary), _Pages(right, on, vocabulary)
    loose = [[name for name in page.ids if name not in held] for page in sides]
    both = [name for name in loose[0] if name in set(loose[1])]
    return PackDiff(
        on=on,
        left=_side(left, on),
        right=_side(right, on),
        subjects=tuple(_subjects(table, *sides)),
        orders=tuple(_orders(left, right, vocabulary)),
        others=tuple(question for name in both for question in _question(Line(title="", of=(name,)), *sides)),
        only_left=tuple(cell for name in loose[0] if name not in both for cell in sides[0].cells((name,))),
        only_right=tuple(cell for name in loose[1] if name not in both for cell in sides[1].cells((name,))),
    )


class _Pages:
    """The rows of one document as cells, on a day."""

    def __init__(self, pack: Pack, on: date, vocabulary: Vocabulary) -> None:
        self.pack, self.on, self.vocabulary, self.words = pack, on, vocabulary, vocabulary.words
        self.ids = tuple(dict.fromkeys(row.id for row in pack.parameters))

    def cells(self, names: Sequence[str]) -> tuple[Cell, ...]:
        """Cells of the parameters among `names` that the document has."""
        rows = (self.pack.parameter(name, self.on) for name in names)
        return tuple(self._cell(row) for row in rows if row is not None)

    def benefit_cells(self, purposes: Sequence[str], key: str) -> tuple[Cell, ...]:
        """One thing the document says of each benefit of some purposes."""
        found = (benefit for benefit in self.pack.benefits if benefit.purpose in purposes)
        return tuple(cell for benefit in found for cell in self._benefit(benefit, key))

    def _benefit(self, benefit: Benefit, key: str) -> Iterator[Cell]:
        told = benefit_row(self.pack, benefit, self.vocabulary)
        if told[key]:
            row = self.pack.parameter(benefit.amount, self.on)
            yield Cell(
                id=f"{benefit.id}.{key}",
                name=benefit.title,
                value=f"{told[key]}（{told['papers_basis']}）" if key == "papers" else told[key],
                clause=told["clause"],
                days=told["days"],
                missing=row.kind.value if key == "amount" and row is not None and row.kind.is_open else "",
                in_force=_between(benefit.from_, benefit.to, self.on),
            )

    def _cell(self, row: Parameter) -> Cell:
        document = self.pack.document
        own = (row.from_, row.to) != (document.from_, document.to)
        return Cell(
            id=row.id,
            name=row.name or self.words.get(row.id, row.id),
            value=figure(row, self.words),
            clause=self.words.get(row.clause, row.clause),
            days=window(row.from_, row.to) if own else "",
            missing="" if row.kind.has_value else row.kind.value,
            in_force=row.holds_on(self.on),
        )


def _subjects(subjects: Iterable[Subject], left: _Pages, right: _Pages) -> Iterator[Compared]:
    for subject in subjects:
        questions = [question for line in subject.lines for question in _question(line, left, right)]
        questions += _benefit_questions(subject, left, right)
        if questions:
            yield Compared(id=subject.id, title=subject.title, questions=tuple(questions))


def _benefit_questions(subject: Subject, left: _Pages, right: _Pages) -> Iterator[Question]:
    """What the benefits of a subject pay, how often, to whom and on which papers."""
    for key, title in BENEFIT_QUESTIONS.items():
        ours, theirs = (page.benefit_cells(subject.purposes, key) for page in (left, right))
        if ours or theirs:
            yield Question(title=title, verdict=_verdict(ours, theirs), left=ours, right=theirs)


def _question(line: Line, left: _Pages, right: _Pages) -> Iterator[Question]:
    """The question with both answers, if either document has one."""
    ours, theirs = left.cells(line.of), right.cells(line.of)
    if ours or theirs:
        title = line.title or (ours or theirs)[0].name
        yield Question(title=title, verdict=_verdict(ours, theirs), left=ours, right=theirs)


def _verdict(left: tuple[Cell, ...], right: tuple[Cell, ...]) -> Agreement:
    """Open as soon as a figure that matters is masked or left open; `absent` is a document that has no such thing."""
    absent = ParameterKind.ABSENT.value
    ours, theirs = ([cell for cell in cells if cell.missing != absent] for cells in (left, right))
    if not ours or not theirs:
        return Agreement.ONLY_LEFT if ours else Agreement.ONLY_RIGHT if theirs else Agreement.SAME
    if any(cell.missing for cell in (*ours, *theirs)):
        return Agreement.OPEN
    return Agreement.SAME if [cell.value for cell in ours] == [cell.value for cell in theirs] else Agreement.DIFFERENT


def _orders(left: Pack, right: Pack, vocabulary: Vocabulary) -> Iterator[Compared]:
    """The order of people by service, tier against tier."""
    services = {service.id: service.title for pack in (left, right) for service in pack.services}
    for service_id, title in services.items():
        ours, theirs = (_tiers(pack, service_id, vocabulary) for pack in (left, right))
        question = Question(title="先后", verdict=_verdict(ours, theirs), left=ours, right=theirs)
        yield Compared(id=service_id, title=title, questions=(question,))


def _tiers(pack: Pack, service_id: str, vocabulary: Vocabulary) -> tuple[Cell, ...]:
    service = next((service for service in pack.services if service.id == service_id), None)
    if service is None:
        return ()
    return tuple(
        Cell(id=f"{service_id}.{tier.rank}", name=tier.label, value=words, clause=tier.clause)
        for tier, words in tier_lines(service, vocabulary)
    )


def _between(from_: date | None, to: date | None, on: date) -> bool:
    return (from_ is None or from_ <= on) and (to is None or on <= to)


def _side(pack: Pack, on: date) -> Side:
    document = pack.document
    days = "一直适用" if document.always else window(document.from_, document.to)
    return Side(pack_id=pack.id, name=pack.name, document=pack.cited, days=days, state=state(pack, on))
