"""The main job finds what assignments list, runs all of it, and tells what failed."""

from common.main_job import Step, find_steps, run_steps, summary
from common.week import listing


def test_every_assignment_with_a_shell_is_listed_and_most_have_a_job():
    import week1

    text = listing(week1)
    assert "python -m week1.dinosaur_island" in text and "generate" in text
    modules = {step.module for step in find_steps()}
    assert {"week1.building_rnn", "week1.dinosaur_island"} <= modules


def test_a_failing_step_does_not_stop_the_others(tmp_path, capfd):
    (tmp_path / "good.py").write_text("import sys; print('good', sys.argv[1:])")
    (tmp_path / "bad.py").write_text("raise SystemExit(3)")
    failed = run_steps([Step("bad", ()), Step("good", ("--x", "1"))], folder=tmp_path)
    printed = capfd.readouterr().out
    assert failed == [Step("bad", ())]
    assert "[1/2] failed with status 3" in printed and "good ['--x', '1']" in printed and "[2/2] done" in printed
    assert "failed: python -m bad" in summary(failed)
    assert summary([]).splitlines()[-1].startswith("Pictures, names, weights and numbers are in out/")


def test_its_short_trainings_do_not_take_the_place_of_what_the_person_trained():
    """`generate` uses what `train` left in its own folder; the main job leaves that folder alone."""
    trainings = [step for step in find_steps() if "train" in step.arguments]
    assert trainings
    for step in trainings:
        folder = step.arguments[step.arguments.index("--out") + 1]
        assert folder == f"out/{step.module.replace('.', '/')}/short_training"
