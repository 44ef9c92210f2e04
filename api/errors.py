"""One table from what went wrong to what HTTP says; problem+json for programs (RFC 9457), a page for people."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from flask import Flask, Response, g, make_response, render_template, request
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.exceptions import HTTPException

from api.media import PROBLEM
from matcher.errors import (
    Conflict,
    Erased,
    Forbidden,
    Forgotten,
    Gone,
    InvalidInput,
    MatcherError,
    MissingExtra,
    NotFound,
    Revoked,
    SignInNeeded,
    StaleCursor,
    StoreError,
    TooMany,
    UndoRefused,
    UsageError,
)

BUSY_S: Final = 5
"""After so many seconds a database that is busy, with an import mostly, is worth another try."""
TYPE: Final = "urn:matcher:problem:"


class Answer(NamedTuple):
    """How an error is told: status, slug of the problem type, title in Chinese."""

    status: int
    slug: str
    title: str


# The first class that fits tells; children stand before their parents.
TABLE: Final[tuple[tuple[type[MatcherError], Answer], ...]] = (
    (NotFound, Answer(404, "not-found", "没有找到")),
    (Forgotten, Answer(410, "gone", "已经过了保存时间")),
    (Erased, Answer(410, "erased", "当事人的资料已按要求删除")),
    (Gone, Answer(410, "gone", "已经过了保存时间")),
    (Revoked, Answer(410, "revoked", "这台机器已经停用")),
    (SignInNeeded, Answer(401, "sign-in-needed", "需要先登录")),
    (Forbidden, Answer(403, "forbidden", "没有权限")),
    (Conflict, Answer(409, "conflict", "与先前的操作冲突")),
    (UndoRefused, Answer(409, "undo-refused", "不能撤销")),
    (StaleCursor, Answer(400, "stale-cursor", "翻页标记已失效")),
    (TooMany, Answer(429, "too-many", "请求太多")),
    (InvalidInput, Answer(422, "invalid-input", "内容不符合要求")),
    (UsageError, Answer(422, "invalid-input", "内容不符合要求")),
    (MissingExtra, Answer(501, "missing-part", "这台机器没有装这一部分")),
    (StoreError, Answer(503, "store", "数据库暂时不能用")),
    (MatcherError, Answer(500, "fault", "系统出错")),
)
TITLES: Final = {
    400: "请求有误", 404: "没有找到", 405: "不支持这种操作", 413: "内容太大", 415: "不支持这种格式", 416: "没有这一段",
}  # fmt: skip
DETAILS: Final = {
    400: "看不懂这个请求。",
    404: "没有这个地址，请检查是否写对。",
    405: "这个地址不能这样用，可以用的方法见 Allow。",
    413: "内容超过了这里能接收的大小。",
    416: "这个文件没有所要的那一段。",
}
"""What stands where the framework would say it in English."""
MEANT: Final = {
    400: "The call cannot be read: no JSON, or a cursor of another query.",
    401: "No token, or one that is not in force.",
    403: "The token may not do this.",
    404: "There is none, or it lies outside the token's regions.",
    409: "It fights with an earlier call.",
    410: "It was here and is no longer: data erased on request, or kept for a while that is over.",
    413: "The body is larger than this server takes.",
    415: "The body has another media type.",
    422: "Parts of the call do not fit; `errors` names each.",
    429: "Too many calls; `Retry-After` says how many seconds to wait.",
    503: "The database cannot be used at the moment; `Retry-After` says how many seconds to wait.",
}
"""What each status tells a client, as the API's document says it."""


class Fault(BaseModel):
    """One thing that does not fit: where in the call, what is expected, how to mend it."""

    model_config = ConfigDict(extra="forbid")
    where: str
    found: str = ""
    expected: str = ""
    fix: str = ""


EXAMPLE: Final[dict[str, Any]] = {
    "type": "urn:matcher:problem:invalid-input",
    "title": "内容不符合要求",
    "status": 422,
    "detail": "有不符合要求的字段：top",
    "remedy": "",
    "instance": "urn:matcher:request:kqwmvtyyhzplwsla",
    "errors": [
        {"where": "top", "found": "", "expected": "Input should be greater than or equal to 1", "fix": ""},
    ],
}


class ProblemDocument(BaseModel):
    """An error as RFC 9457 says it; `instance` is the request's id, which stands in the log too."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})
    type: str
    title: str
    status: int
    detail: str
    remedy: str = ""
    instance: str = ""
    errors: list[Fault] = []


def documented(status: int) -> dict[str, Any]:
    """A status as the API's document tells it: a problem document, and the headers that come with it."""
    schema = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
    told: dict[str, Any] = {"description": MEANT[status], "content": {PROBLEM: {"schema": schema}}}
    header = {429: "Retry-After", 503: "Retry-After", 401: "WWW-Authenticate"}.get(status)
    if header:
        told["headers"] = {header: {"schema": {"type": "string"}}}
    return told


def init_app(app: Flask) -> None:
    """Tell every error of this program and of HTTP; a fault nobody foresaw is logged and told without its inside."""
    app.register_error_handler(MatcherError, _on_matcher_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_fault)


def on_invalid_call(error: ValidationError) -> Response:
    """A path, query or body that its schema refuses: every fault by name."""
    faults = [
        Fault(where=".".join(str(part) for part in fault["loc"]) or "body", expected=fault["msg"], fix=_fix(fault))
        for fault in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    names = "、".join(dict.fromkeys(fault.where for fault in faults))
    return told(Answer(422, "invalid-input", "内容不符合要求"), detail=f"有不符合要求的字段：{names}", faults=faults)


def _fix(fault: Mapping[str, Any]) -> str:
    return "去掉这个字段；没有这个名字" if fault["type"] == "extra_forbidden" else ""


def told(
    answer: Answer, *, detail: str, remedy: str = "", faults: list[Fault] | None = None, wait_s: int | None = None
) -> Response:
    """The error as a document or, for somebody at a page, as a page."""
    document = ProblemDocument(
        type=TYPE + answer.slug,
        title=answer.title,
        status=answer.status,
        detail=detail,
        remedy=remedy,
        instance=f"urn:matcher:request:{g.get('request_id', '')}",
        errors=faults or [],
    )
    response = _page(document) if wants_page() else make_response(document.model_dump_json(), answer.status)
    if not wants_page():
        response.content_type = PROBLEM
    if wait_s is not None:
        response.headers["Retry-After"] = str(wait_s)
    if answer.status == HTTPStatus.UNAUTHORIZED and not wants_page():
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def wants_page() -> bool:
    """Whether a person looks at the answer: everything outside the API that does not end in `.json`."""
    return not request.path.startswith(("/api/", "/openapi/", "/metrics")) and not request.path.endswith(".json")


def _page(document: ProblemDocument) -> Response:
    template = "kiosk/error.html" if request.path.startswith("/kiosk") else "error.html"
    return make_response(render_template(template, problem=document.model_dump(), way_back=way_back()), document.status)


def way_back() -> str:
    """The page to go on with after signing in: the one that was asked for, or on which the form stood; "" if unknown.

    What follows it checks that it leads nowhere else.
    """
    if request.method == "GET":
        return request.full_path if request.query_string else request.path
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:
        return ""
    is_ours = came_from.netloc == request.host
    return came_from.path + (f"?{came_from.query}" if came_from.query else "") if is_ours else ""


def _on_matcher_error(error: MatcherError) -> Response:
    answer = next(answer for kind, answer in TABLE if isinstance(error, kind))
    faults = [
        Fault(where=_where(problem.sheet, problem.row, problem.column), found=problem.found,
              expected=problem.expected, fix=problem.fix)
        for problem in getattr(error, "problems", ())
    ]  # fmt: skip
    detail = f"{error.where}: {error.what}" if error.where else error.what
    wait_s = getattr(error, "wait_s", None) or (BUSY_S if answer.status == HTTPStatus.SERVICE_UNAVAILABLE else None)
    return told(answer, detail=detail, remedy=error.remedy, faults=faults, wait_s=wait_s)


def _where(sheet: str, row: int, column: str) -> str:
    return " ".join(part for part in (sheet, f"第{row}行" if row else "", column) if part)


def _on_http_error(error: HTTPException) -> Response:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    title = TITLES.get(status, HTTPStatus(status).phrase)
    is_own = error.description and error.description != type(error).description
    response = told(
        Answer(status, f"http-{status}", title), detail=str(error.description) if is_own else DETAILS.get(status, title)
    )
    for name, value in error.get_headers():
        if name in ("Accept-Encoding", "Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _on_fault(error: Exception) -> Response:
    from api.logs import log_fault

    log_fault(error)
    answer = Answer(500, "fault", "系统出错")
    return told(answer, detail="系统内部出错，已经记录。", remedy="请把下面的编号告诉管理员。")
