"""The API's own description, OpenAPI 3.1, at /openapi/openapi.json."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import msgspec
from flask import Response
from flask_openapi3 import OpenAPI
from flask_openapi3.models import Schema

from api.errors import ProblemDocument
from api.media import JSON
from api.v1.notes import annotate, tags
from matcher.services.ground.answer_bytes import answer_bytes

PATH = "/openapi/openapi.json"


EXAMPLES = "examples.json"
"""Answers of the demonstration by operation, lists cut to one entry; a test holds each against its schema."""


def _exemplify(operation: dict[str, Any], examples: dict[str, Any]) -> None:
    """Give the good answer of an operation its example."""
    example = examples.get(operation["operationId"])
    for status, response in operation["responses"].items():
        if example is not None and status.startswith("2") and JSON in response.get("content", {}):
            response["content"][JSON]["example"] = example


def init_document(app: OpenAPI) -> None:
    """Serve the description to everybody; it tells nothing of the county."""
    schema = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, part in {**schema.pop("$defs"), ProblemDocument.__name__: schema}.items():
        app.components_schemas[name] = Schema(**part)

    @cache
    def described() -> bytes:
        """The document, every field with its note and every answer with its example; made at the first request."""
        told = app.api_doc
        annotate(told["components"]["schemas"])
        told["tags"] = tags()
        examples = msgspec.json.decode(resources.files(__package__).joinpath(EXAMPLES).read_bytes())
        for item in told["paths"].values():
            for operation in item.values():
                _exemplify(operation, examples)
        return answer_bytes(told)

    def document() -> Response:
        return Response(described(), content_type=JSON)

    app.add_url_rule(PATH, endpoint="openapi_document", view_func=document, methods=["GET"])
