"""The sentence encoder: every part of a text is heard, and what cannot be read breaks nothing."""

import numpy as np
import pytest

from bot.settings import LONGEST_MESSAGE, read_settings
from bot.understanding.encoder import LONGEST, WIDTH, EncoderMissing, SentenceEncoder
from bot.understanding.text import window_spans

GARDEN = "the roses by the gate are in flower again and the hedge has been cut back to the height of the old wall"
HARM = "my husband has been hitting me for years"
TRAINS = "the last train was cancelled so we stood on the platform until a bus came to take us to the next station"


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    settings = read_settings()
    return SentenceEncoder(settings.encoder, settings.encoder_threads)


def test_every_vector_is_of_length_one_and_depends_on_nothing_else(encoder):
    texts = ["hello", GARDEN, "hello", "", "\u200d", "🌧", "help " * 300]
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), WIDTH)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors[0], vectors[2])
    assert np.array_equal(encoder.read(GARDEN)[0], vectors[1])
    assert encoder.encode([]).shape == (0, WIDTH)


def test_a_part_of_a_text_means_what_it_says(encoder):
    text = f"{GARDEN}. {HARM}."
    whole, first, second = encoder.read(text, [(0, len(GARDEN)), (len(GARDEN) + 2, len(text))])
    garden, harm = encoder.encode([GARDEN, HARM])
    # Each is read with the other in view, so it is the other part that is further away.
    assert first @ garden > second @ garden
    assert second @ harm > first @ harm
    assert np.array_equal(whole, encoder.read(text)[0])


def test_marks_alone_stand_for_the_whole(encoder):
    whole, marks = encoder.read("hello \u200d\u200d you", [(6, 8)])
    assert np.array_equal(whole, marks)


@pytest.mark.parametrize("word", ["rain ", "আমার ", "گھر ", "家", "🌧", "pneumonoultramicroscopicsilicovolcanoconiosis "])
def test_the_longest_message_is_read_to_its_end_in_any_script(encoder, word):
    text = f"{(word * LONGEST_MESSAGE)[: LONGEST_MESSAGE - len(TRAINS) - 1]} {TRAINS}"
    parts = [*window_spans(text), (len(text) - len(TRAINS), len(text))]
    rows = encoder.read(text, parts)
    assert rows.shape == (1 + len(parts), WIDTH)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    trains, garden = encoder.encode([TRAINS, GARDEN])
    assert rows[-1] @ trains > rows[-1] @ garden


def test_a_text_of_more_than_a_block_is_read_in_equal_blocks(encoder, monkeypatch):
    blocks = []
    read = encoder._tokens
    monkeypatch.setattr(encoder, "_tokens", lambda ids: blocks.append(len(ids)) or read(ids))
    encoder.read("rain " * (LONGEST + 1))
    assert sorted(blocks) == [LONGEST // 2, LONGEST // 2 + 1]


def test_without_its_files_there_is_no_encoder(tmp_path):
    with pytest.raises(EncoderMissing, match="make setup"):
        SentenceEncoder(tmp_path)
