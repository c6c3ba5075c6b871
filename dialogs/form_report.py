"""What is said of a declaration that was read in: cell by cell, then what the rules see in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dialogs.display import citation, finding_text
from dialogs.messages import Outgoing, Say, Table
from dialogs.parsing.text import excerpt
from rules.amounts import FEN_PER_WAN
from rules.assessment import APPLIES, UNDETERMINED, assess
from rules.case import Case
from rules.text import T, Text, joined, verbatim

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from dialogs.form_import import CellResult, FormImport
    from rules.facts import Value
    from rules.ruleset import RuleSet
    from rules.verdict import FoundFinding, Verdict

_MOST_LISTED = 12
_MOST_STRAYS = 10
_SOME_TOTAL = 100 * FEN_PER_WAN
_AS_IF: dict[str, Value] = {"classified": False, "unit_kind": "government"}
"""What the form does not say and the scope needs: assumed only to compare what stands in the form."""


class FormVerdict(NamedTuple):
    """What the rules say of a form.

    Attributes:
        known: the verdict on what the form says; mostly the scope is open.
        assumed: the verdict if the regulation applies to it; equal to ``known`` when that is certain.
        findings: what holds on what the form says, if the regulation applies.
    """

    known: Verdict
    assumed: Verdict
    findings: list[FoundFinding]

    @property
    def is_faulty(self) -> bool:
        """Something in it must be mended."""
        return any(found.finding.effect in ("refuse", "correct") for found in self.findings)


def form_verdict(rules: RuleSet, read: FormImport, *, as_of: date) -> FormVerdict:
    """Return what the rules say of a form; all it says counts, asked or not."""
    known = assess(rules, Case(as_of=as_of, facts=read.facts, documents=read.documents))
    if known.scope != UNDETERMINED:
        return FormVerdict(known, known, _found(known))
    facts = {name: value for name, value in _AS_IF.items() if name in rules.facts} | read.facts
    assumed = assess(rules, Case(as_of=as_of, facts=facts, documents=read.documents))
    if assumed.scope != UNDETERMINED:
        return FormVerdict(known, assumed, _found(assumed))
    # without a total even the scope is open, but dates can still be compared with each other
    facts |= {"total_investment": _SOME_TOTAL}
    compared = _found(assess(rules, Case(as_of=as_of, facts=facts, documents=read.documents)))
    in_form = [found for found in compared if found.facts and all(f.id in read.facts for f in found.facts)]
    return FormVerdict(known, assumed, in_form)


def _found(verdict: Verdict) -> list[FoundFinding]:
    return [found for found in verdict.findings if found.status == "found"]


def form_report(
    rules: RuleSet, read: FormImport, verdict: FormVerdict, strays: Sequence[str]
) -> list[Outgoing]:
    """Return what to say of a form.

    Args:
        rules: the rules.
        read: the form.
        verdict: what the rules say of it.
        strays: words of the file that belong to no cell.
    """
    rows = tuple((cell.label, verbatim(excerpt(cell.read)), _state(cell)) for cell in read.cells)
    said: list[Outgoing] = [Table(T("逐栏核对"), (T("栏目"), T("读到的内容"), T("结果")), rows)]
    said += [
        Say(
            T("{label}【{state}】{note}", label=cell.label, state=_state(cell), note=cell.note),
            "correct" if cell.is_problem else "echo",
        )
        for cell in read.cells
        if cell.note is not None and (cell.is_problem or cell.status == "accepted" or cell.read)
    ]
    said += [
        Say(T("没有对应栏目的文字：「{words}」", words=excerpt(words)), "notice")
        for words in strays[:_MOST_STRAYS]
    ]
    said += _outcome(rules, verdict)
    said += [Say(finding_text(rules, found), found.finding.effect) for found in verdict.findings]
    open_questions = _open(rules, read, verdict)
    if open_questions:
        labels = joined(open_questions[:_MOST_LISTED])
        if len(open_questions) > _MOST_LISTED:
            labels = T("{labels}等", labels=labels)
        count = len(open_questions)
        said.append(Say(T("还没答的 {count} 题：{labels}", count=count, labels=labels), "confirm"))
    if read.problems or verdict.is_faulty:
        said.append(
            Say(
                T(
                    "要改或要核对的有 {cells} 栏，数目和时间上的问题 {findings} 项。",
                    cells=read.problems,
                    findings=sum(found.finding.effect == "correct" for found in verdict.findings),
                ),
                "correct",
            )
        )
    else:
        said.append(Say(T("表上各栏没有发现问题。"), "done"))
    return said


def _outcome(rules: RuleSet, verdict: FormVerdict) -> list[Outgoing]:
    said: list[Outgoing] = []
    rule = verdict.known.scope_rule
    if rule is not None:
        message = T("{title}：{message}", title=Text(rule.title), message=Text(rule.message))
        said.append(Say(message))
    else:
        said.append(
            Say(T("光凭这张表还不能判断是否适用本办法；下面按「不涉密、属于适用的单位」来看。"), "confirm")
        )
    tier = verdict.assumed.tier
    if verdict.assumed.scope == APPLIES and tier is not None:
        source = citation(rules, tier.articles)
        said.append(Say(T("要编的文件：{tier}（依据：{source}）", tier=Text(tier.title), source=source)))
    return said


def _open(rules: RuleSet, read: FormImport, verdict: FormVerdict) -> list[Text]:
    """Return the questions that are still to be asked, in order."""
    names = {*verdict.known.open_questions, *verdict.assumed.open_questions}
    asked = {rules.facts[name].question.id for name in names} - {*read.skipped}
    return [Text(question.label) for question in rules.questions.values() if question.id in asked]


def _state(cell: CellResult) -> Text:
    if cell.status == "blank":
        return T("空着") if cell.is_problem else T("可以")
    if cell.status == "accepted":
        return T("要改写") if cell.is_problem else T("可以")
    return T("要核对") if cell.status == "confirm" else T("不对")
