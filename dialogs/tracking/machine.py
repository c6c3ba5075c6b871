"""The project's life as a state machine: one state for each step of the route, moved by what has happened.

Built once for each pack edition, like the machine of the conversation. A state names the step that is under way.
An event moves the project behind the step that it completes, from wherever it stood before: people do not report
everything, and what was reported never moves it back. So where a project stands depends on what happened, not on
the order in which that was told.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from transitions import Machine

from dialogs.machine import fire

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from rules.case import Event
    from rules.ruleset import RuleSet

PREPARING = "preparing"
FINISHED = "finished"
OPERATING = "operating"


class Place:
    """Where one project stands, with the steps of its own route, which the guards need to know."""

    __slots__ = ("route", "state")

    def __init__(self, state: str, route: Collection[str]) -> None:
        """Stand at ``state``; ``route`` holds the ids of the steps that this project goes through."""
        self.state = state
        self.route = route


def build_life(rules: RuleSet) -> Machine:
    """Return the machine of a pack edition.

    Triggers: submit, advance, and each kind of event that completes a step or begins operation.
    """
    chain = [PREPARING, *(step.id for step in rules.pack.route), FINISHED]
    transitions: list[dict[str, Any]] = []

    def add(trigger: str, source: str | list[str], dest: str, *conditions: Callable[[Any], bool]) -> None:
        transitions.append(
            {"trigger": trigger, "source": source, "dest": dest, "conditions": list(conditions)}
        )

    add("submit", PREPARING, chain[1])
    for state, following in pairwise(chain[1:]):
        add("advance", state, following, _is_elsewhere)
    for kind, rule in rules.event_rules.items():
        places = sorted((chain.index(step) for step in rule.completes if step in chain), reverse=True)
        for place in places:  # the furthest that this project goes through
            add(kind, chain[: place + 1], chain[place + 1], _goes_through(chain[place]))
        if rule.begins_operation:
            add(kind, FINISHED, OPERATING)
    return Machine(
        model=None,
        states=[*chain, OPERATING],
        transitions=transitions,
        initial=PREPARING,
        auto_transitions=False,
        send_event=True,
    )


def stands_at(
    machine: Machine, rules: RuleSet, route: Collection[str], events: Iterable[Event], *, is_submitted: bool
) -> str:
    """Return the state of a project.

    Args:
        machine: what ``build_life`` returned.
        rules: the rules that it was built from.
        route: the ids of the steps that this project goes through.
        events: what has happened, in any order.
        is_submitted: the user has said that the declaration was handed in.
    """
    place = Place(PREPARING, route)
    if is_submitted:
        fire(machine, "submit", place)
    happened = sorted(events, key=lambda event: event.date)
    # Operation begins only once every step is done, however early the system went live (25).
    live = [event for event in happened if rules.event_rules[event.kind].begins_operation]
    for event in (*happened, *live):
        fire(machine, event.kind, place)
        while fire(machine, "advance", place):
            pass
    while fire(machine, "advance", place):
        pass
    return place.state


def _goes_through(step: str) -> Callable[[Any], bool]:
    def guard(event: Any) -> bool:
        place: Place = event.model
        return step in place.route

    return guard


def _is_elsewhere(event: Any) -> bool:
    place: Place = event.model
    return place.state not in place.route
