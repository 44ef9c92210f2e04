"""What the browser tests share: the county behind a real socket, and what axe says of a page."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from flask import Flask
from playwright.sync_api import Page
from werkzeug.serving import make_server

CHROMIUM: Final = os.environ.get("CHROMIUM", "/usr/bin/chromium")
AXE: Final = Path(__file__).with_name("vendor") / "axe.min.js"
WCAG: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@contextmanager
def served_app(app: Flask) -> Iterator[str]:
    """The address of an application that is served until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def axe_findings(page: Page) -> list[Any]:
    """Rule, impact and place of what axe finds against WCAG 2.2 AA; the context must bypass the content policy."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG)
    return [[v["id"], v["impact"], [n["target"] for n in v["nodes"]][:3]] for v in found["violations"]]


def slowed(page: Page, times: float) -> None:
    """Let the page's processor take so many times as long for everything, from now on."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})
