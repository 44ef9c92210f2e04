"""Style sheets and scripts travel packed, so that a page's first load stays small on a village's line.

Only what is the same for everybody is packed: an answer that mixes a secret with what somebody else may have
written into it would tell of the secret by its length.
"""

from __future__ import annotations

import gzip
from typing import Final

from flask import Flask, Response

from api.present import asked

SMALLEST: Final = 1024
PACKED: Final = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})
N_KEPT: Final = 64


def init_app(app: Flask) -> None:
    """Pack static files for whoever takes gzip; each file once as long as it does not change."""
    kept: dict[str, bytes] = {}

    def pack(response: Response) -> Response:
        if not _worth_packing(response):
            return response
        response.vary.add("Accept-Encoding")
        if asked().accept_encodings.quality("gzip") <= 0:
            return response
        etag = response.get_etag()[0] or ""
        response.direct_passthrough = False
        plain = response.get_data()
        body = kept.get(etag)
        if body is None:
            body = gzip.compress(plain, mtime=0)
            if etag and len(kept) < N_KEPT:
                kept[etag] = body
        response.set_data(body)
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(f"{etag}-gzip", weak=True)
        return response

    app.after_request(pack)


def _worth_packing(response: Response) -> bool:
    return (
        asked().path.startswith("/static/")
        and response.status_code == 200
        and response.mimetype in PACKED
        and "Content-Encoding" not in response.headers
        and (response.content_length or 0) >= SMALLEST
    )
