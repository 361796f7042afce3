"""Processes that a measurement starts, asks, weighs and ends; it ends no others.

In: command lines. Out: their answers, and what they hold in memory.
"""

import http.client
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any, Callable

LONGEST_SECONDS = 180
MIB = 1024


class Process:
    """One process in a group of its own; what it prints lands in `log`. With `asked`, it takes lines of JSON and answers each with one."""

    def __init__(self, command: list[str], log: Path, folder: Path, environment: dict[str, str] | None = None, asked: bool = False) -> None:
        self.log = log
        self.started = time.perf_counter()
        pipe = subprocess.PIPE if asked else None
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                command, cwd=folder, stdin=pipe or subprocess.DEVNULL, stdout=pipe or out, stderr=out, text=asked,
                bufsize=1 if asked else -1, start_new_session=True,
                env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", **(environment or {})},
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, **what: Any) -> dict[str, Any]:
        """Raises RuntimeError where the process is gone."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        return self.hear()

    def hear(self) -> dict[str, Any]:
        """The next line it says."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self.fault()
        return json.loads(line)

    def until(self, ready: Callable[[], bool]) -> float:
        """Seconds from its start until `ready`. Raises RuntimeError where it ends, or takes too long."""
        while not ready():
            if self._process.poll() is not None or time.perf_counter() - self.started > LONGEST_SECONDS:
                raise self.fault()
            time.sleep(0.02)
        return time.perf_counter() - self.started

    def wait(self) -> float:
        """Seconds from its start until it ended well. Raises RuntimeError where it did not."""
        if self._process.wait(timeout=600) != 0:
            raise self.fault()
        return time.perf_counter() - self.started

    def fault(self) -> RuntimeError:
        return RuntimeError(f"{self.log.name}: {self.log.read_text(encoding='utf-8', errors='replace')[-2000:]}")

    def stop(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def memory(self) -> dict[str, float]:
        """MiB: what it has in memory (rss), the same with shared pages divided among those who share them (pss), and the most it had
        (peak)."""
        found = {}
        for name in ("smaps_rollup", "status"):
            for line in Path(f"/proc/{self.pid}/{name}").read_text(encoding="utf-8").splitlines():
                key, _, rest = line.partition(":")
                if key in ("Rss", "Pss", "VmHWM"):
                    found[key] = int(rest.split()[0]) / MIB
        return {"rss": round(found["Rss"], 1), "pss": round(found["Pss"], 1), "peak": round(found["VmHWM"], 1)}


class Caller:
    """Posts JSON to a port of this machine, over one connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The answer's JSON. Raises OSError or HTTPException where there is none, ValueError where it is a fault."""
        try:
            self._connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        if answer.status >= 300:
            raise ValueError(f"{path} answered {answer.status}")
        return json.loads(content)

    def close(self) -> None:
        self._connection.close()
