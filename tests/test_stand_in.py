"""The stand-in for TensorFlow: Rasa's imports pass, use is explained, and the real one wins wherever it is installed."""

import subprocess
import sys
import sysconfig

import pytest

from bot.settings import ROOT

STAND_INS = ROOT / "stand_ins"


def run(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *options, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300)


def alone(code: str) -> subprocess.CompletedProcess[str]:
    """With no installed packages at all, only the stand-in."""
    return run(f"import sys; sys.path.append({str(STAND_INS)!r})\n{code}", "-I", "-S")


def test_tensorflow_is_imported_from_the_stand_in():
    done = run("import tensorflow; print(tensorflow.__file__, tensorflow.__version__)")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(STAND_INS / "tensorflow/__init__.py"), "2.12.0"]


@pytest.mark.parametrize(
    "line",
    [
        "import tensorflow as tf",
        "import tensorflow.keras.backend as K",
        "from tensorflow.python.keras.utils import tf_utils",
        "from tensorflow.keras.utils import Sequence",
        "import tensorflow, tensorflow_addons as tfa",
        "import tensorflow, tensorflow_hub, tensorflow_text, keras",
        "import tensorflow as tf\nclass Layer(tf.keras.layers.Layer): pass",
        "import tensorflow as tf\nfrom typing import Union, List\ndef f(a: Union[tf.Tensor, int], b: List[tf.Tensor]) -> tf.Tensor: ...",
        "import tensorflow as tf\ndef f(a: tf.Tensor | None) -> tf.Tensor: ...",
        "import tensorflow as tf\n@tf.function\ndef f(): return 7\nassert f() == 7",
        "import tensorflow as tf\n@tf.keras.utils.register_keras_serializable(package='x')\nclass A: value = 7\nassert A.value == 7",
        "import tensorflow as tf\nassert not isinstance(7, tf.Tensor)",
        "import tensorflow as tf\nassert not hasattr(tf, '__path_of_nothing__')",
    ],
)
def test_what_rasa_does_while_it_is_imported_passes(line):
    done = alone(line)
    assert done.returncode == 0, done.stderr


def test_rasa_s_agent_and_its_training_are_imported_with_it():
    done = run("import rasa.core.agent, rasa.core.processor, rasa.model_training, tensorflow; print(tensorflow.__file__)")
    assert done.returncode == 0, done.stderr
    assert "stand_ins" in done.stdout


@pytest.mark.parametrize(
    "use",
    [
        "tf.constant([1, 2])", "tf.Variable(1.0)", "tf.keras.layers.Dense(3)", "tf.zeros((2, 2))", "tf.random.set_seed(1)",
        "tf.keras.Sequential([])", "tf.constant()", "tf.reduce_sum(1, axis=0)",
    ],
)  # fmt: skip
def test_using_something_says_what_to_do(use):
    done = alone(f"""
import tensorflow as tf
try:
    {use}
except ImportError as problem:
    print(type(problem).__name__, problem)
""")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("TensorFlowLeftOut ")
    assert use.removeprefix("tf.").partition("(")[0] in done.stdout
    assert "config.yml" in done.stdout
    assert "install tensorflow==2.12.0" in done.stdout


def test_a_component_of_rasa_that_needs_it_says_what_to_do():
    done = run("""
from rasa.utils.tensorflow.layers import RandomlyConnectedDense
try:
    RandomlyConnectedDense(units=3)
except ImportError as problem:
    print(type(problem).__name__, problem)
""")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("TensorFlowLeftOut ")
    assert "install tensorflow==2.12.0" in done.stdout


def test_the_stand_in_comes_after_every_installed_package():
    done = run("import sys; print(*sys.path, sep='\\n')")
    places = done.stdout.splitlines()
    assert places.index(sysconfig.get_paths()["purelib"]) < places.index(str(STAND_INS))


def test_a_real_package_of_the_name_wins(tmp_path):
    # A folder of installed packages with the same .pth file in it that `make setup` writes.
    (tmp_path / "stand_ins.pth").write_text(f"{STAND_INS}\n", encoding="utf-8")
    code = f"import site; site.addsitedir({str(tmp_path)!r}); import tensorflow; print(tensorflow.__file__)"
    assert "stand_ins" in run(code, "-I", "-S").stdout
    (tmp_path / "tensorflow").mkdir()
    (tmp_path / "tensorflow/__init__.py").write_text("constant = list", encoding="utf-8")
    done = run(code, "-I", "-S")
    assert done.stdout.strip() == str(tmp_path / "tensorflow/__init__.py"), done.stderr


def test_a_real_package_beside_the_stand_in_is_not_hidden(tmp_path):
    (tmp_path / "tensorflow_hub.py").write_text("real = True", encoding="utf-8")
    (tmp_path / "stand_ins.pth").write_text(f"{STAND_INS}\n", encoding="utf-8")
    done = run(
        f"import site; site.addsitedir({str(tmp_path)!r}); import tensorflow, tensorflow_hub; print(tensorflow_hub.real)", "-I", "-S"
    )
    assert done.stdout.strip() == "True", done.stderr


def test_a_package_that_nobody_stands_in_for_is_still_missing():
    assert "ModuleNotFoundError" in alone("import tensorflow\nimport torch_of_nobody").stderr
