"""Chinese text as words: one jieba tokenizer of our own, with the project's dictionary, loaded on first use.

jieba is imported inside the loader, so that importing the room costs nothing. The prefix dictionary is kept in a
private folder of the user: jieba's own default is one file in the shared temporary folder, where another user's
file would be read in its place.
"""

from __future__ import annotations

import logging
import os
import stat
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

MIN_WORD_LENGTH = 2  # single characters are covered by the character n-grams of the occupation index
CACHE_FOLDER = "rural-job-matcher"


def words(text: str) -> tuple[str, ...]:
    """Words of a text in reading order, whitespace left out."""
    return tuple(word for word in tokenizer().cut(text) if not word.isspace())


def search_words(text: str) -> tuple[str, ...]:
    """Words of at least two characters; a long word is followed by the shorter words it holds."""
    return tuple(word for word in tokenizer().cut_for_search(text) if len(word) >= MIN_WORD_LENGTH)


@cache
def tokenizer() -> Any:
    """The project's tokenizer (a `jieba.Tokenizer`): jieba's dictionary plus `data/dictionary.txt`.

    Takes about half a second once per process. Typed as Any because jieba carries no types.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba 0.42.1 asks for pkg_resources and compiles invalid escapes
        import jieba

    own = jieba.Tokenizer()
    own.cache_file = f"jieba-{jieba.__version__}.cache"
    with _cache_folder() as folder, _quiet(jieba.default_logger):
        own.tmp_dir = str(folder)
        own.initialize()
    dictionary = resources.files("matcher.language") / "data" / "dictionary.txt"
    with dictionary.open("rb") as entries:
        own.load_userdict(entries)
    return own


@contextmanager
def _cache_folder() -> Iterator[Path]:
    """Cache folder that only this user can write; a temporary one, removed afterwards, where there is none."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / CACHE_FOLDER
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        private = _is_private(folder)
    except (OSError, RuntimeError):  # no home folder, or one that cannot be written
        private = False
    if private:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix=CACHE_FOLDER) as temporary:
        yield Path(temporary)


def _is_private(folder: Path) -> bool:
    """Whether the folder is writable by its owner, us, and by nobody else."""
    status = folder.stat()
    shared = status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return status.st_uid == os.getuid() and not shared and os.access(folder, os.W_OK)


@contextmanager
def _quiet(logger: logging.Logger) -> Iterator[None]:
    """Keep one logger to warnings for a block; no global logging setting changes."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
