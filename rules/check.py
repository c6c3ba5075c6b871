"""What compiling cannot see in a pack: broken references, cycles, tiers that leave gaps, dead conditions."""

from __future__ import annotations

import re
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from rules.amounts import FEN_PER_WAN
from rules.assessment import APPLIES, OUT_OF_SCOPE
from rules.forms import FIXED_CELLS
from rules.ruleset import BUILT_IN, EVENTS_NAME, PLACEHOLDER, SCOPE_NAME, Fault, RuleSet, Site
from rules.text import T

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rules.facts import Fact
    from rules.pack import Deadline, Pack, Question
    from rules.paper import FormCell

EXPECTED_FACTS = ("project_name", "unit_name", "applicant_unit", "total_investment")
EXPECTED_FORM = "declaration"
_WAN = re.compile(r"wan\((\d+)\)")
_WHOLE = re.compile(r"(?<![\w(])(\d+)(?![\w)])")
_MOST_COMBINATIONS = 50_000


def check_pack(rules: RuleSet) -> list[Fault]:
    """Return every fault of a pack that compiled; empty when it is sound."""
    return [
        *_expected(rules),
        *_duplicates(rules.pack),
        *_articles(rules),
        *_references(rules),
        *_order(rules),
        *_decisions(rules),
        *_forms(rules),
        *_synonyms(rules),
        *_events(rules),
        *_tiers(rules),
        *_dead_conditions(rules),
    ]


def _expected(rules: RuleSet) -> Iterator[Fault]:
    """The program itself relies on a few ids; everything else is the pack's own business."""
    outcomes = {rule.id for rule in rules.pack.head.scope}
    for name in (OUT_OF_SCOPE, APPLIES):
        if name not in outcomes:
            yield Fault("pack.yaml", "scope", T("缺少「{name}」这个结果", name=name))
    for name in EXPECTED_FACTS:
        if name not in rules.facts:
            yield Fault("questions.yaml", "—", T("缺少「{name}」这个事实，程序要用到它", name=name))
    if EXPECTED_FORM not in rules.forms:
        yield Fault("forms.yaml", "—", T("缺少「{name}」这张表格", name=EXPECTED_FORM))


def _duplicates(pack: Pack) -> Iterator[Fault]:
    kinds: list[tuple[str, list[str]]] = [
        ("pack.yaml", [entry.id for entry in pack.head.definitions]),
        ("pack.yaml", [entry.id for entry in pack.head.scope]),
        ("pack.yaml", [entry.id for entry in pack.head.tiers]),
        ("pack.yaml", [kind.id for kind in pack.head.events]),
        ("articles.yaml", [article.id for article in pack.articles]),
        ("questions.yaml", [section.id for section in pack.sections]),
        ("questions.yaml", [part.id for question in pack.questions for part in question.parts]),
        ("documents.yaml", [document.id for document in pack.documents]),
        ("findings.yaml", [finding.id for finding in pack.findings]),
        ("route.yaml", [step.id for step in pack.route]),
        ("deadlines.yaml", [deadline.id for deadline in pack.deadlines]),
        ("forms.yaml", [form.id for form in pack.forms]),
        ("synonyms.yaml", [outside.id for outside in pack.synonyms.outside]),
        ("events.yaml", [rule.id for rule in pack.event_rules]),
        ("events.yaml", [item.id for rule in pack.event_rules for item in rule.again]),
        *(("forms.yaml", [f"{form.id}.{cell.id}" for cell in form.cells]) for form in pack.forms),
    ]
    for file, ids in kinds:
        for name in dict.fromkeys(ids):
            if ids.count(name) > 1:
                yield Fault(file, name, T("这个 id 用了不止一次"))


def _articles(rules: RuleSet) -> Iterator[Fault]:
    pack = rules.pack
    cited: list[tuple[str, str, list[str]]] = []
    cited += [("pack.yaml", entry.id, entry.articles) for entry in [*pack.head.scope, *pack.head.tiers]]
    cited += [("questions.yaml", question.id, question.articles) for question in pack.questions]
    cited += [("documents.yaml", document.id, document.articles) for document in pack.documents]
    cited += [("findings.yaml", finding.id, finding.articles) for finding in pack.findings]
    cited += [("route.yaml", step.id, step.articles) for step in pack.route]
    cited += [("deadlines.yaml", deadline.id, deadline.articles) for deadline in pack.deadlines]
    cited += [("forms.yaml", form.id, form.articles) for form in pack.forms]
    for file, name, articles in cited:
        if not articles:
            yield Fault(file, name, T("没有写依据的条文（articles）"))
        for article in articles:
            if article not in rules.articles:
                yield Fault(file, name, T("articles.yaml 里没有条文「{article}」", article=article))


def _references(rules: RuleSet) -> Iterator[Fault]:
    pack = rules.pack
    stages = {stage.id for stage in pack.stages}
    for document in pack.documents:
        if document.stage not in stages:
            yield Fault("documents.yaml", document.id, T("没有「{name}」这个阶段", name=document.stage))
    for question in pack.questions:
        for name in filter(None, (question.suggest, question.or_months)):
            if name not in rules.facts:
                yield Fault("questions.yaml", question.id, T("没有「{name}」这个事实", name=name))
        if question.type in ("choice", "set") and not question.options:
            yield Fault("questions.yaml", question.id, T("选择题没有选项（options）"))
    for step in pack.route:
        if not step.authorities:
            yield Fault("route.yaml", step.id, T("没有写由谁办理（authorities）"))
        if step.stage and step.stage not in stages:
            yield Fault("route.yaml", step.id, T("没有「{name}」这个阶段", name=step.stage))
    for deadline in pack.deadlines:
        yield from _deadline_references(rules, deadline)


def _deadline_references(rules: RuleSet, deadline: Deadline) -> Iterator[Fault]:
    kinds = {kind.id for kind in rules.pack.head.events}
    wanted = {"event": [deadline.event], "year": [deadline.from_, deadline.to], "fact": [deadline.fact]}
    known = kinds if deadline.each == "event" else rules.facts.keys()
    names = [*wanted[deadline.each]]
    for name in names:
        if name not in known:
            yield Fault("deadlines.yaml", deadline.id, T("没有「{name}」这种事件或日期", name=name))
    if deadline.after.months_from and deadline.after.months_from not in rules.facts:
        yield Fault(
            "deadlines.yaml", deadline.id, T("没有「{name}」这个事实", name=deadline.after.months_from)
        )
    if deadline.done_by and deadline.done_by not in kinds:
        yield Fault("deadlines.yaml", deadline.id, T("没有「{name}」这种事件", name=deadline.done_by))
    if deadline.each == "year" and deadline.next_year_on is None:
        yield Fault("deadlines.yaml", deadline.id, T("按年的期限要写 next_year_on"))


def _order(rules: RuleSet) -> Iterator[Fault]:
    """A condition may only look back: otherwise what it needs is never known, or depends on itself."""
    for rule in rules.pack.head.scope:
        for name in rules.conditions.names_in(rule.when):
            if name not in rules.facts and name != EVENTS_NAME:
                reason = T("用到了「{name}」，它要等适用范围定了才知道：这是一个循环", name=name)
                yield Fault("pack.yaml", rule.id, reason)
    if rules.pack.head.scope and rules.pack.head.scope[-1].when != "true":
        yield Fault(
            "pack.yaml",
            rules.pack.head.scope[-1].id,
            T('适用范围的最后一条要写 when: "true"，否则会有情况落空'),
        )
    earlier: set[str] = set(BUILT_IN)
    for definition in rules.pack.head.definitions:
        for name in rules.conditions.names_in(definition.when):
            if name not in earlier and name not in rules.facts:
                reason = T("用到了「{name}」，它自己或写在后面的名称：这是一个循环", name=name)
                yield Fault("pack.yaml", definition.id, reason)
        earlier.add(definition.id)
    asked: set[str] = set()
    for question in rules.questions.values():
        texts = [question.ask_when, *(option.when for option in question.options)]
        for name in dict.fromkeys(name for text in texts for name in rules.facts_behind(text)):
            source = rules.questions.get(name)
            if name not in asked and not (source and source.on_request):
                reason = T("提问条件用到了「{name}」，它在这一题或更后面才问：这是一个循环", name=name)
                yield Fault("questions.yaml", question.id, reason)
        yield from _default_order(rules, question)
        asked |= {part.id for part in question.parts}


def _default_order(rules: RuleSet, question: Question) -> Iterator[Fault]:
    for name in rules.facts_behind(question.default) if question.default else ():
        source = rules.questions.get(name)
        if name == question.id or (source and source.default):
            reason = T("缺省值用到了「{name}」，它自己也靠缺省值：这是一个循环", name=name)
            yield Fault("questions.yaml", question.id, reason)


def _decisions(rules: RuleSet) -> Iterator[Fault]:
    for question in rules.questions.values():
        steps = {step.id: step for step in question.decide}
        keys = {option.key for option in question.options}
        placed = list(steps)
        for step in question.decide:
            for branch in (step.yes, step.no):
                if branch.choose and branch.choose not in keys:
                    yield Fault(
                        "questions.yaml",
                        f"{question.id}.{step.id}",
                        T("没有「{name}」这个选项", name=branch.choose),
                    )
                if branch.go and branch.go not in steps:
                    yield Fault(
                        "questions.yaml",
                        f"{question.id}.{step.id}",
                        T("没有「{name}」这个步骤", name=branch.go),
                    )
                elif branch.go and placed.index(branch.go) <= placed.index(step.id):
                    reason = T("「{name}」写在前面：「帮我选」不能往回走，会成循环", name=branch.go)
                    yield Fault("questions.yaml", f"{question.id}.{step.id}", reason)
                if bool(branch.go) == bool(branch.choose):
                    yield Fault(
                        "questions.yaml", f"{question.id}.{step.id}", T("每个分支写 go 或 choose，只写一个")
                    )


def _forms(rules: RuleSet) -> Iterator[Fault]:
    for form in rules.pack.forms:
        if form.document and form.document not in rules.documents:
            yield Fault("forms.yaml", form.id, T("没有「{name}」这份材料", name=form.document))
        ids = frozenset(cell.id for cell in form.cells)
        if form.layout in FIXED_CELLS and ids != FIXED_CELLS[form.layout]:
            differing = "、".join(sorted(ids ^ FIXED_CELLS[form.layout]))
            reason = T("这种版式的格子是固定的，多了或少了：{names}", names=differing)
            yield Fault("forms.yaml", form.id, reason)
        for cell in form.cells:
            yield from _cell_faults(rules, f"{form.id}.{cell.id}", cell)


def _cell_faults(rules: RuleSet, name: str, cell: FormCell) -> Iterator[Fault]:
    if not (cell.lines or cell.source or cell.document or cell.by_hand):
        yield Fault("forms.yaml", name, T("这个格子没有内容来源（lines、source、document 或 by_hand）"))
    if cell.document and cell.document not in rules.documents:
        yield Fault("forms.yaml", name, T("没有「{name}」这份材料", name=cell.document))
    for line in cell.lines:
        for fact in filter(None, (*PLACEHOLDER.findall(line.text), line.unless)):
            if fact not in rules.facts and (fact not in rules.event_kinds or fact == line.unless):
                yield Fault("forms.yaml", name, T("没有「{name}」这个事实", name=fact))


def _synonyms(rules: RuleSet) -> Iterator[Fault]:
    synonyms = rules.pack.synonyms
    named = [*synonyms.asked, *(outside.nearest for outside in synonyms.outside), synonyms.otherwise]
    for article in dict.fromkeys(filter(None, named)):
        if article not in rules.articles:
            yield Fault("synonyms.yaml", article, T("articles.yaml 里没有条文「{article}」", article=article))
    if synonyms.amounts != sorted(set(synonyms.amounts)):
        yield Fault("synonyms.yaml", "amounts", T("金额要从小到大写，每个只写一次"))
    meanings: dict[str, str] = {}
    for line in synonyms.words.splitlines():
        forms = line.split()
        for form in dict.fromkeys(forms):
            if meanings.setdefault(form, forms[0]) != forms[0]:
                reason = T(
                    "「{word}」已经写在「{meaning}」一行，一个词只能有一个意思",
                    word=form,
                    meaning=meanings[form],
                )
                yield Fault("synonyms.yaml", "words", reason)


def _events(rules: RuleSet) -> Iterator[Fault]:
    steps = {step.id for step in rules.pack.route}
    meant: dict[str, str] = {}
    for rule in rules.pack.event_rules:
        kinds = [rule.id, *(item.reports for item in rule.again if item.reports)]
        for name in (kind for kind in kinds if kind not in rules.event_kinds):
            yield Fault("events.yaml", rule.id, T("没有「{name}」这种事件", name=name))
        for name in (step for step in rule.completes if step not in steps):
            yield Fault("events.yaml", rule.id, T("没有「{name}」这个环节", name=name))
        for word in rule.said:
            if meant.setdefault(word, rule.id) != rule.id:
                reason = T(
                    "「{word}」也写在「{other}」的 said 里；拿不准的词写进 hints",
                    word=word,
                    other=meant[word],
                )
                yield Fault("events.yaml", rule.id, reason)
        for item in rule.again:
            if item.question and item.question not in rules.questions:
                yield Fault("events.yaml", item.id, T("没有「{name}」这个问题", name=item.question))
            if bool(item.question) == bool(item.text and item.reports):
                yield Fault("events.yaml", item.id, T("写 question，或者写 text 和 reports，只写一种"))


def _tiers(rules: RuleSet) -> Iterator[Fault]:
    """Every amount around every threshold belongs to exactly one tier."""
    tiers = rules.pack.head.tiers
    facts = {fact.id: fact for tier in tiers for fact in rules.facts_in(tier.when)}
    for values in _combinations([(name, _candidates(rules, fact)) for name, fact in facts.items()]):
        if len(values) < len(facts):
            continue
        evaluation = rules.conditions.bind(values)
        holding = [tier.id for tier in tiers if evaluation.test(tier.when)]
        if len(holding) != 1:
            shown = ", ".join(f"{name} = {_shown(value)}" for name, value in values.items())
            reason = (
                T("{values} 时同时落在几档：{tiers}", values=shown, tiers=", ".join(holding))
                if holding
                else T("{values} 时哪一档都不是", values=shown)
            )
            yield Fault("pack.yaml", "tiers", reason)


def _dead_conditions(rules: RuleSet) -> Iterator[Fault]:
    """A condition that no answer makes true would never do anything."""
    for site in rules.sites:
        if site.type.name() == "BOOL" and not _is_satisfiable(rules, site):
            yield Fault(site.file, site.entry, T("条件「{condition}」永远不会成立", condition=site.text))


def _is_satisfiable(rules: RuleSet, site: Site) -> bool:
    names = rules.conditions.names_in(site.text)
    if "events" in names or "catalogue" in names:
        return True  # what may stand in a list has no small set of examples
    definitions = {entry.id: entry.when for entry in rules.pack.head.definitions}
    # A definition over facts alone follows from them; one over the scope is taken as free.
    derived = {
        name: definitions[name]
        for name in names
        if name in definitions
        and all(inner in rules.facts for inner in rules.conditions.names_in(definitions[name]))
    }
    wanted = [
        inner
        for name in names
        for inner in (rules.conditions.names_in(derived[name]) if name in derived else (name,))
    ]
    free = [(name, _values(rules, name)) for name in dict.fromkeys(wanted)]
    return any(_holds(rules, site.text, values, derived) for values in _combinations(free))


def _holds(rules: RuleSet, text: str, values: dict[str, Any], derived: dict[str, str]) -> bool:
    bound = rules.conditions.bind(values)
    known = {name: bound.test(when) for name, when in derived.items()}
    return rules.conditions.bind(values | known).test(text) is True


def _values(rules: RuleSet, name: str) -> Sequence[Any]:
    if name in rules.facts:
        return _candidates(rules, rules.facts[name])
    if name == SCOPE_NAME:
        return [rule.id for rule in rules.pack.head.scope]
    return (True, False)


def _combinations(free: list[tuple[str, Sequence[Any]]]) -> Iterable[dict[str, Any]]:
    names = [name for name, _ in free]
    every = product(*(values for _, values in free))
    return (dict(zip(names, values, strict=True)) for values in islice(every, _MOST_COMBINATIONS))


def _candidates(rules: RuleSet, fact: Fact) -> Sequence[Any]:
    """Return values of a fact on and around every number that the pack compares anything with."""
    match fact.type:
        case "yes_no":
            return (True, False)
        case "choice":
            return [option.key for option in fact.question.options]
        case "set":
            return [[], [fact.question.options[0].key], [option.key for option in fact.question.options]]
        case "amount":
            marks = sorted({int(n) for site in rules.sites for n in _WAN.findall(site.text)} | {0})
            return [mark * FEN_PER_WAN + step for mark in marks for step in (-1, 0, 1) if mark or step >= 0]
        case "months":
            marks = sorted({int(n) for site in rules.sites for n in _WHOLE.findall(site.text)} | {0})
            return [mark + step for mark in marks for step in (-1, 0, 1) if mark + step >= 0]
        case "date":
            return ("2026-01-01", "2026-12-31")
        case _:
            return ("", "…")


def _shown(value: object) -> str:
    if isinstance(value, int) and value % FEN_PER_WAN in (0, 1, FEN_PER_WAN - 1):
        near = round(value / FEN_PER_WAN)
        return f"wan({near}){value - near * FEN_PER_WAN:+d}" if value % FEN_PER_WAN else f"wan({near})"
    return str(value)
