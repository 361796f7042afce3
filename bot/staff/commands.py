"""The commands of the workbench and its documents: `python -m bot workbench|compare|map|sentences`."""

import argparse
import asyncio
import datetime
import getpass
import json
import logging
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Callable

from bot.errors import SettingsError, StartError
from bot.settings import ROOT, read_settings, read_workbench_hash

AddCommand = Callable[[str, Callable[[argparse.Namespace], int], str, str], argparse.ArgumentParser]


def add_commands(add: AddCommand) -> None:
    """Adds each by `add(name, run, what it does, example)`."""
    workbench = add("workbench", _workbench, "Talk to the bot in a browser, and see why it answers so.", "python -m bot workbench")
    workbench.add_argument("--host", default="127.0.0.1", help="the address to listen on; any but this machine's needs a password")
    workbench.add_argument("--port", type=int, default=8090, help="the port to listen on (default: %(default)s)")
    workbench.add_argument("--hash", action="store_true", help="ask for a password, and print SUPPORT_WORKBENCH_PASSWORD_HASH")
    compare = add(
        "compare", _compare, "Compare two models over all flow tests and all held-out messages.",
        "python -m bot compare models/support.tar.gz models/new.tar.gz",
    )  # fmt: skip
    compare.add_argument("model_a", type=Path, help="the model as it is")
    compare.add_argument("model_b", type=Path, help="the model as it would be")
    compare.add_argument("--json", action="store_true", help="as JSON")
    drawn = add("map", _map, "Draw the whole bot on one page.", "python -m bot map --out reports/map")
    drawn.add_argument("--out", type=Path, default=ROOT / "reports/map", help="the folder to write into (default: reports/map)")
    said = add("sentences", _sentences, "Write every sentence it can say into a document to print and sign.", "python -m bot sentences")
    said.add_argument("--out", type=Path, default=ROOT / "reports/sentences", help="the folder to write into (default: reports/sentences)")


def _keep_to_ourselves() -> None:
    """What staff answer to "did this help?" is no visitor's answer, and is not told as one."""
    logging.getLogger("bot.feedback").setLevel(logging.WARNING)


def _workbench(chosen: argparse.Namespace) -> int:
    if chosen.hash:
        return _hash()
    from bot.staff.workbench.door import LOCAL, Door

    password_hash = read_workbench_hash()
    if chosen.host not in LOCAL and password_hash is None:
        raise SettingsError(
            "The workbench opens to other machines only with a password: run `python -m bot workbench --hash`, "
            "and set SUPPORT_WORKBENCH_PASSWORD_HASH to what it prints."
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except (OSError, OverflowError):
            raise StartError(f"port {chosen.port} on {chosen.host} cannot be had: choose another with --port.") from None
    from bot.app import load_engine
    from bot.staff.workbench.assembly import open_desk
    from bot.staff.workbench.server import serve

    _keep_to_ourselves()
    # What staff try stays in this process, whatever keeps the visitors' conversations.
    desk = open_desk(load_engine(replace(read_settings(), redis_url=None)))
    print(f"Open http://{chosen.host}:{chosen.port}/ (Ctrl+C stops)", file=sys.stderr, flush=True)
    serve(desk, Door(chosen.host, password_hash), chosen.host, chosen.port)
    return 0


def _hash() -> int:
    from bot.passwords import FEWEST_CHARACTERS, hash_password

    try:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Once more: "):
            raise StartError("the two were not the same: try again.")
        print(hash_password(password))
    except (ValueError, EOFError):
        raise StartError(f"the password needs {FEWEST_CHARACTERS} characters or more: choose a longer one.") from None
    return 0


def _compare(chosen: argparse.Namespace) -> int:
    from tqdm import tqdm

    from bot.staff.compare import compare, describe

    _keep_to_ourselves()
    comparison = compare(read_settings(), chosen.model_a, chosen.model_b)

    async def run() -> None:
        with tqdm(total=comparison.total, file=sys.stderr, disable=not sys.stderr.isatty()) as bar:
            while await comparison.go_on():
                bar.update(comparison.done - bar.n)

    asyncio.run(run())
    report = comparison.report()
    print(json.dumps(report, ensure_ascii=False, indent=2) if chosen.json else describe(report))
    return 0


def _map(chosen: argparse.Namespace) -> int:
    from bot.app import load_engine
    from bot.staff.anatomy import read_anatomy
    from bot.staff.coverage import read_rules
    from bot.staff.documents import write_map
    from bot.staff.drawing import graphviz
    from bot.staff.reach import Reach
    from bot.staff.stories import read_stories

    _keep_to_ourselves()
    graphviz()
    settings = read_settings()
    anatomy = read_anatomy(settings.contacts)
    engine = load_engine(replace(settings, redis_url=None))
    print("Playing the flow tests, to see what they reach.", file=sys.stderr, flush=True)
    reach = Reach(engine, read_stories(), read_rules(ROOT / "data/rules"))
    asyncio.run(reach.play())
    print(f"Open {write_map(anatomy, reach.nodes, chosen.out)}")
    return 0


def _sentences(chosen: argparse.Namespace) -> int:
    from bot.staff.anatomy import read_anatomy
    from bot.staff.documents import write_sentences

    print(f"Open {write_sentences(read_anatomy(read_settings().contacts), chosen.out, datetime.date.today())}")
    return 0
