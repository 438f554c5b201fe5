"""The course's helper functions of the Shakespeare part, by its names, signatures and return values.

Thin adapters. As the course does, `sample` draws from NumPy's process-wide generator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from common.cli import course_folder_of_environment
from common.errors import InputError
from common.vocabulary import one_hot
from week1.shakespeare.data import find_weights
from week1.shakespeare.generate import GenerateConfig, stream
from week1.shakespeare.trained import TrainedModel


def build_data(text: str, Tx: int = 40, stride: int = 3) -> tuple[list[str], list[str]]:
    """Every window of `Tx` characters that begins at 0, stride, 2 stride, ..., and the character after each."""
    begins = range(0, len(text) - Tx, stride)
    return [text[begin : begin + Tx] for begin in begins], [text[begin + Tx] for begin in begins]


def vectorization(
    X: Sequence[str], Y: Sequence[str], n_x: int, char_indices: Mapping[str, int], Tx: int = 40
) -> tuple[np.ndarray, np.ndarray]:
    """Windows and targets as one-hot rows, bool: x (windows, Tx, n_x), y (windows, n_x)."""
    lengths = {len(sentence) for sentence in X}
    if lengths - {Tx}:
        raise InputError(f"X has windows of {sorted(lengths)} characters, and Tx is {Tx}; they must agree")
    ids = np.array([[char_indices[character] for character in sentence] for sentence in X]).reshape(len(X), Tx)
    return one_hot(ids, n_x, bool), one_hot(np.array([char_indices[character] for character in Y], int), n_x, bool)


def sample(preds: np.ndarray, temperature: float = 1.0) -> int:
    """An index drawn from probabilities `preds` (n_x,), made sharper (below 1) or flatter (above 1) by `temperature`.

    Takes from NumPy's global generator what the course takes: a multinomial draw, then a choice that has no choice.
    """
    if not temperature > 0:
        raise InputError(f"the temperature is {temperature}; it must be above 0")
    with np.errstate(divide="ignore"):
        scores = np.log(np.asarray(preds, np.float64)) / temperature
    p = np.exp(scores - scores.max())
    return int(np.random.choice(len(p), p=np.random.multinomial(1, p / p.sum())))


def generate_output() -> None:
    """Ask for a beginning and write 400 characters on, with the course's weights where they are, else with ours."""
    model = TrainedModel.load(find_weights(course=course_folder_of_environment()))
    start = input("Write the beginning of your poem, the machine will complete it. Your input is: ")
    print(f"\n\nHere is your poem: \n\n{start}", end="")
    for (character,) in stream(model, start, GenerateConfig(length=400)):
        print(character, end="", flush=True)
    print()
