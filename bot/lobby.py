"""Before a project is open: which one to go on with, or a new one. Its words work inside a project too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dialogs.commands import read_command
from dialogs.handlers import LANGUAGES_KNOWN, named_language
from dialogs.messages import Ask, Choice, Leave, Outgoing, Say, SetLanguage
from dialogs.parsing.choices import Option, match_one
from dialogs.parsing.result import Parsed
from dialogs.parsing.text import normalise
from dialogs.parsing.words import words
from rules.text import T, Text, verbatim

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rules.text import Translate
    from storage.projects import ProjectSummary

_NEW = words("新项目", "新建一个", "新建一个项目", "new", "new project")
_LIST = words("项目", "项目列表", "我的项目", "换项目", "projects", "list")
_OPEN = re.compile(r"(?:打开|open)\s+(.+)$|打开(\d+)$")
NEW_KEY = "new"


class NewProject(NamedTuple):
    """Begin a new project."""


class ListProjects(NamedTuple):
    """Show the projects."""


class QuickCheck(NamedTuple):
    """Begin a new project with 我要交什么."""


class OpenProject(NamedTuple):
    """Go on with a project."""

    project_id: int


class Unknown(NamedTuple):
    """Nothing that can be chosen here."""

    message: Text


class Passed(NamedTuple):
    """Something to say or do, and then the choice of projects again."""

    outgoing: tuple[Outgoing, ...]


Choosing = NewProject | QuickCheck | ListProjects | OpenProject | Unknown | Passed


def read(
    text: str, list_projects: Callable[[], Sequence[ProjectSummary]], translate: Translate, *, in_lobby: bool
) -> Choosing | None:
    """Read what was typed as a choice of project.

    Args:
        text: what was typed.
        list_projects: returns the user's open projects, the last used first; most answers need none of them.
        translate: the user's language.
        in_lobby: no project is open, so everything typed is about which one to open.

    Returns:
        the choice; None when a project is open and this is for its dialogue.
    """
    said = normalise(text[:200])
    if said.lower() in _NEW:
        return NewProject()
    if said.lower() in _LIST:
        return ListProjects()
    if named := _OPEN.match(said):
        chosen = _chosen(named[1] or named[2], list_projects(), translate)
        if in_lobby or isinstance(chosen, OpenProject):
            return chosen
    if not in_lobby:
        return None
    command = read_command(text)
    if command is not None and command.name == "quick":
        return QuickCheck()
    if command is not None and command.name == "pause":
        return Passed((Leave(),))
    if command is not None and command.name == "language":
        wanted = named_language(command.argument)
        return Passed((SetLanguage(wanted),) if wanted else (Say(LANGUAGES_KNOWN),))
    if command is not None and command.name == "help":
        return Passed((Say(T("打项目的编号或名称接着填；「新项目」从头开始；「暂停」离开。")),))
    return _chosen(said, list_projects(), translate)


def ask(projects: Sequence[ProjectSummary]) -> Ask:
    """Return the question which project to go on with."""
    choices = [Choice(str(project.id), name_text(project)) for project in projects]
    return Ask(
        text=T("接着填哪一个项目？打编号或名称。"),
        section=T("我的项目"),
        choices=(*choices, Choice(NEW_KEY, T("新建一个项目"))),
    )


def name_text(project: ProjectSummary) -> Text:
    """Return a project's name, or its number while it has none."""
    if project.name:
        return verbatim(project.name)
    return T("未命名项目 {number}", number=project.id)


def _chosen(said: str, projects: Sequence[ProjectSummary], translate: Translate) -> Choosing:
    options = [
        Option(key=f"project-{project.id}", label=name_text(project).render(translate))
        for project in projects
    ]
    options.append(Option(key=NEW_KEY, label=T("新建一个项目").render(translate)))
    found = match_one(said, options)
    if not isinstance(found, Parsed):
        # Not quoted back: before a project is open, nothing that is typed may be kept.
        return Unknown(T("没有这个项目，请打上面的编号，或说「新项目」。"))
    return NewProject() if found.value == NEW_KEY else OpenProject(int(found.value.removeprefix("project-")))
