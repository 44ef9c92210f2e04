"""Train a model from a folder of events; the same folder gives the same file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from matcher.learning.events import read_events
from matcher.learning.training import Trained, train


def train_model(folder: Path, *, on: date | None, by: str, seed: int, card: bytes | None = None) -> Trained:
    """The model of all events below a folder. Raises InvalidInput for no events, or real and synthetic ones mixed.

    card : the prior, else the hand card; never the model in use unasked: what was learnt from these events once is not
    taken for knowledge of its own the second time. Raises ModelError for a card that does not fit the terms.
    """
    return train(read_events(folder), on=on, by=by, seed=seed, card=card)
