"""Translations of the layers without a spatial or a time axis of their own: dense, activation, shape, merge, noise."""

from __future__ import annotations

from typing import Any

from common.legacy_weights.plan import Plan, Reader, Unsupported, translates


@translates("Dense")
def _dense(reader: Reader) -> Plan:
    options = reader.take("units", use_bias=True) | {"activation": reader.activation()}
    return Plan("Dense", options | reader.training_options())


@translates("EinsumDense")
def _einsum_dense(reader: Reader) -> Plan:
    shape = reader.get("output_shape")
    options = reader.take("equation", bias_axes=None) | {"activation": reader.activation()}
    options["output_shape"] = tuple(shape) if isinstance(shape, list) else shape
    return Plan("EinsumDense", options | reader.training_options())


@translates("Activation")
def _activation(reader: Reader) -> Plan:
    chosen = reader.activation()
    if isinstance(chosen, Plan):
        return chosen
    if chosen.is_softmax and chosen.name == "softmax" and chosen.axis is not None:
        return Plan("Softmax", {"axis": chosen.axis})
    return Plan("Activation", {"activation": chosen})


@translates("Softmax")
def _softmax(reader: Reader) -> Plan:
    chosen = reader.context.activations.get(reader.layer.name)
    axis = reader.get("axis", -1) if chosen is None or chosen.axis is None else chosen.axis
    return Plan("Softmax", {"axis": tuple(axis) if isinstance(axis, list) else axis})


@translates("LeakyReLU")
def _leaky_relu(reader: Reader) -> Plan:
    slope = reader.get("negative_slope", reader.get("alpha", 0.3))
    return Plan("LeakyReLU", {"negative_slope": number(slope, "alpha")})


@translates("ELU")
def _elu(reader: Reader) -> Plan:
    return Plan("ELU", {"alpha": number(reader.get("alpha", 1.0), "alpha")})


@translates("ThresholdedReLU")
def _thresholded_relu(reader: Reader) -> Plan:
    return Plan("ReLU", {"threshold": number(reader.get("theta", 1.0), "theta")})


@translates("ReLU")
def _relu(reader: Reader) -> Plan:
    limit = reader.get("max_value")
    return Plan(
        "ReLU",
        {
            "max_value": None if limit is None else number(limit, "max_value"),
            "negative_slope": number(reader.get("negative_slope", 0.0) or 0.0, "negative_slope"),
            "threshold": number(reader.get("threshold", 0.0) or 0.0, "threshold"),
        },
    )


@translates("PReLU")
def _prelu(reader: Reader) -> Plan:
    return Plan("PReLU", reader.take(shared_axes=None) | reader.training_options())


def number(value: Any, what: str) -> float:
    """A plain number of a configuration, which Keras 2 also wrote as a one-element list; Unsupported otherwise."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Unsupported(f"its {what} is {value!r}, not a number")
    return float(value)


@translates("Dropout")
def _dropout(reader: Reader) -> Plan:
    shape = reader.get("noise_shape")
    return Plan("Dropout", {"rate": number(reader.get("rate"), "rate"), "noise_shape": tuple(shape) if shape else None})


@translates("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
def _spatial_dropout(reader: Reader) -> Plan:
    options: dict[str, Any] = {"rate": number(reader.get("rate", 0.5), "rate")}
    if not reader.layer.class_name.endswith("1D"):
        options["data_format"] = reader.get("data_format") or "channels_last"
    return Plan(reader.layer.class_name, options)


@translates("GaussianDropout", "AlphaDropout")
def _other_dropout(reader: Reader) -> Plan:
    return Plan(reader.layer.class_name, {"rate": number(reader.get("rate"), "rate")})


@translates("GaussianNoise")
def _gaussian_noise(reader: Reader) -> Plan:
    return Plan("GaussianNoise", {"stddev": number(reader.get("stddev"), "stddev")})


@translates("ActivityRegularization")
def _activity_regularization(reader: Reader) -> Plan:
    return Plan("ActivityRegularization", reader.take(l1=0.0, l2=0.0))


@translates("Flatten")
def _flatten(reader: Reader) -> Plan:
    return Plan("Flatten", {"data_format": reader.get("data_format") or "channels_last"})


@translates("Reshape")
def _reshape(reader: Reader) -> Plan:
    return Plan("Reshape", {"target_shape": tuple(reader.get("target_shape"))})


@translates("Permute")
def _permute(reader: Reader) -> Plan:
    return Plan("Permute", {"dims": tuple(reader.get("dims"))})


@translates("RepeatVector")
def _repeat_vector(reader: Reader) -> Plan:
    return Plan("RepeatVector", {"n": int(reader.get("n"))})


@translates("Masking")
def _masking(reader: Reader) -> Plan:
    return Plan("Masking", {"mask_value": number(reader.get("mask_value", 0.0), "mask_value")})


@translates("Embedding")
def _embedding(reader: Reader) -> Plan:
    if number(reader.get("embeddings_dropout", 0.0) or 0.0, "dropout"):
        reader.notes.append("Keras 1's dropout of whole words is gone; it acted in training only")
    options = {"input_dim": int(reader.get("input_dim")), "output_dim": int(reader.get("output_dim"))}
    training = reader.training_options()
    training.pop("activity_regularizer", None)
    return Plan("Embedding", options | reader.take(mask_zero=False) | training)


@translates("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")
def _merge(reader: Reader) -> Plan:
    return Plan(reader.layer.class_name)


@translates("Concatenate")
def _concatenate(reader: Reader) -> Plan:
    return Plan("Concatenate", reader.take(axis=-1))


@translates("Dot")
def _dot(reader: Reader) -> Plan:
    axes = reader.get("axes")
    return Plan("Dot", {"axes": tuple(axes) if isinstance(axes, list) else axes} | reader.take(normalize=False))


@translates("BatchNormalization", "BatchNormalizationV1", "BatchNormalizationV2", "SyncBatchNormalization")
def _batch_normalization(reader: Reader) -> Plan:
    options = reader.take(
        "renorm", "renorm_clipping", "renorm_momentum", momentum=0.99, epsilon=1e-3, center=True, scale=True
    )
    if not options.get("renorm"):
        options = {key: value for key, value in options.items() if not key.startswith("renorm")}
    if reader.get("virtual_batch_size") is not None or reader.get("adjustment") is not None:
        raise Unsupported("virtual batches are gone from Keras 3")
    axis = reader.get("axis", -1)
    if isinstance(axis, list):
        if len(axis) != 1:
            raise Unsupported(f"it normalises over several axes {axis}, Keras 3's over one")
        axis = axis[0]
    training = reader.training_options()
    for ending in ("regularizer", "constraint", "initializer"):
        for part in ("beta", "gamma", "moving_mean", "moving_variance"):
            key = f"{part}_{ending}"
            if isinstance(reader.config.get(key), dict):
                training[key] = reader.config[key]
    return Plan("BatchNormalization", options | {"axis": int(axis)} | training)


@translates("LayerNormalization")
def _layer_normalization(reader: Reader) -> Plan:
    axis = reader.get("axis", -1)
    return Plan("LayerNormalization", reader.take(epsilon=1e-3, center=True, scale=True) | {"axis": axis})


@translates("GroupNormalization")
def _group_normalization(reader: Reader) -> Plan:
    return Plan("GroupNormalization", reader.take(groups=32, axis=-1, epsilon=1e-3, center=True, scale=True))


@translates("UnitNormalization")
def _unit_normalization(reader: Reader) -> Plan:
    return Plan("UnitNormalization", reader.take(axis=-1))


@translates("Normalization")
def _normalization(reader: Reader) -> Plan:
    options = reader.take("mean", "variance", axis=-1, invert=False)
    axis = options["axis"]
    return Plan("Normalization", options | {"axis": tuple(axis) if isinstance(axis, list) else axis})


@translates("Rescaling")
def _rescaling(reader: Reader) -> Plan:
    return Plan("Rescaling", reader.take("scale", offset=0.0))


@translates("Identity")
def _identity(reader: Reader) -> Plan:
    return Plan("Identity")


@translates("Attention", "AdditiveAttention")
def _attention(reader: Reader) -> Plan:
    kind = reader.layer.class_name
    options = reader.take("score_mode", dropout=0.0, use_scale=kind == "AdditiveAttention")
    keywords = {"use_causal_mask": True} if reader.get("causal", False) else {}
    return Plan(kind, options, keywords=keywords)


@translates("MultiHeadAttention")
def _multi_head_attention(reader: Reader) -> Plan:
    options = reader.take("num_heads", "key_dim", value_dim=None, dropout=0.0, use_bias=True)
    shape = reader.get("output_shape")
    axes = reader.get("attention_axes")
    options |= {"output_shape": tuple(shape) if isinstance(shape, list) else shape}
    options |= {"attention_axes": tuple(axes) if isinstance(axes, list) else axes}
    return Plan("MultiHeadAttention", options | reader.training_options())
