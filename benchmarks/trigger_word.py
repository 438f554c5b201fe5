"""Trigger word detection: making examples, hearing a clip, streaming, against the course's way and the clock.

    python -m benchmarks.trigger_word                       # all workloads
    python -m benchmarks.trigger_word clip --rounds 20      # one of example, clip, stream

example   one training example with its spectrogram, from clips in memory; "fast" is mono, in float32
clip      10 s from samples to events; "predict" is the course's model (TimeDistributed) with matplotlib's spectrogram
stream    10 s as it arrives, step by step (320 samples) and in pieces of 25 steps; "real time" waits for a share of it

Clips and parameters are made up; nothing but NumPy's random numbers is needed.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks.harness import Target, Work, main

if TYPE_CHECKING:
    import numpy as np

FRAMES = 441_000
STEPS_IN_PIECE = 25
WAITS = {"a hundredth of real time": 100, "a two hundredth of real time": 200}


# ---- making examples


def clips() -> Any:
    """Three trigger words, three others and two backgrounds, stereo."""
    import numpy as np

    from week3.trigger_word.data import Clip, ClipSet

    rng = np.random.default_rng(0)

    def made(name: str, seconds: float, peak: int) -> Clip:
        return Clip(name, rng.integers(-peak, peak, (int(44_100 * seconds), 2)).astype(np.int16))

    words = [tuple(made(f"{kind}{number}", 0.5 + 0.2 * number, 9000) for number in range(3)) for kind in "an"]
    return ClipSet(*words, tuple(made(f"b{number}", 10, 3000) for number in range(2)))


def make_course_example() -> Work:
    """The course's way: AudioSegments, a WAV file in between, a figure drawn for the spectrogram."""
    import tempfile

    import matplotlib
    import numpy as np

    matplotlib.use("agg")
    from matplotlib import pyplot

    from common.audio import Signal
    from common.mixing import to_segment
    from week3.trigger_word import course

    made, folder = clips(), tempfile.mkdtemp()
    groups = [
        [to_segment(Signal(clip.samples, 44_100)) for clip in group]
        for group in (made.activates, made.negatives, made.backgrounds)
    ]
    course.spectrogram = lambda samples: pyplot.specgram(samples, NFFT=200, Fs=8000, noverlap=120)[0]
    last: list[Any] = []

    def run() -> None:
        np.random.seed(5)
        pyplot.clf()
        last[:] = course.create_training_example(groups[2][0], groups[0], groups[1], audio=f"{folder}/train.wav")

    return Work(run, lambda: [float(np.linalg.norm(last[0])), float(last[1].sum())])


def make_identical_example() -> Work:
    """The same, bit for bit, at speed."""
    import numpy as np

    from week3.trigger_word.synthesis import CourseSynthesis

    made, last = clips(), []
    synthesis = CourseSynthesis(made.backgrounds, made.activates, made.negatives)

    def run() -> None:
        np.random.seed(5)
        last[:] = synthesis.features(0, np.random.randint)

    return Work(run, lambda: [float(np.linalg.norm(last[0])), float(last[1].sum())])


def make_fast_example() -> Work:
    """Mono, float32, without variations, any number of them; its numbers are others."""
    import numpy as np

    from common.spectrogram import power_frames
    from week3.trigger_word.generation import GenerationConfig, Generator

    generator, rng = Generator(clips(), GenerationConfig.plain()), np.random.default_rng(5)

    def run() -> None:
        samples, _, _, _ = generator.draw(rng)
        power_frames(samples, dtype=np.float32)

    return Work(run, lambda: [])


# ---- hearing


def parameters() -> tuple[Any, dict[str, np.ndarray]]:
    """The course's sizes, random parameters."""
    import numpy as np

    from week3.trigger_word.model import ModelConfig

    rng, made = np.random.default_rng(1), {}
    for name, shape in ModelConfig().parameter_shapes().items():
        spread = 1 / np.sqrt(np.prod(shape[:-1])) if len(shape) > 1 else 0.1
        made[name] = rng.normal(0, spread, shape).astype(np.float32)
        if name.endswith(("gamma", "variance")):
            made[name] = np.ones(shape, np.float32)
    return ModelConfig(), made


def sound() -> np.ndarray:
    """10 s of noise at -20 dBFS, int16."""
    import numpy as np

    return (3000 * np.random.default_rng(0).normal(size=FRAMES)).astype(np.int16)


def make_predict() -> Work:
    """The course's way: its model with TimeDistributed, `predict`, and a figure drawn for the spectrogram."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    from common.mixing import match_loudness
    from week3.trigger_word.chimes import make_rule
    from week3.trigger_word.model import build_model
    from week3.trigger_word.weights import to_keras

    config, values = parameters()
    model = build_model(config, frames=5511, time_distributed=True)
    to_keras(model, values)
    samples, last = sound(), []

    def run() -> None:
        pyplot.clf()
        power = pyplot.specgram(match_loudness(samples), NFFT=200, Fs=8000, noverlap=120)[0]
        last[:] = [model.predict(power.T[None], verbose=0)[0, :, 0]]
        make_rule("2021").push(last[0])

    return Work(run, lambda: _digest(last[0]))


def make_network(kind: str) -> Work:
    """Ours, from samples to events: "numpy" or "compiled"."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from common.mixing import match_loudness
    from week3.trigger_word.chimes import make_rule
    from week3.trigger_word.compiled import CompiledNetwork
    from week3.trigger_word.network import TriggerNetwork

    network = (CompiledNetwork if kind == "compiled" else TriggerNetwork)(*parameters())
    samples, last = sound(), []

    def run() -> None:
        last[:] = [network.forward(network.features(match_loudness(samples)))]
        make_rule("hysteresis").push(last[0])

    return Work(run, lambda: _digest(last[0]))


def make_torch() -> Work:
    """torch's layers with the same parameters, from the same spectrogram."""
    import numpy as np
    import torch

    from common.mixing import match_loudness
    from common.spectrogram import power_frames

    network, samples, last = _torch_network(torch, parameters()[1]), sound(), []

    def run() -> None:
        with torch.inference_mode():
            power = torch.from_numpy(power_frames(match_loudness(samples)).astype(np.float32))
            last[:] = [network(power[None])[0].numpy()]

    return Work(run, lambda: _digest(last[0]))


def torch_layers(torch: Any, values: dict[str, np.ndarray]) -> tuple[Any, list[Any], list[Any], tuple[Any, Any]]:
    """(convolution, normalisations, GRUs, (kernel, bias)) of torch; its gates are r, z, h where Keras's are z, r, h."""
    import numpy as np

    def tensor(array: np.ndarray) -> Any:
        return torch.from_numpy(np.ascontiguousarray(array))

    def gates(array: np.ndarray) -> np.ndarray:
        z, r, h = np.split(array, 3, axis=-1)
        return np.concatenate([r, z, h], axis=-1)

    conv = torch.nn.Conv1d(101, 196, 15, stride=4)
    conv.load_state_dict(
        {"weight": tensor(values["conv/kernel"].transpose(2, 1, 0)), "bias": tensor(values["conv/bias"])}
    )
    norms, grus = [], []
    for number, size in ((1, 196), (2, 128), (3, 128)):
        norm = torch.nn.BatchNorm1d(size, eps=1e-3)
        parts = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}
        norm.load_state_dict(
            {key: tensor(values[f"norm_{number}/{part}"]) for key, part in parts.items()}, strict=False
        )
        norms.append(norm.eval())
    for number, inputs in ((1, 196), (2, 128)):
        gru = torch.nn.GRU(inputs, 128, batch_first=True)
        kernel, recurrent, bias = (values[f"gru_{number}/{part}"] for part in ("kernel", "recurrent_kernel", "bias"))
        gru.load_state_dict(
            {
                "weight_ih_l0": tensor(gates(kernel).T),
                "weight_hh_l0": tensor(gates(recurrent).T),
                "bias_ih_l0": tensor(gates(bias[0])),
                "bias_hh_l0": tensor(gates(bias[1])),
            }
        )
        grus.append(gru.eval())
    return conv, norms, grus, (tensor(values["dense/kernel"]), tensor(values["dense/bias"]))


def _torch_network(torch: Any, values: dict[str, np.ndarray]) -> Any:
    """The network of torch's layers."""
    conv, norms, grus, dense = torch_layers(torch, values)

    def network(x: Any) -> Any:
        h = torch.relu(norms[0](conv(x.transpose(1, 2)))).transpose(1, 2)
        for norm, gru in zip(norms[1:], grus, strict=True):
            h = norm(gru(h)[0].transpose(1, 2)).transpose(1, 2)
        return torch.sigmoid(h @ dense[0] + dense[1])[..., 0]

    return network


def _digest(probabilities: np.ndarray) -> list[float]:
    return [float(probabilities.mean()), float(probabilities.max())]


def make_stream(steps: int) -> Work:
    """Ours as the sound arrives, in pieces of so many steps, from samples to chimes."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from week3.trigger_word.detect import Detector
    from week3.trigger_word.network import TriggerNetwork

    detector, samples, size = Detector(TriggerNetwork(*parameters())), sound(), 320 * steps

    def run() -> None:
        live = detector.listen(gain_db=0.0)
        for start in range(0, FRAMES, size):
            live.push(samples[start : start + size])

    return Work(run, lambda: [])


def make_waiting(share: int) -> Work:
    """As long as such a share of 10 s."""
    return Work(lambda: time.sleep(10 / share), lambda: [])


WORKLOADS = {
    "example": (
        "a training example of 10 s with its spectrogram",
        {"course": make_course_example, "identical": make_identical_example, "fast": make_fast_example},
        [Target("identical", "course", 2.5), Target("fast", "course", 9)],
    ),
    "clip": (
        "a clip of 10 s from samples to events",
        {
            "predict": make_predict,
            "torch": make_torch,
            "numpy": lambda: make_network("numpy"),
            "compiled": lambda: make_network("compiled"),
        },
        [Target("compiled", "predict", 8), Target("compiled", "torch", 2), Target("numpy", "predict", 4)],
    ),
    "stream": (
        "10 s of sound as it arrives",
        {
            **{name: (lambda share=share: make_waiting(share)) for name, share in WAITS.items()},
            "step by step": lambda: make_stream(1),
            "25 steps": lambda: make_stream(STEPS_IN_PIECE),
        },
        [Target("step by step", next(iter(WAITS)), 1), Target("25 steps", list(WAITS)[1], 1)],
    ),
}


def _options(arguments: list[str], contestants: dict[str, Any]) -> list[str]:
    """The options for one workload: without the interpreters (--python NAME=FILE) of contestants that others have."""
    everybody = {name for _, named, _ in WORKLOADS.values() for name in named}
    options, left = [], iter(arguments)
    for argument in left:
        given = next(left, "") if argument == "--python" else None
        if given is None:
            options += [argument] if argument not in WORKLOADS else []
        elif given.partition("=")[0] not in everybody - set(contestants):
            options += [argument, given]
    return options


def run(arguments: list[str]) -> int:
    """The workload that is named, the one of a contestant's process, or all."""
    names = [name for name in WORKLOADS if name in arguments[:1]]
    if "--contestant" in arguments:
        contestant = arguments[arguments.index("--contestant") + 1]
        names = [name for name, (_, contestants, _) in WORKLOADS.items() if contestant in contestants]
    status = 0
    for name in names or WORKLOADS:
        workload, contestants, targets = WORKLOADS[name]
        options = _options(arguments, contestants)
        status = max(status, main("benchmarks.trigger_word", workload, contestants, targets, argv=options))
    return status


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
