"""How the course's figures of its model are computed: built by its function, counted, looked at, trained an epoch."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from common.agreement import SelectionError
from common.course_figures import Context, Figure
from week3.machine_translation.course_notebook import with_old_calls

_SIZES = {"Tx": 30, "Ty": 10, "n_a": 32, "n_s": 64, "human_vocab": 37, "machine_vocab": 11}


def attention_figure(figure: Figure, context: Context) -> Any:
    """The shape of the context; in words what is wrong where a value is not strictly between 0 and 1.

    The inputs are drawn between 0 and 1, and the context is a weighted mean of them.
    """
    attend = with_old_calls(context.function("one_step_attention"))
    rng = np.random.default_rng(0)
    a, s_prev = (
        rng.uniform(1e-6, 1 - 1e-6, figure.scalar(name, shape)).astype(np.float32)
        for name, shape in (("a", [10, 30, 64]), ("s_prev", [10, 64]))
    )
    found = np.asarray(attend(_tensor(a), _tensor(s_prev)))
    if not ((found > 0) & (found < 1)).all():
        return "a value is not between 0 and 1, so the weights are no weights"
    return list(found.shape)


def _tensor(array: np.ndarray) -> Any:
    import keras

    return keras.ops.convert_to_tensor(array)


def _model(figure: Figure, context: Context) -> Any:
    sizes = [
        int(figure.scalar(name, figure.scalar(f"{name}_size", usual)))
        if name.endswith("vocab")
        else int(figure.scalar(name, usual))
        for name, usual in _SIZES.items()
    ]
    name = "modelf" if "modelf" in context.functions or "model" not in context.functions else "model"
    return context.once(tuple(sizes), lambda: with_old_calls(context.function(name))(*sizes))


def model_figure(figure: Figure, context: Context) -> Any:
    """The parameters of the model that `modelf` builds, or its layers in the rows of the figure."""
    model = _model(figure, context)
    what = figure.what.lower()
    if isinstance(figure.expected, list):
        return summary(figure.expected, model)
    if "layers" in what:
        return len(model.layers)
    if "output" in what:
        return len(model.outputs)
    return model.count_params()


def summary(rows: list[list[Any]], model: Any) -> list[list[Any]]:
    """The model's layers in the order and words of the figure's rows: each row takes a layer that was not taken yet."""
    left, found = list(model.layers), []
    for row in rows:
        described = [(layer, _row(str(row[0]), layer, row)) for layer in left if _is_kind(str(row[0]), layer)]
        if not described:
            raise SelectionError(f"the model has no layer {row[0]!r} (any more)")
        layer, mine = next((pair for pair in described if pair[1] == row), described[0])
        left.remove(layer)
        found.append(mine)
    return found


def _is_kind(label: str, layer: Any) -> bool:
    """Whether a layer is what a row's first word names; a softmax is a layer of its own or an Activation."""
    kind = type(layer).__name__
    word = re.match(r"\w+", label)[0]
    if word == "Activation":
        return kind in ("Activation", "Softmax", "Lambda")
    return kind == word


def _row(label: str, layer: Any, like: list[Any]) -> list[Any]:
    """One row: label, output shape, parameters and, where the figure has a fourth, how often repeated or activation."""
    output = layer.output if len(layer._inbound_nodes) == 1 else layer._inbound_nodes[0].output_tensors
    outputs = list(output) if isinstance(output, (list, tuple)) else [output]
    shapes = [list(tensor.shape) for tensor in outputs]
    row = [label, shapes if len(shapes) > 1 else shapes[0], layer.count_params()]
    if len(like) > 3:
        row.append(layer.n if hasattr(layer, "n") else getattr(getattr(layer, "activation", None), "__name__", ""))
    return row


def compile_figure(figure: Figure, context: Context) -> dict[str, Any]:
    """The course's optimizer and loss as its recipe has them here."""
    from week3.machine_translation.course import course_optimizer

    optimizer = course_optimizer()
    rate = optimizer._learning_rate
    return {
        "optimizer": type(optimizer).__name__,
        "lr": rate.initial_learning_rate,
        "beta_1": optimizer.beta_1,
        "beta_2": optimizer.beta_2,
        "decay": rate.decay_rate / rate.decay_steps,
        "loss": "categorical_crossentropy",
    }


def fit_figure(figure: Figure, context: Context) -> float:
    """The mean loss of the last epoch of the course's training: the sum of the Ty cross-entropies, in nats."""
    from common.training import train
    from week3.machine_translation.course import course_loss, course_optimizer, load_dataset
    from week3.machine_translation.dates import TASK
    from week3.machine_translation.model import ModelConfig, build_model

    dataset = load_dataset(int(figure.scalar("m", 10_000)))[0]
    sources, targets = zip(*dataset, strict=True)
    result = train(
        build_model(ModelConfig(), seed=0),
        TASK.encode(sources),
        TASK.encode_targets(targets),
        optimizer=course_optimizer(),
        loss=course_loss,
        epochs=int(figure.scalar("epochs", 1)),
        batch_size=int(figure.scalar("batch_size", 100)),
        jit_compile=False,
        progress=False,
    )
    return result.history["loss"][-1]
