"""The gateways as the program opens them: by settings, a password of the environment, a key of the database."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from gateway_settings import KannelSide, text
from smsc import Smsc

from matcher.bootstrap import Application
from matcher.errors import Forbidden, MatcherError, UsageError
from matcher.ports.gateways import Fate
from matcher.settings import Settings, describe_settings, from_environment


def application(home, **settings):
    made = Application(Settings(home=home, **settings))
    made.create_store()
    return made


def test_without_a_word_texts_go_to_files(tmp_path):
    app = Application(Settings(home=tmp_path))
    gateway = app.gateway()
    assert gateway.name == "file"
    assert [one.fate for one in gateway.submit([text("a", "好")])] == [Fate.ACCEPTED]
    assert len(list(tmp_path.glob("outbox/*.jsonl"))) == 1


def test_the_carriers_port_is_opened_by_settings_and_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("MATCHER_SMPP_PASSWORD", "secret")
    with Smsc() as smsc:
        app = Application(
            Settings(home=tmp_path, sms_gateway="smpp", sms_address=smsc.address, sms_system_id="m", sms_source="1069")
        )
        gateway = app.gateway()
        assert [one.fate for one in gateway.submit([text("a", "好")])] == [Fate.ACCEPTED]
        gateway.close()
        assert smsc.parts[0].source == "1069"


def test_no_setting_holds_a_password(tmp_path, monkeypatch):
    monkeypatch.setenv("MATCHER_SMPP_PASSWORD", "topsecret")
    settings = from_environment(home=tmp_path)
    assert "topsecret" not in repr(settings) + repr(describe_settings(settings))


@pytest.mark.parametrize("bad", [{"sms_source": "10690a"}, {"sms_source": "1069\n"}, {"sms_prefix": "+86"},
                                 {"sms_gateway": "cmpp"}, {"sms_window": 0}])  # fmt: skip
def test_a_setting_that_does_not_fit_is_told(bad):
    with pytest.raises(UsageError, match=next(iter(bad))):
        from_environment({}, **bad)


def test_what_the_gateway_of_kannel_signs_our_server_believes(tmp_path):
    side = KannelSide(tmp_path)
    app = application(tmp_path, sms_gateway="kannel", sms_address=side.account.address, sms_system_id="m")
    gateway = app.gateway()
    assert [one.fate for one in gateway.submit([text("a", "好")])] == [Fate.ACCEPTED]
    gateway.close()
    side.close()
    address = side.requests[0]["dlr-url"].decode()
    assert address.startswith("http://127.0.0.1:8000/sms/receipt?")
    query = urlsplit(address.replace("%d", "1").replace("%A", "")).query.encode()
    assert app.sms_callbacks.receipt(query).text_id == "a"
    # The key stays with the database: another run of the program believes it too, another county does not.
    again = Application(Settings(home=tmp_path))
    assert again.sms_callbacks.receipt(query).part == 0
    (tmp_path / "other").mkdir()
    other = application(tmp_path / "other")
    with pytest.raises(Forbidden):
        other.sms_callbacks.receipt(query)
    for one in (app, again, other):
        one.close()


def test_kannel_needs_the_database_for_its_key(tmp_path):
    with pytest.raises(MatcherError, match="no database"):
        Application(Settings(home=tmp_path, sms_address="http://127.0.0.1:1/")).gateway("kannel")
