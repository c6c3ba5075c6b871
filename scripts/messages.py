"""Translations: extract every string that a user may read, and check that each language has all of them.

python scripts/messages.py update   bring locales/*/LC_MESSAGES/*.po up to date with code and packs
python scripts/messages.py check    fail on a missing, fuzzy, outdated or unextracted string
"""

from __future__ import annotations

import ast
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from rules.loader import load_pack
from rules.messages import pack_messages

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en",)
CODE = ("bot", "dialogs", "documents", "rules")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
CODE_DOMAIN = "shenbao"
FIRST_DAY = datetime(2026, 11, 23, tzinfo=UTC)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
IN_TEMPLATE = re.compile(
    r"""\b_\((?:"[^"]*"|'[^']*')|\{#.*?#\}|"zh": "\w+"|name="words" value="[^"]*\"""", re.DOTALL
)
"""What may be Chinese in a template: marked strings, comments, the language's own name, what a button types."""
SAME_IN_EVERY_LANGUAGE = {"FILE", "FOLDER", "MARK", "WORD"}
"""How constants end that hold the Chinese names of files that are handed in, or a word that the program reads."""
WORD_LISTS = (
    "dialogs/parsing",
    "dialogs/extraction",
    "dialogs/law/cutting.py",
    "dialogs/law/speech.py",
    "dialogs/commands.py",
    "bot/reminders/words.py",
    "bot/telegram/commands.py",
)
"""Modules whose Chinese literals are what users type, not what they read."""


def catalogues() -> dict[str, Catalog]:
    """Return the strings of each domain as they stand in code and packs."""
    found = {CODE_DOMAIN: Catalog(domain=CODE_DOMAIN, project="shenbao", charset="utf-8")}
    for folder in CODE:
        rows = extract_from_dir(ROOT / folder, METHODS, keywords={"T": None, "_": None})
        for name, _line, msgid, _comments, _context in sorted(rows, key=lambda row: (row[0], row[1])):
            found[CODE_DOMAIN].add(msgid, locations=[(f"{folder}/{name}", 0)])
    for head in sorted((ROOT / "rules" / "packs").glob("*/pack.yaml")):
        folder = head.parent
        pack = load_pack({path.name: path.read_text("utf-8") for path in folder.glob("*.yaml")})
        found[pack.head.id] = Catalog(domain=pack.head.id, project="shenbao", charset="utf-8")
        for file, msgid in pack_messages(pack):
            found[pack.head.id].add(msgid, locations=[(f"rules/packs/{folder.name}/{file}", 0)])
    return found


def path_of(language: str, domain: str) -> Path:
    """Return where a language's strings of a domain are kept."""
    return ROOT / "locales" / language / "LC_MESSAGES" / f"{domain}.po"


def load(language: str, domain: str) -> Catalog:
    """Return a language's strings of a domain; empty when there are none yet."""
    path = path_of(language, domain)
    if not path.exists():
        return Catalog(locale=language, domain=domain, charset="utf-8")
    with path.open("rb") as stream:
        return read_po(stream, locale=language, domain=domain)


def update() -> None:
    """Bring every language's files up to date; new strings are left untranslated."""
    for domain, template in catalogues().items():
        for language in LANGUAGES:
            catalogue = load(language, domain)
            catalogue.update(template, no_fuzzy_matching=True)
            catalogue.obsolete.clear()
            save(catalogue, language, domain)


def save(catalogue: Catalog, language: str, domain: str) -> None:
    """Write a language's strings, with a header that does not change from one day to the next."""
    catalogue.header_comment = f"# {language}: {domain}"
    catalogue.project, catalogue.version = "shenbao", "1"
    catalogue.creation_date = catalogue.revision_date = FIRST_DAY
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = ""
    catalogue.fuzzy = False
    path = path_of(language, domain)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        write_po(stream, catalogue, width=110, include_lineno=False)


def faults() -> Iterator[str]:
    """Yield everything that is wrong with the translations."""
    for domain, template in catalogues().items():
        wanted = {message.id for message in template if message.id}
        for language in LANGUAGES:
            catalogue = load(language, domain)
            where = f"locales/{language}/{domain}.po"
            have = {message.id: message for message in catalogue if message.id}
            yield from (f"{where}: not extracted: {msgid!r}" for msgid in wanted - have.keys())
            yield from (f"{where}: no longer used: {msgid!r}" for msgid in have.keys() - wanted)
            for msgid in wanted & have.keys():
                message = have[msgid]
                if not message.string:
                    yield f"{where}: not translated: {msgid!r}"
                elif message.fuzzy:
                    yield f"{where}: fuzzy: {msgid!r}"
                elif _places(str(msgid)) != _places(str(message.string)):
                    yield f"{where}: places differ: {msgid!r}"
        if domain == CODE_DOMAIN:
            yield from unextracted(wanted)
    yield from unmarked()


def unextracted(wanted: Container[object]) -> Iterator[str]:
    """Yield marked strings that Babel overlooks: those in a call within another marked one."""
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                match node:
                    case ast.Call(func=ast.Name(id="T"), args=[ast.Constant(value=msgid)]) if (
                        msgid not in wanted
                    ):
                        name = path.relative_to(ROOT).as_posix()
                        yield f"{name}:{node.lineno}: overlooked, give it a name of its own: {msgid!r}"
                    case _:
                        pass


def unmarked() -> Iterator[str]:
    """Yield Chinese literals of the layers that speak which are neither marked nor documentation."""
    for folder in ("bot", "dialogs"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(WORD_LISTS):
                yield from _unmarked_in(ast.parse(path.read_text("utf-8")), name)
        for path in sorted((ROOT / folder).rglob("*.html")):
            bare = IN_TEMPLATE.sub("", path.read_text("utf-8"))
            for line in filter(CHINESE.search, bare.splitlines()):
                yield f"{path.relative_to(ROOT).as_posix()}: not marked with _(): {line.strip()!r}"


def _unmarked_in(tree: ast.Module, name: str) -> Iterator[str]:
    allowed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            allowed.add(id(node.value))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("T", "words", "re.compile"):
            allowed |= {id(inner) for inner in ast.walk(node)}
        elif isinstance(node, ast.Call) and node.args and _is_typed(ast.unparse(node.func)):
            allowed |= {id(inner) for inner in ast.walk(node.args[0])}
        elif isinstance(node, ast.Assign) and _names(node.targets[0]) <= SAME_IN_EVERY_LANGUAGE:
            allowed |= {id(inner) for inner in ast.walk(node.value)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and CHINESE.search(node.value)
            and id(node) not in allowed
        ):
            yield f"{name}:{node.lineno}: not marked with T(): {node.value!r}"


def _is_typed(function: str) -> bool:
    """Say whether the first argument of a call is words that are typed: by a button, or to be read."""
    return function == "Button" or function.endswith(".sub")


def _names(target: ast.expr) -> set[str]:
    """Return how the names that are assigned to end."""
    return {name.id.rpartition("_")[2] for name in ast.walk(target) if isinstance(name, ast.Name)}


def _places(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text)} - {None}


def main() -> int:
    """Run the command named on the command line."""
    if sys.argv[1:] == ["update"]:
        update()
        return 0
    found = list(faults())
    print("\n".join(found) or "translations: complete")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
