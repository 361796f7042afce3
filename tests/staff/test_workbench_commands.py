"""The workbench's command line: what it refuses before anything is loaded, in one sentence."""

import pytest

from bot.__main__ import main
from bot.passwords import fits

PASSWORD = "a long enough password"


def test_it_opens_to_other_machines_only_with_a_password(monkeypatch, capsys):
    monkeypatch.delenv("SUPPORT_WORKBENCH_PASSWORD_HASH", raising=False)
    assert main(["workbench", "--host", "0.0.0.0"]) == 1
    assert "only with a password: run `python -m bot workbench --hash`" in capsys.readouterr().err


def test_a_password_that_is_no_hash_is_refused(monkeypatch, capsys):
    monkeypatch.setenv("SUPPORT_WORKBENCH_PASSWORD_HASH", PASSWORD)
    assert main(["workbench"]) == 1
    told = capsys.readouterr().err
    assert "SUPPORT_WORKBENCH_PASSWORD_HASH" in told and PASSWORD not in told


def test_a_hash_is_printed_and_fits(monkeypatch, capsys):
    monkeypatch.setattr("getpass.getpass", lambda _: PASSWORD)
    assert main(["workbench", "--hash"]) == 0
    printed = capsys.readouterr()
    assert fits(PASSWORD, printed.out.strip()) and PASSWORD not in printed.out + printed.err


@pytest.mark.parametrize("typed", [["short", "short"], [PASSWORD, "another password"]])
def test_a_password_that_will_not_do_is_told(monkeypatch, capsys, typed):
    answers = iter(typed)
    monkeypatch.setattr("getpass.getpass", lambda _: next(answers))
    assert main(["workbench", "--hash"]) == 1
    assert capsys.readouterr().out == ""
