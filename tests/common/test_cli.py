"""The shell's frame: exit statuses, messages without traceback, and how light `--help` is."""

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from common.cli import Verb, add_run_options, guard, main, named_course, number_in
from common.errors import InputError

PROJECT = Path(__file__).resolve().parents[2]


def verb(action, name="do"):
    return Verb(name, "do it", f"{name} --seed 1", lambda parser: add_run_options(parser, weights=True), action)


def test_verbs_are_parsed_and_run(capsys):
    seen = {}
    status = main("week9.x", "About x.", [verb(lambda arguments: seen.update(vars(arguments)))], ["do", "--seed", "4"])
    assert status == 0 and seen["seed"] == 4 and seen["weights"] is None


def test_the_course_option_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("SEQUENCE_MODELS_COURSE", "some/where")
    seen = {}
    main("week9.x", "", [verb(lambda arguments: seen.update(vars(arguments)))], ["do"])
    assert seen["course"] == Path("some/where")
    monkeypatch.setenv("SEQUENCE_MODELS_COURSE", "")
    main("week9.x", "", [verb(lambda arguments: seen.update(vars(arguments)))], ["do"])
    assert seen["course"] is None


def test_a_course_folder_that_only_the_environment_names_can_be_told_from_a_given_one(monkeypatch):
    monkeypatch.setenv("SEQUENCE_MODELS_COURSE", "some/where")
    found = []
    for given in ([], ["--course", "else/where"]):
        main("week9.x", "", [verb(lambda arguments: found.append(named_course(arguments)))], ["do", *given])
    assert found == [None, Path("else/where")]
    assert named_course(argparse.Namespace(course=Path("by hand"))) == Path("by hand")


def test_help_shows_an_example(capsys):
    with pytest.raises(SystemExit) as stop:
        main("week9.x", "About x.", [verb(print)], ["do", "--help"])
    assert stop.value.code == 0
    assert "python -m week9.x do --seed 1" in capsys.readouterr().out


@pytest.mark.parametrize("argv", [[], ["nothing"], ["do", "--seed", "-1"], ["do", "--seed", "x"], ["do", "--colour"]])
def test_bad_usage_is_status_2(argv):
    with pytest.raises(SystemExit) as stop:
        main("week9.x", "", [verb(print)], argv)
    assert stop.value.code == 2


def raising(error):
    def action():
        raise error

    return action


def test_errors_of_the_users_are_one_line(capsys):
    assert guard(raising(InputError("file.txt: is empty; give another"))) == 2
    assert capsys.readouterr().err == "error: file.txt: is empty; give another\n"
    assert guard(raising(PermissionError(13, "Permission denied", "x.txt"))) == 2
    assert capsys.readouterr().err == "error: x.txt: Permission denied\n"
    assert guard(raising(KeyboardInterrupt())) == 130


def test_errors_of_ours_keep_their_traceback():
    with pytest.raises(ZeroDivisionError):
        guard(raising(ZeroDivisionError()))


def test_number_in():
    parse = number_in(0, 1, open_low=True)
    assert parse("0.5") == 0.5
    for text in ("0", "1.5", "x", "nan"):
        with pytest.raises(argparse.ArgumentTypeError):
            parse(text)


def modules_with_a_shell():
    yield from ("week1", "common.legacy_weights")
    for path in sorted(PROJECT.glob("week*/*/__main__.py")):
        yield f"{path.parts[-3]}.{path.parts[-2]}"


@pytest.mark.parametrize("module", list(modules_with_a_shell()))
def test_help_takes_under_a_third_of_a_second_of_processor_time(module):
    """The least of three runs, in the processor's time, so that a busy machine does not decide."""
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", module, "--help"], cwd=PROJECT, capture_output=True, env=dict(os.environ)
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.returncode == 0, done.stderr
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(times) < 0.3, times
