"""What `gradients` does: many small trainings side by side, a table, the picture."""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
from collections.abc import Iterator, Sequence

import numpy as np

from common.cli import progress
from common.page_blocks import lines as lines_block
from common.page_blocks import table as table_block
from common.plots import save_figure
from common.run_folder import RunFolder
from week1.language_models.long_range.learning import LearnConfig, Learned, learn
from week1.language_models.long_range.problems import PROBLEMS, Problem
from week1.language_models.pictures import draw_long_range

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
Task = tuple[Problem, LearnConfig]


def run_gradients(arguments: argparse.Namespace) -> int:
    """Train on both problems at growing lengths; print what was learned and leave the picture."""
    tasks = tasks_of(arguments)
    with RunFolder("week1/language_models", "gradients", arguments, folder=arguments.out) as run:
        learned = learn_all(tasks, processes=arguments.processes)
        text = table_of(learned)
        print(text)
        run.text("table.txt", text + "\n", title="What was learned")
        alt = f"{sum(one.solved for one in learned)} of {len(learned)} trainings solved their problem"
        path = run.figure("long_range.png", title="Long dependencies", alt=alt)
        save_figure(draw_long_range(learned), path)
        for row in _rows(learned):
            if np.isfinite(row[4]):
                name = f"{row[0]} {row[1]}, {row[2]}, clipped at {row[3]}: loss"
                run.metric(name, row[4], unit=PROBLEMS[row[0]].unit, better="lower")
        columns = ("problem", "length", "cell", "clipping", "loss", "solved", "steps", "largest gradient")
        run.show(table_block("What was learned", columns, _rows(learned)))
        longest = max(one.problem.length for one in learned)
        curves = {
            one.config.cell: np.maximum(one.through_time, 1e-12)
            for one in learned
            if one.problem.length == longest and one.problem.name == learned[0].problem.name
        }
        run.show(
            lines_block(
                "The gradient on its way back", curves, x_name="time step", y_name="norm, relative to the last step",
                log=True, alt="the plain network's gradient vanishes, the gated ones' arrives",
            )
        )  # fmt: skip
    return 0


def tasks_of(arguments: argparse.Namespace) -> list[Task]:
    """Every problem, length, cell, clipping and seed that the options name."""
    clips = {"on": [arguments.clip], "off": [None], "both": [arguments.clip, None]}[arguments.clipping]
    return [
        (
            PROBLEMS[problem](length),
            LearnConfig(
                cell, clip=clip, n_units=arguments.units, iterations=arguments.iterations, seed=arguments.seed + seed,
                learning_rate=arguments.learning_rate,
            ),
        )
        for problem in arguments.problems
        for length in arguments.lengths
        for cell in arguments.cells
        for clip in clips
        for seed in range(arguments.seeds)
    ]  # fmt: skip


def learn_all(tasks: Sequence[Task], *, processes: int | None = None) -> list[Learned]:
    """Train all, several at a time; the results in the order of the tasks do not depend on how many."""
    count = min(processes or os.cpu_count() or 1, len(tasks))
    with _one_thread_each():
        if count == 1:
            return [_learn(task) for task in progress(tasks, description="trainings", unit="network")]
        with multiprocessing.get_context("spawn").Pool(count) as pool:
            found = pool.imap(_learn, tasks)
            return list(progress(found, total=len(tasks), description="trainings", unit="network"))


def _learn(task: Task) -> Learned:
    return learn(*task)


@contextlib.contextmanager
def _one_thread_each() -> Iterator[None]:
    """Linear algebra on one thread: the networks are small, so whole networks run side by side."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _rows(learned: Sequence[Learned]) -> list[tuple]:
    """(problem, length, cell, clipping, mean loss, "2 of 3" solved, mean steps, largest gradient) of each setting."""
    groups: dict[tuple, list[Learned]] = {}
    for one in learned:
        clip = "none" if one.config.clip is None else f"{one.config.clip:g}"
        groups.setdefault((one.problem.name, one.problem.length, one.config.cell, clip), []).append(one)
    rows = []
    for key, runs in groups.items():
        solved = f"{sum(one.solved for one in runs)} of {len(runs)}"
        largest = max(float(np.max(one.norms)) if np.isfinite(one.norms).all() else np.inf for one in runs)
        loss, steps = np.mean([one.loss for one in runs]), np.mean([len(one.losses) for one in runs])
        rows.append((*key, float(loss), solved, float(steps), largest))
    return rows


def table_of(learned: Sequence[Learned]) -> str:
    """A line for every problem, length, cell and clipping."""
    lines = [
        f"{'problem':8} {'length':>6}  {'cell':5} {'clip':>5} {'loss':>9}  {'solved':>7} {'steps':>6} "
        f"{'largest gradient':>17}"
    ]
    for problem, length, cell, clip, loss, solved, steps, largest in _rows(learned):
        lines.append(
            f"{problem:8} {length:6}  {cell:5} {clip:>5} {loss:9.4f}  {solved:>7} {steps:6.0f} {largest:17.3g}"
        )
    for problem in dict.fromkeys(type(one.problem) for one in learned):
        lines.append(
            f"{problem.name}: {problem.unit} on 1,000 fresh sequences; solved below {problem.solved:g}; guessing costs "
            f"{problem.chance:.3f}"
        )
    return "\n".join(lines)
