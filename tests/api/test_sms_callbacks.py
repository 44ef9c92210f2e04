"""What a gateway program tells over HTTP: believed when signed, kept before it is answered, never logged."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

import county
import pytest
from county import application_of
from texting_desk import texted

from matcher.errors import StoreError
from matcher.records.texts import Act, PartState


@pytest.fixture
def app(make_app):
    return make_app()


def receipt_of(app, text_id: str, part: int, state: str) -> str:
    address = application_of(app).sms_callbacks.receipt_address(text_id, part)
    return path(address).replace("%d", state).replace("%A", "DELIVRD")


def reply_of(app, phone: str, words: str, name: str = "m1") -> str:
    address = path(application_of(app).sms_callbacks.reply_address("http://here"))
    told = {"%p": phone, "%I": name, "%c": "2", "%C": "UTF-16BE", "%b": quote(words.encode("utf-16-be"))}
    for mark, value in told.items():
        address = address.replace(mark, value)
    return address


def path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_a_receipt_is_joined_with_its_part_in_any_order_and_any_number_of_times(app):
    kept = texted(app)
    client, texts = app.test_client(), application_of(app).texts
    for state in ("1", "8", "2", "1"):
        answer = client.get(receipt_of(app, "t-a", 1, state))
        assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    (text,) = texts.texts(sending_id=kept.sending_id)
    assert [part.state for part in text.parts] == [PartState.DELIVERED, PartState.DELIVERED]
    assert client.get(receipt_of(app, "t-nobody", 0, "1")).status_code == 200


def test_a_reply_is_kept_and_acts_before_it_is_answered_and_once(app):
    kept = texted(app)
    client, texts = app.test_client(), application_of(app).texts
    for _ in range(2):
        assert client.get(reply_of(app, f"+86{kept.phone}", "０")).status_code == 200
    calls = [reply for reply in texts.replies(phone=kept.phone) if reply.act is Act.CALL_ME]
    assert [(reply.text, reply.worker_id) for reply in calls] == [("０", kept.worker_id)]
    assert [text.purpose for text in texts.texts(reply_id=calls[0].reply_id)] == ["answer"]


def test_a_refusal_holds_the_moment_it_is_answered(app):
    kept = texted(app)
    assert app.test_client().get(reply_of(app, kept.phone, "TD")).status_code == 200
    assert kept.phone in application_of(app).texts.refusals([kept.phone])


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ("/sms/receipt", 403),
        ("/sms/reply", 403),
        ("/sms/reply?s=00&f=13800000000&b=T", 403),
        ("/sms/receipt?t=dGExYQ&p=0&s=00&d=1", 403),
        ("/sms/reply?" + "&".join(f"x{n}=1" for n in range(30)), 400),
        ("/sms/reply?s=" + "a" * 9000, 400),
    ],
)
def test_what_lacks_our_signature_or_cannot_be_read_is_refused_plainly(app, call, status):
    answer = app.test_client().get(call)
    assert (answer.status_code, answer.mimetype) == (status, "text/plain")
    assert "13800000000" not in answer.get_data(as_text=True)


def test_a_signed_call_that_tells_nothing_is_a_misfit(app):
    client = app.test_client()
    assert client.get(receipt_of(app, "t-a", 0, "77")).status_code == 400
    assert client.get(reply_of(app, "", "1")).status_code == 400
    assert client.post(reply_of(app, "13800000000", "1")).status_code == 405


def test_signed_calls_have_no_allowance_and_others_have_that_of_strangers(make_app):
    app = make_app(requests_per_minute=2)
    texted(app)
    client = app.test_client()
    assert {client.get(receipt_of(app, "t-a", 0, "1")).status_code for _ in range(20)} == {200}
    told = [client.get("/sms/reply?s=00") for _ in range(12)]
    assert [answer.status_code for answer in told] == [403] * 8 + [429] * 4
    assert told[-1].mimetype == "text/plain"
    assert int(told[-1].headers["Retry-After"]) > 0
    assert client.get(receipt_of(app, "t-a", 0, "1")).status_code == 200


def test_what_could_not_be_kept_is_asked_for_again(app, monkeypatch):
    kept = texted(app)
    client, texts = app.test_client(), application_of(app).texts

    def busy(*_, **__):
        raise StoreError("the database is busy")

    monkeypatch.setattr(type(texts), "add_reply", busy)
    answer = client.get(reply_of(app, kept.phone, "0"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    monkeypatch.undo()
    assert client.get(reply_of(app, kept.phone, "0")).status_code == 200
    assert [reply.act for reply in texts.replies(phone=kept.phone)].count(Act.CALL_ME) == 1


def test_nothing_of_a_call_is_logged(app, capfd):
    kept = texted(app)
    app.test_client().get(reply_of(app, kept.phone, "退订"))
    app.test_client().get(f"/sms/reply?s=00&f={kept.phone}&b=T")
    told = capfd.readouterr().err
    assert '"rule": "/sms/reply"' in told
    assert kept.phone not in told
    assert "s=" not in told


def test_replies_come_in_while_a_worker_runs(app):
    kept = texted(app)
    texts = application_of(app).texts
    with texts.working():
        assert app.test_client().get(reply_of(app, kept.phone, "0")).status_code == 200
    assert county.clock(app).at == next(r for r in texts.replies(phone=kept.phone) if r.act is Act.CALL_ME).received_at
