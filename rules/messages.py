"""Every string of a pack that a user may read, for extraction and for checking translations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rules.pack import Pack

_SHOWN = frozenset(
    {
        "advice",
        "articles_note",
        "because",
        "contact",
        "explanation",
        "help",
        "label",
        "meaning",
        "message",
        "name",
        "reading",
        "secrecy",
        "status",
        "text",
        "title",
        "unsure_text",
        "why",
    }
)


def pack_messages(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield (file, Chinese string) in reading order, each string once.

    The cells of official forms are left out: those are handed in in Chinese, whatever language the user speaks.
    """
    parts: list[tuple[str, Any]] = [
        ("pack.yaml", pack.head),
        ("articles.yaml", pack.articles),
        ("questions.yaml", pack.sections),
        ("documents.yaml", pack.stages),
        ("documents.yaml", pack.documents),
        ("findings.yaml", pack.findings),
        ("route.yaml", pack.route),
        ("deadlines.yaml", pack.deadlines),
        ("events.yaml", pack.event_rules),
        ("synonyms.yaml", [{"message": outside.message} for outside in pack.synonyms.outside]),
    ]
    parts += [
        ("articles.yaml", {"title": article.id}) for article in pack.articles if not article.id[0].isdigit()
    ]
    seen: set[str] = set()
    for file, part in parts:
        for text in _shown(msgspec.to_builtins(part)):
            if text not in seen:
                seen.add(text)
                yield file, text


def _shown(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in cast("dict[str, object]", data).items():
            if isinstance(value, str):
                if key in _SHOWN and value:
                    yield value
            else:
                yield from _shown(value)
    elif isinstance(data, list):
        for item in cast("list[object]", data):
            yield from _shown(item)
