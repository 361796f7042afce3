"""Follows docs/changing-what-it-says.md to the letter, on a copy of the project: every edit is taken from the page itself."""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT

PAGE = (ROOT / "docs/changing-what-it-says.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^   ```yaml\n   # (?P<place>[^\n]+)\n(?P<lines>.*?)^   ```$", re.MULTILINE | re.DOTALL)
BLOCKS = {block["place"]: re.sub(r"^   ", "", block["lines"], flags=re.MULTILINE) for block in BLOCK.finditer(PAGE)}


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (path.name, old)
    path.write_text(text.replace(old, new), encoding="utf-8")


def thin(path: Path) -> None:
    """Leaves one message in three."""
    places = itertools.count()
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("    - ") or next(places) % 3 == 0), encoding="utf-8")


def run(copy: Path, *arguments: str, text: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments], cwd=copy, input=text, capture_output=True, text=True, timeout=600,
        env={**os.environ, **environment}, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def copy(engine, tmp_path_factory) -> Path:
    """The project with every change of the page made, and trained. The engine is asked for first, so that all vectors are known."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("bot", "actions", "data", "stand_ins"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.yml", "domain.yml", "endpoints.yml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "tests/dialogue", folder / "tests/dialogue")
    (folder / "models/encoder").mkdir(parents=True)
    for path in engine.settings.encoder.iterdir():
        # The vectors of training messages are written anew; the rest is only read.
        (shutil.copy if path.suffix == ".npz" else os.symlink)(path.resolve(), folder / "models/encoder" / path.name)
    change(folder)
    # The steps are the same with fewer messages, and training is quicker.
    for path in (folder / "data/nlu").glob("*.yml"):
        thin(path)
    trained = run(folder, "train")
    assert trained.returncode == 0, trained.stderr[-2000:]
    return folder


def change(folder: Path) -> None:
    done = set()

    def block(place: str) -> str:
        done.add(place)
        return BLOCKS[place]

    conversation = folder / "data/responses/conversation.yml"
    before = re.search(r"  utter_thanks:\n(  - text: [^\n]*\n)", conversation.read_text(encoding="utf-8"))
    replace(conversation, before[1], block("in data/responses/conversation.yml, under utter_thanks"))
    contacts = folder / "data/contacts/bedfordshire.yml"
    with contacts.open("a", encoding="utf-8") as file:
        file.write(block("at the end of data/contacts/bedfordshire.yml"))
    routing = folder / "data/routing/routing.yml"
    crime = re.search(r"- id: report_crime\n.*?  more_help:\n", routing.read_text(encoding="utf-8"), re.DOTALL)
    replace(routing, crime[0], crime[0] + block("in data/routing/routing.yml, under report_crime, below more_help"))
    mark = "- ask_bring_someone:"
    replace(folder / "domain.yml", mark, block(f'in domain.yml, above "{mark}"') + mark)
    force = re.match(r"force: [^\n]*\narea: [^\n]*\n", contacts.read_text(encoding="utf-8"))
    other = contacts.with_name("example.yml")
    shutil.copy(contacts, other)
    replace(other, force[0], block("in data/contacts/example.yml"))
    for place in BLOCKS:
        if place.startswith("new file "):
            path = folder / place.removeprefix("new file ")
            assert not path.exists(), path.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block(place), encoding="utf-8")
    assert done == set(BLOCKS) and len(BLOCKS) == 9


@pytest.fixture(scope="module")
def answers(copy) -> dict[str, dict]:
    asked = ["thank you", "what is the example line", "my house was burgled last week", "is this cuckooing"]
    answered = run(copy, "answer", text="\n".join(asked))
    assert answered.returncode == 0, answered.stderr[-2000:]
    return dict(zip(asked, map(json.loads, answered.stdout.splitlines()), strict=True))


def named(reply: dict) -> list[str]:
    return [contact["id"] for contact in reply["contacts"]]


def test_the_sentence_is_changed(answers):
    assert answers["thank you"]["text"].startswith("You're welcome. Write again whenever you like.")


def test_the_contact_is_known_and_named(answers, copy):
    assert named(answers["what is the example line"]) == ["example_line"]
    assert "ask_more_help" in [choice["value"] for choice in answers["my house was burgled last week"]["choices"]]
    from actions.routing import load_routing

    assert "example_line" in [route.id for route in load_routing(copy / "data/routing/routing.yml").more_help(["report_crime"])]


def test_the_situation_is_answered(answers):
    reply = answers["is this cuckooing"]
    assert "Cuckooing is" in reply["text"] and named(reply)[:2] == ["101", "victim_support"]
    assert reply["situations"] == ["report_crime"]


def test_the_flow_goes_as_written(copy):
    code = (
        "import asyncio\nfrom bot.log import set_up_logging\nset_up_logging()\n"
        "from bot.app import load_engine\nfrom bot.staff.playing import play\nfrom bot.staff.stories import read_stories\n"
        "[story] = [story for story in read_stories() if story.saved]\n"
        "print([turn.as_written for turn in asyncio.run(play(load_engine(), story))])"
    )
    played = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=copy, capture_output=True, text=True, check=False)
    assert played.stdout.strip() == "[True]", played.stderr[-2000:]


def test_another_force_brings_its_own_directory(copy):
    told = run(copy, "explain", "what is 101", "--json", SUPPORT_CONTACTS="data/contacts/example.yml")
    assert told.returncode == 0 and named(json.loads(told.stdout)["reply"]) == ["101"]
    from bot.directory import load_directory

    assert load_directory(copy / "data/contacts/example.yml").force == "Example Police"


def test_a_mistake_is_told_as_the_page_says(copy, tmp_path):
    broken = tmp_path / "bedfordshire.yml"
    text = (copy / "data/contacts/bedfordshire.yml").read_text(encoding="utf-8")
    broken.write_text(text.rstrip().removesuffix("checked: 2026-11-24"), encoding="utf-8")
    told = run(copy, "explain", "hi", SUPPORT_CONTACTS=str(broken))
    assert told.returncode == 1 and "bedfordshire.yml, entry example_line, field checked: field required." in told.stderr
    assert "bedfordshire.yml, entry example_line, field checked: field required." in PAGE
