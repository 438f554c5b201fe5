"""Training at a tiny size: it learns, it is reproducible, it goes on, and it knows its own checkpoints."""

import numpy as np
import pytest

from common.errors import InputError
from week1.shakespeare.data import digest
from week1.shakespeare.generate import GenerateConfig, generate
from week1.shakespeare.make_assets import make_weights
from week1.shakespeare.model import ModelConfig
from week1.shakespeare.train import TrainConfig, describe, train
from week1.shakespeare.trained import TrainedModel

TEXT = "the owl is in the yew,\nthe moon is on the hill,\n" * 12
MODEL = ModelConfig(1, window=10, n_units=12, dropout=0.1)
CONFIG = TrainConfig(epochs=12, batch_size=8, learning_rate=0.03, weight_decay=0.0, missing=0.0)


def same(one: TrainedModel, other: TrainedModel) -> bool:
    return all(np.array_equal(value, other.parameters[name]) for name, value in one.parameters.items())


def test_it_learns_and_the_same_call_gives_the_same_bits():
    model, result = train(TEXT, model=MODEL, config=CONFIG)
    assert result.history["loss"][-1] < 0.6 * result.history["loss"][0]
    assert model.notes["text"] == digest(TEXT) and model.config.n_vocab == len(set(TEXT))
    assert "12 epochs" in describe(result)
    again, _ = train(TEXT, model=MODEL, config=CONFIG)
    assert same(model, again)


@pytest.mark.parametrize("targets", ["every", "last"])
def test_a_run_goes_on_from_its_checkpoint(tmp_path, targets):
    """The network that the checkpoint holds is the one that comes back; nothing is learnt twice."""
    config = TrainConfig(epochs=2, batch_size=16, targets=targets, missing=0.1)
    model, _ = train(TEXT, model=MODEL, config=config, checkpoint=tmp_path)
    again, result = train(TEXT, model=MODEL, config=config, checkpoint=tmp_path)
    assert same(model, again) and result.resumed_at == result.steps > 0


def test_a_checkpoint_folder_of_another_text_or_vocabulary_is_refused(tmp_path):
    train(TEXT, model=MODEL, config=CONFIG, checkpoint=tmp_path)
    for other in (TEXT.replace("owl", "elf"), TEXT + "xyz"):
        with pytest.raises(InputError, match="another run"):
            train(other, model=MODEL, config=CONFIG, checkpoint=tmp_path)


def test_a_text_too_short_and_unknown_targets_are_refused():
    with pytest.raises(InputError, match="at least 33"):
        train("x" * 32, model=MODEL)
    with pytest.raises(InputError, match="no targets 'first'"):
        TrainConfig(targets="first")


def test_the_shipped_weights_are_made_this_way(tmp_path):
    """The whole path of `make_assets` at a tiny size: a float16 file that loads, says its figure and writes."""
    path = tmp_path / "model.npz"
    make_weights(path, TEXT, model=MODEL, config=CONFIG)
    loaded = TrainedModel.load(path)
    assert loaded.notes["held-out cross-entropy (nats per character)"] < 1
    assert all(np.array_equal(value, value.astype("f2")) for value in loaded.parameters.values())
    (text,) = generate(loaded, "the ", GenerateConfig(length=40, temperature=0))
    assert len(text) == 40 and set(text) <= set(TEXT)
