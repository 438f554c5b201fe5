"""`load_legacy_weights`: the arrays of an old file into a model of one's own, matched by structure, with a report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.errors import InputError
from common.legacy_weights.architecture import SavedLayer, parse_architecture
from common.legacy_weights.arrays import DoesNotFit, origin_of
from common.legacy_weights.assign import Named, Slot, layer_variables
from common.legacy_weights.meaning import compare_layers, conversion_notes, family, followed_by_activation
from common.legacy_weights.report import Placement, WeightReport
from common.legacy_weights.saved_file import LegacyFile, read_weights

if TYPE_CHECKING:
    import keras


@dataclass
class Source:
    """One layer of the file that has arrays, its configuration where there is one, and an Activation right after it."""

    name: str
    arrays: Named
    saved: SavedLayer | None
    followed_by: str | None = None

    @property
    def shapes(self) -> str:
        """The arrays' shapes as text."""
        return ", ".join(str(tuple(array.shape)) for _, array in self.arrays)


def load_legacy_weights(
    model: keras.Model,
    path: str | os.PathLike[str],
    *,
    layer_map: Mapping[str, str] | None = None,
    strict: bool = True,
) -> WeightReport:
    """Put the weights of a Keras 1, 2 or tf.keras file into `model` and say what went where.

    Layers are matched by `layer_map` (file's name -> model's name) first; the others by name where all names agree,
    else in order, else each with the first free layer of its class and shapes. Arrays are converted from the
    layout of their version and back end. Settings on which file and model differ are listed in the report, not
    changed. With `strict`, a layer of the file without a place, or of the model without arrays, is an InputError, as is
    any misfit of shapes; the model is untouched then. `model` must be built.
    """
    file = read_weights(path)
    sources, slots = read_sources(file), model_slots(model, file)
    if not slots:
        raise InputError("the model has no weights yet; build it (call it once, or give it an Input) before loading")
    pairs = _Matching(file, sources, slots).pairs(dict(layer_map or {}), strict)
    report = WeightReport(str(file.path), file.keras.text, file.backend)
    if file.architecture is None:
        report.notes.append("the file holds no architecture: only classes and shapes could be compared, not settings")
    for source, slot, how in pairs:
        slot.assign(source.arrays)
        weights = tuple((name, tuple(array.shape)) for name, array in source.arrays)
        report.placements.append(Placement(source.name, slot.name, how, weights, slot.parameters))
        report.differences += compare_layers(source.name, source.saved, slot, file, source.followed_by)
        report.notes += conversion_notes(source.name, source.arrays, source.saved, slot, file)
    placed = {id(slot) for _, slot, _ in pairs}, {id(source) for source, _, _ in pairs}
    report.missing = [slot.name for slot in slots if id(slot) not in placed[0]]
    report.extra = [source.name for source in sources if id(source) not in placed[1]]
    return report


def read_sources(file: LegacyFile) -> list[Source]:
    """The file's layers with arrays, in its order; a model saved as one layer is taken apart into its layers."""
    saved: dict[str, SavedLayer] = {}
    followed: dict[str, str] = {}
    if file.architecture is not None:
        model = parse_architecture(file.architecture, file.keras, str(file.path))
        saved = {layer.name: layer for layer in model.walk()}
        followed = followed_by_activation(model)
    sources = []
    for name, arrays in file.weighted.items():
        parts = _parts(name, arrays, saved.get(name))
        sources += [Source(part, mine, saved.get(part), followed.get(part)) for part, mine in parts.items()]
    return sources


def _parts(name: str, arrays: Named, layer: SavedLayer | None) -> dict[str, Named]:
    """A group of arrays by the layer that each array's name begins with, where the group is a model's."""
    firsts = [weight.split(":")[0].split("/")[0] for weight, _ in arrays]
    inner = {part.name for part in layer.model.walk()} if layer is not None and layer.model is not None else None
    nested = inner is not None if layer is not None else len(set(firsts)) > 1 and all("/" in w for w, _ in arrays)
    if not nested or name in firsts:
        return {name: arrays}
    parts: dict[str, Named] = {}
    for weight, array in arrays:
        path = weight.split(":")[0].split("/")
        owner = next((part for part in path if inner is None or part in inner), name)
        parts.setdefault(owner, []).append((weight, array))
    return parts


def model_slots(model: keras.Model, file: LegacyFile) -> list[Slot]:
    """The layers of `model` that take arrays, those of models inside it included, wrappers around one layer removed."""
    slots = []
    for number, layer in enumerate(model.layers):
        inner, name = layer, layer.name
        while type(inner).__name__ == "TimeDistributed":
            inner = inner.layer
        if hasattr(inner, "layers") and type(inner).__name__ != "Bidirectional":
            slots += model_slots(inner, file)
        elif layer_variables(inner):
            followed = _activation_of(model.layers[number + 1]) if number + 1 < len(model.layers) else None
            config = {"data_format": getattr(inner, "data_format", None)}
            origin = origin_of(config, keras1=file.keras1, backend=file.backend)
            slots.append(Slot(name, inner, type(inner).__name__, origin, followed_by=followed))
    return slots


def _activation_of(layer: keras.Layer) -> str | None:
    """The function of a layer that is nothing but an activation; None for any other."""
    kind = type(layer).__name__
    if kind == "Activation":
        return layer.activation.__name__
    return {"Softmax": "softmax", "ReLU": "relu"}.get(kind)


class _Matching:
    """Finding the layer of the model for each layer of the file."""

    def __init__(self, file: LegacyFile, sources: list[Source], slots: list[Slot]):
        self.file, self.sources, self.slots = file, sources, slots

    def pairs(self, layer_map: dict[str, str], strict: bool) -> list[tuple[Source, Slot, str]]:
        """The pairs in the file's order; InputError as `load_legacy_weights` says."""
        chosen = self._mapped(layer_map)
        sources = [source for source in self.sources if source.name not in layer_map]
        taken = {id(slot) for _, slot, _ in chosen}
        slots = [slot for slot in self.slots if id(slot) not in taken]
        found = self._by_name(sources, slots) or self._by_order(sources, slots) or self._by_structure(sources, slots)
        if strict:
            self._check_complete(sources, slots, found)
        order = {id(source): index for index, source in enumerate(self.sources)}
        return sorted(chosen + found, key=lambda pair: order[id(pair[0])])

    def _mapped(self, layer_map: dict[str, str]) -> list[tuple[Source, Slot, str]]:
        named_sources = {source.name: source for source in self.sources}
        named_slots = {slot.name: slot for slot in self.slots}
        pairs = []
        for old, new in layer_map.items():
            if old not in named_sources:
                raise InputError(f"layer_map names {old!r}, but {self.file.path} has only {sorted(named_sources)}")
            if new not in named_slots:
                raise InputError(f"layer_map names {new!r}, but the model has only {sorted(named_slots)}")
            self._must_fit(named_sources[old], named_slots[new])
            pairs.append((named_sources[old], named_slots[new], "layer_map"))
        return pairs

    def _by_name(self, sources: list[Source], slots: list[Slot]) -> list[tuple[Source, Slot, str]]:
        named = {slot.name: slot for slot in slots}
        if len(named) != len(slots) or set(named) != {source.name for source in sources}:
            return []
        for source in sources:
            self._must_fit(source, named[source.name])
        return [(source, named[source.name], "name") for source in sources]

    def _by_order(self, sources: list[Source], slots: list[Slot]) -> list[tuple[Source, Slot, str]]:
        pairs = list(zip(sources, slots, strict=False))
        if len(sources) != len(slots) or not all(fits(source, slot) for source, slot in pairs):
            return []
        return [(source, slot, "order") for source, slot in pairs]

    def _by_structure(self, sources: list[Source], slots: list[Slot]) -> list[tuple[Source, Slot, str]]:
        free, pairs = list(slots), []
        for source in sources:
            slot = next((slot for slot in free if fits(source, slot)), None)
            if slot is not None:
                free.remove(slot)
                pairs.append((source, slot, "structure"))
        return pairs

    def _must_fit(self, source: Source, slot: Slot) -> None:
        try:
            slot.converted(source.arrays)
        except DoesNotFit as error:
            raise InputError(
                f"{self.file.path}: layer {source.name!r} does not fit the model's layer {slot.name!r}: {error}; "
                f"build the model with the file's sizes{_about_reset_after(source, slot)}"
            ) from error

    def _check_complete(self, sources: list[Source], slots: list[Slot], found: list) -> None:
        placed = {id(part) for pair in found for part in pair[:2]}
        extra = [source for source in sources if id(source) not in placed]
        missing = [slot for slot in slots if id(slot) not in placed]
        if extra and missing:
            same = [slot for slot in missing if family(slot.kind) == family(_kind(extra[0]))]
            self._must_fit(extra[0], (same or missing)[0])
            raise InputError(
                f"{self.file.path}: layer {extra[0].name!r} ({_kind(extra[0])}) has no counterpart of its class in the "
                f"model, whose layer {missing[0].name!r} ({missing[0].kind}) gets no arrays; build the same layers"
            )
        if extra:
            names = ", ".join(f"{source.name!r} ({source.shapes})" for source in extra)
            raise InputError(
                f"{self.file.path}: the model has no place for the file's {names}; use strict=False to skip"
            )
        if missing:
            names = ", ".join(f"{slot.name!r} ({slot.kind}, {slot.shapes})" for slot in missing)
            raise InputError(
                f"{self.file.path}: the file has no arrays for the model's {names}; use strict=False to skip"
            )


def fits(source: Source, slot: Slot) -> bool:
    """Whether class (where the file says it) and shapes agree."""
    if source.saved is not None and family(_kind(source)) != family(slot.kind):
        return False
    try:
        slot.converted(source.arrays)
    except DoesNotFit:
        return False
    return True


def _kind(source: Source) -> str:
    saved: Any = source.saved
    while (
        saved is not None
        and saved.class_name == "TimeDistributed"
        and isinstance(saved.config.get("layer"), SavedLayer)
    ):
        saved = saved.config["layer"]
    return saved.class_name if saved is not None else "class not stated"


def _about_reset_after(source: Source, slot: Slot) -> str:
    """A word on the setting that most often makes a GRU's bias misfit."""
    if slot.kind != "GRU" or len(source.arrays) != 3 or source.arrays[1][1].ndim != 2:
        return ""
    units, bias = source.arrays[1][1].shape[0], source.arrays[2][1].size
    return f" and reset_after={bias == 6 * units}" if bias in (3 * units, 6 * units) else ""
