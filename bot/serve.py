"""``shenbao serve``: the web page, for one person on this computer or for the units of a place."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from bot.conversation import Conversation
from bot.failures import failure_text
from bot.packs import DEFAULT_PACK, PackNotFoundError
from bot.place import DATABASE, data_folder, user_name
from bot.translation import translator
from bot.web.settings import Settings, SettingsError
from rules.ruleset import PackError
from rules.text import T
from storage.database import open_database
from storage.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

BAD_INPUT = 2


def run_serve(
    *,
    language: str,
    data: Path | None,
    config: Path | None,
    port: int | None,
    opens_browser: bool,
    pack: str = DEFAULT_PACK,
) -> int:
    """Serve until interrupted; return the exit code.

    Args:
        language: of pages for those who have not chosen one.
        data: folder of the database; None for the user's own data folder (or SHENBAO_DATA).
        config: the settings of a server; None for local mode.
        port: to listen on, in place of the one in the settings.
        opens_browser: open the page at once (local mode).
        pack: the rules that new projects begin with.
    """
    translate = translator(language)
    try:
        settings = Settings() if config is None else Settings.read(config)
        if port is not None:
            settings = settings.with_port(port)
        with open_database(data_folder(data or settings.data_path) / DATABASE) as database:
            database.migrate()
            conversation = Conversation(database, SystemClock(), language=language, pack=pack)
            return _serve(conversation, settings, opens_browser=opens_browser)
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


def _serve(conversation: Conversation, settings: Settings, *, opens_browser: bool) -> int:
    import uvicorn

    from bot.web.app import create_app
    from bot.web.site import Site

    translate = translator(conversation.language)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    site = Site(conversation, settings, local_user=user_name() if settings.is_local else None)
    config = uvicorn.Config(
        create_app(site),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=not settings.is_local,
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.create_server((settings.host, settings.port), family=family)
    address = site.local_address if settings.is_local else settings.public_url
    sys.stdout.write(T("在浏览器里打开：{address}", address=address).render(translate) + "\n")
    sys.stdout.write(T("用完按 Ctrl+C 停止；答过的都已存好。").render(translate) + "\n")
    sys.stdout.flush()
    if settings.is_local and opens_browser:
        import webbrowser

        webbrowser.open(address)
    gc.enable()
    gc.freeze()
    uvicorn.Server(config).run([listening])
    return 0
