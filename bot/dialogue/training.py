"""Trains the model where none fits the data.

In: config.yml, domain.yml, data/, the understanding's code and the encoder. Out: one model file, with a fingerprint beside it
that tells what it was trained from. A training that fails leaves the old model as it was.
"""

import hashlib
import io
import os
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from bot.errors import ModelError, StartError
from bot.settings import ROOT, Settings
from bot.understanding.encoder import fingerprint as encoder_fingerprint

_SOURCES = (
    "config.yml", "domain.yml", "data/nlu/**/*.yml", "data/who/*.yml", "data/rules/*.yml", "data/responses/*.yml",
    "bot/understanding/**/*.py",
)  # fmt: skip


def sources_fingerprint(settings: Settings) -> str:
    """Of everything that a model is made from."""
    digest = hashlib.sha256(encoder_fingerprint(settings.encoder).encode("ascii"))
    for pattern in _SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode("utf-8") + b"\0" + path.read_bytes())
    return digest.hexdigest()


def fits(settings: Settings) -> bool:
    """Whether there is a model, trained from just these sources."""
    mark = _mark(settings.model)
    return settings.model.is_file() and mark.is_file() and mark.read_text(encoding="ascii") == sources_fingerprint(settings)


def train_where_needed(settings: Settings) -> None:
    """Trains unless the model fits. Tells of its progress on standard error. Raises ModelError."""
    if fits(settings):
        return
    if not encoder_fingerprint(settings.encoder):
        raise ModelError(f"No sentence encoder in {settings.encoder}: run `make setup`, or set SUPPORT_ENCODER to its folder.")
    say = "Training the model: the data changed, or there is none yet. The first time takes twenty minutes, later a few."
    print(say, file=sys.stderr, flush=True)
    sources = sources_fingerprint(settings)
    settings.model.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.model.parent) as scratch:
        trained = _train(scratch, settings.model.name.removesuffix(".tar.gz"))
        _mark(settings.model).unlink(missing_ok=True)
        trained.replace(settings.model)
        _mark(settings.model).write_text(sources, encoding="ascii")
    print("The model is trained.", file=sys.stderr, flush=True)


def _train(folder: str, name: str) -> Path:
    """Trains with Rasa, which learns only what its cache does not hold for the same data, settings and code."""
    from rasa.model_training import train

    said = io.StringIO()
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        with redirect_stdout(said):
            result = train(domain="domain.yml", config="config.yml", training_files=["data"], output=folder, fixed_model_name=name)
    except (Exception, SystemExit) as problem:
        print(said.getvalue(), file=sys.stderr)
        raise _our_own(problem) or ModelError(
            f"The model could not be trained ({type(problem).__name__}): run `.venv/bin/rasa data validate` to see what is wrong."
        ) from problem
    finally:
        os.chdir(here)
    if result.code != 0 or result.model is None:
        print(said.getvalue(), file=sys.stderr)
        raise ModelError("The model could not be trained: run `.venv/bin/rasa data validate` to see what is wrong.")
    return Path(result.model)


def _our_own(problem: BaseException | None) -> StartError | None:
    """The sentence of our own that stands behind what Rasa raised, where there is one."""
    while problem is not None and not isinstance(problem, StartError):
        problem = problem.__cause__ or problem.__context__
    return problem


def _mark(model: Path) -> Path:
    return model.with_name(model.name + ".sources")
