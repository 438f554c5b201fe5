"""Translations of recurrent layers, their cells and wrappers.

What changed since Keras 2: LSTM and GRU had `hard_sigmoid` gates by default until 2.2 (tf.keras 1: too), GRU had no
`reset_after` until 2.1 (a file without the key means False), and the CuDNN layers were classes of their own with
sigmoid gates and, for GRU, `reset_after`.
"""

from __future__ import annotations

from typing import Any

from common.legacy_weights.architecture import SavedLayer
from common.legacy_weights.plan import Plan, Reader, Unsupported, nested_model, translate, translates
from common.legacy_weights.plan_core import number

# Layers that act on the last axis or on each number alone, so that the wrapper changes nothing.
SAME_AT_EVERY_STEP = ("Dense", "Activation", "Dropout", "LeakyReLU", "ReLU", "ELU")
CELLS = ("SimpleRNNCell", "LSTMCell", "GRUCell")


@translates("SimpleRNN", "SimpleRNNCell")
def _simple_rnn(reader: Reader) -> Plan:
    return Plan(reader.layer.class_name, _cell_options(reader) | _sequence_options(reader))


@translates("LSTM", "LSTMCell")
def _lstm(reader: Reader) -> Plan:
    options = _cell_options(reader) | _gates(reader) | reader.take(unit_forget_bias=True)
    return Plan(reader.layer.class_name, options | _sequence_options(reader))


@translates("GRU", "GRUCell")
def _gru(reader: Reader) -> Plan:
    if "reset_after" not in reader.config:
        reader.notes.append("reset_after is not in the file, which means False; Keras 3's default is True")
    options = _cell_options(reader) | _gates(reader) | {"reset_after": bool(reader.get("reset_after", False))}
    return Plan(reader.layer.class_name, options | _sequence_options(reader))


@translates("CuDNNLSTM", "CuDNNGRU")
def _cudnn(reader: Reader) -> Plan:
    kind = reader.layer.class_name.removeprefix("CuDNN")
    reader.notes.append(f"the CuDNN layer is read as {kind} with tanh and sigmoid, which is what it computes")
    options = reader.take("units") | {"activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True}
    if kind == "GRU":
        options["reset_after"] = True
    return Plan(kind, options | _sequence_options(reader) | reader.training_options())


def _cell_options(reader: Reader) -> dict[str, Any]:
    options = reader.take("units", use_bias=True) | {"activation": reader.activation(default="tanh")}
    for name in ("dropout", "recurrent_dropout"):
        options[name] = number(reader.get(name, 0.0) or 0.0, name)
    if reader.get("implementation", 2) in (0, 1) and (options["dropout"] or options["recurrent_dropout"]):
        reader.notes.append("training only: Keras 2 drew a dropout mask for each gate here, Keras 3 draws one for all")
    return options | reader.training_options()


def _gates(reader: Reader) -> dict[str, Any]:
    old = reader.context.version.number < (2, 3)
    return {"recurrent_activation": reader.activation("recurrent_activation", "hard_sigmoid" if old else "sigmoid")}


def _sequence_options(reader: Reader) -> dict[str, Any]:
    if reader.layer.class_name in CELLS:
        return {}
    if reader.get("time_major", False):
        raise Unsupported("it was trained with the time axis first (time_major), which Keras 3 does not have")
    options = reader.take(return_sequences=False, return_state=False, go_backwards=False, stateful=False)
    if reader.get("zero_output_for_mask", False):
        options["zero_output_for_mask"] = True
    return options


@translates("RNN")
def _rnn(reader: Reader) -> Plan:
    if reader.get("num_constants"):
        raise Unsupported("its cell takes constants beside the sequence")
    cell = reader.config.get("cell") or {}
    return Plan("RNN", _sequence_options(reader) | {"cell": _cell(reader, cell)})


@translates("StackedRNNCells")
def _stacked(reader: Reader) -> Plan:
    cells = [_cell(reader, cell) for cell in reader.config.get("cells") or []]
    return Plan("StackedRNNCells", {"cells": cells})


def _cell(reader: Reader, record: Any) -> Plan:
    if isinstance(record, SavedLayer):
        record = {"class_name": record.class_name, "config": record.config}
    class_name, config = str(record.get("class_name")), record.get("config") or {}
    if class_name not in (*CELLS, "StackedRNNCells"):
        raise Unsupported(f"its cell {class_name!r} is not one of Keras's own")
    inner = SavedLayer(str(config.get("name", class_name.lower())), class_name, config)
    plan = translate(inner, reader.context)
    plan.options["name"] = inner.name.replace("/", "_")
    reader.notes += plan.notes
    return plan


@translates("Bidirectional")
def _bidirectional(reader: Reader) -> Plan:
    forward = _inner(reader, "layer")
    options: dict[str, Any] = {"layer": forward} | reader.take(merge_mode="concat")
    if "backward_layer" in reader.config and isinstance(reader.config["backward_layer"], SavedLayer):
        options["backward_layer"] = _inner(reader, "backward_layer")
    elif forward.options.get("go_backwards"):
        backward = Plan(forward.kind, forward.options | {"go_backwards": False})
        backward.options["name"] = f"backward_{forward.options['name'].removeprefix('forward_')}"
        options["backward_layer"] = backward
    return Plan("Bidirectional", options)


@translates("TimeDistributed")
def _time_distributed(reader: Reader) -> Plan:
    model = nested_model(reader.config.get("layer"))
    if model is not None:
        return Plan("TimeDistributed", {"layer": model})
    inner = _inner(reader, "layer")
    if inner.kind in SAME_AT_EVERY_STEP:
        kind = inner.kind
        reader.notes.append(
            f"TimeDistributed({kind}) is built as {kind}: the same numbers, without a loop over the steps"
        )
        return Plan(kind, {key: value for key, value in inner.options.items() if key != "name"})
    return Plan("TimeDistributed", {"layer": inner})


def _inner(reader: Reader, key: str) -> Plan:
    saved = reader.config.get(key)
    if not isinstance(saved, SavedLayer) or saved.model is not None:
        raise Unsupported(f"the {key} that it wraps cannot be carried over")
    if not reader.layer.trainable:
        saved.config["trainable"] = False
    chosen = reader.context.activations.get(reader.layer.name)
    try:
        plan = translate(saved, _for_inner(reader, saved, chosen))
    except Unsupported as error:
        raise Unsupported(f"the {saved.class_name} {saved.name!r} inside it: {error}") from error
    plan.options["name"] = saved.name.replace("/", "_")
    reader.notes += plan.notes
    return plan


def _for_inner(reader: Reader, saved: SavedLayer, chosen: Any) -> Any:
    """A choice made for the wrapper's name holds for the layer inside it too."""
    if chosen is None:
        return reader.context
    activations = {**reader.context.activations, saved.name: chosen}
    return type(reader.context)(reader.context.version, activations)
