"""What a layer of the file means and a layer of the model does not: settings compared, conversions named."""

from __future__ import annotations

from typing import Any

from common.legacy_weights.activations import FUNCTIONS, Function
from common.legacy_weights.architecture import SavedLayer, SavedModel
from common.legacy_weights.arrays import FLIPPED
from common.legacy_weights.assign import Named, Slot
from common.legacy_weights.graph_walk import references
from common.legacy_weights.plan import Context, Plan, Unsupported, translate
from common.legacy_weights.report import Difference
from common.legacy_weights.saved_file import LegacyFile

SETTINGS = (
    "activation",
    "recurrent_activation",
    "reset_after",
    "go_backwards",
    "return_sequences",
    "return_state",
    "stateful",
    "use_bias",
    "dropout",
    "recurrent_dropout",
    "merge_mode",
    "epsilon",
    "momentum",
    "axis",
    "center",
    "scale",
    "padding",
    "strides",
    "dilation_rate",
    "data_format",
    "groups",
    "output_padding",
    "mask_zero",
)
GATED = ("LSTM", "GRU", "ConvLSTM2D")
FAMILIES = {"CuDNNLSTM": "LSTM", "CuDNNGRU": "GRU", "TimeDistributedDense": "Dense"}


def family(class_name: str) -> str:
    """The class name by which layers of the same weights are compared (CuDNNLSTM is an LSTM)."""
    return FAMILIES.get(class_name, class_name.replace("Convolution", "Conv"))


def followed_by_activation(model: SavedModel) -> dict[str, str]:
    """For each layer that an Activation layer follows directly: the Keras 3 name of that function."""
    found = {}
    for before, layer in zip(model.layers, model.layers[1:], strict=False):
        inputs = [ref.layer for call in layer.calls for ref in references(call.inputs)]
        saved = layer.config.get("activation")
        if layer.class_name == "Activation" and inputs in ([], [before.name]) and saved in FUNCTIONS:
            found[before.name] = FUNCTIONS[saved]
    return found


def compare_layers(
    name: str, saved: SavedLayer | None, slot: Slot, file: LegacyFile, followed_by: str | None = None
) -> list[Difference]:
    """Every setting on which the file's layer `name` and the model's layer differ.

    `followed_by`: the function of an Activation layer after the file's layer; an activation that the one side has in
    the layer and the other in a layer after it is no difference.
    """
    if saved is None:
        return _default_gates(name, slot.layer, slot.name, slot.kind, file)
    try:
        plan = translate(_unwrapped(saved), Context(file.keras))
    except Unsupported:
        return _unknown_activation(name, saved, slot)
    found = [one for one in _compare(name, plan, slot.layer, slot.name) if one.setting != "activation" or _inner(slot)]
    if "activation" in plan.options and hasattr(slot.layer, "activation"):
        old = _effective(_shown(plan.options["activation"]), followed_by)
        new = _effective(_shown(slot.layer.activation), slot.followed_by)
        if not _same("activation", old, new, slot.layer):
            found.insert(0, Difference(name, slot.name, "activation", old, new))
    return found


def _inner(slot: Slot) -> bool:
    """Whether the settings compared are those of layers inside the slot's layer."""
    return not hasattr(slot.layer, "activation")


def _effective(activation: Any, after: str | None) -> Any:
    return after if activation == "linear" and after is not None else activation


def _unwrapped(saved: SavedLayer) -> SavedLayer:
    inner = saved.config.get("layer")
    return inner if saved.class_name == "TimeDistributed" and isinstance(inner, SavedLayer) else saved


def _unknown_activation(name: str, saved: SavedLayer, slot: Slot) -> list[Difference]:
    stated = saved.config.get("activation")
    return [Difference(name, slot.name, "activation", stated, _shown(getattr(slot.layer, "activation", None)))]


def _compare(name: str, plan: Plan, layer: Any, shown_name: str) -> list[Difference]:
    found = []
    for inner, attribute in (("layer", "forward_layer"), ("backward_layer", "backward_layer")):
        if isinstance(plan.options.get(inner), Plan) and hasattr(layer, attribute):
            found += _compare(name, plan.options[inner], getattr(layer, attribute), shown_name)
    for setting in SETTINGS:
        if setting not in plan.options or not hasattr(layer, setting):
            continue
        old, new = _shown(plan.options[setting]), _shown(getattr(layer, setting))
        if not _same(setting, old, new, layer):
            found.append(Difference(name, shown_name, setting, old, new))
    return found


def _shown(value: Any) -> Any:
    """A setting as a plain value: functions by name, one-element lists and equal pairs as one number."""
    if isinstance(value, Function):
        return value.name if value.axis is None else f"{value.name}:{value.axis}"
    if isinstance(value, Plan):
        return value.kind
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    if isinstance(value, (list, tuple)) and value and all(item == value[0] for item in value):
        return value[0]
    return tuple(value) if isinstance(value, list) else value


def _same(setting: str, old: Any, new: Any, layer: Any) -> bool:
    if setting == "axis" and isinstance(old, int) and isinstance(new, int) and old != new:
        rank = getattr(getattr(layer, "input_spec", None), "ndim", None) or len(
            getattr(layer, "_build_shapes_dict", ())
        )
        return bool(rank) and old % rank == new % rank
    if isinstance(old, float) or isinstance(new, float):
        return abs(float(old) - float(new)) <= 1e-6 * max(abs(float(old)), abs(float(new)))
    if setting == "activation" and {old, new} == {"silu", "swish"}:
        return True
    return old == new


def _default_gates(name: str, layer: Any, shown_name: str, kind: str, file: LegacyFile) -> list[Difference]:
    """For a file without an architecture: the gates that its version had by default, where the model has others."""
    if kind == "Bidirectional":
        layer, kind = layer.forward_layer, type(layer.forward_layer).__name__
    if kind not in GATED or not file.keras.number:
        return []
    default = "legacy_hard_sigmoid" if file.keras.number < (2, 3) or kind == "ConvLSTM2D" else "sigmoid"
    used = _shown(layer.recurrent_activation)
    return (
        [] if used == default else [Difference(name, shown_name, "recurrent_activation", default, used, stated=False)]
    )


def conversion_notes(name: str, arrays: Named, saved: SavedLayer | None, slot: Slot, file: LegacyFile) -> list[str]:
    """What was done to the arrays on their way, and what matters to training only."""
    notes = []
    kind = family(slot.kind)
    if file.backend == "theano" and kind in FLIPPED:
        notes.append(f"{name}: written by Theano, so the kernel's spatial axes are reversed")
    if len(arrays) in (9, 12, 18, 24) and kind in ("LSTM", "GRU", "Bidirectional", "ConvLSTM2D"):
        notes.append(f"{name}: the {len(arrays)} arrays of Keras 1 are put together gate by gate")
    if kind in ("LSTM", "GRU") and len(arrays) == 3:
        units = arrays[1][1].shape[0]
        if arrays[2][1].shape == (2 * units * (4 if kind == "LSTM" else 3),):
            notes.append(f"{name}: CuDNN's layout is read as the plain {kind}'s")
    if saved is None:
        return notes
    try:
        planned = translate(_unwrapped(saved), Context(file.keras)).notes
    except Unsupported as error:
        planned = [str(error)]
    return notes + [f"{name}: {note}" for note in dict.fromkeys(planned) if "is Keras 2's clip" not in note]
