"""The doctor: ranges against `packaging`, files of the course in every state, devices, disk, and how it ends."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest
from packaging.requirements import Requirement as Oracle
from packaging.specifiers import SpecifierSet

from common.assets import PROJECT, catalogue
from common.doctor import course as course_files
from common.doctor import machine, packages
from common.doctor.__main__ import examine, main
from common.doctor.findings import NOTE, OK, PROBLEM, SKIPPED, Finding, as_text
from common.doctor.packages import Requirement, keras_back_end, read_requirements


@pytest.mark.parametrize("ranges", [">=2.21,<2.23", ">=2,<3", "==1.2.3", "!=1.5", ">1.4", "<=2.0", ""])
def test_ranges_mean_what_pip_means(ranges):
    parts = tuple((one[:2], one[2:]) if one[1] in "=" else (one[0], one[1:]) for one in ranges.split(",") if one)
    ours = Requirement("x", parts)
    for version in (
        "1",
        "1.2.3",
        "1.4",
        "1.4.1",
        "1.5",
        "1.5.0",
        "2",
        "2.0.0",
        "2.21",
        "2.21.3",
        "2.22.9",
        "2.23",
        "3.0",
    ):
        assert ours.admits(version) == SpecifierSet(ranges).contains(version), (ranges, version)


def test_the_projects_own_file_is_read_as_pip_reads_it():
    lines = [line for line in (PROJECT / "requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    for python in ("3.11.7", "3.13.1"):
        oracles = map(Oracle, lines)
        wanted = {
            one.name: one.specifier
            for one in oracles
            if one.marker is None or one.marker.evaluate({"python_version": ".".join(python.split(".")[:2])})
        }
        found = read_requirements(PROJECT / "requirements.txt", python)
        assert [one.name for one in found] == list(wanted)
        for one in found:
            assert SpecifierSet(",".join(operator + limit for operator, limit in one.ranges)) == wanted[one.name]


def test_a_file_with_comments_options_and_names_alone(tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text("# a comment\n-r other.txt\n\ntqdm\nh5py>=3 # why\nold==1.0; python_version < '3.10'\n")
    assert [str(one) for one in read_requirements(path)] == ["any version", ">=3"]


def states(findings) -> dict[str, str]:
    return {one.name: one.state for one in findings}


def test_packages_that_are_missing_or_out_of_range(monkeypatch):
    versions = {"keras": "2.15.0", "numpy": "2.1"}

    def version(name):
        if name not in versions:
            raise importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(packages.importlib.metadata, "version", version)
    found = {one.name: one for one in packages.look_at_packages(PROJECT)}
    assert found["keras"].state == PROBLEM and "2.15.0 is outside of >=3.15,<4" in found["keras"].text
    assert found["tensorflow"].state == PROBLEM and "not installed" in found["tensorflow"].text
    assert found["numpy"].state == OK and "pip install" in found["tensorflow"].advice
    monkeypatch.setattr(packages.sys, "version_info", (3, 10, 1))
    assert next(packages.look_at_packages(PROJECT)).state == PROBLEM


def test_the_back_end_of_keras_is_the_one_that_keras_takes(monkeypatch, tmp_path):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert keras_back_end() == ("tensorflow", "the default")
    (tmp_path / "keras.json").write_text('{"backend": "jax"}')
    assert keras_back_end()[0] == "jax"
    (tmp_path / "keras.json").write_text("{damaged")
    assert keras_back_end()[0] == "tensorflow"
    monkeypatch.setattr(packages.importlib.util, "find_spec", lambda name: None if name == "jax" else object())
    for name, state in (("torch", NOTE), ("jax", PROBLEM), ("theano", PROBLEM), ("tensorflow", OK)):
        monkeypatch.setenv("KERAS_BACKEND", name)
        assert packages._back_end().state == state, name


@pytest.fixture
def course(tmp_path) -> Path:
    """A course folder with a file that is known, one changed, one empty, one pointer and one cut short."""
    folder = tmp_path / "course"

    def put(name: str, content: bytes) -> None:
        path = folder / catalogue()[name]["paths"][0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    put("dinosaur-names", (PROJECT / catalogue()["dinosaur-names"]["shipped"]).read_bytes())
    put("shakespeare-text", b"another text\n" * 200)
    put("jazz-piece", b"")
    put("shakespeare-weights", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 2692856\n")
    put("emoji-train", (PROJECT / catalogue()["emoji-train"]["shipped"]).read_bytes()[:5000])
    return folder


def test_every_file_of_the_course_is_told_as_what_it_is(course):
    found = {one.name: one for one in course_files.look_at_course(PROJECT, course)}
    assert len(found) == sum(bool(record["paths"]) for record in catalogue().values())
    name = {key: record["paths"][0] for key, record in catalogue().items() if record["paths"]}
    assert found[name["dinosaur-names"]].state == OK and "week1.dinosaur_island" in found[name["dinosaur-names"]].text
    changed = found[name["shakespeare-text"]]
    assert changed.state == NOTE and "unknown content" in changed.text
    empty, pointer, cut = (found[name[key]] for key in ("jazz-piece", "shakespeare-weights", "emoji-train"))
    assert empty.state == PROBLEM and "is empty" in empty.text
    assert pointer.state == PROBLEM and "pointer" in pointer.text and "git lfs pull" in pointer.advice
    assert cut.state == PROBLEM and "cut short" in cut.text and "again" in cut.advice
    glove = found[name["glove-50d"]]
    assert glove.state == NOTE and "missing" in glove.text and "common.assets fetch glove-50d" in glove.advice
    assert found[name["jazz-example"]].needed_by == ("week1.jazz_solo",)


def test_the_files_stand_in_any_nesting(course, tmp_path):
    deep = tmp_path / "deep/er"
    deep.mkdir(parents=True)
    shutil.move(course / "W1A2/dinos.txt", deep / "DINOS.txt")
    found = [one for one in course_files.look_at_course(PROJECT, tmp_path) if one.name == "W1A2/dinos.txt"]
    assert found[0].state == OK and "found as deep/er/DINOS.txt" in found[0].text


def test_with_named_assignments_a_missing_file_is_a_problem(course):
    loose = states(examine(PROJECT, course=course))
    strict = states(examine(PROJECT, ["week3.machine_translation"], course=course))
    assert loose["W3A1/models/model.h5"] == NOTE and strict["W3A1/models/model.h5"] == PROBLEM
    assert "W1A2/dinos.txt" in loose and "W1A2/dinos.txt" not in strict
    without = [one for one in examine(PROJECT, ["week3.machine_translation"]) if one.name == "course folder"]
    assert without[0].state == SKIPPED and "model.h5" in without[0].text


def test_sound_devices_and_disk(monkeypatch, tmp_path):
    monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: None)
    found = states(machine.look_at_sound())
    assert found["sound files"] == PROBLEM and found["microphone"] == NOTE and found["MIDI"] == OK
    fake = types.ModuleType("sounddevice")
    fake.query_devices = lambda kind: {"name": f"a good {kind}"}
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: object())
    assert "a good input" in machine._microphone().text
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert states(machine.look_at_disk(tmp_path)) == {"cache": PROBLEM, "results": OK}
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: types.SimpleNamespace(free=1000))
    assert states(machine.look_at_disk(tmp_path))["results"] == PROBLEM
    skipped = {one.name: one for one in machine.look_at_devices(full=False)}["accelerators"]
    assert skipped.state == SKIPPED and "--full" in skipped.text


def test_a_tensorflow_that_cannot_be_imported_is_a_problem(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    assert states(machine.look_at_devices(full=True))["tensorflow"] == PROBLEM


def test_the_command(course, capsys, monkeypatch):
    monkeypatch.delenv("SEQUENCE_MODELS_COURSE", raising=False)
    assert main(["--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["works"] and {"group", "name", "state", "text", "advice", "needed_by"} == set(found["findings"][0])
    assert main(["--course", str(course)]) == 1
    printed = capsys.readouterr().out
    assert "PROBLEM" in printed and "-> git lfs pull" in printed and " in the way" in printed.splitlines()[-1]
    assert main(["--course", str(course / "none")]) == 1 and main(["week9.x"]) == 2
    text = as_text([Finding("G", "a", OK, "x"), Finding("H", "bcd", PROBLEM, "y", "do z")])
    assert text.splitlines() == [
        "G", "  ok       a  x", "", "H", "  PROBLEM  bcd  y", "                -> do z", "",
        "1 ok, 0 to note, 1 in the way, 0 skipped",
    ]  # fmt: skip


def test_nothing_heavy_is_imported():
    script = (
        "import sys; from common.doctor.__main__ import main; main([]);"
        "print([name for name in ('tensorflow', 'keras', 'matplotlib', 'music21', 'h5py') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
