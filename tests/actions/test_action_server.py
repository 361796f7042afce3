"""The same actions as a server, `rasa run actions`, for those who use Rasa's own commands."""

import os
import socket
import subprocess
import sys
import time

import pytest
import requests

from bot.settings import ROOT


@pytest.fixture(scope="module")
def action_server(tmp_path_factory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    output = tmp_path_factory.mktemp("actions") / "output.log"
    with output.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "rasa", "run", "actions", "--port", str(port)],
            cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"},
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert process.poll() is None, output.read_text()
            try:
                requests.get(f"{address}/health", timeout=1)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def call(address: str, action: str, latest: dict, slots: dict | None = None) -> dict:
    tracker = {
        "sender_id": "x", "slots": slots or {}, "latest_message": latest, "events": [], "paused": False,
        "latest_event_time": 0, "followup_action": None, "active_loop": {}, "latest_action_name": "action_listen",
    }  # fmt: skip
    body = {"next_action": action, "sender_id": "x", "tracker": tracker, "domain": {}, "version": "3.6.21"}
    answer = requests.post(f"{address}/webhook", json=body, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_all_actions_of_the_domain_are_served(action_server):
    import yaml

    served = {entry["name"] for entry in requests.get(f"{action_server}/actions", timeout=20).json()}
    assert served == set(yaml.safe_load((ROOT / "domain.yml").read_text())["actions"])


def test_the_signpost_is_served(action_server):
    latest = {
        "intent": {"name": "domestic_abuse"},
        "situations": ["domestic_abuse", "sexual_violence"],
        "urgency": "support",
        "entities": [],
    }
    answer = call(action_server, "action_signpost", latest)
    contacts = [entry["id"] for response in answer["responses"] for entry in response.get("custom", {}).get("contacts", [])]
    assert contacts == ["rasso", "emerald", "101"]
    assert answer["events"][0]["name"] == "named"


def test_a_failing_action_is_a_reply_there_too(action_server):
    answer = call(action_server, "action_signpost", {"intent": None, "entities": []})
    assert [response.get("custom") for response in answer["responses"]] == [{"fault": "utter_something_went_wrong"}]
