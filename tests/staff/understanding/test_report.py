"""The report asked of the real engine, on a few of the kept messages; and what is read of them."""

import asyncio
import json

import pytest

from bot.errors import StartError
from bot.settings import ROOT
from bot.staff.nearest import load_meanings
from bot.staff.understanding import report
from bot.staff.understanding.asking import ask, ask_swapped
from bot.staff.understanding.learning import learning_curve
from bot.staff.understanding.messages import read_follow_ups, read_kept_apart, read_swapped, read_trained


@pytest.fixture(scope="module")
def kept():
    return report.kept_messages(final=False)[0][::60]


def test_the_real_engine_is_asked_and_everything_is_written(engine, kept, tmp_path):
    measured = asyncio.run(report.measure(engine, kept, shares=(1 / 20,)))
    assert measured.figures.count == len(kept) and measured.figures.learnt[0].macro_f1 > 0.1
    page = report.write(measured, tmp_path)
    content = json.loads((page.parent / "understanding.json").read_text(encoding="utf-8"))
    assert content["messages"] == len(kept)
    assert all(error["nearest"] for error in content["worst_errors"])


def test_swapping_asks_only_what_changes(engine, kept):
    asked = asyncio.run(ask(engine, kept[:4]))
    assert asyncio.run(ask_swapped(engine, asked, lambda text: text)) == []
    [swapped] = asyncio.run(ask_swapped(engine, asked[:1], lambda text: "he has a knife to my throat"))
    assert swapped.urgency == "emergency" and swapped.contacts[0] == "999"


def test_the_nearest_of_a_trained_message_is_itself(engine):
    meanings = load_meanings(engine.settings)
    message = meanings.messages[10]
    first, second = meanings.nearest(message.text, 2)
    assert first.text == message.text and first.likeness > 0.99 and (first.file, first.line) == (message.file, message.line)
    assert second.likeness <= first.likeness and meanings.nearest("") == []
    # Every message was trained on, so none lacks its vector.
    assert len(meanings.messages) > 5_000


def test_more_messages_find_more_and_always_the_same(engine, kept):
    meanings = load_meanings(engine.settings)
    places = list(range(0, len(meanings.messages), 12))
    trained, vectors = [meanings.messages[place] for place in places], meanings.vectors[places]
    read = meanings.encoder.encode([message.text for message in kept])
    once, again = (learning_curve(trained, vectors, kept, read, 4.0, 0.5, (0.25, 1.0)) for _ in range(2))
    assert once == again and once[0].messages < once[1].messages == len(trained) and once[1].macro_f1 > once[0].macro_f1


def test_every_message_has_its_line():
    for message in read_trained(ROOT)[::97]:
        assert (ROOT / message.file).read_text(encoding="utf-8").splitlines()[message.line - 1] == f"    - {message.text}"


@pytest.mark.parametrize(
    "line",
    [
        "{", '{"text": "x"}', '{"text": "x", "situations": ["joy"], "urgency": "none"}',
        '{"text": "x", "situations": [], "urgency": "none"}',
    ],
)  # fmt: skip
def test_a_kept_file_with_a_mistake_names_the_line(tmp_path, line):
    path = tmp_path / "kept.jsonl"
    path.write_text('{"text": "x", "situations": ["unclear"], "urgency": "none"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(StartError, match="kept.jsonl, line 2: "):
        read_kept_apart(path, tmp_path)


@pytest.mark.parametrize(
    "line",
    ["{", '{"text": "x", "told": []}', '{"text": "x", "told": [], "right": []}', '{"text": "x", "told": ["joy"], "right": ["thanks"]}'],
)
def test_a_follow_up_with_a_mistake_names_its_line(tmp_path, line):
    path = tmp_path / "follow_ups.jsonl"
    path.write_text('{"text": "x", "told": ["suicidal"], "right": ["thanks"]}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(StartError, match="follow_ups.jsonl, line 2: "):
        read_follow_ups(path, tmp_path)


def test_every_right_reading_of_a_follow_up_exists():
    known = {message.intent for message in read_trained(ROOT)}
    follow_ups = read_follow_ups(ROOT / report.FOLLOW_UPS, ROOT)
    assert len(follow_ups) >= 500
    assert {reading for follow_up in follow_ups for reading in follow_up.right} <= known


@pytest.mark.parametrize("line", ["no json", '{"text": "x"}', '{"line": 0, "text": "x"}', '{"line": 1}', "[]"])
def test_a_swapped_message_without_its_original_is_refused_with_its_line(kept, tmp_path, line):
    path = tmp_path / "swapped.jsonl"
    path.write_text(f'{{"line": {kept[0].line}, "text": "x"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(StartError, match="swapped.jsonl, line 2: it needs the line of a kept message"):
        read_swapped(path, kept[:1], tmp_path)


def test_messages_swapped_by_hand_are_not_the_same_words():
    swapped = read_swapped(ROOT / report.SWAPPED, report.kept_messages(final=False)[0], ROOT)
    assert len(swapped) >= 150 and all(text != other for text, other in swapped.items())
