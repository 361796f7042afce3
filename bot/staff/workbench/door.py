"""Who may use the workbench: on this machine anybody, from elsewhere only who knows the password.

In: requests. Out: whether they may pass. Sessions live in memory, for a while after their last use. A page of another site cannot
act through a browser that is signed in: its requests carry neither the header nor the origin that is asked for.
"""

import asyncio
import secrets
import time
from typing import Callable, Mapping
from urllib.parse import urlsplit

from bot.channels.limits import MessageLimit
from bot.dialogue.kept_in_memory import MemoryKeeper
from bot.errors import SupportError, TooManyMessages
from bot.passwords import fits

COOKIE = "workbench"
HEADER = "X-Workbench"
LOCAL = ("127.0.0.1", "localhost", "::1")
IDLE_SECONDS = 30 * 60
TRIES_PER_MINUTE = 10


class NotSignedIn(SupportError):
    code = "not_signed_in"


class ForeignRequest(SupportError):
    code = "foreign_request"


class Door:
    """One workbench's door. `password_hash` may be None only where `host` is this machine."""

    def __init__(self, host: str, password_hash: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.local = host in LOCAL
        self.locked = password_hash is not None
        self._hash = password_hash or ""
        self._clock = clock
        self._sessions: dict[str, float] = {}
        self._tries = MessageLimit(MemoryKeeper(clock), TRIES_PER_MINUTE)

    def check_place(self, headers: Mapping[str, str]) -> None:
        """Raises ForeignRequest where a request to this machine names another (a page that had its own name point here)."""
        name = urlsplit(f"//{headers.get('host', '')}").hostname
        if self.local and name not in LOCAL:
            raise ForeignRequest

    def check_deed(self, headers: Mapping[str, str]) -> None:
        """For requests that do something: raises ForeignRequest unless our own page sent it."""
        origin = headers.get("origin")
        if headers.get(HEADER.lower()) != "1" or (origin is not None and urlsplit(origin).netloc != headers.get("host")):
            raise ForeignRequest

    def check_session(self, session: str | None) -> None:
        """Raises NotSignedIn."""
        if self.locked and not self.is_open(session):
            raise NotSignedIn

    def is_open(self, session: str | None) -> bool:
        """Whether the session may pass; counts as a use of it."""
        if not self.locked:
            return True
        now = self._clock()
        self._sessions = {kept: used for kept, used in self._sessions.items() if now - used < IDLE_SECONDS}
        if session is None or session not in self._sessions:
            return False
        self._sessions[session] = now
        return True

    async def sign_in(self, password: str) -> str:
        """A new session. Raises NotSignedIn, or TooManyMessages with the seconds to wait, which holds for everybody."""
        wait = await self._tries.wait("sign in")
        if wait:
            raise TooManyMessages(wait)
        if not self.locked or not await asyncio.to_thread(fits, password, self._hash):
            raise NotSignedIn
        session = secrets.token_urlsafe(32)
        self._sessions[session] = self._clock()
        return session

    def sign_out(self, session: str | None) -> None:
        self._sessions.pop(session or "", None)
