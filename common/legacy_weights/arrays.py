"""The arrays of one layer, from the layout of the version and back end that wrote them into Keras 3's.

Sources: the weight lists of Keras 1.2, 2.0 to 2.3 and tf.keras, and Keras 2's own rules for reading the files of
Keras 1, of Theano and of the CuDNN layers. Layouts, with u units and n inputs:

    LSTM       kernel (n, 4u), recurrent (u, 4u), bias (4u,), gates i f c o; Keras 1: twelve arrays, W U b of i c f o
    GRU        kernel (n, 3u), recurrent (u, 3u), bias (3u,) or, with reset_after, (2, 3u), gates z r h; Keras 1: nine
    CuDNNLSTM  bias (8u,): input and recurrent biases, which add; each gate's kernels lie transposed
    CuDNNGRU   bias (6u,): the (2, 3u) of reset_after in a row; each gate's kernels lie transposed
    Theano     convolutions turn the kernel round, so its spatial axes are reversed
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

GATES = {"LSTM": 4, "LSTMCell": 4, "GRU": 3, "GRUCell": 3, "ConvLSTM2D": 4}
# Keras 1 listed W, U, b gate by gate; the positions of the gates in Keras 2's order.
KERAS1_ORDER = {4: (0, 2, 1, 3), 3: (0, 1, 2)}
FLIPPED = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "Conv3DTranspose", "ConvLSTM2D")
NORMALIZATION_NAMES = (
    ("gamma",),
    ("beta",),
    ("moving_mean", "running_mean"),
    ("moving_variance", "running_std", "running_var", "running_variance"),
)


@dataclass(frozen=True)
class Origin:
    """Who wrote the arrays: whether in Keras 1's layout, the back end, and the data format of the layer."""

    keras1: bool = False
    backend: str | None = None
    channels_first: bool = False


class DoesNotFit(ValueError):
    """The arrays do not make up the layer; the text gives both shapes."""


def convert(
    kind: str, arrays: list[tuple[str, np.ndarray]], shapes: list[tuple[int, ...]], origin: Origin
) -> list[np.ndarray]:
    """The arrays in Keras 3's layout and order for a layer of class `kind` whose variables have `shapes`.

    `arrays`: (name, array) in the file's order. Raises DoesNotFit where number or shapes do not agree afterwards.
    """
    if kind == "BatchNormalization":
        arrays = _by_name(arrays)
    values = [array for _, array in arrays]
    if kind in GATES:
        values = _recurrent(kind, values, shapes)
    if "Conv" in kind:
        values = _convolution(kind, values, shapes, origin)
    if len(values) != len(shapes):
        raise DoesNotFit(f"the file has {_listing(values)}, the layer takes {len(shapes)} arrays {_shape_list(shapes)}")
    return [_fitted(value, shape, values, shapes) for value, shape in zip(values, shapes, strict=True)]


def convert_bidirectional(
    kinds: tuple[str, str], arrays: list[tuple[str, np.ndarray]], shapes: list[tuple[int, ...]], origin: Origin
) -> list[np.ndarray]:
    """The arrays of both directions: the file has all of the forward layer's, then all of the backward layer's."""
    if len(arrays) % 2 or len(shapes) % 2:
        raise DoesNotFit(f"the file has {len(arrays)} arrays for two directions that take {_shape_list(shapes)}")
    half, middle = len(arrays) // 2, len(shapes) // 2
    forward, backward = arrays[:half], arrays[half:]
    if all("backward" in name for name, _ in forward) and all("forward" in name for name, _ in backward):
        forward, backward = backward, forward
    return convert(kinds[0], forward, shapes[:middle], origin) + convert(kinds[1], backward, shapes[middle:], origin)


def _fitted(
    value: np.ndarray, shape: tuple[int, ...], values: list[np.ndarray], shapes: list[tuple[int, ...]]
) -> np.ndarray:
    if value.shape == shape:
        return value
    if value.size == 1 and _size(shape) == 1:
        return value.reshape(shape)
    raise DoesNotFit(
        f"the file has shape {value.shape} where the layer takes {shape} (file: {_listing(values)}; "
        f"layer: {_shape_list(shapes)})"
    )


def _size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=np.int64))


def _listing(values: list[np.ndarray]) -> str:
    return f"{len(values)} arrays {_shape_list([value.shape for value in values])}"


def _shape_list(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join(str(tuple(shape)) for shape in shapes) or "none"


def _by_name(arrays: list[tuple[str, np.ndarray]]) -> list[tuple[str, np.ndarray]]:
    """The arrays in the order gamma, beta, mean, variance where their names say which is which; else as they came."""

    def place(name: str) -> int | None:
        last = name.split("#")[0].split(":")[0].rsplit("/", 1)[-1]
        for index, endings in enumerate(NORMALIZATION_NAMES):
            if last.endswith(endings):
                return index
        return None

    places = [place(name) for name, _ in arrays]
    if None in places or len(set(places)) != len(places):
        return arrays
    return [array for _, array in sorted(zip(places, arrays, strict=True), key=lambda pair: pair[0])]


def _recurrent(kind: str, values: list[np.ndarray], shapes: list[tuple[int, ...]]) -> list[np.ndarray]:
    gates = GATES[kind]
    if len(values) == 3 * gates:
        order = KERAS1_ORDER[gates]
        axis = 0 if kind == "ConvLSTM2D" and values[0].ndim == 4 and _filters_first(values, shapes) else -1
        return [
            np.concatenate([values[3 * gate + part] for gate in order], axis=axis if part < 2 else -1)
            for part in range(3)
        ]
    if kind in ("LSTM", "GRU", "LSTMCell", "GRUCell") and len(values) == 3 and values[1].ndim == 2:
        units = values[1].shape[0]
        if values[2].shape == (2 * gates * units,):
            return _from_cudnn(values, gates)
    return values


def _filters_first(values: list[np.ndarray], shapes: list[tuple[int, ...]]) -> bool:
    """Keras 1's channels-first kernels (filters, inputs, rows, columns) have the gates along the first axis."""
    return values[0].shape[2:] == tuple(shapes[0][:2]) and values[0].shape[:2] != tuple(shapes[0][:2])


def _from_cudnn(values: list[np.ndarray], gates: int) -> list[np.ndarray]:
    """CuDNN's weights as the plain layer's.

    Each gate's input kernel is stored as (u, n) in memory under the label (n, u), each recurrent kernel transposed.
    """
    kernel, recurrent, bias = values
    kernels = [part.reshape(part.shape[::-1]).T for part in map(np.ascontiguousarray, np.hsplit(kernel, gates))]
    recurrents = [part.T for part in np.hsplit(recurrent, gates)]
    bias = bias.reshape(2, -1) if gates == 3 else bias.reshape(2, -1).sum(axis=0)
    return [np.hstack(kernels), np.hstack(recurrents), bias]


def _convolution(
    kind: str, values: list[np.ndarray], shapes: list[tuple[int, ...]], origin: Origin
) -> list[np.ndarray]:
    values = list(values)
    kernels = range(min(2 if kind.startswith(("ConvLSTM", "Separable")) else 1, len(values), len(shapes)))
    for index in kernels:
        kernel, shape = values[index], tuple(shapes[index])
        if origin.keras1:
            kernel = _keras1_kernel(kind, kernel, shape, origin)
        if origin.backend == "theano" and kind in FLIPPED:
            kernel = _turned(kernel)
        if kernel.shape != shape and kernel.ndim == 4 and kernel.transpose(3, 2, 0, 1).shape == shape:
            kernel = kernel.transpose(3, 2, 0, 1)
        values[index] = kernel
    return values


def _turned(kernel: np.ndarray) -> np.ndarray:
    """The kernel with every spatial axis reversed (the last two axes are channels)."""
    return np.flip(kernel, axis=tuple(range(kernel.ndim - 2)))


def _keras1_kernel(kind: str, kernel: np.ndarray, shape: tuple[int, ...], origin: Origin) -> np.ndarray:
    """A Keras 1 kernel with its axes as in Keras 2: space first, then channels."""
    if kind == "Conv1D" and kernel.ndim == 4:
        # (length, 1, inputs, filters), before 1.1 (filters, inputs, length, 1)
        late = kernel.shape[1] == 1 and (kernel.shape[0], *kernel.shape[2:]) == shape
        return kernel[:, 0] if late else kernel.transpose(2, 3, 1, 0)[:, 0]
    if kind == "Conv2DTranspose" and origin.backend == "theano":
        raise DoesNotFit("Keras 1 on Theano turned the kernels of Deconvolution2D in some versions and not in others")
    if kind == "Conv2DTranspose":
        # (rows, columns, inputs, filters) or, channels first, (filters, inputs, rows, columns)
        return kernel.transpose(2, 3, 0, 1) if origin.channels_first else kernel.transpose(0, 1, 3, 2)
    if origin.channels_first and kernel.ndim >= 4:
        return kernel.transpose(*range(2, kernel.ndim), 1, 0)
    return kernel


def origin_of(config: dict[str, Any], *, keras1: bool, backend: str | None) -> Origin:
    """The Origin for a layer with this saved configuration."""
    return Origin(keras1, backend, config.get("data_format") == "channels_first")
