"""The inverted index beside a slow twin in plain Python."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.language.grams import GramIndex, features

ENTRIES = ("电焊工", "焊工", "缝纫工", "车床工", "车位", "普工", "cnc操作工")


def pairs(text):
    return [text[at : at + 2] for at in range(len(text) - 1)]


def slow_twin(text, entries):
    counts = [features(entry, pairs) for entry in entries]

    def idf(feature):
        return math.log((1 + len(entries)) / (1 + sum(feature in count for count in counts))) + 1

    def norm(count):
        return math.sqrt(sum((n * idf(f)) ** 2 for f, n in count.items()))

    query = features(text, pairs)
    if not query:
        return [0.0] * len(entries)
    return [
        sum(n * idf(f) * count[f] * idf(f) for f, n in query.items()) / norm(query) / norm(count) for count in counts
    ]


INDEX = GramIndex(ENTRIES, pairs)


@given(st.text(alphabet="电焊工缝纫车床位普cn操作x", max_size=10))
def test_similarities_equal_the_slow_twin(text):
    np.testing.assert_allclose(INDEX.similarities(text), slow_twin(text, ENTRIES), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_is_most_like_itself(entry):
    found = INDEX.similarities(entry)
    assert found.argmax() == ENTRIES.index(entry)
    assert found.max() == pytest.approx(1)


def test_nothing_known_is_like_nothing():
    assert not INDEX.similarities("龘龘").any()
    assert not INDEX.similarities("").any()


def test_which_grams_are_known():
    assert INDEX.holds("焊工")
    assert not INDEX.holds("焊缝")
