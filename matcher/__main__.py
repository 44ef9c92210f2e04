"""The console script `matcher`, also `python -m matcher`."""

from __future__ import annotations

import gc
import signal
import sys
from types import FrameType
from typing import Final

MOST_YOUNG: Final = 50_000
"""Objects between two looks for garbage: modules and records are none, and looking at them is a tenth of a start."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(MOST_YOUNG)
    signal.signal(signal.SIGTERM, _stop)
    from matcher.cli import run

    sys.exit(run(sys.argv[1:]))


def _stop(number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends a command as Ctrl-C does: what is half written is taken away. The second one ends it as it is."""
    signal.signal(number, signal.SIG_DFL)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
