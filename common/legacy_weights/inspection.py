"""`inspect`: what an old file holds and what would become of each layer, in text, without importing TensorFlow."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from common.errors import InputError
from common.legacy_weights.activations import Function
from common.legacy_weights.architecture import Reference, SavedLayer, SavedModel, parse_architecture
from common.legacy_weights.graph_walk import references
from common.legacy_weights.plan import Context, Plan
from common.legacy_weights.saved_file import LegacyFile, read_weights

UNITS = ("units", "filters", "output_dim")
KEEP_LAST_AXIS = ("Dropout", "Activation", "BatchNormalization", "LeakyReLU", "Masking", "GaussianNoise")


@dataclass(frozen=True)
class Inspection:
    """What `inspect_file` found: the file, its architecture (None: weights only), notes and problems by layer name."""

    file: LegacyFile
    model: SavedModel | None
    notes: dict[str, list[str]] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def needs_axis(self) -> list[str]:
        """The layers whose softmax runs over an axis of length 1."""
        return [name for name, problem in self.problems.items() if _LENGTH_ONE in problem]


def inspect_file(
    path: str | os.PathLike[str],
    *,
    architecture: str | os.PathLike[str] | None = None,
    activations: Mapping[str, Function] | None = None,
) -> Inspection:
    """Look at a file without loading its numbers; InputError where it is damaged, unsafe or not Keras's."""
    from common.legacy_weights.upgrading import make_plans, saved_model

    file = read_weights(path, values=False)
    if file.architecture is None and architecture is None:
        return Inspection(file, None)
    if file.keras.major >= 3 and architecture is None:
        return Inspection(file, _model_of_today(file))
    model = saved_model(file, architecture)
    context = Context(model.version if model.version.number else file.keras, activations or {})
    plans, unsupported = make_plans(model, context)
    problems = {layer.name: f"({layer.class_name}): {reason}" for layer, reason in unsupported}
    classes = {layer.name: layer.class_name for layer in model.walk()}
    problems |= {name: f"({classes[name]}): {_LENGTH_ONE}" for name in constant_softmaxes(model, plans)}
    notes = {layer.name: plans[id(layer)].notes for layer in model.walk() if id(layer) in plans}
    return Inspection(file, model, {name: found for name, found in notes.items() if found}, problems)


def _model_of_today(file: LegacyFile) -> SavedModel | None:
    """The architecture of a file that Keras 3 wrote, as far as it can be read here; None where it cannot."""
    try:
        return parse_architecture(file.architecture, file.keras, str(file.path))
    except InputError:
        return None


_LENGTH_ONE = (
    "its softmax runs over an axis of length 1, so that every output is 1; name the axis meant with --activation "
    "NAME=softmax:AXIS (1 for the time axis, -1 for the file's own reading)"
)


def constant_softmaxes(model: SavedModel, plans: dict[int, Plan]) -> list[str]:
    """The layers of `model` whose softmax runs over an axis of length 1, as far as units and filters tell."""
    found = []
    previous: SavedLayer | None = None
    named = {layer.name: layer for layer in model.layers}
    for layer in model.layers:
        if layer.model is not None:
            found += constant_softmaxes(layer.model, plans)
        plan = plans.get(id(layer))
        chosen = plan.options.get("activation") if plan else None
        if isinstance(chosen, Function) and chosen.is_softmax and not chosen.axis_given:
            before = previous if model.sequential else _source(layer, named)
            if _last_axis(layer, before, model, named) == 1:
                found.append(layer.name)
        previous = layer
    return found


def _source(layer: SavedLayer, named: dict[str, SavedLayer]) -> SavedLayer | None:
    found: list[Reference] = [ref for call in layer.calls[:1] for ref in references(call.inputs)]
    return named.get(found[0].layer) if len(found) == 1 else None


def _last_axis(layer: SavedLayer, before: SavedLayer | None, model: SavedModel, named: dict[str, SavedLayer]) -> Any:
    """The length of the layer's last axis where it or the layer before it states one; else None."""
    for _ in range(len(model.layers)):
        inner = layer.config.get("layer")
        config = inner.config if isinstance(inner, SavedLayer) else layer.config
        stated = next((config[key] for key in UNITS if key in config), None)
        if stated is not None or layer.class_name not in KEEP_LAST_AXIS or before is None:
            return stated
        position = model.layers.index(before)
        layer, before = (
            before,
            (model.layers[position - 1] if position and model.sequential else _source(before, named)),
        )
    return None


def describe(found: Inspection) -> str:
    """The inspection as the text that the shell prints."""
    file, model = found.file, found.model
    lines = [_headline(file, model), ""]
    lines += _table(found)
    if found.notes:
        lines += ["", "Read with the meaning it had, which Keras 3 would miss or refuse:"]
        lines += [f"  {name}: {note}" for name, notes in found.notes.items() for note in dict.fromkeys(notes)]
    if file.backend == "theano":
        lines += ["", "Written by Theano, whose convolutions turn the kernel round: kernels are turned back."]
    if file.stray:
        lines += ["", f"Weights that belong to no layer: {', '.join(file.stray)}"]
    if found.problems:
        lines += ["", "Cannot be carried over as it stands:"]
        lines += [f"  {name} {problem.replace('NAME', name)}" for name, problem in found.problems.items()]
    return "\n".join([*lines, "", _next_step(found)])


def _headline(file: LegacyFile, model: SavedModel | None) -> str:
    writer = (
        f"Keras {file.keras.text}" if file.keras.number else "a Keras that does not state its version (1.1 or older)"
    )
    backend = f" on {file.backend}" if file.backend else ""
    if model is None:
        kind = f"weights only, {len(file.layers)} layers"
    else:
        kind = f"{'Sequential' if model.sequential else 'functional'} model {model.name!r}, {len(model.layers)} layers"
    return f"{file.path}: {writer}{backend}, {kind}, {file.parameters:,} parameters"


def _table(found: Inspection) -> list[str]:
    arrays = found.file.layers
    if found.model is None:
        rows = [(name, "?", found_arrays) for name, found_arrays in arrays.items()]
    else:
        rows = [(layer.name, class_text(layer), arrays.get(layer.name, {})) for layer in found.model.layers]
    rows = [(name, kind, _shapes(mine), sum(array.size for array in mine.values())) for name, kind, mine in rows]
    widths = [max(len(str(row[column])) for row in [("layer", "class", "", ""), *rows]) for column in (0, 1)]
    head = f"{'layer':<{widths[0]}}  {'class':<{widths[1]}}  {'parameters':>10}  arrays"
    return [head] + [f"{n:<{widths[0]}}  {k:<{widths[1]}}  {size:>10,}  {shown}" for n, k, shown, size in rows]


def _shapes(arrays: dict[str, Any]) -> str:
    return " ".join("x".join(map(str, array.shape)) or "scalar" for array in arrays.values()) or "-"


def class_text(layer: SavedLayer) -> str:
    """The class as a person would write it: Bidirectional(LSTM), Sequential[3 layers]."""
    inner = layer.config.get("layer")
    if layer.model is not None:
        return f"{layer.class_name}[{len(layer.model.layers)} layers]"
    return f"{layer.class_name}({inner.class_name})" if isinstance(inner, SavedLayer) else layer.class_name


def _next_step(found: Inspection) -> str:
    path = found.file.path
    if found.file.keras.major >= 3:
        return f"Keras 3 wrote it: keras.models.load_model({str(path)!r}) opens it, nothing is to be upgraded."
    if found.model is None:
        return f"To upgrade it, give its architecture: upgrade {path} NEW.keras --architecture MODEL.json"
    if found.problems and len(found.needs_axis) < len(found.problems):
        return "To upgrade it, supply these in Python: common.legacy_weights.upgrade(path, layers={NAME: LAYER})."
    choices = "".join(f" --activation {name}=softmax:AXIS" for name in found.needs_axis)
    condition = "With the axis given, every" if choices else "Every"
    return f"{condition} layer can be carried over: python -m common.legacy_weights upgrade {path} NEW.keras{choices}"


def refuse_unknown(found: Inspection, activations: Mapping[str, Function]) -> None:
    """InputError for a choice that names no layer."""
    known = {layer.name for layer in found.model.walk()} if found.model else set()
    for name in activations:
        if name not in known:
            raise InputError(f"--activation names layer {name!r}, which the model does not have")


def refuse_problems(found: Inspection, activations: Mapping[str, Function]) -> None:
    """InputError that names every layer that cannot be carried over, before anything is built."""
    refuse_unknown(found, activations)
    if not found.problems:
        return
    listed = "; ".join(f"layer {name!r} {problem.replace('NAME', name)}" for name, problem in found.problems.items())
    if len(found.needs_axis) < len(found.problems):
        names = ", ".join(f"{name!r}: LAYER" for name in list(found.problems)[:4] if name not in found.needs_axis)
        listed += f". Supply your own in Python: common.legacy_weights.upgrade(path, layers={{{names}}})"
    raise InputError(f"{found.file.path}: {listed}")
