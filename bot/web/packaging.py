"""Making the package of a project while the user watches, and handing it over as a zip."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from bot.bundle import Packing, conversation_uploads, make_bundle
from bot.failures import failure_text
from bot.freshness import EditedElsewhereError
from bot.package import as_drafted
from bot.translation import languages
from bot.updates import Incoming
from bot.upload_commands import size_text
from bot.web.principal import CHANNEL
from bot.web.projects import row_of
from bot.web.templating import template_environment
from bot.web.workspace import COMMANDS, WINDOW
from dialogs.commands import command_word
from rules.text import T, Text
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response

    from bot.opened import Opened
    from bot.web.visit import Visit

GENERATE = "generate"
_log = logging.getLogger(__name__)
_FAILED = T("出了意外，材料没有做完；答案都在，请返回再试，还不行请联系管理员。")


class MadeFile(NamedTuple):
    """A file of the package: which one it is, what it is called, how large it is."""

    number: int
    name: str
    size: Text


class Making:
    """A package being made, as the page shows it: gone through once, then its outcome can be asked for.

    Attributes:
        total: how many files will be made.
        failure: why not all of them were made; None when they were.
    """

    def __init__(self, packing: Packing) -> None:
        """Watch ``packing``."""
        self._packing = packing
        self.total = packing.total
        self.failure: Text | None = None

    def __iter__(self) -> Iterator[MadeFile]:
        """Make the files. The head of the page is out by now: what goes wrong is said at the end of the list."""
        try:
            for number, (name, data) in enumerate(self._packing, start=1):
                yield MadeFile(number, name, size_text(len(data)))
        except StorageError as error:
            self.failure = failure_text(error)
        except Exception:  # noqa: BLE001 - logged; no handler can answer any more
            _log.exception("package")
            self.failure = _FAILED

    @property
    def missing_characters(self) -> str:
        """Characters that the font does not have."""
        return " ".join(self._packing.missing_characters)


def make_page(visit: Visit) -> Response:
    """Make the package file by file, in sight of the user; the page is sent as it comes about."""
    project_id = visit.number("project_id")
    opened = _opened(visit, project_id)
    if opened.view.is_over:
        return visit.redirect(f"/projects/{project_id}/documents")
    if opened.project.submitted_at is None:
        try:
            _generate(visit, project_id)
        except EditedElsewhereError:
            return visit.redirect(f"/projects/{project_id}/documents")
        opened = _opened(visit, project_id)
    uploads = conversation_uploads(visit.site.conversation, project_id)
    making = Making(Packing(as_drafted(opened.view), uploads, visit.translate))
    template = template_environment().get_template("package.html")
    page = template.generate(
        visit=visit, site=visit.site, languages=languages(), opened=opened, making=making, row=row_of(opened)
    )
    # A proxy that waits for the whole page would hide the progress.
    return StreamingResponse(page, media_type="text/html", headers={"X-Accel-Buffering": "no"})


def package(visit: Visit) -> Response:
    """Return the package as it is made from the answers now."""
    project_id = visit.number("project_id")
    with visit.site.conversation.database.unit_of_work() as work:
        opened = visit.open(work, project_id, for_reading=True)
        if opened.view.is_over:
            raise HTTPException(404)
        visit.note(work, "package_downloaded", project_id=project_id)
    uploads = conversation_uploads(visit.site.conversation, project_id)
    bundle = make_bundle(as_drafted(opened.view), uploads, visit.translate)
    return visit.download(bundle.name, bundle.data, "application/zip")


def _opened(visit: Visit, project_id: int) -> Opened:
    with visit.site.conversation.database.unit_of_work() as work:
        return visit.open(work, project_id)


def _generate(visit: Visit, project_id: int) -> None:
    """Say 生成 in the conversation, which notes what is made here; a form sent twice says it once.

    Raises:
        EditedElsewhereError: somebody else is editing the project.
    """
    visit.site.conversation.receive(
        Incoming(
            channel=CHANNEL,
            update_id=f"{project_id}:{GENERATE}:{visit.value('turn', longest=64)}",
            user=visit.user.user,
            text=command_word(GENERATE),
            window=WINDOW,
            project_id=project_id,
            owner=visit.user.owner,
            actor=visit.user.actor,
            said=visit.say(COMMANDS[GENERATE]),
            editor=visit.user.editor,
            is_shown_from_history=True,
        )
    )
