"""The hand-authored starting card: day one works with no data at all."""

from __future__ import annotations

from importlib.resources import files


def hand_card() -> bytes:
    """The bytes of the card shipped with the program; read them with `load_model`."""
    return files("matcher.scoring").joinpath("hand_card.json").read_bytes()
