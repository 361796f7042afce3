"""Swapping everybody's gender in a message: the right words, the right case, and nothing else."""

import pytest
import yaml

from bot.settings import ROOT
from bot.staff.swaps import swap


@pytest.mark.parametrize(
    ("written", "swapped"),
    [
        ("he hits me", "she hits me"),
        ("My husband hit my mum", "My wife hit my dad"),
        ("HE IS HERE", "SHE IS HERE"),
        ("He's here and he’ll kill her", "She's here and she'll kill him"),
        ("her phone", "his phone"),
        ("I hit her", "I hit him"),
        ("I told her about it", "I told him about it"),
        ("I hit her. Then I ran", "I hit him. Then I ran"),
        ("he took her phone and followed her", "she took his phone and followed him"),
        ("I hit her on the arm, no reason", "I hit him on the arm, no reason"),
        ("he reads his phone", "she reads her phone"),
        ("the flat is his, not mine", "the flat is hers, not mine"),
        ("the flat is hers", "the flat is his"),
        ("with him", "with her"),
        ("he hurt himself", "she hurt herself"),
        ("my mother-in-law", "my father-in-law"),
        ("My Mother in law", "My Father in law"),
        ("my ex-wife's brother", "my ex-husband's sister"),
        ("my bf n me", "my gf n me"),
        ("hes outside", "shes outside"),
        ("I am a man", "I am a woman"),
        ("some bloke", "some woman"),
        ("Paul's key", "Louise's key"),
        ("paul has a key", "louise has a key"),
        ("It was Mark again", "It was Dawn again"),
        ("Mark my words, it will rain", "Mark my words, it will rain"),
        ("they said it will be fine", "they said it will be fine"),
        ("Mrs Patel and her son", "Mr Patel and his daughter"),
        ("GIRLS' school", "BOYS' school"),
        ("I", "I"),
        ("", ""),
        ("he  has\n a knife!!", "she  has\n a knife!!"),
        ("the shed and the hell of it, other thermal heroes", "the shed and the hell of it, other thermal heroes"),
        ("manchester", "manchester"),
        ("😱 999", "😱 999"),
    ],
)
def test_words_are_swapped_and_their_case_is_kept(written, swapped):
    assert swap(written) == swapped


@pytest.mark.parametrize("text", ["he hit his wife", "My mum's boyfriend took her phone", "THE MAN HURT HIMSELF", "Priya told her dad"])
def test_swapping_twice_gives_the_message_back(text):
    assert swap(swap(text)) == text and swap(text) != text


def test_no_word_stands_twice_and_none_for_itself():
    content = yaml.safe_load((ROOT / "bot/staff/swaps.yml").read_text(encoding="utf-8"))
    pairs = [*content["both_ways"], *content["names"], *content["names_and_words"]]
    words = [*(word for pair in pairs for word in pair), *content["one_way"]]
    assert len(words) == len(set(words))
    assert all(isinstance(word, str) for word in content["after_a_whole_pronoun"])
    assert all(isinstance(word, str) and word == word.lower() for word in words)
    assert all(word != other for word, other in [*pairs, *content["one_way"].items()])
