"""The same person again: twice in a file, or in the store already."""

from __future__ import annotations

import msgspec
import pytest
from intake_files import ID, W1, Read, Stored, id_number, one, xlsx

from matcher.records import Kind


def test_a_number_stated_twice_rejects_the_later_row_and_names_the_first(read: Read) -> None:
    rows = [["姓名", "身份证号"], ["韦秀英", id_number()], ["覃海", id_number(order=20)], ["韦秀英", id_number()]]
    run = read(Kind.WORKERS, xlsx(rows))
    assert [row.outcome.value for row in run.rows] == ["accepted", "accepted", "rejected"]
    assert "第2行" in run.rows[2].problems[-1].found


def test_the_same_person_in_two_villages_is_shown_with_both(read: Read) -> None:
    rows = [
        ["姓名", "身份证号", "家庭住址"],
        ["韦秀英", id_number(), "柳江区拉堡镇"],
        ["韦秀英", id_number(), "柳江区百朋镇"],
    ]
    run = read(Kind.WORKERS, xlsx(rows))
    found = run.rows[1].problems[-1].found
    assert run.rows[1].outcome == "rejected"
    assert "拉堡镇" in found
    assert "百朋镇" in found


def test_a_rejected_first_row_does_not_bar_the_right_one_after_it(read: Read) -> None:
    rows = [["姓名", "身份证号", "联系电话"], ["韦秀英", id_number(), "12"], ["韦秀英", id_number(), "13800138000"]]
    assert read(Kind.WORKERS, xlsx(rows)).outcomes == {"rejected": 1, "accepted": 1}


def test_rows_repeated_across_sheets_name_the_sheet(read: Read) -> None:
    rows = [["姓名", "身份证号"], ["韦秀英", id_number()]]
    run = read(Kind.WORKERS, xlsx(rows, rows, names=["一村", "二村"]))
    assert "工作表“一村”第2行" in run.rows[1].problems[-1].found


def test_a_known_number_is_the_stored_worker(read: Read) -> None:
    known = Stored(W1, identities=[ID])
    same = one(read, "姓名|身份证号|文化程度", "韦秀英", id_number(), "初中", known=known)
    assert same.outcomes == {"unchanged": 1}
    assert same.rows[0].change is None
    changed = one(read, "姓名|身份证号|文化程度", "韦秀英", id_number(), "高中", known=known)
    assert changed.outcomes == {"accepted": 1}
    assert changed.rows[0].change is not None
    assert changed.rows[0].change.record_id == "w1"
    assert "place_code" not in changed.fields()


def test_a_known_number_under_another_id_is_refused(read: Read) -> None:
    run = one(read, "人员编号|身份证号", "w2", id_number(), known=Stored(W1, identities=[ID]))
    assert run.outcomes == {"rejected": 1}
    assert "w1" in run.problems[0].found


def test_another_persons_number_and_name_under_a_known_id_are_refused(read: Read) -> None:
    other = id_number("19800101")
    run = one(read, "人员编号|姓名|身份证号", "w1", "覃海", other, known=Stored(W1, identities=[ID]))
    assert run.outcomes == {"rejected": 1}


def test_a_corrected_number_is_taken_with_a_warning(read: Read) -> None:
    run = one(read, "人员编号|姓名|身份证号", "w1", "韦秀英", id_number(order=20), known=Stored(W1, identities=[ID]))
    assert run.outcomes == {"accepted": 1}
    assert any("将更新" in p.fix for p in run.problems)


def test_a_stored_worker_on_another_villages_list_is_shown(read: Read) -> None:
    run = one(read, "姓名|身份证号|家庭住址", "韦秀英", id_number(), "柳江区百朋镇", known=Stored(W1, identities=[ID]))
    assert run.outcomes == {"accepted": 1}
    assert any("两个村" in p.fix for p in run.problems)


@pytest.mark.parametrize("written", ["柳江区拉堡镇新名村", "柳江区拉堡镇", "柳江区"])
def test_a_home_written_less_exactly_than_it_is_known_moves_nobody_out_of_the_village(read: Read, written: str) -> None:
    known = Stored(msgspec.structs.replace(W1, place_code="450206100201"), identities=[ID])
    run = one(read, "姓名|身份证号|家庭住址|文化程度", "韦秀英", id_number(), written, "高中", known=known)
    assert run.outcomes == {"accepted": 1}
    assert run.fields()["place_code"] == "450206100201"
    assert any("没有改居住地" in p.fix for p in run.problems)
