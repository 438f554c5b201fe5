"""`upgrade`: an old file as a Keras 3 model with the same outputs, or the reasons why not, layer by layer."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.errors import InputError
from common.legacy_weights.activations import Function, parse_choice
from common.legacy_weights.architecture import SavedLayer, SavedModel, parse_architecture
from common.legacy_weights.arrays import DoesNotFit, origin_of
from common.legacy_weights.plan import Context, Plan, Unsupported, translate
from common.legacy_weights.saved_file import LegacyFile, parse_version, read_architecture, read_weights

if TYPE_CHECKING:
    import keras

    from common.legacy_weights.assign import Slot
    from common.legacy_weights.graph import BuiltLayer

Choices = Mapping[str, "str | Function"]


def upgrade(
    path: str | os.PathLike[str],
    *,
    architecture: str | os.PathLike[str] | None = None,
    activations: Choices | None = None,
    layers: Mapping[str, keras.Layer] | None = None,
    input_shape: Sequence[int | None] | None = None,
) -> keras.Model:
    """The Keras 3 model of a Keras 1, 2 or tf.keras file, with its weights; its outputs are those of Keras 2.

    `architecture`: a JSON file of `model.to_json()`, needed for (and used instead of) what a weights-only file lacks.
    `activations`: for layers whose activation the file names wrongly or not at all, layer name -> function
    ("sigmoid", "softmax:1"). `layers`: for layers that cannot be carried over (Lambda, custom classes), layer name ->
    a Keras 3 layer to put in its place. `input_shape`: without the batch, for a Sequential that does not state its own.
    The model is not compiled.

    Raises InputError for a file that cannot be read safely, a layer that cannot be carried over (all of them are
    named), or arrays that do not fit their layer.
    """
    file = read_weights(path)
    if file.keras.major >= 3 and architecture is None:
        return _open_keras3(file)
    saved = saved_model(file, architecture)
    choices = _parse_choices(activations or {}, saved)
    return _Upgrade(file, saved, choices, dict(layers or {}), input_shape).model()


def saved_model(file: LegacyFile, architecture: str | os.PathLike[str] | None = None) -> SavedModel:
    """The architecture of the file, or of the JSON file given; InputError where there is neither."""
    if architecture is not None:
        return parse_architecture(read_architecture(architecture), file.keras, str(architecture))
    if file.architecture is None:
        raise InputError(
            f"{file.path}: the file holds weights only, no architecture; give the JSON of model.to_json() with "
            "--architecture FILE, or build the model in code and use load_legacy_weights"
        )
    return parse_architecture(file.architecture, file.keras, str(file.path))


def _parse_choices(activations: Choices, saved: SavedModel) -> dict[str, Function]:
    choices = {}
    known = {layer.name for layer in saved.walk()}
    known |= {inner.name for layer in saved.walk() if isinstance(inner := layer.config.get("layer"), SavedLayer)}
    for name, choice in activations.items():
        if name not in known:
            raise InputError(
                f"--activation names layer {name!r}, which the model does not have; it has {sorted(known)}"
            )
        choices[name] = choice if isinstance(choice, Function) else parse_choice(f"{name}={choice}")[1]
    return choices


def make_plans(
    saved: SavedModel, context: Context, replaced: Mapping[str, Any] | None = None
) -> tuple[dict[int, Plan], list[tuple[SavedLayer, str]]]:
    """The plan of every layer (by its id), and the layers that cannot be carried over with the reasons."""
    plans: dict[int, Plan] = {}
    problems: list[tuple[SavedLayer, str]] = []
    for layer in _every_layer(saved):
        if layer.class_name == "InputLayer" or layer.model is not None or layer.name in (replaced or {}):
            continue
        try:
            plans[id(layer)] = translate(layer, context)
        except Unsupported as error:
            problems.append((layer, str(error)))
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            problems.append((layer, f"its configuration is damaged ({type(error).__name__}: {str(error)[:100]})"))
    return plans, problems


def _every_layer(saved: SavedModel):
    """All layers, those of models inside wrappers included."""
    for layer in saved.walk():
        yield layer
        inner = layer.config.get("layer")
        if isinstance(inner, SavedLayer) and inner.model is not None:
            yield from _every_layer(inner.model)


class _Upgrade:
    """One upgrade: the plans, the graph, the weights."""

    def __init__(self, file: LegacyFile, saved: SavedModel, choices: dict[str, Function], given: dict, input_shape):
        self.file, self.saved, self.given, self.input_shape = file, saved, given, input_shape
        self.context = Context(saved.version if saved.version.number else file.keras, choices)

    def model(self) -> keras.Model:
        from common.legacy_weights.graph import Builder

        plans, problems = make_plans(self.saved, self.context, self.given)
        if problems:
            raise InputError(f"{self.file.path}: {describe_problems(problems)}")
        weighted = self.file.weighted
        largest = max((max(a.shape, default=1) for arrays in weighted.values() for _, a in arrays), default=1)
        shapes = {name: [array.shape for _, array in arrays] for name, arrays in weighted.items()}
        builder = Builder(self.context, plans, largest, shapes, given=self.given)
        builder.input_shape = tuple(self.input_shape) if self.input_shape is not None else None
        try:
            model, built = builder.model(self.saved, top=True)
        except InputError as error:
            raise InputError(f"{self.file.path}: {error}") from error
        except Exception as error:
            problem = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            raise InputError(f"{self.file.path}: the architecture cannot be rebuilt in Keras 3 ({problem})") from error
        self._fill(built)
        return model

    def _fill(self, built: list[BuiltLayer]) -> None:
        """Put every array of the file into its layer; InputError for one that is missing, left over or misfit."""
        weighted = dict(self.file.weighted)
        if self.file.stray:
            raise InputError(
                f"{self.file.path}: weights {list(self.file.stray)} belong to no layer (the author's own class of "
                "model made them); rebuild the model in code and use load_legacy_weights"
            )
        groups = [(part.saved, slots) for part in built if (slots := self._slots(part))]
        groups = _flattened(groups, weighted)
        for (saved, slots), arrays in zip(groups, self._in_order(groups, weighted), strict=True):
            _fill_group(self.file.path, saved, slots, arrays)

    def _slots(self, part: BuiltLayer) -> list[Slot]:
        from common.legacy_weights.assign import Slot, layer_variables

        slots = []
        for leaf in part.leaves():
            if leaf.layer is None or not layer_variables(leaf.layer):
                continue
            saved, layer = leaf.saved, leaf.layer
            kind = type(layer).__name__
            inner = layer
            while kind == "TimeDistributed":
                inner = inner.layer
                kind = type(inner).__name__
            config = saved.config.get("layer")
            config = config.config if isinstance(config, SavedLayer) else saved.config
            origin = origin_of(config, keras1=self.file.keras1, backend=self.file.backend)
            slots.append(Slot(saved.name, inner, kind, origin, saved.trainable))
        return slots

    def _in_order(self, groups: list, weighted: dict) -> list[list]:
        """The arrays for each group: by name where the file and the architecture have the same names, else in order."""
        names = [saved.name for saved, _ in groups]
        if set(names) == set(weighted):
            return [weighted[name] for name in names]
        missing = [name for name in names if name not in weighted]
        extra = [name for name in weighted if name not in names]
        if len(names) == len(weighted):
            return list(weighted.values())
        kind = f"layer {missing[0]!r} has no arrays in the file" if missing else f"it has layer {extra[0]!r} more"
        raise InputError(
            f"{self.file.path}: the architecture has {len(names)} layers with weights, the file {len(weighted)}: "
            f"{kind}; give the architecture that belongs to these weights"
        )


def _flattened(groups: list, weighted: dict) -> list:
    """Groups of nested models taken apart where the file keeps their layers side by side with the others."""
    flat = []
    for saved, slots in groups:
        if saved.name in weighted or len(slots) == 1 or not all(slot.name in weighted for slot in slots):
            flat.append((saved, slots))
        else:
            flat += [(SavedLayer(slot.name, slot.kind, {}), [slot]) for slot in slots]
    return flat


def _fill_group(path: Path, saved: SavedLayer, slots: list[Slot], arrays: list) -> None:
    from common.legacy_weights.assign import split_group

    try:
        for slot, mine in zip(slots, split_group(arrays, slots), strict=True):
            slot.assign(mine)
    except DoesNotFit as error:
        raise InputError(
            f"{path}: the arrays of layer {saved.name!r} ({saved.class_name}) do not fit it: {error}; "
            "give the architecture that belongs to these weights"
        ) from error


def describe_problems(problems: list[tuple[SavedLayer, str]]) -> str:
    """One sentence that names every layer that cannot be carried over, why, and how to supply it."""
    listed = "; ".join(f"layer {layer.name!r} ({layer.class_name}): {reason}" for layer, reason in problems)
    names = ", ".join(f"{layer.name!r}: LAYER" for layer, _ in problems[:4])
    return f"{listed}. Supply your own in Python: upgrade(path, layers={{{names}}})"


def _open_keras3(file: LegacyFile) -> keras.Model:
    """A file that Keras 3 wrote: nothing to upgrade, Keras opens it (its own checks stay on)."""
    import keras

    if file.architecture is None:
        raise InputError(f"{file.path}: weights that Keras 3 saved, without an architecture; use model.load_weights")
    try:
        return keras.models.load_model(file.path, compile=False, safe_mode=True)
    except Exception as error:
        saved = parse_architecture(file.architecture, file.keras, str(file.path))
        _, problems = make_plans(saved, Context(parse_version("2.15")))
        named = describe_problems(problems) if problems else " ".join(str(error).split())[:300]
        raise InputError(f"{file.path}: Keras 3 wrote this file and cannot open it again: {named}") from error
