"""A browser that signs in, for the tests of sessions and doors."""

from __future__ import annotations

import county


def enter(browser, name, password=county.PASSWORD, **more):
    return browser.post("/login", data={"name": name, "password": password}, **more)


def cookie_of(browser):
    found = browser.get_cookie("matcher_session")
    return found.value if found else None
