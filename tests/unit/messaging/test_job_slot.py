"""A job in a few characters: whole pieces alone, never longer than the slot, no half character, no refused word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.messaging.job_slot import Job, job_slot, titles_of
from matcher.messaging.segments import parts, units
from matcher.messaging.templates import greeting, render, standard_templates
from matcher.messaging.wording import faults, standard_wording
from matcher.records import PlaceClass

LONG = "阿卜杜勒·买买提·吐尔逊·艾合买提·阿布都热西提·玉素甫江"
NEAR = Job("缝纫工", 3200, None, PlaceClass.SAME_COUNTY, 4, "柳州市", comes_home=True)
FAR = Job("平车工", 5500, 6500, PlaceClass.OTHER_PROVINCE, 512, "东莞市", lodging=True, board=True)


@pytest.mark.parametrize(
    ("job", "most", "told"),
    [
        (NEAR, 19, "缝纫工 月3200起 离家4公里"),
        (NEAR, 28, "缝纫工 月3200起 离家4公里 每天回家"),
        (NEAR, 15, "缝纫工 月3200起 本县"),
        (NEAR, 10, "缝纫工 月3200起"),
        (NEAR, 9, "缝纫工 离家4公里"),
        (NEAR, 8, "缝纫工 本县"),
        (NEAR, 3, "缝纫工"),
        (NEAR, 2, None),
        (FAR, 19, "平车工 月5500-6500 东莞市"),
        (FAR, 28, "平车工 月5500-6500 东莞市 包吃包住"),
        (FAR, 15, "平车工 月5500起 东莞市"),
        (FAR, 14, "平车工 月5500起 东莞市"),
        (FAR, 13, "平车工 月5500起 包住"),
        (FAR, 12, "平车工 月5500起"),
        (Job("普工"), 19, "普工 工钱面议"),
        (Job("微市场摊位", own_business=True, place=PlaceClass.SAME_COUNTY), 19, "微市场摊位 自己经营 本县"),
        (Job("普工", None, 2600), 19, "普工 月最高2600"),
        (Job("普工", 2600, 2600, PlaceClass.SAME_VILLAGE, board=True), 19, "普工 月2600 就在本村 包吃"),
        (Job("缝纫工（长期，熟手优先，月休四天）", 3000), 19, "缝纫工 月3000起"),
        (Job("包装工、检验工、仓库管理员、叉车司机各两名", 3000), 19, "包装工 月3000起"),
        (Job("高级数控车床操作技术工程人员", 3000), 16, "高级数控车床操作技术工程人员"),
        (Job("一" * 20, 3000), 19, None),
        (Job("普工", 3000, lodging=False), 19, "普工 月3000起"),
    ],
)
def test_pieces_come_in_whole_or_not_at_all(job, most, told):
    assert job_slot(job, most) == told


@pytest.mark.parametrize("title", ["普工★急招", "贫困户专岗", "www.x.com 普工"])
def test_a_title_that_may_not_be_sent_is_not_sent(title):
    assert job_slot(Job(title, 3000), 28) in (None, "普工 月3000起")
    assert not any(faults(form, standard_wording()) for form in titles_of(title))


JOBS = st.builds(
    Job,
    st.text("缝纫普工𬭎㛃（）、/ ·a★贫", min_size=0, max_size=24),
    st.none() | st.integers(0, 99_999),
    st.none() | st.integers(0, 99_999),
    st.none() | st.sampled_from(PlaceClass),
    st.none() | st.integers(0, 3000),
    st.sampled_from(["", "柳州市", "东莞市"]),
    st.none() | st.booleans(),
    st.none() | st.booleans(),
    st.booleans(),
)


@given(JOBS, st.integers(1, 40))
def test_a_slot_is_never_longer_than_it_may_be_and_begins_with_the_title(job, most):
    told = job_slot(job, most)
    if told is None:
        return
    assert 0 < units(told) <= most
    assert any(told == form or told.startswith(f"{form} ") for form in titles_of(job.title))
    assert not faults(told, standard_wording())


@pytest.mark.parametrize(
    "name", ["𬭎小英", "㛃𬭎", "阿卜杜勒·买买提·吐尔逊·艾合买提·阿布都热西提·玉素甫江", "韦小英", "欧阳𬭎", None]
)
def test_the_worst_text_fits_two_parts_for_any_name_and_no_character_is_halved(name):
    book = standard_templates()
    rare = Job("𬭎" * 7, 3000)
    slot = job_slot(rare, 19)
    assert slot == "𬭎" * 7
    slots = {"greeting": greeting(name), "job1": slot, "job2": slot, "job3": slot, "days": "10"}
    text = render(book, book.latest("shortlist_3"), slots)
    cut = parts(text)
    assert len(cut) <= 2
    assert all(units(part) <= 67 for part in cut)
    assert "".join(cut) == text
    assert "·" not in text.split("您好")[0]
