"""Every form of the examples, as the page of the web shows it: each cell of the pack can be clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from running import EXAMPLES

from bot.forms import form_contents
from bot.packs import named_rules
from bot.reading import parse_yaml, read_text
from dialogs.draft import Draft
from dialogs.machine import REVIEW
from dialogs.reading import read_fact
from dialogs.view import View
from documents.preview import render_preview
from rules.case import parse_case
from rules.facts import parse_date
from rules.forms import filled_cells

if TYPE_CHECKING:
    from pathlib import Path


def view_of(example: Path) -> View:
    """Return an example as a project on its day."""
    data = parse_yaml(read_text(example)).data
    rules = named_rules(data)
    day = parse_date("as_of", data["as_of"])
    case = parse_case(rules, data, today=day, read_fact=lambda fact, raw: read_fact(fact, raw, as_of=day))
    draft = Draft(state=REVIEW, facts=case.facts, documents=case.documents, events=case.events)
    return View(rules, draft, day)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_cell_that_a_form_of_an_example_has_is_an_area_of_its_preview(example):
    view = view_of(example)
    contents = form_contents(view)
    assert contents
    for form, content in contents:
        areas = {area.cell for area in render_preview(content).areas}
        assert areas == {filled.cell.id for filled in filled_cells(view.seen, form, [])}, form.id
