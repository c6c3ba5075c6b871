"""synonyms.yaml: may be left out, and its faults are named."""

from __future__ import annotations

import pytest

from bot.packs import installed_pack
from rules.check import check_pack
from rules.loader import load_rules
from rules.ruleset import PackError

FILES = installed_pack()[1]


def faults(synonyms: str) -> list[str]:
    try:
        found = check_pack(load_rules({**FILES, "synonyms.yaml": synonyms}))
    except PackError as error:
        found = error.faults
    return [f"{fault.file}: {fault.entry}: {fault.reason.render()}" for fault in found]


def test_the_synonyms_that_come_with_the_program_are_sound() -> None:
    assert faults(FILES["synonyms.yaml"]) == []


@pytest.mark.parametrize(
    ("synonyms", "fault"),
    [
        ('asked: {"99": 几天备案}', "99: articles.yaml 里没有条文「99」"),
        ('otherwise: "99"', "99: articles.yaml 里没有条文「99」"),
        ('outside: [{id: fees, message: 没有写。, nearest: "99"}]', "99: articles.yaml 里没有条文「99」"),
        ("amounts: [500, 60]", "amounts: 金额要从小到大写，每个只写一次"),
        ("words: |\n  备案 登记\n  立项 登记", "words: 「登记」已经写在「备案」一行"),
        (
            'outside: [{id: fees, message: 甲, nearest: "5"}, {id: fees, message: 乙, nearest: "5"}]',
            "fees: 这个 id 用了不止一次",
        ),
        ('outside: [{id: fees, message: 甲, nearest: "5", asks: [how_far]}]', "asks"),
        ("word: 备案", "word"),
    ],
)
def test_a_fault_of_the_synonyms_is_named(synonyms: str, fault: str) -> None:
    assert any(line.startswith("synonyms.yaml: ") and fault in line for line in faults(synonyms))


def test_a_pack_without_synonyms_loads_and_keeps_its_digest() -> None:
    bare = {name: text for name, text in FILES.items() if name != "synonyms.yaml"}
    rules = load_rules(bare)
    assert check_pack(rules) == []
    assert rules.pack.digest != load_rules(dict(FILES)).pack.digest
