"""Voices: a folder of recordings, what it lacks, and that nothing a kiosk says is without a text to record."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from matcher.cli import root
from matcher.errors import InvalidInput, NotFound
from matcher.fair_pack import News
from matcher.features import TERMS
from matcher.services.kiosk import voices
from matcher.services.kiosk.speech import spoken
from matcher.services.kiosk.voices import catalogue, missing, new_voice, script, stray, voice

ROOT = Path(__file__).parents[3]
TEMPLATES = [ROOT / "api/templates/kiosk.html", *sorted((ROOT / "api/templates/kiosk").glob("*.html"))]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PIECES_OF_HEADINGS = {"一", "两", "三"}
"""How many jobs were found: 给您找了两个活 is recorded as a whole."""


def unrecorded(text: str) -> list[str]:
    """What of a text no entry says."""
    return [piece.text for piece in spoken(text, catalogue().lexicon()) if not piece.known]


def literals(source: str) -> list[str]:
    """Chinese a template says by itself, cut where it puts data in."""
    source = re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)
    code = re.findall(r"{[{%].*?[%}]}", source, flags=re.DOTALL)
    bare = re.sub(r"{[{%].*?[%}]}", "\0", source, flags=re.DOTALL)
    said = [text for block in code for text in re.findall(r'"([^"]*)"', block)]
    said += re.findall(r'(?:aria-label|title|alt)="([^"]*)"', bare)
    said += re.split(r"<[^>]*>", re.sub(r"</?(?:b|i|br)\b[^>]*>", "", bare))
    return [part for text in said for part in text.split("\0") if CHINESE.search(part)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_string_of_a_template_has_a_key(path):
    lacking = {text: unrecorded(text) for text in literals(path.read_text("utf-8")) if unrecorded(text)}
    assert not set(lacking) - PIECES_OF_HEADINGS


def test_the_reading_of_templates_finds_what_they_say():
    found = literals(
        '{# 注 #}<p class="a">您好，{{ name }}<b>再见</b>{% if x == "甲" %}吗{% endif %}</p><a title="去">x</a>'
    )
    assert found == ["甲", "去", "您好，", "再见", "吗"]
    assert unrecorded("火星上的活") == ["火星上的活"]


def test_everything_the_score_says_has_a_key():
    for term in TERMS:
        values = range(len(term.cells)) if term.cells else (-1, 0, 1, 7, 12, 37, 250, 1999)
        for value in values:
            for against in (False, True):
                assert unrecorded(term.say(value, against=against)) == [], (term.name, value)


def strings_of(path: Path, *, of: str) -> list[str]:
    """Chinese of assignments and arguments whose name ends so, the pieces of f-strings one by one."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        named = [(node.arg or "", node.value)] if isinstance(node, ast.keyword) else []
        if isinstance(node, ast.Assign):
            named = [(getattr(target, "id", ""), node.value) for target in node.targets]
        for name, value in named:
            if name.lower().endswith(of):
                inner = [
                    part for part in ast.walk(value) if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
                found += [piece for part in inner for piece in part.value.split("{}") if CHINESE.search(piece)]
    return found


def test_every_question_of_the_rules_has_a_key():
    asked = [
        text for path in (ROOT / "matcher/eligibility/rules").glob("*.py") for text in strings_of(path, of="question")
    ]
    assert len(asked) >= 10
    # A group is only named to the office: in public one neutral question stands for it.
    assert [text for text in asked if "是否属于" not in text and unrecorded(text)] == []


@pytest.mark.parametrize("path", ["jobs.py", "job_words.py", "slips.py", "cards.py"])
def test_every_sentence_of_the_kiosks_services_has_a_key(path):
    tree = ast.parse((ROOT / "matcher/services/kiosk" / path).read_text("utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    said = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]
    skills = {"缝", "平车", "车位", "衣车", "姓名"}
    pieces = {"包", "不包", "没写明", "吃", "住"}
    assert [text for text in said if CHINESE.search(text) and text not in skills | pieces and unrecorded(text)] == []


def test_what_a_kiosk_says_of_old_news_has_a_key():
    assert [news.sentence for news in News if unrecorded(news.sentence)] == []


def recorded(home: Path, code: str = "zha", *, without: int = 0) -> Path:
    folder = new_voice(home, code, "壮话")
    for entry in catalogue().entries[without:]:
        (folder / f"{entry.key}.opus").write_bytes(b"x")
    return folder


def test_a_pack_that_lacks_a_clip_fails_the_check_and_names_it(tmp_path):
    recorded(tmp_path, without=1)
    lacking = catalogue().entries[0]
    answer = CliRunner().invoke(root, ["--home", str(tmp_path), "voices", "check"])
    assert answer.exit_code == 1
    assert [row["key"] for row in json.loads(answer.stdout)] == [lacking.key]
    (tmp_path / "voices/zha" / f"{lacking.key}.wav").write_bytes(b"x")
    whole = CliRunner().invoke(root, ["--home", str(tmp_path), "voices", "check", "zha"])
    assert whole.exit_code == 0
    assert json.loads(whole.stdout) == []


def test_an_empty_file_is_no_clip_and_a_clip_of_no_text_is_told(tmp_path):
    folder = recorded(tmp_path)
    first = catalogue().entries[0]
    (folder / f"{first.key}.opus").write_bytes(b"")
    (folder / "0123456789ab.opus").write_bytes(b"x")
    of = voice(tmp_path, "zha")
    assert missing(of) == [first]
    assert stray(of) == ["0123456789ab.opus"]


def test_without_a_folder_mandarin_is_the_browsers(tmp_path):
    own = voice(tmp_path, "cmn")
    assert (own.browser, missing(own)) == ("zh-CN", [])
    rows = script(own)
    assert {row["text"] for row in rows} == {entry.text for entry in catalogue().entries}
    assert not any(row["recorded"] for row in rows)
    assert CliRunner().invoke(root, ["--home", str(tmp_path), "voices", "check"]).exit_code == 0


def test_mandarin_that_somebody_records_must_be_whole(tmp_path):
    new_voice(tmp_path, "cmn", "普通话")
    assert len(missing(voice(tmp_path, "cmn"))) == len(catalogue().entries)


def test_the_recording_script_is_a_table_for_a_spreadsheet(tmp_path):
    answer = CliRunner().invoke(root, ["--home", str(tmp_path), "voices", "script", "--format", "csv"])
    head, *rows = answer.stdout.strip().splitlines()
    assert head == "key,group,text,file,recorded"
    assert len(rows) == len(catalogue().entries)


@pytest.mark.parametrize("code", ["../x", "ZHA", "", "z", "zha/..", "a" * 40])
def test_a_name_that_is_no_language_is_refused(code, tmp_path):
    with pytest.raises(InvalidInput):
        new_voice(tmp_path, code, "x")
    with pytest.raises(NotFound):
        voice(tmp_path, code)


def test_a_pack_file_that_does_not_fit_is_told_with_its_place(tmp_path):
    folder = new_voice(tmp_path, "zha", '带"引号的')
    assert voice(tmp_path, "zha").name == '带"引号的'
    with pytest.raises(InvalidInput):
        new_voice(tmp_path, "zha", "again")
    for text in ("name = 1", "name = ''", "x", "name = 'a'\nmore = 1"):
        (folder / voices.PACK_FILE).write_text(text)
        with pytest.raises(InvalidInput, match=r"pack\.toml"):
            voice(tmp_path, "zha")
    (folder / voices.PACK_FILE).unlink()
    with pytest.raises(InvalidInput):
        voice(tmp_path, "zha")
