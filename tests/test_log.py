"""Logging: our own codes are printed, and what a person typed never is, whoever logs it and however."""

import subprocess
import sys

import pytest

from bot.settings import ROOT

CANARY = "quokkas over heliotrope"

BEFORE = f"""
import logging, os, sys, warnings
from bot.log import set_up_logging
set_up_logging()
typed = {CANARY!r}
try:
    try:
        raise KeyError(typed)
    except KeyError as first:
        raise ValueError(typed) from first
except ValueError as caught:
    problem = caught
"""

# Each by itself would print the canary, were it not for bot/log.py.
FOREIGN = {
    f"{name or 'root'} {level}": f"logging.getLogger({name!r}).log(logging.{level}, 'could not parse %s', typed)"
    for name in ("rasa.core.processor", "sanic.root", "asyncio", "", "spacy", "urllib3.connectionpool")
    for level in ("WARNING", "ERROR", "CRITICAL")
}
LIKE_OURS = {
    name: f"logging.getLogger({name!r}).error('could not parse %s', typed)"
    for name in ("botocore.client", "bottle", "bots", "actions_of_others")
}
BELOW = {level: f"logging.getLogger('rasa').log(logging.{level}, typed)" for level in ("DEBUG", "INFO")}
EXCEPTIONS = {
    "message and exc_info": "logging.getLogger('rasa').error('%s failed', typed, exc_info=problem)",
    "exception as message": "logging.getLogger('rasa').error(problem)",
    "exc_info": "logging.getLogger('rasa').error('failed', exc_info=problem)",
    "exc_info in three": "logging.getLogger('rasa').error('failed', exc_info=(type(problem), problem, problem.__traceback__))",
    "stack": "logging.getLogger('rasa').error('failed', stack_info=True)",
    "extra": "logging.getLogger('rasa').warning('failed', extra={'note': typed})",
    "of ours, exc_info": "logging.getLogger('bot.dialogue.engine').error('turn_failed', exc_info=problem)",
    "of ours, in three": "logging.getLogger('actions.safe').error('failed', exc_info=(type(problem), problem, problem.__traceback__))",
    "of ours, stack": "logging.getLogger('bot.dialogue.engine').error('turn_failed', stack_info=True)",
}
MISFITS = {name: f"logging.getLogger({name!r}).error('seconds=%d', typed)" for name in ("rasa", "bot.channels.web")}
WARNINGS = {
    "plain": "warnings.warn(typed)",
    "of a library": "warnings.warn(typed, RuntimeWarning, stacklevel=2)",
    "switched on again": "warnings.simplefilter('always'); warnings.warn(typed, DeprecationWarning)",
    "with a place": "warnings.warn_explicit(typed, UserWarning, 'file.py', 1)",
}
STRUCTLOG = {
    f"{maker} {level}": f"""
import structlog
try:
    raise ValueError(typed)
except ValueError:
    structlog.get_logger({maker}).{level}(typed, text=typed, event_info=typed)
"""
    for maker in ("", "'rasa.core.processor'")
    for level in ("debug", "info", "warning", "error", "critical", "exception")
}
TASK = """
import asyncio, gc
async def fail():
    raise ValueError(typed)
async def main():
    asyncio.ensure_future(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
asyncio.run(main())
gc.collect()
"""
ALL = {
    **{("foreign", key): code for key, code in FOREIGN.items()},
    **{("like ours", key): code for key, code in LIKE_OURS.items()},
    **{("below", key): code for key, code in BELOW.items()},
    **{("exceptions", key): code for key, code in EXCEPTIONS.items()},
    **{("misfits", key): code for key, code in MISFITS.items()},
    **{("warnings", key): code for key, code in WARNINGS.items()},
    **{("structlog", key): code for key, code in STRUCTLOG.items()},
    ("task", ""): TASK,
}


def output_of(code: str, first: str = BEFORE) -> str:
    """What a process prints, on both streams together."""
    done = subprocess.run(
        [sys.executable, "-c", first + code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def printed() -> dict[tuple[str, str], str]:
    """What each of the above prints, all run in one process, which marks where one ends."""
    mark = "-- next --"
    code = "".join(f"exec({code!r}); sys.stdout.flush(); print({mark!r}, file=sys.stderr, flush=True)\n" for code in ALL.values())
    return dict(zip(ALL, output_of(code).split(mark), strict=False))


def test_everything_above_was_run(printed):
    assert list(printed) == list(ALL)


def test_our_own_codes_are_printed():
    output = output_of("logging.getLogger('bot.dialogue.engine').info('turn_failed kind=%s', 'KeyError')")
    assert output.endswith("INFO bot.dialogue.engine turn_failed kind=KeyError\n")
    assert output[:4].isdigit()


def test_codes_of_the_actions_are_printed_too():
    assert "action_failed action=a" in output_of("logging.getLogger('actions.safe').error('action_failed action=%s', 'a')")


def test_ours_are_printed_under_the_bare_names_too():
    assert output_of("logging.getLogger('bot').info('started'); logging.getLogger('actions').info('ready')").count(" INFO ") == 2


@pytest.mark.parametrize("case", FOREIGN)
def test_the_words_of_others_are_reduced_to_where_they_came_from(printed, case):
    output = printed["foreign", case]
    assert "library_message place=" in output
    assert case.split()[-1] in output
    assert "quokka" not in output


@pytest.mark.parametrize("case", LIKE_OURS)
def test_a_library_whose_name_only_begins_like_ours_is_not_ours(printed, case):
    assert "quokka" not in printed["like ours", case]


@pytest.mark.parametrize("case", BELOW)
def test_what_others_say_below_a_warning_is_not_printed_at_all(printed, case):
    assert printed["below", case].strip() == ""


@pytest.mark.parametrize("case", EXCEPTIONS)
def test_an_exception_that_holds_what_was_typed_is_not_printed(printed, case):
    output = printed["exceptions", case]
    assert "quokka" not in output
    assert "Traceback" not in output
    assert "Stack" not in output
    assert " ERROR " in output or " WARNING " in output


@pytest.mark.parametrize("case", MISFITS)
def test_a_line_that_cannot_be_formatted_does_not_print_its_arguments(printed, case):
    assert "quokka" not in printed["misfits", case]


@pytest.mark.parametrize("case", WARNINGS)
def test_python_s_warnings_are_not_printed(printed, case):
    assert "quokka" not in printed["warnings", case]


def test_python_s_warnings_are_not_printed_either_where_a_library_logs_them():
    assert "quokka" not in output_of("logging.captureWarnings(True); warnings.warn(typed)")


@pytest.mark.parametrize("case", STRUCTLOG)
def test_structlog_prints_nothing_of_what_was_typed(printed, case):
    assert "quokka" not in printed["structlog", case]


def test_a_logger_of_structlog_that_was_made_before_is_quiet_too():
    assert "quokka" not in output_of("log.error(typed, text=typed)", first=f"import structlog\nlog = structlog.get_logger()\n{BEFORE}")


def test_a_task_that_nobody_waited_for_prints_nothing_of_its_exception(printed):
    assert "quokka" not in printed["task", ""]


def test_telemetry_is_off_before_rasa_is_there():
    assert "false" in output_of("print(os.environ['RASA_TELEMETRY_ENABLED'])")


def test_setting_up_twice_prints_a_line_once():
    assert output_of("set_up_logging(); logging.getLogger('bot').error('once')").count("once") == 1


def test_a_line_after_standard_error_was_closed_is_printed_where_it_goes_now():
    closed = "sys.stderr = open(os.devnull, 'w'); sys.stderr.close(); sys.stderr = sys.stdout\n"
    printed = output_of(closed + "logging.getLogger('bot').error('after')")
    assert "after" in printed
    assert "Traceback" not in printed


def test_setting_up_again_leaves_the_handlers_that_came_later():
    later = "later = logging.NullHandler(); logging.getLogger().addHandler(later); set_up_logging()\n"
    assert "kept: True" in output_of(later + "print('kept:', later in logging.getLogger().handlers)")


def test_a_handler_that_fails_prints_nothing_of_the_line():
    broken = "import io; gone = io.StringIO(); gone.close(); logging.getLogger().addHandler(logging.StreamHandler(gone))\n"
    assert "quokka" not in output_of(broken + "logging.getLogger('rasa').error('failed on %s', typed)")
