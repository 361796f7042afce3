"""What the tests share: one loaded model for the run, and one server of our own on a free port."""

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator

import pytest
import redis
import requests

from bot.log import set_up_logging

set_up_logging()

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def engine():
    """The engine with the model that `make run` would serve, trained first where none fits."""
    from bot.app import load_engine

    return load_engine()


@pytest.fixture()
def conversation(engine) -> Iterator[str]:
    """An open conversation."""
    opened = asyncio.run(engine.open())
    yield opened
    asyncio.run(engine.leave(opened))


class Server:
    """`python -m bot serve` as its own process, with what it printed."""

    def __init__(self, log: Path, environment: dict[str, str] | None = None, port: int | None = None) -> None:
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve", "--port", str(self.port)],
                cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})},
            )  # fmt: skip
        for _ in range(2400):
            if self.process.poll() is not None:
                raise RuntimeError(self.output)
            try:
                requests.get(f"{self.address}/health", timeout=1)
                return
            except requests.ConnectionError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"The server did not start: {self.output}")

    @property
    def output(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="session")
def server(engine, tmp_path_factory) -> Iterator[Server]:
    """A running server; the engine is asked for first, so that the model is trained once."""
    running = Server(tmp_path_factory.mktemp("server") / "output.log")
    yield running
    running.stop()


class RedisServer:
    """A real redis-server with nothing in it, that writes down every change, so that a test can read all that was ever kept."""

    def __init__(self, folder: Path, *options: str) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("The tests need Redis: install it (as root: apt-get install redis-server), then try again.")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.folder = folder
        self.process = subprocess.Popen(
            [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", "", "--appendonly", "yes", *options],
            stdout=subprocess.DEVNULL,
        )
        self.client = redis.Redis.from_url(self.url)
        for _ in range(100):
            try:
                self.client.ping()
                return
            except redis.ConnectionError:
                time.sleep(0.05)
        raise RuntimeError("redis-server did not start.")

    def everything(self) -> str:
        """All keys and values, and every command that ever changed one."""
        found = [path.read_bytes() for path in self.folder.rglob("*") if path.is_file()]
        for key in self.client.scan_iter():
            found += [key, self.client.dump(key), str(self.client.ttl(key)).encode()]
            found += [self.client.get(key)] if self.client.type(key) == b"string" else self.client.zrange(key, 0, -1)
        return b"\n".join(found).decode("utf-8", "backslashreplace")

    def stop(self) -> None:
        self.client.close()
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory) -> Iterator[RedisServer]:
    running = RedisServer(tmp_path_factory.mktemp("redis"))
    yield running
    running.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def plain(text: str) -> str:
    """Letters and digits only, for comparing messages."""
    return re.sub(r"\W+", " ", text.lower()).strip()
