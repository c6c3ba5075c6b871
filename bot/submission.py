"""Handing a declaration in and taking it back, on any channel; 提交 and 收回提交 in chat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.linking import owner_text, unit_of
from bot.lobby import name_text
from bot.project_state import project_state
from bot.reminders import schedule
from bot.uploads import may_collect
from dialogs.display import effect_label
from dialogs.draft import dump_draft
from dialogs.messages import Button, Prompt, Say
from dialogs.parsing.text import normalise
from dialogs.parsing.words import words
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.opened import Opened
    from bot.project_state import ProjectState
    from bot.turn import Turn
    from dialogs.dialogue import StepResult
    from dialogs.messages import Outgoing
    from dialogs.view import View
    from rules.text import Translate
    from storage.projects import Project
    from storage.unit_of_work import UnitOfWork

_SUBMIT = re.compile(
    r"(?:提交申报|提交项目|提交|submit)(?: ?(?P<number>\d{1,15}))?(?: ?(?P<sure>确认|confirm))?",
    re.IGNORECASE,
)
_RECALL = words("收回提交", "撤回提交", "收回", "recall")
_LONGEST = 40
_NAMED_AT_MOST = 5


class Submission(NamedTuple):
    """A project that is handed in or taken back, and by whom.

    Attributes:
        opened: the project.
        actor: who does it.
        unit_id: the unit it concerns in the log.
        at: now.
        translate: the language of the conversation.
    """

    opened: Opened
    actor: str
    unit_id: int | None
    at: datetime
    translate: Translate = str


def may_submit(state: ProjectState, view: View) -> bool:
    """Say whether a project is known to apply, or at least not to be secret, and was not submitted yet."""
    return state.state in ("filling", "complete") and may_collect(view)


def submit(work: UnitOfWork, what: Submission) -> StepResult:
    """Hand a project in, with the papers that are made from its answers; return the step it took."""
    _, dialogue, view = what.opened
    result = dialogue.submit(view, as_of=view.as_of, translate=what.translate)
    _save(work, what, result)
    work.projects.submit(what.opened.project.id, at=what.at)
    _note(work, what, "submitted")
    return result


def recall(work: UnitOfWork, what: Submission) -> StepResult:
    """Take a project back, so that it can be changed again; return the step it took."""
    _, dialogue, view = what.opened
    result = dialogue.recall(view, as_of=view.as_of, translate=what.translate)
    _save(work, what, result)
    work.projects.withdraw(what.opened.project.id)
    _note(work, what, "recalled")
    return result


def authority_text(view: View) -> Text:
    """Return who looks at what is submitted."""
    return T("县区数据局和市数据局") if view.facts.get("unit_level") == "county" else T("市数据局")


def carry_out(turn: Turn, text: str) -> tuple[Outgoing, ...] | None:
    """Return the reply to words about submitting the open project; None for any other words."""
    typed = normalise(text[: 2 * _LONGEST]).rstrip("。.!").removeprefix("/")
    wanted = _SUBMIT.fullmatch(typed)
    is_recall = typed.lower() in _RECALL
    if wanted is None and not is_recall:
        return None
    if turn.project_id is None:
        return (Say(T("先打开一个项目，再说「提交」。"), "error"), *turn.put_again())
    opened = turn.open()
    project = opened.project
    what = Submission(opened, turn.actor, unit_of(project.owner), turn.now, turn.translate())
    problem = _problem(turn, project)
    if problem is not None:
        return (Say(problem, "error"), *turn.put_again())
    said = _recalled(turn, what) if wanted is None else _submitted(turn, what, wanted)
    return (*said, *turn.put_again())


def _problem(turn: Turn, project: Project) -> Text | None:
    """Say why this person may not submit or recall a project now."""
    if project.owner != turn.owner:
        return T("这个项目是「{owner}」的，由他们提交和收回。", owner=owner_text(turn.work, project.owner))
    editor = turn.work.editors.get(project.id, turn.now)
    if editor is None or turn.person.endswith(f":{editor.holder}"):
        return None
    return T("{name} 正在填这个项目，请等几分钟再试。", name=verbatim(editor.name))


def _submitted(turn: Turn, what: Submission, wanted: re.Match[str]) -> Sequence[Outgoing]:
    project, _, view = what.opened
    state = project_state(project, view)
    if project.submitted_at is not None:
        return [Say(T("这个项目已经提交了；要改，请说「收回提交」。"))]
    if not may_submit(state, view):
        return [Say(_unfit(state), "error")]
    if wanted["number"] and int(wanted["number"]) != project.id:
        return [Say(T("现在打开的是另一个项目，没有提交；要提交它，请说「提交」。"), "error")]
    if not wanted["sure"]:
        return [*_lacking(state), _asked(project, view)]
    return submit(turn.work, what).outgoing[:-1]


def _recalled(turn: Turn, what: Submission) -> Sequence[Outgoing]:
    if what.opened.project.submitted_at is None:
        return [Say(T("这个项目还没有提交，不用收回。"))]
    return recall(turn.work, what).outgoing[:-1]


def _asked(project: Project, view: View) -> Prompt:
    """Say what submitting means here, before it is done."""
    authority = authority_text(view)
    if unit_of(project.owner) is None:
        meaning = T(
            "这里只做记号，不会把任何东西发给别人：材料包请自己交给{authority}。", authority=authority
        )
    else:
        meaning = T(
            "提交后，{authority}可以看到这个项目的答案、表格和文件；盖章的材料仍按流程交。",
            authority=authority,
        )
    told = T(
        "要提交「{name}」吗？{meaning}提交后答案和材料不能再改，随时可以收回。确定就按按钮，或说「提交 确认」。",
        name=name_text(project),
        meaning=meaning,
    )
    return Prompt(told, (Button(f"提交 {project.id} 确认", T("提交")),), "confirm")


def _lacking(state: ProjectState) -> list[Outgoing]:
    """Say what is still missing, the gravest first."""
    lines = [
        T("{effect}：{titles}", effect=effect_label(effect), titles=_some([f.finding.title for f in found]))
        for effect, found in state.problems.items()
        if effect != "notice"
    ]
    if state.documents:
        titles = _some([need.document.title for need in state.documents])
        lines.append(T("缺的材料：{titles}", titles=titles))
    if state.undecided:
        titles = _some([found.finding.title for found in state.undecided])
        lines.append(T("还判断不了：{titles}", titles=titles))
    if state.questions:
        lines.append(T("没答的题：{titles}", titles=_some([question.label for question in state.questions])))
    if not state.is_missing_something:
        lines.insert(0, T("要答的、要交的都齐了。"))
        return [Say(joined(lines, verbatim("\n")), "done")]
    head = T("还没有齐，也可以照样提交，由审核的人指出来再补：")
    return [Say(joined([head, *lines], verbatim("\n")), "notice")]


def _some(titles: Sequence[str]) -> Text:
    named = joined([Text(title) for title in titles[:_NAMED_AT_MOST]])
    if len(titles) <= _NAMED_AT_MOST:
        return named
    return T("{named}等 {count} 项", named=named, count=len(titles))


def _unfit(state: ProjectState) -> Text:
    match state.state:
        case "not_needed":
            return T("按现在的答案不用按本办法申报，不用提交。")
        case "archived":
            return T("这个项目已经归档；要提交，请先在网页上取消归档。")
        case _:
            return T("涉密项目，或还没有确认不涉密，不能在这里提交；请先问本单位保密办。")


def _save(work: UnitOfWork, what: Submission, result: StepResult) -> None:
    project, draft = what.opened.project, result.draft
    work.projects.save(
        project.id,
        expected_version=project.version,
        state=dump_draft(draft),
        name=project.name,
        at=what.at,
    )
    schedule.sync(work, project.id, result.view, what.at)


def _note(work: UnitOfWork, what: Submission, action: str) -> None:
    work.audit.append(
        at=what.at, actor=what.actor, action=action, project_id=what.opened.project.id, unit_id=what.unit_id
    )
