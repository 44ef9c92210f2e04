"""Has the county changed since a model was trained?"""

from __future__ import annotations

import msgspec

from matcher.errors import InvalidInput
from matcher.features import VOCABULARY
from matcher.learning.drift import Drift, drift
from matcher.learning.events import EventLog
from matcher.scoring import load_model


def watch_model(model: bytes, trained_on: EventLog, now: EventLog) -> Drift:
    """Shares of terms and errors of stages now, against those at the time of training.

    Errors are compared with those that the model file names of its rows left out. Raises InvalidInput for no lists, or
    for real and synthetic ones compared; ModelError for a file that does not load.
    """
    loaded = load_model(model, VOCABULARY)
    for log, what in ((trained_on, "the training"), (now, "now")):
        if not log.impressions:
            raise InvalidInput(f"there are no lists of {what} to compare", remedy="Export them: matcher events export.")
    if trained_on.synthetic != now.synthetic:
        raise InvalidInput("real and synthetic lists cannot be compared", remedy="Give two logs of the same kind.")
    return drift(trained_on, now, loaded, msgspec.json.decode(model).get("metrics", {}))
