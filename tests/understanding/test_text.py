"""What people type, made readable, however it was typed."""

import itertools
import random
import re
import time
import unicodedata

import pytest

from bot.understanding.text import WINDOW, clean, windows


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ""),
        ("   ", ""),
        ("\t\r\n\u2028\u2029\u00a0\u3000", ""),
        ("he hit me", "he hit me"),
        ("  he   hit\n\nme\t", "he hit me"),
        ("He HIT me", "He HIT me"),
        ("he hitt me agian", "he hitt me agian"),
        # Controls
        ("he\x00hit\x07me", "he hit me"),
        ("\x1b[2Jhelp", "[2Jhelp"),
        ("help\x7f\x85me", "help me"),
        # Halves of pairs, as broken clients send them
        ("\ud83d help", "help"),
        ("help \udc00", "help"),
        ("\ude00\ud83d", ""),
        ("he\ud800lp", "help"),
        # Slashes: what a person types is never a command
        ("/restart", "restart"),
        ('/greet{"x": 1}', 'greet{"x": 1}'),
        ("//// / restart", "restart"),
        ("  /restart", "restart"),
        ("\u200e/restart", "restart"),
        ("\x00/restart", "restart"),
        ("／restart", "restart"),
        ("/", ""),
        ("1/2", "1/2"),
        ("he/she hit me", "he/she hit me"),
        # Quotes
        ("don’t", "don't"),
        ("don‘t", "don't"),
        ("donʼt", "don't"),
        ("don`t", "don't"),
        ("don´t", "don't"),
        ("don＇t", "don't"),
        ("“stop”", '"stop"'),
        ("he said…", "he said..."),
        # Other scripts and the marks that go with them
        ("\u202ehelp\u202c", "help"),
        ("\u200fساعدني\u200f", "ساعدني"),
        ("ڈر لگتا ہے", "ڈر لگتا ہے"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("मुझे मदद चाहिए", "मुझे मदद चाहिए"),
        ("cafe\u0301", "café"),
        ("ｈｅｌｐ", "help"),
        ("𝐡𝐞𝐥𝐩 𝓶𝓮", "help me"),
        # Signs
        ("👩‍👧 help", "👩‍👧 help"),
        ("👍🏽", "👍🏽"),
        ("❤️", "❤️"),
        ("999", "999"),
        ("🏳️‍🌈", "🏳️‍🌈"),
        # Private and unassigned code points say nothing
        ("\ue000help\uffff", "help"),
    ],
)
def test_what_is_typed_is_read_as(typed, read):
    assert clean(typed) == read


def ugly(seed: int) -> str:
    """A text of all kinds of code points, broken ones too."""
    chance = random.Random(seed)
    kinds = (
        lambda: chr(chance.randrange(32, 127)), lambda: chr(chance.randrange(0, 0x20)), lambda: chr(chance.randrange(0x80, 0x3000)),
        lambda: chr(chance.randrange(0xD800, 0xE000)), lambda: chr(chance.randrange(0x1F300, 0x1FAFF)),
        lambda: chr(chance.randrange(0x110000)), lambda: chance.choice("/ ／\u200d\u200c\u200b\u202e\ufeff\u00ad´’…"),
    )  # fmt: skip
    return "".join(chance.choice(kinds)() for _ in range(chance.randrange(0, 80)))


@pytest.mark.parametrize("seed", range(300))
def test_whatever_is_typed_is_plain_text_afterwards(seed):
    read = clean(ugly(seed))
    read.encode("utf-8")
    assert read == read.strip()
    assert "  " not in read
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", read)
    assert not read.startswith("/")
    assert not {unicodedata.category(character) for character in read} & {"Cc", "Cs", "Co", "Cn"}
    assert {character for character in read if unicodedata.category(character) == "Cf"} <= {"\u200c", "\u200d"}


@pytest.mark.parametrize("seed", range(300))
def test_what_was_read_once_is_not_changed_by_reading_it_again(seed):
    read = clean(ugly(seed))
    assert clean(read) == read


@pytest.mark.parametrize("seed", range(100))
def test_plain_letters_are_read_the_same_alone_and_beside_an_accent(seed):
    chance = random.Random(seed)
    typed = "".join(chr(chance.randrange(128)) for _ in range(chance.randrange(60)))
    assert f"{clean(typed)} é".strip() == clean(f"{typed} é")


def test_only_what_is_typed_matters():
    assert clean("don’t") == clean("don't") == clean(" don\u2019t ")


def words(number: int) -> str:
    return " ".join(f"w{place}" for place in range(number))


@pytest.mark.parametrize("text", ["", "help", words(WINDOW - 1), words(WINDOW)])
def test_a_short_message_is_read_in_one_piece(text):
    assert windows(text) == []


def dictated(seed: int) -> str:
    """A long message of numbered words, some with the marks and words at which it is cut."""
    chance = random.Random(seed)
    ends = ["", "", "", "", "", ".", "!", "?", ";", ",", "...", " but", " and then", " because", " so", " now", " cos", " butter", " sofa"]
    return " ".join(f"w{place}{chance.choice(ends)}" for place in range(chance.randrange(WINDOW + 1, 400)))


@pytest.mark.parametrize("text", [words(WINDOW + 1), words(1_000), *map(dictated, range(60)), ". ".join("abcdefgh" * 30), "no. " * 200])
def test_the_windows_of_a_long_message_hold_every_word_and_none_is_too_long(text):
    parts = windows(text)
    said = text.split()
    assert parts
    covered = 0
    for part in parts:
        piece = part.split()
        assert 0 < len(piece) <= WINDOW
        # Each begins where the one before had not ended yet, or just there, and goes on in order.
        starts = [start for start in range(max(0, covered - WINDOW), covered + 1) if said[start : start + len(piece)] == piece]
        assert starts, part
        covered = max(covered, starts[-1] + len(piece))
    assert covered == len(said)


def test_windows_overlap_so_that_nothing_is_cut_apart():
    said = words(200).split()
    parts = [part.split() for part in windows(" ".join(said))]
    for before, after in itertools.pairwise(parts):
        assert said.index(after[0]) <= said.index(before[-1]) + 1


def test_a_window_begins_with_a_clause_where_there_are_any():
    text = " ".join(f"first{place} second third fourth fifth." for place in range(30))
    assert all(part.startswith("first") for part in windows(text))


def test_cries_in_the_middle_of_a_long_message_stand_whole_in_a_window():
    cry = "he has a knife and he is coming up the stairs"
    for before in range(0, 200, 7):
        text = f"{words(before)}. {cry}. {words(100)}."
        assert any(cry in part for part in windows(text)), before


HUGE = 1_000_000


@pytest.mark.parametrize(
    "sign",
    ["x", " ", "/", "\x00", "he hit me. ", "but ", "a ", "! ", "\ud83d", "\u200d", "👩‍👧 ", "’", "\n"],
    ids=[
        "letters", "spaces", "slashes", "nulls", "sentences", "clauses", "short words",
        "marks", "half pairs", "joiners", "emoji", "quotes", "lines",
    ],
)  # fmt: skip
def test_a_million_characters_take_a_few_seconds_at_most(sign):
    typed = sign * (HUGE // len(sign))
    began = time.process_time()
    parts = windows(clean(typed))
    assert time.process_time() - began < 5
    assert all(len(part.split()) <= WINDOW for part in parts[:100])


def test_heaped_accents_that_are_meant_to_be_slow_are_not():
    # Unicode's own normal form sorts a run of accents in time that grows with the square of its length.
    typed = "a" + "\u0301\u0316" * 50_000
    began = time.process_time()
    windows(clean(typed))
    took = time.process_time() - began
    assert took < 2
