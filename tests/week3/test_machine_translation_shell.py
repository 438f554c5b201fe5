"""The verbs as a person calls them, and training at a tiny size: it learns, goes on, and is the same again."""

import json
import signal
from dataclasses import replace

import numpy as np
import pytest

from common.errors import InputError
from week3.machine_translation.__main__ import DESCRIPTION, VERBS
from week3.machine_translation.compare import EXPECTED
from week3.machine_translation.make_assets import make_weights
from week3.machine_translation.train import TrainConfig, default_config, train
from week3.machine_translation.trained import TrainedTranslator

WHERE = "week3.machine_translation"
TINY = TrainConfig(
    examples=300, epochs=2, batch_size=50, n_a=8, n_s=12, validation=50, formats="course", span=(1990, 1999), slips=0.0
)


def verb(name, *arguments):
    """Run a verb in this process; returns the exit status."""
    from common.cli import main

    return main(WHERE, DESCRIPTION, VERBS, [name, *map(str, arguments)])


def same(one, other):
    return all(np.array_equal(value, other.parameters[name]) for name, value in one.parameters.items())


# ---- training


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory):
    """A training that Ctrl-C ends after its first epoch: its folder."""
    import common.training.run as loop

    folder, evaluate = tmp_path_factory.mktemp("run"), loop.evaluate_data

    def interrupting(*arguments, **options):
        signal.raise_signal(signal.SIGINT)
        return evaluate(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "evaluate_data", interrupting)
        with pytest.raises(KeyboardInterrupt):
            train("dates", TINY, folder=folder, progress=False)
    return folder


def test_a_folder_of_another_training_is_refused(interrupted):
    with pytest.raises(InputError, match="another run"):
        train("dates", replace(TINY, seed=1), folder=interrupted, progress=False)


def test_an_interrupted_training_goes_on_and_ends_with_the_same_bits(interrupted):
    resumed, result = train("dates", TINY, folder=interrupted, progress=False)
    assert 0 < result.resumed_at < result.steps == 12 and (interrupted / "loss.png").is_file()
    whole, result = train("dates", TINY, progress=False)
    assert same(whole, resumed) and resumed.notes["calibration"] == whole.notes["calibration"]
    assert result.history["loss"][-1] < result.history["loss"][0] and len(result.history["val_loss"]) == 2
    assert whole.notes["span"] == [1990, 1999] and 0 <= whole.notes["result"]["validation exact match"] <= 1


def test_the_shipped_weights_are_made_this_way(tmp_path):
    trained = make_weights("dates", tmp_path / "w.npz", TINY, progress=False)
    again = TrainedTranslator.load(tmp_path / "w.npz", task="dates")
    assert same(trained, again) and 0 <= again.notes["result"]["test exact match"] <= 1
    assert all(np.array_equal(value, value.astype("f2")) for value in again.parameters.values())


def test_settings_that_make_no_sense_are_refused():
    with pytest.raises(InputError, match="examples is 0"):
        TrainConfig(examples=0)
    assert default_config("dates", epochs=3).epochs == 3
    with pytest.raises(InputError, match="no task"):
        default_config("verse")


def test_from_the_shell_training_then_translating_and_evaluating(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    options = ["--examples", 200, "--epochs", 1, "--batch-size", 50, "--formats", "course", "--years", "1990:1999"]
    assert verb("train", *options, "--units", 16) == 0
    folder = tmp_path / "out/week3/machine_translation"
    assert "epochs of 200 texts" in capsys.readouterr().out
    assert (folder / "train/dates.npz").is_file() and not (folder / "train/checkpoints").exists()
    assert json.loads((folder / "train/metrics.json").read_text())["status"] == "done"
    assert verb("translate", "3 May 1995") == 0
    printed = capsys.readouterr()
    assert "trained last" in printed.err and "3 May 1995" in printed.out
    assert verb("evaluate", "--count", 200) == 0
    assert "1990 to 1999" in capsys.readouterr().out
    assert {path.name for path in (folder / "evaluate").iterdir()} >= {"table.txt", "reliability.png", "alignment.png"}


# ---- what ships, from the shell


def test_the_commands_of_the_page_answer_from_the_shipped_weights_without_tensorflow(shell):
    done = shell(WHERE, "translate", "3 May 1979", "5 April 09", "21th of August 2016", env={"PYTHONVERBOSE": "1"})
    assert done.returncode == 0, done.stderr[-2000:]
    assert [line.split("  ")[-2].strip() for line in done.stdout.splitlines()] == [
        "1979-05-03",
        "2009-04-05",
        "2016-08-21",
    ]
    assert "import 'numpy'" in done.stderr
    for heavy in ("import 'tensorflow", "import 'keras", "import 'matplotlib", "import 'babel"):
        assert heavy not in done.stderr


def test_a_file_gives_json_in_its_order(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dates.txt").write_text("3 May 1979\r\n\r\n03/04/05\r\n", encoding="utf-8")
    assert verb("translate", "5 April 09", "--file", "dates.txt", "--json", "--count", 2) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["source"] for one in found] == ["5 April 09", "3 May 1979", "03/04/05"]
    assert [one["text"] for one in found] == ["2009-04-05", "1979-05-03", "2005-03-04"]
    assert len(found[2]["readings"]) == 3 and all(len(one["alternatives"]) == 2 for one in found)
    left = json.loads((tmp_path / "out/week3/machine_translation/translate/translations.json").read_text())
    assert left == found


def test_standard_input_is_read(tmp_path, monkeypatch, capsys):
    import io

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO("3 May 1979\n"))
    assert verb("translate", "--file", "-") == 0
    assert "1979-05-03" in capsys.readouterr().out


def test_attention_leaves_pictures_and_text(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert verb("attention", "Saturday, May 9, 2018") == 0
    folder = tmp_path / "out/week3/machine_translation/attention"
    assert (folder / "attention_1.png").read_bytes().startswith(b"\x89PNG")
    lines = (folder / "attention.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "Saturday, May 9, 2018 -> 2018-05-09"
    rows = [line.strip() for line in lines[2:]]
    assert [row[0] for row in rows] == list("2018-05-09")
    assert rows[3].endswith("8") and rows[9].endswith("9") and rows[6][-1] in "may"
    assert capsys.readouterr().out.startswith(lines[0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["translate"], "nothing to translate"),
        (["translate", ""], "a text is empty"),
        (["translate", "--file", "missing.txt"], "missing.txt: no such file"),
        (["translate", "3 May 1979", "--weights", "missing.npz"], "missing.npz: no such file"),
        (["translate", "3 May 1979", "--task", "languages", "--weights", "DATES"], "of the task dates"),
        (["attention", "--file", "blank.txt"], "nothing to translate"),
        (["translate", "--file", "latin.txt"], "not UTF-8"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, monkeypatch, capsys, arguments, words):
    from week3.machine_translation.trained import find_weights

    monkeypatch.chdir(tmp_path)
    (tmp_path / "blank.txt").write_text("\n \n")
    (tmp_path / "latin.txt").write_bytes("3 Ma\u00ef 1979".encode("latin-1"))
    dates = str(find_weights("dates").path)
    assert verb(*[dates if argument == "DATES" else argument for argument in arguments]) == 2
    error = capsys.readouterr().err
    assert words in error and "Traceback" not in error
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["translate", "x", "--beam-width", "0"],
        ["translate", "x", "--count", "0"],
        ["translate", "x", "--task", "verse"],
        ["translate", "x", "--recurrent-activation", "relu"],
        ["train", "--years", "2017:1970"],
        ["train", "--years", "now"],
        ["train", "--epochs", "0"],
        ["evaluate", "--count", "-3"],
    ],
)
def test_bad_usage_is_refused(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        verb(*arguments)
    assert stopped.value.code == 2 and "error:" in capsys.readouterr().err


def test_other_gates_are_asked_for_and_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert verb("translate", "3 May 1979", "--recurrent-activation", "hard_sigmoid") == 0
    assert "trained with gates sigmoid; hard_sigmoid is asked for" in capsys.readouterr().err
    assert verb("translate", "3 May 1979", "--beam-width", 5) == 0
    assert "no beam is needed" in capsys.readouterr().err


def test_compare_without_the_course_names_the_weights(tmp_path, monkeypatch, capsys, without_course):
    monkeypatch.chdir(tmp_path)
    figures = json.loads(EXPECTED.read_text(encoding="utf-8"))
    slow = ("fit", "modelf", "one_step_attention", "compile")
    kept = [one for one in figures["figures"] if one["function"] not in slow]
    (tmp_path / "figures.json").write_text(json.dumps({"figures": kept}))
    assert verb("compare", "--figures", "figures.json") == 0
    printed = capsys.readouterr().out
    assert "needs model.h5" in printed and "0 mismatch" in printed and "Why 2018" not in printed
    assert sum("needs model.h5" in line for line in printed.splitlines()) >= 29
