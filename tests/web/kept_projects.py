"""Projects of every shape, kept without talking about them: the examples, for the member's unit or another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from talking import CLOCK

from bot.reading import parse_yaml
from dialogs.draft import Draft, dump_draft
from dialogs.machine import REVIEW
from dialogs.reading import read_fact
from rules.case import parse_case

if TYPE_CHECKING:
    from bot.web.site import Site

EXAMPLES = Path(__file__).parents[2] / "examples"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nstartxref\n9\n%%EOF\n"
PLATFORM, OPERATION = "city-platform-1500", "operation-320"


def owner_of(site: Site, login: str = "member") -> str:
    """Return whose projects somebody sees."""
    with site.conversation.database.unit_of_work() as work:
        account = work.accounts.by_login(login)
    assert account is not None
    return f"unit:{account.unit_id}"


def keep_example(
    site: Site,
    name: str = PLATFORM,
    *,
    owner: str = "",
    without: tuple[str, ...] = (),
    documents: dict[str, Any] | None = None,
    **facts: Any,
) -> str:
    """Keep an example as a project of the member's unit, with some answers changed; return its path."""
    conversation = site.conversation
    rules, today = conversation.rules, conversation.today(conversation.current)
    case = parse_case(
        rules,
        parse_yaml((EXAMPLES / f"{name}.yaml").read_text("utf-8")).data,
        today=today,
        read_fact=lambda fact, value: read_fact(fact, value, as_of=today),
    )
    answers = {fact: value for fact, value in (case.facts | facts).items() if fact not in without}
    draft = Draft(
        state=REVIEW,
        facts=answers,
        documents=case.documents if documents is None else documents,
        events=case.events,
        materials_checked=True,
    )
    owner = owner or owner_of(site)
    with conversation.database.unit_of_work() as work:
        project = work.projects.create(
            owner=owner,
            name=str(answers.get("project_name", "")),
            pack_id=rules.pack.head.id,
            edition_id=conversation.pin(work, CLOCK.now()),
            state=dump_draft(draft),
            at=CLOCK.now(),
        )
    return f"/projects/{project.id}"
