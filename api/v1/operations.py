"""An operation of the API: who may, what comes in, what goes out, what can go wrong; one place for all four.

flask-openapi3 routes and documents; the reading here is stricter than its own and runs after the scope is known: who
may not ask is told nothing about the question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Final, get_type_hints
from urllib.parse import parse_qs

from flask import Response
from flask_openapi3 import APIBlueprint
from flask_openapi3.models import Schema, Tag
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from api.auth.roles import require_scope
from api.errors import documented, on_invalid_call
from api.headers import Answer
from api.media import JSON
from api.present import asked
from api.state import access, now, state
from api.v1.bodies import json_body
from api.v1.reading import Listing, Once
from api.viewer import viewer
from matcher.records.access import KeptAnswer, Scope
from matcher.services.access.idempotency import once
from matcher.services.ground.answer_bytes import answer_bytes

FORM: Final = "multipart/form-data"
ALWAYS: Final = (401, 403, 422, 429, 503)
KEYED: Final = (409,)
BODIED: Final = (400, 413, 415)
SHORT: Final = 128
"""A query of so many bytes or fewer is read once for all: most calls ask in the same few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer that is not plain JSON with the operation's own status; `location` is where to look next."""

    body: bytes
    status: int = 200
    content_type: str = JSON
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What `matcher token add --scope` must have given, what is answered, and how it may fail.

    scope : None is for everybody; answer : model of the body with `status`, None for other media in `media`
    also : further statuses that are no faults, as OpenAPI response objects
    faults : statuses beside those every operation has; writes : takes an `Idempotency-Key`
    body : the documented model of a JSON body; judge : reads and checks its bytes in place of the model
    form : the documented model of a multipart body, which the view reads itself
    links : what an answer leads to, OpenAPI link objects by name
    tag : what it is about, where the scope does not say it
    """

    scope: Scope | None
    answer: type[BaseModel] | None = None
    status: int = 200
    media: Mapping[str, Any] | None = None
    also: Mapping[int, Mapping[str, Any]] | None = None
    headers: Mapping[str, Any] | None = None
    links: Mapping[str, Any] | None = None
    faults: Sequence[int] = ()
    writes: bool = False
    body: type[BaseModel] | None = None
    judge: Callable[[bytes], Any] | None = None
    form: type[BaseModel] | None = None
    tag: str = ""


View = Callable[..., Any]


def attach(api: APIBlueprint, method: str, rule: str, view: View, operation: Operation) -> None:
    """Register a view: its docstring is the summary, its `path`, `query` and `body` are what it is handed."""
    hints = get_type_hints(view)

    @wraps(view)
    def answered(**given: Any) -> Response:
        if operation.scope is not None:
            require_scope(operation.scope)
        try:
            arguments = _arguments(hints, given, operation)
            key = _key() if operation.writes else None
        except ValidationError as error:
            return on_invalid_call(error)
        if key is None:
            return _response(view(**arguments), operation.status)
        return _once(operation, key, lambda: view(**arguments))

    answered.__annotations__ = _documented(hints, operation)
    # Read by flask-openapi3: the view checks its own arguments.
    answered.__delay_validate_request__ = True  # type: ignore[attr-defined]
    getattr(api, method)(
        rule,
        operation_id=view.__name__,
        tags=[Tag(name=operation.tag or (operation.scope.value if operation.scope else "health"))],
        responses=_responses(operation),
        security=[{"bearer": [operation.scope.value]}] if operation.scope else None,
        openapi_extensions={"x-scope": operation.scope.value} if operation.scope else None,
    )(answered)
    if operation.answer is not None:
        _define(api, operation.answer)


def _define(api: APIBlueprint, model: type[BaseModel]) -> None:
    """Put a model and what it is made of among the document's schemas."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    for name, part in {**schema.pop("$defs", {}), model.__name__: schema}.items():
        api.components_schemas[name] = Schema(**part)


def _documented(hints: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    """Annotations flask-openapi3 documents: the view's own, with the models of body and repeat."""
    parts = {name: kind for name, kind in hints.items() if name in ("path", "query")}
    if operation.body is not None:
        parts["body"] = operation.body
    if operation.form is not None:
        parts["form"] = operation.form
    if operation.writes:
        parts["header"] = Once
    return parts


def _responses(operation: Operation) -> dict[int, Any]:
    told: dict[str, Any] = {"description": "The answer."}
    if operation.headers:
        told["headers"] = dict(operation.headers)
    if operation.links:
        told["links"] = dict(operation.links)
    if operation.answer is not None:
        told["content"] = {JSON: {"schema": {"$ref": f"#/components/schemas/{operation.answer.__name__}"}}}
    elif operation.media:
        told["content"] = {media: {"schema": schema} for media, schema in operation.media.items()}
    faults = {*ALWAYS, *operation.faults}
    if operation.scope is None:
        faults -= {401, 403}
    if operation.writes:
        faults |= set(KEYED)
    if operation.body or operation.form:
        faults |= set(BODIED)
    documents = {operation.status: told} | {status: documented(status) for status in sorted(faults)}
    for status, further in (operation.also or {}).items():
        fault = documents.get(status, {})
        content = {**further.get("content", {}), **fault.get("content", {})}
        documents[status] = {**further, "content": content} if content else dict(further)
    return documents


def _arguments(hints: Mapping[str, Any], given: Mapping[str, str], operation: Operation) -> dict[str, Any]:
    """Path, query and body as the view wants them; ValidationError names every parameter that does not fit."""
    arguments: dict[str, Any] = {}
    if "path" in hints:
        arguments["path"] = hints["path"].model_validate(dict(given))
    if "query" in hints:
        arguments["query"] = _query(hints["query"])
    if "body" in hints:
        arguments["body"] = _body(operation)
    if "form" in hints:
        arguments["form"] = hints["form"].model_validate(_form())
    return arguments


def _form() -> dict[str, Any]:
    """The fields and files of a multipart body, which may be as large as an import."""
    call = asked()
    if call.mimetype != FORM:
        raise UnsupportedMediaType(f"请用 Content-Type: {FORM} 发送。")
    call.max_content_length = state().application.settings.upload_max_bytes
    given: list[tuple[str, list[Any]]] = [*call.form.lists(), *call.files.lists()]
    return {name: values[0] if len(values) == 1 else values for name, values in given}


def _query(model: type[BaseModel]) -> BaseModel:
    query = asked().query_string
    # Lists are asked for by the thousand; words that somebody searches with are not kept.
    return _read_once(model, query) if len(query) <= SHORT and issubclass(model, Listing) else _read(model, query)


def _read(model: type[BaseModel], query: bytes) -> BaseModel:
    """The parameters of a query; one given twice is handed on as a list, which no parameter takes."""
    # As `Request.args` reads it: a byte that is no text stays as it was sent.
    given = parse_qs(query.decode(), keep_blank_values=True, errors="werkzeug.url_quote")
    return model.model_validate({name: values[0] if len(values) == 1 else values for name, values in given.items()})


_read_once: Final = lru_cache(maxsize=512)(_read)


def _body(operation: Operation) -> Any:
    """The JSON body, judged: as `json_body`, ValidationError for what does not fit."""
    raw = json_body()
    try:
        return operation.judge(raw) if operation.judge else _model(operation).model_validate_json(raw)
    except RecursionError:
        raise BadRequest("正文的嵌套太深。") from None


def _model(operation: Operation) -> type[BaseModel]:
    assert operation.body is not None  # noqa: S101 - a view with `body` is registered with its model
    return operation.body


def _key() -> str | None:
    return Once.model_validate({"Idempotency-Key": asked().headers.get("Idempotency-Key")}).key


def _once(operation: Operation, key: str, view: Callable[[], Any]) -> Response:
    """Do a write at most once for a key; the same call again gets the first answer."""

    def first() -> KeptAnswer:
        told = _told(view(), operation.status)
        return KeptAnswer(
            key=key, actor=viewer().actor, request_sha256=sha256, created_at=now(), status=told.status,
            content_type=told.content_type, body=told.body, location=told.location,
        )  # fmt: skip

    sha256 = _fingerprint()
    kept = once(access(), actor=viewer().actor, key=key, request_sha256=sha256, now=now(), do=first)
    return _response(
        Told(body=kept.body, status=kept.status, content_type=kept.content_type, location=kept.location), kept.status
    )


def _fingerprint() -> str:
    """What makes two calls the same: method, address and body; of a form its fields and the bytes of its files.

    A form's own bytes differ from call to call: its boundary is drawn anew.
    """
    call = asked()
    digest = hashlib.sha256(f"{call.method} {call.full_path}\n".encode())
    if call.mimetype == FORM:
        for name, value in sorted(call.form.items(multi=True)):
            digest.update(f"{name}={value}\n".encode())
        for name, file in sorted(call.files.items(multi=True), key=lambda part: part[0]):
            digest.update(f"{name}={file.filename}\n".encode())
            while piece := file.stream.read(1 << 20):
                digest.update(piece)
            file.stream.seek(0)
    else:
        digest.update(call.get_data(cache=True))
    return digest.hexdigest()


def _told(answer: Any, status: int) -> Told:
    return answer if isinstance(answer, Told) else Told(body=answer_bytes(answer), status=status)


def _response(answer: Any, status: int) -> Response:
    told = _told(answer, status)
    response = Answer(told.body, status=told.status, content_type=told.content_type or None)
    if told.location:
        response.headers["Location"] = told.location
    return response
