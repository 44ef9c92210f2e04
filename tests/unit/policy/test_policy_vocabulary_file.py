"""A vocabulary that cannot be used is one fault: the packs that need its words are not called wrong as well."""

from __future__ import annotations

import shutil
from importlib import resources
from pathlib import Path

import pytest

from matcher.errors import PackError
from matcher.policy.loading.loader import load_packs

SOURCE = Path(str(resources.files("matcher.packs")))
WORD = 'tiller_died = { label = "经营人去世"'


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SOURCE, tmp_path / "packs", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "packs"


def faults(folder):
    with pytest.raises(PackError) as caught:
        load_packs(folder)
    return caught.value.problems


def test_the_copy_is_as_good_as_the_packs_of_the_program(folder):
    assert load_packs(folder).vocabulary.facts


@pytest.mark.parametrize(
    ("new", "fixes"),
    [
        ('tiller_died = {{ label = "经营人去世"', ["TOML"]),
        ('tiller_left = { label = "经营人去世"', ["两次"]),
        ("tiller_died = { label = 3", ["label"]),
        ('tiller_died = { labels = "经营人去世"', ["没有名为 labels", "补上 label"]),
    ],
    ids=["syntax", "duplicate key", "wrong type", "misspelt key"],
)
def test_a_slip_is_named_with_its_line_and_without_its_echo(folder, new, fixes):
    file = folder / "vocabulary.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace(WORD, new, 1), "utf-8")
    found = faults(folder)
    assert [fix in problem.fix for fix, problem in zip(fixes, found, strict=True)] == [True] * len(fixes)
    row = text[: text.index(WORD)].count("\n") + 1
    # Of a key written twice it is the second that is one too many.
    assert {(problem.file, problem.row) for problem in found} == {("packs/vocabulary.toml", row + (fixes == ["两次"]))}


def test_a_file_that_cannot_be_read_is_one_fault(folder):
    file = folder / "vocabulary.toml"
    file.write_bytes(file.read_text("utf-8").encode("gb18030"))
    (problem,) = faults(folder)
    assert "UTF-8" in problem.fix
    file.unlink()
    (problem,) = faults(folder)
    assert problem.found == "没有这个文件"
