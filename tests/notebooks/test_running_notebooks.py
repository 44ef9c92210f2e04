"""A notebook runs in a kernel of its own and becomes a page; one whose claim does not hold is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from notebooks.running import NOTEBOOKS, Failed, chosen, run

ROOT = Path(__file__).parents[2]
BOOK = """\
# %% [markdown]
# # 99 Does one < two?
#
# | a | b |
# |---|---|
# | 1 | 2 |

# %%
from notebooks import claims, drawing

figure, (axes,) = drawing.panels("Two bars")
drawing.bars(axes, ["a", "b"], [1.0, 2.0])
drawing.show(figure, "Two bars, one < the other.")
claims.claim("the one", 1.0, at_least=0.5, small=0.0)

# %%
claims.holds("the sky falls", False)
"""


def test_a_run_leaves_its_page_and_names_the_claim_that_fails(tmp_path: Path):
    before = set(ROOT.iterdir())
    path = tmp_path / "99_sky.py"
    path.write_text(BOOK, "utf-8")
    with pytest.raises(Failed, match="the sky falls"):
        run(path, tmp_path / "out")
    page = (tmp_path / "out" / "99_sky.html").read_text("utf-8")
    assert "<title>99 Does one &lt; two?</title>" in page
    assert "<th>a</th>" in page
    assert 'src="data:image/png;base64,' in page
    assert "one &lt; the other" in page
    assert "the one: 1 (at least 0.5)" in page
    assert "NotSo" in page
    assert (tmp_path / "out" / "99_sky.ipynb").is_file()
    assert {path.name for path in set(ROOT.iterdir()) - before} <= {"build", ".pytest_cache"}


def test_notebooks_are_chosen_by_number_or_name():
    assert chosen(["3", "01"]) == [NOTEBOOKS[2], NOTEBOOKS[0]]
    assert chosen([NOTEBOOKS[1].name]) == [NOTEBOOKS[1]]
    with pytest.raises(Failed, match="no notebook '99'"):
        chosen(["99"])
