"""Slot prices of a plan that are read when somebody first asks for one: a hundred thousand take a fifth of a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Final


class UnreadPrices(Mapping[str, float]):
    """Vacancy id -> price, as a dict would have it. Plans are never changed, so it does not matter when it is read."""

    def __init__(self, read: Callable[[], dict[str, float]]) -> None:
        self._read: Final = read

    @cached_property
    def _prices(self) -> dict[str, float]:
        return self._read()

    def __getitem__(self, vacancy_id: str) -> float:
        """The price of a vacancy."""
        return self._prices[vacancy_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._prices)

    def __len__(self) -> int:
        return len(self._prices)

    def __reduce__(self) -> tuple[type[dict[str, float]], tuple[dict[str, float]]]:
        """Sent to another process they are read."""
        return dict, (self._prices,)
