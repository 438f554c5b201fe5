"""The main job: finds what assignments list, runs all of it, tells what failed, and goes on where it was stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from common.atomic import read_json
from common.cli import Verb
from common.job_state import STATE, JobState
from common.jobs import Job, Step, changed, job, steps_of
from common.main_job import LOGS, Runner, find_steps, finish, last_lines, spoken
from common.week import listing, main

PROJECT = Path(__file__).resolve().parents[2]

# A module with a shell that leaves a run folder, as assignments do, and a line in `counted.txt` for each time it ran.
MODULE = """
import sys, time
sys.path.insert(0, {project!r})
from common.run_folder import RunFolder
with open("counted.txt", "a") as file:
    file.write(" ".join(sys.argv[1:]) + "\\n")
print("working on", *sys.argv[1:])
if sys.argv[1] == "bad":
    sys.exit("error: this cannot be done")
with RunFolder("week1/fake", sys.argv[1], {{"about": "A fake."}}) as run:
    if sys.argv[1] == "slow":
        open("slow_began.txt", "w").close()
        time.sleep(float(open("seconds.txt").read()))
    run.metric("one", 1)
"""


@pytest.fixture
def project(tmp_path) -> Path:
    """A project of one assignment, week1.fake."""
    folder = tmp_path / "week1" / "fake"
    folder.mkdir(parents=True)
    (tmp_path / "common").mkdir()
    (tmp_path / "week1" / "__init__.py").write_text("")
    (folder / "__init__.py").write_text("")
    (folder / "__main__.py").write_text(MODULE.format(project=str(PROJECT)))
    (tmp_path / "seconds.txt").write_text("30")
    return tmp_path


def steps(*verbs: str) -> list[Step]:
    return [Step("week1.fake", (verb,)) for verb in verbs]


def counted(project: Path) -> list[str]:
    return (project / "counted.txt").read_text().split()


def test_every_assignment_with_a_shell_is_listed_and_most_have_a_job():
    import week1

    text = listing(week1)
    assert "python -m week1.dinosaur_island" in text and "generate" in text and "python -m week1 run" in text
    modules = {step.module for step in find_steps()}
    assert {"week1.building_rnn", "week1.dinosaur_island", "week3.machine_translation"} <= modules
    assert {step.module.split(".")[0] for step in find_steps(week="week2")} == {"week2"}


def test_the_steps_leave_folders_of_their_own():
    """Two steps that leave the same folder would take each other's place on the page."""
    for options in ({}, {"quick": True}, {"course": Path(os.environ.get("SEQUENCE_MODELS_COURSE") or "week1")}):
        folders = [step.folder for step in find_steps(**options)]
        twice = {str(folder) for folder in folders if folders.count(folder) > 1}
        assert not twice - {"out/week2/emojify/predict"}, twice


def test_its_short_trainings_do_not_take_the_place_of_what_the_person_trained():
    """`generate` uses what `train` left in its own folder; the main job leaves that folder alone."""
    trainings = [step for step in find_steps() if "train" in step.arguments]
    assert trainings
    for step in trainings:
        folder = step.arguments[step.arguments.index("--out") + 1]
        assert folder == f"out/{step.module.replace('.', '/')}/short_training"


def test_a_quick_run_changes_options_and_leaves_slow_jobs_out(tmp_path):
    (tmp_path / "dinos.txt").write_text("rex\n")
    module = SimpleNamespace(
        MAIN_JOB=[
            job("train", "--epochs", "9", "--out", "x", seconds=7, quick={"--epochs": "2", "--seed": "1"}),
            job("evaluate", slow=True),
            ("map",),
        ],
        COURSE_JOB=[
            job("translate", "3 May", "--weights", "asset:dinosaur-names", "--course", "course:"),
            job("translate", "a file that is not there", "asset:jazz-piece"),
        ],
        VERBS=[Verb("compare", "", "", print, print)],
    )
    assert [step.arguments for step in steps_of("week1.x", module)] == [
        ("train", "--epochs", "9", "--out", "x"), ("evaluate",), ("map",), ("compare",),
    ]  # fmt: skip
    assert [step.arguments for step in steps_of("week1.x", module, quick=True)] == [
        ("train", "--epochs", "2", "--out", "x", "--seed", "1"), ("map",),
    ]  # fmt: skip
    with_course = [step.arguments for step in steps_of("week1.x", module, quick=True, course=tmp_path)]
    translate = ("translate", "3 May", "--weights", str(tmp_path / "dinos.txt"), "--course", str(tmp_path))
    assert with_course[2:] == [translate, ("compare", "--course", str(tmp_path))]
    assert changed(["a", "--b", "1"], {"--b": "2"}) == ("a", "--b", "2") and isinstance(module.MAIN_JOB[0], Job)


def test_a_failing_step_does_not_stop_the_others(project, capsys):
    failed = Runner(steps("bad", "good"), project=project).run()
    assert [record.command for record in failed] == ["python -m week1.fake bad"] and failed[0].code == 1
    printed = capsys.readouterr().out
    assert "[1/2] week1.fake bad" in printed and "[2/2] week1.fake good" in printed
    assert "failed with status 1" in printed and "| error: this cannot be done" in printed
    assert counted(project) == ["bad", "good"]


def test_what_is_done_stays_done_and_what_failed_is_done_again(project, capsys):
    for _ in range(2):
        Runner(steps("bad", "good", "fine"), project=project).run()
    assert counted(project) == ["bad", "good", "fine", "bad"]
    assert "2 of 3 steps are done already; 1 steps to run" in capsys.readouterr().out
    Runner(steps("good"), project=project).run()
    assert "All 1 steps are done already" in capsys.readouterr().out
    Runner(steps("good"), project=project, fresh=True).run()
    assert counted(project)[4:] == ["good"]


def test_a_step_is_done_again_when_what_it_was_made_from_has_changed(project):
    def is_done() -> bool:
        return JobState.load(project, steps("good")).is_done(steps("good")[0])

    assert not is_done()
    Runner(steps("good"), project=project).run()
    assert is_done()
    (project / "week1/fake/README.md").write_text("words for people change nothing")
    assert is_done()
    (project / "week1/fake/data.py").write_text("x = 1")
    assert not is_done()
    Runner(steps("good"), project=project).run()
    assert is_done()
    config = project / "out/week1/fake/good/config.json"
    was = config.read_text()
    config.write_text(was.replace("week1.fake good", "week1.fake good --seed 2"))
    assert not is_done(), "a run of the person's own lies in the folder"
    config.write_text(was)
    (project / "out/week1/fake/good/metrics.json").unlink()
    assert not is_done(), "the results are gone"


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"steps": [{"command": 1}]}', b"\xff\xfe"])
def test_a_damaged_record_only_costs_time(project, damage):
    Runner(steps("good"), project=project).run()
    (project / STATE).write_bytes(damage)
    assert Runner(steps("good"), project=project).run() == []
    assert counted(project) == ["good", "good"]
    assert read_json(project / STATE)["plan"] == ["python -m week1.fake good"]


def run_in_background(project: Path, *verbs: str) -> subprocess.Popen[str]:
    script = (
        f"import sys; from pathlib import Path; from common.cli import guard; from common.jobs import Step\n"
        f"from common.main_job import finish\n"
        f"project = Path({str(project)!r})\n"
        f"steps = [Step('week1.fake', (verb,)) for verb in {list(verbs)!r}]\n"
        "sys.exit(guard(lambda: finish(steps, project=project)))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", script], cwd=PROJECT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def wait_for(path: Path, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path} never came"
        time.sleep(0.02)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_killed_and_started_again_it_finishes_the_rest(project, how):
    if how == "SIGKILL":  # the step that runs lives on for two seconds; the next main job waits for it
        (project / "seconds.txt").write_text("2")
    process = run_in_background(project, "good", "slow", "fine")
    wait_for(project / "slow_began.txt")
    (project / "seconds.txt").write_text("0")
    process.send_signal(getattr(signal, how))
    process.wait(40)
    assert process.returncode == (-9 if how == "SIGKILL" else 130)
    if how != "SIGKILL":
        assert "interrupted" in process.stdout.read() and (project / "out/index.html").is_file()
    process.stdout.close()
    again = run_in_background(project, "good", "slow", "fine")
    output, _ = again.communicate(timeout=60)
    assert again.returncode == 0, output
    assert counted(project) == ["good", "slow", "slow", "fine"]
    assert "1 of 3 steps are done already" in output and ("waiting for it" in output) == (how == "SIGKILL")
    assert output.splitlines()[-1] == f"Open {(project / 'out/index.html').as_uri()}"


def test_it_ends_with_the_page_also_where_a_step_failed(project, capsys, monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *arguments: None)
    assert finish(steps("bad", "good"), project=project) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"Open {(project / 'out/index.html').as_uri()}" and "failed: python -m week1.fake bad" in lines
    page = (project / "out/index.html").read_text(encoding="utf-8")
    assert "One step failed" in page and "this cannot be done" in page
    assert finish(steps("good"), project=project) == 0


def test_steps_see_the_course_folder_only_by_name(project, monkeypatch):
    monkeypatch.setenv("SEQUENCE_MODELS_COURSE", "/somewhere")
    (project / "week1/fake/__main__.py").write_text(
        "import os; print(os.environ.get('SEQUENCE_MODELS_COURSE', 'none'))"
    )
    Runner(steps("good"), project=project).run()
    assert last_lines(project / LOGS / "week1.fake.good.log") == ["none"]


def test_times_and_logs_as_people_read_them(tmp_path):
    assert [spoken(value) for value in (0.2, 40, 89, 100, 200)] == ["1 s", "40 s", "89 s", "1.5 min", "3.5 min"]
    (tmp_path / "log").write_bytes(b"one\n\n 10%\r 50%\r100% done\nb\xff\n" + b"".join(b"%d\n" % n for n in range(20)))
    assert last_lines(tmp_path / "log", 30)[:3] == ["one", "100% done", "b\ufffd"]
    assert last_lines(tmp_path / "log")[-1] == "19" and last_lines(tmp_path / "none") == []


@pytest.mark.parametrize("argv", [["run", "--course", "/no/such/folder"], ["compare", "--course", "/no/such/folder"]])
def test_a_course_folder_that_is_none(argv, capsys):
    import week1

    assert main(week1, argv) == 2
    assert "/no/such/folder: is not a folder" in capsys.readouterr().err
    assert main(week1, ["dance"]) == 2 and "takes no 'dance'" in capsys.readouterr().err
