"""Languages: Chinese is the source; another language is read from its .po files when it is first spoken."""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import locales

if TYPE_CHECKING:
    from rules.text import Translate

SOURCE = "zh"
LOCALES = Path(locales.__file__).parent


def languages() -> tuple[str, ...]:
    """Return the languages that can be spoken, the source first."""
    others = sorted(folder.name for folder in LOCALES.iterdir() if (folder / "LC_MESSAGES").is_dir())
    return (SOURCE, *others)


@cache
def translator(language: str) -> Translate:
    """Return the function that gives a Chinese string in ``language``; an unknown one stays Chinese.

    The .po files are compiled in memory: 40 ms once, only for those who do not read Chinese, and no compiled
    file can ever be older than its source.
    """
    folder = LOCALES / language / "LC_MESSAGES"
    if language == SOURCE or not folder.is_dir():
        return str
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged: gettext.GNUTranslations | None = None
    for path in sorted(folder.glob("*.po")):
        compiled = BytesIO()
        with path.open("rb") as stream:
            write_mo(compiled, read_po(stream, locale=language))
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
        if merged is None:
            merged = translations
        else:
            merged.add_fallback(translations)
    return merged.gettext if merged is not None else str
