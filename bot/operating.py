"""What an operator may do, by command or on the page: add units, invite people, close accounts."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, cast, get_args

from bot.failures import one_line
from bot.web.principal import Role, digest_of
from rules.text import T, Text
from storage.errors import Duplicate

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from storage.accounts import Account
    from storage.unit_of_work import UnitOfWork
    from storage.units import Unit

ROLES: tuple[str, ...] = get_args(Role)
_AREA_DIGITS = 6
_LONGEST_NAME = 60


class RefusedError(ValueError):
    """Something that the operator asked for and cannot have; ``text`` says in one sentence why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.render())
        self.text = text


def add_unit(work: UnitOfWork, name: str, area: str, *, actor: str, at: datetime) -> Unit:
    """Add a unit in an area.

    Args:
        work: the transaction.
        name: the unit's full name.
        area: GB/T 2260, such as 640221.
        actor: the operator.
        at: now.

    Raises:
        RefusedError: no name, a name that is taken, or a code that is none.
    """
    clean = one_line(name).strip()
    if not 0 < len(clean) <= _LONGEST_NAME:
        raise RefusedError(T("单位名称要写，最多 {most} 个字。", most=_LONGEST_NAME))
    if len(area) != _AREA_DIGITS or not (area.isascii() and area.isdecimal()):
        raise RefusedError(T("区划代码是 6 位数字（GB/T 2260），例如石嘴山市 640200、平罗县 640221。"))
    try:
        unit = work.units.add(name=clean, area=area, at=at)
    except Duplicate:
        raise RefusedError(T("已经有「{name}」这个单位了。", name=clean)) from None
    work.audit.append(at=at, actor=actor, action="unit_added", unit_id=unit.id)
    return unit


def unit_named(work: UnitOfWork, name: str) -> Unit:
    """Return a unit by its name.

    Raises:
        RefusedError: there is none of that name.
    """
    found = next((unit for unit in work.units.list() if unit.name == name.strip()), None)
    if found is None:
        raise RefusedError(T("没有「{name}」这个单位。", name=name[:_LONGEST_NAME]))
    return found


def invite(
    work: UnitOfWork, unit: Unit | None, role: str, *, actor: str, at: datetime, lasts: timedelta
) -> str:
    """Return the token of an invitation that one person can use once.

    Args:
        work: the transaction.
        unit: where they work; only an operator may be of none.
        role: member, officer or operator.
        actor: the operator.
        at: now.
        lasts: how long the invitation is valid.

    Raises:
        RefusedError: an unknown role, or nobody's member.
    """
    if role not in ROLES:
        raise RefusedError(
            T("没有「{role}」这种角色，可用：{roles}。", role=role[:20], roles="、".join(ROLES))
        )
    if unit is None and role != "operator":
        raise RefusedError(T("单位人员和数据局人员要写明是哪个单位。"))
    token = secrets.token_urlsafe(24)
    unit_id = None if unit is None else unit.id
    work.invitations.add(
        token_hash=digest_of(token),
        unit_id=unit_id,
        role=cast("Role", role),
        invited_by=actor,
        at=at,
        expires_at=at + lasts,
    )
    work.audit.append(at=at, actor=actor, action="invited", unit_id=unit_id)
    return token


def reset(work: UnitOfWork, account: Account, *, actor: str, at: datetime, lasts: timedelta) -> str:
    """Return the token of a link by which somebody who forgot their password sets a new one."""
    token = secrets.token_urlsafe(24)
    work.invitations.add(
        token_hash=digest_of(token),
        unit_id=account.unit_id,
        role=account.role,
        invited_by=actor,
        at=at,
        expires_at=at + lasts,
        account_id=account.id,
    )
    work.audit.append(at=at, actor=actor, action="password_reset", unit_id=account.unit_id)
    return token


def set_active(work: UnitOfWork, account: Account, *, is_active: bool, actor: str, at: datetime) -> None:
    """Close an account, which also ends its sessions, or open it again."""
    work.accounts.set_active(account.id, is_active)
    work.web_sessions.end_all(account.id)
    action = "account_opened" if is_active else "account_closed"
    work.audit.append(at=at, actor=actor, action=action, unit_id=account.unit_id)


def role_label(role: str) -> Text:
    """Return a role in words."""
    labels = {"member": T("单位人员"), "officer": T("数据局人员"), "operator": T("管理员")}
    return labels[role]
