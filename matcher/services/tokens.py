"""Bearer tokens: made once, shown once, kept as a hash, limited in scope, region and time."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from matcher.errors import NotFound, SignInNeeded
from matcher.ports import AccessStore
from matcher.records.access import Token

PREFIX = "mt"


def bearer_of(access: AccessStore, given: str, now: datetime) -> Token:
    """The token somebody sent, if it is in force. SignInNeeded if it is unknown, wrong, over or revoked."""
    prefix, _, rest = given.partition("_")
    token_id, _, secret = rest.partition("_")
    try:
        token = access.token(token_id) if prefix == PREFIX else None
    except NotFound:
        token = None
    sha256 = hashlib.sha256(secret.encode()).hexdigest()
    if token is None or not hmac.compare_digest(token.secret_sha256, sha256):
        raise SignInNeeded("this token is not known", remedy="`matcher token add` makes one.")
    if token.revoked_at is not None or token.expires_at <= now:
        raise SignInNeeded("this token is over", where=token.token_id, remedy="Ask for a new one.")
    return token
