"""Flow tests as files: what is saved is what Rasa and our own runner read back, and nothing is overwritten."""

import pytest

from bot.errors import BadRequest, StartError
from bot.reply import QuickExit, Reply
from bot.staff.stories import NameTaken, Step, Turn, read_stories, save_story

REPLY = Reply("x", QuickExit("y", "z"))
TYPED = Turn(Step("", "he’s here: “now”\nhelp", None, ()), "immediate_danger", ("action_signpost",), REPLY, {})
TAPPED = Turn(Step("", None, "service_info:emerald", ()), "service_info", ("action_service_info",), REPLY, {})
PLAIN = Turn(Step("", None, "ask_more_help", ()), "ask_more_help", ("action_more_help",), REPLY, {})


def test_what_is_saved_is_read_back(tmp_path):
    path = save_story("he_is_here", "  He is   here ", [TYPED, TAPPED, PLAIN], tmp_path)
    assert path == tmp_path / "saved/test_he_is_here.yml"
    [story] = read_stories(tmp_path)
    assert (story.name, story.file, story.saved) == ("He is here", "saved/test_he_is_here.yml", True)
    assert story.steps == (
        Step("immediate_danger", "he’s here: “now”\nhelp", None, ("action_signpost",)),
        Step("service_info", None, "service_info:emerald", ("action_service_info",)),
        Step("ask_more_help", None, "ask_more_help", ("action_more_help",)),
    )


def test_rasa_reads_it_as_its_own(tmp_path):
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader

    from bot.settings import ROOT

    path = save_story("x", "X", [TYPED, TAPPED, PLAIN], tmp_path)
    assert YAMLStoryReader.is_test_stories_file(str(path))
    steps = YAMLStoryReader(Domain.load(str(ROOT / "domain.yml"))).read_from_file(str(path))
    assert [event.type_name for event in steps[0].events] == ["user", "action"] * 3


def test_nothing_is_overwritten(tmp_path):
    path = save_story("x", "X", [PLAIN], tmp_path)
    before = path.read_bytes()
    with pytest.raises(NameTaken):
        save_story("x", "Y", [TYPED], tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", "x.yml", "_x", "x" * 61, "x\n", "é"])
def test_a_name_is_small_letters_digits_and_underscores(tmp_path, name):
    with pytest.raises(BadRequest):
        save_story(name, "X", [PLAIN], tmp_path)
    assert not list(tmp_path.rglob("*"))


@pytest.mark.parametrize(("title", "turns"), [("", [PLAIN]), ("x" * 121, [PLAIN]), ("X", [])])
def test_a_flow_has_a_title_and_steps(tmp_path, title, turns):
    with pytest.raises(BadRequest):
        save_story("x", title, turns, tmp_path)


@pytest.mark.parametrize("content", ["- 1", "stories: [{story: x}]", "stories: [{story: x, steps: [{bot: hi}]}]", "a: [", "{}"])
def test_a_broken_file_is_named(tmp_path, content):
    (tmp_path / "test_broken.yml").write_text(content, encoding="utf-8")
    with pytest.raises(StartError, match=r"^test_broken\.yml is no file of test stories"):
        read_stories(tmp_path)
