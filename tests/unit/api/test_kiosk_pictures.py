"""Which pictogram a job gets: what is drawn must be the work, whatever words its title shares with another."""

from __future__ import annotations

import pytest

from api.kiosk.pictures import OTHER, picture, pictures


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("平车工", "sewing"),
        ("针车学徒", "sewing"),
        ("纺织品和服装剪裁缝纫人员", "sewing"),
        ("传菜员", "pot"),
        ("蔬菜种植工", "sprout"),
        ("生态护林员", "sprout"),
        ("环境卫生服务人员", "house"),
        ("机械设备修理人员", "repair"),
        ("机械热加工人员", "repair"),
        ("治安联防员", "lock"),
        ("社会事务协管员", OTHER),
    ],
)
def test_a_title_is_drawn_as_its_work(title, name):
    assert picture(title) == name


def test_a_page_sends_each_pictogram_once():
    rows = [{"title": "平车工"}, {"title": "焊工"}, {"title": "缝纫工"}]
    assert pictures(rows, "title") == ["sewing", "repair"]
