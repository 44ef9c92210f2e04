"""The product's reading of the project's lexicon; floors a little below what was measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.language.skills import normalise_skill
from matcher.language.trade_words import spoken_terms
from training_data.lexicon.agreement import held, judged, kappa, misread, near_misses, reading

PASS_A, PASS_B = judged("pass_a"), judged("pass_b")


def test_both_passes_judged_the_same_phrases_with_known_terms():
    assert len(PASS_A) == len(PASS_B) >= 600
    assert PASS_A.keys() == PASS_B.keys()
    assert {term for term in {*PASS_A.values(), *PASS_B.values()} if normalise_skill(term) != term} == set()


def test_the_passes_agree_beyond_chance():
    assert kappa(PASS_A, PASS_B) == pytest.approx(0.995, abs=0.001)


@pytest.mark.parametrize(("half", "found", "alone"), [(False, 0.98, 0.96), (True, 0.96, 0.94)])
def test_the_lexicon_is_read(half, found, alone):
    result = reading(PASS_A, [phrase for phrase in PASS_A if held(phrase) is half])
    assert result.n_phrases > 300
    assert (result.found >= found, result.alone >= alone) == (True, True), result


def test_no_near_miss_is_read():
    assert len(near_misses()) >= 140
    assert misread() == []


@pytest.mark.parametrize("phrase", ["不会开车", "不会开叉车", "不懂电工", "不会电脑"])
def test_what_somebody_cannot_do_is_not_read_through_its_verb(phrase):
    assert spoken_terms(phrase) == frozenset()


@pytest.mark.parametrize("phrase", ["会开车", "会开叉车", "懂电工", "会电脑"])
def test_what_somebody_can_do_still_is(phrase):
    assert spoken_terms(phrase)


def test_kappa_of_known_tables():
    truth = {"a": "x", "b": "x", "c": "y", "d": "y"}
    assert kappa(truth, truth) == 1.0
    assert kappa(truth, {"a": "x", "b": "y", "c": "x", "d": "y"}) == 0.0
    assert kappa(truth, {"a": "x", "b": "x", "c": "y", "d": "x"}) == pytest.approx(0.5)
    assert kappa({"a": "x"}, {"a": "x"}) == 1.0
    with pytest.raises(ValueError, match="share no phrase"):
        kappa(truth, {"z": "x"})


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("xyz")), min_size=1, max_size=20))
def test_kappa_is_symmetric_and_at_most_one(pairs):
    first = {str(at): pair[0] for at, pair in enumerate(pairs)}
    second = {str(at): pair[1] for at, pair in enumerate(pairs)}
    assert kappa(first, second) == pytest.approx(kappa(second, first))
    assert kappa(first, second) <= 1
