"""`parse`, `occupation` and `policy evaluate`: a line in, a line out, in the same order, whatever the line holds."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from command_line import call, process

with (Path(__file__).parent.parent / "policy" / "vectors.csv").open(encoding="utf-8-sig", newline="") as _file:
    VECTORS = list(csv.DictReader(_file))
KEYS = {
    "wage": ["text", "kind", "low_yuan_month", "high_yuan_month", "basis", "problem"],
    "place": ["text", "code", "name", "level", "alternatives", "problem"],
    "headcount": ["text", "low", "high", "problem"],
    "age": ["text", "min", "max", "problem"],
}
STRINGS = {
    "wage": ["3000-5000元/月", "面议", "150元/天", "20元/小时", "年薪6万", "4000以上", "计件", "乱写"],
    "place": ["广西柳州市柳江区", "柳江县", "东莞", "火星"],
    "headcount": ["5人", "若干", "10-20人", "0", "很多"],
    "age": ["18-45岁", "45周岁以下", "不限", "200"],
}
ROWS = {
    "wage": [
        ("3000-5000元/月", {"kind": "range", "low_yuan_month": 3000, "high_yuan_month": 5000, "basis": "month"}),
        ("150元/天", {"low_yuan_month": 3900, "high_yuan_month": 3900, "basis": "day"}),
        ("20元/小时", {"low_yuan_month": 4160, "high_yuan_month": 4160, "basis": "hour"}),
        ("年薪6万", {"low_yuan_month": 5000, "high_yuan_month": 5000, "basis": "year"}),
        ("4000元以上", {"kind": "from", "low_yuan_month": 4000, "high_yuan_month": None}),
        ("面议", {"kind": "negotiable", "low_yuan_month": None, "high_yuan_month": None, "problem": None}),
    ],
    "place": [
        ("广西柳州市柳江区", {"code": "450206", "level": "county", "problem": None}),
        ("柳江县", {"code": "450206"}),
        ("火星", {"code": None}),
    ],
    "headcount": [("5人", {"low": 5, "high": 5, "problem": None}), ("10-20人", {"low": 10, "high": 20})],
    "age": [
        ("18-45岁", {"min": 18, "max": 45, "problem": None}),
        ("45周岁以下", {"min": None, "max": 45}),
        ("不限", {"min": None, "max": None, "problem": None}),
    ],
}


def written(tmp_path, body):
    path = tmp_path / "lines.txt"
    path.write_bytes(body)
    return path


@pytest.mark.parametrize("kind", KEYS)
class TestParse:
    def test_keys_and_readings(self, tmp_path, kind):
        texts = [text for text, _ in ROWS[kind]]
        answer = call("parse", kind, "--batch", written(tmp_path, "\n".join(texts).encode()))
        assert answer.code == 0
        assert [list(line) for line in answer.lines] == [KEYS[kind]] * len(texts)
        for line, (text, expected) in zip(answer.lines, ROWS[kind], strict=True):
            assert line["text"] == text
            assert {name: line[name] for name in expected} == expected

    @pytest.mark.parametrize(
        ("label", "body"),
        [
            ("line feeds", lambda texts: "\n".join(texts).encode()),
            ("with a last line feed", lambda texts: ("\n".join(texts) + "\n").encode()),
            ("CRLF", lambda texts: ("\r\n".join(texts) + "\r\n").encode()),
            ("byte order mark", lambda texts: b"\xef\xbb\xbf" + "\n".join(texts).encode()),
            ("byte order mark and CRLF", lambda texts: b"\xef\xbb\xbf" + ("\r\n".join(texts) + "\r\n").encode()),
        ],
        ids=lambda value: value.replace(" ", "-") if isinstance(value, str) else "",
    )
    def test_one_object_a_line_whatever_the_line_ends(self, tmp_path, kind, label, body):
        texts = [STRINGS[kind][0], "", *STRINGS[kind][1:], "   ", STRINGS[kind][0]]
        answer = call("parse", kind, "--batch", written(tmp_path, body(texts)))
        assert answer.code == 0
        assert len(answer.lines) == len(texts), label
        assert [line["text"].strip() for line in answer.lines] == [text.strip() for text in texts]
        assert answer.lines[0] == answer.lines[-1]
        assert answer.lines[1]["problem"], "an empty line is a problem, not a missing line"

    def test_separators_inside_a_string_are_no_line_ends(self, tmp_path, kind):
        text = f"{STRINGS[kind][0]}\u2028\x0b\x0c\x1c\x85"
        answer = call("parse", kind, "--batch", written(tmp_path, text.encode()))
        assert len(answer.lines) == 1

    def test_bytes_that_are_no_text_do_not_stop_it(self, tmp_path, kind):
        answer = call("parse", kind, "--batch", written(tmp_path, b"\xff\xfe\x00\n" + STRINGS[kind][0].encode()))
        assert answer.code == 0
        assert len(answer.lines) == 2

    def test_an_empty_file_gives_nothing(self, tmp_path, kind):
        answer = call("parse", kind, "--batch", written(tmp_path, b""))
        assert (answer.code, answer.out) == (0, b"")


class TestOccupation:
    def test_a_title_in_a_code_out(self, tmp_path):
        titles = ["缝纫工", "", "电焊工", "保安员"]
        answer = call("occupation", "--batch", written(tmp_path, "\r\n".join(titles).encode()), "--top", "3")
        assert answer.code == 0
        assert [line["title"] for line in answer.lines] == titles
        for line in answer.lines:
            assert list(line) == ["title", "code", "name", "score", "alternatives"]
            assert all(list(other) == ["code", "name", "score"] for other in line["alternatives"])
            scores = [line["score"], *(other["score"] for other in line["alternatives"])]
            assert scores == sorted(scores, reverse=True)
        assert (answer.lines[1]["code"], answer.lines[1]["alternatives"]) == (None, [])
        assert [line["code"] for line in answer.lines if line["title"]] == ["6-05-01-03", "6-18-02-04", "4-07-05-01"]

    @pytest.mark.parametrize("top", [1, 5])
    def test_top(self, tmp_path, top):
        (line,) = call("occupation", "--batch", written(tmp_path, "焊工\n".encode()), "--top", top).lines
        assert len(line["alternatives"]) <= top

    def test_the_likest_known_word_is_told_where_asked_for(self, tmp_path):
        titles = "挖倔机司机\n焊 工\n鿿\n".encode()
        lines = call("occupation", "--batch", written(tmp_path, titles), "--likest").lines
        assert [(line["likest"], line["likeness"]) for line in lines] == [
            ("挖机司机", 88.9),
            ("焊工", 100.0),
            (None, 0.0),
        ]

    def test_an_empty_file_gives_nothing(self, tmp_path):
        answer = call("occupation", "--batch", written(tmp_path, b""))
        assert (answer.code, answer.out) == (0, b"")

    def test_stderr_is_silent_in_a_process_of_its_own(self, tmp_path):
        """The segmenter says on stderr that it builds its dictionary, unless it is told not to."""
        answer = process("occupation", "--batch", written(tmp_path, "缝纫工\n".encode()))
        assert (answer.code, answer.err) == (0, "")
        assert answer.lines[0]["code"] == "6-05-01-03"


class TestPolicyEvaluate:
    def test_every_vector_through_the_command(self, tmp_path):
        calls = "".join(f'{{"rule_id":"{r["rule_id"]}","inputs":{r["inputs_json"]}}}\n' for r in VECTORS)
        answer = call("policy", "evaluate", "--batch", written(tmp_path, calls.encode()))
        assert answer.code == 0, answer.err
        assert len(answer.lines) == len(VECTORS)
        for row, told in zip(VECTORS, answer.out.splitlines(), strict=True):
            assert json.loads(told) == json.loads(row["expected_json"]), row["vector_id"]

    def test_a_line_that_cannot_be_answered_keeps_its_place(self, tmp_path):
        good = VECTORS[0]
        line = f'{{"rule_id":"{good["rule_id"]}","inputs":{good["inputs_json"]}}}'
        bad = ['{"rule_id":"X_AGE","inputs":{"shoe":1}}', "no json", '{"rule_id":"NO_SUCH_RULE","inputs":{}}']
        body = "\ufeff" + "\r\n".join([line, bad[0], line, bad[1], line, ""])
        answer = call("policy", "evaluate", "--batch", written(tmp_path, body.encode()))
        assert answer.code == 1
        expected = json.loads(good["expected_json"])
        assert [told == expected for told in answer.lines] == [True, False, True, False, True]
        assert [list(told) for told in answer.lines if told != expected] == [["error"], ["error"]]
        assert "line 2" in answer.err
        assert "shoe" in answer.err
        assert "line 4" in answer.err
        coming = call("policy", "evaluate", "--batch", written(tmp_path, f"{bad[2]}\n{line}\n".encode()))
        assert coming.code == 2
        assert coming.lines[1] == expected
        assert "NO_SUCH_RULE" in coming.err


def test_the_packs_check_out():
    answer = call("policy", "check")
    assert answer.code == 0, answer.text
    assert "rules" in answer.err


def test_coverage_of_every_rule_is_printed_and_can_be_had_as_rows():
    told = call("policy", "check")
    assert "LJ_FARM_ROUTE" in told.err
    assert "0 errors" in told.err
    rows = call("policy", "check", "--coverage").json
    assert {tuple(row) for row in rows} == {("rule", "yes", "no", "unknown")}
    assert "0 rules without a case" in told.err
    assert all(row["yes"] + row["no"] + row["unknown"] for row in rows)
    judged = [row for row in call("policy", "check", "--verbose").json if row["severity"] == "judged"]
    assert judged
    assert all(row["fix"].endswith("。") for row in judged)


def test_a_county_judges_findings_in_a_file_of_its_own(tmp_path):
    (tmp_path / "packs").mkdir()
    row = '[[judged]]\npack = "hekou_2018"\nlint = "untried"\nabout = ["gone"]\nreason = "看过。"\n'
    (tmp_path / "packs" / "judged.toml").write_text(row, encoding="utf-8")
    (finding,) = call("--home", tmp_path, "policy", "check").json
    assert (finding["severity"], finding["pack"], finding["what"]) == ("warning", "hekou_2018", "gone")
    (tmp_path / "packs" / "judged.toml").write_text(row.replace("看过。", ""), encoding="utf-8")
    refused = call("--home", tmp_path, "policy", "check")
    assert refused.code == 1
    assert "judged.toml" in refused.text + refused.err


def test_what_ends_when_is_told_for_a_day():
    rows = call("policy", "deadlines", "--on", "2025-12-31").json
    ends = {row["pack_id"]: row["days_left"] for row in rows if row["kind"] == "document"}
    assert ends == {"qinzhou_2021": 0, "wuyuan_2021": 0}
    assert {row["affects"] for row in rows} == {None}
    after = call("policy", "deadlines", "--on", "2026-01-01", "--format", "jsonl").lines
    assert {row["days_left"] for row in after if row["kind"] == "document"} == {-1}


def test_two_documents_are_compared_as_a_page_and_as_data():
    page = call("policy", "diff", "liujiang_2018", "qinzhou_2021", "--on", "2022-03-01")
    assert page.code == 0
    assert "1000元/人（三(二)4(1)）" in page.text
    assert "2000元/人·年（三(八)1）" in page.text
    found = call("policy", "diff", "liujiang_2018", "qinzhou_2021", "--on", "2022-03-01", "--format", "json").json
    assert [found[side]["state"] for side in ("left", "right")] == ["needs_review", "in_force"]
    lines = call("policy", "diff", "liujiang_2018", "qinzhou_2021", "--format", "jsonl").lines
    assert {"same", "different", "only_left", "only_right", "open"} == {row["verdict"] for row in lines}
    assert call("policy", "diff", "liujiang_2018", "atlantis").code == 1


def test_a_pack_is_shown_with_its_clauses():
    page = call("policy", "show", "liujiang_2018")
    assert page.code == 0
    assert "江政办发〔2018〕97号" in page.text
    assert "三(二)4(2)" in page.text
