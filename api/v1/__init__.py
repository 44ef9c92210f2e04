"""API v1 of CONTRACT section 5."""

from __future__ import annotations

from flask_openapi3 import APIBlueprint, OpenAPI

from api.v1 import attendant, imports, lists, policy, reactions, server, vacancies
from api.v1.document import init_document

PREFIX = "/api/v1"


def init_app(app: OpenAPI) -> None:
    """Attach this room."""
    attendant.init_app(app)
    api = APIBlueprint("v1", __name__, url_prefix=PREFIX)
    for part in (lists, vacancies, reactions, policy, imports, server):
        part.init_api(api)
    app.register_api(api)
    init_document(app)
