"""Who may use the workbench."""

import asyncio

import pytest

from bot.errors import TooManyMessages
from bot.passwords import hash_password
from bot.staff.workbench.door import IDLE_SECONDS, TRIES_PER_MINUTE, Door, ForeignRequest, NotSignedIn

PASSWORD = "a long enough password"
HASH = hash_password(PASSWORD)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_on_this_machine_anybody_may_in():
    door = Door("127.0.0.1", None)
    door.check_session(None)
    door.check_place({"host": "localhost:8090"})


@pytest.mark.parametrize("host", ["evil.example:8090", "", "127.0.0.1.evil.example"])
def test_a_name_that_was_made_to_point_here_is_refused(host):
    with pytest.raises(ForeignRequest):
        Door("127.0.0.1", None).check_place({"host": host})


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-workbench": "0"}, {"x-workbench": "1", "host": "127.0.0.1:8090", "origin": "https://evil.example"},
     {"x-workbench": "1", "host": "127.0.0.1:8090", "origin": "null"}],
)  # fmt: skip
def test_a_page_of_another_site_cannot_act(headers):
    with pytest.raises(ForeignRequest):
        Door("127.0.0.1", None).check_deed(headers)


def test_our_own_page_can_act():
    Door("127.0.0.1", None).check_deed({"x-workbench": "1", "host": "127.0.0.1:8090", "origin": "http://127.0.0.1:8090"})


def test_a_session_lasts_while_it_is_used_and_ends_when_it_is_not():
    clock = Clock()
    door = Door("0.0.0.0", HASH, clock)
    session = asyncio.run(door.sign_in(PASSWORD))
    clock.now += IDLE_SECONDS - 1
    assert door.is_open(session)
    clock.now += IDLE_SECONDS - 1
    assert door.is_open(session)
    clock.now += IDLE_SECONDS
    assert not door.is_open(session)


def test_signing_out_ends_a_session():
    door = Door("0.0.0.0", HASH)
    session = asyncio.run(door.sign_in(PASSWORD))
    door.sign_out(session)
    with pytest.raises(NotSignedIn):
        door.check_session(session)


@pytest.mark.parametrize("session", [None, "", "guess"])
def test_no_session_no_entry(session):
    with pytest.raises(NotSignedIn):
        Door("0.0.0.0", HASH).check_session(session)


def test_guessing_is_slowed_down_even_for_who_guesses_right(monkeypatch):
    monkeypatch.setattr("bot.staff.workbench.door.fits", lambda password, hashed: password == PASSWORD)
    clock = Clock()
    door = Door("0.0.0.0", HASH, clock)
    for _ in range(TRIES_PER_MINUTE):
        with pytest.raises(NotSignedIn):
            asyncio.run(door.sign_in("a wrong password"))
    with pytest.raises(TooManyMessages):
        asyncio.run(door.sign_in(PASSWORD))
    clock.now += 61
    assert asyncio.run(door.sign_in(PASSWORD))
