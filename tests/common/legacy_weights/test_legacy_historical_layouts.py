"""Files as older versions laid them out: Keras 1's names and arrays, CuDNN layers, Theano, odd attributes."""

from __future__ import annotations

import historical
import numpy as np
import pytest

from common.errors import InputError
from common.legacy_weights import read_weights, upgrade

k2 = pytest.importorskip("tf_keras")
L = k2.layers
GATES = {"LSTM": "icfo", "GRU": "zrh"}
POSITION = {"LSTM": {"i": 0, "f": 1, "c": 2, "o": 3}, "GRU": {"z": 0, "r": 1, "h": 2}}


def keras1_arrays(kind, prefix, kernel, recurrent, bias):
    """Keras 1's W, U, b of each gate in its own order, from the fused arrays."""
    units = recurrent.shape[0]
    arrays = []
    for gate in GATES[kind]:
        columns = slice(POSITION[kind][gate] * units, (POSITION[kind][gate] + 1) * units)
        parts = {"W": kernel[:, columns], "U": recurrent[:, columns], "b": bias[columns]}
        arrays += [(f"{prefix}_{letter}_{gate}:0", part) for letter, part in parts.items()]
    return arrays


def keras1_recurrent(kind, units, **settings):
    config = {"name": kind.lower(), "output_dim": units, "init": "glorot_uniform", "inner_init": "orthogonal"}
    config |= {"activation": "tanh", "inner_activation": "hard_sigmoid", "return_sequences": False, "dropout_W": 0.0}
    config |= {"dropout_U": 0.1, "consume_less": "cpu", "input_dim": 3, "go_backwards": False, "unroll": False}
    return {"class_name": kind, "config": config | settings}


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
@pytest.mark.parametrize("both_ways", [False, True])
def test_keras1_recurrent_layers(tmp_path, rng, kind, both_ways):
    options = {"recurrent_activation": "hard_sigmoid"} | ({"reset_after": False} if kind == "GRU" else {})
    layer = getattr(L, kind)(4, **options)
    model = historical.randomise(
        k2.Sequential([L.Input((5, 3)), L.Bidirectional(layer) if both_ways else layer, L.Dense(2)]), rng
    )
    values = [weight.numpy() for weight in model.layers[0].weights]
    record = keras1_recurrent(kind, 4)
    if both_ways:
        arrays = keras1_arrays(kind, "forward_x", *values[:3]) + keras1_arrays(kind, "backward_x", *values[3:])
        record = {"class_name": "Bidirectional", "config": {"name": "wrap", "layer": record, "merge_mode": "concat"}}
    else:
        arrays = keras1_arrays(kind, "x", *values)
    record["config"]["batch_input_shape"] = [None, 5, 3]
    dense = {"name": "end", "output_dim": 2, "init": "uniform", "bias": True, "activation": "linear"}
    config = {"class_name": "Sequential", "config": [record, {"class_name": "Dense", "config": dense}]}
    ends = [weight.numpy() for weight in model.layers[1].weights]
    groups = {record["config"]["name"]: arrays, "end": [("end_W:0", ends[0]), ("end_b:0", ends[1])]}
    path = historical.write(tmp_path / "old.h5", config=config, groups=groups, version="1.2.2", backend=None)
    historical.assert_same_outputs(model, upgrade(path), rng.normal(size=(3, 5, 3)).astype("float32"))


def keras1_convolution(rank, ordering, filters, kernel):
    settings = {"name": "conv", "nb_filter": filters, "border_mode": "same", "activation": "relu", "bias": True}
    if rank == 1:
        settings |= {"filter_length": kernel, "subsample_length": 1, "batch_input_shape": [None, 6, 2]}
    else:
        shape = [None, 2, 6, 5] if ordering == "th" else [None, 6, 5, 2]
        settings |= {"nb_row": kernel, "nb_col": kernel, "subsample": [1, 1], "dim_ordering": ordering}
        settings |= {"batch_input_shape": shape}
    return {
        "class_name": "Sequential",
        "config": [{"class_name": f"Convolution{rank}D", "config": settings}],
    }


@pytest.mark.parametrize("backend", ["tensorflow", "theano"])
@pytest.mark.parametrize(("rank", "ordering"), [(1, "tf"), (2, "tf"), (2, "th")])
def test_keras1_convolutions_and_theanos_turned_kernels(tmp_path, rng, backend, rank, ordering):
    """The layout is (filters, inputs, rows, columns) for `th`; Theano's file holds the kernel turned round."""
    layer = getattr(L, f"Conv{rank}D")(3, 3, padding="same", activation="relu")
    model = historical.randomise(k2.Sequential([L.Input((6, 5, 2)[: rank + 1] if rank == 2 else (6, 2)), layer]), rng)
    kernel, bias = (weight.numpy() for weight in layer.weights)
    if backend == "theano":
        kernel = kernel[::-1] if rank == 1 else kernel[::-1, ::-1]
    if rank == 1:
        kernel = kernel[:, None]
    if ordering == "th":
        kernel = kernel.transpose(3, 2, 0, 1)
    ending = ":0" if backend == "tensorflow" else ""
    groups = {"conv": [(f"conv_W{ending}", kernel), (f"conv_b{ending}", bias)]}
    config = keras1_convolution(rank, ordering, 3, 3)
    path = historical.write(tmp_path / "old.h5", config=config, groups=groups, version="1.2.0", backend=None)
    x = rng.normal(size=(2, 6, 5, 2) if rank == 2 else (2, 6, 2)).astype("float32")
    wanted = model(x).numpy()
    upgraded = upgrade(path)
    got = upgraded.predict(x.transpose(0, 3, 1, 2) if ordering == "th" else x, verbose=0)
    np.testing.assert_allclose(got.transpose(0, 2, 3, 1) if ordering == "th" else got, wanted, atol=1e-5)


def test_a_keras1_network_of_theanos_against_a_forward_pass_by_hand(tmp_path, rng):
    """tf-keras cannot load it: true convolution, maxima of 2 x 2, flattened channels first, dense, softmax in NumPy."""
    from scipy.signal import convolve2d

    def drawn(*shape):
        return rng.normal(size=shape).astype("float32") * 0.3

    shared = {"border_mode": "valid", "dim_ordering": "th"}
    conv = {"name": "conv", "nb_filter": 4, "nb_row": 3, "nb_col": 3, "subsample": [1, 1], "activation": "relu"}
    layers = [
        ("Convolution2D", conv | shared | {"bias": True, "batch_input_shape": [None, 1, 8, 8]}),
        ("MaxPooling2D", {"name": "pool", "pool_size": [2, 2], "strides": [2, 2]} | shared),
        ("Dropout", {"name": "drop", "p": 0.25}),
        ("Flatten", {"name": "flat"}),
        ("Dense", {"name": "end", "output_dim": 3, "activation": "softmax", "init": "uniform", "bias": True}),
    ]
    config = {"class_name": "Sequential", "config": [{"class_name": name, "config": config} for name, config in layers]}
    kernel, bias, dense, offset = drawn(4, 1, 3, 3), drawn(4), drawn(36, 3), drawn(3)
    groups = {"conv": [("conv_W", kernel), ("conv_b", bias)], "end": [("end_W", dense), ("end_b", offset)]}
    path = historical.write(tmp_path / "old.h5", config=config, groups=groups, version="1.0.8", backend=None)
    x = drawn(2, 1, 8, 8)
    maps = [[convolve2d(one[0], kernel[f, 0], mode="valid") + bias[f] for f in range(4)] for one in x]
    pooled = np.maximum(maps, 0).reshape(2, 4, 3, 2, 3, 2).max((3, 5)).reshape(2, -1)
    scores = np.exp(pooled @ dense + offset)
    np.testing.assert_allclose(upgrade(path)(x), scores / scores.sum(1, keepdims=True), atol=1e-6)


@pytest.mark.parametrize("ordering", ["tf", "th"])
def test_keras1_deconvolution_and_its_stated_output_shape(tmp_path, rng, ordering):
    layer = L.Conv2DTranspose(5, 3, strides=2)
    model = historical.randomise(k2.Sequential([L.Input((4, 3, 2)), layer]), rng)
    kernel, bias = (weight.numpy() for weight in layer.weights)
    settings = {"name": "up", "nb_filter": 5, "nb_row": 3, "nb_col": 3, "subsample": [2, 2], "border_mode": "valid"}
    settings |= {"dim_ordering": ordering, "activation": "linear", "output_shape": [None, 9, 7, 5]}
    settings["batch_input_shape"] = [None, 4, 3, 2]
    if ordering == "th":
        settings |= {"output_shape": [None, 5, 9, 7], "batch_input_shape": [None, 2, 4, 3]}
    kernel = kernel.transpose(2, 3, 0, 1) if ordering == "th" else kernel.transpose(0, 1, 3, 2)
    config = {"class_name": "Sequential", "config": [{"class_name": "Deconvolution2D", "config": settings}]}
    groups = {"up": [("up_W:0", kernel), ("up_b:0", bias)]}
    path = historical.write(tmp_path / "old.h5", config=config, groups=groups, version="1.2.2", backend=None)
    x = rng.normal(size=(2, 4, 3, 2)).astype("float32")
    got = upgrade(path).predict(x.transpose(0, 3, 1, 2) if ordering == "th" else x, verbose=0)
    np.testing.assert_allclose(got.transpose(0, 2, 3, 1) if ordering == "th" else got, model(x).numpy(), atol=1e-5)
    settings["output_shape"] = [None, 10, 10, 10]
    historical.write(path, config=config, groups=groups, version="1.2.2", backend=None)
    with pytest.raises(InputError, match="'up'.*output was given the shape"):
        upgrade(path)


@pytest.mark.parametrize("name", ["Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2D"])
def test_theano_files_of_keras2_have_their_kernels_turned_back(tmp_path, rng, name):
    shape = {"Conv1D": (6, 2), "Conv3D": (4, 4, 4, 2), "ConvLSTM2D": (3, 5, 4, 2)}.get(name, (6, 5, 2))
    model = historical.randomise(k2.Sequential([L.Input(shape), getattr(L, name)(3, 2, name="turned")]), rng)
    config, groups = historical.saved(model, tmp_path / "new.h5")
    kernels = 2 if name == "ConvLSTM2D" else 1
    groups["turned"] = [
        (weight.split(":")[0], np.flip(array, tuple(range(array.ndim - 2))) if index < kernels else array)
        for index, (weight, array) in enumerate(groups["turned"])
    ]
    path = historical.write(
        tmp_path / "old.h5", config=historical.in_layout_20(config), groups=groups, version="2.1.3", backend="theano"
    )
    x = rng.normal(size=(2, *shape)).astype("float32")
    historical.assert_same_outputs(model, upgrade(path), x)
    plain = historical.write(tmp_path / "plain.h5", config=config, groups=groups, version="2.1.3")
    assert np.abs(np.asarray(upgrade(plain)(x)) - model(x).numpy()).max() > 1e-3


@pytest.mark.parametrize("kind", ["LSTM", "GRU"])
@pytest.mark.parametrize("both_ways", [False, True])
def test_cudnn_layers(tmp_path, rng, kind, both_ways):
    """The plain layer is given the CuDNN arrays by Keras 2's own converter."""
    from tf_keras.src.saving.legacy import hdf5_format

    gates = 4 if kind == "LSTM" else 3
    layer = getattr(L, kind)(4)
    model = k2.Sequential([L.Input((5, 3)), L.Bidirectional(layer, name="wrap") if both_ways else layer])
    directions = [model.layers[0].forward_layer, model.layers[0].backward_layer] if both_ways else [layer]
    arrays = []
    for number, direction in enumerate(directions):
        shapes = (3, 4 * gates), (4, 4 * gates), (2 * 4 * gates,)
        values = [rng.normal(size=shape).astype("float32") for shape in shapes]
        direction.set_weights(
            hdf5_format.preprocess_weights_for_loading(direction, list(values), "2.1.0", "tensorflow")
        )
        arrays += [
            (f"way_{number}/{part}:0", v) for part, v in zip(("kernel", "recurrent", "bias"), values, strict=True)
        ]
    record = {"class_name": f"CuDNN{kind}", "config": {"name": "cell", "units": 4, "return_sequences": False}}
    if both_ways:
        record = {"class_name": "Bidirectional", "config": {"name": "wrap", "layer": record, "merge_mode": "concat"}}
    record["config"]["batch_input_shape"] = [None, 5, 3]
    name = record["config"]["name"]
    path = historical.write(
        tmp_path / "cudnn.h5", config={"class_name": "Sequential", "config": [record]}, groups={name: arrays}
    )
    historical.assert_same_outputs(model, upgrade(path), rng.normal(size=(3, 5, 3)).astype("float32"))


def test_a_gru_without_reset_after_means_false(tmp_path, rng):
    model = historical.randomise(k2.Sequential([L.Input((5, 3)), L.GRU(4, reset_after=False)]), rng)
    config, groups = historical.saved(model, tmp_path / "new.h5")
    del config["config"]["layers"][1]["config"]["reset_after"]
    path = historical.write(tmp_path / "old.h5", config=config, groups=groups, version="2.1.4")
    historical.assert_same_outputs(model, upgrade(path), rng.normal(size=(3, 5, 3)).astype("float32"))


@pytest.mark.parametrize(("version", "gates"), [("2.1.4", "hard_sigmoid"), ("2.3.1", "sigmoid")])
def test_gates_that_the_file_does_not_state_are_the_versions_default(tmp_path, rng, version, gates):
    model = historical.randomise(k2.Sequential([L.Input((5, 3)), L.LSTM(4, recurrent_activation=gates)]), rng)
    config, groups = historical.saved(model, tmp_path / "new.h5")
    del config["config"]["layers"][1]["config"]["recurrent_activation"]
    path = historical.write(tmp_path / "old.h5", config=config, groups=groups, version=version)
    historical.assert_same_outputs(model, upgrade(path), rng.normal(size=(3, 5, 3)).astype("float32") * 3)


def test_keras1_merge_of_two_branches(tmp_path, rng):
    left, right = L.Input((3,)), L.Input((2,))
    model = k2.Model(
        [left, right], L.Dense(2)(L.Concatenate()([L.Dense(4, name="a")(left), L.Dense(3, name="b")(right)]))
    )
    historical.randomise(model, rng)

    def dense(name, units, shape=None):
        config = {"name": name, "output_dim": units, "init": "uniform", "activation": "linear", "bias": True}
        return {"class_name": "Dense", "config": config | ({"batch_input_shape": [None, shape]} if shape else {})}

    branches = [{"class_name": "Sequential", "config": [dense("a", 4, 3)]}]
    branches += [{"class_name": "Sequential", "config": [dense("b", 3, 2)]}]
    merge = {"name": "merge", "mode": "concat", "concat_axis": -1, "layers": branches}
    config = {"class_name": "Sequential", "config": [{"class_name": "Merge", "config": merge}, dense("end", 2)]}
    layers = dict(zip(("a", "b", "end"), [model.get_layer("a"), model.get_layer("b"), model.layers[-1]], strict=True))
    groups = {
        name: [(f"{name}_{p}:0", w.numpy()) for p, w in zip("Wb", one.weights, strict=True)]
        for name, one in layers.items()
    }
    path = historical.write(tmp_path / "old.h5", config=config, groups=groups, version="1.1.0", backend=None)
    data = [rng.normal(size=(3, n)).astype("float32") for n in (3, 2)]
    historical.assert_same_outputs(model, upgrade(path), *data)


def test_a_file_without_a_version_is_read_by_its_names(tmp_path, rng):
    model = historical.randomise(k2.Sequential([L.Input((5, 3)), L.LSTM(4, recurrent_activation="hard_sigmoid")]), rng)
    record = keras1_recurrent("LSTM", 4, batch_input_shape=[None, 5, 3])
    groups = {"lstm": keras1_arrays("LSTM", "lstm", *[weight.numpy() for weight in model.weights])}
    config = {"class_name": "Sequential", "config": [record]}
    path = historical.write(tmp_path / "old.h5", config=config, groups=groups, version=None, backend=None)
    historical.assert_same_outputs(model, upgrade(path), rng.normal(size=(3, 5, 3)).astype("float32"))


def test_weights_only_files_whose_layers_have_other_names(tmp_path, rng):
    model = historical.randomise(k2.Sequential([L.Input((4,)), L.Dense(3, name="one"), L.Dense(3, name="two")]), rng)
    _, groups = historical.saved(model, tmp_path / "new.h5")
    (tmp_path / "model.json").write_text(model.to_json(), encoding="utf-8")
    renamed = {name.replace("one", "dense_7").replace("two", "dense_8"): arrays for name, arrays in groups.items()}
    path = historical.write(tmp_path / "weights.h5", config=None, groups=renamed, full=False)
    upgraded = upgrade(path, architecture=tmp_path / "model.json")
    historical.assert_same_outputs(model, upgraded, rng.normal(size=(3, 4)).astype("float32"))
    with pytest.raises(InputError, match="weights only"):
        upgrade(path)


def test_attributes_split_into_chunks_text_and_bytes_and_names_with_slashes(tmp_path, rng):
    import h5py

    model = k2.Sequential([L.Input((4,)), L.Dense(3, name="block/one"), L.Dense(2, name="two")])
    historical.randomise(model, rng)
    config, groups = historical.saved(model, tmp_path / "new.h5")
    path = historical.write(tmp_path / "old.h5", config=config, groups=groups, text=str)
    with h5py.File(path, "a") as file:
        root = file["model_weights"]
        names = list(root.attrs["layer_names"])
        del root.attrs["layer_names"]
        for index, name in enumerate(names):
            root.attrs[f"layer_names{index}"] = [name]
    assert list(read_weights(path).layers) == ["block/one", "two"]
    historical.assert_same_outputs(model, upgrade(path), rng.normal(size=(3, 4)).astype("float32"))


def test_typed_values_dtypes_and_compressed_arrays(tmp_path, rng):
    model = k2.Sequential([L.Input((4,)), L.Dense(3, dtype="float64"), L.LeakyReLU(0.15), L.ReLU(2.0)])
    historical.randomise(model, rng)
    config, groups = historical.saved(model, tmp_path / "new.h5")
    layers = config["config"]["layers"]
    layers[2]["config"]["alpha"] = {"type": "ndarray", "value": 0.15}
    layers[3]["config"] |= {
        "max_value": {"type": "ndarray", "value": 2.0},
        "threshold": {"type": "float", "value": 0.0},
    }
    path = historical.write(tmp_path / "old.h5", config=config, groups=groups, compression="gzip")
    historical.assert_same_outputs(model, upgrade(path), rng.normal(size=(3, 4)).astype("float32"))


def test_inputs_longer_than_any_array(tmp_path, rng):
    """The bound on declared sizes must not take a sequence's length, or grouped channels, for a size of arrays."""
    layers = [L.Embedding(5, 4), L.BatchNormalization(axis=1), L.Conv1D(4, 2, groups=2), L.Permute((2, 1))]
    layers = [L.Input((40,)), *layers, L.TimeDistributed(L.Activation("softmax")), L.LayerNormalization(axis=1)]
    model = historical.randomise(k2.Sequential(layers), rng)
    model.save(tmp_path / "old.h5")
    historical.assert_same_outputs(model, upgrade(tmp_path / "old.h5"), rng.integers(0, 5, (2, 40)).astype("float32"))


def test_a_stateful_model_keeps_its_batch(tmp_path, rng):
    model = k2.Sequential([L.Input(batch_shape=(2, 5, 3)), L.LSTM(4, stateful=True, return_sequences=True), L.LSTM(2)])
    historical.randomise(model, rng).save(tmp_path / "old.h5")
    upgraded = upgrade(tmp_path / "old.h5")
    assert upgraded.inputs[0].shape == (2, 5, 3)
    x = rng.normal(size=(2, 5, 3)).astype("float32")
    for _ in range(2):  # the second call begins where the first ended
        historical.assert_same_outputs(model, upgraded, x)


def test_a_layer_that_stands_twice_in_a_sequential(tmp_path, rng):
    dense = L.Dense(4, name="again")
    x = L.Input((4,))
    model = historical.randomise(k2.Model(x, dense(L.Activation("tanh", name="act")(dense(x)))), rng)
    record = {"class_name": "Dense", "config": {"name": "again", "units": 4, "batch_input_shape": [None, 4]}}
    between = {"class_name": "Activation", "config": {"name": "act", "activation": "tanh"}}
    groups = {"again": [(weight.name, weight.numpy()) for weight in dense.weights]}
    config = {"class_name": "Sequential", "config": [record, between, record]}
    path = historical.write(tmp_path / "old.h5", config=config, groups=groups)
    historical.assert_same_outputs(model, upgrade(path), rng.normal(size=(3, 4)).astype("float32"))


def test_channels_first_gives_the_transposed_outputs(tmp_path, rng):
    shape = (6, 5, 3)
    layers = [L.Conv2D(4, 3), L.MaxPooling2D(2), L.BatchNormalization(), L.UpSampling2D(2), L.ZeroPadding2D(1)]
    model = historical.randomise(k2.Sequential([L.Input(shape), *layers]), rng)
    config, groups = historical.saved(model, tmp_path / "new.h5")
    config["config"]["layers"][0]["config"]["batch_input_shape"] = [None, 3, 6, 5]
    for record in config["config"]["layers"][1:]:
        record["config"].pop("batch_input_shape", None)
        if record["class_name"] == "BatchNormalization":
            record["config"]["axis"] = [1]
        else:
            record["config"]["data_format"] = "channels_first"
    path = historical.write(tmp_path / "old.h5", config=config, groups=groups, version="2.2.4")
    x = rng.normal(size=(2, *shape)).astype("float32")
    got = upgrade(path).predict(x.transpose(0, 3, 1, 2), verbose=0)
    np.testing.assert_allclose(got.transpose(0, 2, 3, 1), model(x).numpy(), atol=1e-5)
