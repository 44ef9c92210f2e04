"""The mode of a penalised logistic likelihood by Newton steps that never climb: halved until the loss is no larger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STEPS: Final = 60
HALVINGS: Final = 40
TOLERANCE: Final = 1e-5
"""Newton steps square their error: after one this small the next would be nothing."""


def logistic_loss(log_odds: Floats, label: NDArray[np.bool_], weight: Floats) -> float:
    """Weighted surprise in nats, finite however sure the log-odds are."""
    return float((weight * (np.logaddexp(0.0, log_odds) - label * log_odds)).sum())


def mode(start: Floats, loss: Callable[[Floats], float], slopes: Callable[[Floats], tuple[Floats, Floats]]) -> Floats:
    """Where the convex `loss` is least; `slopes` gives its gradient and Hessian."""
    at, value = start, loss(start)
    for _ in range(STEPS):
        gradient, hessian = slopes(at)
        step = np.linalg.solve(hessian, gradient)
        for _ in range(HALVINGS):
            there = loss(at - step)
            if there <= value:
                break
            step = step / 2
        else:
            break
        at, value = at - step, there
        if float(np.abs(step).max()) < TOLERANCE:
            break
    return at
