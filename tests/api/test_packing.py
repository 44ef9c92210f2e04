"""Style sheets and scripts travel packed; what may hold a secret never does."""

from __future__ import annotations

import gzip

import pytest
from served import blank_app


@pytest.fixture
def client(tmp_path):
    with blank_app(tmp_path) as app:
        yield app.test_client()


def asked(client, path, encoding="gzip"):
    answer = client.get(path, headers={"Accept-Encoding": encoding})
    answer.get_data()
    answer.close()
    return answer


@pytest.mark.parametrize("path", ["/static/desk.css", "/static/vendor/htmx.min.js"])
def test_a_packed_file_is_the_file(client, path):
    plain, packed = asked(client, path, "identity"), asked(client, path)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert asked(client, path).data == packed.data
    assert int(packed.headers["Content-Length"]) == len(packed.data)


def test_caches_keep_the_two_apart(client):
    plain, packed = asked(client, "/static/desk.css", "identity"), asked(client, "/static/desk.css")
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["ETag"] != packed.headers["ETag"]


@pytest.mark.parametrize("encoding", ["", "br", "gzip;q=0"])
def test_who_takes_no_gzip_gets_the_file(client, encoding):
    assert "Content-Encoding" not in asked(client, "/static/desk.css", encoding).headers


@pytest.mark.parametrize("path", ["/healthz", "/static/nothing.css", "/openapi/openapi.json"])
def test_nothing_else_is_packed(client, path):
    assert "Content-Encoding" not in asked(client, path).headers
