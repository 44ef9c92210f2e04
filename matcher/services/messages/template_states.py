"""The texts of a county with their units, and what its carrier has said of each, kept beside its own texts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from matcher.errors import StoreError
from matcher.messaging.county_texts import read_states, states_written
from matcher.messaging.segments import room
from matcher.messaging.templates import Approval, Template, TemplateBook, moved, objections, usable
from matcher.services.messages.desk import STATES_FILE, By, Desk, Texting, read_texting

STATES: Final = {
    Approval.DRAFT: "还没报批",
    Approval.SUBMITTED: "已报批，等运营商",
    Approval.APPROVED: "运营商批准了",
    Approval.REJECTED: "运营商不批",
}


def templates_told(texting: Texting) -> list[dict[str, Any]]:
    """Every version: its words, units at worst, state, what the carrier objects to, whether it is the one in use."""
    return [_told(texting, one) for one in texting.book.template]


def _told(texting: Texting, one: Template) -> dict[str, Any]:
    book = texting.book
    worst = book.worst_units(one)
    pairs = any(slot.pairs for slot in one.slots.values())
    in_use = usable(book, one.id, texting.carrier)
    return {
        "id": one.id,
        "version": one.version,
        "purpose": one.purpose.value,
        "state": one.state.value,
        "state_label": STATES[one.state],
        "in_use": in_use is not None and in_use.version == one.version,
        "text": book.signed(one.text),
        "slots": [{"name": name, "most": slot.most} for name, slot in one.slots.items()],
        "worst_units": worst,
        "n_parts": 1 if worst <= room(1, pairs=pairs) else book.most_parts,
        "room": room(book.most_parts, pairs=pairs),
        "objections": list(objections(one, texting.carrier)),
    }


def move_template(desk: Desk, template_id: str, version: int, to: Approval, by: By) -> dict[str, Any]:
    """Keep what the carrier has said of a version; the template as it is told then.

    Raises NotFound for a version nobody knows, Conflict for a step that does not exist.
    """
    settings = desk.means.settings
    path = settings.home / STATES_FILE
    before: TemplateBook = read_texting(settings, desk.means.packs).book
    moved(before, template_id, version, to)
    said = read_states(path.read_text(encoding="utf-8")) if path.is_file() else {}
    _replace(path, states_written({**said, (template_id, version): to}))
    desk.tell(by, "sms_template", f"{template_id} {version}", state=to.value)
    after = read_texting(settings, desk.means.packs)
    one = next(one for one in after.book.template if (one.id, one.version) == (template_id, version))
    return _told(after, one)


def _replace(path: Path, text: str) -> None:
    """Write beside and move into place, so that nobody reads half of it."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StoreError(
            f"the states of the texts cannot be written: {error.strerror}",
            where=str(path),
            remedy="Check the rights of the folder and the room on the disk.",
        ) from None
