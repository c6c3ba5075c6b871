"""The documents of a project as its page shows them: what is wanted, what we make, what was handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from bot.package import CHECKLIST, CHECKLIST_FILE
from bot.upload_commands import size_text
from bot.web.projects import names_of_people
from dialogs.display import citation, reading_text, requirement_label, status_label
from dialogs.view import CATALOGUE_DOCUMENT, CATALOGUE_FACT, FORM_DOCUMENT
from rules.forms import forms_of
from rules.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dialogs.view import View
    from rules.verdict import DocumentNeed
    from storage.attachments import Attachment
    from storage.unit_of_work import UnitOfWork

SHEET = "xlsx"
PAPER_FORMATS = ("docx", "pdf")


class Version(NamedTuple):
    """A version of a document that was handed in, and by whom; ``by`` is empty when nobody is told apart."""

    kept: Attachment
    size: Text
    by: str


class Row(NamedTuple):
    """A document of the checklist.

    Attributes:
        tone: of the badge that tells whether it is there.
        reasons: why it is asked for, with what holds in this project.
        paper: the name under which it can be downloaded as we make it; empty when we do not.
        endings: the formats of that.
        versions: what was handed in, the newest first, with what was taken back.
        is_read: answers are read out of a file of this document.
    """

    need: DocumentNeed
    requirement: Text
    status: Text
    tone: str
    reasons: list[Text]
    source: Text
    paper: str
    endings: Sequence[str]
    versions: Sequence[Version]
    is_read: bool

    @property
    def id(self) -> str:
        """The document's id."""
        return self.need.document.id

    @property
    def current(self) -> Version | None:
        """The version that counts."""
        return next((version for version in self.versions if version.kept.removed_at is None), None)


class Stage(NamedTuple):
    """The documents of one step of the procedure; ``is_later``: nothing of it is missing yet."""

    title: Text
    is_later: bool
    rows: list[Row]

    def holds(self, document_id: str) -> bool:
        """Say whether a document belongs to this step."""
        return any(row.id == document_id for row in self.rows)


class OtherPaper(NamedTuple):
    """A paper that we make, though no document of the checklist asks for it."""

    id: str
    title: Text


def wanted_documents(view: View) -> list[DocumentNeed]:
    """Return the documents that the page shows: all but those that are not required."""
    return [need for need in view.verdict.documents if need.requirement != "not_required"]


def stages_of(view: View, versions: Mapping[str, Sequence[Version]]) -> list[Stage]:
    """Return the documents by stage.

    Args:
        view: the project; ``mark_drafted`` has been called on it.
        versions: what was handed in, by document.
    """
    forms = {form.document: form.id for form in forms_of(view.seen) if form.document}
    stages: list[Stage] = []
    for stage in view.rules.pack.stages:
        needs = [need for need in wanted_documents(view) if need.document.stage == stage.id]
        rows = [_row(view, need, forms, versions.get(need.document.id, ())) for need in needs]
        if rows:
            stages.append(Stage(Text(stage.title), stage.later, rows))
    return stages


def other_papers(view: View) -> list[OtherPaper]:
    """Return the papers that we make and no document of the page asks for."""
    shown = {need.document.id for need in wanted_documents(view)}
    forms = [
        OtherPaper(form.id, Text(form.title.replace("\n", "")))
        for form in forms_of(view.seen)
        if form.document not in shown
    ]
    return [OtherPaper(CHECKLIST, Text(CHECKLIST_FILE)), *forms]


def versions_of(work: UnitOfWork, project_id: int, view: View) -> dict[str, list[Version]]:
    """Return everything that was handed in for a project, the newest first, and by whom."""
    people = names_of_people(work)
    turns: dict[tuple[str, int], str] = {}
    for event in work.events.list_for(project_id):
        if event.kind == "upload":
            payload = msgspec.json.decode(event.payload)
            turns[payload["document"], payload["version"]] = event.turn_key
    found: dict[str, list[Version]] = {}
    for need in wanted_documents(view):
        name = need.document.id
        for kept in reversed(work.attachments.versions(project_id, name)):
            entry = work.history.by_turn(turns.get((name, kept.version), ""))
            by = "" if entry is None else people.get(entry.actor, "")
            found.setdefault(name, []).append(Version(kept, size_text(kept.size), by))
    return found


def _row(view: View, need: DocumentNeed, forms: Mapping[str, str], versions: Sequence[Version]) -> Row:
    document = need.document
    reasons = [Text(document.because), *(Text(note) for note in need.notes)]
    if document.reading:
        reasons.append(reading_text(document.reading))
    paper, endings = forms.get(document.id, ""), PAPER_FORMATS
    if document.id == CATALOGUE_DOCUMENT and view.facts.get(CATALOGUE_FACT):
        paper, endings = CATALOGUE_DOCUMENT, (SHEET,)
    return Row(
        need=need,
        requirement=requirement_label(need.requirement),
        status=status_label(view.rules, need),
        tone=_tone(view, need),
        reasons=reasons,
        source=citation(view.rules, document.articles),
        paper=paper,
        endings=endings if paper else (),
        versions=versions,
        is_read=document.id in (CATALOGUE_DOCUMENT, FORM_DOCUMENT),
    )


def _tone(view: View, need: DocumentNeed) -> str:
    if need.status != "missing":
        return "ok"
    if need.document.stage in view.rules.later_stages:
        return "plain"
    return "bad" if need.requirement == "required" else "warn"
