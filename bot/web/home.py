"""The front door, and what every user may set: language and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.translation import languages
from bot.web.gate import LANGUAGE_COOKIE
from bot.web.principal import CHANNEL
from bot.web.visit import THEME_COOKIE, THEMES

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.web.visit import Visit

_YEAR = 365 * 24 * 3600
_HOMES = {"member": "/projects", "officer": "/submitted", "operator": "/admin"}


def home(visit: Visit) -> Response:
    """Send everybody to where their work is."""
    return visit.redirect(_HOMES[visit.user.role])


def set_language(visit: Visit) -> Response:
    """Speak another language from now on."""
    wanted = visit.value("language", longest=20)
    response = _back(visit)
    if wanted in languages():
        response.set_cookie(LANGUAGE_COOKIE, wanted, max_age=_YEAR, httponly=True, samesite="lax")
        if visit.principal is not None:
            with visit.site.conversation.database.unit_of_work() as work:
                work.sessions.set(CHANNEL, visit.principal.user, project_id=None, language=wanted)
    return response


def set_theme(visit: Visit) -> Response:
    """Keep light or dark, or follow the system."""
    wanted = visit.value("theme", longest=20)
    response = _back(visit)
    if wanted in THEMES:
        response.set_cookie(THEME_COOKIE, wanted, max_age=_YEAR, httponly=True, samesite="lax")
    return response


def _back(visit: Visit) -> Response:
    """Return to the page that the form stood on; only ever to one of ours."""
    path = urlsplit(visit.request.headers.get("referer", "")).path
    return visit.redirect(path if path.startswith("/") and not path.startswith("//") else "/")
