"""Trains the model where none fits the data.

In: config.yml, domain.yml, data/, the understanding's code and the encoder. Out: one model file, with a fingerprint beside it
that tells what it was trained from. A training that fails leaves the old model as it was.
"""

import hashlib
import os
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from bot.errors import ModelError
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
    print("Training the model: the data changed, or there is none yet. This takes a minute or two.", file=sys.stderr, flush=True)
    sources = sources_fingerprint(settings)
    from rasa.model_training import train

    settings.model.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.model.parent) as scratch, redirect_stdout(sys.stderr):
        here = Path.cwd()
        os.chdir(ROOT)
        try:
            result = train(
                domain="domain.yml", config="config.yml", training_files=["data"], output=scratch,
                fixed_model_name=settings.model.name.removesuffix(".tar.gz"), force_training=True,
            )  # fmt: skip
        except (Exception, SystemExit) as problem:
            raise ModelError(
                f"The model could not be trained ({type(problem).__name__}): run `make check` to see what is wrong."
            ) from problem
        finally:
            os.chdir(here)
        if result.code != 0 or result.model is None:
            raise ModelError("The model could not be trained: run `make check` to see what is wrong.")
        _mark(settings.model).unlink(missing_ok=True)
        Path(result.model).replace(settings.model)
        _mark(settings.model).write_text(sources, encoding="ascii")
    print("The model is trained.", file=sys.stderr, flush=True)


def _mark(model: Path) -> Path:
    return model.with_name(model.name + ".sources")
