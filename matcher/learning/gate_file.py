"""The verdict of a release gate over one model file: a small JSON file that a person and `matcher model use` read."""

from __future__ import annotations

from hashlib import sha256

import msgspec

from matcher.errors import InvalidInput


class GateCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was asked of a model: what, whether it held, and the figure in words."""

    name: str
    passed: bool
    told: str = ""


class GateResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a gate found of the file with this digest; other keys are let pass."""

    model_sha256: str
    passed: bool
    checks: tuple[GateCheck, ...] = ()


def read_gate(body: bytes, *, where: str = "") -> GateResult:
    """The result in a file. Raises InvalidInput if it is none."""
    try:
        return msgspec.json.decode(body, type=GateResult)
    except msgspec.DecodeError as error:
        raise InvalidInput(
            f"the gate result cannot be read: {error}", where=where, remedy="Give the file that the gate wrote."
        ) from None


def gate_passed(result: GateResult, model_body: bytes) -> bool:
    """Whether this very file passed, and every check of the gate with it."""
    right = result.model_sha256 == sha256(model_body).hexdigest()
    return right and result.passed and all(check.passed for check in result.checks)
