"""A project's answers as YAML, in the form that ``shenbao fill`` reads back to the same documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from rules.amounts import format_wan
from rules.facts import plain_value

if TYPE_CHECKING:
    from dialogs.view import View
    from rules.case import Event

_WIDTH = 110


def answers_yaml(view: View) -> str:
    """Return the answers that count, the documents and the events; amounts in 万元, dates as 2027-03-01."""
    facts = view.rules.facts
    data: dict[str, Any] = {
        "pack": view.rules.pack.head.id,
        "as_of": _said(view.as_of.isoformat()),
        "facts": {
            name: _said(plain_value(facts[name], view.facts[name])) for name in facts if name in view.facts
        },
    }
    documents = {
        name: status
        for name in view.rules.documents
        if (status := view.draft.documents.get(name, "missing")) != "missing"
    }
    if documents:
        data["documents"] = documents
    if view.draft.events:
        data["events"] = [_event(event) for event in view.draft.events]
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)


class _Said(str):
    """A value that was said: always quoted, so that 1e5 or 是 stays the text that it is."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes no aliases: the reader refuses them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Say that every value is written out."""
        return True


_Dumper.add_representer(
    _Said, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:str", str(value), style='"')
)


def _said(value: Any) -> Any:
    if isinstance(value, str):
        return _Said(value)
    if isinstance(value, list):
        return [_said(item) for item in value]
    if isinstance(value, dict):
        return {key: _said(item) for key, item in value.items() if item != ""}
    return value


def _event(event: Event) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": event.kind, "date": _Said(event.date.isoformat())}
    if event.amount is not None:
        data["amount"] = _Said(format_wan(event.amount))
    if event.due is not None:
        data["due"] = _Said(event.due.isoformat())
    return data
