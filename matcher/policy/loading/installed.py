"""The packs of an installation: those of the program and, beside them, a county's own under its data folder.

A county copies a folder into `<home>/packs/` and nothing else; it is read as strictly as the packs of the program, may
not take the name, a rule or (for the same days) the region of one of them, and uses the vocabulary they share.
"""

from __future__ import annotations

from pathlib import Path

from matcher.errors import PackError
from matcher.policy.loading.loader import add_packs, standard_packs
from matcher.policy.types import PackSet

PACKS_FOLDER = "packs"


def installed_packs(home: Path) -> PackSet:
    """Packs of the program and of `<home>/packs`, if there is such a folder.

    Raises PackError with every problem of every pack of the county.
    """
    folder = home / PACKS_FOLDER
    if not folder.exists() and not folder.is_symlink():
        return standard_packs()
    if not folder.is_dir():
        raise PackError("the county's packs are no folder", where=str(folder), remedy="Make it a folder of packs.")
    return add_packs(standard_packs(), folder)
