"""Drives Debian's Firefox over WebDriver BiDi, which it speaks by itself. (Playwright needs commands that this Firefox lacks.)"""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simple_websocket import Client


class Socket(Client):
    """As Firefox wants it: it answers only who names the port with the host."""

    def handshake(self) -> None:
        self.host = f"{self.host}:{self.port}"
        super().handshake()


KEYS = {"Escape": "\ue00c", "Shift": "\ue008", "Tab": "\ue004", "Enter": "\ue007"}
PREFERENCES = {
    "browser.shell.checkDefaultBrowser": False, "browser.startup.page": 0, "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False, "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "extensions.update.enabled": False, "browser.safebrowsing.update.enabled": False, "toolkit.telemetry.enabled": False,
    "remote.prefs.recommended": True, "services.settings.server": "data:,", "network.proxy.type": 0,
}  # fmt: skip


def installed() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """One window of a Firefox with a profile of its own."""

    def __init__(self, binary: str, profile: Path, **preferences: Any) -> None:
        profile.mkdir(exist_ok=True)
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in {**PREFERENCES, **preferences}.items())
        (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        self._process = subprocess.Popen(
            [binary, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        address = next(found[1] for line in self._process.stderr or () if (found := re.search(r"BiDi listening on (ws://\S+)", line)))
        self._socket = Socket(f"{address}/session", ping_interval=None)
        self._sent = 0
        self.send("session.new", capabilities={})
        self.window = self.send("browsingContext.getTree")["contexts"][0]["context"]
        self.send("browsingContext.activate", context=self.window)  # a window without the focus presses no buttons

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        while True:
            heard = json.loads(self._socket.receive(timeout=15) or "{}")
            if heard.get("id") == self._sent:
                if heard["type"] == "error":
                    raise RuntimeError(f"{method}: {heard['message']}")
                return heard["result"]
            if not heard:
                raise TimeoutError(method)

    def go(self, address: str) -> None:
        self.send("browsingContext.navigate", context=self.window, url=address, wait="complete")

    def back(self) -> None:
        self.send("browsingContext.traverseHistory", context=self.window, delta=-1)

    def run(self, expression: str, context: str | None = None) -> Any:
        """The value of a JavaScript expression, which may be a promise, in the page or in one of its frames."""
        wrapped = f"(async () => JSON.stringify(await ({expression})))()"
        answer = self.send("script.evaluate", expression=wrapped, target={"context": context or self.window}, awaitPromise=True)
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"].get("value", "null"))

    def frame(self) -> str | None:
        """The first frame of the page."""
        [page] = self.send("browsingContext.getTree", root=self.window)["contexts"]
        return page["children"][0]["context"] if page["children"] else None

    def press(self, *keys: str, context: str | None = None) -> None:
        for key in keys:
            value = KEYS.get(key, key)
            actions = [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
            self.send("input.performActions", context=context or self.window, actions=[{"type": "key", "id": "keys", "actions": actions}])

    def click(self, x: int, y: int) -> None:
        deeds = [{"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self.send("input.performActions", context=self.window, actions=[{"type": "pointer", "id": "mouse", "actions": deeds}])

    def wait(self, so: Callable[[], Any], what: str) -> Any:
        """The first true value of `so`; the page may be changing under it."""
        for _ in range(200):
            try:
                if found := so():
                    return found
            except RuntimeError:
                pass
            time.sleep(0.05)  # here and not in the page, which may go and take its answer along
        raise AssertionError(f"Firefox waited in vain for {what}")

    @property
    def url(self) -> str:
        return self.send("browsingContext.getTree", root=self.window)["contexts"][0]["url"]

    def close(self) -> None:
        """Ends it, once, so that what it writes at its end is written."""
        if self._process.poll() is None:
            self.send("browser.close")
            self._process.wait(timeout=20)
        self._process.stderr.close()
