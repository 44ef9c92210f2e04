"""What every answer carries stands in it once, whoever made the answer; what a view says itself stays."""

from __future__ import annotations

import pytest
from flask import Response, make_response
from served import blank_app

from api.headers import FIXED

OWN = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "private, max-age=60"}
DUE = {**FIXED, "Cache-Control": "no-store"}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    def own():
        response = make_response("")
        response.headers.update(OWN)
        return response

    def fault():
        raise ValueError

    views = {"plain": lambda: "", "made": lambda: Response(""), "own": own, "fault": fault}
    with blank_app(tmp_path_factory.mktemp("headers")) as app:
        for name, view in views.items():
            app.add_url_rule(f"/api/{name}", endpoint=name, view_func=view)
        yield app


@pytest.mark.parametrize(
    ("path", "due"),
    [("plain", DUE), ("made", DUE), ("own", {**DUE, **OWN}), ("fault", DUE), ("nowhere", DUE)],
)
def test_each_header_stands_once(app, path, due):
    answer = app.test_client().get(f"/api/{path}", headers={"X-Request-Id": "abcdefgh-1"})
    assert {name: answer.headers.getlist(name) for name in due} == {name: [told] for name, told in due.items()}
    assert answer.headers.getlist("X-Request-Id") == ["abcdefgh-1"]
