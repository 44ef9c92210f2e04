"""Model files by the product's own command, `matcher train`, from event folders and through nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from matcher.features import VOCABULARY
from matcher.scoring import hand_card, load_model
from matcher.scoring.model import UNKNOWN

COMMAND = (sys.executable, "-m", "matcher")
MINUTES = 20
STEP = 700
"""Log-odds (of 2**10) from one band of wages to the next on the wrong card."""


class NotTrained(Exception):
    """No model came of a folder; the message says what the command said."""


def trained_model(events: Path, out: Path, *, prior: bytes | None = None, command: Sequence[str] = COMMAND) -> bytes:
    """The model file that training on the folder gives, made once: `out` is read where it lies already.

    prior : card to begin with, None for the hand card. Raises NotTrained where the command makes no model the program
    can read.
    """
    if not out.is_file():
        _train(events, out, prior, command)
    body = out.read_bytes()
    load_model(body, VOCABULARY)
    return body


def _train(events: Path, out: Path, prior: bytes | None, command: Sequence[str]) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    made = out.with_name(f"{out.name}.{os.getpid()}.part")
    told = [*command, "--home", str(out.parent), "train", "--events", str(events), "--out", str(made)]
    if prior is not None:
        card = out.with_name(f"{out.name}.card")
        card.write_bytes(prior)
        told += ["--card", str(card)]
    # One thread: fits that fight for shared cores take ten times as long (QUALITY section 12).
    done = subprocess.run(  # noqa: S603 - the product's own command, with paths made here
        told,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        timeout=MINUTES * 60,
        check=False,
    )
    # 1 is done with problems in the data; a log that is all synthetic and well-formed has none, but may say more.
    if done.returncode not in (0, 1) or not made.is_file():
        said = done.stderr.decode("utf-8", "replace").strip()
        raise NotTrained(f"exit {done.returncode}: {said[-500:]}")
    made.replace(out)


def wage_card() -> bytes:
    """A wrong expert's card: the higher the wage the better. Every other term is there, and says nothing."""
    card = msgspec.json.decode(hand_card())
    for stage in card["stages"].values():
        stage["tables"] = {term: dict.fromkeys(cells, 0) for term, cells in stage["tables"].items()}
    wage = card["stages"]["apply"]["tables"]["wage"]
    rising = [cell for cell in wage if cell != UNKNOWN]
    wage |= {cell: STEP * place - STEP * (len(rising) // 2) for place, cell in enumerate(rising)}
    card |= {"id": "wage-card", "note": "A wrong expert: by wage alone."}
    return msgspec.json.encode(card)
