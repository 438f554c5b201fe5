"""The shell: `python -m week1.building_rnn VERB`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from common.cli import Verb, add_run_options, main, number_in, progress
from common.compare_verb import compare_verb
from common.jobs import job
from common.quiet_import import use_one_blas_thread

if TYPE_CHECKING:
    from common.course_figures import Comparison
    from common.page_blocks import Block
    from common.run_folder import RunFolder
    from week1.building_rnn.gradient_check import Check
    from week1.building_rnn.vanishing import Memory

PROGRAM = "week1.building_rnn"
DESCRIPTION = (
    "Recurrent networks step by step in NumPy: plain, GRU, LSTM, stacked, bidirectional, with their gradients."
)


def _comparison() -> Comparison:
    from week1.building_rnn.compare import COMPARISON

    return COMPARISON


def _add_gradients(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--steps", type=number_in(10, 1000, int), default=150, help="steps to remember (default 150)")
    parser.add_argument(
        "--iterations", type=number_in(1, 100_000, int), default=400, help="training batches a network (default 400)"
    )
    add_run_options(parser, course=False)


def _gradients(arguments: argparse.Namespace) -> int:
    use_one_blas_thread()
    from common.run_folder import RunFolder

    with RunFolder("week1/building_rnn", "gradients", arguments, folder=arguments.out) as folder:
        held = _check_gradients(arguments, folder)
        _show_vanishing(arguments, folder)
        print(f"\nresults: {folder.folder}")
    return 0 if held else 1


def _check_gradients(arguments: argparse.Namespace, folder: RunFolder) -> bool:
    from common.seeding import make_rng
    from week1.building_rnn.gradient_check import LIMIT, check, problems

    rows = [check(problem) for problem in progress(problems(make_rng(arguments.seed)), description="gradients")]
    table = _gradient_table(rows, LIMIT)
    print(table)
    folder.text("gradients.txt", _every_gradient(rows), title="every gradient against finite differences")
    folder.show(_gradient_block(rows))
    worst = max(found.error for row in rows for found in row)
    folder.metric(
        "largest relative error of a gradient", worst, reference=LIMIT, reference_name="limit", better="lower"
    )
    return worst < LIMIT


def _gradient_table(rows: list[list[Check]], limit: float) -> str:
    lines = [f"{'network':32} {'arrays':>6} {'elements':>8} {'largest error':>13}  of"]
    for row in rows:
        worst = max(row, key=lambda found: found.error)
        elements = sum(_size(found.shape) for found in row)
        mark = "" if worst.error < limit else "  WRONG"
        lines.append(f"{worst.network:32} {len(row):6} {elements:8} {worst.error:13.1e}  d{worst.array}{mark}")
    lines.append(f"Norm-wise relative error against central differences in float64; the limit is {limit:.0e}.")
    return "\n".join(lines)


def _gradient_block(rows: list[list[Check]]) -> Block:
    from common.page_blocks import table

    worst = [max(row, key=lambda found: found.error) for row in rows]
    cells = [(one.network, len(row), one.error, f"d{one.array}") for one, row in zip(worst, rows, strict=True)]
    note = "Norm-wise relative error against central differences in float64."
    return table("Every gradient checked", ("network", "arrays", "largest error", "of"), cells, note=note)


def _every_gradient(rows: list[list[Check]]) -> str:
    found = [check for row in rows for check in row]
    return "".join(f"{one.network:32} d{one.array:24} {one.shape!s:14} {one.error:.2e}\n" for one in found)


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


def _show_vanishing(arguments: argparse.Namespace, folder: RunFolder) -> None:
    from common.plots import save_figure
    from week1.building_rnn.pictures import draw_vanishing, vanishing_blocks
    from week1.building_rnn.vanishing import SETTINGS, observe

    memories = [
        observe(
            setting,
            steps=arguments.steps,
            iterations=arguments.iterations,
            seed=arguments.seed,
            progress=lambda batches, title=setting.title: progress(batches, description=title, unit="batch"),
        )
        for setting in SETTINGS
    ]
    print(f"\nA symbol to be remembered over {arguments.steps} steps, {arguments.iterations} batches of training:")
    print(f"{'network':22} {'gradient that reaches step 1':>28} {'learned by iteration':>21}")
    for memory in memories:
        _report(memory, folder)
    path = folder.figure("vanishing_gradient.png", title="The vanishing gradient", alt=_describe(memories))
    save_figure(draw_vanishing(memories), path)
    for block in vanishing_blocks(memories, alt=_describe(memories)):
        folder.show(block)


def _report(memory: Memory, folder: RunFolder) -> None:
    learned = memory.learned_at()
    print(f"{memory.setting.title:22} {memory.reaching:28.1e} {'not' if learned is None else learned:>21}")
    folder.metric(f"gradient that reaches the first step: {memory.setting.title}", memory.reaching, better="higher")
    if learned is not None:
        folder.metric(f"learned by iteration: {memory.setting.title}", learned, better="lower")


def _describe(memories: list[Memory]) -> str:
    parts = [f"{memory.setting.title} {memory.reaching:.0e}" for memory in memories]
    return f"Gradient norm over {len(memories[0].norms)} time steps; what reaches the first: {', '.join(parts)}."


GRADIENTS = Verb(
    name="gradients",
    summary="check every gradient against finite differences, and see the gradient vanish over time",
    example="gradients --steps 150",
    add_arguments=_add_gradients,
    run=_gradients,
)
VERBS = [compare_verb(_comparison), GRADIENTS]

# What `make run` does.
MAIN_JOB = [job("gradients", seconds=30, quick={"--steps": "60", "--iterations": "120"})]

if __name__ == "__main__":
    sys.exit(main(PROGRAM, DESCRIPTION, VERBS))
