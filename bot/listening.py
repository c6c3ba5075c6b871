"""The sockets on which the program is called."""

from __future__ import annotations

import os
import socket


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that has its place, and does not listen yet.

    Args:
        host: a name or an address; one with a colon is of IPv6.
        port: 0 for any that is free.

    Raises:
        OSError: the port is taken, or not ours to take.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if os.name == "posix":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit it. Without it the text of a response waits for the browser to confirm its head, which
        # takes 40 ms; asyncio sets it only for sockets that it makes itself.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bound.bind((host, port))
    except BaseException:
        bound.close()
        raise
    return bound


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; see :func:`bind`."""
    listening = bind(host, port)
    listening.listen()
    return listening
