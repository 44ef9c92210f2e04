"""`python -m notebooks [03 05 ...]`: run notebooks whole; .ipynb and HTML with their figures go to build/notebooks.

Exits 1 if a claim of one does not hold, naming it; the others still run.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

from notebooks.running import NOTEBOOKS, Failed, chosen, run

OUT = Path("build") / "notebooks"
MINUTES = 2
"""Most processor time a notebook should take whole; more is told, not stopped."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for."""
    told = argparse.ArgumentParser(prog="python -m notebooks", description="Run notebooks whole.")
    told.add_argument("names", nargs="*", help="numbers or names; all without one")
    told.add_argument("--out", type=Path, default=OUT)
    options = told.parse_args(arguments)
    try:
        paths = chosen(options.names) if options.names else NOTEBOOKS
    except Failed as error:
        told.error(str(error))
    failed = 0
    for path in paths:
        began = _processor()
        try:
            page = run(path, options.out)
        except Failed as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            failed += 1
            continue
        took = _processor() - began
        slow = f"; longer than {MINUTES} minutes" if took > MINUTES * 60 else ""
        print(f"{path.name}: {took:.0f} s of processor, {page}{slow}", flush=True)
    return 1 if failed else 0


def _processor() -> float:
    """Seconds of processor that finished children took: a busy machine makes a notebook slow, not long."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
