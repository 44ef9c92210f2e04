"""Every installed package has a licence allowed by name; GPL and AGPL are not."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

ALLOWED = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|0BSD|Zlib|ZPL|Zope|MPL|Mozilla|LGPL|Unlicense|CC0|"
    r"Public Domain|HPND)", re.IGNORECASE,
)  # fmt: skip
FORBIDDEN = re.compile(r"(?<!L)(?<!Lesser )\bA?GPL|(?<!Lesser )General Public License|Affero", re.IGNORECASE)
# Packages whose metadata names no licence, with the licence their files carry.
STATED_ELSEWHERE = {"jieba": "MIT"}
VENDOR = Path(__file__).parents[2] / "api" / "static" / "vendor"
NOTICE = Path(__file__).parents[2] / "NOTICE"
VENDORED = sorted(path for path in VENDOR.iterdir() if not path.name.endswith("-LICENSE.txt"))
# Words by which the text of a licence is known.
WORDING = {"MIT": "Permission is hereby granted, free of charge", "0BSD": "Permission to use, copy, modify, and/or"}


def licence_of(distribution: metadata.Distribution) -> str:
    fields = distribution.metadata
    texts = [fields.get("License-Expression"), fields.get("License")]
    texts += [c for c in fields.get_all("Classifier") or [] if c.startswith("License ::")]
    return " | ".join(text.splitlines()[0] for text in texts if text and text.strip())


def test_every_installed_package_has_an_allowed_licence():
    refused = {}
    for distribution in metadata.distributions():
        name = distribution.metadata["Name"]
        licence = licence_of(distribution) or STATED_ELSEWHERE.get(name, "")
        if not ALLOWED.search(licence) or (FORBIDDEN.search(licence) and " OR " not in licence):
            refused[name] = licence
    assert refused == {}


@pytest.mark.parametrize("path", VENDORED, ids=lambda path: path.name)
def test_every_vendored_file_has_its_licence_beside_it_and_a_line_in_the_notice(path: Path):
    stem = path.name.split(".")[0]
    text = (VENDOR / f"{stem}-LICENSE.txt").read_text("utf-8")
    (licence,) = (name for name, wording in WORDING.items() if wording in text)
    line = next(line for line in NOTICE.read_text("utf-8").splitlines() if path.name in line)
    assert f"({licence})" in line
    assert not FORBIDDEN.search(text)


def test_something_is_vendored_and_no_licence_is_left_over():
    stems = {path.name.split(".")[0] for path in VENDORED}
    assert stems
    assert {path.name.removesuffix("-LICENSE.txt") for path in VENDOR.glob("*-LICENSE.txt")} == stems
