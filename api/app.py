"""The web application: one factory; every room attaches itself; nothing is built at import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_openapi3 import Info, OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

import matcher
from api import (
    auth,
    broker,
    drawing,
    errors,
    fresh_means,
    headers,
    kiosk,
    logs,
    metrics,
    office,
    packing,
    sms,
    start,
    v1,
)
from api.state import State
from matcher.bootstrap import Application

ROOMS = (logs, metrics, fresh_means, headers, packing, errors, auth, drawing, start, v1, sms, kiosk, broker, office)
"""In the order their `init_app` runs: what watches a request comes before what answers it."""


class Site(OpenAPI):
    """Flask whose views, hooks and handlers are plain functions, every one: none is looked at for a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func


def create_app(application: Application) -> Site:
    """The Flask application of one run. Nothing is read or written before the first request."""
    app = Site(
        __name__,
        info=Info(title="就业对接 API", version=f"1 ({matcher.__version__})", description=v1.DESCRIPTION),
        doc_prefix="/openapi",
        doc_ui=False,
        security_schemes={"bearer": v1.BEARER},
        validation_error_status=422,
        validation_error_callback=errors.on_invalid_call,
        validation_error_model=errors.ProblemDocument,
    )
    app.config["MAX_CONTENT_LENGTH"] = application.settings.http_max_bytes
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    State(application).attach(app)
    hops = application.settings.trusted_proxies
    if hops:
        # Of the list that proxies write only so many entries, from its end, are believed: the rest anybody may write.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_prefix=0)  # type: ignore[method-assign]
    for room in ROOMS:
        room.init_app(app)
    return app
