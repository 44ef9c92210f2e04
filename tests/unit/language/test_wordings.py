"""A pattern is made when it is first asked, and every committed one can be made."""

from __future__ import annotations

import pytest

from matcher.language import condition_patterns
from matcher.language.wordings import Wording

PATTERNS = {name: value for name, value in vars(condition_patterns).items() if isinstance(value, Wording)}


def test_a_broken_pattern_is_told_when_it_is_used_and_not_before():
    broken = Wording("(")
    with pytest.raises(Exception, match="unterminated subpattern"):
        broken.search("x")


@pytest.mark.parametrize("name", PATTERNS)
def test_every_committed_pattern_can_be_made(name):
    assert PATTERNS[name].search("") is None


def test_a_pattern_looks_where_it_is_told():
    word = Wording("岁")
    assert word.search("18岁", 0, 2) is None
    assert word.match("18岁", 2)
    assert [found.start() for found in word.finditer("1岁2岁")] == [1, 3]
