"""Asking and doing at the pages of whom the office tracks."""

from __future__ import annotations

from county import application_of

from matcher.records import Kind, Placement


def told(client, path, **asked):
    answer = client.get(f"{path}.json", query_string=asked)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def posted(asker, path, code=303, **form):
    client, csrf = asker
    answer = client.post(path, data={"csrf": csrf, **form})
    assert answer.status_code == code, answer.get_data(as_text=True)
    return answer


def placement(app, placement_id):
    (found,) = application_of(app).store.records(Kind.PLACEMENTS, ids=[placement_id])
    assert isinstance(found, Placement)
    return found
