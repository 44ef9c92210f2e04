"""Every installed package has a licence allowed by name; GPL and AGPL are not."""

from __future__ import annotations

import re
from importlib import metadata

ALLOWED = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|0BSD|Zlib|ZPL|Zope|MPL|Mozilla|LGPL|Unlicense|CC0|"
    r"Public Domain|HPND)", re.IGNORECASE,
)  # fmt: skip
FORBIDDEN = re.compile(r"(?<!L)(?<!Lesser )\bA?GPL|(?<!Lesser )General Public License|Affero", re.IGNORECASE)
# Packages whose metadata names no licence, with the licence their files carry.
STATED_ELSEWHERE = {"jieba": "MIT"}


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
