"""The web page as an ASGI application: every address, who may come there, and what answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from bot.web import (
    administration,
    documents,
    downloads,
    form,
    home,
    links,
    members,
    officer,
    oidc,
    overdue,
    packaging,
    project_actions,
    projects,
    side,
    sign_in,
    workspace,
)
from bot.web.access_log import AccessLog
from bot.web.gate import Access, route
from bot.web.probes import Probes, ProbesFirst
from bot.web.problems import handlers
from bot.web.protection import Protection
from bot.web.site import STATIC
from documents.guard import MEGABYTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute

    from bot.web.site import Site

POST = ("POST",)


def create_app(site: Site, others: Sequence[BaseRoute] = ()) -> Starlette:
    """Return the application; it holds no state of any user.

    Args:
        site: what its pages share.
        others: addresses that are no pages, such as those of bots.
    """
    pages = [*routes(site), *others, *_static()]
    return Starlette(
        routes=pages,
        middleware=[
            *_for_operators(site, pages),
            Middleware(
                Protection,
                largest=site.conversation.uploads.limit + MEGABYTE,
                is_secure=site.settings.is_secure,
            ),
            Middleware(TrustedHostMiddleware, allowed_hosts=site.settings.hosts, www_redirect=False),
        ],
        exception_handlers=handlers(site),
    )


def routes(site: Site) -> list[BaseRoute]:
    """Return every page with who reaches it; the one place to read what may be seen by whom."""
    project = "/projects/{project_id:int}"
    document = f"{project}/documents/{{document}}"
    return [
        route(site, "/", home.home, Access.SIGNED_IN),
        route(site, "/open", sign_in.open_local, Access.ANYONE),
        route(site, "/sign-in", sign_in.sign_in_page, Access.ANYONE),
        route(site, "/sign-in", sign_in.sign_in, Access.ANYONE, methods=POST),
        route(site, "/sign-out", sign_in.sign_out, Access.SIGNED_IN, methods=POST),
        route(site, "/invitations/{token}", sign_in.invitation_page, Access.ANYONE),
        route(site, "/invitations/{token}", sign_in.accept_invitation, Access.ANYONE, methods=POST),
        route(site, "/oidc/start", oidc.start, Access.ANYONE),
        route(site, "/oidc/callback", oidc.callback, Access.ANYONE),
        route(site, "/language", home.set_language, Access.ANYONE, methods=POST),
        route(site, "/theme", home.set_theme, Access.ANYONE, methods=POST),
        route(site, "/projects", projects.listing, Access.MEMBER),
        route(site, "/projects", projects.begin, Access.MEMBER, methods=POST),
        route(site, "/deadlines.ics", project_actions.whole_calendar, Access.MEMBER),
        route(site, f"{project}/deadlines.ics", project_actions.calendar, Access.MEMBER),
        route(site, f"{project}/duplicate", project_actions.duplicate, Access.MEMBER, methods=POST),
        route(site, f"{project}/archive", project_actions.archive, Access.MEMBER, methods=POST),
        route(site, f"{project}/reopen", project_actions.reopen, Access.MEMBER, methods=POST),
        route(site, f"{project}/submit", project_actions.submit_page, Access.MEMBER),
        route(site, f"{project}/submit", project_actions.submit, Access.MEMBER, methods=POST),
        route(site, f"{project}/recall", project_actions.recall, Access.MEMBER, methods=POST),
        route(site, f"{project}/export.zip", project_actions.export, Access.MEMBER),
        route(site, f"{project}/delete", project_actions.delete_page, Access.MEMBER),
        route(site, f"{project}/delete", project_actions.delete, Access.MEMBER, methods=POST),
        route(site, project, workspace.show, Access.MEMBER),
        route(site, f"{project}/say", workspace.say, Access.MEMBER, methods=POST),
        route(site, f"{project}/live", workspace.live, Access.MEMBER),
        route(site, f"{project}/take-over", workspace.take_over, Access.MEMBER, methods=POST),
        route(site, f"{project}/form", form.show, Access.MEMBER),
        route(site, f"{project}/form", form.save, Access.MEMBER, methods=POST),
        route(
            site,
            f"{project}/entries/{{entry_id:int}}/files/{{number:int}}",
            workspace.file_of_entry,
            Access.MEMBER,
        ),
        route(site, f"{project}/documents", documents.listing, Access.MEMBER),
        route(site, f"{document}/upload", documents.upload, Access.MEMBER, methods=POST),
        route(site, f"{document}/tick", documents.tick, Access.MEMBER, methods=POST),
        route(site, f"{document}/{{version:int}}", downloads.file_of_document, Access.READER),
        route(site, f"{document}/{{version:int}}/withdraw", documents.withdraw, Access.MEMBER, methods=POST),
        route(site, f"{project}/papers/{{paper}}.{{ending}}", downloads.paper, Access.READER),
        route(site, f"{project}/catalogue-template.xlsx", downloads.catalogue_template, Access.MEMBER),
        route(site, f"{project}/package", packaging.make_page, Access.MEMBER, methods=POST),
        route(site, f"{project}/package.zip", packaging.package, Access.READER),
        route(site, f"{project}/members", members.listing, Access.MEMBER),
        route(site, f"{project}/members/invite", members.invite, Access.MEMBER, methods=POST),
        route(site, f"{project}/members/remove", members.remove, Access.MEMBER, methods=POST),
        route(site, f"{project}/members/leave", members.leave, Access.MEMBER, methods=POST),
        route(site, "/links", links.listing, Access.READER),
        route(site, "/links/code", links.issue_code, Access.READER, methods=POST),
        route(site, "/links/redeem", links.redeem, Access.READER, methods=POST),
        route(site, "/links/remove", links.unlink, Access.READER, methods=POST),
        route(site, "/links/forget", links.forget, Access.READER, methods=POST),
        route(site, "/links/mydata.zip", links.export, Access.READER),
        route(site, "/submitted", officer.listing, Access.OFFICER),
        route(site, "/submitted/summary.xlsx", officer.summary, Access.OFFICER),
        route(site, "/submitted/{project_id:int}", officer.show, Access.OFFICER),
        route(site, "/overdue", overdue.listing, Access.OFFICER),
        route(site, "/admin", administration.overview, Access.OPERATOR),
        route(site, "/admin/units", administration.add_unit, Access.OPERATOR, methods=POST),
        route(site, "/admin/invitations", administration.invite, Access.OPERATOR, methods=POST),
        route(
            site, "/admin/accounts/{account_id:int}", administration.set_active, Access.OPERATOR, methods=POST
        ),
        route(
            site,
            "/admin/accounts/{account_id:int}/reset",
            administration.reset,
            Access.OPERATOR,
            methods=POST,
        ),
        route(site, "/audit", administration.log, Access.OPERATOR),
        route(site, f"{project}/side", side.show_side, Access.MEMBER),
        route(site, f"{project}/preview/{{form}}/{{number:int}}.svg", side.picture, Access.READER),
    ]


def _for_operators(site: Site, pages: Sequence[BaseRoute]) -> list[Middleware]:
    """Return what a server has around the page; one person at a computer needs none of it."""
    if site.settings.is_local:
        return []
    probes = Probes(site.readiness, site.metrics, readers=site.settings.metrics_readers)
    return [Middleware(ProbesFirst, probes=probes), Middleware(AccessLog, routes=pages)]


def _static() -> list[BaseRoute]:
    return [
        Mount("/static/htmx", StaticFiles(packages=[("js_lib_htmx", "static/htmx")]), name="htmx"),
        Mount("/static", StaticFiles(directory=STATIC), name="static"),
    ]
