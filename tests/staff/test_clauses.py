"""Clauses: each part of a message once, in order, with its place."""

import pytest

from bot.staff.clauses import clauses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("he hit me last night and now he is at the door", ["he hit me last night", "and now he is at the door"]),
        ("Help. My dad took my passport, he says i must marry.", ["Help. My dad took my passport,", "he says i must marry."]),
        ("knife", ["knife"]),
        ("", []),
    ],
)
def test_a_message_is_cut_at_its_joints(text, expected):
    found = clauses(text)
    assert [clause.text for clause in found] == expected
    assert all(text[clause.start : clause.end] == clause.text for clause in found)
