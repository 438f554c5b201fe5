"""The network: its configuration, and as a Keras functional model with named layers.

    features (frames, 101) -> convolution 196, kernel 15, stride 4 -> batch normalisation -> ReLU -> dropout
      -> GRU 128 -> dropout -> batch normalisation -> GRU 128 -> dropout -> batch normalisation -> dropout
      -> at every step a sigmoid: the probability that the trigger word has just ended          (steps, 1)

These are the course's sizes. `OWN` is this project's own network of the same form: a third of the parameters, on
log-mel features (40 numbers a frame, `front_end.py`), with a step every 30 ms.

The last layer is a `Dense` on the sequence. The course wraps it in `TimeDistributed`, which gives the same numbers but
unrolls its 1,375 steps in Python: ten times the start-up and three times the memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common.errors import InputError

EPSILON = 1e-3  # of the batch normalisations, Keras's own


@dataclass(frozen=True)
class ModelConfig:
    """Sizes of the network; the course's by default.

    Attributes:
        frequencies: numbers in a frame.
        filters, kernel, stride: of the convolution over time.
        units: of each GRU.
        dropout: rate after the convolution and the GRUs, while training.
        momentum: of the batch normalisations' moving moments; Keras's 0.99 takes hundreds of steps to settle.
    """

    frequencies: int = 101
    filters: int = 196
    kernel: int = 15
    stride: int = 4
    units: int = 128
    dropout: float = 0.8
    momentum: float = 0.99

    def __post_init__(self):
        for name in ("frequencies", "filters", "kernel", "stride", "units"):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)!r}; it must be a whole number from 1 upwards")
        if self.stride > self.kernel:
            raise InputError(f"the stride {self.stride} is above the kernel {self.kernel}; frames would be passed over")
        if not 0 <= self.dropout < 1:
            raise InputError(f"the dropout rate is {self.dropout}; give a number from 0 up to, but not, 1")
        if not 0 < self.momentum < 1:
            raise InputError(f"the momentum is {self.momentum}; give a number between 0 and 1")

    def steps(self, frames: int) -> int:
        """Output steps of so many frames."""
        return max(0, (frames - self.kernel) // self.stride + 1)

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of all parameters, in the order of the Keras model's weights layer by layer."""
        shapes: dict[str, tuple[int, ...]] = {
            "conv/kernel": (self.kernel, self.frequencies, self.filters),
            "conv/bias": (self.filters,),
        }
        for norm, size in (("norm_1", self.filters), ("norm_2", self.units), ("norm_3", self.units)):
            if norm != "norm_1":
                inputs, width = (self.filters if norm == "norm_2" else self.units), 3 * self.units
                gru = f"gru_{int(norm[-1]) - 1}"
                shapes |= {f"{gru}/kernel": (inputs, width), f"{gru}/recurrent_kernel": (self.units, width)}
                shapes[f"{gru}/bias"] = (2, width)
            shapes |= {f"{norm}/{part}": (size,) for part in ("gamma", "beta", "moving_mean", "moving_variance")}
        return shapes | {"dense/kernel": (self.units, 1), "dense/bias": (1,)}


OWN = ModelConfig(frequencies=40, filters=112, kernel=5, stride=3, units=112, dropout=0.2, momentum=0.9)


def build_model(
    config: ModelConfig | None = None,
    *,
    frames: int | None = None,
    freeze_batch_norm: bool = False,
    time_distributed: bool = False,
    compiled: bool = False,
) -> Any:
    """The Keras functional model: (batch, frames, frequencies) float32 -> (batch, steps, 1) probabilities.

    Args:
        config: of the network.
        frames: of every input; None for any number.
        freeze_batch_norm: keep the batch normalisations' parameters and moments as they are while training, as the
            course does when it goes on from its own weights.
        time_distributed: the course's arrangement of the last layer (slow to start; for weights saved from it).
        compiled: GRUs that XLA compiles, with the same numbers: for training.
    """
    import keras

    config = config or ModelConfig()
    layers = keras.layers

    def normalise(number: int) -> Any:
        return layers.BatchNormalization(
            momentum=config.momentum, epsilon=EPSILON, trainable=not freeze_batch_norm, name=f"norm_{number}"
        )

    conv = layers.Conv1D(config.filters, config.kernel, strides=config.stride, name="conv")
    gru = _compiled_gru() if compiled else layers.GRU
    grus = [gru(config.units, return_sequences=True, name=f"gru_{number}") for number in (1, 2)]
    drops = [layers.Dropout(config.dropout, name=f"dropout_{number}") for number in (1, 2, 3, 4)]
    dense = layers.Dense(1, activation="sigmoid", name="dense")
    output = layers.TimeDistributed(dense, name="time_distributed") if time_distributed else dense

    spectrogram = keras.Input((frames, config.frequencies), name="spectrogram")
    x = drops[0](layers.Activation("relu", name="relu")(normalise(1)(conv(spectrogram))))
    x = normalise(2)(drops[1](grus[0](x)))
    x = drops[3](normalise(3)(drops[2](grus[1](x))))
    return keras.Model(spectrogram, output(x), name="trigger_word")


def _compiled_gru() -> Any:
    from week3.trigger_word.compiled_gru import CompiledGRU

    return CompiledGRU
