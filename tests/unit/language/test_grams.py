"""The inverted index beside a slow twin in plain Python."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.language.grams import GramIndex, pieces

ENTRIES = ("电焊工", "焊工", "缝纫工", "车床工", "车位", "普工", "cnc操作工")


def pairs(text):
    return [text[at : at + 2] for at in range(len(text) - 1)]


def features(text):
    """Counted n-grams, and counted words; a word is another feature than the n-gram of its letters."""
    return Counter(pieces(text)) + Counter(("word", word) for word in pairs(text))


def slow_twin(text, entries):
    counts = [features(entry) for entry in entries]
    words = {feature for count in counts for feature in count if isinstance(feature, tuple)}

    def idf(feature):
        return math.log((1 + len(entries)) / (1 + sum(feature in count for count in counts))) + 1

    def norm(count):
        return math.sqrt(sum((n * idf(f)) ** 2 for f, n in count.items()))

    query = Counter({f: n for f, n in features(text).items() if isinstance(f, str) or f in words})
    if not query:
        return [0.0] * len(entries)
    return [
        sum(n * idf(f) * count[f] * idf(f) for f, n in query.items()) / norm(query) / norm(count) for count in counts
    ]


INDEX = GramIndex(ENTRIES, [pairs(entry) for entry in ENTRIES])


@given(st.text(alphabet="电焊工缝纫车床位普cn操作x", max_size=10))
def test_similarities_equal_the_slow_twin(text):
    np.testing.assert_allclose(INDEX.similarities([text])[0], slow_twin(text, ENTRIES), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_is_most_like_itself(entry):
    found = INDEX.similarities([entry])[0]
    assert found.argmax() == ENTRIES.index(entry)
    assert found.max() == pytest.approx(1)


def test_nothing_known_is_like_nothing():
    assert not INDEX.similarities(["龘龘", ""]).any()
    assert INDEX.similarities([]).shape == (0, len(ENTRIES))


def test_which_grams_are_known():
    assert INDEX.holds("焊工")
    assert not INDEX.holds("焊缝")


@pytest.mark.parametrize("text", ["工", "工工", "工工工", "𠮷工", "a工", "𠮷"])
def test_entries_may_be_short_repeat_a_character_or_lie_beyond_the_first_plane(text):
    entries = ("工", "工工工", "𠮷工", "工a")
    index = GramIndex(entries, [pairs(entry) for entry in entries])
    np.testing.assert_allclose(index.similarities([text])[0], slow_twin(text, entries), rtol=1e-12, atol=1e-12)


def test_a_batch_is_its_texts_one_by_one():
    texts = ["电焊", "", "龘工", "缝纫车位", "cnc"]
    np.testing.assert_array_equal(INDEX.similarities(texts), [INDEX.similarities([text])[0] for text in texts])


def test_a_text_holds_the_words_that_stand_in_it():
    index = GramIndex(("电焊工", "养猪"), [("电焊", "焊工"), ("养猪",)])
    assert index.words("电焊工种") == ["电焊", "焊工"]
    assert index.words("养猪养猪") == ["养猪", "养猪"]
    assert index.words("工") == []
