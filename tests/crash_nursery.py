"""Workers that are killed: one process after another over one real database, each by SIGKILL at a tick drawn by seed.

A tick is a moment at which a death could do harm: before and after a text is on the wire, before each commit, at each
beginning of a transaction. What is on the wire is a file, one line a text. Run as a program: folder, seed, kills.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from delivering import Hands, rules_with
from sqlalchemy import event

from matcher.ports.gateways import Fate, Incoming, Outgoing, Receipt, Submitted, SubmittedPart
from matcher.records.texts import PartState
from matcher.services.messages.deliver import Deliverer
from matcher.services.messages.send_batch import Post
from matcher.store import open_store, open_texts

WIRE = "wire.txt"
BATCH = 100


class Fuse:
    """Counts ticks and kills its process at one of them."""

    def __init__(self, die_at: int | None) -> None:
        self.n = 0
        self._die_at = die_at

    def tick(self, *_args: object) -> None:
        self.n += 1
        if self.n == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


class Wire:
    """A carrier that writes a line for each text it takes; a line is there whole or not at all."""

    name = "wire"

    def __init__(self, folder: Path, fuse: Fuse) -> None:
        self._file = os.open(folder / WIRE, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self._fuse = fuse

    def submit(self, texts: Sequence[Outgoing]) -> Iterator[Submitted]:
        for text in texts:
            self._fuse.tick()
            os.write(self._file, f"{text.text_id} {text.phone}\n".encode())
            self._fuse.tick()
            parts = tuple(
                SubmittedPart(state=PartState.ACCEPTED, provider_id=f"{text.text_id}/{place}")
                for place in range(len(text.parts))
            )
            yield Submitted(text_id=text.text_id, fate=Fate.ACCEPTED, parts=parts)

    def receive(self, timeout_s: float = 0.0) -> Iterable[Receipt | Incoming]:
        return ()

    def done(self, items: Iterable[Receipt | Incoming]) -> None:
        return

    def close(self) -> None:
        os.close(self._file)


def work(folder: Path, die_at: int | None, by: str) -> int:
    """A worker until nothing is left to send; how many ticks it lived."""
    fuse, clock = Fuse(die_at), Hands()
    url = f"sqlite:///{folder / 'matcher.db'}"
    store, texts = open_store(url, home=folder), open_texts(url, home=folder)
    event.listen(texts.database.engine, "begin", fuse.tick)
    event.listen(texts.database.engine, "commit", fuse.tick)
    wire = Wire(folder, fuse)
    post = Post(
        store=store,
        texts=texts,
        rules=rules_with(parts_per_second=1e9, texts_a_day=10**9, batch=BATCH),
        gateway=wire,
        trial_gateway=wire,
        clock=clock,
        seconds=clock.seconds,
        on_reply=lambda _: None,
        by=by,
    )
    with texts.working():
        deliverer = Deliverer(post)
        deliverer.begin()
        while deliverer.turn().n_leased:
            clock.at_s += 1.0
    return fuse.n


def lives(folder: Path, seed: int, n_kills: int) -> dict[str, object]:
    """Kill as many workers, then let one live; how each ended, and after how many ticks."""
    draw = random.Random(seed)
    n_lines = 2 * sum(1 for _ in (folder / "recipients.txt").open())
    drawn = [draw.randint(1, 2 * n_lines // (n_kills + 1)) for _ in range(n_kills)]
    killed = []
    for number, die_at in enumerate(drawn):
        child = os.fork()
        if child == 0:
            work(folder, die_at, f"worker-{number}")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            killed.append(f"worker-{number}")
    return {"killed": killed, "drawn": drawn, "ticks": work(folder, None, "survivor")}


if __name__ == "__main__":
    print(json.dumps(lives(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
