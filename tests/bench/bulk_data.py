"""Rosters of 7 columns, drawn with a seed: three rows in ten have a fault, one in a hundred repeats a number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.measure import Laps, repeated

HEADER = ("姓名", "性别", "身份证号", "年龄", "联系电话", "文化程度", "就业意愿")
SCHOOLING = ("文盲", "小学", "初中", "高中", "中专", "大专")
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECKS = "10X98765432"
TODAY = 2018_06_01
SEED = 5


def write_csv(path: str, rows: int) -> tuple[Laps, dict[str, int]]:
    """The roster as csv; says how large it is."""
    columns = roster(rows)
    text = "\n".join([",".join(HEADER), *map(",".join, zip(*columns, strict=True)), ""])
    laps, size = repeated(lambda: Path(path).write_text(text, encoding="utf-8"), repeats=1)
    return laps, {"rows": rows, "characters": size}


def write_xlsx(path: str, rows: int) -> tuple[Laps, dict[str, int]]:
    """The roster as xlsx: ages as numbers, everything else as text."""
    import xlsxwriter

    def write() -> None:
        with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False}) as book:
            sheet = book.add_worksheet("名册")
            sheet.write_row(0, 0, HEADER)
            for number, row in enumerate(zip(*roster(rows), strict=True), start=1):
                cells = [int(cell) if header == "年龄" else cell for header, cell in zip(HEADER, row, strict=True)]
                sheet.write_row(number, 0, cells)

    laps, _ = repeated(write, repeats=1)
    return laps, {"rows": rows}


def roster(n: int) -> list[Any]:
    """The columns of HEADER as texts. Numbers are unique but for the rows that repeat one of a row without fault."""
    draw = np.random.default_rng(SEED)
    at = draw.permutation(n)
    day = np.datetime64("1958-01-01") + at % 16_000
    ymd = np.char.replace(np.datetime_as_string(day), "-", "").astype(np.int64)
    order = at // 16_000
    number = (450_206 + order // 1000) * 10**11 + ymd * 1000 + order % 1000
    digits = number[:, None] // 10 ** np.arange(16, -1, -1) % 10
    ids = np.char.add(number.astype(str), np.array(list(CHECKS))[(digits @ WEIGHTS) % 11])
    fault = draw.random(n)
    ids = np.where(fault < 0.1, np.char.add(ids.astype("U17"), "5"), ids)
    ids = np.where((fault >= 0.1) & (fault < 0.11), ids.astype("U17"), ids)
    sound = np.flatnonzero(fault >= 0.31)
    again = sound[: n // 100]
    ids[again] = ids[draw.choice(sound[n // 100 :], len(again), replace=False)]
    born = np.char.ljust(ids.astype("U18"), 18, "0").astype("U14")
    stated = np.array([int(text[6:]) for text in born.tolist()])
    age = (TODAY - stated) // 10_000 + np.where((fault >= 0.25) & (fault < 0.31), 7, 0)
    sex = np.where(np.array([int(text[16]) for text in ids.tolist()]) % 2, "男", "女")
    phone = (13_000_000_000 + draw.integers(0, 6 * 10**9, n)).astype(str)
    phone = np.where((fault >= 0.11) & (fault < 0.2), phone.astype("U10"), phone)
    schooling = np.array(SCHOOLING)[draw.integers(0, len(SCHOOLING), n)]
    schooling = np.where((fault >= 0.2) & (fault < 0.25), "大猫", schooling)
    first, given = (
        np.array(list("韦覃黄李王张刘陈罗莫蓝梁")),
        np.array(list("秀英美兰建国志强小红桂花丽华明军玉珍春燕海")),
    )
    parts = (given[draw.integers(0, len(given), n)] for _ in range(2))
    name = first[draw.integers(0, len(first), n)]
    for part in parts:
        name = np.char.add(name, part)
    wish = np.where(draw.random(n) < 0.8, "是", "否")
    return [column.tolist() for column in (name, sex, ids, age.astype(str), phone, schooling, wish)]
