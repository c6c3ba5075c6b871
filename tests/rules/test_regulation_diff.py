"""An official text is compared with a pack, and every rule whose article differs is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from made_up_regulation import BICYCLES, PARTS

from bot.packs import installed_pack
from rules.pack import Article, Document
from rules.regulation import split_regulation
from rules.regulation_diff import Comparison, compare
from rules.ruleset import RuleSet

if TYPE_CHECKING:
    from rules.regulation_diff import Change


def explained(text: str, *, also: tuple[str, ...] = ()) -> RuleSet:
    """Return a pack written against a text: a document for each of its parts, and one for each id of ``also``."""
    pack = installed_pack()[0].pack
    parts = split_regulation(text).parts
    articles = [
        Article(id=name, title=f"标题{name}", explanation="", keywords=[], fingerprint=part.fingerprint)
        for name, part in parts.items()
    ]
    articles += [Article(id=name, title=name, explanation="", keywords=[]) for name in also]
    documents = [
        Document(
            id=f"d{name}", stage="filing", title=f"材料{name}", when="applies", articles=[name], because=""
        )
        for name in [*parts, *also]
    ]
    bare = msgspec.structs.replace(
        pack.head,
        scope=[msgspec.structs.replace(rule, articles=["1"]) for rule in pack.head.scope],
        tiers=[msgspec.structs.replace(tier, articles=["2"]) for tier in pack.head.tiers],
    )
    return RuleSet(
        msgspec.structs.replace(
            pack, head=bare, articles=articles, documents=documents,
            sections=[
                msgspec.structs.replace(
                    section,
                    questions=[msgspec.structs.replace(each, articles=["4"]) for each in section.questions],
                )
                for section in pack.sections
            ],
            findings=[], route=[], deadlines=[], forms=[],
        )
    )  # fmt: skip


def against(text: str, *, also: tuple[str, ...] = ()) -> Comparison:
    return compare(split_regulation(text), explained(BICYCLES, also=also))


def kinds(comparison: Comparison) -> dict[str, str]:
    return {change.article: change.kind for change in comparison.changes}


def documents(change: Change) -> list[str]:
    return [rule.id.removeprefix("d") for rule in change.rules if rule.kind == "document"]


def test_the_same_text_is_no_change() -> None:
    comparison = against(BICYCLES)
    assert comparison.is_same
    assert list(comparison.unchanged) == PARTS


def test_a_changed_word_names_the_rules_of_its_article() -> None:
    comparison = against(BICYCLES.replace("骑得上车", "骑得起车"))
    assert kinds(comparison) == {"1": "changed"}
    (change,) = comparison.changes
    assert change.title == "标题1"
    assert [rule.kind for rule in change.rules] == ["scope"] * 3 + ["document"]
    assert change.rules[-1].title == "材料1"
    assert not comparison.is_same


def test_the_fingerprint_to_put_into_the_pack_is_told() -> None:
    text = BICYCLES.replace("骑得上车", "骑得起车").replace(
        "第四条  站点的图样见附件1，申请表见附件2。\n", ""
    )
    changed, gone = against(text).changes
    assert changed.fingerprint == split_regulation(text).parts["1"].fingerprint
    assert gone.fingerprint == ""


def test_a_changed_item_names_the_rules_of_the_item_and_of_the_article_but_not_of_other_items() -> None:
    comparison = against(BICYCLES.replace("盲道", "人行道"))
    assert kinds(comparison) == {"3": "changed", "3(3)": "changed"}
    assert [documents(change) for change in comparison.changes] == [["3"], ["3(3)"]]


def test_changed_words_before_the_items_concern_every_item() -> None:
    comparison = against(BICYCLES.replace("有下列情形之一的，不设", "有下列情形之一的，缓设"))
    (change,) = comparison.changes
    assert documents(change) == ["3", "3(1)", "3(2)", "3(3)"]


def test_an_item_that_moved_is_followed() -> None:
    text = BICYCLES.replace("（一）离路口太近的；", "（一）XX").replace(
        "（三）挡住盲道的。", "（三）离路口太近的。"
    )
    comparison = against(text.replace("XX", "挡住盲道的；"))
    assert kinds(comparison) == {"3": "changed", "3(1)": "moved", "3(3)": "moved"}
    assert [change.now for change in comparison.changes] == ["", "3(3)", "3(1)"]


def test_an_article_put_in_moves_the_others_and_is_new() -> None:
    text = BICYCLES.replace("第四条  ", "第五条  ").replace("第三条  ", "第四条  ")
    comparison = against(text.replace("站点设置", "第三条  站点由街道选。"))
    assert kinds(comparison) == {
        "3": "moved", "3(1)": "moved", "3(2)": "moved", "3(3)": "moved", "4": "moved"
    }  # fmt: skip
    assert [change.now for change in comparison.changes] == ["4", "4(1)", "4(2)", "4(3)", "5"]
    assert comparison.new == ("3",)


def test_an_article_that_was_struck_out_is_gone() -> None:
    comparison = against(BICYCLES.replace("第四条  站点的图样见附件1，申请表见附件2。\n", ""))
    assert kinds(comparison) == {"4": "gone"}
    assert {rule.kind for rule in comparison.changes[0].rules} == {"question", "document"}


def test_an_article_with_another_number_and_other_words_is_not_taken_for_the_one_before_it() -> None:
    text = BICYCLES.replace("第四条  站点的图样", "第五条  站点的图纸").replace("第三条  ", "第四条  ")
    comparison = against(text.replace("站点设置", "第三条  站点由街道选。"))
    assert kinds(comparison)["4"] == "gone"
    assert comparison.new == ("3", "5")


def test_an_item_added_at_the_end_is_new_and_changes_the_article_only() -> None:
    comparison = against(BICYCLES.replace("挡住盲道的。", "挡住盲道的；\n\n（四）太吵的。"))
    assert kinds(comparison) == {"3": "changed"}
    assert comparison.new == ("3(4)",)
    assert documents(comparison.changes[0]) == ["3"], "the item in between only ends with another mark"


def test_articles_of_other_laws_are_left_out() -> None:
    assert against(BICYCLES, also=("民法典203",)).is_same


def test_an_article_without_a_fingerprint_is_never_taken_for_unchanged() -> None:
    rules = explained(BICYCLES)
    articles = [msgspec.structs.replace(article, fingerprint="") for article in rules.pack.articles]
    comparison = compare(
        split_regulation(BICYCLES), RuleSet(msgspec.structs.replace(rules.pack, articles=articles))
    )
    assert set(kinds(comparison).values()) == {"unmarked"}
    assert comparison.unchanged == ()


def test_items_that_the_pack_does_not_tell_apart_are_no_news() -> None:
    rules = explained(BICYCLES)
    articles = [article for article in rules.pack.articles if "(" not in article.id]
    kept = [document for document in rules.pack.documents if "(" not in document.id]
    pack = msgspec.structs.replace(rules.pack, articles=articles, documents=kept)
    assert compare(split_regulation(BICYCLES), RuleSet(pack)).is_same


@pytest.mark.parametrize("text", ["", "第一条  别的事。\n第二条  别的话。"])
def test_another_regulation_has_nothing_in_common(text: str) -> None:
    comparison = against(text)
    assert comparison.unchanged == ()
    assert [change.article for change in comparison.changes] == PARTS


def test_the_pack_that_is_installed_compares_with_any_text() -> None:
    rules = installed_pack()[0]
    comparison = compare(split_regulation(BICYCLES), rules)
    named = {rule.kind for change in comparison.changes for rule in change.rules}
    assert named == {"scope", "tier", "question", "document", "finding", "route_step", "deadline", "form"}
