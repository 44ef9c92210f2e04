"""The fit of a pair: three additive integer-table models, exact to the last tie."""

from matcher.scoring.card import hand_card
from matcher.scoring.kernel import FIT_BITS, P_BITS, P_ONE, bands_of, fit_floor, mean_bar, score
from matcher.scoring.model import OFFSET_KINDS, SCALE, STAGES, AdditiveModel, load_model
from matcher.scoring.offsets import LABELS as OFFSET_LABELS
from matcher.scoring.offsets import offset_sentence
from matcher.scoring.reference import term_cell
from matcher.scoring.shares import band_of, contributions, probabilities

__all__ = [
    "FIT_BITS",
    "OFFSET_KINDS",
    "OFFSET_LABELS",
    "P_BITS",
    "P_ONE",
    "SCALE",
    "STAGES",
    "AdditiveModel",
    "band_of",
    "bands_of",
    "contributions",
    "fit_floor",
    "hand_card",
    "load_model",
    "mean_bar",
    "offset_sentence",
    "probabilities",
    "score",
    "term_cell",
]
