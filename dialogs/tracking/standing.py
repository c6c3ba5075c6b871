"""Where a project stands after submission: its steps, the next one, what is odd about what was reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from dialogs.display import date_text
from dialogs.tracking.machine import FINISHED, OPERATING, PREPARING, build_life, stands_at
from dialogs.tracking.vocabulary import Vocabulary
from rules.text import T, Text

if TYPE_CHECKING:
    from dialogs.view import View
    from rules.case import Event
    from rules.pack import Again
    from rules.ruleset import RuleSet
    from rules.verdict import DocumentNeed, RouteLeg

StepStatus = Literal["done", "unreported", "passed", "next", "later"]


class Tracker:
    """What following projects of one pack edition needs, built once: the machine, and the words of its events."""

    def __init__(self, rules: RuleSet) -> None:
        """Build both from ``rules``."""
        self.life = build_life(rules)
        self.vocabulary = Vocabulary(rules)


class StepStanding(NamedTuple):
    """A step of the route of a project.

    Attributes:
        leg: the step and who decides it.
        event: the first event that completed it, if one was reported.
        kinds: the kinds of events that complete it; of some steps nobody reports anything.
        status: done; or passed, because a later step is done: unreported when it could have been reported.
    """

    leg: RouteLeg
    event: Event | None
    kinds: tuple[str, ...]
    status: StepStatus


class Standing(NamedTuple):
    """Where a project stands.

    Attributes:
        state: a state of the machine of its life.
        steps: its route, in order; empty while the answers do not settle it.
    """

    state: str
    steps: tuple[StepStanding, ...]

    @property
    def next(self) -> StepStanding | None:
        """The step that is under way."""
        return next((step for step in self.steps if step.status == "next"), None)

    @property
    def unreported(self) -> tuple[StepStanding, ...]:
        """The steps before it that should have been reported and were not."""
        return tuple(step for step in self.steps if step.status == "unreported")

    @property
    def is_over(self) -> bool:
        """Every step is done, or passed."""
        return self.state in (FINISHED, OPERATING)


def standing(tracker: Tracker, view: View) -> Standing:
    """Return where a project stands."""
    route = {leg.step.id: leg for leg in view.verdict.route}
    if not route:
        return Standing(PREPARING, ())
    events = known_events(view)
    state = stands_at(tracker.life, view.rules, route, events, is_submitted=view.draft.is_submitted)
    names = list(route)
    here = names.index(state) if state in route else (0 if state == PREPARING else len(names))
    steps: list[StepStanding] = []
    for place, (name, leg) in enumerate(route.items()):
        kinds = tuple(kind for kind, rule in view.rules.event_rules.items() if name in rule.completes)
        event = next((event for event in events if event.kind in kinds), None)
        steps.append(StepStanding(leg, event, kinds, _status(event, kinds, place - here)))
    return Standing(state, tuple(steps))


def known_events(view: View) -> list[Event]:
    """Return what was reported of a project, soonest first, without kinds that the pack does not know."""
    known = (event for event in view.draft.events if event.kind in view.rules.event_kinds)
    return sorted(known, key=lambda event: event.date)


def possible_kinds(view: View) -> list[str]:
    """Return the kinds of events that can happen to a project, in the order of the pack."""
    steps = {leg.step.id for leg in view.verdict.route}
    return [
        kind
        for kind, rule in view.rules.event_rules.items()
        if (not rule.completes or not steps or not steps.isdisjoint(rule.completes))
        and view.seen.evaluation.test(rule.when) is not False
    ]


def likely_kinds(where: Standing, view: View) -> list[str]:
    """Return the kinds of events that are likely to be reported next, likeliest first."""
    wanted = [kind for step in (where.next, *where.unreported) if step is not None for kind in step.kinds]
    possible = possible_kinds(view)
    happened = {event.kind for event in known_events(view)}
    if where.next is not None and not where.next.kinds:  # a step of which nobody reports anything
        ahead = [step for step in where.steps if step.status == "later" and step.kinds]
        wanted = [*(ahead[0].kinds if ahead else ()), *wanted]
    for kind in possible:
        rule = view.rules.event_rules[kind]
        if where.is_over and (
            (rule.begins_operation and kind not in happened) or _follows_filing(view, kind)
        ):
            wanted.append(kind)
    return [kind for kind in dict.fromkeys(wanted) if kind in possible]


def wanted_documents(view: View, step: StepStanding) -> list[DocumentNeed]:
    """Return the documents that a step wants, with their state."""
    return [need for need in view.verdict.wanted if need.document.stage == step.leg.step.stage]


def oddities(where: Standing) -> list[Text]:
    """Return what looks wrong with the days that were reported; nothing is refused for it."""
    said: list[Text] = []
    before: StepStanding | None = None
    for step in where.steps:
        if step.event is None:
            continue
        if before is not None and before.event is not None and step.event.date < before.event.date:
            said.append(
                T(
                    "「{later}」（{day}）早于前面的「{earlier}」（{other}），请核对日期；记错了说「修改」加事件名和日期。",
                    later=Text(step.leg.step.title),
                    day=date_text(step.event.date),
                    earlier=Text(before.leg.step.title),
                    other=date_text(before.event.date),
                )
            )
        before = step
    return said


def open_again(view: View) -> list[Again]:
    """Return what is to be asked for again after the events reported, and is still open."""
    happened = {event.kind for event in known_events(view)}
    return [
        item
        for kind, rule in view.rules.event_rules.items()
        if kind in happened
        for item in rule.again
        if view.seen.evaluation.test(item.until) is not True
    ]


def _follows_filing(view: View, kind: str) -> bool:
    """Say whether a kind completes nothing, but starts a deadline of the project once it is filed."""
    rule = view.rules.event_rules[kind]
    return (
        not rule.completes
        and not rule.begins_operation
        and any(deadline.event == kind and deadline.on != "due" for deadline in view.rules.pack.deadlines)
    )


def _status(event: Event | None, kinds: tuple[str, ...], ahead: int) -> StepStatus:
    if event is not None and ahead < 0:
        return "done"
    if ahead < 0:
        return "unreported" if kinds else "passed"
    return "next" if ahead == 0 else "later"
