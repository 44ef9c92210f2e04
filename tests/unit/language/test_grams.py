"""The inverted index beside a slow twin in plain Python."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.language.grams import GramIndex, features, packed

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


INDEX = GramIndex(ENTRIES, [pairs(entry) for entry in ENTRIES], pairs)


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


@pytest.mark.parametrize("text", ["工", "工工", "工工工", "𠮷工", "a工", "𠮷"])
def test_entries_may_be_short_repeat_a_character_or_lie_beyond_the_first_plane(text):
    entries = ("工", "工工工", "𠮷工", "工a")
    index = GramIndex(entries, [pairs(entry) for entry in entries], pairs)
    np.testing.assert_allclose(index.similarities(text), slow_twin(text, entries), rtol=1e-12, atol=1e-12)


@given(st.text(max_size=3), st.text(max_size=3))
def test_packed_n_grams_are_the_same_only_for_the_same_text(a, b):
    assert (packed(a) == packed(b)) == (a == b)
    assert 0 <= packed(a) < 1 << 63
