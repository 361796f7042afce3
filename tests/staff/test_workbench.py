"""The workbench over HTTP: what it tells, what it refuses, and that nothing typed stays behind."""

import pytest
import requests
import yaml

from bot.passwords import hash_password
from bot.staff.stories import read_stories
from tests.staff.running import Workbench

PASSWORD = "a long enough password"
CANARY = "zebrafinch"


def start(workbench) -> str:
    return workbench.ask("/talk/start", {}).json()["talk"]


def test_a_turn_is_laid_open(workbench):
    words = "my husband came home drunk, and he says he will kill me tonight"
    turn = workbench.ask("/talk/say", {"talk": start(workbench), "text": words}).json()["turn"]
    assert turn["reply"]["urgency"] == "emergency" and turn["actions"][-1] == "action_signpost"
    assert turn["rules"] and "data/rules/" in turn["rules"][0]["place"]
    seen = turn["understood"]
    assert any(words[phrase["start"] : phrase["end"]] == phrase["text"] for phrase in seen["danger"]["phrases"])
    assert [clause["text"] for clause in seen["clauses"]] == ["my husband came home drunk,", "and he says he will kill me tonight"]
    assert len(seen["nearest"]) == 5 and seen["nearest"][0]["file"].startswith("data/nlu/")
    assert turn["reply"]["contacts"][0]["id"] == "999" and all(contact["why"] for contact in turn["reply"]["contacts"])
    assert turn["milliseconds"] > 0


def test_each_channel_is_shown_as_it_would_speak(workbench):
    turn = workbench.ask("/talk/say", {"talk": start(workbench), "text": "my boyfriend hits me"}).json()["turn"]
    assert "press the Escape key" in turn["reply"]["text"]
    assert "tap Exit" in turn["telegram"][-1]["html"] and turn["telegram"][-1]["buttons"][-1] == "Exit"
    assert turn["terminal"].endswith("type exit and press Enter.\n\n> ")


def test_a_choice_can_be_tapped(workbench):
    turn = workbench.ask("/talk/say", {"talk": start(workbench), "choice": "stalking_harassment"}).json()["turn"]
    assert turn["intent"] == "stalking_harassment" and turn["understood"] == {} and not turn["typed"]


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("/talk/say", {"talk": "unknown", "text": "hi"}, 404),
        ("/talk/say", {"talk": 1, "text": "hi"}, 400),
        ("/talk/say", {"text": "hi"}, 400),
        ("/talk/say", [], 400),
        ("/talk/start", "x", 400),
        ("/phrases", {"lines": "hi => nonsense"}, 400),
        ("/phrases", {"lines": "hi\n" * 26}, 413),
        ("/flows/save", {"name": "x", "title": "X", "steps": []}, 400),
        ("/flows/save", {"name": "../x", "title": "X", "steps": [{"text": "hi"}]}, 400),
        ("/flows/save", {"name": "x", "title": "X", "steps": [{"choice": "never_offered"}]}, 400),
        ("/flows/play", {"file": "../../config.yml", "name": "X"}, 400),
        ("/propose", {"text": "x", "situations": ["nonsense"], "urgency": "none"}, 400),
        ("/propose", {"text": "x", "situations": "greeting", "urgency": "none"}, 400),
        ("/compare/start", {"one": "../x.tar.gz", "two": "support.tar.gz"}, 400),
        ("/compare/state", {}, 404),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(workbench, address, body, status):
    answer = workbench.ask(address, body)
    assert answer.status_code == status and set(answer.json()) == {"error", "text"} and answer.json()["text"].endswith(".")


def test_phrases_are_reported(workbench):
    tried = workbench.ask("/phrases", {"lines": "my husband has a knife => emergency\nhello => thanks", "first": 5}).json()["tried"]
    assert [(one["line"], one["missed"]) for one in tried] == [(5, []), (6, ["thanks"])]
    assert tried[0]["swapped"] == "my wife has a knife"


def test_a_conversation_is_saved_and_played_again(workbench):
    steps = [{"text": "hi"}, {"choice": "domestic_abuse"}, {"text": "bye"}]
    assert workbench.ask("/flows/save", {"name": "kept", "title": "Kept", "steps": steps}).json()["file"] == "saved/test_kept.yml"
    [story] = [story for story in read_stories(workbench.flows) if story.name == "Kept"]
    assert [step.intent for step in story.steps] == ["greeting", "domestic_abuse", "goodbye"]
    assert [flow["saved"] for flow in workbench.ask("/flows/list", {}).json()["flows"] if flow["name"] == "Kept"] == [True]
    assert workbench.ask("/flows/play", {"file": "saved/test_kept.yml", "name": "Kept"}).json()["right"] is True
    assert workbench.ask("/flows/save", {"name": "kept", "title": "Kept", "steps": steps}).status_code == 409


def test_a_flow_that_goes_otherwise_is_told(workbench):
    flow = {"stories": [{"story": "Wrong", "steps": [{"user": "hi", "intent": "thanks"}, {"action": "utter_thanks"}]}]}
    (workbench.flows / "test_wrong.yml").write_text(yaml.safe_dump(flow), encoding="utf-8")
    played = workbench.ask("/flows/play", {"file": "test_wrong.yml", "name": "Wrong"}).json()
    assert played["right"] is False and played["steps"][0]["intent"] == "greeting"


def test_a_proposal_goes_to_the_review_file(workbench):
    body = {"text": "he is near", "situations": ["immediate_danger"], "urgency": "emergency", "understood": ["unclear"], "note": "yes"}
    assert workbench.ask("/propose", body).json()["count"] == 1
    assert yaml.safe_load(workbench.proposals.read_text(encoding="utf-8"))["proposals"][0]["message"] == "he is near"


def test_what_is_typed_reaches_no_disk_and_no_log(workbench, caplog, capfd):
    talk = start(workbench)
    workbench.ask("/talk/say", {"talk": talk, "text": f"my {CANARY} hits me"})
    workbench.ask("/phrases", {"lines": f"{CANARY} => emergency\n{CANARY} => {CANARY}"})
    workbench.ask(f"/{CANARY}", {"text": CANARY})
    requests.get(f"{workbench.address}/{CANARY}", timeout=20)
    workbench.ask("/talk/say", {"talk": talk, CANARY: CANARY})
    workbench.ask("/talk/leave", {"talk": talk})
    assert CANARY not in caplog.text and CANARY not in "".join(capfd.readouterr())
    assert not [path for path in workbench.flows.parent.rglob("*") if path.is_file() and CANARY in path.read_text(encoding="utf-8")]


def test_a_page_of_another_site_can_neither_act_nor_read(workbench):
    plain = requests.post(workbench.address + "/talk/start", json={}, timeout=20)
    assert plain.status_code == 403
    assert workbench.ask("/talk/start", {}, Origin="https://evil.example").status_code == 403
    assert requests.get(workbench.address + "/", headers={"Host": "evil.example"}, timeout=20).status_code == 403
    assert "Access-Control-Allow-Origin" not in workbench.ask("/talk/start", {}).headers


def test_every_answer_is_locked_down(workbench):
    for answer in (requests.get(workbench.address + "/", timeout=20), workbench.ask("/talk/say", {}), workbench.ask("/talk/start", {})):
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Content-Type-Options"] == "nosniff"


def test_files_come_from_their_folder_only(workbench):
    assert requests.get(workbench.address + "/pages/workbench.js", timeout=20).status_code == 200
    for name in ("..%2fserver.py", "%2e%2e/desk.py", "workbench.html", "nothing.js"):
        assert requests.get(f"{workbench.address}/pages/{name}", timeout=20).status_code == 404


def test_from_elsewhere_only_who_knows_the_password(engine, tmp_path):
    locked = Workbench(engine, tmp_path, host="0.0.0.0", password_hash=hash_password(PASSWORD))
    try:
        assert 'id="sign-in"' in requests.get(locked.address + "/", timeout=20).text
        assert 'id="sign-in"' in requests.get(locked.address + "/map", timeout=20).text
        assert locked.ask("/talk/start", {}).status_code == 401
        assert locked.ask("/sign-in", {"password": "a wrong password"}).status_code == 401
        answer = locked.ask("/sign-in", {"password": PASSWORD})
        cookie = answer.headers["Set-Cookie"]
        assert answer.status_code == 204
        assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Secure", "Max-Age=1800", "Path=/"))
        session = {"Cookie": cookie.partition(";")[0]}
        assert locked.ask("/talk/start", {}, **session).status_code == 200
        assert 'id="write"' in requests.get(locked.address + "/", headers=session, timeout=20).text
        assert locked.ask("/sign-out", {}, **session).status_code == 204
        assert locked.ask("/talk/start", {}, **session).status_code == 401
    finally:
        locked.stop()
