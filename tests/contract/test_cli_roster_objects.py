"""Objects of section 3 as JSON lines and under English headers, and what an import derives."""

from __future__ import annotations

import csv as csv_reader

import msgspec
import pytest
from command_line import COUNTY, KINDS, ON, csv, jsonl, vacancy, worker, xlsx
from roster_objects import FULL, FULL_WORKER


class TestObjects:
    """JSONL of section 3."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_field_of_section_3_goes_in_and_comes_out(self, blank, tmp_path, kind):
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [FULL_WORKER]))
        if kind != "workers":
            blank.load(kind, jsonl(tmp_path / "full.jsonl", [FULL[kind]]))
        (told,) = blank.objects(kind)
        for name, value in FULL[kind].items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                assert [{k: v for k, v in part.items() if v} for part in told[name]] == value
            else:
                assert told.get(name, 0 if name == "filled" else None) == value, name

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_same_through_english_headers_of_a_csv(self, blank, tmp_path, kind):
        """Lists joined with 、, nested columns written `consent.plot`."""
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [FULL_WORKER]))
        flat: dict[str, str] = {}
        for name, value in FULL[kind].items():
            if isinstance(value, dict):
                flat |= {f"{name}.{part}": _cell(inner) for part, inner in value.items()}
            else:
                flat[name] = _cell(value)
        for form in ("csv", "xlsx"):
            id_field = next(iter(flat))
            row = flat if kind == "workers" else flat | {id_field: f"{flat[id_field]}-{form}"}
            path = tmp_path / f"full.{form}"
            if form == "csv":
                _quoted(path, [list(row), list(row.values())])
            else:
                xlsx(path, list(row), list(row.values()))
            summary = blank.load(kind, path)
            expected = "unchanged" if kind == "workers" else "accepted"
            assert summary[expected] == 1, summary["problems"]
            assert summary["unread_columns"] == []
        (first, *others) = blank.objects(kind)
        for other in others:
            assert other | {next(iter(flat)): first[next(iter(flat))]} == first

    @pytest.mark.parametrize("kind", KINDS)
    def test_an_unknown_field_is_named(self, blank, tmp_path, kind):
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [FULL_WORKER]))
        summary = blank.load(kind, jsonl(tmp_path / "x.jsonl", [FULL[kind] | {"shoe_size": 38}]))
        assert summary["rejected"] == 1
        assert any("shoe_size" in p["column"] + p["found"] + p["expected"] for p in summary["problems"])

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("consent", {"plot": True, "fax": True}),
            ("off_farm_hard", {"value": True, "why": "x"}),
            ("education", "doctor"),
            ("travel_range", "moon"),
            ("sex", "unknown"),
            ("wish_to_work", "perhaps"),
            ("wage_floor_yuan_month", "lots"),
            ("birth_date", "yesterday"),
            ("monitored_type", "other"),
        ],
    )
    def test_a_wrong_value_is_named_with_its_field(self, blank, tmp_path, field, value):
        summary = blank.load("workers", jsonl(tmp_path / "x.jsonl", [worker("w1", **{field: value})]))
        assert summary["rejected"] == 1
        assert any(problem["column"].startswith(field) for problem in summary["problems"]), summary["problems"]

    def test_a_line_that_is_no_object_is_a_rejected_row(self, blank, tmp_path):
        path = tmp_path / "w.jsonl"
        path.write_bytes(msgspec.json.encode(worker("w1")) + b'\n{"worker_id": "w2"\n[1,2]\n\n')
        summary = blank.load("workers", path)
        assert (summary["rows"], summary["accepted"], summary["rejected"]) == (3, 1, 2)
        assert sorted(p["row"] for p in summary["problems"] if p["severity"] == "error") == [2, 3]


class TestDerived:
    """An import derives what a file lacks."""

    def test_the_id_is_a_hash_of_the_row(self, blank, tmp_path):
        rows = [["title", "place_code", "headcount"], ["缝纫工", "450206", "2"], ["保安员", "450206", "1"]]
        path = csv(tmp_path / "v.csv", *rows)
        assert blank.load("vacancies", path)["accepted"] == 2
        first = [v["vacancy_id"] for v in blank.objects("vacancies")]
        assert len(set(first)) == 2
        # The same rows in another order and file are the same vacancies.
        again = blank.load("vacancies", csv(tmp_path / "other.csv", rows[0], rows[2], rows[1]))
        assert again["unchanged"] == 2

    @pytest.mark.parametrize(
        ("options", "channel"), [((), "other_labour_export"), (("--channel", "workshop"), "workshop")]
    )
    def test_the_channel(self, blank, tmp_path, options, channel):
        path = csv(tmp_path / "v.csv", ["title", "place_code"], ["缝纫工", "450206"])
        summary = blank.load("vacancies", path, *options)
        (told,) = blank.objects("vacancies")
        assert told["channel"] == channel
        warned = ["没有写明渠道" in problem["fix"] for problem in summary["problems"]]
        assert any(warned) == (not options), "what the importer said needs no warning"

    def test_a_stated_channel_stays(self, blank, tmp_path):
        path = csv(tmp_path / "v.csv", ["title", "place_code", "channel"], ["缝纫工", "450206", "park_enterprise"])
        blank.load("vacancies", path, "--channel", "workshop")
        assert blank.objects("vacancies")[0]["channel"] == "park_enterprise"

    def test_an_unknown_head_count_counts_as_one(self, blank, tmp_path):
        path = csv(
            tmp_path / "v.csv",
            ["title", "place_code", "headcount"],
            ["缝纫工", "450206", "若干"],
            ["保安员", "450206", ""],
        )
        assert blank.load("vacancies", path)["rejected"] == 0
        for told in blank.objects("vacancies"):
            assert (told["headcount"], told["headcount_unknown"]) == (1, True)

    @pytest.mark.parametrize(
        ("place", "code"),
        [("广西柳州市柳江区", "450206"), ("广东省东莞市", "441900"), ("柳江县", "450206"), ("广西", "450000")],
    )
    def test_the_place_at_the_level_given(self, blank, tmp_path, place, code):
        blank.load("vacancies", csv(tmp_path / "v.csv", ["岗位名称", "工作地点"], ["缝纫工", place]))
        assert blank.objects("vacancies")[0]["place_code"] == code

    def test_expired_and_illegal_vacancies_are_accepted_as_not_publishable_with_the_reason(self, blank, tmp_path):
        posts = [
            vacancy("v-old", valid_to="2018-05-31"),
            vacancy("v-men", duties="限男性"),
            vacancy("v-deposit", deposit_yuan=300),
            vacancy("v-han", duties="限汉族"),
            vacancy("v-single", duties="要求未婚"),
            vacancy("v-age", age_max=45),
            vacancy("v-fine"),
        ]
        blank.load("workers", jsonl(tmp_path / "w.jsonl", [worker("w1"), worker("w2", birth_date="1963-01-01")]))
        assert blank.load("vacancies", jsonl(tmp_path / "v.jsonl", posts))["rejected"] == 0
        told = {v["vacancy_id"]: v for v in blank.objects("vacancies")}
        for post in ("v-old", "v-men", "v-deposit", "v-han", "v-single"):
            assert told[post]["publish_bars"], post
        for post in ("v-men", "v-deposit", "v-han", "v-single"):
            (bar,) = told[post]["publish_bars"]
            assert bar["document"], "the law is named"
            assert bar["clause"], "and its article"
        assert not told["v-age"].get("publish_bars")
        (remark,) = told["v-age"]["publish_warnings"]
        assert "1人" in remark["sentence"], "an age condition says how many people it would exclude"
        assert not told["v-fine"].get("publish_bars")
        (listed,) = blank.ok(
            "recommend", "--worker", "w1", "--on", ON, "--jurisdiction", COUNTY, "--top", "10", "--refused"
        ).json["lists"]
        assert {item["vacancy_id"] for item in listed["items"]} == {"v-age", "v-fine"}
        refused = {pair["vacancy_id"]: {r["rule_id"] for r in pair["reasons"]} for pair in listed["refused"]}
        assert refused.keys() == {"v-old", "v-men", "v-deposit", "v-han", "v-single"}
        assert all(reasons & {"not_publishable", "validity"} for reasons in refused.values())


def _cell(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return msgspec.json.encode(value).decode() if value and isinstance(value[0], dict) else "、".join(value)
    return str(value)


def _quoted(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv_reader.writer(file).writerows(rows)
