"""Everything that is kept of a project in one zip, to be read without this program."""

from __future__ import annotations

import zipfile
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from bot.answers import answers_yaml
from bot.bundle import ANSWERS_FILE, conversation_uploads, make_bundle
from bot.package import as_drafted, safe_name
from bot.updates import Reply
from dialogs.display import date_text
from dialogs.messages import Ask, Prompt, Say, SendFile, Table
from documents.archive import undated
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.conversation import Conversation
    from dialogs.messages import Outgoing
    from dialogs.view import View
    from rules.text import Translate
    from storage.attachments import Attachment
    from storage.events import AnswerEvent
    from storage.history import ChatEntry
    from storage.projects import Project
    from storage.unit_of_work import UnitOfWork

PACKAGE_FOLDER, FILES_FOLDER = "申报材料", "交过的文件"
HISTORY_FILE, CHANGES_FILE = "对话记录.txt", "修改记录.json"
EXPORT_FILE = "_全部内容.zip"
_LINE = "\r\n"
_BYTE_ORDER_MARK = "\ufeff"


class KeptData(NamedTuple):
    """What is kept of a project besides its answers.

    Attributes:
        entries: the conversation, the oldest first.
        events: what changed, the oldest first.
        versions: the files that were handed in and not taken back.
    """

    entries: list[ChatEntry]
    events: list[AnswerEvent]
    versions: list[Attachment]

    @property
    def size(self) -> int:
        """How many bytes the files have."""
        return sum(version.size for version in self.versions)


def write_export(
    out: IO[bytes],
    conversation: Conversation,
    project: Project,
    view: View,
    *,
    people: Mapping[str, str],
    translate: Translate = str,
) -> None:
    """Write what is kept of a project as a zip: the same bytes for the same project on the same day.

    The package that would be handed in, every version of every file, the conversation and the changes. Where
    the regulation does not apply there is no package, only the answers; of a project that may be secret (4)
    there are no files either.

    Args:
        out: written to from its beginning; besides the package, one file at a time is in memory.
        conversation: knows the files.
        project: the project.
        view: the project as it stands.
        people: names by actors; another actor is left without one.
        translate: the language of the conversation, the checklist and the table of contents.

    Raises:
        StorageError: a file cannot be read.
    """
    with conversation.database.unit_of_work() as work:
        kept = read_kept(work, project, view)
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in _package(conversation, project, view, translate):
            archive.writestr(undated(name), data)
        for name, data in kept_files(conversation, kept, view, people=people, translate=translate):
            archive.writestr(undated(name), data)


def read_kept(work: UnitOfWork, project: Project, view: View) -> KeptData:
    """Read what is kept of a project besides its answers; the bytes of its files are left where they are."""
    versions = [
        version
        for document_id in view.rules.documents
        for version in work.attachments.versions(project.id, document_id)
        if version.removed_at is None and view.stop is None
    ]
    return KeptData(work.history.after(project.id, 0), work.events.list_for(project.id), versions)


def kept_files(
    conversation: Conversation,
    kept: KeptData,
    view: View,
    *,
    people: Mapping[str, str],
    translate: Translate = str,
) -> Iterator[tuple[str, bytes]]:
    """Yield what is kept of a project as files: every version of every file, the conversation, the changes.

    Raises:
        StorageError: a file cannot be read.
    """
    for version in kept.versions:
        title = safe_name(view.rules.documents[version.document_id].title)
        name = f"{FILES_FOLDER}/{title}/{version.version:02d}_{saved_name(version)}"
        yield name, conversation.uploads.blobs.read(version.sha256)
    history = conversation_text(kept.entries, view.rules.pack.head.timezone, people, translate)
    yield HISTORY_FILE, f"{_BYTE_ORDER_MARK}{history}".encode()
    yield CHANGES_FILE, _changes(kept.events, people)


def export_name(project: Project) -> str:
    """Return what the zip is called."""
    return f"{safe_name(project.name) if project.name else project.id}{EXPORT_FILE}"


def saved_name(version: Attachment) -> str:
    """Return the name under which a file is saved: its ending says what it really is, whatever it was called."""
    is_true = PurePosixPath(version.file_name).suffix.lower() == f".{version.kind}"
    return version.file_name if is_true else f"{version.file_name}.{version.kind}"


def conversation_text(
    entries: list[ChatEntry], timezone: str, people: Mapping[str, str], translate: Translate = str
) -> str:
    """Return a conversation to be read: when, who, what was said, what was replied.

    Args:
        entries: the turns, the oldest first.
        timezone: where the rules apply.
        people: names by actors.
        translate: the language.
    """
    zone = ZoneInfo(timezone)
    lines: list[str] = []
    for entry in entries:
        at = entry.at.astimezone(zone)
        day = date_text(at.date()).render(translate)
        lines.append(f"—— {day} {at:%H:%M} {people.get(entry.actor, '')}".rstrip())
        if entry.said:
            lines.append(T("您说：{words}", words=verbatim(entry.said)).render(translate))
        reply = msgspec.json.decode(entry.reply, type=Reply)
        for message in reply.outgoing:
            lines += (line.render(translate) for line in _said(message))
        lines.append("")
    return _LINE.join(_LINE.join(lines).splitlines()) + _LINE


def _package(
    conversation: Conversation, project: Project, view: View, translate: Translate
) -> list[tuple[str, bytes]]:
    if view.is_over:
        return [(ANSWERS_FILE, answers_yaml(view).encode())]
    bundle = make_bundle(as_drafted(view), conversation_uploads(conversation, project.id), translate)
    return [(f"{PACKAGE_FOLDER}/{name}", data) for name, data in bundle.files]


def _said(message: Outgoing) -> Iterator[Text]:
    match message:
        case Say(text=text) | Prompt(text=text):
            yield text
        case Table(title=title, columns=columns, rows=rows):
            yield title
            for row in (columns, *rows):
                yield Text(" | ".join(f"{{c{place}}}" for place in range(len(row))), _numbered("c", row))
        case Ask(text=text, choices=choices):
            yield text
            for number, choice in enumerate(choices, start=1):
                yield T("{number}. {label}", number=number, label=choice.label)
        case SendFile(name=name):
            yield T("（文件：{name}）", name=verbatim(name))
        case _:
            pass


def _numbered(prefix: str, cells: tuple[Text, ...]) -> dict[str, str | int | Text]:
    return {f"{prefix}{place}": cell for place, cell in enumerate(cells)}


def _changes(events: list[AnswerEvent], people: Mapping[str, str]) -> bytes:
    listed: list[dict[str, Any]] = [
        {
            "at": event.at.isoformat(),
            "kind": event.kind,
            "by": people.get(event.actor, ""),
            "change": msgspec.json.decode(event.payload),
        }
        for event in events
    ]
    return msgspec.json.format(msgspec.json.encode(listed), indent=2)
