"""What the product imports is declared, and what is declared is imported; what the wheel must hold is in it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from configparser import ConfigParser
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = ConfigParser()
CONFIG.read(ROOT / "setup.cfg", "utf-8")
# Tests and development alone.
BESIDE = {"test", "bench"}
# What `make bench` installs for the peers, and what draws the plots and clicks for `broker`, which are none.
PEERS_COME_WITH = ("bench", "fast", "plan", "cluster", "sms")
DRAW_AND_CLICK = {"matplotlib", "playwright"}
LISTED = """
import sys
from setuptools import Distribution
distribution = Distribution()
distribution.parse_config_files(["setup.cfg"])
build = distribution.get_command_obj("build_py")
build.ensure_finalized()
for _package, source, _target, names in build.data_files:
    for name in names:
        print(f"{source}/{name}")
"""


def names_of(text: str) -> set[str]:
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return {re.split(r"[\[<>=~!;]", line)[0].strip().lower() for line in lines if line}


@cache
def imported(package: str) -> frozenset[str]:
    """Distributions the code of a package names, those of a type-checking block among them."""
    tops = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                tops |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                tops.add(node.module.split(".")[0])
    known = metadata.packages_distributions()
    outside = tops - set(sys.stdlib_module_names) - {"matcher", "api", "tests"}
    # A peer that only the bench extra brings need not be here: it is called as it is imported.
    return frozenset(known.get(top, [top])[0].lower().replace("_", "-") for top in outside)


CORE = names_of(CONFIG["options"]["install_requires"])
EXTRAS = {name for extra, text in CONFIG["options.extras_require"].items() if extra not in BESIDE
          for name in names_of(text)}  # fmt: skip


def test_what_is_imported_is_declared():
    # werkzeug is flask's own floor.
    assert imported("matcher") | imported("api") <= CORE | EXTRAS | {"werkzeug"}


def test_what_is_declared_is_imported():
    assert imported("matcher") | imported("api") >= CORE


def test_every_peer_comes_with_the_bench_extra():
    extras = CONFIG["options.extras_require"]
    brought = {name.replace("_", "-") for extra in PEERS_COME_WITH for name in names_of(extras[extra])}
    assert imported("tests/bench") - CORE - DRAW_AND_CLICK <= brought


def test_the_core_imports_nothing_of_the_web():
    web = {"flask", "flask-openapi3", "pydantic", "waitress", "structlog", "prometheus-client", "granian", "werkzeug"}
    assert imported("matcher") & web == set()


def tracked(package: str) -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z", package], cwd=ROOT, capture_output=True, check=True).stdout
    return [name for name in listed.decode().split("\0") if name]


@pytest.mark.parametrize("package", ["matcher", "api"])
def test_the_wheel_holds_every_file_of_the_package(package: str):
    told = subprocess.run([sys.executable, "-c", LISTED], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    packed = {line.removeprefix("./") for line in told.splitlines()}
    wanted = {name for name in tracked(package) if not name.endswith(".py")}
    assert wanted - packed == set()
    if package == "api":
        assert {"api/templates/desk.html", "api/static/tokens.css", "api/static/vendor/pico.min.css"} <= packed


def test_every_folder_with_code_is_a_package():
    folders = {str(Path(name).parent) for name in (*tracked("matcher"), *tracked("api")) if name.endswith(".py")}
    assert {folder for folder in folders if not (ROOT / folder / "__init__.py").is_file()} == set()
