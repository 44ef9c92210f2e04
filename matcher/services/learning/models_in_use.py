"""Which model a county uses: files by their digest under `<home>/models`, and a list of who switched, to which, when.

The list is only ever added to; a step back is an entry of its own. The last entry is what is in use; without one it is
the hand card.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from matcher.errors import InvalidInput, StoreError, UsageError
from matcher.features import VOCABULARY
from matcher.learning.gate_file import gate_passed, read_gate
from matcher.scoring import hand_card, load_model
from matcher.services.rosters.new_file import new_file

FOLDER: Final = "models"
LIST: Final = "in_use.jsonl"


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """One entry: from `on` on the model of this digest is in use ("" is the hand card), by whose word.

    candidate_sha256, gate_sha256 : the file that was judged, and the judgement
    """

    action: Literal["use", "back"]
    on: date
    by: str
    model_id: str
    sha256: str
    candidate_sha256: str = ""
    gate_sha256: str = ""


def switches(home: Path) -> tuple[Switch, ...]:
    """All entries, the oldest first. Raises StoreError if the list cannot be read."""
    path = home / FOLDER / LIST
    if not path.exists():
        return ()
    try:
        return tuple(msgspec.json.decode(line, type=Switch) for line in path.read_bytes().splitlines() if line.strip())
    except msgspec.DecodeError as error:
        raise StoreError(
            f"the list of models in use cannot be read: {error}", where=str(path), remedy="Restore it from a backup."
        ) from None


def model_in_use(home: Path) -> bytes:
    """The file in use, the hand card where nobody switched. Raises StoreError if it is gone or was changed."""
    known = switches(home)
    return _kept(home, known[-1].sha256) if known else hand_card()


def use_model(home: Path, body: bytes, gate: bytes, *, by: str, on: date) -> Switch:
    """Put a judged model into use and keep its file, released: approved by who switches, calibrated by its gate.

    The same call again changes nothing. Raises UsageError without a name, InvalidInput unless this very file passed.
    """
    if not by.strip():
        raise UsageError("nobody approves the model", where="--by", remedy="Say who decided: --by 张某.")
    load_model(body, VOCABULARY)
    result = read_gate(gate)
    if not gate_passed(result, body):
        failed = [check for check in result.checks if not check.passed]
        why = "; ".join(f"{check.name} {check.told}".strip() for check in failed) or (
            "it judged another file" if result.passed else "it says so"
        )
        raise InvalidInput(f"the model did not pass its gate: {why}", remedy="Only a model that passed can be used.")
    released = _released(body, gate, by)
    digest = sha256(released).hexdigest()
    known = switches(home)
    if known and known[-1].sha256 == digest:
        return known[-1]
    (home / FOLDER).mkdir(parents=True, exist_ok=True)
    with new_file(_path(home, digest)) as stream:
        stream.write(released)
    return _add(
        home,
        Switch(
            action="use",
            on=on,
            by=by,
            model_id=load_model(released, VOCABULARY).model_id,
            sha256=digest,
            candidate_sha256=sha256(body).hexdigest(),
            gate_sha256=sha256(gate).hexdigest(),
        ),
    )


def step_back(home: Path, *, by: str, on: date) -> Switch:
    """Put the model before the one in use into use again, the hand card before the first.

    A second step goes one further. Raises UsageError where nothing was switched or all is undone.
    """
    if not by.strip():
        raise UsageError("nobody decides the step back", where="--by", remedy="Say who decided: --by 张某.")
    standing: list[Switch] = []
    for entry in switches(home):
        if entry.action == "use":
            standing.append(entry)
        else:
            standing.pop()
    if not standing:
        raise UsageError("the hand card is in use; there is nothing to go back from", where="--back")
    before = standing[-2] if len(standing) > 1 else None
    digest = before.sha256 if before else ""
    body = _kept(home, digest)
    model_id = load_model(body, VOCABULARY).model_id
    return _add(home, Switch(action="back", on=on, by=by, model_id=model_id, sha256=digest))


def _released(body: bytes, gate: bytes, by: str) -> bytes:
    told: dict[str, Any] = msgspec.json.decode(body)
    told["approved_by"] = by
    told["calibrated"] = True
    told["training"] = {
        **told.get("training", {}),
        "candidate_sha256": sha256(body).hexdigest(),
        "gate_sha256": sha256(gate).hexdigest(),
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def _path(home: Path, digest: str) -> Path:
    return home / FOLDER / f"{digest}.json"


def _kept(home: Path, digest: str) -> bytes:
    if not digest:
        return hand_card()
    path = _path(home, digest)
    try:
        body = path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"the model in use cannot be read: {error.strerror}",
            where=str(path),
            remedy="Restore it from a backup, or step back: matcher model use --back.",
        ) from None
    if sha256(body).hexdigest() != digest:
        raise StoreError(
            "the model in use was changed after it was approved",
            where=str(path),
            remedy="Restore it from a backup, or step back: matcher model use --back.",
        )
    return body


def _add(home: Path, entry: Switch) -> Switch:
    path = home / FOLDER / LIST
    before = path.read_bytes() if path.exists() else b""
    with new_file(path) as stream:
        stream.write(before + msgspec.json.encode(entry) + b"\n")
    return entry
