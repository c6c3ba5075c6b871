"""Which bots are served, with which tokens, and how fast they send: from the settings and the environment."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.delivery.limits import Limits
from bot.web.settings import SettingsError, TelegramBot
from rules.text import T

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.web.settings import Settings

TOKEN = "SHENBAO_TELEGRAM_TOKEN"  # noqa: S105 - the name of a variable
TOKEN_FILE = "SHENBAO_TELEGRAM_TOKEN_FILE"  # noqa: S105 - the name of a variable
API = "SHENBAO_TELEGRAM_API"
PER_SECOND = "SHENBAO_TELEGRAM_PER_SECOND"
PER_CHAT_SECONDS = "SHENBAO_TELEGRAM_PER_CHAT_SECONDS"
GROUP_PER_MINUTE = "SHENBAO_TELEGRAM_GROUP_PER_MINUTE"
_SHAPE = re.compile(r"(?P<bot>\d{1,16}):[\w-]{8,}", re.ASCII)
_MOST = 1_000_000.0


class BotAccess(NamedTuple):
    """What is needed to serve a bot.

    Attributes:
        bot_id: its number, the part of the token that is no secret.
        token: its secret.
        api: the address of the Bot API server.
        has_webhook: Telegram sends updates to the page; otherwise they are asked for.
    """

    bot_id: int
    token: str
    api: str
    has_webhook: bool


def bots_of(settings: Settings, environment: Mapping[str, str], *, wanted: bool | None) -> list[BotAccess]:
    """Return the bots to serve; none when there is to be no Telegram.

    Args:
        settings: of the server, or of local mode.
        environment: the variables of the process.
        wanted: as the command line says; None for what the settings say.

    Raises:
        SettingsError: a token is missing or malformed, or there are two of one bot.
    """
    if wanted is False or (wanted is None and not settings.telegram):
        return []
    found = [_access(bot, environment) for bot in settings.telegram or (TelegramBot(),)]
    if len({bot.bot_id for bot in found}) < len(found):
        raise SettingsError(T("配置文件里有两个 [[telegram]] 用的是同一个机器人的令牌；请去掉一个。"))
    if settings.is_local and any(bot.has_webhook for bot in found):
        raise SettingsError(T("webhook 要有 public_url（Telegram 才找得到这里）；请去掉 webhook。"))
    return found


def limits_of(settings: Settings, environment: Mapping[str, str]) -> Limits:
    """Return how fast to send; in local mode the environment may say so.

    Raises:
        SettingsError: a variable does not hold a number that makes sense.
    """
    delivery = settings.delivery
    given = environment if settings.is_local else {}
    return Limits(
        per_second=_number(given, PER_SECOND, delivery.per_second, least=0.01),
        per_chat=_number(given, PER_CHAT_SECONDS, delivery.per_chat_seconds, least=0),
        per_group_minute=int(_number(given, GROUP_PER_MINUTE, delivery.group_per_minute, least=1)),
        give_up_after=timedelta(hours=delivery.give_up_hours),
        on_ambiguous=delivery.on_ambiguous,
    )


def _access(bot: TelegramBot, environment: Mapping[str, str]) -> BotAccess:
    token = _token(bot, environment)
    found = _SHAPE.fullmatch(token)
    if found is None:
        raise SettingsError(
            T("Telegram 机器人的令牌不对：应当像 123456:ABC-DEF…；请从 @BotFather 那里复制整个令牌。")
        )
    api = environment.get(API, "") or bot.api
    return BotAccess(int(found["bot"]), token, api.rstrip("/"), bot.webhook)


def _token(bot: TelegramBot, environment: Mapping[str, str]) -> str:
    file = bot.token_file
    if not file and not environment.get(bot.token_env) and bot.token_env == TOKEN:
        file = environment.get(TOKEN_FILE, "")
    if file:
        try:
            return Path(file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else type(error).__name__
            raise SettingsError(
                T("Telegram 令牌文件「{path}」读不了（{reason}）。", path=file, reason=str(reason))
            ) from error
    token = environment.get(bot.token_env, "").strip()
    if not token:
        raise SettingsError(
            T(
                "没有 Telegram 机器人的令牌：请设环境变量 {variable}，或用 {file} 指出存令牌的文件。",
                variable=bot.token_env,
                file=TOKEN_FILE,
            )
        )
    return token


def _number(given: Mapping[str, str], name: str, otherwise: float, *, least: float) -> float:
    if not given.get(name):
        return otherwise
    try:
        number = float(given[name])
    except ValueError:
        number = -1.0
    if not least <= number <= _MOST:
        raise SettingsError(
            T(
                "环境变量 {name} 要是不小于 {least} 的数，现在是「{given}」。",
                name=name,
                least=str(least),
                given=given[name][:40],
            )
        )
    return number
