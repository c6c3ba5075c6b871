"""From the texts of a pack's files to compiled rules, or to the list of everything that is wrong with them."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, TypeVar, cast

import msgspec

from rules.pack import (
    Article,
    Deadline,
    DocumentsFile,
    EventRule,
    Finding,
    Form,
    Pack,
    PackHead,
    RouteStep,
    Section,
)
from rules.ruleset import Fault, PackError, RuleSet
from rules.source import SourceError, load_yaml
from rules.synonyms import Synonyms
from rules.text import T

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES = (
    "pack.yaml",
    "articles.yaml",
    "questions.yaml",
    "documents.yaml",
    "findings.yaml",
    "route.yaml",
    "deadlines.yaml",
    "forms.yaml",
)
OPTIONAL_FILES = ("synonyms.yaml", "events.yaml")
Shape = TypeVar("Shape")
_INDEX = re.compile(r"\[(\d+)\]|\.(\w+)")


def load_rules(files: Mapping[str, str]) -> RuleSet:
    """Return the compiled rules of a pack.

    Args:
        files: file name → text of every file in ``FILES``, and of those in ``OPTIONAL_FILES`` that the pack has.

    Raises:
        PackError: with every fault found so far; deeper checks need the shallower ones to pass.
    """
    return RuleSet(load_pack(files))


def load_pack(files: Mapping[str, str]) -> Pack:
    """Return the typed pack; see ``load_rules`` for arguments and errors."""
    reader = _Reader(files)
    head = reader.read("pack.yaml", PackHead)
    articles = reader.read("articles.yaml", list[Article])
    sections = reader.read("questions.yaml", list[Section])
    documents = reader.read("documents.yaml", DocumentsFile)
    findings = reader.read("findings.yaml", list[Finding])
    route = reader.read("route.yaml", list[RouteStep])
    deadlines = reader.read("deadlines.yaml", list[Deadline])
    forms = reader.read("forms.yaml", list[Form])
    synonyms = reader.read("synonyms.yaml", Synonyms) if "synonyms.yaml" in files else Synonyms()
    event_rules = reader.read("events.yaml", list[EventRule]) if "events.yaml" in files else []
    if (
        head is None
        or articles is None
        or sections is None
        or documents is None
        or findings is None
        or route is None
        or deadlines is None
        or forms is None
        or synonyms is None
        or event_rules is None
    ):
        raise PackError(reader.faults)
    return Pack(
        digest=digest(files),
        head=head,
        articles=articles,
        sections=sections,
        stages=documents.stages,
        documents=documents.documents,
        findings=findings,
        route=route,
        deadlines=deadlines,
        forms=forms,
        synonyms=synonyms,
        event_rules=event_rules,
    )


def digest(files: Mapping[str, str]) -> str:
    """Return the content hash that names exactly these files."""
    total = hashlib.sha256()
    for name in (*FILES, *(name for name in OPTIONAL_FILES if name in files)):
        total.update(name.encode() + b"\0" + files.get(name, "").encode() + b"\0")
    return total.hexdigest()[:16]


class _Reader:
    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self.faults: list[Fault] = []

    def read(self, name: str, shape: type[Shape]) -> Shape | None:
        text = self.files.get(name)
        if text is None:
            self.faults.append(Fault(name, "—", T("缺少这个文件")))
            return None
        try:
            source = load_yaml(text)
        except SourceError as error:
            self.faults.append(Fault(name, "—", error.text))
            return None
        try:
            return msgspec.convert(source.data, shape)
        except msgspec.ValidationError as error:
            reason, _, place = str(error).partition(" - at `")
            path = _path(place.rstrip("`"))
            line = next(
                (source.lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in source.lines),
                1,
            )
            self.faults.append(
                Fault(name, _entry(source.data, path), T("第 {line} 行：{reason}", line=line, reason=reason))
            )
            return None


def _path(place: str) -> tuple[str | int, ...]:
    return tuple(int(index) if index else key for index, key in _INDEX.findall(place))


def _entry(data: object, path: tuple[str | int, ...]) -> str:
    """Name the innermost entry with an id on the way to a fault."""
    name = ".".join(str(key) for key in path) or "—"
    here = data
    for key in path:
        if isinstance(here, dict) and key in here:
            here = cast("dict[str | int, object]", here)[key]
        elif isinstance(here, list) and isinstance(key, int):
            here = cast("list[object]", here)[key]
        else:
            break
        if isinstance(here, dict):
            found = cast("dict[str, object]", here).get("id")
            name = found if isinstance(found, str) else name
    return name
