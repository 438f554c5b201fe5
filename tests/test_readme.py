"""Every command in the README: the quick ones are run, the others are at least understood by their programs.

A fenced block says by a word after `sh` or `console` what its commands need: nothing, `minutes` or `course` (they are
parsed; with SEQUENCE_MODELS_README=all, and the course folder, they are run), or `setup` (looked up in the Makefile and
among the files). Commands in the text need nothing, those in a row of the table that ends with minutes are parsed.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pytest

PROJECT = Path(__file__).resolve().parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(sh|console|python|)[ ]*(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(python -m [^`]+|make [^`]+)`")
NEEDS = {"", "minutes", "course", "setup"}


@dataclass(frozen=True)
class Command:
    """A command of the README, what it needs, and what is printed under it there."""

    line: str
    needs: str = ""
    shown: str = ""

    def __str__(self) -> str:
        return self.line


def commands() -> list[Command]:
    found = []
    for kind, needs, body in FENCE.findall(README):
        if kind == "sh":
            found += [Command(line, needs) for line in body.splitlines() if line.strip() and not line.startswith("#")]
        elif kind == "console":
            found += in_console(body, needs)
    for line in FENCE.sub("", README).splitlines():
        needs = "minutes" if re.search(r"\| [^|]*minutes? \|$", line) else ""
        found += [
            Command(command, "course" if re.search(r"\b(DIR|FILE)\b", command) else needs)
            for command in INLINE.findall(line)
        ]
    unique = {command.line.split("  #")[0].strip(): command for command in reversed(found)}
    return [Command(line, one.needs, one.shown) for line, one in reversed(unique.items())]


def in_console(body: str, needs: str) -> list[Command]:
    found, shown = [], ""
    for line in reversed(body.splitlines()):
        if line.startswith("$ "):
            found.append(Command(line[2:], needs, shown))
            shown = ""
        else:
            shown = f"{line}\n{shown}"
    return found[::-1]


COMMANDS = commands()
PYTHON = [one for one in COMMANDS if one.line.startswith("python -m ")]


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """A folder that looks like a clone, with the files that the README's reader would have."""
    folder = tmp_path_factory.mktemp("clone")
    for entry in PROJECT.iterdir():
        if entry.name not in {"out", ".venv", ".git"} and not entry.name.startswith("."):
            (folder / entry.name).symlink_to(entry)
    readers_files(folder)
    return folder


def readers_files(folder: Path) -> None:
    """Stand-ins for the files that the README calls yours."""
    names = (PROJECT / "week1/dinosaur_island/assets/genera.txt").read_text(encoding="utf-8").splitlines()
    (folder / "towns.txt").write_text("\n".join(names[:300]) + "\n", encoding="utf-8")
    verse = (PROJECT / "week1/shakespeare/assets/verse.txt").read_text(encoding="utf-8")
    (folder / "poems.txt").write_text(verse[:6000], encoding="utf-8")
    (folder / "novel.txt").write_text(verse, encoding="utf-8")
    (folder / "piece.mid").symlink_to(PROJECT / "week1/jazz_solo/assets/four_changes.mid")
    (folder / "tweets.csv").symlink_to(PROJECT / "week2/emojify/assets/sentences_train.csv")
    parts = ("cell_forward", "forward", "cell_backward", "backward")
    names = [f"{kind}_{part}" for kind in ("rnn", "lstm") for part in parts]
    mine = "".join(f"def {name}(*given):\n    return course.{name}(*given)\n" for name in names)
    cell = {"cell_type": "code", "source": f"from week1.building_rnn import course\n{mine}"}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "my_notebook.ipynb").write_text(json.dumps(notebook))
    old_file(folder / "lstm_functional.h5")


def old_file(path: Path) -> None:
    """A model as Keras 2.0.8 saved it: an LSTM and a Dense layer."""
    inbound = [[["inputLayer_1", 0, 0, {}]]], [[["lstm", 0, 0, {}]]]
    layers = [
        ("InputLayer", {"batch_input_shape": [None, 10, 4], "dtype": "float32", "sparse": False}, []),
        (
            "LSTM",
            {"units": 8, "activation": "tanh", "recurrent_activation": "hard_sigmoid", "use_bias": True,
             "unit_forget_bias": True, "return_sequences": False, "return_state": False, "go_backwards": False,
             "stateful": False, "unroll": False, "implementation": 0, "dropout": 0.0, "recurrent_dropout": 0.0},
            inbound[0],
        ),
        ("Dense", {"units": 5, "activation": "softmax", "use_bias": True}, inbound[1]),
    ]  # fmt: skip
    names = ("inputLayer_1", "lstm", "outputLayer_a")
    shapes = {"lstm": [("kernel", (4, 32)), ("recurrent_kernel", (8, 32)), ("bias", (32,))]}
    shapes["outputLayer_a"] = [("kernel", (8, 5)), ("bias", (5,))]
    config = {
        "name": "Keras_LSTM",
        "layers": [
            {
                "name": name,
                "class_name": kind,
                "config": {"name": name, "trainable": True, **settings},
                "inbound_nodes": before,
            }
            for name, (kind, settings, before) in zip(names, layers, strict=True)
        ],
        "input_layers": [[names[0], 0, 0]],
        "output_layers": [[names[2], 0, 0]],
    }
    rng = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        file.attrs.update(keras_version=b"2.0.8", backend=b"tensorflow")
        file.attrs["model_config"] = json.dumps({"class_name": "Model", "config": config}).encode()
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = [name.encode() for name in names]
        for name in names:
            arrays = [(f"{name}/{part}:0", shape) for part, shape in shapes.get(name, ())]
            group = root.create_group(name)
            group.attrs["weight_names"] = np.array([array.encode() for array, _ in arrays], "S40")
            for array, shape in arrays:
                group.create_dataset(array, data=rng.standard_normal(shape).astype(np.float32))


def arguments_of(line: str) -> list[str]:
    words = shlex.split(line, comments=True)
    return [sys.executable if word == "python" else word for word in words]


def run(clone: Path, line: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(clone), "OMP_NUM_THREADS": "2"}
    return subprocess.run(
        arguments_of(line), cwd=clone, capture_output=True, text=True, encoding="utf-8", timeout=300,
        stdin=subprocess.DEVNULL, env=environment, check=False,
    )  # fmt: skip


def test_every_block_says_what_its_commands_need():
    for kind, needs, body in FENCE.findall(README):
        assert needs in NEEDS, f"{needs} is not understood: {body[:80]}"
        assert kind in {"sh", "console", "python"} or "python -m" not in body, f"a block without a kind: {body[:80]}"
    assert len(PYTHON) > 20 and README.count("```") % 2 == 0


@pytest.mark.parametrize("command", [one for one in PYTHON if one.needs == ""], ids=str)
def test_a_quick_command_does_what_it_says(clone, command):
    done = run(clone, command.line)
    assert done.returncode == 0, done.stderr[-2000:]
    printed = [" ".join(line.split()) for line in done.stdout.splitlines()]
    for line in shown_lines(command.shown):
        assert line in printed, f"not printed: {line}\n{done.stdout[:3000]}"


def shown_lines(shown: str) -> list[str]:
    """The lines that a command is shown to print, blanks apart; "..." stands for others; times are not compared."""
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    return [line for line in lines if line and line != "..." and not re.search(r"\d (ms|s)\b|/s\b", line)]


@pytest.mark.parametrize("command", [one for one in PYTHON if one.needs in ("minutes", "course")], ids=str)
def test_a_long_command_is_understood(clone, command, monkeypatch, course_of_environment):
    course = course_of_environment
    line = command.line.replace("DIR", str(course)) if course else command.line
    if os.environ.get("SEQUENCE_MODELS_README") == "all" and (command.needs == "minutes" or course):
        done = run(clone, line)
        assert done.returncode == 0, done.stderr[-2000:]
        return
    module, *arguments = arguments_of(line)[2:]
    parse(module, arguments)


def parse(module: str, arguments: list[str]) -> None:
    """Hold the arguments against the parser of the module's shell."""
    from common.cli import build_parser

    shell = importlib.import_module(module if "." in module and module.startswith("week") else module)
    if not hasattr(shell, "VERBS"):
        shell = importlib.import_module(f"{module}.__main__") if hasattr(shell, "__path__") else shell
    if hasattr(shell, "VERBS"):
        build_parser(module, shell.DESCRIPTION, shell.VERBS).parse_args(arguments)
        return
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments, "--help"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def course_of_environment() -> Path | None:
    value = os.environ.get("SEQUENCE_MODELS_COURSE", "")
    return Path(value) if value and Path(value).is_dir() else None


def test_what_sets_up_is_there():
    made = re.findall(r"^(\w+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    for command in COMMANDS:
        for target in re.findall(r"\bmake (\w+)", command.line):
            assert target in made, command.line
        for file in re.findall(r"-r (\S+\.txt)", command.line):
            assert (PROJECT / file).is_file(), command.line


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (PROJECT / target).exists(), target


def test_the_picture_is_small_and_described():
    images = re.findall(r"!\[([^\]]+)\]\(([^)]+)\)|<img [^>]*alt=\"([^\"]+)\"[^>]*src=\"([^\"]+)\"", README)
    assert images
    for alt, path, other_alt, other_path in images:
        assert len(alt or other_alt) > 20 and (PROJECT / (path or other_path)).stat().st_size < 250_000


def test_every_assignment_is_in_the_table():
    for path in PROJECT.glob("week[0-9]*/*/__main__.py"):
        name = path.parent.relative_to(PROJECT).as_posix()
        if (path.parent / "README.md").is_file():
            assert f"[{name}]({name}/README.md)" in README, f"{name} is missing"
