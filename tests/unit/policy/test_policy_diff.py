"""Two documents compared: what is the same, what differs, what is open, what only one has; nothing is lost."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from matcher.errors import PackError
from matcher.policy import standard_packs
from matcher.policy.diff import Agreement, diff
from matcher.policy.pages.diff import diff_page, diff_rows
from matcher.policy.subjects import load_subjects, standard_subjects

PACKS = standard_packs()
ON = date(2022, 3, 1)
PAIRS = [(left, right) for left in PACKS.packs for right in PACKS.packs if left < right]


def compared(left: str, right: str, on: date = ON):
    return diff(PACKS[left], PACKS[right], on, PACKS.vocabulary, standard_subjects())


def asked(found, subject: str, question: str):
    of = next(row for row in found.subjects if row.id == subject)
    return next(row for row in of.questions if row.title == question)


def values(cells) -> list[str]:
    return [cell.value for cell in cells]


def test_the_same_workshop_test_pays_once_here_and_every_year_there():
    found = compared("liujiang_2018", "qinzhou_2021")
    pays = asked(found, "workshop_reward", "发多少")
    assert (pays.verdict, values(pays.left), values(pays.right)) == ("different", ["1000元/人"], ["2000元/人·年"])
    times = asked(found, "workshop_reward", "发几次")
    assert (times.verdict, values(times.left)) == ("only_left", ["不超过1次/人"])
    for question, value in (("累计月数", "不低于6个月"), ("累计报酬", "不低于6000元"), ("计算期", "不超过1年")):
        row = asked(found, "workshop_reward", question)
        assert (row.verdict, values(row.left), values(row.right)) == ("same", [value], [value])


@pytest.mark.parametrize(
    ("pack", "fees"),
    [
        ("liujiang_2018", ["300元/人"]),
        ("hekou_2018", ["300元/人", "200元/人", "原文没有这一项"]),
        ("qinzhou_2021", ["1000元/人·年"]),
    ],
)
def test_the_fee_for_a_placement_in_each_document(pack, fees):
    other = next(name for name in ("liujiang_2018", "qinzhou_2021") if name != pack)
    row = asked(compared(pack, other), "placement_service", "发多少")
    assert values(row.left) == fees
    assert row.verdict is Agreement.DIFFERENT


def test_the_cap_of_transport_aid():
    row = asked(compared("hekou_2018", "qinzhou_2021"), "transport", "最多多少")
    assert (values(row.left), values(row.right)) == (["不超过500元/人"], ["不超过800元/人·年"])
    assert asked(compared("liujiang_2018", "qinzhou_2021"), "transport", "最多多少").verdict is Agreement.ONLY_RIGHT


def test_a_figure_left_open_on_one_side_is_compared_with_nothing():
    row = asked(compared("qinzhou_2021", "wuyuan_2021"), "workshop_reward", "发多少")
    assert row.verdict is Agreement.OPEN
    assert (row.left[0].missing, row.right[0].missing) == ("", "unspecified")
    masked = asked(compared("masked_county_2020", "qinzhou_2021"), "employer", "稳岗返还")
    assert masked.verdict is Agreement.OPEN
    assert {cell.missing for cell in masked.left} == {"masked", ""}


def test_a_row_out_of_its_days_is_shown_as_such():
    late = asked(compared("hekou_2018", "qinzhou_2021", date(2022, 5, 1)), "employer", "降低的费率")
    assert late.verdict is Agreement.ONLY_RIGHT
    assert {cell.in_force for cell in late.right} == {False}
    assert "这一天不执行" in diff_page(compared("hekou_2018", "qinzhou_2021", date(2022, 5, 1)))
    last = asked(compared("hekou_2018", "qinzhou_2021", date(2022, 4, 30)), "employer", "降低的费率")
    assert {cell.in_force for cell in last.right} == {True}


def test_the_orders_of_people_stand_side_by_side():
    found = compared("liujiang_2018", "wuyuan_2021")
    general = next(row for row in found.orders if row.id == "general").questions[0]
    assert general.verdict is Agreement.DIFFERENT
    assert general.right[0].value == "脱贫人口"
    assert general.left[0].clause


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_every_row_of_both_documents_is_somewhere_and_the_mirror_agrees(left, right):
    found, mirror = compared(left, right), compared(right, left)
    groups = [*found.subjects, *found.orders]
    questions = [*(question for row in groups for question in row.questions), *found.others]
    for side, pack, loose in (("left", PACKS[left], found.only_left), ("right", PACKS[right], found.only_right)):
        shown = {cell.id for question in questions for cell in getattr(question, side)} | {cell.id for cell in loose}
        assert {row.id for row in pack.parameters} <= shown
    swapped = {"only_left": "only_right", "only_right": "only_left"}
    turned = {(row.id, question.title): question.verdict for row in mirror.subjects for question in row.questions}
    for row in found.subjects:
        for question in row.questions:
            assert turned[row.id, question.title] == swapped.get(question.verdict, question.verdict)


@pytest.mark.parametrize(("left", "right"), PAIRS)
def test_the_page_is_chinese_and_names_both(left, right):
    page = diff_page(compared(left, right))
    assert page.startswith("# 两份文件对照")
    for pack in (PACKS[left], PACKS[right]):
        assert pack.name in page
    words = page.replace(left, "").replace(right, "")
    assert not [line for line in words.splitlines() if any(letter.isascii() and letter.isalpha() for letter in line)]


def test_a_document_against_itself_differs_in_nothing():
    found = compared("qinzhou_2021", "qinzhou_2021")
    assert {row.verdict for row in found.subjects} <= {Agreement.SAME, Agreement.OPEN}
    assert not found.only_left
    assert not found.only_right


def test_rows_and_json_tell_the_same():
    found = compared("hekou_2018", "qinzhou_2021")
    told = msgspec.json.decode(msgspec.json.encode(found))
    assert told["left"]["pack_id"] == "hekou_2018"
    rows = diff_rows(found)
    assert {tuple(row) for row in rows} == {("subject", "question", "verdict", "left", "right")}
    n_questions = sum(len(row.questions) for row in (*found.subjects, *found.orders)) + len(found.others)
    assert len(rows) == n_questions + len(found.only_left) + len(found.only_right)


def test_no_subject_asks_for_a_parameter_nobody_has():
    known = {row.id for pack in PACKS.packs.values() for row in pack.parameters}
    assert {name for subject in standard_subjects() for line in subject.lines for name in line.of} <= known


def test_what_a_benefit_pays_to_whom_and_on_which_papers_stands_side_by_side():
    found = compared("liujiang_2018", "qinzhou_2021")
    often = asked(found, "workshop_reward", "多久一次")
    assert (often.verdict, values(often.left), values(often.right)) == ("different", ["每人一次"], ["每人每年一次"])
    worth = asked(found, "workshop_reward", "怎么算")
    assert "1000元/人" in worth.left[0].value
    assert "2000元/人·年" in worth.right[0].value
    papers = asked(compared("hekou_2018", "qinzhou_2021"), "placement_service", "凭什么材料")
    assert papers.verdict is Agreement.DIFFERENT
    assert all(cell.clause for cell in (*papers.left, *papers.right))
    unsaid = asked(compared("qinzhou_2021", "wuyuan_2021"), "workshop_reward", "怎么算")
    assert unsaid.verdict is Agreement.OPEN


def test_every_benefit_of_every_document_belongs_to_a_subject():
    known = {purpose for subject in standard_subjects() for purpose in subject.purposes}
    assert {benefit.purpose for pack in PACKS.packs.values() for benefit in pack.benefits} == known


def test_subjects_are_read_strictly(tmp_path):
    with pytest.raises(PackError, match="subjects"):
        load_subjects(tmp_path)
    (tmp_path / "subjects.toml").write_text('[[subject]]\nid = "a"\nmood = 1\n', encoding="utf-8")
    with pytest.raises(PackError, match="subjects"):
        load_subjects(tmp_path)
