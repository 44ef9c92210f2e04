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
print([name for name in ("jieba", "sklearn", "scipy", "sqlalchemy", "flask", "xlsxwriter", "python_calamine")
       if name in sys.modules])
"""


def test_a_stateless_match_loads_no_heavy_part(tmp_path: Path):
    given = tmp_path / "in.json"
    given.write_text(json.dumps(ASKED), "utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", PROBE, given, tmp_path / "out.json"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
