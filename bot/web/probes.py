"""What machines ask of a process, without signing in: does it live, may it be given work, what has it counted.

These answer to any host name, as a load balancer asks by address, and say nothing of anybody.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Network, IPv6Network

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

    from bot.health import Readiness
    from bot.metrics import Metrics

HEALTH, READINESS, METRICS = "/healthz", "/readyz", "/metrics"
PATHS = frozenset({HEALTH, READINESS, METRICS})
_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_OF_PROXIES = ("x-forwarded-for", "forwarded", "x-real-ip")


class Probes:
    """An application with these addresses only."""

    def __init__(
        self,
        readiness: Readiness,
        metrics: Metrics | None = None,
        *,
        readers: Sequence[IPv4Network | IPv6Network] = (),
    ) -> None:
        """Answer for a process.

        Args:
            readiness: of the process.
            metrics: its figures; None to tell none.
            readers: who may read them, beside the machine itself.
        """
        self._readiness = readiness
        self._metrics = metrics
        self._readers = readers
        self._threads = CapacityLimiter(1)
        self._app = Starlette(
            routes=[
                Route(HEALTH, self._health),
                Route(READINESS, self._ready),
                Route(METRICS, self._figures),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self._app(scope, receive, send)

    async def _health(self, _request: Request) -> Response:
        return JSONResponse({"status": "alive"}, headers=_HEADERS)

    async def _ready(self, _request: Request) -> Response:
        reason = await self._readiness.reason()
        if reason is None:
            return JSONResponse({"status": "ready"}, headers=_HEADERS)
        return JSONResponse({"status": "unready", "reason": reason}, status_code=503, headers=_HEADERS)

    async def _figures(self, request: Request) -> Response:
        if self._metrics is None or not self._may_read(request):
            return Response(status_code=404, headers=_HEADERS)
        text = await to_thread.run_sync(self._metrics.text, limiter=self._threads)
        return Response(text, media_type=_TEXT, headers=_HEADERS)

    def _may_read(self, request: Request) -> bool:
        # Through a proxy the whole world may come from this machine's own address.
        if request.client is None or any(name in request.headers for name in _OF_PROXIES):
            return False
        try:
            address = ip_address(request.client.host)
        except ValueError:
            return False
        return address.is_loopback or any(address in network for network in self._readers)


class ProbesFirst:
    """ASGI middleware: these addresses are answered before anything else looks at a request."""

    def __init__(self, app: ASGIApp, *, probes: Probes) -> None:
        """Answer by ``probes`` what is theirs, and leave the rest to ``app``."""
        self._app = app
        self._probes = probes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        is_theirs = scope["type"] == "http" and scope["path"] in PATHS
        await (self._probes if is_theirs else self._app)(scope, receive, send)
