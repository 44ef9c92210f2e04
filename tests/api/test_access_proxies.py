"""Whose allowance a call behind proxies counts against: as many entries of the list as are trusted, from its end."""

from __future__ import annotations

import pytest
from served import blank_app

PATH = "/api/v1/policy/packs"


def codes(app, *lists):
    client = app.test_client()
    return [client.get(PATH, headers={"X-Forwarded-For": each} if each else {}).status_code for each in lists]


def test_without_trust_an_address_is_what_the_socket_says(tmp_path):
    with blank_app(tmp_path, requests_per_minute=1) as app:
        assert codes(app, *(f"203.0.113.{number}" for number in range(5))) == [401] * 4 + [429]


@pytest.mark.parametrize(("hops", "before", "behind"), [(1, "", ""), (2, "", ", 10.0.0.1"), (1, "198.51.100.9, ", "")])
def test_behind_trusted_proxies_each_address_has_its_own(tmp_path, hops, before, behind):
    with blank_app(tmp_path, requests_per_minute=1, trusted_proxies=hops) as app:
        assert codes(app, *(f"{before}203.0.113.{number}{behind}" for number in range(5))) == [401] * 5
        assert codes(app, *[f"{before}203.0.113.7{behind}"] * 5) == [401] * 4 + [429]


def test_what_a_client_wrote_before_the_proxy_is_not_believed(tmp_path):
    with blank_app(tmp_path, requests_per_minute=1, trusted_proxies=1) as app:
        assert codes(app, *(f"198.51.100.{number}, 203.0.113.7" for number in range(5))) == [401] * 4 + [429]
