"""Every notebook runs on tiny data, claims something, calls synthetic data synthetic, and reads public names alone."""

from __future__ import annotations

import ast
import io
import runpy
import sys
from pathlib import Path

import pytest

from notebooks import claims, drawing
from notebooks.running import NOTEBOOKS, read

ROOT = Path(__file__).parents[2]
SHARED = {"claims", "county", "drawing"}
PLAIN = {"numpy", "sklearn", "scipy", "matplotlib", "msgspec", "rapidfuzz", "jieba"}
"""What a reader of a notebook has, of other people's."""
NO_SIMULATOR = {"12_public_data"}
"""Notebooks with figures of other data than the simulator's, which may be called otherwise."""
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is costly is made once for all notebooks."""
    return tmp_path_factory.mktemp("notebooks")


@each
def test_it_runs_small_and_its_claims_hold(path: Path, work: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NOTEBOOK_SIZE", "small")
    monkeypatch.setenv("NOTEBOOK_WORK", str(work))
    n_claims, n_shown = len(claims.told), len(drawing.shown)
    runpy.run_path(str(path), run_name="__main__")
    assert len(claims.told) > n_claims, "it claims nothing"
    figures = drawing.shown[n_shown:]
    assert figures, "it shows nothing"
    for figure in figures:
        assert figure.png.startswith(b"\x89PNG")
        assert len(figure.says) > 20, f"nothing for who cannot see {figure.title!r}"


@each
def test_its_first_cell_asks_and_answers(path: Path):
    first = read(path).cells[0]
    assert first.cell_type == "markdown"
    lines = first.source.splitlines()
    assert lines[0].startswith(f"# {path.stem[:2]} ")
    assert lines[0].endswith("?")
    assert lines[0].count("?") == 1
    last = first.source.split("\n\n")[-1]
    assert last.startswith("**Answer.** ")
    assert "synthetic" in first.source
    assert "合成" in first.source


@each
def test_it_reads_public_names_alone(path: Path):
    tree = ast.parse(path.read_text("utf-8"))
    hidden = [
        name
        for node in ast.walk(tree)
        for name in (
            [node.attr] if isinstance(node, ast.Attribute)
            else [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        for name in name.split(".")
        if name.startswith("_") and name != "__future__"
    ]  # fmt: skip
    assert hidden == []


@each
def test_it_imports_what_a_reader_has(path: Path):
    tree = ast.parse(path.read_text("utf-8"))
    modules = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "notebooks":
            assert {alias.name for alias in node.names} <= SHARED
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.append(node.module)
    for module in modules:
        top, _, rest = module.partition(".")
        if top == "training_data":
            assert rest.split(".")[0] in {"market", "evaluation", "lexicon", "reference"}
        elif top == "notebooks":
            assert rest in SHARED
        else:
            assert top == "matcher" or top in PLAIN | set(sys.stdlib_module_names), module


@each
def test_its_synthetic_figures_say_so(path: Path):
    """A figure is called synthetic by `drawing.panels` unless the notebook says it is not."""
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    frank = [
        call for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "panels"
        and any(word.arg == "synthetic" for word in call.keywords)
    ]  # fmt: skip
    assert len(frank) <= (1 if path.stem.startswith("01_") else 3 if path.stem in NO_SIMULATOR else 0)
    made = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
    assert not made & {"subplots", "figure", "savefig"}, "figures come from notebooks.drawing"


def test_a_figure_is_called_synthetic_with_and_without_a_chinese_font(monkeypatch: pytest.MonkeyPatch):
    for font in (drawing.chinese_font(), None):
        monkeypatch.setattr(drawing, "chinese_font", lambda font=font: font)
        figure, (axes,) = drawing.panels("Two posts", note="a county")
        drawing.bars(axes, ["a", "b"], [1.0, 2.0], errors=[0.1, 0.2], strong=["b"])
        drawing.line(axes, [0.0, 1.0], [0.0, 1.0], "up")
        drawing.goal_line(axes, 1.5, "goal")
        drawing.goal_line(axes, 0.5, "goal", upright=False)
        drawing.show(figure, "Two bars, the second twice as long.")
        assert drawing.shown[-1].title.startswith("Two posts\nsynthetic data")
        assert ("合成" in drawing.shown[-1].title) == (font is not None)


def test_a_claim_holds_at_its_bound_and_not_beyond(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("NOTEBOOK_SIZE", "whole")
    claims.claim("at the bound", 0.3, at_least=0.3)
    claims.claim("at the bound", 0.3, at_most=0.3)
    claims.claim("below what was aimed at", 0.3, at_least=0.2, goal=0.4)
    assert "NOT reached" in capsys.readouterr().out
    assert not claims.told[-1].reached
    for bad in ({"at_least": 0.31}, {"at_most": 0.29}):
        with pytest.raises(claims.NotSo, match="which is not"):
            claims.claim("beyond the bound", 0.3, **bad)
    with pytest.raises(claims.NotSo):
        claims.claim("no number", float("nan"), at_least=0.0)
    with pytest.raises(claims.NotSo, match="the sky"):
        claims.holds("the sky falls", False)
    with pytest.raises(ValueError, match="one bound"):
        claims.claim("two bounds", 0.3, at_least=0.1, at_most=0.5)


def test_bounds_are_loose_on_tiny_data_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NOTEBOOK_SIZE", "small")
    claims.claim("loose", 0.1, at_least=0.3, small=0.05)
    claims.claim("anything", -5.0, at_least=0.3, small=claims.ANYTHING)
    claims.claim("anything", 5.0, at_most=0.3, small=claims.ANYTHING)
    with pytest.raises(claims.NotSo):
        claims.claim("the same bound", 0.1, at_least=0.3)
    assert claims.sized("whole", "small") == "small"
    monkeypatch.setenv("NOTEBOOK_SIZE", "whole")
    assert claims.sized("whole", "small") == "whole"
    with pytest.raises(claims.NotSo):
        claims.claim("loose", 0.1, at_least=0.3, small=0.05)
    monkeypatch.setenv("NOTEBOOK_SIZE", "middling")
    with pytest.raises(ValueError, match="middling"):
        claims.is_whole()


def test_a_table_stands_in_columns():
    told = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", told)
        claims.table(["policy", "kept"], [["hand", 5], ["wage first", 12]])
    assert told.getvalue() == "policy      kept\nhand           5\nwage first    12\n"
