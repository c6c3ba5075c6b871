"""``shenbao regulation``: loads an official text, and names the rules to read again when it has changed."""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from bot.clock import Clock, SystemClock
from bot.failures import failure_text, one_line
from bot.official_text import loaded_regulation, original
from bot.packs import DEFAULT_PACK, PackNotFoundError, installed_pack
from bot.place import database_location, is_there
from bot.reading import read_bytes
from dialogs.display import date_text, reading_text
from documents.guard import LARGEST_FILE, MEGABYTE, RefusedFileError
from documents.regulation_reading import read_regulation
from rules.numbering import read_citation
from rules.regulation import split_regulation
from rules.regulation_diff import compare
from rules.regulation_items import excerpt
from rules.ruleset import PackError
from rules.source import SourceError
from rules.text import T, Text, verbatim
from storage.database import open_database
from storage.errors import StorageError
from storage.official_texts import OfficialText

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from bot.official_text import Original
    from rules.regulation import Regulation
    from rules.regulation_diff import Change, Comparison, RuleKind
    from rules.ruleset import RuleSet
    from rules.text import Translate

SAME, CHANGED, BAD_INPUT = 0, 1, 2
OK = 0
_LONGEST_LABEL = 60
_MOST_DOUBTS = 50
_FAILURES = (SourceError, RefusedFileError, PackNotFoundError, PackError, StorageError)
_RULE_KINDS: dict[RuleKind, Text] = {
    "scope": T("适用范围"),
    "tier": T("编制深度"),
    "question": T("提问"),
    "document": T("材料"),
    "finding": T("问题"),
    "route_step": T("办理环节"),
    "deadline": T("期限"),
    "form": T("表格"),
}


def run_regulation_import(
    file: Path,
    translate: Translate = str,
    *,
    pack: str = DEFAULT_PACK,
    label: str = "",
    data: Path | None = None,
    clock: Clock | None = None,
) -> int:
    """Load an official text as the current one of a pack, and print what was found in it.

    Args:
        file: a .docx or a plain text.
        translate: the user's language.
        pack: the rules that explain it.
        label: which version it is; empty: what the text says of itself, else the file's name.
        data: folder of the database; None for the user's own.
        clock: tells the time; the machine's own when None.

    Returns:
        0, or 2 with one line on stderr when nothing was loaded.
    """
    try:
        rules = installed_pack(pack)[0]
        content = _content(file)
        regulation = _split(file, content)
        held = OfficialText(
            pack_id=rules.pack.head.id,
            sha256=hashlib.sha256(content).hexdigest(),
            title=one_line(regulation.title),
            version_label=excerpt(
                one_line(" ".join(label.split()) or regulation.version or file.stem), _LONGEST_LABEL
            ),
            imported_at=(clock or SystemClock()).now(),
            parts=msgspec.json.encode(regulation.parts),
        )
        with open_database(database_location(data)) as database:
            database.migrate()
            with database.unit_of_work() as work:
                work.official_texts.put(held)
    except _FAILURES as error:
        return _refused(error, translate)
    for line in (*_found(regulation), *_loaded(held, compare(regulation, rules))):
        _print(line, translate)
    return OK


def run_regulation_diff(
    file: Path | None = None,
    translate: Translate = str,
    *,
    pack: str = DEFAULT_PACK,
    data: Path | None = None,
    as_json: bool = False,
) -> int:
    """Print which articles differ from those a pack was written against, each with the rules that cite it.

    Args:
        file: the text to compare; None for the one that was loaded last.
        translate: the user's language.
        pack: the rules.
        data: folder of the database; None for the user's own.
        as_json: for programs.

    Returns:
        0 when nothing has changed, 1 when something has, 2 with one line on stderr when there is nothing to compare.
    """
    try:
        rules = installed_pack(pack)[0]
        regulation = _split(file, _content(file)) if file else _current(rules, data)
    except _FAILURES as error:
        return _refused(error, translate)
    comparison = compare(regulation, rules)
    if as_json:
        found = {"pack": rules.pack.head.id, "title": regulation.title, "version": regulation.version}
        found |= msgspec.to_builtins(comparison)
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
    else:
        for line in _differences(regulation, rules, comparison):
            _print(line, translate)
    return SAME if comparison.is_same else CHANGED


def run_regulation_show(
    article: str, translate: Translate = str, *, pack: str = DEFAULT_PACK, data: Path | None = None
) -> int:
    """Print the original text of an article beside our explanation, and say which version each is of.

    Args:
        article: as packs cite it (13, 13(1), 附件1) or as people do (第十三条第一项).
        translate: the user's language.
        pack: the rules that explain it.
        data: folder of the database; None for the user's own.

    Returns:
        0, or 2 with one line on stderr when neither the text nor the pack has such an article.
    """
    citation = read_citation(article)
    try:
        rules = installed_pack(pack)[0]
        location = database_location(data)
        held = None
        if is_there(location):
            with open_database(location) as database:
                database.migrate()
                with database.unit_of_work() as work:
                    held = original(work, rules.pack.head.id, citation)
        if held is None and citation not in rules.articles:
            raise SourceError(
                T("没有「{article}」这一条；可以写 13、13(1) 或 附件1。", article=excerpt(article))
            )
    except _FAILURES as error:
        return _refused(error, translate)
    for line in (*_original(rules, held), *_explanation(rules, citation, held)):
        _print(line, translate)
    return OK


def _content(file: Path) -> bytes:
    too_large = T(
        "「{path}」超过 {most} MB，不像一份办法的原文。", path=str(file), most=LARGEST_FILE // MEGABYTE
    )
    return read_bytes(file, largest=LARGEST_FILE, too_large=too_large)


def _split(file: Path, content: bytes) -> Regulation:
    regulation = split_regulation(read_regulation(content))
    if not regulation.count("article"):
        raise SourceError(
            T("「{path}」里没有找到「第一条」这样的条文，请核对是不是办法的原文。", path=str(file))
        )
    return regulation


def _current(rules: RuleSet, data: Path | None) -> Regulation:
    location = database_location(data)
    held = None
    if is_there(location):
        with open_database(location) as database:
            database.migrate()
            with database.unit_of_work() as work:
                held = work.official_texts.current(rules.pack.head.id)
    if held is None:
        raise SourceError(T("还没有载入原文；请先运行 shenbao regulation import 文件名。"))
    return loaded_regulation(held)


def _found(regulation: Regulation) -> Iterator[Text]:
    """Yield what a text was split into, and what a person should look at."""
    yield T(
        "「{title}」：{articles} 条、{items} 项、{annexes} 个附件。",
        title=regulation.title,
        articles=regulation.count("article"),
        items=regulation.count("item"),
        annexes=regulation.count("annex"),
    )
    for part in regulation.parts.values():
        words = excerpt(part.heading or " ".join(part.text.split()))
        if part.kind == "article" and part.items:
            yield T(
                "  {number}（{paragraphs} 款、{items} 项） {words}",
                number=part.number,
                paragraphs=len(part.paragraphs),
                items=len(part.items),
                words=words,
            )
        elif part.kind != "item":
            yield verbatim(f"  {part.number} {words}")
    if regulation.doubts:
        yield T("有 {count} 处请对着原文看一眼：", count=len(regulation.doubts))
    for doubt in regulation.doubts[:_MOST_DOUBTS]:
        yield T("  第 {line} 行：{doubt}", line=doubt.line, doubt=doubt.text)
    if len(regulation.doubts) > _MOST_DOUBTS:
        yield T("还有 {count} 处没有列出。", count=len(regulation.doubts) - _MOST_DOUBTS)


def _loaded(held: OfficialText, comparison: Comparison) -> Iterator[Text]:
    yield T("已载入，版本：{version}。", version=held.version_label)
    if comparison.is_same:
        yield T("和规则包写作时对照的原文一致。")
    elif not comparison.unchanged:
        yield T("没有一条和规则包写作时对照的原文一致，请核对是不是这个规则包的办法。")
    else:
        yield T(
            "和规则包写作时对照的原文有 {count} 处不同；运行 shenbao regulation diff 看要重读哪些规则。",
            count=len(comparison.changes) + len(comparison.new),
        )


def _differences(regulation: Regulation, rules: RuleSet, comparison: Comparison) -> Iterator[Text]:
    head = rules.pack.head
    yield T(
        "原文「{title}」（{version}），规则包「{pack}」（{status}，{edition}）。",
        title=regulation.title,
        version=regulation.version or T("未注明版本"),
        pack=Text(head.title),
        status=Text(head.status),
        edition=head.edition,
    )
    yield T(
        "{same} 处没有变，{changed} 处要重读，{new} 处是新的。",
        same=len(comparison.unchanged),
        changed=len(comparison.changes),
        new=len(comparison.new),
    )
    for change in comparison.changes:
        yield T(
            "{article}「{title}」：{what}",
            article=change.article,
            title=Text(change.title),
            what=_what(change, comparison, regulation),
        )
        for rule in change.rules:
            yield T(
                "  {kind}「{title}」 {id}", kind=_RULE_KINDS[rule.kind], title=Text(rule.title), id=rule.id
            )
        if not change.rules:
            yield T("  没有规则引用它，只要重读白话解释。")
        if change.kind in ("changed", "unmarked"):
            yield T("  读完改好以后，把它的指纹改成 {fingerprint}", fingerprint=change.fingerprint)
    for citation in comparison.new:
        yield T(
            "{article} 是新的：{words}",
            article=citation,
            words=excerpt(" ".join(regulation.parts[citation].text.split()), _LONGEST_LABEL),
        )
        yield T(
            "  写好白话解释以后，指纹填 {fingerprint}", fingerprint=regulation.parts[citation].fingerprint
        )


def _what(change: Change, comparison: Comparison, regulation: Regulation) -> Text:
    match change.kind:
        case "changed" if any(each.article.startswith(f"{change.article}(") for each in comparison.changes):
            return T("它的项变了，见下面各项；项以外的文字也请再读一遍。")
        case "changed":
            words = " ".join(regulation.parts[change.article].text.split())
            return T("文字变了，现在是：{words}", words=excerpt(words, _LONGEST_LABEL))
        case "moved":
            return T("文字没有变，编号变成了 {now}。", now=change.now)
        case "gone":
            return T("新的原文里找不到它：删掉了，或者文字和编号都变了。")
        case "unmarked":
            return T("规则包里没有它的指纹，不知道变没变。")


def _original(rules: RuleSet, held: Original | None) -> Iterator[Text]:
    if held is None:
        yield T("没有载入这一条的原文；用 shenbao regulation import 载入后，原文会显示在这里。")
        return
    day = _day(held.imported_at, rules)
    yield T("【原文】版本：{version}，{day}载入", version=held.label, day=day)
    yield from map(verbatim, held.text.split("\n"))


def _explanation(rules: RuleSet, citation: str, held: Original | None) -> Iterator[Text]:
    article = rules.articles.get(citation)
    if article is None:
        yield T("规则包里还没有这一条的白话解释。")
        return
    yield T(
        "【白话解释】{title}（按{status}写）", title=Text(article.title), status=Text(rules.pack.head.status)
    )
    yield Text(article.explanation)
    if article.reading:
        yield reading_text(article.reading)
    if held is not None and not held.part.matches(article.fingerprint):
        yield T("这条解释写的时候对照的不是现在这个版本，文字已经不同：请以原文为准。")


def _day(moment: datetime, rules: RuleSet) -> Text:
    return date_text(moment.astimezone(ZoneInfo(rules.pack.head.timezone)).date())


def _print(text: Text, translate: Translate) -> None:
    sys.stdout.write(one_line(text.render(translate).replace("\t", " ")) + "\n")


def _refused(error: Exception, translate: Translate) -> int:
    text = error.text if isinstance(error, SourceError | RefusedFileError) else failure_text(error)
    sys.stderr.write(one_line(text.render(translate)) + "\n")
    return BAD_INPUT
