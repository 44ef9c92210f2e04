"""What another county's document says stands in where the own one is silent, and is told as such: 参照."""

from __future__ import annotations

from office_desk import desk


def test_months_of_another_document_are_marked_on_the_page(app):
    client = desk(app)[0]
    steps = client.get("/office/visits.json").get_json()["steps"]
    assert [(step["months"], step["borrowed"]) for step in steps] == [(1, False), (3, True), (6, True)]
    assert "（参照河政办发〔2018〕6号" in client.get("/office/visits").get_data(as_text=True)
