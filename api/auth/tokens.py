"""Bearer tokens: `mt_<id>_<secret>`, kept as the SHA-256 of the secret (256 random bits need no slow hash)."""

from __future__ import annotations

from api.auth.kiosk_keys import enrolled, is_kiosk_key
from api.present import asked
from api.state import state
from api.viewer import Viewer
from matcher.errors import SignInNeeded
from matcher.services.access.tokens import bearer_of, note_use


def bearer() -> Viewer | None:
    """Who the token of this request speaks for; None without one. SignInNeeded for one that is not in force."""
    scheme, _, given = asked().headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    if scheme.lower() != "bearer" or not given:
        raise SignInNeeded("only bearer tokens are taken", remedy="Send `Authorization: Bearer mt_...`.")
    if is_kiosk_key(given.strip()):
        return enrolled(given.strip())
    run = state().application
    at = run.clock.now()
    token = bearer_of(run.access, given.strip(), at)
    note_use(run.access, token, at)
    return Viewer(
        actor=f"token:{token.token_id}",
        role=token.role,
        regions=token.regions,
        scopes=frozenset(token.scopes),
        subject=token.subject,
    )
