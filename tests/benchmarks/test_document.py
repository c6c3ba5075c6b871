"""The table, the plot and the document are made from the figures."""

from __future__ import annotations

from lxml import etree

from benchmarks.document import FIRST, LAST, with_figures
from benchmarks.peers.form import BEGIN, FORM, SCRIPT
from benchmarks.plot import draw
from benchmarks.report import Bars, Line, Result, Row, as_markdown, as_text, percentile
from benchmarks.turn import CONVERSATION

ROWS = [
    Row("turns", "ours, SQLite", "16 at once", "3,000 turns/s", "2,900 to 3,100", "5.00", "9.0"),
    Row("turns", "theirs & others", "16 at once", "1,500 turns/s", "1,400 to 1,600", "9.00", "12.0", "2.00"),
    Row("losses", "theirs & others", "kill -9", "5 of 9 answers lost"),
]
BARS = Bars("turns a second", ["ours, SQLite", "theirs & others"], [16], {})
RATES = {("ours, SQLite", 16): 3000.0, ("theirs & others", 16): 1500.0}


def texts(svg: str) -> list[str]:
    return [
        element.text or ""
        for element in etree.fromstring(svg.encode()).iter("{http://www.w3.org/2000/svg}text")
    ]


def test_what_belongs_to_one_part_stands_under_its_heading() -> None:
    lines = as_text(ROWS).splitlines()
    assert [line for line in lines if line in ("turns", "losses")] == ["turns", "losses"]
    assert lines[-1].split("  ")[0] == "theirs & others"


def test_every_row_of_the_document_has_as_many_cells_as_the_head() -> None:
    lines = as_markdown(ROWS).splitlines()
    assert {line.count("|") for line in lines} == {lines[0].count("|")}


def test_bars_are_as_long_as_their_figures_and_bear_their_names() -> None:
    svg = draw(BARS._replace(rates=RATES), [])
    assert {"ours, SQLite", "theirs & others", "3,000", "1,500"} <= set(texts(svg))
    widths = {
        element.get("class"): float(element.get("width", "0"))
        for element in etree.fromstring(svg.encode()).iter("{http://www.w3.org/2000/svg}rect")
    }
    assert widths["ours"] == 2 * widths["peer"]


def test_a_line_tells_what_it_begins_and_ends_with() -> None:
    svg = draw(None, [Line("projects", [(10, 1.0), (10_000, 1.25)])])
    assert "projects: 1.00 to 1.25 ms" in texts(svg)


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    document = f"before\n{FIRST}\nold figures\n{LAST}\nafter\n"
    written = with_figures(document, [Result(ROWS)], "a command")
    assert written.startswith(f"before\n{FIRST}\n")
    assert written.endswith(f"\n{LAST}\nafter\n")
    assert "old figures" not in written
    assert "3,000 turns/s" in written
    assert "`a command`" in written


def test_late_turns_are_told_by_what_most_do_not_exceed() -> None:
    assert percentile(range(100), 0.99) == 99
    assert percentile([7.0], 0.99) == 7.0


def test_the_peers_are_told_the_answers_of_our_conversation() -> None:
    assert (BEGIN, *CONVERSATION[: len(FORM)]) == SCRIPT


def test_every_answer_is_one_to_its_question_in_the_form_of_the_peers() -> None:
    assert all(field.read(field.answer) is not None for field in FORM)
    assert len({field.name for field in FORM}) == len(FORM)
