"""The rule packs that are installed, and the editions that drafts are pinned to."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rules import packs as installed
from rules.loader import FILES, load_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules.ruleset import RuleSet

DEFAULT_PACK = "shizuishan"
PACKS = Path(installed.__file__).parent


class PackNotFoundError(ValueError):
    """No pack of that name, or a folder that is not one."""


def read_pack_files(folder: Path) -> dict[str, str]:
    """Return the texts of a pack's files; one that is absent or not UTF-8 text is left out.

    Raises:
        PackNotFoundError: the folder does not exist or cannot be read.
    """
    if not folder.is_dir():
        raise PackNotFoundError(str(folder))
    texts: dict[str, str] = {}
    for name in FILES:
        try:
            texts[name] = (folder / name).read_text("utf-8")
        except (FileNotFoundError, UnicodeDecodeError, IsADirectoryError):
            continue
    return texts


@cache
def installed_pack(name: str = DEFAULT_PACK) -> tuple[RuleSet, Mapping[str, str]]:
    """Return the compiled rules of an installed pack, and the texts they come from.

    Raises:
        PackNotFoundError: no pack of that name is installed.
        PackError: its files are faulty.
    """
    known = {folder.name for folder in PACKS.iterdir() if (folder / FILES[0]).exists()}
    if name not in known:
        raise PackNotFoundError(name)
    texts = read_pack_files(PACKS / name)
    return load_rules(texts), texts
