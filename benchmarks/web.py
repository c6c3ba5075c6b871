"""What the web page costs: cold start, a turn over HTTP while many people type, memory of idle sessions.

python -m benchmarks.web [people] [seconds]

The server is the real one (``shenbao serve --server``) on a file database; each person answers a whole project by
the fragments that a browser with scripts asks for, and thinks for a second or two between answers.
"""

from __future__ import annotations

import asyncio
import http.client
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from bot.clock import SystemClock
from bot.web.principal import csrf_of, digest_of
from storage.database import Database, open_database

PEOPLE, SECONDS = 50, 20.0
THINKING = (0.5, 1.5)
IDLE = 2_000
PORT = 8397
COOKIE = "shenbao"
ANSWERS = """\
否
县区
政府
购买服务
480万
160万
自治区200万
280万
区本级财政
2027年1月1日至2029年12月31日
否
0
不是
没有
是
青山街道办事处
同上
李明
0952-2012345
跳过
网格化服务
青山路1号
年度工作安排
2027年1月至2029年12月
需求调研已完成
跳过
初步设计
""".splitlines()
HIDDEN = re.compile(r'name="(turn|place|after)" value="([^"]*)"')


class Server(NamedTuple):
    """A server under way."""

    process: subprocess.Popen[str]
    address: str
    started: float


class Figures(NamedTuple):
    """What was measured.

    Attributes:
        cold: seconds from starting the program to the first page, of each start.
        times: seconds of each turn, sorted.
        idle: KB that a session takes which was opened once; None when that was not asked for.
    """

    cold: list[float]
    times: list[float]
    idle: float | None


def main() -> None:
    """Measure and print."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    figures = measure(people, seconds, starts=5, has_idle=True)
    cold = sorted(figures.cold)
    print(f"cold start to first page      median {statistics.median(cold):.2f} s, fastest {cold[0]:.2f} s")
    _print_turns(figures.times, people, seconds)
    print(f"memory of an idle session     {figures.idle:.2f} KB")


def measure(people: int, seconds: float, *, starts: int, has_idle: bool) -> Figures:
    """Start a server as often as asked for, and let people type at the last one."""
    with tempfile.TemporaryDirectory() as folder:
        cold = [_cold_start(Path(folder) / str(run)) for run in range(starts)]
        data = Path(folder) / "server"
        tokens = _accounts(data, people)
        settings = Path(folder) / "server.toml"
        settings.write_text(
            f'public_url = "http://127.0.0.1:{PORT}"\nport = {PORT}\ndata = "{data}"\n', "utf-8"
        )
        server = _start("--server", str(settings))
        try:
            _wait_until_served(server)
            times = sorted(asyncio.run(_all(tokens, seconds)))
            return Figures(cold, times, _idle_memory(server, data) if has_idle else None)
        finally:
            _stop(server)


def _print_turns(times: list[float], people: int, seconds: float) -> None:
    p50, p99 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.99))
    print(
        f"a turn, {people} people typing     p50 {p50:.1f} ms, p99 {p99:.1f} ms, "
        f"worst {times[-1] * 1000:.1f} ms ({len(times)} turns, {len(times) / seconds:.0f}/s)"
    )


def _start(*arguments: str) -> Server:
    began = time.perf_counter()
    command = [sys.executable, "-m", "bot", "serve", "--no-browser", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found is not None
    return Server(process, found[0], began)


def _wait_until_served(server: Server) -> None:
    """Wait until the page of a server can be reached, which is a moment after its address is told."""
    while server.process.poll() is None:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", PORT)):
            return
        time.sleep(0.01)
    raise ChildProcessError("the server has ended")


def _stop(server: Server) -> None:
    server.process.terminate()
    server.process.wait()


def _cold_start(data: Path) -> float:
    """Return the seconds from starting the program to the first page in full."""
    server = _start("--port", str(PORT), "--data", str(data))
    try:
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        connection.request("GET", server.address.partition(str(PORT))[2])
        opened = connection.getresponse()
        opened.read()
        cookie = str(opened.getheader("set-cookie")).split(";", 1)[0]
        connection.request("GET", "/projects", headers={"Cookie": cookie})
        page = connection.getresponse()
        assert page.status == 200
        page.read()
        return time.perf_counter() - server.started
    finally:
        _stop(server)


def _accounts(data: Path, count: int) -> list[str]:
    """Open an account and a session for everybody; return the tokens of the sessions."""
    with open_database(data / "shenbao.db") as database:
        database.migrate()
        return [_session(database, number) for number in range(count)]


def _session(database: Database, number: int) -> str:
    now = SystemClock().now()
    token = f"token {number}".replace(" ", "-")
    with database.unit_of_work() as work:
        unit = work.units.add(name=f"unit {number}", area="640221", at=now)
        account = work.accounts.add(
            unit_id=unit.id, login=f"user{number}", name="user", role="member", password_hash=None, at=now
        )
        work.web_sessions.start(
            digest_of(token), account_id=account.id, at=now, expires_at=now.replace(year=now.year + 1)
        )
    return token


async def _all(tokens: list[str], seconds: float) -> list[float]:
    people = [_Person(token) for token in tokens]
    await asyncio.gather(*(person.comes() for person in people))
    end = time.perf_counter() + seconds
    await asyncio.gather(*(person.types(end) for person in people))
    return [taken for person in people for taken in person.times]


class _Person:
    """Somebody at a browser with scripts, on one connection."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.times: list[float] = []
        self.path = ""
        self.hidden: dict[str, str] = {}

    async def comes(self) -> None:
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", PORT)
        await self._begin()

    async def types(self, end: float) -> None:
        while time.perf_counter() < end:
            for answer in ANSWERS:
                await asyncio.sleep(random.uniform(*THINKING))  # noqa: S311 - not a secret
                if time.perf_counter() >= end:
                    return
                began = time.perf_counter()
                status, _, body = await self._ask("POST", f"{self.path}/say", {**self.hidden, "text": answer})
                self.times.append(time.perf_counter() - began)
                assert status == 200, status
                self.hidden |= dict(HIDDEN.findall(body))
            await self._begin()

    async def _begin(self) -> None:
        _, head, _ = await self._ask("POST", "/projects", {"turn": str(random.random())})  # noqa: S311
        found = re.search(r"(?i)hx-redirect: (/projects/\d+)", head)
        assert found is not None, head
        self.path = found[1]
        _, _, page = await self._ask("GET", self.path)
        self.hidden = dict(HIDDEN.findall(page))

    async def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        body = urlencode({**form, "csrf": csrf_of(self.token)}).encode() if form is not None else b""
        fragment = "HX-Request: true\r\n" if form is not None else ""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nCookie: {COOKIE}={self.token}\r\n{fragment}"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"(?i)content-length: (\d+)", answer)
        text = (await self.reader.readexactly(int(length[1]))).decode() if length else ""
        return int(answer.split(" ", 2)[1]), answer, text


def _idle_memory(server: Server, data: Path) -> float:
    """Return how much the server grows, in KB, for each session that was opened once and is then idle."""
    with open_database(data / "shenbao.db") as database:
        tokens = [_session(database, 10_000 + number) for number in range(IDLE)]
    _open_all(tokens[: IDLE // 2])
    before = _resident(server)
    _open_all(tokens[IDLE // 2 :])
    return (_resident(server) - before) / (IDLE // 2)


def _open_all(tokens: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", PORT)
    for token in tokens:
        connection.request("GET", "/projects", headers={"Cookie": f"{COOKIE}={token}"})
        connection.getresponse().read()


def _resident(server: Server) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text("ascii")
    found = re.search(r"VmRSS:\s+(\d+)", status)
    assert found is not None
    return int(found[1])


if __name__ == "__main__":
    main()
