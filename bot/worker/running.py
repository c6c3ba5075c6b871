"""``shenbao worker``: one of any number of processes that send, remind and tidy up for a database server."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.conversation import Conversation
from bot.failures import failure_text
from bot.garbage import settle_in
from bot.packs import DEFAULT_PACK, PackNotFoundError
from bot.structured_logs import begin_log
from bot.telegram.settings import bots_of, limits_of
from bot.translation import translator
from bot.web.settings import Settings, SettingsError
from bot.works import keep, pause, told_to_stop
from rules.ruleset import PackError
from rules.text import T
from storage.database import is_postgresql, open_database
from storage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bot.delivery.limits import Limits
    from bot.telegram.running import RunningBot
    from bot.telegram.settings import BotAccess
    from bot.worker.courier import Courier
    from bot.worker.jobs import Jobs
    from bot.works import Work
    from storage.sole_right import SoleRight

BAD_INPUT = 2
LOOK = 0.25
"""Seconds between two looks at the outbox: replies are put there by other processes."""
STAND_BY = 2.0
"""Seconds between two looks at whether the process that asks for updates has ended."""
GRACE = 20.0
"""Seconds that a stop waits for what is being sent."""
CONCURRENCY = 32
_AGAIN = 2.0
_log = logging.getLogger(__name__)


def run_worker(
    *, language: str, config: Path | None, health_port: int | None = None, pack: str = DEFAULT_PACK
) -> int:
    """Work until interrupted; return the exit code.

    Args:
        language: spoken with those who have not chosen one.
        config: the settings of the server; None to go by the environment alone.
        health_port: where to say whether it is ready, in place of the one in the settings.
        pack: the rules that new projects begin with.
    """
    translate = translator(language)
    try:
        settings = Settings() if config is None else Settings.read(config)
        if health_port is not None:
            settings = settings.with_health_port(health_port)
        location = _server_of(settings)
        wanted = bots_of(settings, os.environ, wanted=None)
        begin_log(settings, os.environ, secrets=[access.token for access in wanted])
        with open_database(location) as database:
            database.migrate()
            from bot.worker.schema import prepare

            prepare(location)
            conversation = Conversation(database, SystemClock(), language=language, pack=pack)
            limits = limits_of(settings, os.environ)
            asyncio.run(_run(location, conversation, settings, wanted, limits))
    except SettingsError as error:
        sys.stderr.write(error.text.render(translate) + "\n")
        return BAD_INPUT
    except (StorageError, PackNotFoundError, PackError) as error:
        sys.stderr.write(failure_text(error).render(translate) + "\n")
        return BAD_INPUT
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        said = T("端口打不开（{reason}）；请用 --health-port 换一个。", reason=reason)
        sys.stderr.write(said.render(translate) + "\n")
        return BAD_INPUT
    return 0


def _server_of(settings: Settings) -> str:
    location = str(settings.location(None))
    if not is_postgresql(location):
        raise SettingsError(
            T(
                "shenbao worker 只用于 PostgreSQL：请在配置文件里写 database，或设环境变量 SHENBAO_DATABASE；"
                "用 SQLite 时消息由 shenbao serve 自己发。"
            )
        )
    return location


async def _run(
    url: str, conversation: Conversation, settings: Settings, wanted: Sequence[BotAccess], limits: Limits
) -> None:
    """Work until the process is told to stop."""
    from bot.worker.courier import Courier
    from bot.worker.jobs import Jobs

    async with AsyncExitStack() as stack:
        bots: list[RunningBot] = []
        for access in wanted:
            from bot.telegram.running import enter  # the library takes a second to import

            bot = await enter(access, conversation, limits, public_url=settings.public_url, sends=False)
            stack.push_async_callback(bot.account.bot.session.close)
            bots.append(bot)
        process = f"{socket.gethostname()}/{os.getpid()}"
        couriers: dict[str, Courier] = {}
        for bot in bots:
            channel = bot.account.channel
            courier = Courier(conversation, bot.sender, limits, owner=f"{process}/{channel}")
            stack.push_async_callback(_close, courier)
            couriers[channel] = courier
        jobs = Jobs(url, conversation, couriers, settings.retention, settings.working)
        await stack.enter_async_context(jobs.app.open_async())
        stopping = stack.enter_context(told_to_stop(asyncio.Event()))
        works: list[Work] = [partial(_work, jobs)]
        works += [partial(_feed, jobs, channel) for channel in couriers]
        if settings.health_port:
            works.append(_probes(conversation, settings))
        for bot in bots:
            if not bot.has_webhook:
                right = conversation.database.sole_right(f"receive.{bot.account.channel}")
                works.append(partial(_receive, bot, right))
        settle_in()
        said = T("开始发送和提醒；按 Ctrl+C 停止。")
        sys.stdout.write(said.render(translator(conversation.language)) + "\n")
        sys.stdout.flush()
        await asyncio.gather(*(keep(work, stopping) for work in works))


def _probes(conversation: Conversation, settings: Settings) -> Work:
    """Return what says whether this process is ready, and what it has counted."""
    from bot.health import Readiness
    from bot.listening import listen
    from bot.metrics import Metrics
    from bot.web.probe_server import answer_probes
    from bot.web.probes import Probes

    metrics = Metrics(conversation)
    probes = Probes(Readiness(conversation.database), metrics, readers=settings.metrics_readers)
    return partial(answer_probes, probes, listen(settings.host, settings.health_port))


async def _work(jobs: Jobs, stopping: asyncio.Event) -> None:
    """Run the jobs of this process; they end when the database is away, and begin again."""
    while not stopping.is_set():
        running = asyncio.create_task(jobs.run(concurrency=CONCURRENCY, grace=GRACE))
        told = asyncio.create_task(stopping.wait())
        await asyncio.wait((running, told), return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not running.done():
            running.cancel()  # which lets it finish what is under way
        try:
            await running
        except asyncio.CancelledError:
            return
        except jobs.unusable as error:
            _log.error("the jobs wait: %s", type(error).__name__)
        await pause(stopping, _AGAIN)


async def _feed(jobs: Jobs, channel: str, stopping: asyncio.Event) -> None:
    """Look at the outbox of a channel all the time; while the database is away, less often."""
    newest_first = False
    while not stopping.is_set():
        newest_first = not newest_first
        try:
            await jobs.feed(channel, newest_first=newest_first)
        except (StorageError, jobs.unusable) as error:
            _log.error("%s: the outbox cannot be used, waiting: %s", channel, type(error).__name__)
            await pause(stopping, _AGAIN)
        else:
            await pause(stopping, LOOK)


async def _close(courier: Courier) -> None:
    try:
        await courier.close()
    except StorageError as error:
        _log.error("%s: what was being sent waits: %s", courier.channel, type(error).__name__)


async def _receive(bot: RunningBot, right: SoleRight, stopping: asyncio.Event) -> None:
    """Ask for the updates of a bot as long as no other process does."""
    while not stopping.is_set():
        if not await asyncio.to_thread(right.takes_over):
            await pause(stopping, STAND_BY)
            continue
        lost = asyncio.Event()
        receiving = asyncio.create_task(bot.receive(lost))
        try:
            while not stopping.is_set() and not receiving.done() and await _holds(right):
                await pause(stopping, STAND_BY)
        finally:
            lost.set()
            await receiving
            right.leave()


async def _holds(right: SoleRight) -> bool:
    try:
        return await asyncio.to_thread(right.takes_over)
    except StorageError:
        return False
