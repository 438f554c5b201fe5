"""TensorFlow functions that were called on Keras tensors (`TFOpLambda`, `SlicingOpLambda`), as Keras 3 operations.

tf.keras 2.4 and later kept such a call as a layer that names the function: `tf.math.add`, `tf.concat`, `x[:, 0]` ...
The functions below are those with the same meaning in `keras.ops`; any other is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from common.legacy_weights.plan import Unsupported

# function -> (keras.ops name, how its arguments are called there, in the order of TensorFlow's signature)
BINARY = {
    "math.add": "add",
    "__operators__.add": "add",
    "add": "add",
    "math.subtract": "subtract",
    "subtract": "subtract",
    "math.multiply": "multiply",
    "multiply": "multiply",
    "math.divide": "true_divide",
    "math.truediv": "true_divide",
    "math.pow": "power",
    "pow": "power",
    "math.maximum": "maximum",
    "maximum": "maximum",
    "math.minimum": "minimum",
    "minimum": "minimum",
    "math.floordiv": "floor_divide",
    "math.equal": "equal",
    "math.not_equal": "not_equal",
    "math.greater": "greater",
    "math.less": "less",
    "math.logical_and": "logical_and",
    "math.logical_or": "logical_or",
    "math.squared_difference": "squared_difference",
}
UNARY = {
    "math.abs": "abs",
    "abs": "abs",
    "math.exp": "exp",
    "exp": "exp",
    "math.log": "log",
    "math.sqrt": "sqrt",
    "sqrt": "sqrt",
    "math.rsqrt": "rsqrt",
    "math.square": "square",
    "square": "square",
    "math.negative": "negative",
    "math.sigmoid": "sigmoid",
    "sigmoid": "sigmoid",
    "nn.sigmoid": "sigmoid",
    "math.tanh": "tanh",
    "tanh": "tanh",
    "nn.tanh": "tanh",
    "math.sin": "sin",
    "math.cos": "cos",
    "math.sign": "sign",
    "math.floor": "floor",
    "math.ceil": "ceil",
    "math.round": "round",
    "nn.relu": "relu",
    "nn.relu6": "relu6",
    "nn.elu": "elu",
    "nn.selu": "selu",
    "nn.softplus": "softplus",
    "math.softplus": "softplus",
    "nn.silu": "silu",
    "nn.swish": "silu",
    "math.logical_not": "logical_not",
    "zeros_like": "zeros_like",
    "ones_like": "ones_like",
    "identity": None,
    "stop_gradient": "stop_gradient",
}
REDUCE = {
    "math.reduce_mean": "mean",
    "math.reduce_sum": "sum",
    "math.reduce_max": "max",
    "math.reduce_min": "min",
    "math.reduce_prod": "prod",
    "math.reduce_std": "std",
    "math.reduce_variance": "var",
    "reduce_mean": "mean",
    "reduce_sum": "sum",
    "reduce_max": "max",
    "reduce_min": "min",
}


def is_known(function: str) -> bool:
    """Whether the function of a saved operation can be carried over."""
    function = function.removeprefix("compat.v1.")
    return function in BINARY or function in UNARY or function in REDUCE or function in SPECIAL


def operate(function: str, first: Any, keywords: dict[str, Any]) -> Any:
    """Call the function on its first argument and its keyword arguments (Keras tensors and constants)."""
    import keras

    function = function.removeprefix("compat.v1.")
    arguments = {key: value for key, value in keywords.items() if key != "name"}
    if isinstance(first, list) and len(first) == 1 and function not in ("concat", "stack", "math.add_n"):
        first = first[0]
    if function in BINARY:
        return _binary(getattr(keras.ops, BINARY[function]), first, arguments)
    if function in UNARY:
        name = UNARY[function]
        return first if name is None else getattr(keras.ops, name)(first)
    if function in REDUCE:
        axis = arguments.get("axis")
        axis = tuple(axis) if isinstance(axis, list) else axis
        return getattr(keras.ops, REDUCE[function])(first, axis=axis, keepdims=bool(arguments.get("keepdims")))
    if function in SPECIAL:
        return SPECIAL[function](keras.ops, first, arguments)
    raise Unsupported(f"the TensorFlow function tf.{function} is not one that can be carried over")


def _binary(operation: Callable[..., Any], first: Any, arguments: dict[str, Any]) -> Any:
    second = arguments.pop("y", None)
    if second is None and isinstance(first, list) and len(first) == 2:
        return operation(*first)
    return operation(first, second)


def _axis(arguments: dict[str, Any], default: int = -1) -> Any:
    axis = arguments.get("axis", default)
    return tuple(axis) if isinstance(axis, list) else axis


def _slice(ops: Any, tensor: Any, arguments: dict[str, Any]) -> Any:
    specification = arguments.get("slice_spec")
    parts = specification if isinstance(specification, list) else [specification]
    return tensor[tuple(_one_slice(part) for part in parts)]


def _one_slice(part: Any) -> Any:
    if isinstance(part, dict):
        bounds = [part.get(key) for key in ("start", "stop", "step")]
        if not all(bound is None or isinstance(bound, int) for bound in bounds):
            raise Unsupported("it slices by a tensor")
        return slice(*bounds)
    if part in ("...", "Ellipsis") or (isinstance(part, dict) and part.get("class_name") == "__ellipsis__"):
        return Ellipsis
    if part is None or isinstance(part, int):
        return part
    raise Unsupported(f"it slices by {part!r}")


def _reshape(ops: Any, tensor: Any, arguments: dict[str, Any]) -> Any:
    shape = arguments.get("shape")
    if not isinstance(shape, list) or not all(isinstance(length, int) for length in shape):
        raise Unsupported("it takes a shape that is computed")
    return ops.reshape(tensor, tuple(shape))


def _squeeze(ops: Any, tensor: Any, arguments: dict[str, Any]) -> Any:
    axis = arguments.get("axis", arguments.get("squeeze_dims"))
    return ops.squeeze(tensor, axis=tuple(axis) if isinstance(axis, list) else axis)


def _matmul(ops: Any, first: Any, arguments: dict[str, Any]) -> Any:
    second = arguments.pop("b", None)
    if isinstance(first, list) and second is None:
        first, second = first
    if arguments.get("adjoint_a") or arguments.get("adjoint_b"):
        raise Unsupported("it takes an adjoint")
    if arguments.get("transpose_a"):
        first = ops.swapaxes(first, -1, -2)
    return ops.matmul(first, ops.swapaxes(second, -1, -2) if arguments.get("transpose_b") else second)


def _split(ops: Any, tensor: Any, arguments: dict[str, Any]) -> Any:
    parts = arguments.get("num_or_size_splits")
    axis = arguments.get("axis", 0)
    if isinstance(parts, list):
        ends, total = [], 0
        for length in parts[:-1]:
            total += length
            ends.append(total)
        parts = ends
    return ops.split(tensor, parts, axis=axis)


def _clip(ops: Any, tensor: Any, arguments: dict[str, Any]) -> Any:
    return ops.clip(tensor, arguments["clip_value_min"], arguments["clip_value_max"])


def _cast(ops: Any, tensor: Any, arguments: dict[str, Any]) -> Any:
    dtype = arguments.get("dtype")
    dtype = dtype.get("value", dtype) if isinstance(dtype, dict) else dtype
    return ops.cast(tensor, str(dtype).replace("tf.", ""))


def _normalize(ops: Any, tensor: Any, arguments: dict[str, Any]) -> Any:
    """x / sqrt(max(sum(x^2), epsilon)) along the axes."""
    axis = _axis(arguments, None)
    square_sum = ops.sum(ops.square(tensor), axis=axis, keepdims=True)
    return ops.divide(tensor, ops.sqrt(ops.maximum(square_sum, arguments.get("epsilon") or 1e-12)))


def _gelu(ops: Any, tensor: Any, arguments: dict[str, Any]) -> Any:
    return ops.gelu(tensor, approximate=bool(arguments.get("approximate", False)))


def _leaky(ops: Any, tensor: Any, arguments: dict[str, Any]) -> Any:
    return ops.leaky_relu(tensor, negative_slope=arguments.get("alpha", 0.2))


def _transpose(ops: Any, tensor: Any, arguments: dict[str, Any]) -> Any:
    order = arguments.get("perm")
    return ops.transpose(tensor, axes=tuple(order) if order is not None else None)


def _softmax(ops: Any, tensor: Any, arguments: dict[str, Any]) -> Any:
    axis = arguments.get("axis")
    return ops.softmax(tensor, axis=-1 if axis is None else axis)


SPECIAL: dict[str, Callable[[Any, Any, dict[str, Any]], Any]] = {
    "__operators__.getitem": _slice,
    "concat": lambda ops, values, arguments: ops.concatenate(values, axis=arguments.get("axis", 0)),
    "stack": lambda ops, values, arguments: ops.stack(values, axis=arguments.get("axis", 0)),
    "math.add_n": lambda ops, values, arguments: sum(values[1:], start=values[0]),
    "reshape": _reshape,
    "transpose": _transpose,
    "expand_dims": lambda ops, tensor, arguments: ops.expand_dims(tensor, axis=arguments["axis"]),
    "squeeze": _squeeze,
    "linalg.matmul": _matmul,
    "matmul": _matmul,
    "split": _split,
    "clip_by_value": _clip,
    "cast": _cast,
    "nn.softmax": _softmax,
    "math.l2_normalize": _normalize,
    "nn.l2_normalize": _normalize,
    "linalg.l2_normalize": _normalize,
    "nn.gelu": _gelu,
    "nn.leaky_relu": _leaky,
    "math.reciprocal": lambda ops, tensor, arguments: ops.reciprocal(tensor),
    "tile": lambda ops, tensor, arguments: ops.tile(tensor, tuple(arguments["multiples"])),
}
