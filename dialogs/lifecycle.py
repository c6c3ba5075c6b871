"""The life of a project after submission as a second state machine: a fold over the events that were registered.

One state for each step of the route that some event completes. An event of a later step counts although nobody
registered the steps before it; a step that this project's route does not have is never entered. Built once for each
pack edition and never bound to a model, like the machine of the conversation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from transitions import Machine

from dialogs.machine import fire, validate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from dialogs.machine import Fired
    from dialogs.view import View
    from rules.case import Event
    from rules.ruleset import RuleSet
    from rules.verdict import RouteLeg

PREPARING = "preparing"
SUBMITTED = "submitted"
IN_OPERATION = "in_operation"


class Life:
    """Where one project stands, with what the guards need to know of it."""

    __slots__ = ("has_begun", "route", "state")

    def __init__(self, route: Sequence[str]) -> None:
        """Stand before submission; ``route`` names the steps that this project goes through."""
        self.state = PREPARING
        self.route = route
        self.has_begun = False


class Standing(NamedTuple):
    """Where a project stands.

    Attributes:
        state: a state of the machine: the step that was done last, or one of those before and after all steps.
        done: the event by which each step was done; of several, the first.
        begun: the day on which it was put into operation.
        passed: steps that a later one shows to be over although nobody registered them.
        ahead: steps still to go through, in order.
    """

    state: str
    done: dict[str, Event]
    begun: date | None
    passed: tuple[RouteLeg, ...]
    ahead: tuple[RouteLeg, ...]


def build_life(rules: RuleSet) -> Machine:
    """Return the machine of a pack edition.

    Triggers: submit, recall, operate, and every kind of event that completes a step.

    Raises:
        ValueError: a transition names a state that does not exist.
    """
    steps = steps_with_events(rules)
    every = [PREPARING, SUBMITTED, *steps, IN_OPERATION]
    transitions: list[dict[str, Any]] = [
        {"trigger": "submit", "source": PREPARING, "dest": SUBMITTED},
        {"trigger": "recall", "source": SUBMITTED, "dest": PREPARING},
    ]
    for step in steps:
        before = every[: every.index(step)]
        transitions += [
            {"trigger": rule.id, "source": before, "dest": step, "conditions": [_is_on_route]}
            for rule in rules.event_rules.values()
            if step in rule.completes
        ]
    if steps:
        transitions.append(
            {"trigger": "operate", "source": steps, "dest": IN_OPERATION, "conditions": [_is_in_operation]}
        )
    validate(transitions, set(every))
    return Machine(
        model=None,
        states=every,
        transitions=transitions,
        initial=PREPARING,
        auto_transitions=False,
        send_event=True,
    )


def steps_with_events(rules: RuleSet) -> list[str]:
    """Return the steps of the pack that some event completes, in the order of the route."""
    completed = {step for rule in rules.event_rules.values() for step in rule.completes}
    return [step.id for step in rules.pack.route if step.id in completed]


def standing(machine: Machine, view: View) -> Standing:
    """Return where a project stands: its events are taken in the order of their days, whatever that is."""
    rules, legs = view.rules, view.verdict.route
    known = steps_with_events(rules)
    life = Life([leg.step.id for leg in legs if leg.step.id in known])
    done: dict[str, Event] = {}
    begun: date | None = None
    if view.draft.submitted:
        fire(machine, "submit", life)
    for event in sorted(view.draft.events, key=lambda event: event.date):
        rule = rules.event_rules.get(event.kind)
        if rule is None:
            continue
        for step in rule.completes:
            done.setdefault(step, event)
        if rule.begins_operation and begun is None:
            begun, life.has_begun = event.date, True
        if rule.completes:
            fire(machine, event.kind, life)
    if known:
        fire(machine, "operate", life)
    last = life.route[-1] if life.state == IN_OPERATION else life.state
    reached = next((index for index, leg in enumerate(legs, start=1) if leg.step.id == last), 0)
    return Standing(
        state=life.state,
        done=done,
        begun=begun,
        passed=tuple(leg for leg in legs[:reached] if leg.step.id not in done),
        ahead=tuple(leg for leg in legs[reached:] if leg.step.id not in done),
    )


def _is_on_route(event: Fired) -> bool:
    life: Life = event.model
    return event.transition.dest in life.route


def _is_in_operation(event: Fired) -> bool:
    life: Life = event.model
    return life.has_begun and life.state == life.route[-1]
