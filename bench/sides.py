"""The two sides of `make bench`, each with the same things to do: train, serve, answer turns, be weighed.

In: folders. Out: processes that are asked the same. Stock Rasa lives in an environment of its own (bench/stock/requirements.lock).
"""

import http.client
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.messages import sampled_blocks, sampled_questions, write_nlu
from bench.processes import MIB, Caller, Process
from bench.stock_project import STOCK, write_project
from bot.settings import ROOT, read_settings
from bot.understanding.encoder import MODEL_FILE, TOKENIZER_FILE
from tests.conftest import free_port

STOCK_ENVIRONMENT = ROOT / ".bench/stock-environment"
SERVING_ENVIRONMENT = ROOT / ".bench/serving-environment"
STOCK_MODEL = ROOT / ".bench/stock.tar.gz"
NOT_YET = (OSError, http.client.HTTPException, ValueError)


class Ours:
    """This project."""

    name = "this project"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.servers: list[Process] = []
        self.port = 0

    def train(self) -> float:
        """Seconds that it takes to learn the sample, with nothing remembered: the encoder's folder is new, so no vector lies in it."""
        encoder = read_settings().encoder
        for name in ("nlu", "encoder"):
            (self._folder / name).mkdir()
        for name in (MODEL_FILE, TOKENIZER_FILE):
            (self._folder / "encoder" / name).symlink_to((encoder / name).resolve())
        write_nlu(self._folder / "nlu/sample.yml", [*sampled_blocks(), *sampled_questions()])
        code = (
            "from bot.log import set_up_logging; set_up_logging(); from rasa.model_training import train; import sys; "
            f"sys.exit(train('domain.yml', 'config.yml', [{str(self._folder / 'nlu')!r}, 'data/rules', 'data/responses'], "
            f"output={str(self._folder)!r}, fixed_model_name='sample', force_training=True).code)"
        )
        environment = {"SUPPORT_ENCODER": str(self._folder / "encoder")}
        return Process([sys.executable, "-c", code], self._folder / "train.log", ROOT, environment).wait()

    def take_last_model(self) -> None:
        """It serves the model of all its data in any case."""

    def start(self) -> float:
        """Starts the server. Seconds until its first answer."""
        self.port = free_port()
        environment = {"SUPPORT_MESSAGES_PER_MINUTE": "6000"}
        command = [sys.executable, "-m", "bot", "serve", "--port", str(self.port)]
        self.servers = [Process(command, self._folder / "serve.log", ROOT, environment)]
        return self.servers[0].until(lambda: _answers(self.port, self))

    def begin(self, caller: Caller, number: str) -> str:
        """A new conversation, greeted."""
        return str(caller.post("/chat/start", {})["conversation"])

    def say(self, caller: Caller, conversation: str, text: str) -> None:
        assert caller.post("/chat/message", {"conversation": conversation, "text": text})["replies"]

    def turns(self) -> Process:
        return Process([sys.executable, "-m", "bench.our_turns"], self._folder / "turns.log", ROOT, asked=True)

    def installed(self) -> float:
        """MiB: what `make setup` installs, encoder and model, without what training remembers beside the encoder."""
        settings = read_settings()
        encoder = (settings.encoder / name for name in (MODEL_FILE, TOKENIZER_FILE))
        return sum(map(_size, (SERVING_ENVIRONMENT, settings.model, *encoder)))

    def stop(self) -> None:
        for server in self.servers:
            server.stop()
        self.servers = []


class Stock:
    """Stock Rasa 3.6.21: DIET, TED, the rest channel, a remote action server."""

    name = "stock Rasa"

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "stock"
        self._folder.mkdir()
        self._actions_port = free_port()
        self._rasa = str(STOCK_ENVIRONMENT / "bin/rasa")
        self.servers: list[Process] = []
        self.port = 0
        write_project(self._folder, self._actions_port)

    def train(self) -> float:
        """Seconds that it takes to learn the sample. The model stays, for a run without training."""
        command = [self._rasa, "train", "--force", "--fixed-model-name", "stock", "--out", "models"]
        seconds = Process(command, self._folder / "train.log", self._folder).wait()
        shutil.copy(self._folder / "models/stock.tar.gz", STOCK_MODEL)
        return seconds

    def take_last_model(self) -> None:
        (self._folder / "models").mkdir()
        shutil.copy(STOCK_MODEL, self._folder / "models/stock.tar.gz")

    def start(self) -> float:
        self.port = free_port()
        actions = [self._rasa, "run", "actions", "--port", str(self._actions_port), "--actions", "stock_actions", "--quiet"]
        serve = [self._rasa, "run", "--interface", "127.0.0.1", "--port", str(self.port), "--model", "models/stock.tar.gz", "--quiet"]
        commands = {"serve": serve, "actions": actions}
        self.servers = [Process(command, self._folder / f"{name}.log", self._folder) for name, command in commands.items()]
        return self.servers[0].until(lambda: _answers(self.port, self))

    def begin(self, caller: Caller, number: str) -> str:
        self.say(caller, number, "hello")
        return number

    def say(self, caller: Caller, conversation: str, text: str) -> None:
        if not caller.post("/webhooks/rest/webhook", {"sender": conversation, "message": text}):
            raise ValueError("no reply")

    def turns(self) -> Process:
        """It needs the action server, which runs while the side is started."""
        command = [str(STOCK_ENVIRONMENT / "bin/python"), str(STOCK / "turns.py"), str(self._folder)]
        return Process([*command, f"http://127.0.0.1:{self._actions_port}/webhook"], self._folder / "turns.log", self._folder, asked=True)

    def installed(self) -> float:
        return _size(STOCK_ENVIRONMENT) + _size(self._folder / "models/stock.tar.gz")

    def stop(self) -> None:
        for server in self.servers:
            server.stop()
        self.servers = []


def _answers(port: int, side: Any) -> bool:
    caller = Caller(port)
    try:
        side.say(caller, side.begin(caller, "first"), "my husband hits me")
    except NOT_YET:
        return False
    finally:
        caller.close()
    return True


def _size(path: Path) -> float:
    """MiB on disk."""
    said = subprocess.run(["du", "-sk", str(path.resolve())], capture_output=True, text=True, check=True).stdout
    return int(said.split()[0]) / MIB
