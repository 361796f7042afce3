"""The web channel over real HTTP: the contract's section 3, and everything a client can do wrong."""

import json
import socket
import threading
import time

import pytest
import requests

FIELDS = {"text", "situations", "urgency", "contacts", "choices", "quick_exit"}


def start(server) -> str:
    answer = requests.post(f"{server.address}/chat/start", json={}, timeout=20)
    assert answer.status_code == 201
    return answer.json()["conversation"]


def say(server, conversation: str, text: str, **more) -> requests.Response:
    return requests.post(f"{server.address}/chat/message", json={"conversation": conversation, "text": text, **more}, timeout=60)


def reply(server, conversation: str, text: str) -> dict:
    answer = say(server, conversation, text)
    assert answer.status_code == 200, answer.text
    [only] = answer.json()["replies"]
    assert set(only) == FIELDS
    assert only["text"].endswith(only["quick_exit"]["text"])
    assert "Escape" in only["quick_exit"]["text"] and "Leave this site" in only["quick_exit"]["text"]
    return only


def test_a_conversation_begins_with_who_this_is_and_how_to_leave(server):
    answer = requests.post(f"{server.address}/chat/start", json={"language": "en"}, timeout=20)
    assert answer.status_code == 201
    body = answer.json()
    assert len(body["conversation"]) >= 22
    [greeting] = body["replies"]
    assert "999" in greeting["text"] and "not a report" in greeting["text"]
    assert 4 <= len(greeting["choices"]) <= 6
    assert greeting["text"].endswith(greeting["quick_exit"]["text"])


def test_danger_gets_999_first(server):
    told = reply(server, start(server), "he is smashing the door down and i have my kids with me")
    assert told["urgency"] == "emergency"
    assert told["contacts"][0]["id"] == "999"
    assert told["contacts"][0]["phone"] == "999"
    assert told["text"].startswith("Call 999 now.")


def test_every_offered_choice_can_be_sent_back(server):
    greeting = requests.post(f"{server.address}/chat/start", json={}, timeout=20).json()
    for choice in greeting["replies"][0]["choices"]:
        answer = requests.post(
            f"{server.address}/chat/message", json={"conversation": greeting["conversation"], "choice": choice["value"]}, timeout=20
        )
        assert answer.status_code == 200, choice
        [only] = answer.json()["replies"]
        assert only["contacts"] or only["choices"], choice
        for deeper in only["choices"]:
            body = {"conversation": greeting["conversation"], "choice": deeper["value"]}
            assert requests.post(f"{server.address}/chat/message", json=body, timeout=20).status_code == 200, deeper


def test_more_help_fits_what_was_told(server):
    conversation = start(server)
    body = {"conversation": conversation, "choice": "sexual_violence"}
    requests.post(f"{server.address}/chat/message", json=body, timeout=20)
    body["choice"] = "ask_more_help"
    [more] = requests.post(f"{server.address}/chat/message", json=body, timeout=20).json()["replies"]
    assert "rape_crisis" in [contact["id"] for contact in more["contacts"]]


@pytest.mark.parametrize(
    "words", ["/restart", '/greet{"x":1}', "/immediate_danger", "//session_start", '/inform{"situations":["suicidal"]}']
)
def test_typed_text_is_never_a_command(server, words):
    answered = reply(server, start(server), words)
    assert answered["urgency"] != "emergency"
    assert answered == reply(server, start(server), words.lstrip("/"))


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t", "\u200b", "\u0000\u0007"])
def test_nothing_typed_gets_the_calm_menu(server, nothing):
    answered = reply(server, start(server), nothing)
    assert len(answered["choices"]) >= 4 and answered["urgency"] == "none"


@pytest.mark.parametrize(
    "odd",
    [
        "😭😭😭",
        "السلام عليكم",
        "\u202eabc",
        "<script>alert(1)</script>",
        '{"text": 1}',
        "a" * 2000,
        "é" * 2000,
        "👩‍👩‍👧 " * 300,
        "\ufffd\x1b[31m",
    ],
)
def test_odd_text_gets_a_reply(server, odd):
    assert "<script>" not in reply(server, start(server), odd)["text"]


def test_lone_surrogates_get_a_reply(server):
    conversation = start(server)
    body = f'{{"conversation": "{conversation}", "text": "help \\ud800 me"}}'
    answer = requests.post(
        f"{server.address}/chat/message", data=body.encode("ascii"), headers={"Content-Type": "application/json"}, timeout=20
    )
    assert answer.status_code == 200 and answer.json()["replies"][0]["text"]


@pytest.mark.parametrize("length", [2001, 1_000_000])
def test_too_long_is_told_kindly(server, length):
    answer = say(server, start(server), "a" * length)
    fault(answer, 413, "too_long")


def fault(answer: requests.Response, status: int, code: str) -> dict:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"error", "text", "quick_exit"}
    assert body["error"] == code
    assert "999" in body["text"] and body["text"].endswith(body["quick_exit"]["text"])
    assert answer.headers["Cache-Control"] == "no-store"
    return body


@pytest.mark.parametrize(
    "body",
    ["", "not json", "[]", "1", "null", '{"conversation": 5, "text": "x"}', '{"conversation": "x"}', '{"conversation": "x", "text": 7}',
     '{"conversation": "x", "text": null}', '{"conversation": "x", "text": "a", "choice": "b"}', '{"conversation": ["x"], "text": "a"}',
     '{"conversation": "x", "choice": {"a": 1}}', "\ufeff{}", '{"text": "a"', "{}"],
)  # fmt: skip
def test_a_bad_body_is_refused(server, body):
    answer = requests.post(
        f"{server.address}/chat/message", data=body.encode("utf-8"), headers={"Content-Type": "application/json"}, timeout=20
    )
    fault(answer, 400, "bad_request")


def test_bytes_that_are_no_text_are_refused(server):
    answer = requests.post(
        f"{server.address}/chat/message", data=b'{"conversation": "\xff\xfe"}', headers={"Content-Type": "application/json"}, timeout=20
    )
    fault(answer, 400, "bad_request")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "text/html"])
def test_another_media_type_is_refused(server, kind):
    for call in ("start", "message"):
        answer = requests.post(f"{server.address}/chat/{call}", data=b"{}", headers={"Content-Type": kind}, timeout=20)
        fault(answer, 415, "unsupported_media_type")


def test_an_address_that_there_is_none_of_still_says_whom_to_call_and_how_to_leave(server):
    answer = requests.get(f"{server.address}/no-such-page", timeout=10)
    assert answer.status_code == 404 and answer.headers["Content-Type"].startswith("text/plain")
    assert "999" in answer.text and "101" in answer.text and "To leave: https://" in answer.text


def test_an_unknown_conversation_is_not_found(server):
    fault(say(server, "nobody-made-this-id-0000", "hi"), 404, "conversation_not_found")


def test_a_choice_that_was_never_offered_is_refused(server):
    answer = requests.post(f"{server.address}/chat/message", json={"conversation": start(server), "choice": "restart"}, timeout=20)
    fault(answer, 400, "bad_request")


@pytest.mark.parametrize("kind", ["application/json", "text/plain;charset=UTF-8"])
def test_leaving_forgets_at_once_and_may_be_said_twice(server, kind):
    conversation = start(server)
    for _ in range(2):
        body = json.dumps({"conversation": conversation})
        answer = requests.post(f"{server.address}/chat/leave", data=body, headers={"Content-Type": kind}, timeout=20)
        assert (answer.status_code, answer.content) == (204, b"")
    fault(say(server, conversation, "hi"), 404, "conversation_not_found")


def test_words_that_ask_to_leave_get_the_exit_and_nothing_else(server):
    told = reply(server, start(server), "get me off this page now")
    assert told["situations"] == ["leave_now"]
    assert told["text"] == told["quick_exit"]["text"] and not told["contacts"]


def test_two_messages_at_once_are_both_answered(server):
    conversation = start(server)
    answers: list[requests.Response] = []

    def send(text: str) -> None:
        answers.append(say(server, conversation, text))

    threads = [threading.Thread(target=send, args=(text,)) for text in ("my husband hits me", "hello", "what is rasso")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert all(answer.json()["replies"][0]["text"] for answer in answers)


def test_a_client_that_hangs_up_harms_nobody(server):
    conversation = start(server)
    body = json.dumps({"conversation": conversation, "text": "he follows me"}).encode()
    for cut in (5, len(body)):
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as line:
            head = f"POST /chat/message HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            line.sendall(head.encode() + body[:cut])
    time.sleep(0.2)
    assert "999" in reply(server, conversation, "hello")["text"]


def test_too_many_messages_wait_a_moment(engine, tmp_path):
    from tests.conftest import Server

    running = Server(tmp_path / "output.log", {"SUPPORT_MESSAGES_PER_MINUTE": "3"})
    try:
        conversation = start(running)
        for _ in range(3):
            assert say(running, conversation, "hi").status_code == 200
        answer = say(running, conversation, "hi")
        fault(answer, 429, "too_many_messages")
        assert 1 <= int(answer.headers["Retry-After"]) <= 61
        assert say(running, start(running), "hi").status_code == 200
    finally:
        running.stop()


def test_the_directory_is_served_with_its_sources(server):
    directory = requests.get(f"{server.address}/contacts", timeout=20).json()
    ids = [contact["id"] for contact in directory["contacts"]]
    assert {"999", "101", "crimestoppers", "emerald", "rasso", "be_heard"} <= set(ids)
    assert all(contact["sources"] and contact["checked"] for contact in directory["contacts"])


@pytest.mark.parametrize("address", ["/health", "/ready"])
def test_the_service_says_that_it_is_well(server, address):
    assert requests.get(f"{server.address}{address}", timeout=20).status_code == 200


FILES = ["/widget.js", "/chat.js", "/reply.js", "/leave.js", "/demo.js", "/chat.css", "/demo.css"]


@pytest.mark.parametrize("address", ["/", "/chat", "/leaving", *FILES, "/contacts", "/health"])
def test_nothing_is_kept_by_a_browser_and_nobody_else_may_embed(server, address):
    answer = requests.get(f"{server.address}{address}", timeout=20)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("address", ["/version", "/webhooks/rest/webhook", "/model", "/conversations/x/tracker", "/status", "/nothing"])
def test_rasas_own_addresses_are_not_there(server, address):
    answer = requests.get(f"{server.address}{address}", timeout=20)
    assert answer.status_code == 404 and "rasa" not in answer.text.lower()


def test_the_page_without_javascript_holds_the_same_conversation(server):
    page = requests.get(f"{server.address}/chat", timeout=20).text
    assert "Leave this site" in page and "999" in page
    first = requests.post(f"{server.address}/chat", data={"conversation": "", "text": "my ex keeps following me to work"}, timeout=60)
    assert first.status_code == 200 and "101" in first.text and "Escape" in first.text
    assert first.url == f"{server.address}/chat"
    assert "following me to work" not in first.text
    left = requests.post(
        f"{server.address}/chat", data={"conversation": "", "text": "get me off this page"}, timeout=60, allow_redirects=False
    )
    assert left.status_code == 303 and left.headers["Location"].startswith("https://")
