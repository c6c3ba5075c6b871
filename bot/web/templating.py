"""How templates say things: in the language of the visit, dates and moments where the rules apply."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from markupsafe import Markup

from bot.web.actions import action_label
from dialogs.display import date_text
from dialogs.review import counts_by_effect
from rules.text import T, Text

if TYPE_CHECKING:
    from datetime import date, datetime

    from jinja2.runtime import Context

    from bot.web.visit import Visit
    from dialogs.view import View

TEMPLATES = Path(__file__).parent / "templates"


@cache
def template_environment() -> Environment:
    """Return the templates with their filters; what users wrote is always escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"_": _translated, "csrf": _csrf_field}
    environment.filters |= {
        "say": _said,
        "msgid": _of_pack,
        "day": _day,
        "moment": _moment,
        "action": _action,
        "scope": _scope,
        "counts": _counts,
    }
    return environment


@pass_context
def _translated(context: Context, msgid: str, **places: str | int | Text) -> str:
    return _visit(context).say(T(msgid, **places))


@pass_context
def _csrf_field(context: Context) -> Markup:
    """Return the hidden field that every form of a session carries."""
    principal = _visit(context).principal
    value = "" if principal is None else principal.csrf
    return Markup('<input type="hidden" name="csrf" value="{}">').format(value)


@pass_context
def _said(context: Context, text: Text) -> str:
    return _visit(context).say(text)


@pass_context
def _of_pack(context: Context, msgid: str) -> str:
    """Return a string of a pack in the language of the page."""
    return _visit(context).translate(msgid) if msgid else ""


@pass_context
def _day(context: Context, day: date) -> str:
    return _visit(context).say(date_text(day))


@pass_context
def _moment(context: Context, moment: datetime) -> str:
    """Return a moment to the minute, where the rules apply."""
    visit = _visit(context)
    there = moment.astimezone(ZoneInfo(visit.site.conversation.rules.pack.head.timezone))
    return visit.say(T("{day} {time}", day=date_text(there.date()), time=f"{there:%H:%M}"))


@pass_context
def _action(context: Context, action: str) -> str:
    return _visit(context).say(action_label(action))


@pass_context
def _scope(context: Context, view: View) -> str:
    rule = view.verdict.scope_rule
    return _visit(context).say(Text(rule.title) if rule else T("待定"))


@pass_context
def _counts(context: Context, view: View) -> str:
    return _visit(context).say(counts_by_effect(view))


def _visit(context: Context) -> Visit:
    visit: Visit = context["visit"]
    return visit
