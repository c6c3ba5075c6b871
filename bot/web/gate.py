"""The way of every request: who asks, whether they may, whether the form is really ours; then the handler."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.translation import languages
from bot.web.principal import CHANNEL, principal_of
from bot.web.protection import TOO_LARGE
from bot.web.visit import SEE_OTHER, Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from bot.web.principal import Principal, Role
    from bot.web.site import Site

Handler = Callable[[Visit], Response]
MOST_FIELDS = 600
LANGUAGE_COOKIE = "lang"


class Access(Enum):
    """Who reaches a page at all; which projects they see there is asked again, project by project."""

    ANYONE = ()
    SIGNED_IN = ("member", "officer", "operator")
    MEMBER = ("member",)
    OFFICER = ("officer",)
    READER = ("member", "officer")
    OPERATOR = ("operator",)

    def admits(self, role: Role) -> bool:
        """Say whether somebody of this role may come in."""
        return self is Access.ANYONE or role in self.value


def route(
    site: Site, path: str, handler: Handler, access: Access, *, methods: Sequence[str] = ("GET",)
) -> Route:
    """Return a route whose handler runs in a thread, behind the gate."""
    limiter = site.threads

    async def endpoint(request: Request) -> Response:
        if request.method != "POST":
            return await to_thread.run_sync(
                _serve, site, request, FormData(), handler, access, limiter=limiter
            )
        _refuse_foreign(request)
        if request.scope[TOO_LARGE]:
            raise HTTPException(413)
        async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
            return await to_thread.run_sync(_serve, site, request, form, handler, access, limiter=limiter)

    return Route(path, endpoint, methods=list(methods), name=f"{handler.__module__}.{handler.__name__}")


def _serve(site: Site, request: Request, form: FormData, handler: Handler, access: Access) -> Response:
    principal, language = _recognised(site, request)
    visit = Visit(site, request, principal, form, language)
    request.state.visit = visit
    if access is not Access.ANYONE:
        if principal is None:
            return _to_sign_in(visit)
        if not access.admits(principal.role):
            raise HTTPException(404)
    if request.method == "POST" and principal is not None and visit.value("csrf") != principal.csrf:
        raise HTTPException(403)
    return handler(visit)


def _recognised(site: Site, request: Request) -> tuple[Principal | None, str]:
    """Return who asks, and the language of their pages."""
    token = request.cookies.get(site.cookie, "")
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    language = chosen if chosen in languages() else site.conversation.language
    if not token:
        return None, language
    with site.conversation.database.unit_of_work() as work:
        principal = principal_of(
            work,
            token,
            at=site.conversation.clock.now(),
            lasts=site.session_lasts,
            local_user=site.local_user,
        )
        spoken = work.sessions.get(CHANNEL, principal.user) if principal else None
    return principal, (spoken.language if spoken and spoken.language else language)


def _to_sign_in(visit: Visit) -> Response:
    if visit.is_fragment:
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    return RedirectResponse("/sign-in", SEE_OTHER)


def _refuse_foreign(request: Request) -> None:
    """Refuse a form that another site sends: also before signing in, when no session can vouch for it."""
    origin = request.headers.get("origin")
    if origin is None:
        return
    if urlsplit(origin).netloc != request.headers.get("host", ""):
        raise HTTPException(403)
