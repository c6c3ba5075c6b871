"""The conversation as a state machine: one state for each question, then materials, review, package and tracking.

Built once for each pack edition and never bound to a model: an event is fired on a small object that holds the
state, so a machine serves every conversation. The answers decide where a conversation stands, so the graph is
a chain: ``advance`` walks over what is settled, ``back`` and ``retreat`` walk the other way.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from transitions import Machine

if TYPE_CHECKING:
    from collections.abc import Callable

    from rules.ruleset import RuleSet

MATERIALS = "materials"
REVIEW = "review"
PACKAGE = "package"
PAUSED = "paused"
STOPPED = "stopped"
EDITING = "editing"
OUTCOME = "outcome"
TRACKING = "tracking"
AFTER_QUESTIONS = (MATERIALS, REVIEW, PACKAGE)
OFF_CHAIN = (TRACKING, EDITING, OUTCOME, PAUSED, STOPPED)


class Placed(Protocol):
    """What an event is fired on: anything that holds the state."""

    state: str


class Fired(NamedTuple):
    """What a guard is asked about: what the event is fired on, and the transition that it would take."""

    model: Any
    transition: Any


class Position:
    """Where one conversation stands, with what the guards need to know of it."""

    __slots__ = ("must_stop", "passes", "returns", "state")

    def __init__(
        self, state: str, passes: Callable[[str], bool], returns: Callable[[str], bool], *, must_stop: bool
    ) -> None:
        """Stand at ``state``.

        Args:
            state: a state of the machine.
            passes: whether ``advance`` may walk over a state.
            returns: whether ``back`` may rest at a state.
            must_stop: the answers forbid to go on.
        """
        self.state = state
        self.passes = passes
        self.returns = returns
        self.must_stop = must_stop


def build_machine(rules: RuleSet) -> Machine:
    """Return the machine of a pack edition.

    Triggers: advance, back, retreat, answer, skip, edit, review, package, track, submit, recall, conclude,
    declare, pause, resume, restart, stop.

    Raises:
        ValueError: a transition names a state or guard that does not exist.
    """
    chain = [*rules.questions, *AFTER_QUESTIONS]
    first, everywhere = chain[0], [*chain, *OFF_CHAIN]
    transitions: list[dict[str, Any]] = []

    def add(trigger: str, source: str | list[str], dest: str, *conditions: Callable[[Fired], bool]) -> None:
        transitions.append(
            {"trigger": trigger, "source": source, "dest": dest, "conditions": list(conditions)}
        )

    for state, following in pairwise(chain[:-1]):
        add("advance", state, following, _passes)
        add("answer", state, following)
        add("skip", state, following)
    for previous, state in pairwise(chain):
        add("back", state, previous)
        add("retreat", state, previous, _rests_nowhere)
    add("edit", everywhere, EDITING)
    for trigger in ("answer", "back", "skip"):
        add(trigger, EDITING, first)
    add("conclude", [*chain, EDITING], OUTCOME)
    add("declare", OUTCOME, first)
    add("review", [*chain, EDITING, OUTCOME], REVIEW)
    add("package", [REVIEW, PACKAGE], PACKAGE)
    add("advance", REVIEW, TRACKING, _passes)
    add("track", [REVIEW, PACKAGE], TRACKING)
    add("submit", [*chain, TRACKING, EDITING, OUTCOME, PAUSED], TRACKING)
    add("recall", [TRACKING, EDITING, PAUSED], REVIEW)
    add("pause", everywhere, PAUSED)
    add("resume", [PAUSED, STOPPED], first)
    add("restart", everywhere, first)
    add("stop", everywhere, STOPPED, _must_stop)
    add("back", STOPPED, first)
    validate(transitions, set(everywhere))
    return Machine(
        model=None,
        states=everywhere,
        transitions=transitions,
        initial=first,
        auto_transitions=False,
        send_event=True,
    )


def fire(machine: Machine, trigger: str, position: Placed) -> bool:
    """Fire a trigger; return whether the machine moved. A trigger that its state does not know does not move it.

    The transitions are taken as the machine holds them. Its own way to fire them also logs each step and looks for
    callbacks, which these machines do not have: ten times the work, where a walk takes sixty of them.
    """
    for transition in cast("Any", machine).events[trigger].transitions.get(position.state, ()):
        event = Fired(position, transition)
        for guard in transition.conditions:
            if not guard.func(event):
                break
        else:
            position.state = transition.dest
            return True
    return False


def states(machine: Machine) -> list[str]:
    """Return every state, in the order of the chain."""
    return list(cast("Any", machine).states)


def validate(transitions: list[dict[str, Any]], known: set[str]) -> None:
    """Look for a state that does not exist; a typo would otherwise show only when the transition fires.

    Raises:
        ValueError: a transition names one.
    """
    for transition in transitions:
        source: str | list[str] = transition["source"]
        for state in [*([source] if isinstance(source, str) else source), str(transition["dest"])]:
            if state not in known:
                message = f"{transition['trigger']}: no state {state!r}"
                raise ValueError(message)


def _passes(event: Fired) -> bool:
    position: Position = event.model
    return position.passes(position.state)


def _rests_nowhere(event: Fired) -> bool:
    position: Position = event.model
    return not position.returns(position.state)


def _must_stop(event: Fired) -> bool:
    position: Position = event.model
    return position.must_stop
