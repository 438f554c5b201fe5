"""The encoder with its CTC logits in NumPy, forwards and backwards, for batches of recordings of different lengths.

    network = Encoder(config)
    encoding = network.encode(parameters, features, frames, dropout=rng)
    found = ctc_step(parameters, encoding, transcripts)         loss and gradient of h
    gradients = network.backward(parameters, encoding, dh)

Layout: `features` are (batch, frames, n_features), padded with anything; what the encoder gives is time first,
(places, batch, 2 n_units). A place is one of CTC's frames.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from common.ctc import ctc_loss
from common.errors import InputError
from common.recurrent import dropout_mask
from week3.speech_recognition.alphabet import BLANK
from week3.speech_recognition.bidirectional import BidirectionalGRU, Both
from week3.speech_recognition.convolution import Convolved, convolve, convolve_back
from week3.speech_recognition.model import ModelConfig, Parameters


class Encoding(NamedTuple):
    """What the encoder makes of a batch.

    Attributes:
        h: (places, batch, 2 n_units), 0 at padding.
        places: (batch,) how many are a recording's own.
        convolved, layers, masks: for the way back; masks are None without dropout.
    """

    h: np.ndarray
    places: np.ndarray
    convolved: Convolved
    layers: list[Both]
    masks: list[np.ndarray | None]


class Encoder:
    """Convolution and recurrent layers of a configuration; the parameters are the caller's.

    Args:
        config: of the network.
        dtype: float32, or float64 for checks.
        reuse_buffers: keep work arrays from call to call; an encoding then holds until the next `encode`.
    """

    def __init__(self, config: ModelConfig, *, dtype: Any = np.float32, reuse_buffers: bool = False):
        self.config, self.dtype = config, np.dtype(dtype)
        inputs = [config.n_filters] + [config.n_encoded] * (config.n_layers - 1)
        self._layers = [
            BidirectionalGRU(n_inputs, config.n_units, dtype=dtype, reuse_buffers=reuse_buffers) for n_inputs in inputs
        ]

    def initialize(self, rng: np.random.Generator) -> Parameters:
        """Fresh parameters of the encoder and its logits: Glorot uniform, orthogonal where recurrent, zero biases."""
        parameters = {}
        for name, shape in self.config.encoder_shapes().items():
            if not name.startswith("recurrent"):
                parameters[name] = start(shape, rng, self.dtype)
        for number, layer in enumerate(self._layers, 1):
            parameters |= {f"recurrent_{number}/{part}": value for part, value in layer.initialize(rng).items()}
        return {name: parameters[name] for name in self.config.encoder_shapes()}

    def encode(
        self,
        parameters: Mapping[str, np.ndarray],
        features: np.ndarray,
        frames: Sequence[int] | np.ndarray,
        *,
        dropout: np.random.Generator | None = None,
    ) -> Encoding:
        """The states at every place.

        Args:
            parameters: as `ModelConfig.encoder_shapes` says.
            features: (batch, frames, n_features).
            frames: (batch,) how many are a recording's own.
            dropout: where the masks are drawn from, while training.

        Raises:
            InputError: a recording has fewer frames than the convolution needs.
        """
        config, frames = self.config, np.asarray(frames)
        if frames.min(initial=config.kernel_size) < config.kernel_size:
            raise InputError(
                f"a recording has {frames.min()} frames, but at least {config.kernel_size} are needed; "
                "give a longer recording"
            )
        places = config.places(frames)
        convolved = convolve(
            features.astype(self.dtype, copy=False),
            parameters["convolution/kernel"],
            parameters["convolution/bias"],
            stride=config.stride,
        )
        x, layers, masks = convolved.y, [], []
        for number, layer in enumerate(self._layers, 1):
            masks.append(self._mask(x.shape, dropout))
            both = layer.forward(_of_layer(parameters, number), _masked(x, masks[-1]), places)
            layers.append(both)
            x = both.h
        masks.append(self._mask(x.shape, dropout))
        return Encoding(_masked(x, masks[-1]), places, convolved, layers, masks)

    def _mask(self, shape: tuple[int, ...], dropout: np.random.Generator | None) -> np.ndarray | None:
        """Factors for a layer's output, the same at every place of a recording; None without dropout."""
        if dropout is None or not self.config.dropout:
            return None
        return dropout_mask(dropout, (1, *shape[1:]), self.config.dropout, dtype=self.dtype)

    def backward(self, parameters: Mapping[str, np.ndarray], encoding: Encoding, dh: np.ndarray) -> Parameters:
        """Gradients of the encoder's parameters from that of its `h`."""
        gradients: Parameters = {}
        d = _masked(dh, encoding.masks[-1])
        for number in range(len(self._layers), 0, -1):
            found, d = self._layers[number - 1].backward(d, encoding.layers[number - 1])
            gradients |= {f"recurrent_{number}/{part}": value for part, value in found.items()}
            d = _masked(d, encoding.masks[number - 1])
        names = ("convolution/kernel", "convolution/bias")
        found = convolve_back(d, encoding.convolved, parameters[names[0]])
        return gradients | dict(zip(names, found, strict=True))


class Step(NamedTuple):
    """A decoder's loss on a batch (the sum over its recordings, in nats), gradients of its parameters, and of h."""

    loss: float
    gradients: Parameters
    dh: np.ndarray


def ctc_logits(parameters: Mapping[str, np.ndarray], h: np.ndarray) -> np.ndarray:
    """Logits of the symbols from states h: (places, batch, symbols)."""
    return h @ parameters["symbols/kernel"] + parameters["symbols/bias"]


def ctc_step(
    parameters: Mapping[str, np.ndarray], encoding: Encoding, transcripts: Sequence[Sequence[int]], *, weight: float = 1
) -> Step:
    """CTC's loss on a batch and its gradients times `weight`; InputError where a transcript does not fit."""
    h = encoding.h
    logits = ctc_logits(parameters, h)
    found = ctc_loss(logits.transpose(1, 0, 2), encoding.places, transcripts, blank=BLANK)
    d = (weight * found.gradient.transpose(1, 0, 2)).astype(h.dtype)
    kernel = h.reshape(-1, h.shape[2]).T @ d.reshape(-1, d.shape[2])
    gradients = {"symbols/kernel": kernel, "symbols/bias": d.sum(axis=(0, 1))}
    return Step(float(found.losses.sum()), gradients, d @ parameters["symbols/kernel"].T)


def start(shape: tuple[int, ...], rng: np.random.Generator, dtype: Any) -> np.ndarray:
    """Glorot uniform for a kernel (the last two axes are what comes in and what goes out), zeros for a bias."""
    if len(shape) == 1:
        return np.zeros(shape, dtype)
    around = math.prod(shape[:-2])
    limit = math.sqrt(6 / (around * (shape[-2] + shape[-1])))
    return rng.uniform(-limit, limit, shape).astype(dtype)


def padded(features: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Recordings' features (frames, n) as one array (batch, frames, n), zeros behind, and their lengths (batch,)."""
    frames = np.array([len(one) for one in features])
    batch = np.zeros((len(features), frames.max(initial=0), features[0].shape[1]), np.float32)
    for row, one in zip(batch, features, strict=True):
        row[: len(one)] = one
    return batch, frames


def _of_layer(parameters: Mapping[str, np.ndarray], number: int) -> Parameters:
    prefix = f"recurrent_{number}/"
    return {name.removeprefix(prefix): value for name, value in parameters.items() if name.startswith(prefix)}


def _masked(x: np.ndarray, mask: np.ndarray | None) -> np.ndarray:
    return x if mask is None else x * mask
