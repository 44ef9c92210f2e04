"""JSON bodies as they come in: one media type, no packing, and nothing that two programs would read differently."""

from __future__ import annotations

import codecs
import json
from typing import Any, Final

import msgspec
from flask import request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from api.media import JSON


class _RepeatedName(ValueError):
    """An object with one name twice: some programs take the first value, others the last."""


class PackedBody(UnsupportedMediaType):
    """A body in a coding that is not read here; says which one is (RFC 9110 section 15.5.16)."""

    def get_headers(self, *given: Any, **named: Any) -> list[tuple[str, str]]:
        """The headers of the answer."""
        return [*super().get_headers(*given, **named), ("Accept-Encoding", "identity")]


def json_body() -> bytes:
    """The bytes of a JSON body, a byte order mark taken off.

    415 for another media type or a packed body, 400 for what is no JSON: NaN, half a surrogate pair, a number no float
    holds, nesting without end, one name twice in an object.
    """
    if request.mimetype != JSON:
        raise UnsupportedMediaType("请用 Content-Type: application/json 发送。")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise PackedBody("正文不要压缩。")
    raw = request.get_data(cache=True).removeprefix(codecs.BOM_UTF8)
    try:
        # In this order: what the first takes for JSON, the second may read without looking.
        msgspec.json.decode(raw)
        json.loads(raw, object_pairs_hook=_once)
    except _RepeatedName as error:
        raise BadRequest(f"正文里有一个对象两次写了同一个字段：{error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"正文不是合格的 JSON：{error}") from None
    except RecursionError:
        raise BadRequest("正文的嵌套太深。") from None
    return raw


LONGEST_NAME: Final = 60


def _once(pairs: list[tuple[str, Any]]) -> None:
    names = {name for name, _ in pairs}
    if len(names) < len(pairs):
        seen: set[str] = set()
        repeated = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _RepeatedName(repeated[:LONGEST_NAME])
