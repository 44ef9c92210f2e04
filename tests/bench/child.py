"""`python -m tests.bench.child MODULE:FUNCTION`: arguments as JSON on stdin, timing as JSON on stdout."""

from __future__ import annotations

import importlib
import json
import sys

from tests.bench.measure import peak_mib


def main() -> None:
    """Run one task and say how long each repetition took, what came out and how much memory it needed."""
    module, _, name = sys.argv[1].partition(":")
    laps, value = getattr(importlib.import_module(module), name)(**json.load(sys.stdin))
    print(json.dumps({**laps._asdict(), "value": value, "peak_mib": peak_mib()}))


if __name__ == "__main__":
    main()
