"""Looking up the directory's sources, against a local server that plays the source pages."""

import datetime
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from bot.settings import ROOT, read_settings
from bot.staff.contacts.online import SILENT_HOSTS, compare, stands_on, update
from bot.staff.contacts.pages import AGENT, GONE, MOVED, NO_NETWORK, PAUSE, REACHABLE, REFUSED, UNREACHABLE, Page, Visitor

ENTRY = """- id: {id}
  name: "The {id} line"  # as it calls itself
  phone: "0800 555 111"
  for_whom: "Anyone."
  how: "Call 0800 555 111."
  aliases: ["{id}"]
  sources:
{sources}
  checked: 2026-01-31   # by hand
"""


class Sources:
    """A server that plays source pages, and remembers who asked for what."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], str]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        sources = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sources.asked.append((self.path, dict(self.headers)))
                status, headers, text = sources.pages.get(self.path, (404, {}, ""))
                if callable(text):
                    status, text = text()
                body = text.encode("utf-8")
                self.send_response(status)
                for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture()
def sources() -> Iterator[Sources]:
    server = Sources()
    server.pages["/good"] = (200, {"Set-Cookie": "who=you"}, "<p>Call <b>0800</b> 555 111 at any hour</p>")
    server.pages["/police"] = (200, {}, "999 in an emergency, 101 at other times")
    yield server
    server.stop()


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, []

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)

    def __call__(self) -> float:
        return self.now


@pytest.fixture()
def clock() -> Clock:
    return Clock()


@pytest.fixture()
def visitor(clock) -> Visitor:
    return Visitor(clock.sleep, clock)


def directory(folder: Path, **addresses: list[str]) -> Path:
    """A contacts file with an entry for each keyword."""
    entries = [
        ENTRY.format(id=name, sources="\n".join(f'  - url: "{address}"\n    dated: "2026"' for address in found))
        for name, found in addresses.items()
    ]
    # No directory may be without these two; they stand on a page of their own.
    police = next(iter(addresses.values()))[0].rsplit("/", 1)[0] + "/police"
    entries += [
        f'- id: "{name}"\n  name: "Police"\n  phone: "{name}"\n  for_whom: "Anyone."\n  how: "Call."\n  aliases: ["{name}"]\n'
        f'  sources:\n  - url: "{police}"\n    dated: "2026"\n  checked: 2026-01-31\n'
        for name in ("999", "101")
    ]
    path = folder / "contacts.yml"
    path.write_text("# The directory\nforce: A force\narea: An area\ncontacts:\n" + "\n".join(entries), encoding="utf-8")
    return path


def test_a_page_that_still_shows_the_number_passes(sources, visitor, tmp_path):
    path = directory(tmp_path, good=[f"{sources.address}/good"])
    found = compare(path, tmp_path, visitor)
    assert found.passed == ("good", "999", "101") and found.findings == () and not found.offline
    assert found.looked[0].line().endswith("is reachable, the number is on the page")


@pytest.mark.parametrize(
    ("path", "page", "state"),
    [
        ("/gone", (410, {}, ""), GONE),
        ("/away", (404, {}, ""), GONE),
        ("/moved", (301, {"Location": "/good"}, ""), MOVED),
        ("/moved-for-now", (302, {"Location": "/good"}, ""), REACHABLE),
        ("/closing-slash", (301, {"Location": "/closing-slash/"}, ""), REACHABLE),
        ("/closed", (403, {}, ""), REFUSED),
        ("/broken", (500, {}, ""), UNREACHABLE),
        ("/odd", (418, {}, ""), UNREACHABLE),
    ],
)
def test_what_became_of_a_page(sources, visitor, path, page, state):
    sources.pages[path] = page
    sources.pages["/closing-slash/"] = (200, {}, "")
    assert visitor.look_up(sources.address + path).state == state


def test_each_fault_is_one_finding_on_the_line_of_its_source(sources, visitor, tmp_path):
    sources.pages["/moved"] = (301, {"Location": "/good"}, "")
    path = directory(tmp_path, moved=[f"{sources.address}/moved"], gone=[f"{sources.address}/gone", f"{sources.address}/good"])
    found = compare(path, tmp_path, visitor)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [("moved to" in finding.what, "gone" in finding.what) for finding in found.findings] == [(True, False), (False, True)]
    for finding, page in zip(found.findings, ("/moved", "/gone"), strict=True):
        assert finding.file == "contacts.yml" and lines[finding.line - 1].endswith(f'{page}"') and finding.what_to_do
    assert found.passed == ("999", "101")


def test_a_number_that_is_on_no_page(sources, visitor, tmp_path):
    sources.pages["/other"] = (200, {}, "<p>Call 0800 555 1112 or 0800 555 11</p>")
    path = directory(tmp_path, lost=[f"{sources.address}/other"], kept=[f"{sources.address}/other", f"{sources.address}/good"])
    found = compare(path, tmp_path, visitor)
    [finding] = found.findings
    assert "lost: its number is on none of its pages" in finding.what
    assert path.read_text(encoding="utf-8").splitlines()[finding.line - 1].strip().startswith("phone:")
    assert found.passed == ("kept", "999", "101")


@pytest.mark.parametrize(
    "page",
    [
        "Call 0800 555 111", "Call 0800555111.", "0800-555-111", "(0800) 555 111", "+44 800 555 111", "+44 (0)800 555 111",
        "<b>0800</b> <i>555</i>&nbsp;111", '<a href="tel:+44800555111">Call us</a>', '<a href="tel:0800%20555%20111">Call</a>',
    ],
)  # fmt: skip
def test_a_number_is_recognised_however_it_is_grouped(page):
    assert stands_on("0800 555 111", page)


@pytest.mark.parametrize(
    "page", ["0800 555 1112", "10800 555 111", "<script>var x = '0800 555 111'</script>", "0800 555", "", "0800 and 555 111"]
)
def test_another_number_is_not_taken_for_it(page):
    assert not stands_on("0800 555 111", page)


def test_robots_txt_is_kept_to(sources, visitor, tmp_path):
    sources.pages["/robots.txt"] = (200, {}, "User-agent: *\nDisallow: /private\n")
    sources.pages["/private"] = (200, {}, "0800 555 111")
    assert visitor.look_up(f"{sources.address}/private").state == REFUSED
    assert visitor.look_up(f"{sources.address}/good").state == REACHABLE
    assert [path for path, _ in sources.asked] == ["/robots.txt", "/good"]


def test_it_says_who_it_is_and_takes_no_cookies(sources, visitor):
    visitor.look_up(f"{sources.address}/good")
    visitor.look_up(f"{sources.address}/good")
    assert {headers["User-Agent"] for _, headers in sources.asked} == {AGENT}
    assert not any("Cookie" in headers for _, headers in sources.asked)


def test_a_host_is_asked_once_a_second_at_most(sources, visitor, clock):
    for _ in range(3):
        visitor.look_up(f"{sources.address}/good")
    # robots.txt and three pages: three pauses.
    assert clock.slept == [pytest.approx(PAUSE)] * 3


def test_a_busy_server_is_asked_again_more_and_more_slowly(sources, visitor, clock):
    answers = iter([(503, ""), (503, ""), (200, "0800 555 111")])
    sources.pages["/busy"] = (200, {}, lambda: next(answers))
    assert visitor.look_up(f"{sources.address}/busy").state == REACHABLE
    waits = [seconds for seconds in clock.slept if seconds]
    assert waits == [pytest.approx(PAUSE), pytest.approx(2 * PAUSE), pytest.approx(4 * PAUSE)]


def test_it_waits_as_long_as_a_server_asks_but_not_for_ever(sources, visitor, clock):
    answers = iter([(429, ""), (200, "")])
    sources.pages["/busy"] = (200, {"Retry-After": "9999"}, lambda: next(answers))
    assert visitor.look_up(f"{sources.address}/busy").state == REACHABLE
    assert max(clock.slept) == 30.0


def test_without_a_network_nothing_is_found_and_nothing_passes(sources, visitor, tmp_path):
    sources.stop()
    found = compare(directory(tmp_path, good=[f"{sources.address}/good"]), tmp_path, visitor)
    assert found.offline and found.findings == () and found.passed == () and found.looked[0].page.state == NO_NETWORK


def test_one_host_that_is_away_is_a_finding_where_others_answer(sources, visitor, tmp_path):
    other = Sources()
    other.stop()
    found = compare(directory(tmp_path, good=[f"{sources.address}/good"], away=[f"{other.address}/x"]), tmp_path, visitor)
    assert found.passed == ("good", "999", "101") and len(found.findings) == 1 and "away" in found.findings[0].what


def test_a_page_that_does_not_come_in_time(sources, visitor, monkeypatch):
    def late(*_: object, **named: object) -> None:
        assert named["timeout"] == (5.0, 15.0)
        raise requests.Timeout

    visitor.look_up(f"{sources.address}/good")
    monkeypatch.setattr(requests.Session, "get", late)
    assert visitor.look_up(f"{sources.address}/good").state == UNREACHABLE


def test_update_writes_the_date_of_those_that_passed_and_no_other_byte(tmp_path):
    path = directory(tmp_path, one=["http://example.org/1"], two=["http://example.org/2"], three=["http://example.org/3"])
    before = path.read_bytes()
    assert update(path, ["one", "three"], datetime.date(2026, 11, 25), tmp_path) == 2
    one, two, three, rest = before.split(b"2026-01-31", 3)
    assert path.read_bytes() == b"2026-11-25".join([one, two]) + b"2026-01-31" + three + b"2026-11-25" + rest
    assert update(path, [], datetime.date(2026, 12, 25), tmp_path) == 0


def test_without_a_network_nobody_waits_for_every_source():
    asked = []

    class Nowhere:
        def look_up(self, address: str) -> Page:
            asked.append(urlsplit(address).netloc)
            return Page(NO_NETWORK, address)

    assert compare(read_settings({}).contacts, ROOT, Nowhere()).offline
    assert len(set(asked)) == SILENT_HOSTS
