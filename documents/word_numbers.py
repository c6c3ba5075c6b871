"""Numbers that Word counts itself (automatic numbering) become words of their paragraphs: 第三条, （二）, 1、.

Word keeps only which list a paragraph belongs to and how deep; the number is counted anew each time the file is
shown. Formats that no official text numbers with (bullets, letters) give no number, and the paragraph keeps its
place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from rules.numbering import chinese

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEVELS = 9
_LARGEST = 9999
_LONGEST_TEXT = 100
_DEEPEST_STYLE = 20
_PLACE = re.compile("%([1-9])")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ARABIC = {"", "decimal", "decimalFullWidth", "decimalFullWidth2", "decimalHalfWidth", "decimalZero"}
_CHINESE = {
    "chineseCounting", "chineseCountingThousand", "chineseLegalSimplified", "ideographDigital", "japaneseCounting",
    "japaneseDigitalTenThousand", "taiwaneseCounting", "taiwaneseCountingThousand", "taiwaneseDigital",
}  # fmt: skip


class _Level(NamedTuple):
    """How one level of a list is numbered.

    Attributes:
        start: the first number.
        format: Word's name for the kind of numeral.
        text: the number with what surrounds it; %1 is the number of the first level.
        restarts_after: it begins anew after a level above this one; 0: it never does.
        style: the paragraph style that puts a paragraph on this level.
    """

    start: int
    format: str
    text: str
    restarts_after: int
    style: str


class _Place(NamedTuple):
    """Where a paragraph or a style stands: in which list, how deep; None: not said."""

    list_id: str | None
    level: int | None


def write_numbers(document: Any, numbering: Any, styles: Any) -> None:
    """Put the number of every automatically numbered paragraph before its words.

    Args:
        document: root of the main part; changed.
        numbering: root of the part that defines the lists.
        styles: root of the part that defines the styles, or None.
    """
    lists = _Lists(numbering)
    places = _StylePlaces(styles, lists)
    for paragraph in document.iter("{*}p"):
        properties = paragraph.find("{*}pPr")
        if _is_gone(paragraph, properties):
            continue
        place = _place_of(properties)
        if place.list_id is None or place.level is None:
            styled = places.of(_value(properties, "{*}pStyle"))
            place = _Place(
                styled.list_id if place.list_id is None else place.list_id,
                styled.level if place.level is None else place.level,
            )
        number = lists.count(place.list_id or "", min(place.level or 0, _LEVELS - 1))
        if number:
            _insert(paragraph, properties, number)


class _Lists:
    """The lists of a document, and how far each has been counted."""

    def __init__(self, numbering: Any) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        for definition in numbering.iter("{*}abstractNum"):
            self._levels[_attribute(definition, "abstractNumId")] = dict(_levels(definition))
        self._definition: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        for instance in numbering.iter("{*}num"):
            name = _attribute(instance, "numId")
            self._definition[name] = _value(instance, "{*}abstractNumId")
            for override in instance.iter("{*}lvlOverride"):
                if override.find("{*}startOverride") is not None:
                    level = _whole(_attribute(override, "ilvl"), 0)
                    self._starts[name, level] = _whole(_value(override, "{*}startOverride"), 1)
        self._counts: dict[tuple[str, int], int] = {}

    def count(self, list_id: str, level: int) -> str:
        """Go on to the next number of a list; return it as shown, or nothing."""
        definition = self._definition.get(list_id, "")
        levels = self._levels.get(definition, {})
        if level not in levels:
            return ""
        # A list that begins anew says so once; after that it goes on.
        start = self._starts.pop((list_id, level), None)
        now = self._counts.get((definition, level))
        if start is not None or now is None:
            now = (levels[level].start if start is None else start) - 1
        self._counts[definition, level] = now + 1
        for deeper, below in levels.items():
            if level < deeper and level < below.restarts_after:
                self._counts.pop((definition, deeper), None)
        return self._shown(definition, levels, level)

    def level_of_style(self, list_id: str, style: str) -> int | None:
        """Return the level that a style stands for in a list."""
        levels = self._levels.get(self._definition.get(list_id, ""), {})
        return next((level for level, each in levels.items() if each.style == style), None)

    def _shown(self, definition: str, levels: dict[int, _Level], level: int) -> str:
        numbers: dict[str, str] = {}
        for place in set(_PLACE.findall(levels[level].text)):
            other = levels.get(int(place) - 1)
            if other is None:
                return ""
            number = _numeral(other.format, self._counts.get((definition, int(place) - 1), other.start))
            if number is None:
                return ""
            numbers[place] = number
        if not numbers:
            return ""  # a bullet
        return _PLACE.sub(lambda found: numbers[found[1]], levels[level].text)


class _StylePlaces:
    """Which list each paragraph style belongs to, through the styles it is based on."""

    def __init__(self, styles: Any, lists: _Lists) -> None:
        self._lists = lists
        self._default = ""
        self._own: dict[str, _Place] = {}
        self._base: dict[str, str] = {}
        for style in () if styles is None else styles.iter("{*}style"):
            if _attribute(style, "type") == "paragraph":
                name = _attribute(style, "styleId")
                self._own[name] = _place_of(style.find("{*}pPr"))
                self._base[name] = _value(style, "{*}basedOn")
                if _attribute(style, "default") in ("1", "true", "on"):
                    self._default = name

    def of(self, style: str) -> _Place:
        name = style or self._default
        for _ in range(_DEEPEST_STYLE):
            place = self._own.get(name, _Place(None, None))
            if place.list_id is not None:
                level = (
                    self._lists.level_of_style(place.list_id, name) if place.level is None else place.level
                )
                return _Place(place.list_id, level)
            name = self._base.get(name, "")
        return _Place(None, None)


def _levels(definition: Any) -> Iterator[tuple[int, _Level]]:
    for level in definition.iter("{*}lvl"):
        number = _whole(_attribute(level, "ilvl"), _LEVELS)
        if number < _LEVELS:
            yield (
                number,
                _Level(
                    start=_whole(_value(level, "{*}start"), 1),
                    format=_value(level, "{*}numFmt"),
                    text=_value(level, "{*}lvlText")[:_LONGEST_TEXT],
                    restarts_after=_whole(_value(level, "{*}lvlRestart"), number),
                    style=_value(level, "{*}pStyle"),
                ),
            )


def _numeral(kind: str, number: int) -> str | None:
    """Return a number in one of Word's formats; None for a format or a number that articles do not have."""
    if not 0 < number <= _LARGEST:
        return None
    if kind in _ARABIC:
        return str(number)
    if kind in _CHINESE:
        return chinese(number)
    if kind.startswith("decimalEnclosedCircle"):
        return _CIRCLED[number - 1] if number <= len(_CIRCLED) else None
    return {"decimalEnclosedParen": f"({number})", "decimalEnclosedFullstop": f"{number}."}.get(kind)


def _is_gone(paragraph: Any, properties: Any) -> bool:
    """Say whether a paragraph is deleted, or the second telling of one for older programs."""
    if properties is not None and properties.find("{*}rPr/{*}del") is not None:
        return True
    return any(ancestor.tag.endswith("}Fallback") for ancestor in paragraph.iterancestors())


def _place_of(properties: Any) -> _Place:
    found = None if properties is None else properties.find("{*}numPr")
    if found is None:
        return _Place(None, None)
    level = _value(found, "{*}ilvl")
    return _Place(_value(found, "{*}numId") or None, _whole(level, 0) if level else None)


def _insert(paragraph: Any, properties: Any, number: str) -> None:
    namespace = paragraph.tag.removesuffix("p")
    run = paragraph.makeelement(f"{namespace}r")
    words = run.makeelement(f"{namespace}t")
    words.text = number + " "
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(words)
    paragraph.insert(0 if properties is None else paragraph.index(properties) + 1, run)


def _value(element: Any, path: str) -> str:
    found = None if element is None else element.find(path)
    return "" if found is None else _attribute(found, "val")


def _attribute(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.items() if key.rpartition("}")[2] == name), "")


def _whole(digits: str, default: int) -> int:
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 4 else default  # noqa: PLR2004
