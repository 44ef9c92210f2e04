"""The API's own description, OpenAPI 3.1, at /openapi/openapi.json."""

from __future__ import annotations

from flask import Response
from flask_openapi3 import OpenAPI
from flask_openapi3.models import Schema

from api.errors import ProblemDocument
from matcher.decisions import answer_bytes

PATH = "/openapi/openapi.json"


def init_document(app: OpenAPI) -> None:
    """Serve the description to everybody; it tells nothing of the county."""
    schema = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, part in {**schema.pop("$defs"), ProblemDocument.__name__: schema}.items():
        app.components_schemas[name] = Schema(**part)

    def document() -> Response:
        return Response(answer_bytes(app.api_doc), content_type="application/json")

    app.add_url_rule(PATH, endpoint="openapi_document", view_func=document, methods=["GET"])
