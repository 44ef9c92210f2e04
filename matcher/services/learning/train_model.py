"""Train a model from a folder of events; the same folder gives the same file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from matcher.learning.events import read_events
from matcher.learning.training import Trained, train


def train_model(folder: Path, *, on: date | None, by: str, seed: int) -> Trained:
    """The model of all events below a folder. Raises InvalidInput for no events, or real and synthetic ones mixed.

    The prior is always the hand card, never the model in use: what was learnt from these events once is not taken for
    knowledge of its own the second time.
    """
    return train(read_events(folder), on=on, by=by, seed=seed)
