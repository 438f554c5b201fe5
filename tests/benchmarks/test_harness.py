"""The benchmark harness with contestants that sleep, fail, disagree or are not installed."""

import json
import sys
import textwrap

import pytest

from benchmarks.harness import MemoryTarget, Result, Target, describe, make_report, ratio
from common.errors import SequenceModelsError

SCRIPT = """
    import sys, time
    sys.path.insert(0, {project!r})
    from benchmarks.harness import Target, Work, compete, main

    def sleeper(seconds, digest=(1.0, 2.0)):
        return lambda: Work(lambda: (print("noise of a library"), time.sleep(seconds)), lambda: digest)

    def missing():
        import a_library_that_nobody_has

    def broken():
        raise RuntimeError("no good")

    def threads():
        import os
        return Work(lambda: None, lambda: (1.0, int(os.environ["OMP_NUM_THREADS"]) - 1))

    def counter():
        runs = []
        return Work(lambda: runs.append(1), lambda: (len(runs),))

    def ends():
        return Work(lambda: sys.exit("gave up"), lambda: [])

    CONTESTANTS = {{
        "slow": sleeper(0.1), "quick": sleeper(0.002), "other": sleeper(0.002, (1.0, 2.1)),
        "missing": missing, "broken": broken, "ends": ends,
        "threads": threads, "counter": counter, "thirteen": sleeper(0, (13.0,)),
    }}
    TARGETS = [Target("quick", over="slow", at_least=2.0), Target("missing", over="slow", at_least=2.0)]
    if "impossible" in sys.argv:
        sys.argv.remove("impossible")
        TARGETS.append(Target("slow", over="quick", at_least=1.0))
    sys.exit(main("race", "sleeping", CONTESTANTS, TARGETS))
"""


@pytest.fixture
def race(tmp_path, monkeypatch):
    import subprocess
    from pathlib import Path

    project = str(Path(__file__).resolve().parents[2])
    (tmp_path / "race.py").write_text(textwrap.dedent(SCRIPT.format(project=project)))

    def run(*arguments):
        command = [sys.executable, "-m", "race", "--rounds", "4", "--warm-up", "1", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    return run


def only(*names):
    return [part for name in names for part in ("--only", name)]


def test_targets_that_hold_end_with_0_and_what_is_not_installed_is_left_out(race):
    done = race(*only("slow", "quick", "missing"), "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [one["name"] for one in report["contestants"]] == ["slow", "quick"]
    assert all(one["rounds"] == 4 and one["peak_bytes"] >= one["import_bytes"] > 10**6 for one in report["contestants"])
    assert [(one["name"], one["holds"]) for one in report["targets"]] == [("quick", True)]
    assert 2 < report["targets"][0]["ratio"] < 60
    assert report["contestants"][0]["median_cpu_seconds"] < 0.05 < report["contestants"][0]["median_seconds"]
    assert [one["name"] for one in report["targets_not_checked"]] == ["missing"]
    assert "a_library_that_nobody_has" in done.stderr


def test_a_missed_target_ends_with_1(race):
    done = race(*only("slow", "quick"), "impossible")
    assert done.returncode == 1
    assert "MISSED slow is 0." in done.stdout
    assert "holds  quick" in done.stdout


def test_different_numbers_end_with_1(race):
    done = race(*only("quick", "other"))
    assert done.returncode == 1
    assert "do not compute the same numbers" in done.stdout


@pytest.mark.parametrize(("name", "reason"), [("broken", "no good"), ("ends", "gave up")])
def test_a_contestant_that_fails_is_named_with_its_reason(race, name, reason):
    done = race(*only("quick", name))
    assert done.returncode == 2
    assert name in done.stderr
    assert reason in done.stderr


def test_threads_are_limited_on_request(race):
    report = json.loads(race(*only("threads"), "--threads", "3", "--json").stdout)
    assert report["machine"]["threads"] == 3
    assert report["contestants"][0]["name"] == "threads"
    assert race(*only("threads", "quick"), "--threads", "3").returncode == 0
    assert race(*only("threads", "quick"), "--threads", "4").returncode == 1


def test_untimed_repetitions_go_before_each_timed_one_on_request(race):
    done = race(*only("counter", "thirteen"), "--wake", "2")  # a warm-up, and four rounds of three
    assert done.returncode == 0, done.stdout
    assert "each time after 2 untimed" in done.stdout
    assert race(*only("counter", "thirteen")).returncode == 1


def test_an_interpreter_for_nobody_is_refused(race):
    done = race("--python", "nobody=/bin/false")
    assert done.returncode == 2
    assert "--python nobody=/bin/false" in done.stderr


def result(name, seconds, digest=(1.0,)):
    return Result(name, list(seconds), list(seconds), 10**8, 10**7, list(digest))


def test_the_ratio_is_taken_round_by_round():
    # A machine that slows down fivefold half way changes both times, not the ratio.
    slow = result("slow", [2, 2, 2, 10, 10, 10])
    quick = result("quick", [1, 1, 1, 5, 5, 5])
    assert ratio(quick, slow) == (2, 2, 2)
    assert ratio(slow, quick) == (0.5, 0.5, 0.5)
    middle, low, high = ratio(result("a", [1] * 8), result("b", range(1, 9)))
    assert (middle, low, high) == (4.5, 3, 6)


def test_the_report_says_what_holds():
    contestants = [result("plain", [4.0, 4.0]), result("fast", [1.0, 2.0])]
    report = make_report("work", contestants, [Target("fast", over="plain", at_least=2.9)], 1e-3)
    assert report["targets"][0]["ratio"] == 3
    assert report["holds"]
    assert "fast is 3.00 times as fast as plain" in describe(report)
    assert not make_report("work", contestants, [Target("fast", over="plain", at_least=3.1)], 1e-3)["holds"]


def test_contestants_may_differ_by_rounding_only():
    same = [result("a", [1.0], (1.0, 0.0)), result("b", [1.0], (1.0009, 0.0))]
    other = [result("a", [1.0], (1.0, 0.0)), result("b", [1.0], (1.002, 0.0))]
    assert make_report("work", same, [], 1e-3)["results_agree"]
    assert not make_report("work", other, [], 1e-3)["results_agree"]


def test_a_contestant_that_cannot_start_raises():
    from benchmarks.harness import compete

    with pytest.raises(SequenceModelsError, match="crooked"):
        compete({"crooked": [sys.executable, "-c", "raise SystemExit(7)"]}, rounds=1)


def test_memory_is_held_against_its_target():
    results = [Result(name, [1.0], [1.0], peak, 10, []) for name, peak in (("lean", 300), ("fat", 1000))]
    for at_most, holds in ((0.3, True), (0.29, False)):
        report = make_report("work", results, [MemoryTarget("lean", "fat", at_most)], 1e-3)
        assert report["holds"] is holds and report["targets"][0]["memory_share"] == 0.3
        assert f"{'holds ' if holds else 'MISSED'} lean takes 30% of the memory of fat" in describe(report)
