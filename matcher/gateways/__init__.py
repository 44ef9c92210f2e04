"""Ways to send texts: a file, a carrier's port, a gateway program; one file each, imported when it is opened."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from typing import Final, cast

from matcher.errors import MissingExtra, NotFound
from matcher.gateways.account import Account, Pace
from matcher.ports.gateways import Callbacks, Gateway
from matcher.settings import PREFIX, Settings

GATEWAYS: Final[Mapping[str, str]] = {
    "file": "matcher.gateways.files:FileGateway",
    "smpp": "matcher.gateways.smpp:SmppGateway",
    "kannel": "matcher.gateways.kannel:KannelGateway",
}
"""Name, as settings have it, to the class that is called with an `Account`."""


def open_gateway(name: str, account: Account, pace: Pace | None = None) -> Gateway:
    """The gateway of a name; nothing is connected before its first call.

    Raises NotFound for a name nobody has, MissingExtra without its optional part, UsageError for an account that does
    not fit.
    """
    if name not in GATEWAYS:
        raise NotFound(
            f"no gateway {name!r}", where="MATCHER_SMS_GATEWAY", remedy=f"Take one of {', '.join(GATEWAYS)}."
        )
    module, _, kind = GATEWAYS[name].partition(":")
    try:
        found = getattr(import_module(module), kind)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("matcher"):
            raise
        raise MissingExtra(
            f"短信网关 {name} 需要可选部件 {error.name}，还没有装",
            where="MATCHER_SMS_GATEWAY",
            remedy="Run: pip install 'rural-job-matcher[sms]'",
        ) from None
    return cast(Gateway, found(account, pace or Pace()))


def open_callbacks(account: Account) -> Callbacks:
    """Reads what Kannel tells our server; `key` of the account signs the addresses it calls."""
    from matcher.gateways.callbacks import KannelCallbacks

    return KannelCallbacks(account.key, account)


def open_for(
    settings: Settings, name: str, environ: Mapping[str, str], now: Callable[[], datetime], secret: Callable[[], bytes]
) -> Gateway:
    """The gateway of a name, or of the settings for ""; `secret` is asked for only by one that signs addresses.

    Raises what `open_gateway` does.
    """
    chosen = name or settings.sms_gateway
    key = _signing_key(secret()) if chosen == "kannel" else b""
    # A password stands nowhere but in the environment.
    account = _account(settings, now, key, environ.get(f"{PREFIX}{chosen.upper()}_PASSWORD", ""))
    return open_gateway(chosen, account, Pace(window=settings.sms_window))


def callbacks_for(settings: Settings, now: Callable[[], datetime], secret: bytes) -> Callbacks:
    """Reads the calls whose addresses the gateway of the same secret gave out."""
    return open_callbacks(_account(settings, now, _signing_key(secret)))


def _signing_key(secret: bytes) -> bytes:
    return hmac.digest(secret, b"sms callbacks", "sha256")


def _account(settings: Settings, now: Callable[[], datetime], key: bytes, password: str = "") -> Account:
    return Account(
        home=settings.home,
        address=settings.sms_address,
        system_id=settings.sms_system_id,
        password=password,
        source=settings.sms_source,
        prefix=settings.sms_prefix,
        server=settings.sms_server.rstrip("/"),
        key=key,
        id_form=settings.sms_ids,
        now=now,
    )


__all__ = ["GATEWAYS", "Account", "Pace", "callbacks_for", "open_callbacks", "open_for", "open_gateway"]
