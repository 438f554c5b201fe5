"""The course's graded functions and its preprocessing under their names, in its arrangement of the layers.

Tx characters are read, Ty written; n_a units of each direction of the encoder, n_s of the decoder. The attention's
Dense layer reads a_t and s_prev joined, at every output anew; `model.build_model` computes the same with the encoder's
half taken out, and `course_parameters` carries parameters over.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from common.vocabulary import one_hot
from week3.machine_translation.dates import COURSE_SPAN, TASK, clean, draw_dates
from week3.machine_translation.model import ModelConfig, Parameters, gates
from week3.machine_translation.parameters import join_kernels

SEED = 12345
"""What the course seeds its draws with."""


class Attention(NamedTuple):
    """The layers of an attention step, shared by all steps of a model."""

    repeator: Any
    concatenator: Any
    densor1: Any
    densor2: Any
    activator: Any
    dotor: Any


def attention_layers(Tx: int, n_attention: int = 10) -> Attention:
    """Fresh layers; the softmax runs over the Tx times (axis 1)."""
    import keras

    layers = keras.layers
    return Attention(
        layers.RepeatVector(Tx),
        layers.Concatenate(axis=-1),
        layers.Dense(n_attention, activation="tanh", name="densor1"),
        layers.Dense(1, activation="relu", name="densor2"),
        layers.Softmax(axis=1, name="attention_weights"),
        layers.Dot(axes=1),
    )


@functools.cache
def _layers_for(Tx: int, n_encoder: int, n_s: int) -> Attention:
    return attention_layers(Tx)


def one_step_attention(a: Any, s_prev: Any, layers: Attention | None = None) -> Any:
    """The context (m, 1, 2 n_a) for the next output.

    a is (m, Tx, 2 n_a), the encoder's states; s_prev (m, n_s), the decoder's state before. Without `layers`, calls
    with the same sizes share layers, which have their first weights.
    """
    layers = layers or _layers_for(a.shape[1], a.shape[2], s_prev.shape[-1])
    joined = layers.concatenator([a, layers.repeator(s_prev)])
    alphas = layers.activator(layers.densor2(layers.densor1(joined)))
    return layers.dotor([alphas, a])


def modelf(
    Tx: int,
    Ty: int,
    n_a: int,
    n_s: int,
    human_vocab_size: int,
    machine_vocab_size: int,
    *,
    recurrent_activation: str = "sigmoid",
) -> Any:
    """The course's model: one-hot X (m, Tx, human_vocab_size), s0 and c0 (m, n_s) -> a list of Ty arrays.

    Each output is (m, machine_vocab_size) probabilities. The steps are unrolled as in the course.
    """
    import keras

    kinds, activation = keras.layers, gates(recurrent_activation)
    X = keras.Input((Tx, human_vocab_size), name="X")
    s0 = s = keras.Input((n_s,), name="s0")
    c0 = c = keras.Input((n_s,), name="c0")
    encoder = kinds.LSTM(n_a, return_sequences=True, recurrent_activation=activation)
    a = kinds.Bidirectional(encoder, name="encoder")(X)
    cell = kinds.LSTM(n_s, return_state=True, recurrent_activation=activation, name="decoder")
    output, attention = kinds.Dense(machine_vocab_size, activation="softmax", name="output"), attention_layers(Tx)
    outputs = []
    for _ in range(Ty):
        s, _, c = cell(one_step_attention(a, s, attention), initial_state=[s, c])
        outputs.append(output(s))
    return keras.Model(inputs=[X, s0, c0], outputs=outputs)


def course_parameters(parameters: Parameters, config: ModelConfig) -> dict[str, list[np.ndarray]]:
    """Our parameters for the layers of `modelf`: layer name -> its arrays in Keras's order.

    `trained.from_course_arrays` is the way back.
    """
    names = list(config.parameter_shapes())

    def of(layer: str) -> list[np.ndarray]:
        return [parameters[name] for name in names if name.startswith(f"{layer}/")]

    keys, bias = of("attention_keys")
    state, energy, energy_bias = of("one_step_attention")
    return {
        "encoder": of("encoder"),
        "densor1": [join_kernels(keys, state), bias],
        "densor2": [energy, energy_bias],
        "decoder": of("decoder"),
        "output": of("output"),
    }


def course_optimizer() -> Any:
    """The course's: Adam(0.005, 0.9, 0.999) with Keras 2's decay of 0.01, rate(t) = 0.005 / (1 + 0.01 t)."""
    import keras

    from common.training import inverse_time_decay

    return keras.optimizers.Adam(inverse_time_decay(0.005, 0.01), beta_1=0.9, beta_2=0.999)


def course_loss(y_true: Any, y_pred: Any) -> Any:
    """The course's loss (m,): the cross-entropies of the Ty outputs summed, nats; y_true (m, Ty) ids."""
    from keras import losses, ops

    return ops.sum(losses.sparse_categorical_crossentropy(y_true, y_pred), axis=-1)


def softmax(x: Any, axis: int = 1) -> Any:
    """The course's softmax, over the times by default; arrays or Keras tensors of rank 2 or more."""
    from keras import ops

    return ops.softmax(x, axis=axis)


def load_dataset(
    m: int, *, seed: int = SEED
) -> tuple[list[tuple[str, str]], dict[str, int], dict[str, int], dict[int, str]]:
    """(dataset, human vocabulary, machine vocabulary, the latter inverted): m pairs as the course prepares them.

    Dates of 1970 to 2017 in the course's mix of formats, with its week years; on any day the same.
    """
    pairs = draw_dates(m, None, seed=seed, span=COURSE_SPAN, week_year=True)
    dataset = [(clean(source), target) for source, target in zip(pairs.sources, pairs.targets, strict=True)]
    return dataset, dict(TASK.source.ids), dict(TASK.target.ids), dict(enumerate(TASK.target.tokens))


def preprocess_data(
    dataset: Sequence[tuple[str, str]],
    human_vocab: Mapping[str, int],
    machine_vocab: Mapping[str, int],
    Tx: int,
    Ty: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """X (m, Tx) and Y (m, Ty) ids, Xoh (m, Tx, human) and Yoh (m, Ty, machine) one-hot rows."""
    X = np.array([string_to_int(source, Tx, human_vocab) for source, _ in dataset])
    Y = np.array([string_to_int(target, Ty, machine_vocab) for _, target in dataset])
    return X, Y, one_hot(X, len(human_vocab)), one_hot(Y, len(machine_vocab))


def string_to_int(string: str, length: int, vocab: Mapping[str, int]) -> list[int]:
    """The ids of a text: lower case, commas removed, cut or padded to `length`.

    An unknown character gets the id of "<unk>" (the course's own function gives the text "<unk>" in its place, which
    no one-hot encoding takes).
    """
    plain = clean(string)[:length]
    unknown, padding = vocab.get("<unk>"), vocab.get("<pad>")
    return [vocab.get(letter, unknown) for letter in plain] + [padding] * (length - len(plain))


def int_to_string(ints: Sequence[int], inv_vocab: Mapping[int, str]) -> list[str]:
    """The characters of ids."""
    return [inv_vocab[int(index)] for index in ints]
