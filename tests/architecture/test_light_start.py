"""Heavy parts load when needed: lists for known titles need no jieba, scikit-learn, database or workbook writer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.bench.county import fill_store

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
SERVED = """
import json, sys
from datetime import date
from pathlib import Path
from urllib.parse import quote
from api import create_app
from api.warming import warm
from matcher.bootstrap import Application
from matcher.records.access import Role
from matcher.services.access.tokens import NewToken, make_token
from matcher.settings import Settings
home, worker, vacancy = sys.argv[1:]
application = Application(Settings(home=Path(home), jurisdiction="liujiang_2018", today=date(2018, 6, 1)))
app = create_app(application)
def token(role):
    call = NewToken(role=role, label="probe", days=1)
    return make_token(application.access, call, now=application.clock.now(), by="probe")[1]
def asked(path, role):
    got = app.test_client().get(path, headers={"Authorization": "Bearer " + token(role)})
    assert got.status_code == 200, (path, got.status_code, got.text)
    return got.json
def loaded():
    return [name for name in ("jieba", "sklearn", "scipy") if name in sys.modules]
warm(app)
told = {"warmed": loaded()}
lists = asked(f"/api/v1/workers/{worker}/recommendations", Role.HELPER)["lists"]
people = asked(f"/api/v1/vacancies/{vacancy}/candidates", Role.BROKER)["lists"]
assert lists[0]["items"] and people[0]["items"]
told["listed"] = loaded()
for name, words in (("searched", "缝纫"), ("run_together", "缝纫百朋")):
    asked(f"/api/v1/vacancies?q={quote(words)}", Role.HELPER)
    told[name] = loaded()
print(json.dumps(told))
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


def test_lists_are_served_without_scikit_learn_and_jieba(tmp_path: Path):
    """Warmed as a server is. The one exception are words run together that no advert holds so: jieba cuts them."""
    _, told = fill_store(str(tmp_path), workers=120, vacancies=60)
    loaded = json.loads(last_line(SERVED, tmp_path, told["worker_ids"][0], told["vacancy_ids"][0]))
    assert loaded == {"warmed": [], "listed": [], "searched": [], "run_together": ["jieba"]}


def test_the_help_of_serve_loads_no_pages():
    assert last_line(HELP) == "[]"
