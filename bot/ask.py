"""``shenbao ask``: questions about the regulation, one or a line each, answered in words or as JSON."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec

from bot.advice import advisor_of
from bot.failures import failure_text
from bot.packs import DEFAULT_PACK, PackNotFoundError, installed_pack
from bot.place import database_location, is_there
from dialogs.messages import Say
from rules.ruleset import PackError
from rules.text import T
from storage.database import open_database
from storage.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from dialogs.law.answer import Advisor
    from rules.text import Translate

OK, BAD_INPUT = 0, 2
STANDARD_INPUT = "-"


def run_ask(
    question: str,
    translate: Translate = str,
    *,
    as_json: bool = False,
    pack: str = DEFAULT_PACK,
    data: Path | None = None,
) -> int:
    """Answer a question, or every line of the standard input.

    Args:
        question: what is asked; ``-`` reads a question from each line and prints a JSON object for each, at once.
        translate: the user's language.
        as_json: one JSON object in place of words.
        pack: the regulation that is asked about.
        data: folder of the database, for the official text; None for the user's own.

    Returns:
        0, also when the answer is that the regulation does not cover it; 2 with one line on stderr for each
        question that is empty or cannot be read.
    """
    try:
        advisor = _advisor(pack, data)
    except (PackNotFoundError, PackError, StorageError) as error:
        sys.stderr.write(failure_text(error).render(translate) + "\n")
        return BAD_INPUT
    if question == STANDARD_INPUT:
        return _answer_lines(advisor, translate)
    if not question.strip():
        sys.stderr.write(T("没有看到问题，请把问题写在命令后面。").render(translate) + "\n")
        return BAD_INPUT
    found = answer_json(advisor, question, translate)
    sys.stdout.write((msgspec.json.encode(found).decode() if as_json else found["answer"]) + "\n")
    return OK


def answer_json(advisor: Advisor, question: str, translate: Translate = str) -> dict[str, Any]:
    """Return an answer as plain data: covered, articles (best first; the nearest one if not), the answer in words."""
    answer = advisor.answer(question)
    said = advisor.messages(answer)
    return {
        "covered": answer.covered,
        "articles": list(answer.articles),
        "answer": "\n".join(message.text.render(translate) for message in said if isinstance(message, Say)),
    }


def _answer_lines(advisor: Advisor, translate: Translate) -> int:
    status = OK
    for number, line in enumerate(sys.stdin.buffer, start=1):
        try:
            question = line.decode("utf-8-sig").strip()
        except UnicodeDecodeError:
            sys.stderr.write(T("第 {line} 行不是 UTF-8 文本。", line=number).render(translate) + "\n")
            status = BAD_INPUT
            continue
        if question:
            found = msgspec.json.encode(answer_json(advisor, question, translate)).decode()
            sys.stdout.write(found + "\n")
            sys.stdout.flush()  # whoever asks line by line waits for each answer
    return status


def _advisor(pack: str, data: Path | None) -> Advisor:
    """Return who answers: with the official text, when there is a database that holds one."""
    rules = installed_pack(pack)[0]
    location = database_location(data)
    if not is_there(location):
        return advisor_of(rules, None)
    with open_database(location) as database:
        database.migrate()
        with database.unit_of_work() as work:
            return advisor_of(rules, work.official_texts.current(rules.pack.head.id))
