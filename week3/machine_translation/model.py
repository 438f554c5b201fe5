"""The two translators: their configuration, the Keras models, and parameters to and from them.

kind "course": the course's model. A bidirectional LSTM reads the text, additive attention picks a context for each of
the Ty outputs, an LSTM reads the contexts; what was written before is not fed back (`course_model.py`).

kind "feedback": the decoder also reads the symbol written before, and ends with an end token (`feedback_model.py`).

Notation (the course's): Tx characters read, Ty written, n_a units of each direction of the encoder, n_s of the decoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from common.errors import InputError

if TYPE_CHECKING:
    import keras

Parameters = dict[str, np.ndarray]
KINDS = ("course", "feedback")
ACTIVATIONS = ("sigmoid", "legacy_hard_sigmoid", "hard_sigmoid")


@dataclass(frozen=True)
class ModelConfig:
    """Size and kind of a translator.

    Attributes:
        kind: "course" or "feedback".
        n_source, n_target: symbols of the two vocabularies.
        source_length: Tx.
        target_length: Ty; with feedback the most steps, the end token included.
        n_a: units of each direction of the encoder.
        n_s: units of the decoder.
        n_attention: units of the attention's tanh.
        n_embedding: with feedback, numbers that stand for the symbol written before.
        source_padding: id of the source's padding. The course's model reads it and may attend to it; the one with
            feedback does not attend to it.
        recurrent_activation: of the gates: "sigmoid"; "legacy_hard_sigmoid", clip(0.2 x + 0.5, 0, 1), with which the
            course's weights were trained; "hard_sigmoid", clip(x / 6 + 0.5, 0, 1), Keras 3's function of that name.
    """

    kind: str = "course"
    n_source: int = 37
    n_target: int = 11
    source_length: int = 30
    target_length: int = 10
    n_a: int = 32
    n_s: int = 64
    n_attention: int = 10
    n_embedding: int = 32
    source_padding: int = 36
    recurrent_activation: str = "sigmoid"

    def __post_init__(self):
        if self.kind not in KINDS:
            raise InputError(f"there is no translator of kind {self.kind!r}; choose one of {', '.join(KINDS)}")
        sizes = ("n_source", "n_target", "source_length", "target_length", "n_a", "n_s", "n_attention", "n_embedding")
        for name in sizes:
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)!r}; it must be a whole number from 1 upwards")
        if not 0 <= self.source_padding < self.n_source:
            raise InputError(f"the padding's id {self.source_padding} is none of the {self.n_source} symbols")
        if self.recurrent_activation not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise InputError(f"there is no recurrent activation {self.recurrent_activation!r}; choose one of {known}")

    @property
    def feedback(self) -> bool:
        """Whether the decoder reads what it wrote."""
        return self.kind == "feedback"

    def parameter_shapes(self) -> dict[str, tuple[int, ...]]:
        """Names ("layer/part") and shapes of the parameters, in the order of the layers."""
        shapes = encoder_shapes(self)
        if self.feedback:
            return shapes | feedback_shapes(self)
        shapes |= attention_shapes(self) | recurrent_shapes("decoder", 2 * self.n_a, self.n_s)
        return shapes | {"output/kernel": (self.n_s, self.n_target), "output/bias": (self.n_target,)}


def recurrent_shapes(name: str, n_inputs: int, n_units: int) -> dict[str, tuple[int, ...]]:
    """The three arrays of an LSTM as Keras lays them out: gate columns i, f, c, o."""
    width = 4 * n_units
    parts = {"kernel": (n_inputs, width), "recurrent_kernel": (n_units, width), "bias": (width,)}
    return {f"{name}/{part}": shape for part, shape in parts.items()}


def encoder_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """The parameters of the encoder and of the attention's encoder half, which both kinds have."""
    return {
        **recurrent_shapes("encoder/forward", config.n_source, config.n_a),
        **recurrent_shapes("encoder/backward", config.n_source, config.n_a),
        "attention_keys/kernel": (2 * config.n_a, config.n_attention),
        "attention_keys/bias": (config.n_attention,),
    }


def attention_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """The attention's parameters in the course's model."""
    return {
        "one_step_attention/state_kernel": (config.n_s, config.n_attention),
        "one_step_attention/energy_kernel": (config.n_attention, 1),
        "one_step_attention/energy_bias": (1,),
    }


def feedback_shapes(config: ModelConfig) -> dict[str, tuple[int, ...]]:
    """The decoder's parameters with feedback (layers in `feedback_model.py`), in the order of the layers' weights."""
    n_context = 2 * config.n_a
    return {
        "initial_state/kernel": (config.n_a, config.n_s),
        "initial_state/bias": (config.n_s,),
        "target_embedding/embeddings": (config.n_target, config.n_embedding),
        "decoder/state_kernel": (config.n_s, config.n_attention),
        "decoder/energy_kernel": (config.n_attention, 1),
        **recurrent_shapes("decoder", config.n_embedding + n_context, config.n_s),
        "output/kernel": (config.n_s + n_context, config.n_target),
        "output/bias": (config.n_target,),
    }


def build_model(config: ModelConfig, *, seed: int | None = None, for_xla: bool = False) -> keras.Model:
    """The Keras functional model, its layers named as the parameters are.

    `for_xla`: with an encoder that is faster in a training step which XLA compiles, else slower; kind "course" alone.

    "course": ids (m, Tx) -> probabilities (m, Ty, n_target).
    "feedback": [ids (m, Tx), target one step later (m, steps)] -> probabilities (m, steps, n_target).
    """
    if config.feedback:
        from week3.machine_translation.feedback_model import build
    else:
        from week3.machine_translation.course_model import build
    if seed is not None:
        from common.seeding import seed_keras

        seed_keras(seed)
    return build(config, for_xla=True) if for_xla else build(config)


def gates(name: str) -> Any:
    """The gates' activation for a Keras layer."""
    if name != "legacy_hard_sigmoid":
        return name
    from common.legacy_weights import legacy_hard_sigmoid

    return legacy_hard_sigmoid


def get_parameters(model: keras.Model, config: ModelConfig) -> Parameters:
    """The parameters of a model that `build_model` made, float32."""
    return {
        name: np.asarray(array, np.float32)
        for layer, names in _by_layer(config).items()
        for name, array in zip(names, model.get_layer(layer).get_weights(), strict=True)
    }


def set_parameters(model: keras.Model, parameters: Mapping[str, np.ndarray], config: ModelConfig) -> None:
    """Put parameters into a model that `build_model` made."""
    for layer, names in _by_layer(config).items():
        model.get_layer(layer).set_weights([parameters[name] for name in names])


def _by_layer(config: ModelConfig) -> dict[str, list[str]]:
    layers: dict[str, list[str]] = {}
    for name in config.parameter_shapes():
        layers.setdefault(name.split("/")[0], []).append(name)
    return layers
