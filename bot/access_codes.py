"""One-time codes that people pass on by hand: short, easy to read out, kept only as a hash."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from dialogs.parsing.text import normalise
from rules.text import T, Text

if TYPE_CHECKING:
    from datetime import datetime

    from limits import RateLimitItem
    from limits.strategies import MovingWindowRateLimiter

    from storage.codes import AccessCode
    from storage.unit_of_work import UnitOfWork

Kind = Literal["link", "project"]
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L, which look alike."""
LASTS: dict[Kind, timedelta] = {"link": timedelta(minutes=10), "project": timedelta(days=7)}
MOST_WRONG, MINUTES = 5, 10
_HALF = 4
_TYPED = re.compile(r"[0-9A-Za-z]{1,12}(?:[ -][0-9A-Za-z]{1,6})?")


class CodeRefusedError(ValueError):
    """A code that cannot be used; ``text`` says in one sentence why and what to do."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.render())
        self.text = text


class WrongCodes:
    """Counts wrong codes within this process, so that nobody finds one by trying."""

    def allows(self, chat: str) -> bool:
        """Say whether a chat may try another code."""
        return self._limiter.test(self._most, chat)

    def note(self, chat: str) -> None:
        """Count a wrong code."""
        self._limiter.hit(self._most, chat)

    @cached_property
    def _most(self) -> RateLimitItem:
        from limits import RateLimitItemPerMinute

        return RateLimitItemPerMinute(MOST_WRONG, MINUTES)

    @cached_property
    def _limiter(self) -> MovingWindowRateLimiter:
        from limits.storage import MemoryStorage  # takes a tenth of a second to import
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(MemoryStorage())


def issue(
    work: UnitOfWork,
    kind: Kind,
    *,
    person: str,
    owner: str,
    account_id: int | None,
    name: str,
    at: datetime,
    project_id: int | None = None,
) -> str:
    """Return a new code as it is shown, XXXX-XXXX.

    Args:
        work: the transaction.
        kind: what it is for: linking a channel, or joining a project.
        person: who issues it.
        owner: whose projects are theirs.
        account_id: their account; None for somebody without.
        name: what others read of them.
        at: now.
        project_id: the project that can be joined with it.
    """
    halves = ("".join(secrets.choice(ALPHABET) for _ in range(_HALF)) for _ in range(2))
    code = "-".join(halves)
    work.codes.add(
        code_hash=hash_of(code),
        kind=kind,
        person=person,
        owner=owner,
        account_id=account_id,
        name=name,
        project_id=project_id,
        at=at,
        expires_at=at + LASTS[kind],
    )
    return code


def find(
    work: UnitOfWork, wrong: WrongCodes, typed: str, kind: Kind | None, *, chat: str, at: datetime
) -> AccessCode:
    """Return a code that can be used now; it is not used up yet.

    Args:
        work: the transaction.
        wrong: counts wrong ones.
        typed: the code, with or without the dash, in any case.
        kind: what it is wanted for; None for either.
        chat: who tries.
        at: now.

    Raises:
        CodeRefusedError: there is no such code, it was used, it is too old, it is for something else, whoever
            issued it has left, or too many wrong ones were tried.
    """
    if not wrong.allows(chat):
        raise CodeRefusedError(T("输错的码太多了，请过 {minutes} 分钟再试。", minutes=MINUTES))
    code = work.codes.get(hash_of(typed))
    problem = _problem(work, code, at)
    if code is None or problem is not None:
        wrong.note(chat)
        raise CodeRefusedError(problem or _UNKNOWN)
    if kind is not None and code.kind != kind:
        raise CodeRefusedError(_OTHER_WORD[kind])
    return code


def looks_like_code(typed: str) -> bool:
    """Say whether words could be meant for a code, right or wrong; anything else is no attempt at one."""
    return _TYPED.fullmatch(normalise(typed)) is not None


def hash_of(typed: str) -> str:
    """Return what is kept of a code; slow to compute, as a code is short enough to be tried out."""
    clean = re.sub(r"[ -]", "", normalise(typed[:40])).upper()
    return hashlib.scrypt(clean.encode(), salt=b"shenbao access code", n=2**12, r=8, p=1).hex()


_UNKNOWN = T("这个码不对，请照着发码的地方再打一遍，像 ABCD-2345 这样 8 位。")
_OTHER_WORD: dict[Kind, Text] = {
    "link": T("这是加入项目的邀请码，请说「加入」加上这个码。"),
    "project": T("这是绑定账号的码，请说「绑定」加上这个码。"),
}


def _problem(work: UnitOfWork, code: AccessCode | None, at: datetime) -> Text | None:
    if code is None:
        return _UNKNOWN
    if code.used_at is not None:
        return T("这个码已经用过了，一个码只能用一次；请让对方再发一个。")
    if code.expires_at <= at:
        return T("这个码已经过期，请让对方再发一个。")
    if code.account_id is not None and not work.accounts.get(code.account_id).is_active:
        return T("发这个码的账号已经停用，码也不能用了。")
    return None
