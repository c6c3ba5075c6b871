"""The state machine: guards, and that every place can be reached and left."""

from bot.packs import installed_pack
from dialogs.machine import EDITING, PAUSED, REVIEW, STOPPED, Position, build_machine, fire

RULES = installed_pack()[0]
MACHINE = build_machine(RULES)
FIRST = next(iter(RULES.questions))


def position(state: str, settled: set[str] | None = None, *, must_stop: bool = False) -> Position:
    known = settled or set()
    return Position(state, lambda name: name in known, lambda name: name not in known, must_stop=must_stop)


def walk(place: Position, trigger: str) -> None:
    while fire(MACHINE, trigger, place):
        pass


def test_advance_walks_over_what_is_settled() -> None:
    place = position(FIRST, {"classified", "unit_level", "uses_city_funds"})
    walk(place, "advance")
    assert place.state == "unit_kind"


def test_advance_ends_at_the_review() -> None:
    place = position(FIRST, {*RULES.questions, "materials"})
    walk(place, "advance")
    assert place.state == REVIEW


def test_retreat_walks_over_what_is_not_asked() -> None:
    place = position("nature", {"uses_city_funds"})
    assert fire(MACHINE, "back", place)
    walk(place, "retreat")
    assert place.state == "unit_kind"


def test_an_edit_returns_by_way_of_the_first_question() -> None:
    place = position("prefers_domestic")
    assert fire(MACHINE, "edit", place)
    assert place.state == EDITING
    assert fire(MACHINE, "answer", place)
    assert place.state == FIRST


def test_the_stop_has_a_guard() -> None:
    assert not fire(MACHINE, "stop", position("nature"))
    place = position("nature", must_stop=True)
    assert fire(MACHINE, "stop", place)
    assert place.state == STOPPED


def test_a_trigger_that_a_state_does_not_know_moves_nothing() -> None:
    place = position(FIRST)
    assert not fire(MACHINE, "package", place)
    assert not fire(MACHINE, "resume", place)
    assert place.state == FIRST


def test_a_pause_can_be_left() -> None:
    place = position("nature")
    assert fire(MACHINE, "pause", place)
    assert place.state == PAUSED
    assert fire(MACHINE, "resume", place)
