"""Fetches pages as a polite visitor: says who asks, keeps to robots.txt, one request a second to a host, no cookies, patience with
time-outs and busy servers.

In: addresses. Out: what came back, or why nothing did. Never raises for what a server does.
"""

import time
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Callable
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import requests

AGENT = "victim-support-signposting/0.1 (checks that the numbers of a directory still stand on their source pages)"
TIMEOUT = (5.0, 15.0)
TRIES = 3
PAUSE = 1.0  # seconds between two requests to one host; before further tries it doubles
LONGEST_WAIT = 30.0
LARGEST = 4_000_000
_BUSY = {429, 500, 502, 503, 504}

REACHABLE, MOVED, GONE, REFUSED, UNREACHABLE, NO_NETWORK = "reachable", "moved", "gone", "refused", "unreachable", "no network"


@dataclass(frozen=True)
class Page:
    """What became of one address. `address` is where it led in the end; `text` the page's own words, if there are any."""

    state: str
    address: str
    text: str = ""
    why: str = ""


class Visitor:
    """One visitor for a whole round of look-ups."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep, clock: Callable[[], float] = time.monotonic) -> None:
        self._session = requests.Session()
        self._session.headers["User-Agent"] = AGENT
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._sleep, self._clock = sleep, clock
        self._last: dict[str, float] = {}
        self._robots: dict[str, RobotFileParser | None] = {}

    def look_up(self, address: str) -> Page:
        """The page behind `address`, followed to where it moved."""
        allowed = self._allowed(address)
        if allowed is None:
            return Page(NO_NETWORK, address, why="the host cannot be reached")
        if not allowed:
            return Page(REFUSED, address, why="robots.txt asks programs not to read it")
        answer = self._get(address)
        if isinstance(answer, Page):
            return answer
        if answer.status_code in (404, 410):
            return Page(GONE, answer.url, why=f"it answers {answer.status_code}")
        if answer.status_code in (401, 403, 429):
            return Page(REFUSED, answer.url, why=f"it answers {answer.status_code}")
        if answer.status_code != 200:
            return Page(UNREACHABLE, answer.url, why=f"it answers {answer.status_code}")
        # Only a move for good counts: where a page sends its visitors just for now, the old address stays the right one.
        moved = any(step.status_code in (301, 308) for step in answer.history) and not _same(address, answer.url)
        return Page(MOVED if moved else REACHABLE, answer.url, answer.text)

    def _allowed(self, address: str) -> bool | None:
        parts = urlsplit(address)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._robots:
            self._robots[host] = self._read_robots(host)
        robots = self._robots[host]
        return None if robots is None else robots.can_fetch(AGENT, address)

    def _read_robots(self, host: str) -> RobotFileParser | None:
        robots = RobotFileParser()
        answer = self._get(f"{host}/robots.txt")
        if isinstance(answer, Page):
            return None
        if answer.status_code in (401, 403):
            robots.disallow_all = True  # type: ignore[attr-defined]
        elif answer.status_code == 200:
            robots.parse(answer.text.splitlines())
        else:
            robots.allow_all = True  # type: ignore[attr-defined]
        robots.modified()
        return robots

    def _get(self, address: str) -> requests.Response | Page:
        host = urlsplit(address).netloc
        for attempt in range(1, TRIES + 1):
            self._wait(host, PAUSE if attempt == 1 else PAUSE * 2 ** (attempt - 1))
            try:
                answer = self._session.get(address, timeout=TIMEOUT, stream=True)
                answer._content = answer.raw.read(LARGEST, decode_content=True)
            except (requests.RequestException, OSError) as problem:
                if attempt == TRIES:
                    state = NO_NETWORK if isinstance(problem, requests.ConnectionError) else UNREACHABLE
                    return Page(state, address, why=type(problem).__name__)
                continue
            finally:
                self._last[host] = self._clock()
            if answer.status_code not in _BUSY or attempt == TRIES:
                return answer
            self._sleep(_asked_to_wait(answer))
        raise AssertionError("the last try always answers")

    def _wait(self, host: str, pause: float) -> None:
        if host in self._last:
            left = self._last[host] + pause - self._clock()
            if left > 0:
                self._sleep(left)


def _asked_to_wait(answer: requests.Response) -> float:
    try:
        return min(LONGEST_WAIT, max(0.0, float(answer.headers.get("Retry-After", "0"))))
    except ValueError:
        return 0.0


def _same(one: str, other: str) -> bool:
    """Whether two addresses differ in no more than a closing slash."""
    return one.rstrip("/") == other.rstrip("/")
