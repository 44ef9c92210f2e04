"""Column headers of seven real systems: which lists are recognised, which headers are read, which are not.

Asserted: the six provincial templates are recognised by name. A header that is not read is listed, never lost: most
belong to things the product does not keep (housing, schooling, livestock).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matcher.intake.headers import IGNORED, match_header, recognise
from matcher.records import Kind

KINDS = (Kind.WORKERS, Kind.HOUSEHOLDS, Kind.PLACEMENTS, Kind.VACANCIES, Kind.EMPLOYERS, Kind.PLOTS)
NOT_HEADERS = ("note", "values", "quirk", "buckets", "labels", "ledgers", "rules", "sections", "seen")
N_SHOWN = 14
SHORTEST_LIST = 3


def lists(node: Any, name: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every list of headers in the file with the path that leads to it."""
    if any(name.rsplit(" / ", 1)[-1].endswith(word) for word in NOT_HEADERS):
        return
    if isinstance(node, dict):
        for key, value in node.items():
            yield from lists(value, f"{name} / {key}" if name else key)
    elif isinstance(node, list) and len(node) >= SHORTEST_LIST and all(isinstance(item, str) for item in node):
        yield name, node


def is_read(kind: Kind, header: str) -> bool:
    """Whether a header, or one word of `column_name 标题`, is read as a field of the kind."""
    found = (match_header(kind, part) for part in (header, *header.split()))
    return any(match is not None and match.field != IGNORED for match in found)


def best_kind(headers: list[str]) -> tuple[Kind, list[str], list[str]]:
    """The kind of record under which most headers are read, with those read and those not."""

    def split(kind: Kind) -> tuple[list[str], list[str]]:
        read, rest = [], []
        for header in headers:
            (read if is_read(kind, header) else rest).append(header)
        return read, rest

    kind = max(KINDS, key=lambda kind: len(split(kind)[0]))
    return kind, *split(kind)


def main(data: Path, figures: dict[str, Any]) -> int:
    """Print one line per list of headers and the headers that are not read."""
    body = json.loads((data / "headers" / "headers.json").read_text(encoding="utf-8"))
    unknown_templates = []
    for name, headers in lists(body):
        form = recognise(headers)
        kind, read, rest = best_kind(headers)
        figures[name] = {
            "form": form.name if form else "",
            "kind": kind.value,
            "headers": len(headers),
            "read": len(read),
            "not_read": rest,
        }
        print(f"{name}: {len(read)}/{len(headers)} read as {kind.value}{f', recognised: {form.name}' if form else ''}")
        if rest:
            more = f" and {len(rest) - N_SHOWN} more" if rest[N_SHOWN:] else ""
            print(f"    not read: {'、'.join(rest[:N_SHOWN])}{more}")
        if "/ templates /" in name and name.endswith("headers") and form is None:
            unknown_templates.append(name)
    for name in unknown_templates:
        print(f"  FAULT template not recognised: {name}")
    return int(bool(unknown_templates))
