"""API v1 of CONTRACT section 5."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, OpenAPI

from api.v1 import attendant, imports, kiosks, lists, policy, reactions, server, vacancies
from api.v1.document import init_document

PREFIX = "/api/v1"
DESCRIPTION = """Matches workers of a county with vacancies, by rules of dated documents, each with its clause.

Who: a bearer token made by `matcher token add`; each operation names its scope. A token of some regions sees what lies
in them; what lies outside is not found. What a poverty, relocation or health flag could be read from is left out for
everybody but the office.

Writes take an `Idempotency-Key`: the same call with the same key gets the first answer for 24 hours, another body 422.
Pages: send `next_cursor` back as `cursor` with the same query until it is null. Errors are problem documents
(RFC 9457); `errors` names every fault. 429 and 503 say in `Retry-After` how long to wait. Every answer carries
`X-Request-Id`. Days are ISO 8601, times UTC, money yuan, regions the 6 to 12 digits of the national code. Sentences
are Chinese, ready to be shown.
"""
BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "mt_...", "description": "`Authorization: Bearer mt_...`"}


def init_app(app: OpenAPI) -> None:
    """Attach this room."""
    attendant.init_app(app)
    api = APIBlueprint("v1", __name__, url_prefix=PREFIX)
    for part in (lists, vacancies, reactions, policy, imports, kiosks, server):
        part.init_api(api)
    app.register_api(api)
    init_document(app)
