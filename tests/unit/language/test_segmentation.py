"""Segmentation: the project's words stay whole, jieba loads late and writes only into a private folder."""

import logging
import os
import subprocess
import sys
import textwrap

import pytest

from matcher.language.classification import alias_words, classification
from matcher.language.segmentation import search_words, tokenizer, words


@pytest.mark.parametrize(
    "word", ["微车间", "微田园", "粤桂劳务协作", "车位工", "打螺丝", "公益性岗位", "易地扶贫搬迁", "二保焊"]
)
def test_words_of_the_project_stay_whole(word):
    assert word in words(f"我想去{word}上班")


def test_search_words_also_give_the_shorter_words_inside():
    assert {"劳务", "协作", "粤桂劳务协作"} <= set(search_words("粤桂劳务协作"))


def test_committed_words_are_those_of_the_tokenizer_for_every_alias():
    remedy = "run: python -m training_data.reference.build_occupations --words-only"
    assert alias_words() == {alias: search_words(alias) for alias in classification().aliases}, remedy


def test_words_leave_no_whitespace():
    assert words("缝纫  普工\n") == ("缝纫", "普工")


def test_one_tokenizer_per_process():
    assert tokenizer() is tokenizer()


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )


ROOM = ["classification", "conditions", "grams", "occupations", "readings", "segmentation", "skills", "titles"]
HEAVY = ("jieba", "sklearn", "scipy", "rapidfuzz")


def test_importing_the_room_imports_neither_jieba_nor_sklearn():
    imports = "; ".join(f"import matcher.language.{module}" for module in ROOM)
    heavy = run(f"import sys, matcher.language; {imports}; print([m for m in {HEAVY} if m in sys.modules])")
    assert heavy.stdout.strip() == "[]"


def test_the_search_index_is_built_without_jieba():
    code = """
        import sys
        from matcher.language.occupations import occupation_index
        assert occupation_index()._grams.holds("焊工")
        print("jieba" in sys.modules)
    """
    assert run(code).stdout.strip() == "False"


def test_known_words_are_read_without_jieba():
    code = """
        import sys
        from matcher.language.occupations import occupation_index
        from matcher.language.readings import read_occupations
        from matcher.language.skills import held_terms
        assert occupation_index().best("急招普工包吃住") == "6-00-00-00"
        assert read_occupations(["砍甘蔗", "电焊"])
        assert "电焊" in held_terms(["二保焊"])
        print("jieba" in sys.modules)
    """
    assert run(code).stdout.strip() == "False"


LOAD = "from matcher.language.segmentation import words; print(words('粤桂劳务协作'))"


def test_cache_lies_in_a_private_folder_and_nothing_is_said(tmp_path):
    done = run(LOAD, XDG_CACHE_HOME=str(tmp_path), TMPDIR=str(tmp_path))
    folder = tmp_path / "rural-job-matcher"
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    assert folder.stat().st_mode & 0o077 == 0
    assert list(folder.iterdir())
    assert done.stderr == ""


def test_a_folder_others_can_write_is_not_used(tmp_path):
    folder = tmp_path / "rural-job-matcher"
    folder.mkdir()
    folder.chmod(0o777)
    assert "粤桂劳务协作" in run(LOAD, XDG_CACHE_HOME=str(tmp_path)).stdout
    assert list(folder.iterdir()) == []


def test_a_cache_home_that_is_a_file_is_survived(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert "粤桂劳务协作" in run(LOAD, XDG_CACHE_HOME=str(blocked)).stdout


def test_logging_is_left_as_it_was():
    tokenizer()
    assert logging.getLogger("jieba").level == logging.DEBUG  # what jieba itself sets on import
    assert logging.root.manager.disable == 0
