"""Dinosaur names: the course's algorithm, fast step against the readable one, and the mini-batch model.

    python -m benchmarks.dinosaur_island

Every contestant learns from the same number of names a round: the course's file where SEQUENCE_MODELS_COURSE names its
folder, else the shipped list. The readable step (`course_step.py`) does what the course does; the fast one must end
with the same parameters to the last bit. The mini-batch model is the plain cell at the same size (50 units, one-hot
letters), batching, clipping and Adam included; it learns something else, so only its time is compared.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable

import numpy as np

from benchmarks.harness import Target, Work, main
from common.cli import course_folder_of_environment
from common.recurrent import Adam, clip_by_global_norm
from common.text_files import read_text
from week1.dinosaur_island.course_algorithm import CourseTraining, read_course_data
from week1.dinosaur_island.data import build_vocabulary, encode_batch, find_names
from week1.dinosaur_island.model import ModelConfig
from week1.dinosaur_island.network import CharacterNetwork

NAMES_A_ROUND = 1000
BATCH = 500
UNITS = 50


def _names() -> tuple[list[str], dict[str, int]]:
    return read_course_data(read_text(find_names(course=course_folder_of_environment()).path))


def _course(*, plain: bool) -> Work:
    """The course's algorithm, one name at a time; the digest is of every bit of the parameters."""
    names, char_to_ix = _names()
    training = CourseTraining(names, char_to_ix, n_a=UNITS, plain=plain)

    def digest() -> list[float]:
        content = b"".join(np.ascontiguousarray(array).tobytes() for array in training.parameters.values())
        hashed = hashlib.sha256(content).digest()
        return [float(int.from_bytes(hashed[start : start + 6], "big")) for start in range(0, 30, 6)]

    return Work(lambda: training.advance(training.iteration + NAMES_A_ROUND), digest)


def _mini_batches() -> Work:
    names, _ = _names()
    vocabulary = build_vocabulary(names)
    network = CharacterNetwork(ModelConfig(len(vocabulary), "rnn", n_embedding=0, n_units=UNITS), reuse_buffers=True)
    parameters = network.initialize(np.random.default_rng(0))
    adam = Adam(learning_rate=1e-3)
    rng = np.random.default_rng(1)
    encoded = encode_batch(names, vocabulary)

    def run() -> None:
        chosen = rng.permutation(len(names))[:NAMES_A_ROUND]
        for begin in range(0, NAMES_A_ROUND, BATCH):
            batch = encoded.take(chosen[begin : begin + BATCH])
            _, gradients = network.loss_and_gradients(parameters, batch)
            clip_by_global_norm(gradients, 5.0)
            adam.update(parameters, gradients)

    return Work(run, lambda: ())


CONTESTANTS: dict[str, Callable[[], Work]] = {
    "plain step": lambda: _course(plain=True),
    "fast step": lambda: _course(plain=False),
    "mini-batches": _mini_batches,
}
TARGETS = [Target("fast step", over="plain step", at_least=2.0), Target("mini-batches", over="plain step", at_least=20)]

if __name__ == "__main__":
    workload = f"dinosaur names: {NAMES_A_ROUND} names learned a round"
    sys.exit(main("benchmarks.dinosaur_island", workload, CONTESTANTS, TARGETS, tolerance=0.0))
