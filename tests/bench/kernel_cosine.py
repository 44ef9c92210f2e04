"""sparse_dot_topn as a peer of w3: the cosine of what people and titles say. It applies no rule and knows no tie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from tests.bench.kernel_market import Market


@dataclass(frozen=True, slots=True)
class Cosine:
    """Weighted texts, unit length. people : sparse, shape (n_people, n_terms); posts : shape (n_terms, n_posts)"""

    people: Any
    posts: Any

    def first(self, heads: np.ndarray, top: int) -> Any:
        """The `top` likest posts of workers by the position of their texts, two threads."""
        from sparse_dot_topn import sp_matmul_topn

        return sp_matmul_topn(self.people[heads], self.posts, top_n=top, n_threads=2)


def cosines(made: Market) -> dict[str, Cosine]:
    """By words, the quicker, and by pairs of letters, which also finds trades that only look alike."""
    words: dict[str, Any] = {"analyzer": _words}
    pairs: dict[str, Any] = {"analyzer": "char", "ngram_range": (1, 2)}
    return {"words": _cosine(made, words), "pairs": _cosine(made, pairs)}


def _cosine(made: Market, reading: dict[str, Any]) -> Cosine:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [" ".join((*(w.trades or ()), *(w.skills or ()), *(w.preferred_trades or ()))) or "无" for w in made.people]
    rows, codes = made.index.shelf.rows, made.index.book.records.codes
    head = made.index.shelf.parts[0][rows.codes[:, 0]]
    titles = [codes.titles[made.index.book.at[1][code]] for code in head[:, 1].tolist()]
    reader = TfidfVectorizer(**reading, dtype=np.float32).fit(titles + texts)
    return Cosine(reader.transform(texts).tocsr(), reader.transform(titles).T.tocsr())


@cache
def _cutter() -> Callable[[str], list[str]]:
    import jieba

    jieba.setLogLevel("ERROR")
    return jieba.lcut


def _words(text: str) -> list[str]:
    return [word for word in _cutter()(text) if word.strip()]
