"""What the tests share: one loaded model for the run, and one server of our own on a free port."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator

import pytest
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
    opened = engine.open()
    yield opened
    engine.leave(opened)


class Server:
    """`python -m bot serve` as its own process, with what it printed."""

    def __init__(self, log: Path, environment: dict[str, str] | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve", "--port", str(self.port)],
                cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})},
            )  # fmt: skip
        for _ in range(600):
            if self.process.poll() is not None:
                raise RuntimeError(self.output)
            try:
                requests.get(f"{self.address}/health", timeout=1)
                return
            except requests.ConnectionError:
                time.sleep(0.1)
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


def plain(text: str) -> str:
    """Letters and digits only, for comparing messages."""
    return re.sub(r"\W+", " ", text.lower()).strip()
