"""Stages over toy parts: other processes find a stage by the name of its module."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from matcher.ports import Work


@dataclass(frozen=True)
class Toy:
    """What all parts share: a word, and a folder for what a stage leaves behind."""

    word: str
    folder: Path


def say(toy: Toy, part: int) -> bytes:
    """The word and the part; who said it is left in the folder, a name a time."""
    times = len(list(toy.folder.glob(f"{part}-*")))
    toy.folder.joinpath(f"{part}-{times}-{os.getpid()}").touch()
    return f"{toy.word} {part}".encode()


def die_once(toy: Toy, part: int) -> bytes:
    """As `say`, but the process that first takes part 1 is killed half way."""
    dead = toy.folder / "dead"
    if part == 1 and not dead.exists():
        dead.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return say(toy, part)


def die(toy: Toy, part: int) -> bytes:
    """Part 2 kills whoever takes it."""
    if part == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return say(toy, part)


def refuse(_toy: Toy, part: int) -> bytes:
    """What a stage raises."""
    raise KeyError(part)


def work(folder: Path, stage=say, *, word: str = "part", n: int = 5) -> Work:
    """So many parts, kept by word and part."""
    folder.mkdir(exist_ok=True)
    return Work(stage=stage, shared=Toy(word, folder), parts=range(n), key=lambda part: f"{word}-{part}")


def said(folder: Path) -> list[int]:
    """The parts that were done, each as often as it was."""
    return sorted(int(path.name.split("-")[0]) for path in folder.glob("*-*"))


def endless(toy: Toy, part: int) -> bytes:
    """Part 0 is said; of the others it is left who does them, and they are never done."""
    if part:
        toy.folder.joinpath(f"{part}-0-{os.getpid()}").touch()
        time.sleep(600)
    return say(toy, part)
