"""Passwords: a hash fits its own password and no other."""

import pytest

from bot import passwords
from bot.errors import SettingsError
from bot.settings import read_workbench_hash

PASSWORD = "correct horse battery"


def test_a_hash_fits_its_password_and_no_other():
    hashed = passwords.hash_password(PASSWORD)
    assert passwords.is_hash(hashed) and passwords.fits(PASSWORD, hashed)
    assert not passwords.fits(PASSWORD + " ", hashed) and not passwords.fits("", hashed)
    assert PASSWORD not in hashed and passwords.hash_password(PASSWORD) != hashed


@pytest.mark.parametrize("wrong", ["", "x", "scrypt:a:b", PASSWORD, "scrypt::"])
def test_what_is_no_hash_fits_nothing(wrong):
    assert not passwords.is_hash(wrong) and not passwords.fits(PASSWORD, wrong)


def test_a_short_password_is_refused():
    with pytest.raises(ValueError):
        passwords.hash_password("short")


def test_the_setting_holds_a_hash_or_nothing():
    hashed = passwords.hash_password(PASSWORD)
    name = "SUPPORT_WORKBENCH_PASSWORD_HASH"
    assert read_workbench_hash({}) is None and read_workbench_hash({name: f" {hashed} "}) == hashed
    with pytest.raises(SettingsError, match=name) as problem:
        read_workbench_hash({name: "hunter2hunter2"})
    assert "hunter2" not in str(problem.value)
