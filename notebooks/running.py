"""Running paired notebooks in a kernel of their own: .py in, .ipynb and HTML out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from notebooks.claims import SIZE, WHOLE
from notebooks.pages import page

HERE: Final = Path(__file__).parent
NOTEBOOKS: Final = tuple(sorted(HERE.glob("[0-9][0-9]_*.py")))
MINUTES: Final = 15
"""After which a notebook that hangs is given up."""


class Failed(Exception):
    """A notebook that did not come to its end; the message is its own error."""


def chosen(names: Sequence[str]) -> list[Path]:
    """Notebooks by number (`03`, `3`) or name. Failed for one that does not exist."""
    found = []
    for name in names:
        wanted = Path(name).stem
        wanted = f"{int(wanted):02d}" if wanted.isdecimal() else wanted
        matching = [path for path in NOTEBOOKS if path.stem == wanted or path.stem.split("_")[0] == wanted]
        if not matching:
            raise Failed(f"no notebook {name!r}; there are {', '.join(path.stem for path in NOTEBOOKS)}")
        found += matching
    return found


def read(path: Path) -> Any:
    """The notebook (nbformat's node) that a paired .py is."""
    import jupytext

    return jupytext.read(path, fmt="py:percent")


def run(path: Path, out: Path, *, size: str = WHOLE) -> Path:
    """Execute every cell from the project's root, write .ipynb and HTML; the page's path. Failed for an error.

    Both are written also when it failed, as far as it came.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    root = str(HERE.parent)
    search = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    book = read(path)
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    client = NotebookClient(book, timeout=MINUTES * 60, kernel_name="python3", resources={"metadata": {"path": root}})
    # Sockets of the file system: no port is opened.
    client.create_kernel_manager().transport = "ipc"
    out.mkdir(parents=True, exist_ok=True)
    target, drawn = out / f"{path.stem}.ipynb", out / f"{path.stem}.html"
    try:
        # One thread: kernels share the machine with whatever else runs on it.
        client.execute(env={**os.environ, "PYTHONPATH": search, "OMP_NUM_THREADS": "1", SIZE: size})
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise Failed(str(error).strip()) from error
    finally:
        nbformat.write(book, target)
        drawn.write_text(page(book), encoding="utf-8")
    return drawn
