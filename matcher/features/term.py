"""What a score term is: its cells or steps, and the sentence said of each."""

from __future__ import annotations

import msgspec


class Cell(msgspec.Struct, frozen=True):
    """One value of a coded term, told to the worker and, where it says something of the person, to a broker."""

    name: str
    sentence: str
    of_person: str = ""


class Step(msgspec.Struct, frozen=True):
    """What is said of a number from `start` to the next step; true of every number between them, both ends included."""

    start: int
    sentence: str
    of_person: str


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """One score term. `cells` is empty for a numeric term; `unit` says what a numeric term counts.

    steps : of a numeric term that is told in words instead of by its number, ascending, the first from 0
    sentence, low_sentence, of_person : of a numeric term, with `{}` for the number; `low_sentence` where it weighs
    against the post, `of_person` told to a broker; zero_sentence, unknown_sentence : where the number is 0 or not known
    """

    name: str
    label: str
    cells: tuple[Cell, ...] = ()
    unit: str = ""
    steps: tuple[Step, ...] = ()
    sentence: str = ""
    low_sentence: str = ""
    of_person: str = ""
    zero_sentence: str = ""
    unknown_sentence: str = ""

    def say(self, value: int, *, against: bool = False) -> str:
        """The sentence for the worker of a cell index (coded) or a value (numeric, -1 unknown)."""
        if self.cells:
            return self.cells[value].sentence
        if value < 0:
            return self.unknown_sentence
        if self.steps:
            return self._step(value).sentence
        if value == 0 and self.zero_sentence:
            return self.zero_sentence
        return (self.low_sentence if against and self.low_sentence else self.sentence).format(value)

    def say_of_person(self, value: int) -> str:
        """The sentence for a broker, empty where the term says nothing of the person."""
        if self.cells:
            return self.cells[value].of_person
        if value <= 0:
            return ""
        return self._step(value).of_person if self.steps else self.of_person.format(value)

    def _step(self, value: int) -> Step:
        return next(step for step in reversed(self.steps) if step.start <= value)


def cells(**sentences: str | tuple[str, str]) -> tuple[Cell, ...]:
    """Cells by name, each with its sentence, or with that and the one a broker hears."""
    return tuple(Cell(name, said) if isinstance(said, str) else Cell(name, *said) for name, said in sentences.items())


def steps(said: dict[int, str]) -> tuple[Step, ...]:
    """Steps by their start, `{}` standing for who is spoken to or of."""
    return tuple(Step(start, sentence.format("您"), sentence.format("本人")) for start, sentence in said.items())
