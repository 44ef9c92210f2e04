"""A form must send back what its page was given: no other site can make a signed-in browser do a deed."""

from __future__ import annotations

import hmac
from typing import Final
from urllib.parse import urlsplit

from api.present import asked
from api.viewer import viewer
from matcher.errors import Forbidden

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD: Final = "csrf"
HEADER: Final = "X-CSRF-Token"


def token() -> str:
    """What the forms of this session must carry; "" without a session."""
    session = viewer().session
    return session.csrf if session else ""


def check() -> None:
    """Refuse an unsafe call of a session that does not carry its token, and any unsafe call from another site.

    The API takes no cookies, so it needs no such token.
    """
    call = asked()
    if call.method in SAFE or call.path.startswith("/api/"):
        return
    if is_foreign():
        raise Forbidden("这个请求来自别的网站", remedy="请从本系统的页面上操作。")
    if not fits():
        raise Forbidden("这个页面已经过期", remedy="请返回上一页，刷新后再试。")


def fits() -> bool:
    """Whether the request carries what the pages of its session were given; without a session there is nothing to."""
    expected = token()
    call = asked()
    given = call.headers.get(HEADER) or call.form.get(FIELD, "")
    return not expected or hmac.compare_digest(expected.encode(), given.encode())


def is_foreign() -> bool:
    """Whether the browser says that another site's page sent this: by fetch metadata, or an older one by Origin."""
    call = asked()
    if call.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = call.headers.get("Origin")
    try:
        return origin is not None and urlsplit(origin).netloc != call.host
    except ValueError:
        # What cannot even be read is not this site.
        return True
