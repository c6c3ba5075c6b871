"""One request on its way through a handler: who asks, what was sent, and the answers a page can give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.translation import translator
from rules.text import T
from storage.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from bot.opened import Opened
    from bot.web.principal import Principal, Role
    from bot.web.site import Site
    from rules.text import Text, Translate
    from storage.projects import Project, ProjectSummary
    from storage.unit_of_work import UnitOfWork

LONGEST_VALUE = 20_000
SEE_OTHER = 303
GREATEST_NUMBER = 2**53
"""No row of ours has a higher one, and every database and browser can still count that far."""
THEME_COOKIE = "theme"
THEMES = ("auto", "light", "dark")
MENUS: dict[Role, list[tuple[str, Text]]] = {
    "member": [("/projects", T("我的项目")), ("/links", T("账号"))],
    "officer": [("/submitted", T("已提交的项目")), ("/links", T("账号"))],
    "operator": [("/admin", T("单位和账号")), ("/audit", T("操作记录"))],
}


def number_in(words: str) -> int | None:
    """Return the number that a form or an address holds; None for anything that is not one of ours."""
    is_number = words.isascii() and words.isdecimal() and len(words) <= len(str(GREATEST_NUMBER))
    return int(words) if is_number and int(words) <= GREATEST_NUMBER else None


class Visit:
    """What a handler works on.

    Attributes:
        site: what all requests share.
        request: as it came.
        principal: who asks; None before signing in.
        form: what a POST carries.
        language: the language of the page.
    """

    def __init__(
        self, site: Site, request: Request, principal: Principal | None, form: FormData, language: str
    ) -> None:
        """Begin a visit."""
        self.site = site
        self.request = request
        self._principal = principal
        self.form = form
        self.language = language

    @property
    def principal(self) -> Principal | None:
        """Who asks; None before signing in."""
        return self._principal

    @property
    def user(self) -> Principal:
        """Who asks, on a page that only those who have signed in reach."""
        if self._principal is None:
            raise HTTPException(401)
        return self._principal

    @property
    def translate(self) -> Translate:
        """Gives a Chinese string in the language of the page."""
        return translator(self.language)

    @property
    def now(self) -> datetime:
        """The moment, in UTC."""
        return self.site.conversation.clock.now()

    @property
    def theme(self) -> str:
        """The colours that were chosen: auto, light or dark."""
        chosen = self.request.cookies.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else THEMES[0]

    @property
    def menu(self) -> list[tuple[str, Text]]:
        """The pages that this user finds at the top of every page."""
        return MENUS[self.user.role]

    @property
    def address(self) -> str:
        """Where the request comes from; behind a trusted proxy, where the proxy says."""
        client = self.request.client
        return "" if client is None else client.host

    @property
    def is_fragment(self) -> bool:
        """The page is already there and asks only for the part that changes (htmx)."""
        return self.request.headers.get("hx-request") == "true"

    def say(self, text: Text) -> str:
        """Return a text in the language of the page."""
        return text.render(self.translate)

    def number(self, name: str) -> int:
        """Return a number of the path.

        Raises:
            HTTPException: 404 for one that is greater than any we give.
        """
        number = int(self.request.path_params[name])
        if number > GREATEST_NUMBER:
            raise HTTPException(404)
        return number

    def asked_number(self, name: str) -> int | None:
        """Return a number of the query; None when there is none that could be one of ours."""
        return number_in(self.request.query_params.get(name, ""))

    def path(self, name: str) -> str:
        """Return a word of the path."""
        return str(self.request.path_params[name])

    def value(self, name: str, *, longest: int = LONGEST_VALUE) -> str:
        """Return a field of the form; empty when it is absent, cut off when it is longer than anything we ask."""
        value = self.form.get(name, "")
        return value[: longest + 1] if isinstance(value, str) else ""

    def values(self, name: str) -> list[str]:
        """Return every value of a field."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def file(self, name: str) -> tuple[str, bytes] | None:
        """Return a file that was sent: what it is called, and its bytes; None when none was chosen."""
        value = self.form.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            return None
        return value.filename, value.file.read(self.site.conversation.uploads.limit + 1)

    def page(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """Return a page, or a part of one, from a template."""
        return HTMLResponse(self.site.render(template, self, **context), status)

    def redirect(self, path: str) -> Response:
        """Send the browser to another page of ours; after a POST it asks for it with a GET."""
        if self.is_fragment:
            return Response(headers={"HX-Redirect": path})
        return RedirectResponse(path, SEE_OTHER)

    def download(self, name: str, data: bytes, media_type: str = "application/octet-stream") -> Response:
        """Return a file to be saved, whatever its name is written in."""
        plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
        disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        return Response(data, media_type=media_type, headers={"Content-Disposition": disposition})

    def open(self, work: UnitOfWork, project_id: int, *, for_reading: bool = False) -> Opened:
        """Return a project that the user may work on, or may read.

        Raises:
            HTTPException: 404 for every other project, whether there is one or not.
        """
        try:
            opened = self.site.conversation.load(work, project_id)
        except NotFound:
            raise HTTPException(404) from None
        project = opened.project
        if not (self._may_edit(work, project) or (for_reading and self._may_read(work, project))):
            raise HTTPException(404)
        return opened

    def open_own(self, work: UnitOfWork, project_id: int) -> Opened:
        """Return a project that is the user's own or their unit's; who was invited to one does not own it.

        Raises:
            HTTPException: 404 for every other project, whether there is one or not.
        """
        opened = self.open(work, project_id)
        if not self.owns(opened.project):
            raise HTTPException(404)
        return opened

    def owns(self, project: ProjectSummary) -> bool:
        """Say whether a project is the user's own or their unit's."""
        return self.user.role == "member" and project.owner == self.user.owner

    def note(
        self, work: UnitOfWork, action: str, *, project_id: int | None = None, detail: bytes = b"{}"
    ) -> None:
        """Add to the log of who did what."""
        work.audit.append(
            at=self.now,
            actor=self.user.actor,
            action=action,
            project_id=project_id,
            unit_id=self.user.unit_id,
            detail=detail,
        )

    def _may_edit(self, work: UnitOfWork, project: Project) -> bool:
        is_invited = self.user.role == "member" and work.members.has(project.id, self.user.person)
        return self.owns(project) or is_invited

    def _may_read(self, work: UnitOfWork, project: Project) -> bool:
        if self.user.role != "officer" or project.submitted_at is None:
            return False
        return project.owner in self.site.owners_in(work, self.user.area)
