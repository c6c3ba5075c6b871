"""What every answer carries to keep pages private and scripts out, and how large a request may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not no-referrer: browsers would then hide from us which site a form comes from
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STATIC = "/static/"
FOR_EVER = "public, max-age=31536000, immutable"
TOO_LARGE = "shenbao.too_large"


class Protection:
    """ASGI middleware around the whole page."""

    def __init__(self, app: ASGIApp, *, largest: int, is_secure: bool) -> None:
        """Wrap ``app``.

        Args:
            app: the page.
            largest: bytes that a request may carry.
            is_secure: users come over TLS, and browsers are told to insist on it.
        """
        self._app = app
        self._largest = largest
        self._headers = dict(HEADERS)
        if is_secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
                is_static = scope["path"].startswith(STATIC) and message["status"] == 200  # noqa: PLR2004
                headers.setdefault("Cache-Control", FOR_EVER if is_static else "no-store")
            await send(message)

        # The gate says so on a page like any other; nothing of the body is read.
        scope[TOO_LARGE] = _declared_size(scope) > self._largest
        came = 0

        async def receive_counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self._largest:
                return {"type": "http.disconnect"}
            return message

        await self._app(scope, receive_counted, send_protected)


def _declared_size(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
