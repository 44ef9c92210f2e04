"""Every pictogram an office page asks for stands in the sprite at its top: one that does not draws nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import api

TEMPLATES = Path(str(api.__file__)).parent / "templates"
ASKED = re.compile(r'icon\("([a-z]+)"\)')
DRAWN = re.compile(r"sprite\(\[([^\]]*)\]")


def drawn(page: str) -> set[str]:
    text = (TEMPLATES / page).read_text("utf-8")
    return {name for names in DRAWN.findall(text) for name in re.findall('"([a-z]+)"', names)}


@pytest.mark.parametrize("page", sorted(path.name for path in (TEMPLATES / "office").glob("*.html")))
def test_an_office_page_has_its_pictograms(page):
    asked = set(ASKED.findall((TEMPLATES / "office" / page).read_text("utf-8")))
    assert asked <= drawn("desk.html") | drawn("office/frame.html") | drawn(f"office/{page}")
