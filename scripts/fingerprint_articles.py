"""Print the fingerprint of every article, item and annex of an official text.

The pack keeps only these fingerprints, never the text. When a newer text arrives, the entries of
``articles.yaml`` whose fingerprint differs are the ones to read again::

    uv run --no-sync python scripts/fingerprint_articles.py OFFICIAL_TEXT.txt
"""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from pathlib import Path

DIGITS = "零一二三四五六七八九"
ARTICLE = re.compile(r"第([一二三四五六七八九十]{1,3})条\s*(.*)")
ITEM = re.compile(r"\(([一二三四五六七八九十]{1,3})\)\s*(.*)")
ANNEX = re.compile(r"附件\s*(\d+)")
ANNEX_LIST = re.compile(r"附件\s*:")
HEADING = re.compile(r"第[一二三四五六七八九十]{1,3}章|[^。;:,.]{1,12}$")
"""A chapter's title, or a short line without punctuation: a title that has lost its number."""


def number(numeral: str) -> int:
    """Return a Chinese numeral from 一 to 九十九 as an int."""
    tens, ten, ones = numeral.rpartition("十")
    return (DIGITS.index(tens or "一") * 10 if ten else 0) + (DIGITS.index(ones) if ones else 0)


def split_regulation(text: str) -> dict[str, str]:
    """Split an official text into its articles, their items and its annexes.

    An article counts as begun only when its number is higher than the last one's, so a line that happens to
    open with a reference to an earlier article stays where it is. Chapter titles, whatever stands before the
    first article and the list of annexes belong to no part.

    Args:
        text: the whole official text, a paragraph a line.

    Returns:
        The text of each part by citation id ("13", "13(1)", "附件1"), in the order of the text and without its
        own number. An article's text includes its items.
    """
    parts: dict[str, str] = {}
    article = item = annex = ""
    for raw in text.splitlines():
        line = unicodedata.normalize("NFKC", raw).strip()
        if heading := ANNEX.fullmatch(line):
            annex = f"附件{heading[1]}"
            parts[annex] = ""
        elif annex:
            parts[annex] += line + "\n"
        elif ANNEX_LIST.match(line):
            article = item = ""
        elif (start := ARTICLE.match(line)) and number(start[1]) > int(article or 0):
            article, item = str(number(start[1])), ""
            parts[article] = start[2] + "\n"
        elif article and not HEADING.match(line):
            if start := ITEM.match(line):
                item = f"{article}({number(start[1])})"
                parts[item] = ""
            parts[article] += line + "\n"
            if item:
                parts[item] += (start[2] if start else line) + "\n"
    return parts


def fingerprint(text: str) -> str:
    """Return "sha256:" and 16 hex digits of a text, the same whatever its spacing and character widths."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    return "sha256:" + hashlib.sha256(bare.encode()).hexdigest()[:16]


def main() -> None:
    """Read the file named on the command line and print a line ``id fingerprint`` for each part."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the script and one file
        sys.exit("usage: fingerprint_articles.py OFFICIAL_TEXT.txt")
    for citation, part in split_regulation(Path(sys.argv[1]).read_text(encoding="utf-8-sig")).items():
        print(citation, fingerprint(part))


if __name__ == "__main__":
    main()
