"""Heavy parts load when needed: lists for known titles need no jieba, scikit-learn, database or workbook writer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ASKED = {
    "on": "2018-06-01",
    "workers": [{"worker_id": "w", "place_code": "450206", "trades": ["缝纫工"], "wish_to_work": True}],
    "vacancies": [
        {"vacancy_id": "v", "title": "缝纫工", "channel": "workshop", "place_code": "450206", "headcount": 1}
    ],
}
PROBE = """
import sys
from matcher.cli import run
assert run(["match", "--input", sys.argv[1], "--out", sys.argv[2]]) == 0
print([name for name in ("jieba", "sklearn", "scipy", "sqlalchemy", "flask", "xlsxwriter", "python_calamine",
                        "pydantic", "structlog", "prometheus_client", "waitress", "api") if name in sys.modules])
"""
PAGES = """
import sys
from pathlib import Path
from api import create_app
from matcher.bootstrap import Application
from matcher.settings import Settings
create_app(Application(Settings(home=Path(sys.argv[1]))))
print([name for name in ("jieba", "sklearn", "scipy", "granian", "matcher.demo")
       if name in sys.modules])
"""
HELP = """
import sys
from matcher.cli import run
assert run(["serve", "--help"]) == 0
print([name for name in ("flask", "sqlalchemy", "waitress", "api") if name in sys.modules])
"""


def test_a_stateless_match_loads_no_heavy_part(tmp_path: Path):
    given = tmp_path / "in.json"
    given.write_text(json.dumps(ASKED), "utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", PROBE, given, tmp_path / "out.json"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


def last_line(source: str, *arguments: object) -> str:
    command = [sys.executable, "-c", source, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]


def test_the_pages_open_without_what_a_first_list_needs(tmp_path: Path):
    assert last_line(PAGES, tmp_path / "home") == "[]"
    assert not (tmp_path / "home").exists()


def test_the_help_of_serve_loads_no_pages():
    assert last_line(HELP) == "[]"
