"""A trainer that learns nothing, so that the harness is tested apart from learning."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The simulator is in no wheel. At the end, so that the product still comes from where it is installed.
ROOT = str(Path(__file__).parents[3])
if ROOT not in sys.path:
    sys.path.append(ROOT)

TRAINER = """\
import sys
from pathlib import Path
from matcher.scoring import hand_card
told = dict(zip(sys.argv[4::2], sys.argv[5::2]))
events = Path(told["--events"])
assert (events / "impressions.jsonl").is_file()
with (events.parent / "trained").open("a") as log:
    log.write(events.name + "\\n")
prior = told.get("--card")
Path(told["--out"]).write_bytes(Path(prior).read_bytes() if prior else hand_card())
"""


@pytest.fixture(scope="session")
def idle_trainer(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Takes the arguments of `matcher train` and gives the card it began with."""
    script = tmp_path_factory.mktemp("trainer") / "trainer.py"
    script.write_text(TRAINER, encoding="utf-8")
    return (sys.executable, str(script))


@pytest.fixture(scope="session")
def broken_trainer(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Says why it makes no model."""
    script = tmp_path_factory.mktemp("trainer") / "broken.py"
    script.write_text("import sys\nsys.exit('no events')\n", encoding="utf-8")
    return (sys.executable, str(script))
