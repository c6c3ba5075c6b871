"""One bot while it is served: it introduces itself to Telegram, receives, and sends."""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.delivery.dispatcher import Dispatcher
from bot.telegram.commands import COMMANDS
from bot.telegram.connection import Account, connect, reason_of, was_taken
from bot.telegram.incoming import ALLOWED
from bot.telegram.library import (
    AiogramError,
    BotCommand,
    ClientDecodeError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from bot.telegram.polling import Polling
from bot.telegram.reception import Reception
from bot.telegram.sender import TelegramSender
from bot.telegram.webhook import Webhook, secret_of
from bot.translation import languages, translator
from bot.web.settings import SettingsError
from rules.text import T

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.routing import Route

    from bot.conversation import Conversation
    from bot.delivery.limits import Limits
    from bot.telegram.settings import BotAccess

_LONGEST_WAIT = 60.0
_FIRST_REQUEST = 10
_log = logging.getLogger(__name__)


class RunningBot:
    """A bot that is served beside the page.

    Attributes:
        account: the bot.
        sender: sends to its chats.
        dispatcher: sends what is in its outbox; None when workers do.
    """

    def __init__(
        self,
        account: Account,
        conversation: Conversation,
        limits: Limits,
        *,
        owner: str,
        public_url: str = "",
        sends: bool = True,
    ) -> None:
        """Serve a bot.

        Args:
            account: the bot.
            conversation: answers and keeps.
            limits: how fast to send.
            owner: names the dispatcher, after a restart as before.
            public_url: where Telegram sends updates; empty to ask for them.
            sends: whether this process sends what is in the outbox.
        """
        self.account = account
        self.sender = TelegramSender(account, conversation, limits)
        self.dispatcher = Dispatcher(conversation, self.sender, limits, owner=owner) if sends else None
        self._language = conversation.language
        self._public_url = public_url.rstrip("/")
        self._reception = Reception(conversation, account, wake=self.wake)
        self._webhook = Webhook(self._reception)

    @property
    def routes(self) -> list[Route]:
        """What the page answers to for this bot."""
        return [self._webhook.route()] if self._public_url else []

    @property
    def has_webhook(self) -> bool:
        """Telegram sends updates; otherwise they are asked for, by one process alone."""
        return bool(self._public_url)

    def wake(self) -> None:
        """Look at the outbox soon: something was put there. Any thread may call this."""
        if self.dispatcher is not None:
            self.dispatcher.wake()

    async def receive(self, stopping: asyncio.Event) -> None:
        """Receive until told to stop, then finish what was begun."""
        menu = asyncio.create_task(self._set_menu())
        try:
            await self._until_done(self._set_way_in, stopping)
            if self._public_url:
                await stopping.wait()
            else:
                await Polling(self._reception).run(stopping)
        finally:
            menu.cancel()
            await asyncio.gather(menu, return_exceptions=True)
            await self._reception.finish()

    async def _set_way_in(self) -> None:
        """Tell Telegram whether it sends updates or is asked for them; the one rules out the other."""
        if not self.account.username:
            self.account = self._reception.account = await known(self.account)
        bot = self.account.bot
        if self._public_url:
            try:
                await bot.set_webhook(
                    f"{self._public_url}{self._webhook.path}",
                    allowed_updates=list(ALLOWED),
                    secret_token=secret_of(bot.token),
                )
            except ClientDecodeError as error:
                if was_taken(error) is None:
                    raise
        else:
            with suppress(AiogramError, OSError):  # asking for updates tells whether there is one
                await bot.delete_webhook(drop_pending_updates=False)

    async def _set_menu(self) -> None:
        """Give the menu of commands to Telegram; one that cannot be given is no more than a comfort missed."""
        with suppress(AiogramError, OSError):
            await self._give_menu()

    async def _give_menu(self) -> None:
        for language in languages():
            translate = translator(language)
            menu = [
                BotCommand(command=command.name, description=command.title.render(translate))
                for command in COMMANDS
            ]
            codes = [language] if language != self._language else [language, None]
            for code in codes:
                await self.account.bot.set_my_commands(menu, language_code=code)

    async def _until_done(self, work: Callable[[], Awaitable[None]], stopping: asyncio.Event) -> None:
        """Try until Telegram can be reached."""
        wait = 0.5
        while not stopping.is_set():
            try:
                await work()
            except TelegramRetryAfter as error:
                wait = float(error.retry_after)
            except (AiogramError, OSError) as error:
                _log.warning("%s: Telegram cannot be reached: %s", self.account.channel, reason_of(error))
                wait = min(wait * 2, _LONGEST_WAIT)
            else:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), wait)


async def enter(
    access: BotAccess, conversation: Conversation, limits: Limits, *, public_url: str, sends: bool = True
) -> RunningBot:
    """Return a bot that is ready to be served.

    Args:
        access: which bot, and where.
        conversation: answers and keeps.
        limits: how fast to send.
        public_url: of the page, for a bot with a webhook.
        sends: whether this process sends what is in the outbox.

    Raises:
        SettingsError: Telegram does not know the token.
    """
    account = Account(connect(access.token, access.api), access.bot_id, "")
    try:
        account = await known(account)
    except (TelegramUnauthorizedError, TelegramNotFound):
        await account.bot.session.close()
        raise SettingsError(
            T(
                "Telegram 不认这个机器人（{bot}）的令牌；请从 @BotFather 那里重新复制。",
                bot=str(access.bot_id),
            )
        ) from None
    except (AiogramError, OSError) as error:
        _log.warning("%s: Telegram cannot be reached: %s", account.channel, reason_of(error))
    return RunningBot(
        account,
        conversation,
        limits,
        owner=f"{account.channel}@{socket.gethostname()}",
        public_url=public_url if access.has_webhook else "",
        sends=sends,
    )


async def known(account: Account) -> Account:
    """Return a bot with the name that Telegram knows it by."""
    try:
        username = (await account.bot.get_me(request_timeout=_FIRST_REQUEST)).username
    except ClientDecodeError as error:
        if (answered := was_taken(error)) is None:
            raise
        username = answered.get("result", {}).get("username")
    return account._replace(username=username or "")
