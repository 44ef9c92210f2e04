"""The likest name is rapidfuzz's: the same ratio, and of equal ones the first."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from matcher.language import nearest
from matcher.language.nearest import NameIndex


@pytest.fixture(autouse=True)
def loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "FEW_PAIRS", 0)


WORDS = st.text("电焊工砌砖师傅ab", max_size=9)
FEW = st.lists(st.one_of(WORDS, st.text("工", max_size=70), st.text(max_size=4)), max_size=8)


def slow(texts: list[str], names: list[str]) -> list[tuple[int, float]]:
    """One pair after the other."""
    found = []
    for text in texts:
        ratios = [fuzz.ratio(text, name) for name in names]
        best = max(ratios, default=0.0)
        found.append((ratios.index(best), best) if best > 0 else (-1, 0.0))
    return found


def told(texts: list[str], names: list[str]) -> list[tuple[int, float]]:
    answer = NameIndex(names).nearest(texts)
    return list(zip(answer.name.tolist(), answer.ratio.tolist(), strict=True))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FEW, FEW)
@example(["工" * 64, "工" * 65, ""], ["工" * 12, "", "工" * 64])
@example(["焊电"], ["电焊", "焊电", "电"])
def test_the_likest_name_and_its_ratio_are_rapidfuzz_s(texts: list[str], names: list[str]) -> None:
    assert told(texts, names) == slow(texts, names)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FEW, FEW)
def test_without_the_loops_the_answer_is_the_same(texts: list[str], names: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(nearest.machine_code, "is_available", lambda: False)
        assert told(texts, names) == slow(texts, names)


def test_many_texts_are_shared_out_among_the_processors() -> None:
    names = [f"{first}{second}工" for first in "电气水木瓦油" for second in "焊钳泥漆修装"]
    texts = [f"{a}{b}{c}" for a in "电气水会做" for b in "焊钳泥漆电工" for c in "工师傅人活儿的修装木瓦油水"] * 5
    assert told(texts, names) == slow(texts, names)
