"""A kiosk's way to the server of its county: API v1 over HTTP, with the standard library alone."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, NoReturn, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

import msgspec

from matcher.errors import InvalidInput, MatcherError, NotFound, Revoked, SignInNeeded, Unreachable, UsageError
from matcher.ports.kiosk_home import KioskFile
from matcher.records.fair_packs import ContactAnswer, Enrolment
from matcher.records.kiosks import Heartbeat, SyncedVisit

TIMEOUT_S: Final = 20.0
LARGEST_PACK: Final = 1 << 28
LARGEST_ANSWER: Final = 1 << 20
_API: Final = "/api/v1/kiosks"
T = TypeVar("T")


class _Stay(HTTPRedirectHandler):
    """A redirect would carry the secret to another machine."""

    def redirect_request(self, *_: Any) -> None:
        return None


class CountyHttp:
    """`ports.CountyServer` at an address; without an enrolment only `enrol` can be asked.

    Straight to the server: no proxy of the environment is used. Raises UsageError for an address that would send
    secrets in the clear beyond this machine, unless `plain_http` says that the line is closed to others.
    """

    def __init__(self, server: str, file: KioskFile | None = None, *, plain_http: bool = False) -> None:
        self._server = checked_address(server, plain_http=plain_http)
        self._file = file
        # A kiosk's server is in the same county: a proxy of the environment is some other program's.
        self._opener = build_opener(ProxyHandler({}), _Stay)

    def enrol(self, code: str) -> Enrolment:
        """Trade a code for who this machine is."""
        return self._answer("/enrol", {"code": code}, Enrolment)

    def heartbeat(self, told: Heartbeat) -> ContactAnswer:
        """Say how it is."""
        body = {name: value for name, value in msgspec.to_builtins(told).items() if name not in _SERVERS_OWN}
        return self._answer(f"/{self._id}/heartbeat", body, ContactAnswer)

    def pack(self) -> bytes:
        """A fair pack made now."""
        return self._ask("GET", f"/{self._id}/pack", None, most=LARGEST_PACK)

    def send(self, visit: SyncedVisit) -> None:
        """Hand a visit over."""
        body = {name: value for name, value in msgspec.to_builtins(visit).items() if name not in _SERVERS_WORD}
        # A captive network answers everything with its own page: only the server's receipt lets the kiosk forget.
        receipt = self._answer(f"/{self._id}/visits", body, _Receipt)
        if receipt.visit_id != visit.visit_id:
            raise _stranger(self._server)

    def wiped(self) -> None:
        """Say that everything was destroyed."""
        if self._answer(f"/{self._id}/wiped", {}, _Out).kiosk_id != self._id:
            raise _stranger(self._server)

    @property
    def _id(self) -> str:
        return self._enrolled.enrolment.kiosk_id

    @property
    def _enrolled(self) -> KioskFile:
        if self._file is None:
            raise UsageError("this kiosk is not enrolled", remedy="Run `matcher kiosk enrol --server URL --code CODE`.")
        return self._file

    def _answer(self, path: str, body: Mapping[str, Any], kind: type[T]) -> T:
        told = self._ask("POST", path, body)
        try:
            return msgspec.json.decode(told, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise _stranger(self._server) from None

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None, *, most: int = LARGEST_ANSWER) -> bytes:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self._file is not None:
            headers["Authorization"] = f"Bearer {self._file.enrolment.secret}"
        data = None if body is None else msgspec.json.encode(body)
        request = Request(f"{self._server}{_API}{path}", data=data, headers=headers, method=method)  # noqa: S310 - checked
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as response:
                told: bytes = response.read(most + 1)
        except HTTPError as error:
            with error:
                _refuse(error.code, error.read(LARGEST_ANSWER), self._server)
        except (URLError, OSError, ValueError) as error:
            raise Unreachable(f"the server does not answer: {error}", where=self._server) from None
        if len(told) > most:
            raise Unreachable("the server's answer is too large", where=self._server)
        return told


_SERVERS_OWN: Final = frozenset({"clock_off_s", "synthetic"})
_SERVERS_WORD: Final = frozenset({"kiosk_id", "received_at"})


class _Receipt(msgspec.Struct):
    visit_id: str
    new: bool


class _Out(msgspec.Struct):
    kiosk_id: str
    state: str


def _stranger(server: str) -> Unreachable:
    return Unreachable("something else answers here", where=server, remedy="Is this the address of the county?")


class _Told(msgspec.Struct):
    detail: str = ""
    remedy: str = ""


def _refuse(status: int, body: bytes, server: str) -> NoReturn:
    """What the server said, as the error it is."""
    try:
        told = msgspec.json.decode(body, type=_Told)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        told = _Told()
    kinds: Mapping[int, type[MatcherError]] = {
        HTTPStatus.UNAUTHORIZED: SignInNeeded,
        HTTPStatus.NOT_FOUND: NotFound,
        HTTPStatus.GONE: Revoked,
        HTTPStatus.UNPROCESSABLE_ENTITY: InvalidInput,
    }
    kind = kinds.get(status, Unreachable)
    raise kind(told.detail or f"the server answers {status}", where=server, remedy=told.remedy)


def checked_address(server: str, *, plain_http: bool) -> str:
    """The address without a slash at its end. UsageError for no address, or one that is not https without leave."""
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise UsageError("this is no address of a server", where=server, remedy="Example: https://jobs.example.org")
    if parts.scheme == "http" and not plain_http and not _is_this_machine(parts.hostname):
        raise UsageError(
            "the secret and the key of the packs would cross the line in the clear",
            where=server,
            remedy="Use https, or --plain-http where the line is closed to others, as a cable between the two is.",
        )
    return server.rstrip("/")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
