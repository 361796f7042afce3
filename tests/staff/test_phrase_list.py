"""Lists of phrases: what is expected of each, what was missed, and both genders."""

import asyncio

import pytest

from bot.staff.phrase_list import Phrase, WrongLine, read_phrases, try_phrase


def test_lines_are_phrases_with_or_without_an_expectation():
    assert read_phrases("hi\n\n# a note\nhe has a knife => emergency\nmy dad hits me\tsupport, domestic_abuse\n", first=7) == [
        Phrase(7, "hi"),
        Phrase(10, "he has a knife", ("emergency",)),
        Phrase(11, "my dad hits me", ("support", "domestic_abuse")),
    ]


@pytest.mark.parametrize("line", ["hi => hello", "hi => emergency none", "=> none", "x" * 2001])
def test_a_line_that_cannot_be_read_is_named_and_not_repeated(line):
    with pytest.raises(WrongLine, match="^Line 3: ") as problem:
        read_phrases(line, first=3)
    assert line not in str(problem.value)


def test_a_phrase_is_tried_for_both_genders(engine):
    tried = asyncio.run(try_phrase(engine, Phrase(1, "my husband has a knife and he is coming at me", ("emergency", "greeting"))))
    assert tried.urgency == tried.swapped_urgency == "emergency" and tried.contacts[0] == "999"
    assert tried.missed == ("greeting",)
    assert tried.swapped == "my wife has a knife and she is coming at me" and tried.same


def test_a_phrase_without_genders_is_asked_once(engine):
    tried = asyncio.run(try_phrase(engine, Phrase(1, "hello")))
    assert tried.swapped is None and tried.same and tried.missed == ()
