"""A workbench for tests: the real one on the shared engine, in a thread of its own; what it saves goes into a folder of the test."""

import asyncio
import socket
import threading
import time
from pathlib import Path
from typing import Any

import requests
from sanic import Sanic

from bot.staff.workbench.assembly import open_desk
from bot.staff.workbench.door import Door
from bot.staff.workbench.server import build_app

# Sanic rewrites its own methods at start, and can do that a second time in one process only in this mode.
Sanic.test_mode = True


class Workbench:
    """`address` is where it is served; `flows` and `proposals` are where it saves."""

    def __init__(self, engine: Any, folder: Path, host: str = "127.0.0.1", password_hash: str | None = None) -> None:
        self.flows, self.proposals = folder / "dialogue", folder / "proposals.yml"
        self.flows.mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        desk = open_desk(engine, self.flows, self.proposals)
        self._app = build_app(desk, Door(host, password_hash), name=f"workbench_{port}")
        self._loop: asyncio.AbstractEventLoop | None = None

        async def remember(app: Any, loop: asyncio.AbstractEventLoop) -> None:
            self._loop = loop

        self._app.register_listener(remember, "after_server_start")
        self._thread = threading.Thread(target=self._run, args=(port,), daemon=True)
        self._thread.start()
        for _ in range(200):
            if self._loop is not None:
                return
            time.sleep(0.05)
        raise RuntimeError("the workbench did not start")

    def _run(self, port: int) -> None:
        self._app.run(host="127.0.0.1", port=port, register_sys_signals=False, access_log=False, motd=False)

    def ask(self, address: str, body: Any, **headers: str) -> requests.Response:
        """Posts as the page does."""
        return requests.post(self.address + address, json=body, headers={"X-Workbench": "1", **headers}, timeout=60)

    def stop(self) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._app.stop)
        self._thread.join(timeout=10)
