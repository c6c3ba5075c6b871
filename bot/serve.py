"""``shenbao serve``: the web page, for one person on this computer or for the units of a place, and its bots."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.conversation import Conversation
from bot.failures import failure_text
from bot.garbage import settle_in
from bot.listening import bind, listen
from bot.packs import DEFAULT_PACK, PackNotFoundError
from bot.place import user_name
from bot.structured_logs import begin_log
from bot.telegram.settings import bots_of, limits_of
from bot.translation import translator
from bot.web.settings import Settings, SettingsError
from bot.web.site import Site
from rules.ruleset import PackError
from rules.text import T
from storage.database import open_database
from storage.errors import StorageError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import uvicorn

    from bot.delivery.limits import Limits
    from bot.telegram.running import RunningBot
    from bot.telegram.settings import BotAccess

BAD_INPUT = 2
_SHUT_DOWN = 5
"""Seconds that a stop waits for requests that are being answered."""


def run_serve(
    *,
    language: str,
    data: Path | None,
    config: Path | None,
    port: int | None,
    opens_browser: bool,
    telegram: bool | None = None,
    pack: str = DEFAULT_PACK,
) -> int:
    """Serve until interrupted; return the exit code.

    Args:
        language: of pages for those who have not chosen one.
        data: folder of the database; None for the user's own data folder (or SHENBAO_DATA).
        config: the settings of a server; None for local mode.
        port: to listen on, in place of the one in the settings.
        opens_browser: open the page at once (local mode).
        telegram: serve Telegram bots too; None for what the settings say.
        pack: the rules that new projects begin with.
    """
    translate = translator(language)
    try:
        settings = Settings() if config is None else Settings.read(config)
        if port is not None:
            settings = settings.with_port(port)
        with open_database(settings.location(data)) as database:
            database.migrate()
            conversation = Conversation(database, SystemClock(), language=language, pack=pack)
            return _serve(conversation, settings, opens_browser=opens_browser, telegram=telegram)
    except SettingsError as error:
        sys.stderr.write(error.text.render(translate) + "\n")
    except (StorageError, PackNotFoundError, PackError) as error:
        sys.stderr.write(failure_text(error).render(translate) + "\n")
    except OSError as error:
        sys.stderr.write(
            T("端口打不开（{reason}）；请用 --port 换一个。", reason=os.strerror(error.errno or 0)).render(
                translate
            )
            + "\n"
        )
    return BAD_INPUT


def _serve(
    conversation: Conversation, settings: Settings, *, opens_browser: bool, telegram: bool | None
) -> int:
    import asyncio

    translate = translator(conversation.language)
    wanted = bots_of(settings, os.environ, wanted=telegram)
    begin_log(settings, os.environ, secrets=[access.token for access in wanted])
    limits = limits_of(settings, os.environ)
    site = _site(conversation, settings)
    listening = _listening(settings)
    address = site.local_address if settings.is_local else settings.public_url

    def announce(usernames: Sequence[str]) -> None:
        said = [T("在浏览器里打开：{address}", address=address)]
        said += [T("在 Telegram 里打开：@{name}", name=name) for name in usernames if name]
        said.append(T("用完按 Ctrl+C 停止；答过的都已存好。"))
        sys.stdout.write("".join(f"{text.render(translate)}\n" for text in said))
        sys.stdout.flush()
        if settings.is_local and opens_browser:
            import webbrowser

            webbrowser.open(address)
        settle_in()

    asyncio.run(_run(site, listening, wanted, limits, announce))
    return 0


def _listening(settings: Settings) -> socket.socket:
    """Return the socket of the page.

    Raises:
        OSError: the port is taken, or not ours to take.
    """
    if settings.is_local:
        return listen(settings.host, settings.port)  # the browser may come before the page is served
    # Whoever is served through a load balancer would wait here until the page is, instead of going elsewhere.
    return bind(settings.host, settings.port)


def _site(conversation: Conversation, settings: Settings) -> Site:
    if settings.is_local:
        return Site(conversation, settings, local_user=user_name())
    from bot.metrics import Metrics

    return Site(conversation, settings, local_user=None, metrics=Metrics(conversation))


async def _run(
    site: Site,
    listening: socket.socket,
    wanted: Sequence[BotAccess],
    limits: Limits,
    announce: Callable[[Sequence[str]], None],
) -> None:
    """Serve the page and the bots until the process is told to stop."""
    from bot.service import Page, Service

    bots: list[RunningBot] = []
    try:
        if wanted:
            from bot.telegram.running import enter  # the library takes a second to import

            public_url = site.settings.public_url
            for access in wanted:
                bot = await enter(
                    access,
                    site.conversation,
                    limits,
                    public_url=public_url,
                    sends=not site.conversation.database.is_on_server,
                )
                bots.append(bot)
        config = _page_config(site, bots)
        announce([bot.account.username for bot in bots])
        leave = partial(site.readiness.leave, site.settings.drain_seconds)
        await Service(
            site.conversation, Page(config), listening, bots, site.settings.retention, leave=leave
        ).run()
    finally:
        for bot in bots:
            await bot.account.bot.session.close()


def _page_config(site: Site, bots: Sequence[RunningBot]) -> uvicorn.Config:
    import uvicorn

    from bot.web.app import create_app

    return uvicorn.Config(
        create_app(site, [route for bot in bots for route in bot.routes]),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=not site.settings.is_local,
        forwarded_allow_ips=list(site.settings.trusted_proxies),
        timeout_graceful_shutdown=_SHUT_DOWN,
    )
