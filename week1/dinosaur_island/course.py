"""The course's functions of the dinosaur assignment, by its names, signatures and return values.

Thin adapters over `course_algorithm.py` and `course_step.py`. As the course asks, `sample` and `model` seed and use
NumPy's process-wide generator, and `optimize` changes the arrays in `parameters`. Shapes: `Wax` (n_a, vocab_size),
`Waa` (n_a, n_a), `Wya` (vocab_size, n_a), `b` (n_a, 1), `by` (vocab_size, 1), `a_prev` (n_a, 1), float64.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from week1.dinosaur_island.course_algorithm import (
    CLIP,
    LEARNING_RATE,
    CourseTraining,
    newline_index,
    sample_indices,
    spell,
)
from week1.dinosaur_island.course_step import (
    check_example,
    check_parameters,
    clip_gradients,
    loss_and_gradients,
    update_parameters,
)

_PRINT_EVERY = 2000


def clip(gradients: Mapping[str, np.ndarray], maxValue: float) -> dict[str, np.ndarray]:
    """The gradients with every element limited to [-maxValue, maxValue], as new arrays.

    The caller's arrays stay as they are (as in the course of 2021; in 2018 they were changed in place).
    """
    return clip_gradients(gradients, maxValue)


def sample(parameters: Mapping[str, np.ndarray], char_to_ix: Mapping[str, int], seed: int) -> list[int]:
    """The indices of one drawn name: at most 50 characters, then a newline. Seeds NumPy's global generator.

    Errors: InputError where shapes do not fit, or the vocabulary has no newline.
    """
    check_parameters(parameters)
    return sample_indices(parameters, newline_index(char_to_ix), seed=seed, random_state=np.random)


def optimize(
    X: Sequence[int | None],
    Y: Sequence[int],
    a_prev: np.ndarray,
    parameters: dict[str, np.ndarray],
    learning_rate: float = LEARNING_RATE,
) -> tuple[float, dict[str, np.ndarray], np.ndarray]:
    """One step of gradient descent on one name; `parameters` are updated in place.

    Returns the loss in nats (summed over the characters), the gradients `dWax dWaa dWya db dby` clipped to [-5, 5], and
    the last hidden state (n_a, 1). None in `X` is the zero vector.

    Errors: InputError where shapes do not fit or an index is outside the vocabulary.
    """
    check_parameters(parameters, a_prev)
    check_example(X, Y, parameters["by"].shape[0])
    loss, gradients, a_last = loss_and_gradients(X, Y, a_prev, parameters)
    gradients = clip_gradients(gradients, CLIP)
    update_parameters(parameters, gradients, learning_rate)
    return loss, gradients, a_last


def model(
    data_x: Sequence[str],
    ix_to_char: Mapping[int, str],
    char_to_ix: Mapping[str, int],
    num_iterations: int = 35000,
    n_a: int = 50,
    dino_names: int = 7,
    vocab_size: int = 27,
    verbose: bool = False,
) -> tuple[dict[str, np.ndarray], str]:
    """Train on the names `data_x` (white space around them is dropped) and print loss and names as the course does.

    Prints the smoothed loss and `dino_names` names at every 2000th iteration; with `verbose` also the first example and
    which example is read at iteration 0 and where the second round begins. Returns the parameters and the last name
    printed, with its newline ("" where nothing was printed). Seeds NumPy's global generator.

    Errors: InputError for an empty list or an unknown character; TrainingDiverged where the loss is not a number.
    """
    names = [name.strip() for name in data_x]
    training = CourseTraining(
        names, char_to_ix, n_a=n_a, vocab_size=vocab_size, dino_names=dino_names, random_state=np.random
    )
    checkpoints = {0, len(names) - 1, len(names)} if verbose else set()
    last_name = ""
    for iteration in sorted(checkpoints.union(range(0, num_iterations, _PRINT_EVERY))):
        if iteration >= num_iterations:
            break
        training.advance(iteration + 1)
        if iteration in checkpoints:
            _print_example(training, iteration, char_to_ix)
        if iteration % _PRINT_EVERY == 0:
            last_name = _print_report(training, ix_to_char)
    training.advance(num_iterations)
    return training.parameters, last_name


def _print_example(training: CourseTraining, iteration: int, char_to_ix: Mapping[str, int]) -> None:
    """Which example an iteration reads, and at the first iteration what it looks like."""
    position = training.visited[iteration]
    print(f"j = {iteration} idx = {position}")
    if iteration == 0:
        name = training.examples[position]
        indices = [char_to_ix[character] for character in name]
        print(f"single_example = {name}\nsingle_example_ix = {indices}")
        print(f"X = {[None, *indices]}\nY = {[*indices, newline_index(char_to_ix)]}\n")


def _print_report(training: CourseTraining, ix_to_char: Mapping[int, str]) -> str:
    """Print the smoothed loss and the names; returns the last name with its newline."""
    print(f"Iteration: {training.iteration - 1}, Loss: {training.loss:f}\n")
    name = ""
    for seed in range(training.dino_names):
        name = spell(training.sample(seed), ix_to_char)
        print(name.replace("\n", ""))
    print("\n")
    return name
