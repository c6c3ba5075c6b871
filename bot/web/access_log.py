"""A line for every request, and an id that all lines of one request share; no path, query or whole address."""

from __future__ import annotations

import logging
import re
import secrets
from ipaddress import ip_address, ip_network
from time import perf_counter
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Mount, Route

from bot.log_context import REQUEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-ID"
_ID = re.compile(r"[0-9a-f]{32}")
_KEPT_BITS = {4: 24, 6: 48}
"""What stays of an address: enough to tell networks apart, not people."""
_log = logging.getLogger(__name__)


class AccessLog:
    """ASGI middleware around the whole page."""

    def __init__(self, app: ASGIApp, *, routes: Iterable[BaseRoute]) -> None:
        """Wrap ``app``.

        Args:
            app: the page.
            routes: of the page; a line names the route, as paths hold tokens and names.
        """
        self._app = app
        self._names: dict[object, str] = {}
        for each in routes:
            if isinstance(each, Route):
                self._names[each.endpoint] = each.path
            elif isinstance(each, Mount):
                self._names[each.app] = f"{each.path}/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _id_of(scope)
        # Every request has a task of its own, so there is nothing to take back.
        REQUEST.set(request_id)
        began, status = perf_counter(), 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        finally:
            if _log.isEnabledFor(logging.INFO):
                self._note(scope, status, perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        fields = {
            "method": scope["method"],
            "route": self._names.get(scope.get("endpoint"), "-"),
            "status": status,
            "duration_ms": round(seconds * 1000, 2),
            "address": _network_of(scope),
        }
        _log.info("%(method)s %(route)s %(status)d %(duration_ms).2f ms %(address)s", fields, extra=fields)


def _id_of(scope: Scope) -> str:
    """Return the id that a load balancer has given to a request, or a new one."""
    given = Headers(scope=scope).get(HEADER, "")
    return given if _ID.fullmatch(given) else secrets.token_hex(16)


def _network_of(scope: Scope) -> str:
    client = scope.get("client")
    try:
        address = ip_address(client[0]) if client else None
    except ValueError:
        return "-"
    if address is None:
        return "-"
    return str(ip_network((address, _KEPT_BITS[address.version]), strict=False))
