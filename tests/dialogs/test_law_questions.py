"""Questions about the regulation: the right article first, and never an invented answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.packs import installed_pack
from dialogs.draft import Draft
from dialogs.law.answer import Advisor, Answer, Original, for_project
from dialogs.messages import Say
from dialogs.view import View
from rules.amounts import FEN_PER_WAN
from rules.case import Event
from rules.loader import OPTIONAL_FILES, load_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dialogs.messages import Outgoing
    from rules.facts import Value
    from rules.ruleset import RuleSet

QUESTIONS = Path(__file__).parent.glob("questions*.tsv")
NOT_COVERED = "-"
TODAY = date(2026, 11, 23)
ADVISOR = Advisor(installed_pack()[0])


class Case(NamedTuple):
    voice: str  # who asks
    question: str
    right: frozenset[str]  # whole articles; empty: the regulation does not settle it


def read(path: Path) -> list[Case]:
    lines = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    return [
        Case(
            voice[0] if voice else path.stem,
            question,
            frozenset() if right == NOT_COVERED else frozenset(map(whole, right.split("|"))),
        )
        for *voice, question, right in lines
    ]


def whole(article: str) -> str:
    return article.partition("(")[0]


def said(messages: Sequence[Outgoing]) -> str:
    return "\n".join(message.text.render() for message in messages if isinstance(message, Say))


CASES = [case for path in sorted(QUESTIONS) for case in read(path)]
VOICES = sorted({case.voice for case in CASES})


def share(of: Sequence[Case], holds: Callable[[Case, Answer], bool]) -> float:
    return sum(holds(case, ADVISOR.answer(case.question)) for case in of) / len(of)


def is_first(case: Case, found: Answer) -> bool:
    return found.covered and whole(found.articles[0]) in case.right


def is_among_three(case: Case, found: Answer) -> bool:
    return found.covered and not case.right.isdisjoint(map(whole, found.articles))


def test_the_right_article_comes_first_and_what_is_not_covered_is_recognised() -> None:
    covered = [case for case in CASES if case.right]
    outside = [case for case in CASES if not case.right]
    assert len(covered) >= 2_000
    assert len(outside) >= 800
    assert share(covered, is_first) >= 0.97
    assert share(covered, is_among_three) >= 0.98
    assert share(outside, lambda _, found: not found.covered) >= 0.97


@pytest.mark.parametrize("voice", VOICES)
def test_whoever_asks_is_understood(voice: str) -> None:
    asked = [case for case in CASES if case.voice == voice]
    assert share([case for case in asked if case.right], is_first) >= 0.92
    assert share([case for case in asked if not case.right], lambda _, found: not found.covered) >= 0.9


def test_every_article_of_the_regulation_is_the_answer_to_some_question() -> None:
    asked = set().union(*(case.right for case in CASES))
    assert asked == {whole(article) for article in ADVISOR.rules.articles}


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("几个月内备案", "18(1)"),
        ("能不能买服务器", "13(1)"),
        ("涉密怎么办", "4"),
        ("多少钱以下不用报", "4"),
        ("第十三条说的是什么", "13"),
        ("13(5)怎么理解", "13(5)"),
        ("第18条第1项是什么意思", "18(1)"),
        ("附件2要不要交", "附件2"),
    ],
)
def test_an_item_is_named_when_it_is_the_item_that_answers(question: str, article: str) -> None:
    assert ADVISOR.answer(question).articles[0] == article


@pytest.mark.parametrize(
    "amount", ["50万", "五十万", "50万元", "50w", "500000元以下，也就是50 万", "５０万", "四十来万"]
)
def test_an_amount_is_found_by_the_limits_it_lies_between_however_it_is_written(amount: str) -> None:
    assert ADVISOR.answer(f"{amount}的项目要不要审批").articles[0] == "4"


def test_a_long_story_does_not_hide_what_is_asked_at_its_end() -> None:
    story = "我刚调到信息科，领导让我负责一个智慧停车的项目，设备已经买了，合同也签了，专家也请过了。" * 8
    assert ADVISOR.answer(f"{story}\n请问备案要在几个月内办？").articles[0] == "18(1)"


@pytest.mark.parametrize("question", ["服物器能不能买", "等宝要不要做", "备按几个月内"])
def test_a_typing_error_still_finds_the_article(question: str) -> None:
    assert ADVISOR.answer(question).covered


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "？？？！！！",
        "😀😀😀",
        "\x00\x1b[31m",
        "\u202e备",
        "asdf qwer",
        "第九十九条说了什么",
        "𠮷" * 50,
    ],
)
def test_what_is_no_question_is_not_covered_and_names_whom_to_ask(question: str) -> None:
    answer = ADVISOR.answer(question)
    assert not answer.covered
    assert "市数据局" in said(ADVISOR.messages(answer))


def test_twenty_thousand_characters_are_answered_too() -> None:
    assert ADVISOR.answer("涉密" * 10_000).articles[0] == "4"
    assert not ADVISOR.answer("天" * 20_000).covered


@given(st.text(max_size=300))
def test_any_text_at_all_gets_an_answer_that_can_be_shown(question: str) -> None:
    answer = ADVISOR.answer(question)
    assert said(ADVISOR.messages(answer))
    assert all(name in ADVISOR.rules.articles for name in answer.articles)


def test_the_same_question_gets_the_same_answer_from_another_index() -> None:
    other = Advisor(installed_pack()[0])
    assert all(other.answer(case.question) == ADVISOR.answer(case.question) for case in CASES[:60])


def test_an_answer_cites_the_draft_and_shows_how_a_doubtful_place_is_read() -> None:
    words = said(ADVISOR.messages(ADVISOR.answer("几个月内备案")))
    assert "第18条第1项（送审稿）" in words
    assert "一个月" in words
    assert "条文有不清楚的地方" in words


def test_a_question_that_no_article_settles_gets_the_reason_the_nearest_article_and_no_explanation() -> None:
    answer = ADVISOR.answer("技术审查要多少天")
    words = said(ADVISOR.messages(answer))
    assert (answer.covered, answer.outside, answer.articles[0]) == (False, "working_days", "15")
    assert "没有写到" in words
    assert "第15条（送审稿）" in words
    assert "请向石嘴山市数据局" in words
    assert ADVISOR.rules.articles["15"].explanation not in words


def test_the_official_words_are_shown_when_they_are_loaded_and_help_to_find_the_article() -> None:
    original = Original("2026 正式版", {"30": "第三十条　自印发之日起施行，原琥珀通知同时废止。"})
    advisor = Advisor(ADVISOR.rules, original)
    assert "琥珀" not in said(ADVISOR.messages(ADVISOR.answer("什么时候开始施行")))
    assert "原文（2026 正式版）：第三十条" in said(advisor.messages(advisor.answer("什么时候开始施行")))
    assert advisor.answer("琥珀通知还有效吗").articles[0] == "30"


def project(**more: Value) -> View:
    facts: dict[str, Value] = {
        "classified": False,
        "unit_level": "city",
        "unit_kind": "government",
        "nature": "new",
    }
    facts |= {"category": "engineering", "total_investment": 1_500 * FEN_PER_WAN, "superior_approved": False}
    facts |= {"infrastructure_items": ("server",), "special_provision": False}
    draft = Draft(state="classified")
    draft.put(facts | more)
    return View(ADVISOR.rules, draft, TODAY)


def test_the_problem_that_an_article_causes_in_the_open_project_is_said() -> None:
    words = said(ADVISOR.messages(ADVISOR.answer("能不能买服务器"), project()))
    assert "对现在这个项目" in words
    assert "【原则上不受理】" in words


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        ("4", "适用本办法"),
        ("15", "可行性研究报告（必交，缺）"),
        ("18(1)", "备案（市数据局）"),
        ("13", "【原则上不受理】"),
        ("28", "还没有和这一条直接有关的事项"),
    ],
)
def test_an_article_is_applied_to_the_open_project(article: str, expected: str) -> None:
    assert expected in said(for_project(project(), article))


def test_a_due_date_of_the_open_project_is_told() -> None:
    view = project()
    view.draft.events = (Event(kind="award_notice", date=date(2026, 5, 31)),)
    assert "招标后备案，2026年6月30日" in said(for_project(View(view.rules, view.draft, TODAY), "18(1)"))


def test_nothing_is_said_of_a_project_that_may_be_secret() -> None:
    assert for_project(project(classified=True), "15") == []


def without_synonyms() -> RuleSet:
    files = installed_pack()[1]
    return load_rules({name: text for name, text in files.items() if name not in OPTIONAL_FILES})


def test_a_pack_without_synonyms_is_searched_by_its_articles() -> None:
    advisor = Advisor(without_synonyms())
    assert advisor.answer("试运行").articles[0] == "25"
    answer = advisor.answer("今天天气怎么样")
    assert not answer.covered
    assert "市数据局" in said(advisor.messages(answer))
