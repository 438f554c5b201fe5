"""Date translation: training and translating, against the course's way.

    python -m benchmarks.date_translation                       # all workloads
    python -m benchmarks.date_translation one --rounds 50       # one of epoch, first-epoch, one, many
    python -m benchmarks.date_translation epoch --python torch=/where/torch/is/bin/python

epoch         10,000 dates, batches of 100, in steady state: compiled before
first-epoch   the same with building, tracing and compiling: to the end of the first epoch
one           20 dates to text, one after the other, warm: one takes a twentieth of the time
many          10,000 dates to text

The course's way is its model: ten steps unrolled in Python with RepeatVector and Concatenate, `fit` and `predict` (at
its default batch size). "torch" is torch's bidirectional LSTM and LSTMCell with our attention. All start from the same
parameters; training sees the same batches in the same order.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from benchmarks.harness import Target, Work, main

if TYPE_CHECKING:
    import numpy as np

    from week3.machine_translation.model import Parameters

DATES, BATCH, STEPS_TO_COMPILE_FOR = 10_000, 100, 10_000


def arrays() -> tuple[np.ndarray, np.ndarray]:
    """Ids of texts (10,000, 30) and targets (10,000, 10)."""
    from week3.machine_translation.data import arrays as prepared
    from week3.machine_translation.dates import COURSE_SPAN, TASK, draw_dates

    found = prepared(TASK, draw_dates(DATES, None, span=COURSE_SPAN))
    return found["x"], found["y"]


def first_parameters() -> Parameters:
    """The same fresh parameters for everyone, without TensorFlow: LSTMs as `common.recurrent` makes them."""
    import numpy as np

    from common.recurrent import recurrent_layer
    from common.seeding import make_rng
    from week3.machine_translation.model import ModelConfig

    config, rng = ModelConfig(), make_rng(0, "benchmark")
    parameters = {}
    for name, shape in config.parameter_shapes().items():
        limit = np.sqrt(6 / sum(shape)) if len(shape) > 1 else 0.0
        parameters[name] = rng.uniform(-limit, limit, shape).astype(np.float32)
    for name, inputs, units in (("encoder/forward", 37, 32), ("encoder/backward", 37, 32), ("decoder", 64, 64)):
        made = recurrent_layer("lstm", inputs, units).initialize(rng)
        parameters.update({f"{name}/{part}": value for part, value in made.items()})
    return parameters


def shipped() -> Any:
    """The shipped translator of dates."""
    from week3.machine_translation.trained import TrainedTranslator, find_weights

    return TrainedTranslator.load(find_weights("dates").path)


def course_model(parameters: Parameters) -> Any:
    """The course's arrangement with these parameters."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from week3.machine_translation.course import course_parameters, modelf
    from week3.machine_translation.model import ModelConfig

    model = modelf(30, 10, 32, 64, 37, 11)
    for layer, values in course_parameters(parameters, ModelConfig()).items():
        model.get_layer(layer).set_weights(values)
    return model


def one_hot(ids: np.ndarray, size: int) -> np.ndarray:
    """float32 rows."""
    import numpy as np

    return np.eye(size, dtype=np.float32)[ids]


def course_inputs(x: np.ndarray) -> list[np.ndarray]:
    """One-hot texts and the two states of zeros."""
    import numpy as np

    return [one_hot(x, 37), *(np.zeros((len(x), 64), np.float32) for _ in range(2))]


# ---- training


def compiled_course_model() -> Any:
    """The course's model, compiled as the course does, one loss for each of the ten outputs."""
    from week3.machine_translation.course import course_optimizer

    model = course_model(first_parameters())
    model.compile(optimizer=course_optimizer(), loss=["categorical_crossentropy"] * 10)
    return model


def fit_epoch(model: Any, x: list[np.ndarray], y: list[np.ndarray]) -> float:
    """One epoch in the order of the arrays; the loss, summed over the outputs."""
    return model.fit(x, y, batch_size=BATCH, epochs=1, shuffle=False, verbose=0).history["loss"][0]


def make_fit(*, fresh: bool) -> Work:
    """The course's epoch; `fresh` builds and compiles in every repetition."""
    x, y = arrays()
    inputs, targets = course_inputs(x), list(one_hot(y, 11).swapaxes(0, 1))
    model = None if fresh else compiled_course_model()
    losses: list[float] = []

    def run() -> None:
        losses.append(fit_epoch(model or compiled_course_model(), inputs, targets))

    return Work(run, lambda: losses[:1])


def train_ours(x: np.ndarray, y: np.ndarray, *, epochs: int, jit_compile: bool, callbacks: tuple[Any, ...] = ()) -> Any:
    """Our model in the project's loop."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from common.training import train
    from week3.machine_translation.course import course_loss, course_optimizer
    from week3.machine_translation.model import ModelConfig, build_model, set_parameters

    model = build_model(ModelConfig(), for_xla=jit_compile)
    set_parameters(model, first_parameters(), ModelConfig())
    return train(
        model,
        x,
        y,
        optimizer=course_optimizer(),
        loss=course_loss,
        epochs=epochs,
        batch_size=BATCH,
        shuffle=False,
        jit_compile=jit_compile,
        callbacks=callbacks,
        progress=False,
    )


def make_first_epoch() -> Work:
    """Ours to the end of the first epoch, everything included; so short a training is not given to XLA."""
    x, y = arrays()
    losses: list[float] = []

    def run() -> None:
        losses.append(train_ours(x, y, epochs=1, jit_compile=False).history["loss"][0])

    return Work(run, lambda: losses[:1])


def make_epoch() -> Work:
    """Ours in steady state: one long training, which waits after every epoch for the next repetition."""
    import keras

    x, y = arrays()
    losses: list[float] = []
    go, done = threading.Semaphore(0), threading.Semaphore(0)

    def next_epoch(epoch: int, logs: dict[str, float]) -> None:
        losses.append(logs["loss"])
        done.release()
        go.acquire()

    pause = keras.callbacks.LambdaCallback(on_epoch_end=next_epoch)
    options = {"epochs": STEPS_TO_COMPILE_FOR, "jit_compile": True, "callbacks": (pause,)}
    training = threading.Thread(target=train_ours, args=(x, y), kwargs=options, daemon=True)

    def run() -> None:
        if training.ident is None:
            training.start()
        else:
            go.release()
        done.acquire()

    return Work(run, lambda: losses[:1])


def make_torch() -> Work:
    """The same network and optimizer in torch, an epoch a repetition."""
    import torch

    network = torch_network(torch, first_parameters())
    x, y = (torch.from_numpy(array).long() for array in arrays())
    optimizer = torch.optim.Adam(network.parameters(), lr=0.005, eps=1e-7)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 / (1 + 0.01 * step))
    losses: list[float] = []

    def run() -> None:
        total = 0.0
        for begin in range(0, DATES, BATCH):
            optimizer.zero_grad()
            scores = network(x[begin : begin + BATCH])
            wanted = y[begin : begin + BATCH].flatten()
            loss = torch.nn.functional.cross_entropy(scores.flatten(0, 1), wanted, reduction="sum") / BATCH
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss)
        losses.append(total / (DATES / BATCH))

    return Work(run, lambda: losses[:1])


def torch_network(torch: Any, parameters: Parameters) -> Any:
    """A torch module: ids (m, Tx) -> scores (m, Ty, 11), with these parameters."""
    values = {name: torch.from_numpy(value.T.copy()) for name, value in parameters.items()}

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = torch.nn.LSTM(37, 32, batch_first=True, bidirectional=True)
            self.keys = torch.nn.Linear(64, 10)
            self.query = torch.nn.Linear(64, 10, bias=False)
            self.energy = torch.nn.Linear(10, 1)
            self.decoder = torch.nn.LSTMCell(64, 64)
            self.output = torch.nn.Linear(64, 11)

        def forward(self, ids: Any) -> Any:
            a, _ = self.encoder(torch.nn.functional.one_hot(ids, 37).float())
            keys, states = self.keys(a), []
            s = c = a.new_zeros(len(ids), 64)
            for _ in range(10):
                energies = torch.relu(self.energy(torch.tanh(keys + self.query(s)[:, None])))
                context = (torch.softmax(energies, dim=1).transpose(1, 2) @ a)[:, 0]
                s, c = self.decoder(context, (s, c))
                states.append(s)
            return self.output(torch.stack(states, dim=1))

    network = Network()
    places = {
        "encoder.weight_ih_l0": "encoder/forward/kernel",
        "encoder.weight_hh_l0": "encoder/forward/recurrent_kernel",
        "encoder.bias_ih_l0": "encoder/forward/bias",
        "encoder.weight_ih_l0_reverse": "encoder/backward/kernel",
        "encoder.weight_hh_l0_reverse": "encoder/backward/recurrent_kernel",
        "encoder.bias_ih_l0_reverse": "encoder/backward/bias",
        "keys.weight": "attention_keys/kernel",
        "keys.bias": "attention_keys/bias",
        "query.weight": "one_step_attention/state_kernel",
        "energy.weight": "one_step_attention/energy_kernel",
        "energy.bias": "one_step_attention/energy_bias",
        "decoder.weight_ih": "decoder/kernel",
        "decoder.weight_hh": "decoder/recurrent_kernel",
        "decoder.bias_ih": "decoder/bias",
        "output.weight": "output/kernel",
        "output.bias": "output/bias",
    }
    state = {name: values[place] for name, place in places.items()}
    # torch has a second bias for each LSTM: zeros that stay so
    rest = {name: torch.zeros_like(value) for name, value in network.state_dict().items() if name not in state}
    network.load_state_dict(state | rest)
    for name in rest:
        network.get_parameter(name).requires_grad_(False)
    return network


# ---- translating


def make_predict(texts: int, at_once: int) -> Work:
    """`predict` of the course's model at its default batch size, then the likeliest symbols as text; so many a call."""
    import numpy as np

    from week3.machine_translation.dates import TASK, draw_dates

    model = course_model(shipped().parameters)
    x = TASK.encode(draw_dates(texts, "test").sources)
    last: list[Any] = []

    def run() -> None:
        last.clear()
        for begin in range(0, texts, at_once):
            answers = model.predict(course_inputs(x[begin : begin + at_once]), verbose=0)
            last.extend(TASK.decode(np.stack(answers, axis=1).argmax(axis=-1)))

    return Work(run, lambda: digits(last))


def make_translate(texts: int, at_once: int) -> Work:
    """`translate`, so many a call: confidence, readings and remarks included."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported, as the shell does
    from week3.machine_translation.dates import draw_dates
    from week3.machine_translation.translate import translate

    model, sources = shipped(), draw_dates(texts, "test").sources
    last: list[str] = []

    def run() -> None:
        last.clear()
        for begin in range(0, texts, at_once):
            last.extend(one.text for one in translate(model, sources[begin : begin + at_once]))

    return Work(run, lambda: digits(last))


def digits(texts: list[str]) -> list[int]:
    """The first texts as numbers, to be compared."""
    return [int(text.replace("-", "")) for text in texts[:1000]]


WORKLOADS = {
    "epoch": (
        "an epoch of 10,000 dates, batches of 100, compiled before",
        {"unrolled, fit": lambda: make_fit(fresh=False), "torch": make_torch, "ours": make_epoch},
        [Target("ours", "unrolled, fit", 2), Target("ours", "torch", 1.1)],
        ["--rounds", "8", "--warm-up", "2"],
    ),
    "first-epoch": (
        "to the end of the first epoch, building and compiling included",
        {"unrolled, fit, first": lambda: make_fit(fresh=True), "ours, first": make_first_epoch},
        [Target("ours, first", "unrolled, fit, first", 2)],
        ["--rounds", "3", "--warm-up", "1"],
    ),
    "one": (
        "20 dates, one after the other",
        {"predict, one": lambda: make_predict(20, 1), "translate, one": lambda: make_translate(20, 1)},
        [Target("translate, one", "predict, one", 50)],
        ["--rounds", "15"],
    ),
    "many": (
        "10,000 dates",
        {"predict, many": lambda: make_predict(DATES, DATES), "translate, many": lambda: make_translate(DATES, DATES)},
        [Target("translate, many", "predict, many", 6)],
        ["--rounds", "8", "--warm-up", "2"],
    ),
}


def run(arguments: list[str]) -> int:
    """The workload that is named, the one of a contestant's process, or all."""
    names = [name for name in WORKLOADS if name in arguments[:1]]
    if "--contestant" in arguments:
        contestant = arguments[arguments.index("--contestant") + 1]
        names = [name for name, (_, contestants, _, _) in WORKLOADS.items() if contestant in contestants]
    status = 0
    for name in names or WORKLOADS:
        workload, contestants, targets, usual = WORKLOADS[name]
        options = usual + [argument for argument in arguments if argument not in WORKLOADS]
        status = max(status, main("benchmarks.date_translation", workload, contestants, targets, argv=options))
    return status


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
