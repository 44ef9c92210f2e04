"""What every kiosk page needs beside its own data: devices of this machine, the voice, whom a card belongs to now."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, current_app, g, make_response, request
from werkzeug.exceptions import NotFound as NoPage

from api.headers import POLICY
from api.kiosk.room import PEOPLE, ROOM, visit
from api.state import state
from api.viewer import viewer
from matcher.errors import MatcherError
from matcher.services.kiosk.voices import MANDARIN, SUFFIXES, Voice, voice

KEY: Final = "matcher.voice"
CLIP: Final = re.compile(rf"([0-9a-f]{{12}})({'|'.join(map(re.escape, SUFFIXES))})")
AUDIO: Final = "audio/ogg"
DAY_S: Final = 24 * 60 * 60


def init_app(app: Flask) -> None:
    """Give templates the frame's data, and answers the policy that lets the page speak with this machine's bridges."""
    app.context_processor(_told)
    app.after_request(_let_bridges)


def own_voice() -> Voice:
    """The voice of this kiosk, read once; the browser's own where its folder cannot be used."""
    if KEY not in current_app.extensions:
        settings = state().application.settings
        try:
            current_app.extensions[KEY] = voice(settings.home, settings.voice)
        except MatcherError:
            # `matcher voices check` and `doctor` say what is wrong; somebody at the screen is served all the same.
            current_app.extensions[KEY] = MANDARIN
    found: Voice = current_app.extensions[KEY]
    return found


def clip_names() -> Mapping[str, str]:
    """Key -> file of the clips of this kiosk's voice."""
    return {key: path.name for key, path in own_voice().clips.items()}


@ROOM.get("/kiosk/voice/<clip>")
def clip(clip: str) -> Response:
    """A clip of this kiosk's voice, by the name its page gave; the same bytes for a day."""
    named = CLIP.fullmatch(clip)
    path = own_voice().clips.get(named[1]) if named else None
    if path is None or path.name != clip:
        raise NoPage
    response = make_response(path.read_bytes())
    response.content_type = mimetypes.types_map.get(path.suffix, AUDIO)
    response.headers["Cache-Control"] = f"private, max-age={DAY_S}"
    return response


def _told() -> dict[str, Any]:
    """`kiosk`: only for its pages; others ask for nothing of it."""
    if not request.path.startswith("/kiosk"):
        return {}
    settings, found = state().application.settings, own_voice()
    said = visit() if "viewer" in g and viewer().role in PEOPLE else None
    return {
        "kiosk": {
            "card_port": settings.card_bridge_port,
            "printer_port": settings.printer_bridge_port,
            "reads_aloud": settings.reads_aloud,
            "clips": "/kiosk/voice/" if found.clips else "",
            "speaks": found.browser,
            "family": said is not None and said.family,
            "pad": "free" if said is None else "visit" if said.pad else "look",
        }
    }


def _let_bridges(response: Response) -> Response:
    """A kiosk's page may ask the configured ports of its own machine, and nobody else, beside the server."""
    settings = state().application.settings
    ports = [port for port in (settings.card_bridge_port, settings.printer_bridge_port) if port]
    if ports and request.path.startswith("/kiosk") and response.status_code != HTTPStatus.NOT_MODIFIED:
        bridges = " ".join(f"http://127.0.0.1:{port}" for port in ports)
        response.headers["Content-Security-Policy"] = POLICY.replace(
            "connect-src 'self'", f"connect-src 'self' {bridges}"
        )
    return response
