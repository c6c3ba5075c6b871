"""Which articles of an official text differ from those a pack was written against, and which rules cite them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rules.pack import Article, Pack
    from rules.regulation import Part, Regulation
    from rules.ruleset import RuleSet

RuleKind = Literal["scope", "tier", "question", "document", "finding", "route_step", "deadline", "form"]
ChangeKind = Literal["changed", "moved", "gone", "unmarked"]


class CitingRule(msgspec.Struct, frozen=True):
    """An entry of the pack that rests on an article; ``title`` is the pack's own, in Chinese."""

    kind: RuleKind
    id: str
    title: str


class Change(msgspec.Struct, frozen=True):
    """An article, item or annex of the pack that has to be read again.

    Attributes:
        article: how the pack cites it.
        kind: ``changed``: other words under the same number; ``moved``: the same words under another number;
            ``gone``: its words are nowhere, and its number is not there or has the words of another;
            ``unmarked``: the pack has no fingerprint, so nobody knows.
        now: of a moved one, how it is cited in the new text.
        title: the pack's title for it.
        rules: every rule to look at.
        fingerprint: to put into the pack once the rules have been read against the new words; empty when gone.
    """

    article: str
    kind: ChangeKind
    title: str
    rules: tuple[CitingRule, ...]
    now: str = ""
    fingerprint: str = ""


class Comparison(msgspec.Struct, frozen=True):
    """An official text against a pack.

    Attributes:
        unchanged: citations whose words are those the pack was written against.
        changes: what has to be read again, in the order of the pack.
        new: citations of the text that the pack does not have yet.
    """

    unchanged: tuple[str, ...]
    changes: tuple[Change, ...]
    new: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing has to be read again."""
        return not self.changes and not self.new


def compare(regulation: Regulation, rules: RuleSet) -> Comparison:
    """Compare a text with the fingerprints in a pack.

    Articles of other laws (民法典203) have no fingerprint and no number in the text; they are left out.

    Args:
        regulation: the text.
        rules: the pack.
    """
    parts = regulation.parts
    known = {article.id: article for article in rules.pack.articles}
    unchanged = tuple(
        name for name, article in known.items() if name in parts and parts[name].matches(article.fingerprint)
    )
    differing = {
        name: article
        for name, article in known.items()
        if name not in unchanged and (article.fingerprint or name in parts)
    }
    moved = _moved(differing, {name: part for name, part in parts.items() if name not in unchanged})
    kinds: dict[str, ChangeKind] = {name: _kind(article, parts, moved) for name, article in differing.items()}
    reworded = {name for name, kind in kinds.items() if kind in ("changed", "unmarked")}
    settled = reworded.union(unchanged, moved.values())
    new = tuple(name for name in parts if name not in settled and _is_news(name, known, reworded))
    read_again = {*differing, *new}
    changes = (
        Change(
            article=name,
            kind=kinds[name],
            title=article.title,
            rules=tuple(_citing(rules.pack, _touched(name, known, read_again))),
            now=moved.get(name, ""),
            fingerprint="" if kinds[name] == "gone" else parts[moved.get(name, name)].fingerprint,
        )
        for name, article in differing.items()
    )
    return Comparison(unchanged, tuple(changes), new)


def _moved(differing: dict[str, Article], parts: dict[str, Part]) -> dict[str, str]:
    """Return the articles whose words stand under another number, each with that number."""
    places = {
        taken: name
        for name, part in reversed(parts.items())
        if part.text
        for taken in (*part.alike, part.fingerprint)
    }
    return {
        name: places.pop(article.fingerprint)
        for name, article in differing.items()
        if article.fingerprint in places
    }


def _kind(article: Article, parts: dict[str, Part], moved: dict[str, str]) -> ChangeKind:
    if not article.fingerprint:
        return "unmarked"
    if article.id in moved:
        return "moved"
    return "changed" if article.id in parts and article.id not in moved.values() else "gone"


def _is_news(name: str, known: dict[str, Article], reworded: set[str]) -> bool:
    """Items are news only beneath an article whose words have changed, and only where the pack tells items apart."""
    article, is_item, _ = name.partition("(")
    return not is_item or (article in reworded and any(other.startswith(f"{article}(") for other in known))


def _touched(name: str, known: dict[str, Article], changed: set[str]) -> set[str]:
    """Return whose citing rules a change concerns.

    The words before its items govern all of them (除另有特殊规定外…): when no item explains why an article has
    changed, those words have, and the rules that cite only an item are concerned too.
    """
    beneath = f"{name}("
    if any(other.startswith(beneath) for other in changed):
        return {name}
    return {name, *(other for other in known if other.startswith(beneath))}


def _citing(pack: Pack, articles: set[str]) -> Iterator[CitingRule]:
    return (rule for rule, cited in _rules(pack) if not articles.isdisjoint(cited))


def _rules(pack: Pack) -> Iterator[tuple[CitingRule, Sequence[str]]]:
    """Yield every entry that rests on articles, with them."""
    yield from ((CitingRule("scope", each.id, each.title), each.articles) for each in pack.head.scope)
    yield from ((CitingRule("tier", each.id, each.title), each.articles) for each in pack.head.tiers)
    yield from ((CitingRule("question", each.id, each.label), each.articles) for each in pack.questions)
    yield from ((CitingRule("document", each.id, each.title), each.articles) for each in pack.documents)
    yield from ((CitingRule("finding", each.id, each.title), each.articles) for each in pack.findings)
    yield from ((CitingRule("route_step", each.id, each.title), each.articles) for each in pack.route)
    yield from ((CitingRule("deadline", each.id, each.title), each.articles) for each in pack.deadlines)
    yield from (
        (CitingRule("form", each.id, each.title.replace("\n", "")), each.articles) for each in pack.forms
    )
