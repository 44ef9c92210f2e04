"""The media types of what is no page."""

from __future__ import annotations

from typing import Final

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
