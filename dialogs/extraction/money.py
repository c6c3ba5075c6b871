"""The sums of money in a text: 680万, 六百八十万元, 6,800,000元, and bare numbers whose unit stands elsewhere."""

from __future__ import annotations

import re

import msgspec

from dialogs.parsing.amounts import Figure, compact, fen_of, figure
from rules.amounts import AmountError

_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_SPOKEN = "[零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟半几数]"
_SCALE = "个?[万亿萬億]+|w(?:an)?(?![a-z])"
_UNIT = "(?:元|圆|块钱?|yuan|rmb)(?!素|旦|件|头)"
_SUM = re.compile(
    rf"(?<![0-9a-z.,])(?P<number>(?:{_DIGITS}|{_SPOKEN}+(?:点{_SPOKEN}+)?|上(?=[百千万]))"
    rf"[多余来几十百千]*(?:{_SCALE})?(?:多|余|来)?(?:(?:{_DIGITS}|{_SPOKEN}+)(?:{_SCALE}))*(?:(?:[0-9]+|"
    rf"{_SPOKEN}+)(?=[元圆块]))?)(?P<unit> ?{_UNIT})?(?:人民币)?整?"
)
_HAS_SCALE = re.compile("[万亿萬億w]|wan")
_NOT_MONEY = re.compile(
    "^(?:人|条|户|个|名|次|份|张|件|台|套|家|亩|平|米|公|辆|路|点位|部|字|笔|居民|群众|学生|师生|网格|常住|用户|册|页|吨|千瓦|度|年|"
    "月|日|号|级|%|分|时|小时|天|周|期|楼|层|室|栋|[a-z])"
)
_BARE_END = re.compile("^(?:[，,。;；、|)(\\n]|$|\\(?(?:单位:?)?万元)")
_HEDGE_BEFORE = re.compile(
    "(?:大约|大概|约|差不多|将近|接近|近|不到|不足|不超过?|未超过?|不高于|不大于|不多于|不突破|不会超过|最多|至多|最高|上限|限额|最大|至少|最少|不少于|不低于|"
    "低于|小于|少于|超过?|高于|大于|多于|破|估计|估摸|可能|应该|应该是|预估|粗估|暂估|暂定|暂按|暂列|毛估|初步|初估|初步估算|控制在|控制到|压到|压缩到|"
    "≈|~|about|around|approx|大致|顶多|起码|上下|左右|或者?|还是|也就|几|上|数|原|原来|不是|并非|而非|"
    "(?<![核压缩调])[增减][加少]?了?(?![为到至成])|以上|左右|翻倍|[-−负])(?:是|为|在|到|:|：|共|有|要|需|定|定在|了|能|¥|人民币|需要)*$"
)
_HEDGE_AFTER = re.compile(
    "^(?:人民币)?(?:美元|美金|欧元|港[元币]|日元|英镑|左右|上下|以内|之内|以下|以上|之下|之上|内|出头|不到|多|余|来|起步|起|之间|不等|吧|的样子|级|打底|封顶|上限|为限|上浮|下浮|"
    "[?？]|往上|往下|前后|这样|或|还是|到|至|[~-]|—|–|\\+(?!自治|市|县|区|中央|国家|社会)|的量级|大致|可能|大概|估计)"
)
_RATE_AFTER = re.compile("^(?:/|每|一(?:年|台|套|个|人|月|次)|[0-9]+年一?付)")
_RATE_BEFORE = re.compile("(?:每[年月台套个人次]?|年均|单价|各)(?:是|为|要|约|需)?$")
_RANGE_BEFORE = re.compile(
    rf"(?:(?<![0-9a-z.年月-])(?:[0-9.]+|{_SPOKEN}+)(?:{_SCALE})?元?(?:到|至|~|-+|—+|–|或者?|还是|/|、|甚至))$"
)
_GOES_ON = re.compile(
    f"^(?:{_SPOKEN}+|[0-9]+[千百])(?![年月日号级个项类期季度等条家所台套区县市次批点是期旬])"
)
_NOT_WAN_FROM = 100_000
"""From here on a bare number is more likely 元, whatever the head of the table says."""
_YUAN_SIGN = re.compile("(?<!万元\\))(?<!万元\\):)(?<!万元\\)：)[¥￥]$")
_DIGIT_COMMA = re.compile("[0-9]，$")


class Sum(msgspec.Struct, frozen=True):
    """A sum at its place.

    Attributes:
        start, end: the words.
        figure: its number; None when it is only about right, a range, or unreadable.
        is_bare: no unit stands with it.
        is_rate: so much a year, a piece.
    """

    start: int
    end: int
    figure: Figure | None
    is_bare: bool
    is_rate: bool = False

    def fen(self, *, as_wan: bool = False) -> int | None:
        """Return the sum in 分; a bare number only when it is known to count 万元."""
        if self.figure is None or (self.is_bare and not as_wan):
            return None
        if self.is_bare and self.figure.number >= _NOT_WAN_FROM:
            return None
        try:
            return fen_of(self.figure)
        except AmountError:
            return None

    def fen_as_yuan(self) -> int | None:
        """Return a bare number that is known to count 元 in 分."""
        fen = None if self.figure is None else self.figure.number * 100
        return int(fen) if fen is not None and fen == int(fen) else None


def sums_in(text: str) -> list[Sum]:
    """Return the sums of a text in order; a number that counts people, years or pieces is none."""
    found: list[Sum] = []
    for match in _SUM.finditer(text):
        rest = text[match.end() : match.end() + 8]
        has_unit = match["unit"] is not None
        has_scale = _HAS_SCALE.search(match["number"]) is not None
        if not has_unit and _NOT_MONEY.match(rest):
            continue
        if not has_unit and not has_scale and not (_BARE_END.match(rest) and match[0][0] in "0123456789"):
            continue
        before = text[max(0, match.start() - 16) : match.start()]
        if _YUAN_SIGN.search(before) and not has_scale:
            has_unit = True
        found.append(
            Sum(
                match.start(),
                match.end(),
                None if _is_vague(before, match[0], rest) else _figure(match[0], is_yuan=has_unit),
                is_bare=not has_unit and not has_scale,
                is_rate=_RATE_AFTER.match(rest) is not None or _RATE_BEFORE.search(before) is not None,
            )
        )
    return found


def _is_vague(before: str, words: str, rest: str) -> bool:
    return bool(
        _HEDGE_BEFORE.search(before)
        or _HEDGE_AFTER.match(rest)
        or _RANGE_BEFORE.search(before)
        or _DIGIT_COMMA.search(before)
        or _GOES_ON.match(rest)
        or re.search("[多余来几数上]", words)
    )


def _figure(words: str, *, is_yuan: bool) -> Figure | None:
    plain = re.sub(r"(?<=[0-9]),(?=[0-9]{3})", "", words)
    return figure(
        compact(plain).replace("人民币", "").removesuffix("整").replace("rmb", "元").rstrip("元圆")
        + "元" * is_yuan
    )
