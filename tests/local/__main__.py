"""`python -m tests.local DIR [--out FILE]`: every check on data that may not ship (make check-local DATA=DIR).

Each module here named check_* has `main(data, figures)`: it prints its tables, puts its figures into the dict and
returns 1 when something that must hold does not.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import Any


def main(data: Path, out: Path | None = None) -> int:
    """Run the checks in order of their names; 1 if one of them failed. The figures go to `out` as JSON."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("check_*.py"))
    figures: dict[str, dict[str, Any]] = {}
    failed = []
    for name in names:
        print(f"== {name}")
        figures[name] = {}
        if importlib.import_module(f"tests.local.{name}").main(data, figures[name]):
            failed.append(name)
    if out is not None:
        out.write_text(json.dumps(figures, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")
    print(f"failed: {', '.join(failed)}" if failed else f"all {len(names)} checks hold")
    return int(bool(failed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.local", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=None, help="figures as JSON")
    options = parser.parse_args()
    sys.exit(main(options.data, options.out))
