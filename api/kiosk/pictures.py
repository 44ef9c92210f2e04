"""Which pictogram stands for which work: by a word of its title."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

OTHER: Final = "hand"
_WORDS: Final = (
    ("sewing", ("缝", "平车", "针车", "车位", "衣", "服装", "裁", "绣", "鞋")),
    ("pot", ("厨", "餐", "食堂", "面点", "洗碗", "传菜", "配菜", "切菜", "炒菜")),
    ("box", ("包装", "搬运", "仓", "快递", "分拣", "装卸")),
    ("house", ("保洁", "清洁", "卫生", "家政", "保姆", "月嫂", "护理", "养老")),
    ("sprout", ("农", "种植", "果", "菜", "养殖", "林", "茶", "蔗")),
    ("repair", ("焊", "机修", "电工", "维修", "修理", "热加工", "钳", "数控", "车床", "模具")),
    ("bus", ("司机", "驾驶", "叉车")),
    ("lock", ("保安", "治安", "巡", "门卫")),
    ("town", ("建筑", "工地", "钢筋", "木工", "泥", "瓦")),
)


def picture(title: str) -> str:
    """Name of the pictogram of a job title."""
    return next((name for name, words in _WORDS if any(word in title for word in words)), OTHER)


def pictures(rows: Iterable[Mapping[str, Any]], name: str) -> list[str]:
    """Names of the pictograms of several jobs or trades, each once: what a page has to send."""
    return list(dict.fromkeys(picture(row[name]) for row in rows))
