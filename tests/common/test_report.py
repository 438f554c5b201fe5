"""The page of results: what it shows of run folders, whole, damaged or hostile; and how it writes numbers."""

from __future__ import annotations

import json
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from common import page_blocks as blocks
from common.report import build
from common.report.collecting import collect
from common.report.numbers import duration, number, percent, plain, readable
from common.run_folder import RunFolder

VOID = {"meta", "link", "img", "br", "input", "rect", "line", "circle", "path", "hr"}


class Outline(HTMLParser):
    """Checks that elements close as they opened, and gathers texts, ids and sources."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.sources, self.text, self.scripts = [], [], [], [], 0

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.ids += [values["id"]] if "id" in values else []
        self.sources += [values[name] for name in ("src", "href") if name in values]
        self.scripts += tag == "script"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open and self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        self.text.append(data)


def outline(out: Path) -> Outline:
    found = Outline()
    found.feed(build(out).read_text(encoding="utf-8"))
    found.close()
    assert not found.open and len(set(found.ids)) == len(found.ids)
    return found


def text_of(out: Path) -> str:
    return " ".join("".join(outline(out).text).split())


@pytest.fixture
def out(tmp_path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def leave(out: Path, place: str = "week1/fake_rnn/generate", settings: dict | None = None) -> RunFolder:
    assignment, _, verb = place.rpartition("/")
    about = {"about": "What it is.", "summary": "what it did"} | (settings or {})
    return RunFolder(assignment, verb, about, folder=out / place)


def test_a_page_without_runs_says_what_to_do(out):
    assert "Nothing has been run yet" in text_of(out) and "python -m common.main_job" in text_of(out)


def test_it_shows_what_a_run_left(out, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["x", "generate", "--start", "two words"])
    with leave(out) as run:
        run.metric("loss", 0.5, unit="nats", reference=0.6, reference_name="n-gram", better="lower")
        run.metric("share", 0.25, unit="share", reference=0.5, better="higher")
        run.text("names.txt", "Rex\n", title="Names it found")
    shown = text_of(out)
    for part in (
        "Week 1",
        "Fake RNN",
        "What it is.",
        "What it did",
        "n-gram 0.6000",
        "25\u202f%",
        "Names it found",
        "Rex",
    ):
        assert part.replace("\u202f", " ") in shown.replace("\u202f", " "), part
    assert "python -m week1.fake_rnn generate --start 'two words'" in shown
    assert shown.count("✓") == 1  # the share falls short of its reference


def test_what_stands_in_run_folders_is_text_and_never_markup(out):
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
    with leave(out, "week1/a<b/v", {"about": evil, "summary": evil}) as run:
        run.metric(evil, 1, unit=evil, reference=2, reference_name=evil)
        for block in (
            blocks.text(evil, evil, look="verse"), blocks.text(evil, evil, look="code"), blocks.text(evil, evil),
            blocks.words(evil, [evil]), blocks.pairs(evil, [(evil, evil, evil)]),
            blocks.table(evil, [evil], [[evil], [None], [1.5]], note=evil),
            blocks.bars(evil, [(evil, 1, evil)], value_name=evil),
            blocks.lines(evil, {evil: [1, 2], "b": [2, 1]}, x_name=evil, y_name=evil, alt=evil),
            blocks.points(evil, [evil], [[1, 2]], [[1, 2]], box=(10, 10), alt=evil),
            blocks.heatmap(evil, [[1]], rows=[evil], columns=[evil], row_name=evil, column_name=evil, alt=evil),
            blocks.roll(evil, {evil: [(0, 1, 60)]}, seconds=1, marks=[(0, evil)], alt=evil),
            blocks.clip(evil, "none.wav", seconds=1, curve=[0, 1], curve_name=evil, marks=[(0, 1, evil)], alt=evil),
        ):  # fmt: skip
            run.show(block)
        run.text("t.txt", evil, title=evil)
    found = outline(out)
    assert found.scripts == 1 and "x" not in found.sources
    assert "".join(found.text).count("alert(1)") > 20


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.json", "{"),
        ("config.json", "[]"),
        ("config.json", "{}"),
        ("metrics.json", '{"status": "done"}'),
        ("metrics.json", '{"status": "done", "seconds": "long"}'),
        ("metrics.json", '{"status": "done", "seconds": 1, "metrics": [3]}'),
        ("page.json", "nothing"),
        ("page.json", '{"blocks": 5}'),
    ],
)
def test_a_damaged_file_costs_its_run_alone(out, file, content):
    with leave(out, "week1/good/generate") as run:
        run.metric("fine", 7)
    with leave(out, "week1/bad/generate") as run:
        run.show(blocks.words("w", ["one"]))
    (out / "week1/bad/generate" / file).write_text(content)
    shown = text_of(out)
    assert "fine" in shown and "its files cannot be read" in shown and "One step failed" in shown


@pytest.mark.parametrize(
    "block",
    [
        {"kind": "moon", "title": "x"}, {"title": "no kind"}, {"kind": "words", "title": "x"},
        {"kind": "lines", "title": "x", "series": 4},
        {"kind": "heatmap", "title": "x", "rows": ["a"], "columns": ["b"]},
        {"kind": "roll", "title": "x", "parts": [{"name": "a", "notes": [[1]]}]},
    ],
)  # fmt: skip
def test_a_block_that_is_not_understood_costs_itself_alone(out, block):
    with leave(out) as run:
        run.show(block)
        run.show(blocks.words("w", ["a good one"]))
    assert "cannot be shown" in text_of(out) and "a good one" in text_of(out)


def test_blocks_without_values_say_so(out):
    with leave(out) as run:
        run.show(blocks.lines("l", {"a": [float("nan")], "b": []}))
        run.show(blocks.lines("zero on a logarithmic scale", {"a": [0.0, -1.0]}, log=True))
        run.show(blocks.heatmap("h", [], rows=[], columns=[]))
        run.show(blocks.roll("r", {"a": []}, seconds=0))
        run.show(blocks.bars("b", []))
    assert text_of(out).count("There are no values to draw") == 3 and "There are no notes" in text_of(out)


def test_numbers_of_numpy_and_missing_ones_are_kept_as_json(out):
    import numpy as np

    block = blocks.heatmap("h", np.array([[0.123456789, np.nan]]), rows="a", columns="bc")
    assert json.loads(json.dumps(block))["values"] == [[0.12346, None]]


def test_pictures_are_inside_and_sounds_beside(out):
    with leave(out) as run:
        run.figure("p.png", title="A picture", alt="what it shows").write_bytes(b"\x89PNG small")
        run.figure("big.png", title="Large", alt="large").write_bytes(b"\0" * 700_000)
        run.sound("a b.wav", title="A sound").write_bytes(b"RIFF")
        run.sound("gone.wav", title="Gone")
        run.figure("gone.png", title="Gone", alt="gone")
    found = outline(out)
    assert any(source.startswith("data:image/png;base64,iVBORw") or "iVBOR" in source for source in found.sources)
    assert "week1/fake_rnn/generate/big.png" in found.sources and "week1/fake_rnn/generate/a%20b.wav" in found.sources
    shown = text_of(out)
    assert "gone.png is missing" in shown and "gone.wav is missing" in shown


def test_files_outside_of_the_run_folder_are_not_shown(out, tmp_path):
    (tmp_path / "secret.png").write_bytes(b"secret")
    with leave(out) as run:
        run.figure("../../../../secret.png", title="up", alt="up")
        run.figures.append({"file": str(tmp_path / "secret.png"), "title": "absolute", "alt": "a"})
        run.figure("link.png", title="link", alt="link").symlink_to(tmp_path / "secret.png")
    assert text_of(out).count("is missing") == 3


def test_a_run_that_was_cut_off_is_told_from_one_that_failed(out):
    with leave(out, "week1/cut/train"):
        assert "was not finished" in text_of(out)
    with pytest.raises(ValueError), leave(out, "week1/failed/train"):
        raise ValueError("a bad day")
    assert "ValueError: a bad day" in text_of(out)


def test_an_old_result_does_not_outlive_a_new_beginning(out):
    with leave(out) as run:
        run.metric("old number", 1)
        run.show(blocks.words("old", ["old word"]))
    with leave(out):
        assert "old number" not in text_of(out) and "old word" not in text_of(out)


def test_runs_stand_in_the_order_of_the_main_job_and_failed_steps_with_their_words(out, monkeypatch):
    for verb in ("a", "b"):
        monkeypatch.setattr(sys, "argv", ["x", verb])
        with leave(out, f"week1/fake/{verb}"):
            pass
    commands = [json.loads((out / f"week1/fake/{verb}/config.json").read_text())["command"] for verb in "ab"]
    (out / "main_job").mkdir()
    (out / "main_job/c.log").write_text("working\nerror: the moon is down\n")
    failed = {
        "command": "python -m week2.x c", "assignment": "week2/x", "folder": "out/week2/x/c", "identity": "",
        "status": "failed", "code": 2, "seconds": 3.0, "log": "out/main_job/c.log",
    }  # fmt: skip
    plan = {"plan": [commands[1], commands[0], failed["command"]], "steps": [failed]}
    (out / "main_job.json").write_text(json.dumps(plan))
    assert [one.place for one in collect(out)] == ["week1/fake", "week2/x"]
    assert [run.name for run in collect(out)[0].results] == ["b", "a"]
    shown = text_of(out)
    assert "the moon is down" in shown and "One step failed" in shown and "python -m week2.x c" in shown


def test_the_courses_figures_are_counted_and_listed(out):
    rows = [
        {"id": "w1.a", "expected": [1, 2], "got": 1.5, "difference": 0.5, "reason": "a rule", "status": "explained"},
        {
            "id": "w1.b",
            "expected": "x" * 200,
            "got": None,
            "difference": None,
            "reason": "",
            "status": "needs model.h5",
        },
        {"broken": True, "status": "match"},
    ]
    with leave(out, "week1/fake/compare") as run:
        (run.folder / "figures.json").write_text(json.dumps({"figures": rows}))
    shown = text_of(out)
    assert "0 match and 1 are explained; none differs unexplained. 1 more wait" in shown
    assert "needs model.h5" in shown and "a rule" in shown and "…" in shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (3, "3"), (0.5, "0.5000"), (12.345678, "12.35"), (-0.25, "−0.2500"), (123456.7, "123 457"),
        (2.4e-9, "2.4 × 10<sup>−9</sup>"), (3e7, "3.0 × 10<sup>7</sup>"), (-1e-5, "−1.0 × 10<sup>−5</sup>"),
    ],
)  # fmt: skip
def test_numbers(value, text):
    assert plain(value).replace("\u202f", " ") == text


def test_shares_times_and_names():
    assert [percent(value) for value in (1, 0.5, 0.9786, 0.001, 0.99996, 1e-5, -0.5)] == [
        f"{v}\u202f%" for v in ("100", "50", "97.9", "0.1", "99.9", "< 0.1", "−50")
    ]
    times = [duration(value).replace("\u202f", " ") for value in (0.0041, 0.012, 0.9996, 6.32, 59.96, 125)]
    assert times == ["4.1 ms", "12 ms", "1.0 s", "6.3 s", "1 min", "2 min 5 s"]
    assert number(None) == "–" and number(float("nan")) == "–" and "answered" in number(0.5, "share answered right")
    names = [readable(name) for name in ("building_rnn", "week12", "machine_translation", "compare-algorithms")]
    assert names == ["Building RNN", "Week 12", "Machine translation", "Compare algorithms"]


def test_the_command(out, shell):
    done = shell("common.report", "--out", out)
    assert done.returncode == 0 and done.stdout.strip() == f"Open {(out / 'index.html').as_uri()}"
    done = shell("common.report", "--out", out / "none")
    assert done.returncode == 2 and "there is no such folder" in done.stderr
