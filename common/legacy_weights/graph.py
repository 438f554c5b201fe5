"""A saved model built anew in Keras 3: its layers made from their plans and called as they were called."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from common.errors import InputError
from common.legacy_weights.activations import Function
from common.legacy_weights.architecture import Call, Reference, SavedLayer, SavedModel
from common.legacy_weights.build import make_layer, safe_name, split_softmax
from common.legacy_weights.graph_walk import references
from common.legacy_weights.input_shapes import input_options, sequential_input
from common.legacy_weights.masks import MERGES, merge_with_mask, name_operations
from common.legacy_weights.plan import Context, Plan, Unsupported

if TYPE_CHECKING:
    import keras

WITH_STATES = ("SimpleRNN", "LSTM", "GRU", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
CALL_OPTIONS = {
    "initial_state": WITH_STATES,
    "value": ("MultiHeadAttention",),
    "key": ("MultiHeadAttention",),
    "query": ("MultiHeadAttention",),
    "attention_mask": ("MultiHeadAttention",),
    "use_causal_mask": ("MultiHeadAttention", "Attention", "AdditiveAttention"),
    "return_attention_scores": ("MultiHeadAttention", "Attention", "AdditiveAttention"),
}
SIZES = ("units", "filters", "input_dim", "output_dim", "key_dim", "value_dim", "num_heads")


@dataclass
class BuiltLayer:
    """A saved layer with what was made of it: its plan and layer, or the parts of the model that it is or wraps."""

    saved: SavedLayer
    plan: Plan | None
    layer: keras.Layer | None
    children: list[BuiltLayer] = field(default_factory=list)
    after: list[keras.Layer] = field(default_factory=list)

    def leaves(self) -> Iterator[BuiltLayer]:
        """The layers that hold weights of their own, in the saved order."""
        if self.children:
            for child in self.children:
                yield from child.leaves()
        else:
            yield self


class Builder:
    """Builds one model and the models inside it.

    `plans`: the plan of every saved layer, by id. `largest`: the largest dimension of any array in the file; a layer
    that declares more is refused before memory is taken for it. `shapes`: the shapes of a saved layer's arrays by name.
    """

    def __init__(
        self,
        context: Context,
        plans: dict[int, Plan],
        largest: int,
        shapes: dict[str, list[tuple]],
        given: dict[str, keras.Layer],
    ):
        self.context, self.plans, self.largest, self.shapes, self.given = context, plans, largest, shapes, given
        self.input_shape: tuple[int | None, ...] | None = None

    def model(self, saved: SavedModel, *, top: bool = False) -> tuple[keras.Model, list[BuiltLayer]]:
        """The Keras model of `saved` and its built layers in the saved order."""
        names = [layer.name for layer in saved.layers]
        if saved.sequential and len(set(names)) == len(names):
            return self._sequential(saved, top)
        if saved.sequential:
            return self._chain(saved)
        return _Functional(self, saved).build()

    def built(self, saved: SavedLayer) -> BuiltLayer:
        """Make the layer (or nested model) of a saved layer."""
        if saved.name in self.given:
            return BuiltLayer(saved, None, self.given[saved.name])
        if saved.model is not None:
            model, children = self.model(saved.model)
            model.name = safe_name(saved.name)
            return BuiltLayer(saved, None, model, children)
        plan = self.plans[id(saved)]
        if plan.kind == "Operation":
            return BuiltLayer(saved, plan, None)
        self._check_sizes(saved, plan.options)
        children: list[BuiltLayer] = []

        def make_model(inner: SavedModel) -> keras.Model:
            model, parts = self.model(inner)
            children.extend(parts)
            return model

        try:
            plan = split_softmax(plan)
            layer = make_layer(plan, saved.name, make_model)
            after = [make_layer(step, f"{saved.name}_{step.kind.lower()}") for step in plan.after]
        except InputError:
            raise
        except Unsupported as error:
            raise refusal(saved, str(error)) from error
        except Exception as error:
            raise refusal(saved, f"Keras 3 does not accept its settings ({_first_line(error)})") from error
        return BuiltLayer(saved, plan, layer, children, after)

    def _check_sizes(self, saved: SavedLayer, options: dict[str, Any]) -> None:
        for key, value in options.items():
            if isinstance(value, Plan):
                self._check_sizes(saved, value.options)
            elif key in SIZES and isinstance(value, int) and value > self.largest:
                raise refusal(saved, f"it declares {key}={value}, but no array in the file is that large")

    def call(self, built: BuiltLayer, inputs: Any, keywords: dict[str, Any]) -> Any:
        """Call the built layer, then the layers that follow it; InputError, with the layer named, where it fails."""
        if built.plan is not None and _has_kernel(built.plan):
            self._check_input(built.saved, inputs)
        try:
            outputs = built.layer(inputs, **keywords)
            for step in built.after:
                outputs = step(outputs)
        except InputError:
            raise
        except Exception as error:
            raise refusal(built.saved, f"Keras 3 cannot call it as the file says ({_first_line(error)})") from error
        _check_output(built, outputs)
        return outputs

    def _check_input(self, saved: SavedLayer, inputs: Any) -> None:
        first = inputs[0] if isinstance(inputs, (list, tuple)) and inputs else inputs
        shape = getattr(first, "shape", None) or ()
        channels = [shape[-1]] if len(shape) > 1 else []
        if saved.config.get("data_format") == "channels_first" and len(shape) > 2:
            channels = [shape[1]]
        most = self.largest * max(1, saved.config.get("groups") or 1)
        if any(length is not None and length > most for length in channels):
            raise refusal(saved, f"its input has shape {shape}, but no array in the file is that large")

    def _sequential(self, saved: SavedModel, top: bool) -> tuple[keras.Model, list[BuiltLayer]]:
        import keras

        layers = [layer for layer in saved.layers if layer.class_name != "InputLayer"]
        start = sequential_input(saved, self.shapes, self.input_shape if top else None, needed=top)
        built = [self.built(layer) for layer in layers]
        steps = [step for part in built for step in (part.layer, *part.after)]
        model = keras.Sequential(name=safe_name(saved.name))
        if start is None:
            for step in steps:
                model.add(step)
            return model, built
        model.add(start)
        for part in built:
            if part.plan is not None and _has_kernel(part.plan):
                self._check_input(part.saved, model.outputs[0] if model.layers else start.output)
            self._add(model, part)
        return model, built

    def _add(self, model: keras.Sequential, part: BuiltLayer) -> None:
        try:
            for step in (part.layer, *part.after):
                model.add(step)
        except Exception as error:
            raise refusal(part.saved, f"Keras 3 cannot call it as the file says ({_first_line(error)})") from error
        _check_output(part, model.outputs[0])

    def _chain(self, saved: SavedModel) -> tuple[keras.Model, list[BuiltLayer]]:
        """A Sequential that has one layer twice: Keras 3 wants these as a functional model."""
        import keras

        start = sequential_input(saved, self.shapes, self.input_shape, needed=True)
        made: dict[str, BuiltLayer] = {}
        tensor = start.output
        for layer in saved.layers:
            if layer.class_name == "InputLayer":
                continue
            if layer.name not in made:
                made[layer.name] = self.built(layer)
            tensor = self.call(made[layer.name], tensor, {})
        return keras.Model(start.output, tensor, name=safe_name(saved.name)), list(made.values())


class _Functional:
    """The graph of one functional model while it is being put together."""

    def __init__(self, builder: Builder, saved: SavedModel):
        self.builder, self.saved = builder, saved
        self.made: dict[str, BuiltLayer] = {}
        self.tensors: dict[tuple[str, int], list[Any]] = {}
        self.first_call = _first_calls(saved)

    def build(self) -> tuple[keras.Model, list[BuiltLayer]]:
        import keras

        pending: list[tuple[SavedLayer, int, Call]] = []
        for layer in self.saved.layers:
            if layer.name in self.made or (layer.name, 0) in self.tensors:
                raise refusal(layer, "the architecture has two layers of this name")
            if layer.class_name == "InputLayer":
                self.tensors[layer.name, 0] = [self._input(layer)]
                continue
            self.made[layer.name] = self.builder.built(layer)
            start = self.first_call.get(layer.name, 0)
            pending += [(layer, start + number, call) for number, call in enumerate(layer.calls)]
        self._run(pending)
        inputs, outputs = self._ends(self.saved.inputs), self._ends(self.saved.outputs)
        name_operations(_flatten(outputs), {safe_name(layer.name) for layer in self.saved.layers})
        try:
            model = keras.Model(inputs, outputs, name=safe_name(self.saved.name))
        except Exception as error:
            raise InputError(
                f"model {self.saved.name!r} cannot be put together in Keras 3 ({_first_line(error)})"
            ) from error
        return model, list(self.made.values())

    def _input(self, layer: SavedLayer) -> Any:
        import keras

        try:
            return keras.layers.InputLayer(**input_options(layer, self.saved)).output
        except (TypeError, ValueError) as error:
            raise refusal(layer, f"Keras 3 does not accept its settings ({_first_line(error)})") from error

    def _run(self, pending: list[tuple[SavedLayer, int, Call]]) -> None:
        """Make the calls whose inputs are there, again and again, until none is left."""
        while pending:
            waiting = []
            for layer, number, call in pending:
                if not self._ready(call):
                    waiting.append((layer, number, call))
                    continue
                outputs = self._call(self.made[layer.name], call)
                self.tensors[layer.name, number] = _flatten(outputs)
            if len(waiting) == len(pending):
                raise refusal(waiting[0][0], "its inputs lead to no input of the model; the architecture is damaged")
            pending = waiting

    def _ready(self, call: Call) -> bool:
        return all((ref.layer, ref.call) in self.tensors for ref in references([call.inputs, call.keywords]))

    def _call(self, built: BuiltLayer, call: Call) -> Any:
        inputs = self._fill(call.inputs, built.saved)
        keywords = self._keywords(built, call.keywords)
        kind = built.plan.kind if built.plan else ""
        if kind in MERGES:
            return merge_with_mask(kind, built.layer, inputs, self.builder.call(built, inputs, keywords))
        if kind == "Operation":
            return self._operate(built, inputs, self._fill(call.keywords, built.saved))
        if kind in WITH_STATES and isinstance(inputs, list):
            if built.saved.config.get("num_constants"):
                raise refusal(built.saved, "its cell takes constants beside the sequence")
            keywords.setdefault("initial_state", inputs[1:])
            inputs = inputs[0]
        return self.builder.call(built, inputs, keywords)

    def _operate(self, built: BuiltLayer, inputs: Any, keywords: dict[str, Any]) -> Any:
        from common.legacy_weights.operations import operate

        try:
            return operate(built.plan.options["function"], inputs, keywords)
        except Unsupported as error:
            raise refusal(built.saved, str(error)) from error
        except Exception as error:
            raise refusal(built.saved, f"Keras 3 cannot call it as the file says ({_first_line(error)})") from error

    def _keywords(self, built: BuiltLayer, saved: dict[str, Any]) -> dict[str, Any]:
        """The call's keyword arguments that still mean something; InputError for one that cannot be carried over."""
        if built.plan is not None and built.plan.kind == "Operation":
            return {}
        keywords = dict(built.plan.keywords) if built.plan else {}
        kind = built.plan.kind if built.plan else "Model"
        accepted = inspect.signature(built.layer.call).parameters
        for key, value in saved.items():
            if value is None or value is False and key != "training" or key == "name":
                continue
            if key in ("training", "mask"):
                if key in accepted or kind == "Model":
                    keywords[key] = self._fill(value, built.saved)
            elif kind in CALL_OPTIONS.get(key, ()):
                keywords[key] = self._fill(value, built.saved)
            else:
                raise refusal(built.saved, f"it is called with {key}={value!r}, which cannot be carried over")
        return keywords

    def _fill(self, value: Any, saved: SavedLayer) -> Any:
        if isinstance(value, Reference):
            outputs = self.tensors[value.layer, value.call]
            if value.output >= len(outputs):
                raise refusal(saved, f"it uses output {value.output} of {value.layer!r}, which has {len(outputs)}")
            return outputs[value.output]
        if isinstance(value, dict):
            return {key: self._fill(item, saved) for key, item in value.items()}
        if isinstance(value, list):
            return [self._fill(item, saved) for item in value]
        return value

    def _ends(self, ends: Any) -> Any:
        missing = [ref.layer for ref in references(ends) if (ref.layer, ref.call) not in self.tensors]
        if missing:
            raise InputError(f"model {self.saved.name!r} names {missing[0]!r} as an end, which it does not have")
        filled = self._fill(ends, self.saved.layers[0])
        return filled[0] if isinstance(filled, list) and len(filled) == 1 else filled


def _first_calls(saved: SavedModel) -> dict[str, int]:
    """The number of each layer's first call: models inside a model count their own making as call 0 (mostly)."""
    used: dict[str, set[int]] = {}
    for ref in references(
        [saved.outputs, [[call.inputs, call.keywords] for layer in saved.layers for call in layer.calls]]
    ):
        used.setdefault(ref.layer, set()).add(ref.call)
    return {layer.name: 1 for layer in saved.layers if layer.model is not None and 0 not in used.get(layer.name, {0})}


def _flatten(outputs: Any) -> list[Any]:
    if isinstance(outputs, dict):
        outputs = list(outputs.values())
    if isinstance(outputs, (list, tuple)):
        return [leaf for item in outputs for leaf in _flatten(item)]
    return [outputs]


def _has_kernel(plan: Plan) -> bool:
    """Whether the layer multiplies its input's channels by a kernel, which must then be as large."""
    return plan.kind in ("Dense", "LSTM", "GRU", "SimpleRNN", "Bidirectional") or "Conv" in plan.kind


def _check_output(built: BuiltLayer, outputs: Any) -> None:
    """Refuse an output whose shape is not the one that Keras 1 saved with a Deconvolution2D, and a constant one."""
    stated = built.saved.config.get("output_shape") if built.plan and built.plan.kind == "Conv2DTranspose" else None
    shape = tuple(_flatten(outputs)[0].shape)
    if isinstance(stated, list) and any(
        a is not None and b is not None and a != b for a, b in zip(stated[1:], shape[1:], strict=False)
    ):
        raise refusal(built.saved, f"its output was given the shape {tuple(stated)}, which Keras 3 makes {shape}")
    _check_softmax(built, outputs)


def _check_softmax(built: BuiltLayer, outputs: Any) -> None:
    """Refuse a softmax over an axis of length 1: it answers 1 whatever comes in, which nobody means."""
    plan = built.plan
    chosen = plan.options.get("activation") if plan else None
    if not isinstance(chosen, Function) or not chosen.is_softmax or chosen.axis_given:
        return
    shape = _flatten(outputs)[0].shape
    if shape[-1] == 1:
        raise refusal(
            built.saved,
            f"its softmax runs over an axis of length 1 (output {tuple(shape)}), so that every output is 1; the author "
            "surely used a function of their own under that name, which the file does not hold",
            f"name the axis with --activation {built.saved.name}=softmax:AXIS "
            f"(softmax:1 for the time axis, softmax:-1 for the file's own reading)",
        )


def refusal(saved: SavedLayer, problem: str, step: str = "") -> InputError:
    """The InputError that names a layer, its class, what is wrong and what to do."""
    step = step or f"supply a layer with upgrade(path, layers={{{saved.name!r}: LAYER}})"
    return InputError(f"layer {saved.name!r} ({saved.class_name}): {problem}; {step}")


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
