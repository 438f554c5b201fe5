"""Writing verse with the shipped weights: 40 more characters, drawn with the same random numbers by everyone.

    python -m benchmarks.shakespeare
    python -m benchmarks.shakespeare --python torch=/where/torch/is/bin/python

"course" does what the course does: one-hot rows of the last 40 characters, one `model.predict` a character. "torch" is
torch's LSTM reading the last 40 characters anew for every one. "window" is ours with the same semantics: all three must
write the same characters. "stateful" carries one state on, and so writes another text. Ours run with one BLAS thread,
as the shell command does, and torch with one thread too, which is its best here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from benchmarks.harness import Target, Work, main

if TYPE_CHECKING:
    import numpy as np

    from week1.shakespeare.trained import TrainedModel

START, CHARACTERS, SEED = "when dusk comes limping down the harbour", 40, 7
WORKLOAD = f"writing {CHARACTERS} characters, two LSTM(128), temperature 1"


def load_model() -> TrainedModel:
    """The shipped model."""
    from week1.shakespeare.data import find_weights
    from week1.shakespeare.trained import TrainedModel

    return TrainedModel.load(find_weights())


def make_ours(semantics: str) -> Work:
    """The project's stream of characters; digest: the ids of all that it wrote (none for `stateful`)."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported
    from week1.shakespeare.generate import GenerateConfig, stream

    model = load_model()
    config = GenerateConfig(length=10**9, semantics=semantics)
    characters = stream(model, START, config, seed=SEED)
    written: list[int] = []

    def run() -> None:
        for _ in range(CHARACTERS):
            written.append(model.vocabulary.ids[next(characters)[0]])

    return Work(run, lambda: written if semantics == "window" else ())


def write_by_predicting(model: TrainedModel, log_probabilities: Callable[[np.ndarray], np.ndarray]) -> Work:
    """A way that predicts every character from the last 40 ids, one-hot (1, 40, n_vocab) -> log p (n_vocab,)."""
    import numpy as np

    from common.sampling import index_at
    from common.seeding import make_rng

    ids = list(model.vocabulary.encode(START))
    window, rng, identity = (
        model.config.window,
        make_rng(SEED, "generate", 0),
        np.eye(len(model.vocabulary), dtype="f4"),
    )

    def run() -> None:
        for _ in range(CHARACTERS):
            scores = log_probabilities(identity[ids[-window:]][np.newaxis])
            ids.append(int(index_at(scores, rng.random())))

    def digest() -> Sequence[float]:
        return ids[len(START) :]

    return Work(run, digest)


def make_course() -> Work:
    """`model.predict`, one call a character."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import numpy as np

    from week1.shakespeare.model import build_model, to_keras

    model = load_model()
    network = build_model(model.config)
    to_keras(network, model.parameters)
    return write_by_predicting(model, lambda x: np.log(network.predict(x, verbose=0)[0]))


def make_torch() -> Work:
    """torch's LSTM over the 40 characters, one call a character, without gradients."""
    import torch

    torch.set_num_threads(1)
    model = load_model()
    config = model.config
    lstm = torch.nn.LSTM(config.n_vocab, config.n_units, num_layers=config.n_layers, batch_first=True)
    dense = torch.nn.Linear(config.n_units, config.n_vocab)
    values = {name: torch.from_numpy(value.T.copy()) for name, value in model.parameters.items()}
    with torch.no_grad():
        for layer in range(config.n_layers):
            own = {part: values[f"lstm_{layer + 1}/{part}"] for part in ("kernel", "recurrent_kernel", "bias")}
            getattr(lstm, f"weight_ih_l{layer}").copy_(own["kernel"])
            getattr(lstm, f"weight_hh_l{layer}").copy_(own["recurrent_kernel"])
            getattr(lstm, f"bias_ih_l{layer}").copy_(own["bias"])
            getattr(lstm, f"bias_hh_l{layer}").zero_()
        dense.weight.copy_(values["dense/kernel"])
        dense.bias.copy_(values["dense/bias"])

    def log_probabilities(x: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            states, _ = lstm(torch.from_numpy(x))
            return torch.log_softmax(dense(states[0, -1]), dim=-1).numpy()

    return write_by_predicting(model, log_probabilities)


CONTESTANTS = {
    "course": make_course,
    "torch": make_torch,
    "window": lambda: make_ours("window"),
    "stateful": lambda: make_ours("stateful"),
}
TARGETS = [
    Target("window", over="course", at_least=100.0),
    Target("window", over="torch", at_least=0.9),
    Target("stateful", over="course", at_least=1000.0),
]

if __name__ == "__main__":
    sys.exit(main("benchmarks.shakespeare", WORKLOAD, CONTESTANTS, TARGETS))
