"""Ways to send texts: a file, a carrier's port, a gateway program; one file each, imported when it is opened."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Final, cast

from matcher.errors import MissingExtra, NotFound
from matcher.gateways.account import Account, Pace
from matcher.ports.gateways import Callbacks, Gateway

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


__all__ = ["GATEWAYS", "Account", "Pace", "open_callbacks", "open_gateway"]
