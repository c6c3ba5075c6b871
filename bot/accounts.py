"""The operator's commands on a server: units, invitations, accounts."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from bot import operating
from bot.clock import Clock, SystemClock
from bot.failures import failure_text
from bot.operating import RefusedError, role_label
from bot.web.settings import Settings, SettingsError
from rules.text import T, Text, joined, verbatim
from storage.database import open_database
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from rules.text import Translate
    from storage.accounts import Account
    from storage.unit_of_work import UnitOfWork

OK, BAD_INPUT = 0, 2
ACTOR = "operator"
"""Who works at the server itself needs no account."""


class Operator:
    """The operator at the command line: each method is one command, and returns the exit code."""

    def __init__(
        self, *, data: Path | None, config: Path | None, translate: Translate, clock: Clock | None = None
    ) -> None:
        """Work on a server's database.

        Args:
            data: its folder; None for the one of the settings, else the user's own.
            config: the settings of the server, which say how users reach it.
            translate: the operator's language.
            clock: tells the time; the machine's own when None.
        """
        self.data = data
        self.config = config
        self.translate = translate
        self.clock = clock or SystemClock()

    def add_unit(self, name: str, area: str) -> int:
        """Add a unit in an area (GB/T 2260, such as 640221)."""

        def act(work: UnitOfWork, now: datetime) -> Text:
            unit = operating.add_unit(work, name, area, actor=ACTOR, at=now)
            return T("已添加「{name}」（{area}）。", name=unit.name, area=unit.area)

        return self._run(act)

    def list_units(self) -> int:
        """Print every unit with its area and how many accounts it has."""

        def act(work: UnitOfWork, _now: datetime) -> Text:
            lines = [
                T(
                    "{area}　{name}　{count} 个账号",
                    area=unit.area,
                    name=unit.name,
                    count=len(work.accounts.list(unit.id)),
                )
                for unit in work.units.list()
            ]
            return joined(lines, verbatim("\n")) if lines else T("还没有单位；用 shenbao unit add 添加。")

        return self._run(act)

    def invite(self, unit_name: str, role: str) -> int:
        """Print a link by which one person opens an account; it works once, and for a limited time."""

        def act(work: UnitOfWork, now: datetime) -> Text:
            unit = operating.unit_named(work, unit_name) if unit_name else None
            return self._link(
                lambda lasts: operating.invite(work, unit, role, actor=ACTOR, at=now, lasts=lasts)
            )

        return self._run(act)

    def reset(self, login: str) -> int:
        """Print a link by which somebody who forgot their password sets a new one."""

        def act(work: UnitOfWork, now: datetime) -> Text:
            account = _account(work, login)
            return self._link(lambda lasts: operating.reset(work, account, actor=ACTOR, at=now, lasts=lasts))

        return self._run(act)

    def list_users(self) -> int:
        """Print every account."""

        def act(work: UnitOfWork, _now: datetime) -> Text:
            units = {unit.id: unit.name for unit in work.units.list()}
            lines = [
                T(
                    "{login}　{name}　{role}　{unit}　{state}",
                    login=account.login,
                    name=account.name,
                    role=role_label(account.role),
                    unit=units.get(account.unit_id or 0, "-"),
                    state=T("可用") if account.is_active else T("已停用"),
                )
                for account in work.accounts.list()
            ]
            return (
                joined(lines, verbatim("\n")) if lines else T("还没有账号；用 shenbao user invite 发邀请。")
            )

        return self._run(act)

    def set_active(self, login: str, *, is_active: bool) -> int:
        """Close an account, which also ends its sessions, or open it again."""

        def act(work: UnitOfWork, now: datetime) -> Text:
            account = _account(work, login)
            operating.set_active(work, account, is_active=is_active, actor=ACTOR, at=now)
            if is_active:
                return T("「{login}」可以登录了。", login=account.login)
            return T("「{login}」已停用，正在用的也已退出。", login=account.login)

        return self._run(act)

    def _link(self, make: Callable[[timedelta], str]) -> Text:
        settings = self._settings()
        if settings.is_local:
            raise RefusedError(T("请用 --server 给出服务器的配置文件，链接里要写服务器的地址。"))
        hours = settings.invitation_hours
        return T(
            "把这个链接发给本人，{hours} 小时内有效，只能用一次：\n{link}",
            hours=hours,
            link=settings.invitation_link(make(timedelta(hours=hours))),
        )

    def _settings(self) -> Settings:
        return Settings() if self.config is None else Settings.read(self.config)

    def _run(self, act: Callable[[UnitOfWork, datetime], Text]) -> int:
        """Do one thing in one transaction; say what came of it, or why it could not be done."""
        try:
            with open_database(self._settings().location(self.data)) as database:
                database.migrate()
                with database.unit_of_work() as work:
                    said = act(work, self.clock.now())
        except (RefusedError, SettingsError) as error:
            return self._refuse(error.text)
        except StorageError as error:
            return self._refuse(failure_text(error))
        sys.stdout.write(said.render(self.translate) + "\n")
        return OK

    def _refuse(self, text: Text) -> int:
        sys.stderr.write(text.render(self.translate) + "\n")
        return BAD_INPUT


def _account(work: UnitOfWork, login: str) -> Account:
    account = work.accounts.by_login(login)
    if account is None:
        raise RefusedError(T("没有「{login}」这个用户名。", login=login[:60]))
    return account
