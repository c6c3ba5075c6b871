"""Places for contenders: an empty folder, a PostgreSQL database and keys in Redis, all gone at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import uuid
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.contenders import Place

if TYPE_CHECKING:
    from collections.abc import Generator

POSTGRESQL = os.environ.get("SHENBAO_TEST_DATABASE_URL") or "postgresql://root@127.0.0.1:5432/postgres"
REDIS = os.environ.get("SHENBAO_BENCHMARK_REDIS") or "redis://127.0.0.1:6379/0"


class Services(NamedTuple):
    """What can be reached; empty texts for what cannot."""

    postgresql: str
    redis: str


def services() -> Services:
    """Return the servers that can be reached."""
    return Services(POSTGRESQL if _has_postgresql() else "", REDIS if _has_redis(REDIS) else "")


@contextmanager
def scratch(services: Services, *, latency: float = 0.0) -> Generator[Place]:
    """Make a place for one contender."""
    name = f"shenbao_benchmark_{uuid.uuid4().hex[:12]}"
    with (
        tempfile.TemporaryDirectory(prefix="shenbao-benchmark-") as folder,
        _database(services.postgresql, name) as database,
        _keys(services.redis, name),
    ):
        yield Place(folder, database, services.redis, name, latency)


@contextmanager
def private_redis(folder: str) -> Generator[str]:
    """Start a Redis on a folder, with the settings that it has by itself; yields its URL. It is killed at the end."""
    socket = Path(folder) / "redis.sock"
    socket.unlink(missing_ok=True)
    command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--dir", folder]
    url = f"unix://{socket}"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - fixed words and our folder
        try:
            while process.poll() is None and not (socket.exists() and _has_redis(url)):
                time.sleep(0.01)
            yield url
        finally:
            process.kill()


def has_redis_server() -> bool:
    """Say whether a Redis can be started."""
    return shutil.which("redis-server") is not None and find_spec("redis") is not None


def _has_postgresql() -> bool:
    if find_spec("psycopg") is None:
        return False
    import psycopg

    with suppress(psycopg.Error):
        psycopg.connect(POSTGRESQL, connect_timeout=3).close()
        return True
    return False


def _has_redis(url: str) -> bool:
    if find_spec("redis") is None:
        return False
    import redis

    with suppress(redis.RedisError, OSError), redis.Redis.from_url(url) as client:
        return bool(client.ping())
    return False


@contextmanager
def _database(server: str, name: str) -> Generator[str]:
    if not server:
        yield ""
        return
    import psycopg
    from sqlalchemy.engine import make_url

    with psycopg.connect(server, autocommit=True) as operator:
        operator.execute(f'CREATE DATABASE "{name}"')
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            operator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _keys(url: str, prefix: str) -> Generator[None]:
    yield
    if url:
        import redis

        with suppress(redis.RedisError), redis.Redis.from_url(url) as client:
            for key in client.scan_iter(f"{prefix}*", count=1000):
                client.delete(key)
