"""The commands: `python -m bot serve|telegram|chat|answer|explain|check`. Errors are one sentence that says what to do."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Callable

from bot.errors import SettingsError, StartError
from bot.log import set_up_logging
from bot.staff.commands import add_commands

# What `check` can do one at a time; bot/staff/check.py has the same, and is slow to load.
_PARTS = {
    "data": "messages, rules, responses, routing and numbers hold together",
    "wording": "every sentence is plain, short, British and honest",
    "contacts": "the directory's numbers, and whether they still stand on their source pages (on its own: over the network)",
    "dialogue": "every test story goes as written, and they reach every rule, response and action",
    "understanding": "messages that training never saw are understood well enough",
}


def main(arguments: list[str] | None = None) -> int:
    """Runs one command. Returns the exit code: 0, 1 for what could not be done, 2 for a wrong command line."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    set_up_logging()
    try:
        return int(chosen.run(chosen))
    except StartError as problem:
        print(f"Cannot start: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="The victim-support signposting chatbot.", epilog="Example: python -m bot serve --port 8080"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], does: str, example: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=does, description=does, epilog=f"Example: {example}")
        added.set_defaults(run=run)
        return added

    serve = command(
        "serve", _serve, "Serve the web chat, the widget and the demo page.", "python -m bot serve --host 127.0.0.1 --port 8080"
    )
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    serve.add_argument("--port", type=_port, default=8080, help="the port to listen on (default: %(default)s)")
    command("telegram", _telegram, "Talk on Telegram, by long polling.", "TELEGRAM_BOT_TOKEN=... python -m bot telegram")
    command("chat", _chat, "Talk to the bot in the terminal.", "python -m bot chat")
    answer = command(
        "answer", _answer, "Answer a file of messages, a JSON line for each.", "python -m bot answer messages.jsonl > replies.jsonl"
    )
    answer.add_argument("file", nargs="?", type=Path, help="JSON Lines with id and text, or plain lines (default: standard input)")
    explain = command("explain", _explain, "Show why the bot answers a message as it does.", 'python -m bot explain "he is at my door"')
    explain.add_argument("text", help="the message")
    explain.add_argument("--json", action="store_true", help="as JSON")
    check = command(
        "check", _check, "Check everything that a change must pass before it goes live; without options, all parts.",
        "python -m bot check --data --contacts",
    )  # fmt: skip
    for part, does in _PARTS.items():
        check.add_argument(f"--{part}", action="append_const", dest="parts", const=part, help=does)
    check.add_argument("--update", action="store_true", help="with --contacts: write today's date where everything still stands")
    check.add_argument("--final", action="store_true", help="with --understanding: the final set, for the one time at the end")
    check.add_argument("--out", type=Path, default=Path("reports"), help="the folder of the reports (default: %(default)s)")
    command("train", _train, "Train the model, where none fits the data.", "python -m bot train")
    add_commands(command)
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return port


def _serve(chosen: argparse.Namespace) -> int:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError:
            raise StartError(f"port {chosen.port} on {chosen.host} is not free: choose another with --port.") from None
    from bot.app import check_webhook, load_engine, load_webhook
    from bot.settings import read_telegram_settings

    telegram = read_telegram_settings()
    if telegram and telegram.webhook_url:
        check_webhook(telegram)
    engine = load_engine()
    webhooks = [load_webhook(engine, telegram)] if telegram and telegram.webhook_url else []
    from bot.channels.server import serve

    print(f"Open http://{chosen.host}:{chosen.port}/ (Ctrl+C stops)", file=sys.stderr, flush=True)
    serve(engine, chosen.host, chosen.port, webhooks)
    return 0


def _telegram(chosen: argparse.Namespace) -> int:
    from bot.app import load_engine
    from bot.settings import read_telegram_settings

    telegram = read_telegram_settings()
    if telegram is None:
        raise SettingsError("TELEGRAM_BOT_TOKEN is missing: set it to the token that @BotFather gave for this bot.")
    from bot.channels.telegram.client import check_token

    # Before the model is loaded, and perhaps trained.
    asyncio.run(check_token(telegram))
    engine = load_engine()
    from bot.channels.telegram.polling import poll

    asyncio.run(poll(engine, telegram))
    return 0


def _chat(chosen: argparse.Namespace) -> int:
    from bot.app import load_engine
    from bot.channels.terminal import converse

    asyncio.run(converse(load_engine(), sys.stdin, sys.stdout))
    return 0


def _answer(chosen: argparse.Namespace) -> int:
    try:
        lines = chosen.file.read_bytes().splitlines() if chosen.file else sys.stdin.buffer.read().splitlines()
    except OSError as problem:
        raise StartError(f"{chosen.file} cannot be read ({problem.strerror}): name a file of messages.") from None
    from bot.app import load_engine
    from bot.staff.answer import answer_lines

    bad = asyncio.run(answer_lines(load_engine(), lines, sys.stdout, sys.stderr))
    if bad:
        print(f"{bad} of the lines could not be answered: see their error fields.", file=sys.stderr)
    return 1 if bad else 0


def _explain(chosen: argparse.Namespace) -> int:
    from bot.app import load_engine
    from bot.staff.explain import describe, explain
    from bot.staff.nearest import load_meanings

    engine = load_engine()
    explanation = asyncio.run(explain(engine, load_meanings(engine.settings), chosen.text))
    if chosen.json:
        print(json.dumps(explanation, ensure_ascii=False, indent=2))
    else:
        print(describe(explanation, colour=sys.stdout.isatty()))
    return 0


def _check(chosen: argparse.Namespace) -> int:
    if chosen.update and "contacts" not in (chosen.parts or ()):
        raise StartError("--update goes with --contacts: add it.")
    if chosen.final and chosen.parts and "understanding" not in chosen.parts:
        raise StartError("--final goes with --understanding: add it.")
    from bot.staff import check_report
    from bot.staff.check import PARTS, Wanted, check

    online = "contacts" in (chosen.parts or ())
    wanted = Wanted(out=chosen.out, final=chosen.final, online=online, update=chosen.update)
    results = check(chosen.parts or PARTS, wanted)
    print(check_report.as_text(results, colour=sys.stdout.isatty()))
    print(f"Report: {check_report.write(results, chosen.out)}", file=sys.stderr)
    return 0 if check_report.passed(results) else 1


def _train(chosen: argparse.Namespace) -> int:
    from bot.dialogue.training import train_where_needed
    from bot.settings import read_settings

    train_where_needed(read_settings())
    return 0


if __name__ == "__main__":
    sys.exit(main())
