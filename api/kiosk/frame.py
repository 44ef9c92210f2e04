"""What every kiosk page needs beside its own data: devices of this machine, the voice, whom a card belongs to now."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, current_app, g, make_response, request
from werkzeug.exceptions import NotFound as NoPage

from api.headers import POLICY
from api.kiosk.room import PEOPLE, ROOM, visit
from api.state import state
from api.viewer import viewer
from matcher.errors import MatcherError
from matcher.records.access import Role
from matcher.services.kiosk.voices import MANDARIN, SUFFIXES, Voice, codes, voice

KEY: Final = "matcher.voices"
CLIP: Final = re.compile(rf"([0-9a-f]{{12}})({'|'.join(map(re.escape, SUFFIXES))})")
AUDIO: Final = "audio/ogg"
DAY_S: Final = 24 * 60 * 60


def init_app(app: Flask) -> None:
    """Give templates the frame's data, and answers the policy that lets the page speak with this machine's bridges."""
    app.context_processor(_told)
    app.after_request(_let_bridges)


def own_voice() -> Voice:
    """The voice of this visit: the one that was chosen on the first screen, else the kiosk's."""
    said = visit() if viewer().role in PEOPLE else None
    known = {of.code: of for of in installed()}
    chosen = said.voice if said is not None else ""
    return known.get(chosen) or known.get(state().application.settings.voice) or MANDARIN


def installed() -> list[Voice]:
    """The voices of this machine, read once; one whose folder cannot be used is left out."""
    if KEY not in current_app.extensions:
        home = state().application.settings.home
        current_app.extensions[KEY] = [of for code in codes(home) if (of := _usable(home, code)) is not None]
    found: list[Voice] = current_app.extensions[KEY]
    return found


def _usable(home: Path, code: str) -> Voice | None:
    """`matcher voices check` says what is wrong with a folder; somebody at the screen is served all the same."""
    try:
        return voice(home, code)
    except MatcherError:
        return None


def clip_names() -> Mapping[str, str]:
    """Key -> file of the clips of this kiosk's voice."""
    return {key: path.name for key, path in own_voice().clips.items()}


@ROOM.get("/kiosk/voice/<voice_code>/<clip>")
def clip(voice_code: str, clip: str) -> Response:
    """A clip of a voice, by the name its page gave; the same bytes for a day."""
    named = CLIP.fullmatch(clip)
    path = next((of.clips.get(named[1]) for of in installed() if named and of.code == voice_code), None)
    if path is None or path.name != clip:
        raise NoPage
    response = make_response(path.read_bytes())
    response.content_type = mimetypes.types_map.get(path.suffix, AUDIO)
    response.headers["Cache-Control"] = f"private, max-age={DAY_S}"
    return response


def _told() -> dict[str, Any]:
    """`kiosk`: only for its pages; others ask for nothing of it."""
    if not request.path.startswith("/kiosk") or "viewer" not in g:
        return {}
    settings, found = state().application.settings, own_voice()
    said = visit() if viewer().role in PEOPLE else None
    return {
        "kiosk": {
            "card_port": settings.card_bridge_port,
            "printer_port": settings.printer_bridge_port,
            "reads_aloud": settings.reads_aloud,
            "clips": f"/kiosk/voice/{found.code}/" if found.clips else "",
            "voice": found.code,
            "voices": [{"code": of.code, "name": of.name} for of in installed()],
            "speaks": found.browser,
            "family": said is not None and said.family,
            "helper": viewer().role is Role.HELPER or (said is not None and said.helper),
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
