"""The danger phrases: what each sign of their small language means, and that each group of the real file finds what it is for."""

import itertools
import time

import pytest
import yaml

from bot.errors import SentencesError
from bot.settings import ROOT
from bot.understanding.phrases import GAP, DangerPhrases, PhraseMatch

FILE = ROOT / "data/danger/phrases.yml"
WRITTEN = yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def real() -> DangerPhrases:
    return DangerPhrases(FILE)


@pytest.fixture()
def load(tmp_path):
    """Danger phrases from a file of the test's own."""

    def write(content) -> DangerPhrases:
        path = tmp_path / "danger.yml"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        return DangerPhrases(path)

    return write


def file_of(*phrases, unless=None, lists=None, spared_by=None):
    group = {"id": "group", "why": "Because.", "phrases": list(phrases)}
    if spared_by is not None:
        group["unless"] = spared_by
    return {"lists": lists or {}, "danger": [group], "unless": unless or {}}


# The small language


@pytest.mark.parametrize(
    ("phrase", "found", "missed"),
    [
        # words in order
        ("red boat", ["red boat", "a red boat here", "Red Boat", "RED BOAT!"], ["boat red", "red big boat", "red boats", "redboat", ""]),
        # `not` in every spelling
        ("can not swim", ["can not swim", "cannot swim", "can't swim", "cant swim"], ["can swim", "not swim"]),
        ("do not swim", ["do not swim", "don't swim", "dont swim"], ["do swim", "does not swim"]),
        ("not swim", ["won't swim", "didn't swim", "couldn't swim"], ["will swim"]),
        # either
        ("red|blue boat", ["red boat", "blue boat"], ["green boat", "red|blue boat", "boat"]),
        # lists
        ("@vessel sinks", ["boat sinks", "ship sinks"], ["car sinks", "vessel sinks", "@vessel sinks"]),
        ("@vessel|raft sinks", ["boat sinks", "raft sinks"], ["car sinks"]),
        ("@colour @vessel", ["red boat", "blue ship"], ["boat", "boat red", "red"]),
        # may be missing
        ("red big? boat", ["red boat", "red big boat"], ["red big big boat", "big boat", "red small boat"]),
        ("red big|small? boat", ["red boat", "red small boat"], ["red old boat"]),
        ("red @colour? boat", ["red boat", "red blue boat"], ["red old boat"]),
        # gaps
        ("red .. boat", ["red boat", "red a boat", "red a b boat", "red a b c boat"], ["red a b c d boat", "boat red"]),
        ("red .. .. boat", ["red a b c d e f boat"], ["red a b c d e f g boat"]),
        # marks are words too
        ("boat ! red", ["boat! red", "boat ! red"], ["boat red", "boat. red"]),
        ("boat ?", ["boat?"], ["boat", "boat."]),
        # where a message begins and ends
        ("^ red boat", ["red boat", "red boat sinks", "Red boat!", "... red boat"], ["a red boat", "red"]),
        ("red boat $", ["red boat", "a red boat", "red boat!", "red boat..."], ["red boat sinks"]),
        ("^ red boat $", ["red boat", "red boat.", "RED BOAT!!!"], ["a red boat", "red boat sinks", "red boat. it sinks"]),
        ("^ red? boat $", ["red boat", "boat"], ["red red boat"]),
    ],
)
def test_a_phrase_finds_what_it_says_and_nothing_else(load, phrase, found, missed):
    phrases = load(file_of(phrase, lists={"vessel": ["boat", "ship"], "colour": ["red", "blue"]}))
    assert {text: {match.id for match in phrases.find(text)} for text in found} == {text: {"group"} for text in found}
    assert {text: phrases.find(text) for text in missed} == {text: [] for text in missed}


def test_a_gap_is_as_long_as_it_says(load):
    phrases = load(file_of("red .. boat"))
    assert phrases.find("red " + "a " * GAP + "boat")
    assert not phrases.find("red " + "a " * (GAP + 1) + "boat")


def test_a_list_may_hold_figures(load):
    assert load(file_of("in @year", lists={"year": [1999, 2005]})).find("in 2005")


def test_what_was_found_is_told_with_its_place_and_its_reason(load):
    text = "Look, a RED boat!"
    [match] = load(file_of("red boat")).find(text)
    assert match == PhraseMatch("group", "Because.", 8, 16)
    assert text[match.start : match.end] == "RED boat"


def test_places_are_right_beside_signs_and_other_scripts(load):
    for text in ("👩‍👧 red boat 👩‍👧", "ساعدني red boat", "É red boat"):
        [match] = load(file_of("red boat")).find(text)
        assert text[match.start : match.end] == "red boat"


def test_the_longest_stands_first_and_none_twice(load):
    content = file_of("red boat", "red boat", "red boat sinks")
    content["danger"].append({"id": "other", "why": "Also.", "phrases": ["a red boat sinks now"]})
    matches = load(content).find("a red boat sinks now")
    assert matches[0].id == "other"
    assert [match.end - match.start for match in matches] == sorted((match.end - match.start for match in matches), reverse=True)
    assert len(matches) == len(set(matches)) == 3


@pytest.mark.parametrize("text", ["", " ", "\n", "...", "!!!", "👩‍👧", "x" * 10_000, "red " * 5_000])
def test_whatever_the_text_there_is_an_answer(load, text):
    assert load(file_of("red boat")).find(text) == []


# What takes a phrase back


def test_a_list_under_unless_takes_back_the_groups_that_name_it(load):
    content = file_of("red boat", unless={"toys": ["toy|plastic boat", "in the bath"], "films": ["film"]}, spared_by=["toys"])
    content["danger"].append({"id": "other", "why": "Also.", "phrases": ["boat sinks"]})
    phrases = load(content)
    assert {match.id for match in phrases.find("a red boat sinks")} == {"group", "other"}
    assert {match.id for match in phrases.find("a red boat sinks in the bath")} == {"other"}
    assert {match.id for match in phrases.find("a red boat sinks in a film")} == {"group", "other"}


def test_what_took_a_phrase_back_is_told(load):
    phrases = load(file_of("red boat", unless={"toys": ["in the bath"], "films": ["film"]}, spared_by=["toys"]))
    assert phrases.taken_back("a red boat in the bath in a film") == ["films", "toys"]
    assert phrases.taken_back("a red boat") == []


def test_the_same_language_holds_under_unless(load):
    phrases = load(file_of("red boat", lists={"water": ["bath", "pond"]}, unless={"toys": ["played .. @water"]}, spared_by=["toys"]))
    assert phrases.find("red boat, he played in the pond") == []
    assert phrases.find("red boat, he played in the big old blue pond")


# Mistakes in the file


@pytest.mark.parametrize(
    "content",
    ["", "words", "- a", "7", {"lists": {}, "danger": []}, {**file_of("red boat"), "extra": {}}, {"danger": [], "unless": {}}],
    ids=str,
)
def test_a_file_of_another_shape_is_refused(load, content):
    with pytest.raises(SentencesError, match="danger.yml must hold lists, danger and unless"):
        load(content)


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ({"id": "boats", "why": "Because."}, "boats"),
        ({"id": "boats", "why": "Because.", "phrases": []}, "boats"),
        ({"id": "boats", "why": "Because.", "phrases": None}, "boats"),
        ({"id": "boats", "phrases": ["red boat"]}, "boats"),
        ({"id": "boats", "why": "", "phrases": ["red boat"]}, "boats"),
        ({"id": "boats", "why": "Because.", "phrases": ["red boat"], "urgent": True}, "boats"),
        ({"why": "Because.", "phrases": ["red boat"]}, "without an id"),
        ({"id": "boats", "why": "Because.", "phrases": ["red @vessel"]}, "boats"),
        ({"id": "boats", "why": "Because.", "phrases": [""]}, "boats"),
        ({"id": "boats", "why": "Because.", "phrases": ["^ $"]}, "boats"),
        ({"id": "boats", "why": "Because.", "phrases": ["red boat"], "unless": ["toys"]}, "boats"),
    ],
    ids=str,
)
def test_a_mistake_in_a_group_is_told_by_its_name(load, group, name):
    with pytest.raises(SentencesError, match=f"danger.yml, entry {name}"):
        load({"lists": {}, "danger": [group], "unless": {}})


@pytest.mark.parametrize("phrase", ["@nobody sinks", ""])
def test_a_mistake_in_a_list_under_unless_is_told_by_its_name(load, phrase):
    with pytest.raises(SentencesError, match="danger.yml, entry toys"):
        load(file_of("red boat", unless={"toys": [phrase]}))


def test_the_list_that_is_missing_is_told(load):
    with pytest.raises(SentencesError, match="@vessel"):
        load(file_of("red @vessel"))


@pytest.mark.parametrize(
    "phrases",
    [
        # Words where a list of phrases should be would become letters, and every "a" an emergency.
        "boat",
        # What need not be there at all fits every message.
        ["red?"], [".."], ["red? boat?"], ["red? .."],
    ],
    ids=str,
)  # fmt: skip
def test_what_would_make_every_message_an_emergency_is_refused(load, phrases):
    with pytest.raises(SentencesError, match="danger.yml, entry boats"):
        load({"lists": {}, "danger": [{"id": "boats", "why": "Because.", "phrases": phrases}], "unless": {}})


def test_a_group_that_stands_twice_is_refused(load):
    content = file_of("red boat")
    content["danger"].append({"id": "group", "why": "Another reason.", "phrases": ["blue boat"]})
    with pytest.raises(SentencesError, match="danger.yml, entry group"):
        load(content)


def test_words_where_a_list_under_unless_should_be_are_refused(load):
    with pytest.raises(SentencesError, match="danger.yml, entry toys"):
        load(file_of("red boat", unless={"toys": "bath"}))


@pytest.mark.parametrize(
    "changes", [{"lists": None}, {"danger": None}, {"unless": None}, {"danger": ["red boat"]}, {"lists": {"vessel": None}}], ids=str
)
def test_a_broken_part_is_refused(load, changes):
    with pytest.raises(SentencesError, match="danger.yml"):
        load({**file_of("red @vessel", lists={"vessel": ["boat"]}), **changes})


@pytest.mark.parametrize("content", ["danger: [", b"\xff\xfe", "a: *nobody"], ids=["yaml", "bytes", "alias"])
def test_a_file_that_is_no_yaml_is_refused(load, content):
    with pytest.raises(SentencesError, match="danger.yml"):
        load(content)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SentencesError, match="danger.yml"):
        DangerPhrases(tmp_path / "danger.yml")


# The real file: for each group what it must find, and a twin that sounds alike and is harmless

PAIRS = [
    ("cry_for_help", "help me please", "please help me with my homework"),
    ("cry_for_help", "Send help now", "send my parcel now"),
    ("here_now", "hes outside", "hes outside mowing the lawn for us"),
    ("here_now", "he's here now", "here is a photo of my holiday"),
    ("cannot_speak", "I can't talk he is in the next room", "I can't talk right now I am in a meeting"),
    ("cannot_speak", "he will hear me please hurry", "he never hears me, he is nearly deaf"),
    ("cannot_speak", "i cant speak", "i cant speak spanish very well"),
    ("weapon_in_hand", "he has a knife", "he gave me a knife and fork for lunch"),
    ("weapon_in_hand", "my husband has got a gun in his hand", "my husband has got a nail gun for the new floor"),
    ("weapon_in_hand", "there is a man with a machete outside", "there is a machete in the museum"),
    ("hands_round_neck", "he is strangling me", "he is strangling the weeds in the garden"),
    ("hands_round_neck", "he has his hands round my neck", "he has a scarf he knitted for me"),
    ("breaking_in", "my ex is kicking the front door down", "my ex is painting the front door"),
    ("breaking_in", "someone is breaking into my house", "he is breaking in his new walking boots"),
    ("breaking_in", "He is breaking in through the back door", "the cat is coming in through the cat flap"),
    ("stranger_in_the_house", "there is a man in my bedroom", "there is a man in the shop who sells bread"),
    ("stranger_in_the_house", "somebody is downstairs and I live alone", "the plumber is downstairs in the kitchen"),
    ("at_the_door", "my ex is outside my house right now", "the postman is outside with a parcel"),
    ("at_the_door", "he is banging on my door", "he is banging on about football again"),
    ("locked_in", "he has locked me in the bedroom", "I locked myself out of my house again"),
    ("locked_in", "he wont let me out of the car", "my landlord will not let me out of the contract"),
    ("hiding", "I am hiding in the wardrobe", "I am hiding the presents in the wardrobe for christmas"),
    ("hiding", "I locked myself in the bathroom and he is trying to get in", "the bathroom lock is broken"),
    ("kill_now", "he says he is going to kill me tonight", "my mum is going to kill me when she sees my school report"),
    ("kill_now", "my dad is trying to kill my mum", "my dad is trying to grow tomatoes"),
    ("hitting_now", "he is hitting me right now", "he is hitting the gym tonight"),
    ("hitting_now", "my dad is beating my mum", "my dad is beating my mum at chess"),
    ("sexual_attack_now", "he is raping me please help", "he is helping me with the shopping"),
    ("sexual_attack_now", "he is on top of me and I said no", "he is on top of the housework"),
    ("badly_hurt", "I have been stabbed", "I was stabbed in the back by a colleague at work"),
    ("badly_hurt", "he is bleeding badly", "my nose was bleeding a bit this morning"),
    ("badly_hurt", "she is not breathing", "she is not coming to the party"),
    ("badly_hurt", "I think he's dead", "I think he's dead funny"),
    ("after_strangling", "she grabbed my throat yesterday and it hurts to swallow", "I choked on a crisp and it hurts when I swallow"),
    ("after_strangling", "he strangled me and now my voice has gone", "he strangled me in 2019 and my voice was never the same"),
    ("kept_from_breath_or_medicine", "he wont give me my inhaler", "he wont give me my jumper back"),
    ("kept_from_breath_or_medicine", "she has turned my oxygen off", "she has turned the telly off"),
    ("kept_from_breath_or_medicine", "my son has hidden my insulin and I feel sick", "I left my insulin in the fridge and I feel silly"),
    ("overdose", "she has taken an overdose", "she has taken a day off"),
    ("overdose", "I just took all my tablets", "I took my tablets this morning as usual"),
    ("suicide_now", "I am going to kill myself tonight", "I am going to kill the weeds with vinegar"),
    ("suicide_now", "I am standing on the bridge and I want to jump", "I want to jump on the trampoline"),
    ("followed_now", "a man is following me home", "a man is following me on instagram"),
    ("followed_now", "someone is following me in the dark please help", "we are following the recipe"),
    ("taken_away_today", "they are taking me to pakistan tomorrow to marry a man", "we fly to pakistan tomorrow for a lovely holiday"),
    ("taken_away_today", "the lady is here to cut my sister", "the lady is here to cut my hair"),
    ("child_in_danger", "he is shaking the baby", "he is feeding the baby"),
    ("child_in_danger", "someone has taken my little girl please help", "he has taken my little girl to school"),
    ("fire_petrol_gas", "my house is on fire", "this song is fire"),
    ("fire_petrol_gas", "he is pouring petrol through the letterbox", "he is pouring tea for everybody"),
    ("car_danger", "he is driving at me", "he is driving me to work"),
    ("car_danger", "he wont stop the car and he is drunk", "the car will not start"),
    ("drugged_now", "I think my drink was spiked i cant feel my legs", "my drink was cold and my legs are tired from running"),
    ("drugged_now", "i have just been spiked", "the graph spiked in march"),
    ("call_for_police", "please send the police now", "should I call the police about a stolen bike"),
    ("call_for_police", "call an ambulance please", "my sister drives an ambulance"),
    ("about_to_harm", "I am going to stab him", "I am going to call him"),
    ("about_to_harm", "I have a knife in my hand and I am going to kill her", "I have a rolling pin in my hand and I bake bread"),
    ("about_to_harm", "I am about to hit him", "I am about to hit the road"),
    ("help_abroad", "proszę pomóżcie mi", "dziękuję za pomoc"),
    ("help_abroad", "بچاؤ", "شکریہ"),
    ("help_abroad", "llamen a la policía por favor", "necesito ayuda con los papeles"),
    ("weapon_abroad", "ele tem uma faca", "eu quero uma casa"),
    ("weapon_abroad", "у него нож", "у него новый телефон"),
    ("hitting_abroad", "mujhe maar raha hai", "roz maarta hai"),
    ("hitting_abroad", "救命他打我", "谢谢你"),
    ("hitting_abroad", "me esta pegando ayuda por favor", "mi marido me pega cuando bebe"),
    ("killing_abroad", "kocam beni öldürecek", "annem beni öldürecek geç kaldım"),
    ("killing_abroad", "vrea să mă omoare", "mă omor de râs"),
    ("at_the_door_abroad", "il défonce la porte", "la porte est verte"),
    ("at_the_door_abroad", "on stoi pod drzwiami", "on jest w pracy"),
    ("locked_in_abroad", "mi ha chiusa in camera", "ho chiuso la finestra"),
    ("locked_in_abroad", "حبسني في الغرفة", "زوجي لا يعطيني المال"),
    ("badly_hurt_abroad", "er atmet nicht", "er raucht nicht"),
    ("badly_hurt_abroad", "রক্ত পড়ছে", "আমি বাংলা বলি"),
    ("fire_abroad", "shtëpia po digjet", "shtëpia po shitet"),
    ("fire_abroad", "casa está a arder", "la casa está en venta"),
    ("suicide_abroad", "voy a matarme", "voy a tirar la basura"),
    ("suicide_abroad", "сегодня убью себя", "сегодня хорошая погода"),
]


@pytest.mark.parametrize(("group", "danger"), [(group, danger) for group, danger, _ in PAIRS])
def test_a_plain_sentence_of_danger_is_found(real, group, danger):
    assert group in {match.id for match in real.find(danger)}


@pytest.mark.parametrize(("group", "harmless"), [(group, harmless) for group, _, harmless in PAIRS])
def test_its_harmless_twin_is_not(real, group, harmless):
    assert real.find(harmless) == []


def test_every_group_of_the_file_has_its_pairs():
    assert {group["id"] for group in WRITTEN["danger"]} == {group for group, _, _ in PAIRS}
    assert len(PAIRS) >= 40


@pytest.mark.parametrize(
    "text",
    [
        "hello", "thank you", "what is clare's law", "what is the number of childline", "can I report a crime without my name",
        "my ex keeps texting me", "he shouted at me last year", "he controls my money", "I was raped when I was nineteen",
        "I want to report something that happened in 2019", "who are you", "is this confidential", "I am worried about my friend",
        "how do I get a non-molestation order", "I hurt my partner and I want to stop", "goodbye", "leave", "asdf", "999", "?",
    ],
)  # fmt: skip
def test_what_people_ask_in_calm_is_no_danger(real, text):
    assert real.find(text) == []


@pytest.mark.parametrize(
    "danger", ["he has a knife", "I am hiding in the wardrobe", "my ex is outside my house right now", "he is hitting me right now"]
)
@pytest.mark.parametrize(
    "shape", [str.upper, str.lower, str.title, lambda text: f"  {text}!!! ", lambda text: f"please listen. {text}. i am scared."]
)
def test_danger_is_found_however_it_is_typed(real, danger, shape):
    assert real.find(shape(danger))


def test_an_old_story_or_a_film_is_no_danger_now(real):
    for text in ("he has a knife", "he is strangling me", "he is hitting me right now"):
        assert real.find(text)
        assert real.find(f"{text}, that was in a film") == []
    assert real.find("he was hitting me years ago") == []


def test_every_id_stands_once_and_every_reason_is_a_sentence():
    ids = [group["id"] for group in WRITTEN["danger"]]
    assert [name for name in ids if ids.count(name) > 1] == []
    assert not [group["id"] for group in WRITTEN["danger"] if not group["why"].endswith(".")]


def test_every_list_is_used():
    phrases = [phrase for group in WRITTEN["danger"] for phrase in group["phrases"]] + [
        phrase for unless in WRITTEN["unless"].values() for phrase in unless
    ]
    words = {part.rstrip("?") for phrase in phrases for word in phrase.split() for part in word.split("|")}
    assert {name for name in WRITTEN["lists"] if f"@{name}" not in words} == set()
    assert set(WRITTEN["unless"]) == {name for group in WRITTEN["danger"] for name in group.get("unless", [])}


def test_no_word_was_lost_to_yaml_s_yes_and_no():
    lists = [*WRITTEN["lists"].values(), *WRITTEN["unless"].values(), *(group["phrases"] for group in WRITTEN["danger"])]
    assert [word for words in lists for word in words if not isinstance(word, str) and type(word) is not int] == []


def sayings(phrase: str, alive) -> itertools.product:
    """The shortest texts that `phrase` should find, word by word, of words that spaCy reads as one word."""
    slots = []
    for word in phrase.split():
        if word in ("^", "$", "..") or (word.endswith("?") and len(word) > 1):
            continue
        choices = [str(choice) for part in word.split("|") for choice in (WRITTEN["lists"][part[1:]] if part.startswith("@") else [part])]
        slots.append([choice for choice in choices if alive(choice)])
    return itertools.product(*slots)


def test_every_phrase_can_be_said(tmp_path):
    """A phrase that no text fits, such as one whose words are always read as two, protects nobody."""
    single = {**WRITTEN, "unless": {}, "danger": []}
    names = {}
    for number, group in enumerate(WRITTEN["danger"], start=1):
        for place, phrase in enumerate(group["phrases"], start=1):
            name = f"group {number} ({group['id']}), phrase {place}"
            names[name] = phrase
            single["danger"].append({"id": name, "why": "Because.", "phrases": [phrase]})
    path = tmp_path / "danger.yml"
    path.write_text(yaml.safe_dump(single, sort_keys=False), encoding="utf-8")
    phrases = DangerPhrases(path)
    known: dict[str, bool] = {}

    def alive(word: str) -> bool:
        if word not in known:
            known[word] = [token.norm_ for token in phrases._language(word)] == [word]
        return known[word]

    never = [
        f"{name}: {phrase}"
        for name, phrase in names.items()
        if not any(name in {match.id for match in phrases.find(" ".join(words))} for words in itertools.islice(sayings(phrase, alive), 40))
    ]
    assert not never, "\n".join(never)


@pytest.mark.parametrize("text", ["help " * 400, "he has a " * 220, "a " * 1_000, "i am going to " * 140, "x" * 2_000, "! " * 1_000])
def test_the_longest_message_is_screened_quickly(real, text):
    began = time.process_time()
    real.find(text)
    assert time.process_time() - began < 3
