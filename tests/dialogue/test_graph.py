"""The graph that is run straight says what Rasa's own runner says, and knows the model's domain without reading it twice."""

import asyncio

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor

TEXTS = ("my husband hits me", "he has a knife and is at the door", "what is rasso", "hello", "qwrtzp", "can they keep it secret")


def test_it_says_what_rasa_s_runner_says(engine, monkeypatch):
    processor = engine.agent.processor
    _, _, theirs = MessageProcessor._load_model(engine.settings.model)

    def read(text: str) -> dict:
        return asyncio.run(processor.parse_message(UserMessage(text, output_channel=None)))

    ours = [read(text) for text in TEXTS]
    monkeypatch.setattr(processor, "graph_runner", theirs)
    assert [read(text) for text in TEXTS] == ours


def test_the_domain_that_the_model_tells_of_is_the_one_it_stored(engine):
    _, _, theirs = MessageProcessor._load_model(engine.settings.model)
    stored = theirs._instantiated_nodes["domain_provider"]._component._domain
    assert stored.fingerprint() == engine.agent.processor.domain.fingerprint()
    assert stored.input_states == engine.agent.processor.domain.input_states
