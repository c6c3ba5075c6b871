"""Serves the probes alone, for a process that has no page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import uvicorn

from bot.service import Page

if TYPE_CHECKING:
    import socket

    from bot.web.probes import Probes


async def answer_probes(probes: Probes, listening: socket.socket, stopping: asyncio.Event) -> None:
    """Answer on a socket of its own, for a process that has no page, until it is told to stop."""
    config = uvicorn.Config(
        probes, http="h11", ws="none", lifespan="off", log_config=None, access_log=False, server_header=False
    )
    server = Page(config)
    serving = asyncio.create_task(server.serve([listening]))
    told = asyncio.create_task(stopping.wait())
    await asyncio.wait((serving, told), return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    server.should_exit = True
    await serving
