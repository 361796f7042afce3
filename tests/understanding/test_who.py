"""What a message shows of who writes it: only what it says itself."""

import pytest

from bot.understanding.who import PHRASES, read_who


@pytest.fixture(scope="module")
def patterns():
    return read_who(PHRASES)


def shown(patterns, text):
    return {name for name, pattern in patterns.items() if pattern.search(text.lower())}


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("I'm a man and my wife hits me", "man"),
        ("my wife hits me", "man"),
        ("i am gay and he hurts me", "lgbt"),
        ("im 15 and scared", "under_18"),
        ("I am 78", "older"),
        ("im deaf", "deaf"),
        ("i use a wheelchair", "disabled"),
        ("he keeps my visa", "immigration"),
        ("as a black woman i am not heard", "woman_of_colour"),
        ("my friend is scared of her husband", "somebody_else"),
        ("i'm a teacher", "somebody_else"),
        ("my daughter came home with bruises", "for_a_child"),
        ("one of our pupils said something", "for_a_child"),
    ],
)
def test_what_a_message_shows(patterns, text, who):
    assert who in shown(patterns, text)


@pytest.mark.parametrize(
    "text",
    [
        "my husband hits me", "someone follows me", "i was raped", "help", "he is 15 years older than me", "my daughter in law shouts",
        "my little brother is scared",
    ],
)  # fmt: skip
def test_what_it_does_not_show(patterns, text):
    assert shown(patterns, text) == set()


def test_a_phrase_is_whole_words(patterns, tmp_path):
    path = tmp_path / "who.yml"
    path.write_text("a: ['i_am|im deaf']\n", encoding="utf-8")
    pattern = read_who(path)["a"]
    assert pattern.search("i  am deaf") and pattern.search("im deaf")
    assert not pattern.search("him deaf") and not pattern.search("im deafening")
