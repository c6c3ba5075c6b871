"""The rule packs that are installed, and the editions that drafts are pinned to."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rules import packs as installed
from rules.case import CaseError
from rules.loader import FILES, OPTIONAL_FILES, load_rules
from rules.text import T

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules.ruleset import RuleSet

DEFAULT_PACK = "shizuishan"
PACKS = Path(installed.__file__).parent


class PackNotFoundError(ValueError):
    """No pack of that name, or a folder that is not one."""


def read_pack_files(folder: Path) -> dict[str, str]:
    """Return the texts of a pack's files; one that is absent is left out.

    Raises:
        PackNotFoundError: the folder does not exist or cannot be read.
    """
    if not folder.is_dir():
        raise PackNotFoundError(str(folder))
    texts: dict[str, str] = {}
    for name in (*FILES, *OPTIONAL_FILES):
        try:
            texts[name] = (folder / name).read_text("utf-8")
        except (FileNotFoundError, IsADirectoryError):
            continue
        except UnicodeDecodeError:
            texts[name] = "\0"  # the loader says that it is not UTF-8 text
    return texts


@cache
def installed_pack(name: str = DEFAULT_PACK) -> tuple[RuleSet, Mapping[str, str]]:
    """Return the compiled rules of an installed pack, and the texts they come from.

    Raises:
        PackNotFoundError: no pack of that name is installed.
        PackError: its files are faulty.
    """
    for root in _roots():
        known = {folder.name: folder for folder in root.iterdir() if (folder / FILES[0]).exists()}
        if name in known:
            texts = read_pack_files(known[name])
            return load_rules(texts), texts
    raise PackNotFoundError(name)


def named_rules(data: object) -> RuleSet:
    """Return the rules that a case or an answers file names in ``pack``; without a name, the default ones.

    Raises:
        CaseError: no pack of that name is installed.
        PackError: its files are faulty.
    """
    name = cast("dict[str, object]", data).get("pack") if isinstance(data, dict) else None
    try:
        return installed_pack(DEFAULT_PACK if name is None else str(name))[0]
    except PackNotFoundError:
        raise CaseError([(("pack",), T("没有安装「{name}」这个规则包。", name=str(name)[:40]))]) from None


def _roots() -> list[Path]:
    """Return the folders that hold packs: the operator's own (SHENBAO_PACKS) first, then ours."""
    own = os.environ.get("SHENBAO_PACKS")
    return [Path(own), PACKS] if own and Path(own).is_dir() else [PACKS]
