"""What fields, models and scopes mean, in English, for the API's document: the sentences of `notes.toml`.

Titles beside them are the Chinese words of forms and pages.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any, Final

FILE: Final = "notes.toml"


@cache
def _notes() -> dict[str, dict[str, str]]:
    """Tables `fields`, `models` and `tags`."""
    return tomllib.loads(resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8"))


def tags() -> list[dict[str, str]]:
    """What the operations of each scope are about, as the document lists tags."""
    return [{"name": name, "description": described} for name, described in _notes()["tags"].items()]


def annotate(schemas: dict[str, Any]) -> None:
    """Give schemas by name and their properties their notes; a property's own description stands."""
    models, fields = _notes()["models"], _notes()["fields"]
    for name, schema in schemas.items():
        if name in models:
            schema["description"] = models[name]
        for field, told in schema.get("properties", {}).items():
            described = fields.get(f"{name}.{field}") or fields.get(field)
            if described:
                told.setdefault("description", described)
