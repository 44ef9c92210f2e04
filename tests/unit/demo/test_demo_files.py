from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from matcher.demo import DemoFile, clean_records, county_spec, jurisdictions, write_county
from matcher.demo.draws import Draws
from matcher.demo.mess import SLIPS, mess_spec, messy
from matcher.demo.tables import Column, Content, Table
from matcher.demo.wording import ages, flag, headcount, listed, place, wage
from matcher.geography import gazetteer
from matcher.intake.columns import plan_columns
from matcher.intake.headers import IGNORED, match_header, recognise
from matcher.intake.sheets import read_table
from matcher.intake.values import meaning_of
from matcher.records import Channel, Kind, Vacancy
from matcher.records.id_numbers import IdNumberProblem, check_id_number
from matcher.settings import Settings

SMALL = {"seed": 4, "workers": 240, "vacancies": 80}
HEADER_ROWS = {"户信息": 3, "监测系统导出": 3, "家庭成员台账": 1, "各渠道岗位": 3, "微田园地块": 2, "就业安置": 2}


def _rows(path: Path) -> list[list[object]]:
    if path.suffix == ".xlsx":
        return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    encoding = "gb18030" if "岗位" in path.name else "utf-8-sig"
    return [list(row) for row in csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline=""))]


def _body(file: DemoFile) -> list[dict[str, object]]:
    rows, top = _rows(file.path), HEADER_ROWS.get(file.path.stem.split("_")[-1], 1)
    return [dict(zip((str(h) for h in rows[top - 1]), row, strict=True)) for row in rows[top:]]


@pytest.fixture(scope="module", params=jurisdictions())
def clean(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[DemoFile]]:
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, write_county(folder, request.param, **SMALL, mess=0)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> list[DemoFile]:
    return write_county(tmp_path_factory.mktemp("spoilt"), "liujiang_2018", **SMALL)


@pytest.mark.parametrize("mess", [0, 0.02])
def test_the_same_seed_writes_the_same_bytes(tmp_path: Path, mess: float) -> None:
    digests = [
        [
            hashlib.sha256(f.path.read_bytes()).hexdigest()
            for f in write_county(tmp_path / name, "hekou_2018", seed, 60, 40, mess=mess)
        ]
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert digests[0] == digests[1]
    assert all(x != y for x, y in zip(digests[0], digests[2], strict=True))


def test_every_kind_is_there_in_the_order_of_import(clean: tuple[str, list[DemoFile]]) -> None:
    kinds = list(dict.fromkeys(file.kind for file in clean[1]))
    assert kinds == [Kind.HOUSEHOLDS, Kind.WORKERS, Kind.EMPLOYERS, Kind.VACANCIES, Kind.PLOTS, Kind.PLACEMENTS]
    assert [f.channel for f in clean[1] if f.channel] == [Channel.GUANGDONG_PARTNER]


def test_files_and_sheets_say_synthetic(clean: tuple[str, list[DemoFile]]) -> None:
    for file in clean[1]:
        assert file.path.name.startswith("合成数据_")
        if file.path.suffix == ".xlsx":
            assert CalamineWorkbook.from_path(str(file.path)).sheet_names[0].startswith("合成数据")


def test_clean_files_hold_every_record_once(clean: tuple[str, list[DemoFile]]) -> None:
    jurisdiction, files = clean
    county = clean_records(jurisdiction, **SMALL)
    found: dict[Kind, list[object]] = {}
    for file in files:
        own = {
            Kind.HOUSEHOLDS: "户编号",
            Kind.EMPLOYERS: "单位编号",
            Kind.PLOTS: "地块编号",
            Kind.PLACEMENTS: "安置编号",
        }.get(file.kind)
        rows = _body(file)
        column = own or next(k for k in ("人编号", "人员编号", "职位编号", "岗位编号") if k in rows[0])
        found.setdefault(file.kind, []).extend(row[column] for row in rows)
    assert sorted(map(str, found[Kind.WORKERS])) == [w.worker_id for w in county.workers]
    assert sorted(map(str, found[Kind.VACANCIES])) == [v.vacancy_id for v in county.vacancies]
    assert found[Kind.HOUSEHOLDS] == [h.household_id for h in county.households]
    assert found[Kind.EMPLOYERS] == [e.employer_id for e in county.employers]
    assert found[Kind.PLOTS] == [p.plot_id for p in county.plots]
    assert found[Kind.PLACEMENTS] == [p.placement_id for p in county.placements]


def test_intake_knows_every_header(clean: tuple[str, list[DemoFile]]) -> None:
    unread = {"证件类型", "备注", "致贫/返贫风险1"}
    for file in clean[1]:
        for header in _body(file)[0]:
            match = match_header(file.kind, header)
            known = match is not None and match.field != IGNORED and not match.similar
            assert known or header in unread, (file.path.name, header, match)


def test_intake_finds_the_header_row_and_no_column_twice(clean: tuple[str, list[DemoFile]]) -> None:
    for file in clean[1]:
        plan = plan_columns(read_table(file.path.read_bytes(), name=file.path.name, settings=Settings()), file.kind)
        assert [sheet.skipped for sheet in plan.sheets] == [""]
        assert plan.sheets[0].header_row == HEADER_ROWS.get(file.path.stem.split("_")[-1], 1)
        assert {problem.column for problem in plan.problems} <= {"致贫/返贫风险1", "备注", "证件类型"}


def test_intake_recognises_the_two_forms(clean: tuple[str, list[DemoFile]]) -> None:
    forms = {f.path.stem.split("_")[-1]: recognise(_body(f)[0]) for f in clean[1] if f.kind is Kind.WORKERS}
    assert {name: form.form for name, form in forms.items() if form} == {
        "监测系统导出": "monitoring_person",
        "家庭成员台账": "ledger_member",
    }


def test_coded_columns_use_words_intake_reads(clean: tuple[str, list[DemoFile]]) -> None:
    lists = {
        "文化程度": "education",
        "劳动技能": "labour_ability",
        "户类型": "household_kind",
        "监测对象类别": "monitored_type",
        "外出范围": "travel_range",
        "就业状态": "employment_status",
        "性别": "sex",
        "渠道": "channel",
    }
    for file in clean[1]:
        if file.kind is Kind.HOUSEHOLDS:
            continue
        for row in _body(file):
            for header, name in lists.items():
                text = str(row.get(header) or "")
                assert not text or meaning_of(name, text, field=name), (header, text)


def test_places_are_read_back_as_the_place_meant(clean: tuple[str, list[DemoFile]]) -> None:
    jurisdiction, files = clean
    near = county_spec(jurisdiction).counties[0]
    codes = {v.vacancy_id: v.place_code for v in clean_records(jurisdiction, **SMALL).vacancies}
    for file in files:
        if file.kind is Kind.VACANCIES:
            for row in _body(file):
                text = row.get("工作地点") or row.get("工作地区")
                assert gazetteer().find(str(text), near).code == codes[str(row.get("岗位编号") or row.get("职位编号"))]


def test_nothing_is_spoilt_without_mess(clean: tuple[str, list[DemoFile]]) -> None:
    jurisdiction, files = clean
    county = clean_records(jurisdiction, **SMALL)
    numbers = {i.worker_id: i.id_number for i in county.identities}
    for file in files:
        if file.kind is Kind.WORKERS:
            for row in _body(file):
                number = row.get("证件号码") or row.get("身份证号*") or None
                assert number == numbers[str(row.get("人编号") or row.get("人员编号"))]


def test_the_header_of_the_channel_list_is_merged_in_two_levels(clean: tuple[str, list[DemoFile]]) -> None:
    path = next(f.path for f in clean[1] if "各渠道岗位" in f.path.name)
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    on_header = [r for r in sheet.merged_cell_ranges or [] if r[0][0] == 1]
    assert sheet.to_python()[1][0] == "岗位"
    assert len(on_header) >= 5


def test_default_mess_shows_each_slip_of_identity_numbers(spoilt: list[DemoFile]) -> None:
    on = county_spec("liujiang_2018").on
    rows = [row for f in spoilt if f.kind is Kind.WORKERS for row in _body(f)]
    numbers = [row.get("证件号码") or row.get("身份证号*") for row in rows]
    problems = {check_id_number(str(n), on=on).problem for n in numbers if isinstance(n, str) and n}
    assert {None, IdNumberProblem.MASKED, IdNumberProblem.CHECKSUM} <= problems
    assert any(isinstance(n, float) for n in numbers)
    assert any(isinstance(n, str) and "０" <= n.strip()[:1] <= "９" for n in numbers)
    assert len({n for n in numbers if n}) < len([n for n in numbers if n])


def test_default_mess_shows_slips_of_days_wages_and_places(spoilt: list[DemoFile]) -> None:
    cells = {str(value) for f in spoilt for row in _body(f) for value in row.values()}
    assert any("年" in c and c.endswith("日") and c[:4].isdigit() for c in cells)
    assert any(c.count(".") == 2 and c[:4].isdigit() for c in cells)
    assert any("~" in c for c in cells)
    assert any(c.endswith("千/月") for c in cells)
    assert {"若干人", "面议", "柳江县", "无名村", "桃花源县武陵镇无名村"} <= cells
    assert any(c.endswith("名") and "-" in c for c in cells)


def test_most_rows_stay_clean(spoilt: list[DemoFile]) -> None:
    on = county_spec("liujiang_2018").on
    for file in spoilt:
        if file.kind is Kind.WORKERS:
            rows = _body(file)
            right = [
                row
                for row in rows
                if isinstance(n := row.get("证件号码") or row.get("身份证号*"), str)
                and not check_id_number(n, on=on).problem
            ]
            assert len(right) / len(rows) > 0.93


def test_every_slip_is_known_and_used() -> None:
    assert {slip.slip for slip in mess_spec().slip} == set(SLIPS)
    assert {slip.fate for slip in mess_spec().slip} == {"repaired", "read", "warning", "rejected"}


@pytest.mark.parametrize(
    ("slip", "cell", "spoilt"),
    [
        ("full_width", "13a", "１３ａ"),
        ("spaces", "韦秀英", " 韦秀 英　"),
        ("garbled", "柳江", "\xc1\xf8\xbd\xad"),
        ("old_name", "柳江区百朋镇", "柳江县百朋镇"),
        ("wrong_digit", "450206197301011234", "450206198301011234"),
        ("wrong_digit", "450206", "450206"),
        ("masked", "450206197301011234", "4502061973****1234"),
        ("lost_digits", "450206197301011234", 450206197301011230.0),
        ("short_phone", "15400000007", "1540000000"),
        ("cut_wage", "3500-4500元/月", "3500~450"),
        ("cut_wage", "3500元以上", "3500~350"),
        ("cut_wage", "面议", "2000~300"),
        ("thousands_wage", "3500-4500元/月", "3.5-4.5千/月"),
        ("thousands_wage", "面议", "面议"),
        ("many_headcount", 3, "3-4名"),
        ("many_headcount", "若干", "若干"),
        ("vague_headcount", 3, "若干人"),
        ("dotted_day", "2018", "2018"),
    ],
)
def test_what_a_slip_makes_of_a_cell(slip: str, cell: str | int, spoilt: object) -> None:
    assert SLIPS[slip](cell, {"柳江区": "柳江县"}) == spoilt


def test_slips_of_days_keep_the_day() -> None:
    day = county_spec("liujiang_2018").on
    made = [SLIPS[name](day, {}) for name in ("dotted_day", "chinese_day", "compact_day")]
    assert made == ["2018.6.1", "2018年6月1日", "20180601"]


def test_rate_zero_changes_nothing_and_any_other_rate_something() -> None:
    table = Table("合成数据", (), (Column("姓名", Content.NAME),), (("韦秀英",), ("覃建国",)))
    spec = county_spec("liujiang_2018")
    assert messy(table, spec, 0, Draws(0, "t")) is table
    assert messy(table, spec, 0.0001, Draws(0, "t")).rows != table.rows


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(3500, 4500, "3500-4500元/月"), (3500, None, "3500元以上"), (None, None, "面议")],
)
def test_wages_as_adverts_write_them(low: int | None, high: int | None, text: str) -> None:
    assert wage(_vacancy(wage_low_yuan_month=low, wage_high_yuan_month=high)) == text


@pytest.mark.parametrize(
    ("low", "high", "text"), [(18, 45, "18-45岁"), (18, None, "18岁以上"), (None, 45, "45岁以下"), (None, None, "不限")]
)
def test_ages_as_adverts_write_them(low: int | None, high: int | None, text: str) -> None:
    assert ages(_vacancy(age_min=low, age_max=high)) == text


def test_unknown_none_and_some_are_written_differently() -> None:
    assert [listed(v) for v in (None, (), ("缝纫", "平车"))] == [None, "无", "缝纫、平车"]
    assert [flag(v) for v in (None, True, False)] == [None, "是", "否"]
    assert [headcount(_vacancy(headcount_unknown=u)) for u in (True, False)] == ["若干", 2]


def test_a_place_that_reads_as_another_is_written_with_its_code() -> None:
    assert place("450206102203", "450206") == "柳江区百朋镇里团村"
    assert place(None, "450206") is None
    for jurisdiction in jurisdictions():
        near = county_spec(jurisdiction).counties[0]
        for worker in clean_records(jurisdiction, **SMALL).workers:
            assert gazetteer().find(place(worker.place_code, near) or "", near).code == worker.place_code


def _vacancy(**fields: object) -> Vacancy:
    whole: dict[str, object] = {
        "vacancy_id": "v",
        "title": "缝纫工",
        "channel": Channel.WORKSHOP,
        "place_code": "450206",
    }
    return Vacancy(**(whole | {"headcount": 2} | fields))
