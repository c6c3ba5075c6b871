"""Print the fingerprint of every article, item and annex of an official text, for ``articles.yaml``.

uv run --no-sync python scripts/fingerprint_articles.py OFFICIAL_TEXT.txt
"""

from __future__ import annotations

import sys
from pathlib import Path

from rules.regulation import split_regulation


def main() -> None:
    """Read the file named on the command line and print a line ``id fingerprint`` for each part."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the script and one file
        sys.exit("usage: fingerprint_articles.py OFFICIAL_TEXT.txt")
    text = Path(sys.argv[1]).read_text(encoding="utf-8-sig")
    for citation, part in split_regulation(text).parts.items():
        print(citation, part.fingerprint)


if __name__ == "__main__":
    main()
