"""Trigger word detection: a training step of the course's network, against the course's way and torch.

    python -m benchmarks.trigger_word_training                  # both workloads
    python -m benchmarks.trigger_word_training step --rounds 10 # one of step, first

step     one step on a batch of 5 examples of 10 s, dropout 0.8, Adam: "keras" is the course's model, its last layer in
         TimeDistributed, through `train_on_batch`; "ours" has a plain Dense and the project's loop
first    from nothing to the end of the first step: building the model, tracing, compiling, one step

Parameters and batch are made up, and the same for all. Dropout is drawn anew by each, so what they must agree in is
what the network says before it has learnt.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from benchmarks.harness import MemoryTarget, Target, Work, main
from benchmarks.trigger_word import parameters, torch_layers

BATCH, FRAMES, STEPS = 5, 5511, 1375
DROPOUT = 0.8
LEARNING_RATE = 1e-4


def batch() -> tuple[np.ndarray, np.ndarray]:
    """Features (5, 5511, 101) as of a spectrogram, labels (5, 1375, 1), float32."""
    rng = np.random.default_rng(0)
    x = rng.exponential(1.0, (BATCH, FRAMES, 101)).astype(np.float32)
    y = np.zeros((BATCH, STEPS, 1), np.float32)
    for row in y:
        start = rng.integers(0, STEPS - 50)
        row[start : start + 50] = 1
    return x, y


def keras_model(*, time_distributed: bool) -> Any:
    """The course's network with the made-up parameters: in its own arrangement, or in the one that we train."""
    import keras

    from week3.trigger_word.model import build_model
    from week3.trigger_word.weights import to_keras

    config, values = parameters()
    model = build_model(config, frames=FRAMES, time_distributed=time_distributed, compiled=not time_distributed)
    to_keras(model, values)
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    return model


def digest(probabilities: np.ndarray) -> list[float]:
    """What the network says, in two numbers."""
    return [float(probabilities.mean()), float(probabilities.std())]


def untrained(x: np.ndarray) -> list[float]:
    """The digest of the network before it has learnt, by way of Keras."""
    return digest(keras_model(time_distributed=False)(x, training=False).numpy())


def make_course_step() -> Work:
    """`train_on_batch` of the course's model."""
    x, y = batch()
    model = keras_model(time_distributed=True)
    said = digest(model(x, training=False).numpy())
    return Work(lambda: model.train_on_batch(x, y), lambda: said)


def make_step() -> Work:
    """One call of the project's compiled step."""
    from common.training import ArrayData
    from common.training.step import Step

    x, y = batch()
    model = keras_model(time_distributed=False)
    said = digest(model(x, training=False).numpy())
    batches = ArrayData(x, y, batch_size=BATCH).begin(0).take(1)[1]
    step = Step(model, batches)
    return Work(lambda: step.train(batches), lambda: said)


def make_torch_step() -> Work:
    """torch's layers, loss and Adam."""
    import torch

    x, y = batch()
    conv, norms, grus, dense = torch_layers(torch, parameters()[1])
    x, y = torch.from_numpy(x), torch.from_numpy(y[..., 0])
    drop = torch.nn.Dropout(DROPOUT)
    weights = [tensor.requires_grad_() for tensor in dense]
    modules = torch.nn.ModuleList([conv, *norms, *grus])
    adam = torch.optim.Adam([*modules.parameters(), *weights], lr=LEARNING_RATE)

    def forward() -> Any:
        h = drop(torch.relu(norms[0](conv(x.transpose(1, 2)))).transpose(1, 2))
        h = norms[1](drop(grus[0](h)[0]).transpose(1, 2)).transpose(1, 2)
        h = drop(norms[2](drop(grus[1](h)[0]).transpose(1, 2)).transpose(1, 2))
        return torch.sigmoid(h @ weights[0] + weights[1])[..., 0]

    drop.eval()
    with torch.inference_mode():
        said = digest(forward().numpy())
    drop.train(), modules.train()

    def run() -> None:
        adam.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy(forward(), y)
        loss.backward()
        adam.step()
        float(loss.detach())

    return Work(run, lambda: said)


def make_course_first() -> Work:
    """The course's model, built and taught one step."""
    x, y = batch()
    return Work(lambda: keras_model(time_distributed=True).train_on_batch(x, y), lambda: untrained(x))


def make_first() -> Work:
    """Ours, built and taught one step by the project's loop."""
    from common.training import train

    x, y = batch()

    def run() -> None:
        train(keras_model(time_distributed=False), x, y, epochs=1, batch_size=BATCH, progress=False)

    return Work(run, lambda: untrained(x))


WORKLOADS: dict[str, tuple[Any, ...]] = {
    "step": (
        "a training step of the trigger word network, batch of 5",
        {"keras": make_course_step, "ours": make_step, "torch": make_torch_step},
        [Target("ours", "keras", 1.4), Target("ours", "torch", 1.0), MemoryTarget("ours", "keras", 0.4)],
        ["--rounds", "10", "--warm-up", "2"],
    ),
    "first": (
        "from nothing to the end of the first step",
        {"keras from nothing": make_course_first, "ours from nothing": make_first},
        [Target("ours from nothing", "keras from nothing", 10)],
        ["--rounds", "3", "--warm-up", "1"],
    ),
}


def run(arguments: list[str]) -> int:
    """The workload that is named, the one of a contestant's process, or both."""
    names = [name for name in WORKLOADS if name in arguments[:1]]
    if "--contestant" in arguments:
        contestant = arguments[arguments.index("--contestant") + 1]
        names = [name for name, workload in WORKLOADS.items() if contestant in workload[1]]
    status = 0
    for name in names or WORKLOADS:
        title, contestants, targets, defaults = WORKLOADS[name]
        options = defaults + [argument for argument in arguments if argument not in WORKLOADS]
        status = max(status, main("benchmarks.trigger_word_training", title, contestants, targets, argv=options))
    return status


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
