"""Read aloud: every block of every page in pieces that are recorded, but for words that only the data knows."""

from __future__ import annotations

import html
import json
import re

import county
import pytest
from test_kiosk_flow import lay, press, with_list

from api.kiosk.spoken import Read, marked, pieces_of
from matcher.services.kiosk.speech import key_of, normalise
from matcher.services.kiosk.voices import catalogue, new_voice

PAGES = (
    "", "/agree", "/where", "/jobs", "/plot", "/done", "/phone", "/copy", "/copy?why=paper_out", "/lifted", "/all",
    "/all?page=5", "/help", "/idle", "/card-left", "/one-card", "/one-card?unread=1", "/nowhere", "/slip",
)  # fmt: skip


def strings(value) -> list[str]:
    """Every text of a page's data."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


def of_data(client, path: str) -> str:
    """What the page's twin holds, in one text: names of jobs, firms and places."""
    where, _, query = path.partition("?")
    answer = client.get(f"/kiosk{where}.json?{query}")
    words = strings(answer.json) if answer.mimetype == "application/json" else []
    return "|".join(normalise(text) for text in words)


def foreign(client, path: str) -> list[str]:
    """What a page says that is neither recorded nor data."""
    page, data = client.get(f"/kiosk{path}").text, of_data(client, path)
    # What went wrong is told to the staff below what is said of it.
    page = re.sub(r'<p class="note" data-silent.*?</p>', "", page)
    body = re.search(r"<body.*</body>", page, re.DOTALL)[0]
    said = [piece for utterance in Read(body).utterances for piece in pieces_of(utterance)]
    assert said, path
    return [piece.text for piece in said if not piece.known and piece.text not in data and piece.text != "柳江"]


@pytest.mark.parametrize("key", ["sewer", "young", "daily", "unwilling"])
def test_no_page_says_what_nobody_can_record(client, key):
    jobs = with_list(client, key)
    paths = list(PAGES)
    if jobs:
        press(client, f"/kiosk/jobs/{jobs[0]['vacancy_id']}/take")
        paths += [f"/jobs/{job['vacancy_id']}/{page}" for job in jobs for page in ("why", "not", "take")]
    else:
        paths = [path for path in paths if not path.startswith(("/done", "/copy", "/slip"))]
    assert "愿不愿意收" in client.get("/kiosk/phone").text
    assert {path: found for path in paths if (found := foreign(client, path))} == {}


def test_neither_does_a_page_for_somebody_without_a_card(client):
    press(client, "/kiosk/look")
    assert foreign(client, "/where") == []
    press(client, "/kiosk/where", where="near")
    assert foreign(client, "/trade") == []
    press(client, "/kiosk/trade", trade="")
    assert foreign(client, "/jobs") == []


def recorded(app, *, but: str = "") -> None:
    """A whole Mandarin pack in the home of an app that has answered nothing yet."""
    folder = new_voice(county.application_of(app).settings.home, "cmn", "普通话")
    for entry in catalogue().entries:
        if entry.text != but:
            (folder / f"{entry.key}.opus").write_bytes(b"clip of " + entry.key.encode())


def test_a_page_names_its_clips_and_they_are_served(make_app):
    app = make_app()
    recorded(app, but="行")
    client = app.test_client()
    page = lay(client).text
    blocks = [json.loads(html.unescape(found)) for found in re.findall(r'data-say="(\[[^"]+\])"', page)]
    said = {text: file for block in blocks for text, file in block}
    question = "用您的登记信息给您找活行吗"
    assert said[question] == f"{key_of(question)}.opus"
    assert said["行"] == "", "no clip: the browser says it"
    clip = client.get(f"/kiosk/voice/cmn/{said[question]}")
    assert clip.data == b"clip of " + key_of(question).encode()
    assert "max-age" in clip.headers["Cache-Control"]
    for name in ("0123456789ab.opus", "pack.toml", "..%2Fpack.toml", f"{key_of(question)}.wav", "x"):
        assert client.get(f"/kiosk/voice/cmn/{name}").status_code == 404
    assert client.get(f"/kiosk/voice/zha/{said[question]}").status_code == 404


def test_a_pack_that_cannot_be_read_does_not_stop_the_kiosk(make_app):
    app = make_app(voice="zha")
    page = app.test_client().get("/kiosk")
    assert page.status_code == 200
    assert 'data-speaks="zh-CN"' in page.text


def test_a_voice_is_chosen_on_the_first_screen_and_goes_with_the_visit(make_app):
    app = make_app()
    home = county.application_of(app).settings.home
    folder = new_voice(home, "zha", "壮话")
    for entry in catalogue().entries:
        (folder / f"{entry.key}.opus").write_bytes(b"x")
    client = app.test_client()
    first = client.get("/kiosk").text
    assert "壮话" in first
    assert "data-clips" not in first, "the kiosk's own voice is the browser's"
    assert 'data-clips="/kiosk/voice/zha/"' in press(client, "/kiosk/voice", voice="zha").text
    assert 'data-clips="/kiosk/voice/zha/"' in lay(client).text
    assert client.post("/kiosk/voice", data={"voice": "../x"}).status_code in (403, 422)
    press(client, "/kiosk/over")
    assert "data-clips" not in client.get("/kiosk").text, "the next one begins with the kiosk's own"


def test_a_kiosk_may_be_set_to_read_only_when_asked(make_app):
    assert " data-reads" in make_app().test_client().get("/kiosk").text
    assert " data-reads" not in make_app(reads_aloud=False).test_client().get("/kiosk").text


def test_marks_change_nothing_of_a_page_but_the_marks():
    page = (
        '<p class="a">甲&amp;乙 <b>丙</b><br>丁</p><svg><use href="#x"/></svg><ul><li>不说</li></ul><p>…</p><!--注-->'
    )
    told = marked(page, {})
    assert re.sub(r' data-say="[^"]*"', "", told) == page
    assert told.count("data-say") == 2


def test_a_mark_cannot_be_broken_out_of():
    told = marked("<p>&quot;&gt;&lt;script&gt;alert(1)</p>", {"0" * 12: "x.opus"})
    assert "<script" not in told
    assert Read(told).parts[0].count('"') == 2
