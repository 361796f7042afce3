"""What the flow tests reach, by playing them."""

import asyncio

from bot.staff.coverage import Rule
from bot.staff.reach import Reach
from bot.staff.stories import Step, Story

HELLO = Story("hello", (Step("greeting", "hi", None, ("utter_greeting",)),))
GONE = Story("gone", (Step("x", None, "never_offered", ()),))


def test_what_a_story_leads_to_is_reached(engine):
    rules = [Rule("Hello", "greeting", (), ("utter_greeting",)), Rule("Bye", "goodbye", (), ("utter_goodbye",))]
    reach = Reach(engine, [HELLO, GONE], rules)
    assert (reach.done, reach.total, reach.nodes) == (0, 2, set())
    asyncio.run(reach.play())
    assert (reach.done, reach.nodes) == (2, {"intent:greeting", "rule:Hello", "response:utter_greeting"})
