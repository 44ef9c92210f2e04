"""`python -m tests.local DIR`: every check on data that may not ship; each module here named check_* has a `main`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main(data: Path) -> int:
    """Run the checks in order of their names; 1 if one of them failed."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("check_*.py"))
    codes = []
    for name in names:
        print(f"== {name}")
        codes.append(importlib.import_module(f"tests.local.{name}").main(data))
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
