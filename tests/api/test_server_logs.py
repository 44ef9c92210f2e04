"""The log says what was asked and how it ended, and holds nothing of anybody."""

from __future__ import annotations

import json
import logging
import sqlite3

import pytest
import structlog
from flask import request
from served import blank_app, log_lines

from api.logs import LOG, take_over_logging, written
from matcher.privacy import without_personal

PHONE = "13800000001"
ID_NUMBER = "45022119800315001X"
NAME = "韦小英"
HIDDEN = "hunter2hunter2"
PERSONAL = (PHONE, ID_NUMBER, NAME, HIDDEN, "%E9%9F%A6")


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    def quiet(who):
        return {"who": who}

    def fault(who):
        try:
            raise sqlite3.IntegrityError(f"UNIQUE failed: {who} {request.args} {HIDDEN}")
        except sqlite3.IntegrityError as error:
            raise ValueError(f"no row for {who} and {NAME}") from error

    with blank_app(tmp_path_factory.mktemp("logs")) as app:
        app.add_url_rule("/api/quiet/<who>", view_func=quiet, methods=["GET", "POST"])
        app.add_url_rule("/api/fault/<who>", view_func=fault, methods=["GET", "POST"])
        yield app


@pytest.mark.parametrize("view", ["quiet", "fault", "nowhere"])
@pytest.mark.parametrize("who", [PHONE, ID_NUMBER, NAME])
def test_nothing_of_a_request_reaches_the_log(app, capsys, view, who):
    answer = app.test_client().post(
        f"/api/{view}/{who}?phone={PHONE}&id={ID_NUMBER}&name={NAME}&password={HIDDEN}",
        json={"id_number": ID_NUMBER, "name": NAME, "phone": PHONE},
        headers={"X-Phone": PHONE, "X-Request-Id": PHONE, "User-Agent": ID_NUMBER, "Cookie": f"matcher={HIDDEN}"},
    )
    told = capsys.readouterr().err
    assert [text for text in PERSONAL if text in told] == []
    line = log_lines(told)[-1]
    assert line["status"] == answer.status_code == {"quiet": 200, "fault": 500, "nowhere": 404}[view]
    assert line["rule"] == ("unmatched" if view == "nowhere" else f"/api/{view}/<who>")


def test_a_line_a_request(app, capsys):
    answer = app.test_client().get("/api/quiet/a", headers={"X-Request-Id": "abcdefgh-1"})
    (line,) = log_lines(capsys.readouterr().err)
    assert line.pop("ms") >= 0
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "request", "level": "info", "request_id": "abcdefgh-1", "method": "GET", "rule": "/api/quiet/<who>",
        "status": 200, "role": "kiosk", "actor": "nobody",
    }  # fmt: skip
    assert answer.headers["X-Request-Id"] == "abcdefgh-1"


def test_a_line_is_the_json_that_any_encoder_writes(app, capsys):
    app.test_client().get("/api/quiet/a", headers={"X-Request-Id": "abcdefgh-1"})
    told = capsys.readouterr().err.removesuffix("\n")
    assert told == json.dumps(json.loads(told), ensure_ascii=False)


@pytest.mark.parametrize("name", ["韦小英", 'the "desk"', "back\\slash", "100%", f"desk {PHONE}"])
def test_whoever_asked_is_written_as_json_and_without_a_number(name):
    assert json.loads(written(name)) == without_personal(name)


def test_a_bearer_token_that_is_refused_is_not_logged(app, capsys):
    answer = app.test_client().get("/api/quiet/a", headers={"Authorization": f"Bearer mt_abc_{HIDDEN}"})
    assert answer.status_code == 401
    assert HIDDEN not in capsys.readouterr().err


@pytest.mark.parametrize("given", ["", "short", PHONE, "a b c d e f g h", "x" * 65, f"order-{ID_NUMBER}"])
def test_a_request_gets_an_id_of_ours_if_its_own_does_not_do(app, capsys, given):
    answer = app.test_client().get("/api/quiet/a", headers={"X-Request-Id": given})
    request_id = answer.headers["X-Request-Id"]
    assert request_id != given
    assert request_id.isalpha()
    assert log_lines(capsys.readouterr().err)[0]["request_id"] == request_id


def test_a_fault_is_told_by_kind_and_place(app, capsys):
    answer = app.test_client().get("/api/fault/a")
    fault, line = log_lines(capsys.readouterr().err)
    assert fault["event"] == "fault"
    assert fault["kinds"] == ["ValueError", "IntegrityError"]
    assert any("test_server_logs.py:" in place and place.endswith(" fault") for place in fault["places"])
    assert fault["request_id"] == line["request_id"] == answer.headers["X-Request-Id"]
    assert fault["request_id"] in answer.get_data(as_text=True)


def test_a_method_nobody_knows_is_called_other(app, capsys):
    app.test_client().open("/api/quiet/a", method=f"CALL{PHONE}")
    told = capsys.readouterr().err
    assert PHONE not in told
    assert log_lines(told)[0]["method"] == "other"


def test_every_event_is_redacted_whoever_writes_it(app, capsys):
    LOG.warning(
        f"called {PHONE}", number=int(PHONE), rows=[{"phone": PHONE}, (ID_NUMBER,)], password=HIDDEN,
        header={"Authorization": f"Bearer {HIDDEN}"}, note=f"Cookie: {HIDDEN}", count=3, share=0.5, none=None,
    )  # fmt: skip
    told = capsys.readouterr().err
    assert [text for text in PERSONAL if text in told] == []
    (line,) = log_lines(told)
    assert (line["count"], line["share"], line["none"]) == (3, 0.5, None)


@pytest.fixture
def libraries(app):
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    take_over_logging()
    yield
    root.handlers[:], root.level = kept, level
    logging.captureWarnings(capture=False)


def test_a_library_is_quoted_without_its_values(libraries, capsys):
    try:
        raise KeyError(NAME)
    except KeyError:
        logging.getLogger("waitress").exception(f"Exception while serving /workers/{NAME}")
    logging.getLogger("waitress.queue").warning("Task queue depth is %d for %s", 3, NAME)
    told = capsys.readouterr().err
    assert NAME not in told
    first, second = log_lines(told)
    assert (first["kinds"], first["logger"]) == (["KeyError"], "waitress")
    assert "wording" not in first
    assert second["wording"] == "Task queue depth is %d for %s"
    assert "test_server_logs.py" in second["place"]


def test_the_log_is_json_lines_on_stderr(app, capsys):
    app.test_client().get("/api/quiet/a")
    told = capsys.readouterr()
    assert told.out == ""
    assert structlog.is_configured()
