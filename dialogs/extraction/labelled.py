"""Lines and tables that name a fact themselves: 项目名称：…, | 联系电话 | … |, a row of heads above a row of values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dialogs.parsing import form_words
from dialogs.parsing.amounts import parse_amount
from dialogs.parsing.choices import Option, match_many
from dialogs.parsing.phones import parse_phone
from dialogs.parsing.result import Parsed
from dialogs.parsing.text import clean_text, normalise
from dialogs.parsing.yes_no import match_yes_no
from rules.facts import LONGEST_TEXT

if TYPE_CHECKING:
    from dialogs.extraction.candidates import Notes
    from dialogs.extraction.source import Source
    from rules.facts import Fact, Value
    from rules.ruleset import RuleSet

LABELS: dict[str, tuple[str, ...]] = {
    "total_investment": ("总投资", "项目总投资", "投资总额", "总预算"),
    "this_year_investment": ("本年度投入", "本年度计划投入"),
    "unit_name": ("项目建设单位", "建设单位", "建设单位名称", "单位名称", "项目单位", "建设单位全称"),
    "applicant_unit": ("项目申报单位", "申报单位"),
    "project_lead": ("项目负责人",),
    "phone": (
        "联系电话",
        "电话",
        "手机",
        "手机号",
        "手机号码",
        "联系方式",
        "座机",
        "办公电话",
        "tel",
        "phone",
    ),
    "partner_units": ("参与建设单位", "参建单位", "共建单位"),
    "project_name": ("项目名称", "项目名"),
    "project_address": ("项目建设地址", "建设地址", "建设地点", "项目建设地点", "项目地址", "实施地点"),
    "project_basis": ("项目建设依据", "建设依据", "项目依据", "立项依据"),
    "readiness": ("项目准备情况", "准备情况"),
    "construction_content": ("项目建设内容", "建设内容", "主要建设内容"),
    "operation_funding_source": ("后续运维资金来源", "运维资金来源"),
    "background": ("项目背景", "建设背景"),
    "goals": ("建设目标", "项目目标"),
    "accountable_person": ("项目责任人",),
}
"""Further names of text facts; the pack's own label of a fact always counts."""
_OTHER_LABELS = (
    "总投资",
    "项目总投资",
    "项目预计总投资",
    "投资概算",
    "资金来源",
    "联系人",
    "地址",
    "邮箱",
    "传真",
    "邮编",
    "日期",
    "项目类别",
    "项目性质",
    "单位",
    "等保级别",
    "等保",
    "工期",
    "建设周期",
    "建设期",
    "计划时间",
    "项目计划时间",
    "起止时间",
    "服务期",
    "预算",
    "项目预算",
    "项目概况",
    "附件",
    "单位性质",
    "负责人",
    "主管部门",
    "是否涉密",
    "本年度预计投入",
    "起始时间",
    "完成时间",
    "上级主管部门",
    "承建单位",
    "备注",
    "项目简介",
    "其他",
    "微信",
    "email",
)
_FUND_HEADS = {
    **dict.fromkeys(("国家", "国家资金", "中央", "中央资金"), "fund_national"),
    **dict.fromkeys(("自治区", "自治区资金"), "fund_regional"),
    **dict.fromkeys(("市级", "市级资金"), "fund_city"),
    **dict.fromkeys(("社会", "社会资金"), "fund_social"),
}
"""Heads of a table that are too short to be names elsewhere."""
_SEPARATOR = "[:：|]"
_TERSE = frozenset(
    {"unit_name", "applicant_unit", "project_lead", "phone", "project_address", "accountable_person"}
)
_BEGIN = (
    r"(?:(?<=^)|(?<=[\n\0|，,。;；、()]))(?:[0-9一二三四五六七八九十]{1,2}[.、)]|\([0-9一二三四五六七八九十]{1,2}\)|[-•·●>+]|"
    r"第?[一二三四五六七八九十]、)*"
)
_UNIT = r"(?:\((?:人民币)?(?:单位[:：]?)?(?P<unit>万元|元|亿元)\))?"
_TITLE = re.compile(
    "(?:同志|先生|女士|[副]?(?:局长|主任|科长|院长|校长|书记|镇长|乡长|处长|部长|股长|所长|队长|站长|经理|工程师)|工)$"
)
_FEWEST_HEADS = 3
_MOST_HEADS_KNOWN = 0.6
"""The share of heads that must be known names, lest a sentence with bars be taken for a table."""
_PERSON = re.compile("[一-龥·]{2,8}")
_UNSAID = re.compile(
    "待|未定|没定|没想好|暂|不详|不清楚|再说|再定|tbd|如下|见附|详见|见下|同上|另附|xx|某|可能|或者?|大概|吧$|还没|保密",
    re.IGNORECASE,
)


class _Cell(NamedTuple):
    """A cell of a pasted table, and where it stands."""

    words: str
    start: int
    end: int


class Label(NamedTuple):
    """A label found, and where its value lies."""

    fact: str
    start: int
    value_start: int
    value_end: int
    unit: str


def read_labelled(notes: Notes) -> str:
    """Note what labelled lines and tables say; return the text with the parts that are done blanked out."""
    names = _names(notes.rules)
    done = _rows(notes, names)
    for label in _labels(notes, names):
        if any(label.start < end and start < label.value_end for start, end in done):
            continue
        end = _take(notes, notes.rules.facts[label.fact], label)
        if end is not None:
            done.append((label.start, end))
    text = list(notes.text)
    for start, end in done:
        text[start:end] = "\0" * (end - start)
    return "".join(text)


def _names(rules: RuleSet) -> dict[str, str]:
    """Return label → fact, as the searched text spells it."""
    names: dict[str, str] = {}
    for fact in rules.facts.values():
        plain = normalise(fact.label).casefold()
        own = [plain, plain.removeprefix("是否")] if fact.type == "yes_no" else [plain]
        for name in (*own, *LABELS.get(fact.id, ())):
            if len(name) > 1:
                names.setdefault(name, fact.id)
    return names


def _labels(notes: Notes, names: dict[str, str]) -> list[Label]:
    ordered = sorted({*names, *_OTHER_LABELS}, key=len, reverse=True)
    known = "|".join(map(re.escape, ordered))
    pattern = re.compile(f"{_BEGIN}(?P<name>{known}){_UNIT}(?P<sep>{_SEPARATOR}+|[?？](?:答[:：])?)")
    # a second label on the line ends the value of the first, with or without a comma
    found = list(pattern.finditer(notes.text))
    inner = re.compile(f"(?P<name>{known}){_UNIT}{_SEPARATOR}")
    stops = [match.start("name") for match in found]
    stops += [match.start() for match in inner.finditer(notes.text) if match.start() in notes.source.gaps]
    labels: list[Label] = []
    for match in found:
        fact = names.get(match["name"])
        if fact is None:
            continue
        end = notes.text.find("\n", match.end())
        end = len(notes.text) if end < 0 else end
        end = min([stop for stop in stops if match.end() <= stop < end], default=end)
        labels.append(Label(fact, match.start("name"), match.end(), end, match["unit"] or ""))
    return labels


def _take(notes: Notes, fact: Fact, label: Label) -> int | None:
    """Note the value of a label; return where its words end when nothing else is to be read in them."""
    text, end = notes.text, label.value_end
    if fact.type == "text":
        is_name = fact.id in _TERSE or fact.id == "project_name"
        cut = re.search("[，,。;；|]" if is_name else "[。;；|]", text[label.value_start : end])
        whole, end = end, label.value_start + cut.start() if cut else end
        if not is_name and text[end:whole].strip("。;；|"):
            notes.doubt(fact.id, label.start, whole, "unclear")  # where its text ends is not said
            return None
        return end if _text(notes, fact, label.start, label.value_start, end) else None
    if fact.type == "phone":
        return _phone(notes, fact, label.start, label.value_start, end)
    cut = re.search(r"[，,。;；|(?？]", text[label.value_start : end])
    end = label.value_start + cut.start() if cut else end
    value = _value(fact, text[label.value_start : end].strip("\0"))
    if value is None or text[end : end + 1] in {"?", "？"}:
        return None
    notes.state(fact.id, value, label.start, end)
    return end


def _value(fact: Fact, words: str) -> Value | None:
    """Return the value of a label whose fact is chosen or answered; None when the words do not settle it."""
    if not words or _UNSAID.search(words):
        return None
    match fact.type:
        case "yes_no":
            read = match_yes_no(words, allow_unsure=True) if not re.search("[0-9a-z]", words) else None
            return read.value if isinstance(read, Parsed) and isinstance(read.value, bool) else None
        case "choice":
            return next(
                (option.key for option in fact.question.options if words in _spellings(option.label)), None
            )
        case "set":
            options = [
                Option(option.key, option.label, tuple(option.synonyms)) for option in fact.question.options
            ]
            read = match_many(words, options) if not re.search("[0-9等]", words) else None
            return read.value if isinstance(read, Parsed) else None
        case _:
            return None


def _spellings(label: str) -> set[str]:
    plain = normalise(label).casefold()
    return {plain, form_words.without_brackets(plain)}


def _text(notes: Notes, fact: Fact, start: int, value_start: int, end: int) -> bool:
    source = notes.source
    if fact.id in _TERSE:
        bracket = notes.text.find("(", value_start, end)
        if bracket > value_start and fact.id in {"project_lead", "accountable_person"}:
            end = bracket
    words = (
        source.words(value_start, end).strip(" \t　*`#“”\"'「」《》，,。;；|") if value_start < end else ""
    )
    if fact.id != "project_name":
        words = source.words(value_start, end).strip(" \t　*`#|") if value_start < end else ""
        words = words.rstrip("。;；，,（( ")
    if fact.id in {"project_lead", "accountable_person"}:
        words = _person(source, value_start, end) or ""
    if not words:
        return False
    is_long = fact.question.max_length > 1000  # noqa: PLR2004 - a paragraph, whose words may state other facts
    read = clean_text(words, max_length=fact.question.max_length or LONGEST_TEXT)
    if form_words.says_nothing(words):
        return True
    if (
        "\n" in words  # a line that a mail program broke, or the next entry
        or not isinstance(read, Parsed)
        or form_words.is_filler(words)
        or form_words.has_holes(words)
        or (_UNSAID.search(words) and not is_long)
    ):
        notes.doubt(fact.id, start, end, "unclear")
        return False
    notes.state(fact.id, read.value, value_start, end)
    if fact.id in {"unit_name", "applicant_unit"}:
        from dialogs.extraction.units import note_unit

        note_unit(notes, notes.text[value_start:end], value_start, end, is_name=False)
    return not is_long


def _person(source: Source, start: int, end: int) -> str | None:
    gap = min((gap for gap in source.gaps if start < gap < end), default=end)
    for stop in (end, gap):
        name = _TITLE.sub("", re.split("[0-9，,、(/]", source.text[start:stop])[0])
        if _PERSON.fullmatch(name) and len(name) <= 4:  # noqa: PLR2004 - longest usual name
            return name
    return None


def _phone(notes: Notes, fact: Fact, start: int, value_start: int, end: int) -> int | None:
    words = re.split("[，,。;；|]|邮箱|传真|地址|微信", notes.text[value_start:end])[0]
    found = re.match(r"[0-9+() \-—–、/转]{7,}", words)
    stop = value_start + (len(found[0]) if found else len(words))
    if re.search("传真|监督|投诉|数据局|公司|厂家|客服|供应商|监理", notes.text[max(0, start - 8) : start]):
        return stop
    read = parse_phone(found[0].strip("、/ -(")) if found else None
    if isinstance(read, Parsed):
        notes.state(fact.id, read.value, value_start, stop)
        return stop
    if words:
        notes.doubt(fact.id, start, stop, "unclear")
    return None


def _rows(notes: Notes, names: dict[str, str]) -> list[tuple[int, int]]:
    """Read a table whose heads stand in a row above one row of values."""
    lines = [line for line in re.finditer(r"[^\n]+", notes.text) if not re.fullmatch(r"[|:\- ]+", line[0])]
    done: list[tuple[int, int]] = []
    for index, line in enumerate(lines[:-1]):
        heads, values = _cells(line), _cells(lines[index + 1])
        known = [
            _FUND_HEADS.get(head) or names.get(head)
            for head in (re.sub(r"\((?:万元|元)\)", "", head.words) for head in heads)
        ]
        if (
            len(heads) < _FEWEST_HEADS
            or len(heads) != len(values)
            or sum(name is not None for name in known) < len(heads) * _MOST_HEADS_KNOWN
        ):
            continue
        last = index + 1
        while last + 1 < len(lines) and len(_cells(lines[last + 1])) == len(heads):
            last += 1
        done.append((line.start(), lines[last].end()))
        if last > index + 1:
            continue  # several projects in one table
        for head, name, value in zip(heads, known, values, strict=True):
            if name is not None and value.words:
                _cell(notes, notes.rules.facts[name], head.words, value)
    return done


def _cell(notes: Notes, fact: Fact, head: str, cell: _Cell) -> None:
    words, start, end = cell
    if fact.type == "text":
        _text(notes, fact, start, start, end)
    elif fact.type == "phone":
        _phone(notes, fact, start, start, end)
    elif fact.type == "amount":
        unit = re.search(r"\((万元|元)\)", head)
        read = parse_amount(words + (unit[1] if unit and not re.search("[万元亿]", words) else ""))
        if isinstance(read, Parsed) and (unit or re.search("[万元亿]", words)):
            notes.state(fact.id, read.value, start, end)
        else:
            notes.doubt(fact.id, start, end, "unclear")
    else:
        value = _value(fact, words)
        if value is None:
            notes.doubt(fact.id, start, end, "unclear")
        else:
            notes.state(fact.id, value, start, end)


def _cells(line: re.Match[str]) -> list[_Cell]:
    body = line[0]
    if "|" not in body:
        return []
    cells: list[_Cell] = []
    at = 0
    for part in body.split("|"):
        cells.append(_Cell(part, line.start() + at, line.start() + at + len(part)))
        at += len(part) + 1
    if body.startswith("|"):
        cells = cells[1:]
    return cells[:-1] if body.endswith("|") else cells
