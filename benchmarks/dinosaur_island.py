"""Dinosaur names: the course's algorithm, fast step against the readable one, in iterations per second.

    python -m benchmarks.dinosaur_island --course COURSE_FOLDER

Both learn the same names from the same beginning and take turns, a chunk of iterations each, so that whatever else the
machine does falls on both. The readable step (`course_step.py`) does what the course does, the fast one
(`course_fast_step.py`) must end with the same parameters to the last bit: the exit status is 1 where it does not.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from common.cli import add_course_option, guard, number_in, progress
from common.text_files import read_text
from week1.dinosaur_island.course_algorithm import CourseTraining, read_course_data
from week1.dinosaur_island.data import find_names


def time_course_algorithm(
    names: Sequence[str], char_to_ix: dict[str, int], *, iterations: int, chunk: int
) -> dict[str, Any]:
    """Train with both steps in turns; iterations per second (medians over chunks), ratios, and whether the bits agree.

    The first chunk of either warms up and is not timed; it counts as iterations learned.
    """
    trainings = [CourseTraining(names, char_to_ix, plain=plain) for plain in (True, False)]
    seconds: list[tuple[float, ...]] = []
    for done in progress(range(chunk, iterations + chunk, chunk), description="course algorithm", unit="chunk"):
        seconds.append(tuple(_seconds_to(training, min(done, iterations)) for training in trainings))
    full = seconds[1 : iterations // chunk]
    ratios = sorted(plain / fast for plain, fast in full)
    plain, fast = trainings
    return {
        "workload": "dinosaur_island course algorithm",
        "iterations": iterations,
        "plain_iterations_per_second": chunk / statistics.median(pair[0] for pair in full),
        "fast_iterations_per_second": chunk / statistics.median(pair[1] for pair in full),
        "ratio": statistics.median(ratios),
        "ratio_smallest": ratios[0],
        "ratio_of_totals": sum(pair[0] for pair in full) / sum(pair[1] for pair in full),
        "bit_identical": plain.loss == fast.loss
        and all(np.array_equal(array, fast.parameters[name]) for name, array in plain.parameters.items()),
    }


def _seconds_to(training: CourseTraining, until: int) -> float:
    began = time.perf_counter()
    training.advance(until)
    return time.perf_counter() - began


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark from the shell; 0 where the results agree to the last bit, 1 where they do not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dinosaur_island", description=__doc__.split("\n")[0])
    parser.add_argument("--names", type=Path, metavar="FILE", help="names, one a line (default: the course's, or ours)")
    parser.add_argument("--iterations", type=number_in(20, 10**7, int), default=5000, help="in all (default 5000)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    add_course_option(parser)
    arguments = parser.parse_args(argv)
    return guard(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    names, char_to_ix = read_course_data(read_text(find_names(option=arguments.names, course=arguments.course).path))
    chunk = min(250, arguments.iterations // 4)
    result = time_course_algorithm(names, char_to_ix, iterations=arguments.iterations, chunk=chunk)
    if arguments.json:
        print(json.dumps(result, indent=2))
    else:
        print(_describe(result))
    return 0 if result["bit_identical"] else 1


def _describe(result: dict[str, Any]) -> str:
    identical = "identical to the last bit" if result["bit_identical"] else "DIFFERENT"
    return (
        f"{result['workload']}, {result['iterations']} iterations (medians of chunks)\n"
        f"  plain {result['plain_iterations_per_second']:8.0f} iterations/s\n"
        f"  fast  {result['fast_iterations_per_second']:8.0f} iterations/s\n"
        f"  ratio {result['ratio']:8.2f} (smallest chunk {result['ratio_smallest']:.2f})\n"
        f"  parameters and loss at the end: {identical}"
    )


if __name__ == "__main__":
    sys.exit(main())
