"""Another live process on the home of a test: it writes vacancies, lists by the index file, and says what it found.

Called with the home and how often to write; then it dies half-way through writing one more file.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from factories import vacancy
from index_history import History

from matcher.records import Kind
from matcher.services.rounds import posts_at_once
from matcher.store import index_folder

FIRST_NUMBER = 1000
ALL_IN_ONE = 7
"""Every how many turns so much is written that the index is made anew."""


def main(home: str, n_turns: int) -> None:
    """Write and list in turn; a line of standard output a turn, 'differs' where the list is not that of the round."""
    posts_at_once.FEWEST_ON_DISK = 1
    history = History.joined(Path(home), FIRST_NUMBER)
    for turn in range(n_turns + 1):
        n_posts = 9 if turn % ALL_IN_ONE == 0 else 1
        posts = [vacancy(f"v{(turn + ix) % 30:02}", filled=turn % 3, title="电焊工") for ix in range(n_posts)]
        history.write(Kind.VACANCIES, posts)
        if turn == n_turns:
            index_folder.NamedTemporaryFile = _dying
        revision = history.store.revision()
        call = history.call("w2")
        told = [history.told(call, how, revision=revision) for how in ("disk", "whole")]
        print("same" if told[0] == told[1] else "differs", flush=True)


def _dying(**how: Any) -> Any:
    file = _KEPT(**how)
    write = file.write

    def half(body: bytes) -> None:
        write(body[: len(body) // 2])
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)

    file.write = half
    return file


_KEPT = index_folder.NamedTemporaryFile

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
