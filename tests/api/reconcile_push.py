"""Two small ledgers of two offices, pushed and answered as an officer does it."""

from __future__ import annotations

import csv
import io

from api.v1.attendant import attendant_of

HEADERS = ("姓名", "身份证号", "村", "联系电话", "就业状态")
NUMBER, SLIP = "450206197801010028", "450206197801010082"
OURS = (
    ("韦小英", NUMBER, "板江村", "15400000003", "已就业"),
    ("覃大海", "450206199203050010", "六屯村", "15400000011", "已就业"),
    ("黎阿妹", "450206196511110018", "六屯村", "15400000019", "未就业"),
)
THEIRS = (
    ("韦小英", SLIP, "板江村", "15400000003", "已就业"),
    ("覃大海", "450206199203050010", "六屯村", "15400000011", "未就业"),
    ("黎阿妹", "450206196511110018", "六屯村", "", "未就业"),
)


def sheet(rows, headers=HEADERS):
    text = io.StringIO()
    csv.writer(text).writerows([headers, *rows])
    return text.getvalue().encode()


def push(client, csrf, ours=OURS, theirs=THEIRS, headers=HEADERS):
    left, right = (io.BytesIO(sheet(rows, headers)) for rows in (ours, theirs))
    files = {"left": (left, "人社.csv"), "right": (right, "乡村振兴.csv")}
    answer = client.post("/office/reconcile", data={"csrf": csrf, **files}, content_type="multipart/form-data")
    return client.get(turn_of(client, answer)) if answer.status_code == 303 else answer


def turn_of(client, answer):
    """Address of two ledgers whose turn has come."""
    assert attendant_of(client.application).rest(60)
    return answer.location


def told(client, address, **asked):
    return client.get(f"{address}.json", query_string=asked).get_json()["told"]


def say(client, csrf, address, answer, pair, **more):
    data = {"csrf": csrf, "pair": pair["pair"], "seen": pair["seen"], "answer": answer, **more}
    return client.post(f"{address}/answers", data=data)


def truth(client, csrf, address, value, pair, **more):
    data = {"csrf": csrf, "pair": pair["pair"], "seen": pair["seen"], "truth": value, **more}
    return client.post(f"{address}/answers", data=data)
