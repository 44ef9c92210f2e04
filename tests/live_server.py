"""An application behind the server of the product, on a port of this machine, from inside a test's own process.

Not werkzeug's server for development: that leaves the file of an answer open where the client hangs up on it, as a
browser does that goes on to another page, and whatever test runs when the file is found is called faulty.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server

TURN_S: Final = 0.05
ENDING_S: Final = 10.0


@contextmanager
def served_app(app: Flask) -> Iterator[str]:
    """The address of an application that is served until the block ends; no connection outlives it."""
    sockets: dict[int, Any] = {}
    server = create_server(
        app, map=sockets, host="127.0.0.1", port=0, threads=8, asyncore_use_poll=True,
        clear_untrusted_proxy_headers=False,
    )  # fmt: skip
    over = threading.Event()

    def turn() -> None:
        while not over.is_set():
            wasyncore.loop(timeout=TURN_S, use_poll=True, map=sockets, count=1)

    thread = threading.Thread(target=turn)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        over.set()
        thread.join()
        # The clients first: a thread that waits for one to read on hears that nobody does.
        for channel in [found for found in sockets.values() if isinstance(found, HTTPChannel)]:
            channel.handle_close()
        server.task_dispatcher.shutdown(timeout=ENDING_S)
        wasyncore.close_all(sockets)
