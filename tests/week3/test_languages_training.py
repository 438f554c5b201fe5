import numpy as np
import pytest

from week3.machine_translation.data import arrays
from week3.machine_translation.feedback_decoding import score_targets
from week3.machine_translation.languages import TASK, draw
from week3.machine_translation.length_batches import batches_by_length
from week3.machine_translation.train import TrainConfig, train
from week3.machine_translation.trained import TrainedTranslator
from week3.machine_translation.translate import TranslateConfig, translate


@pytest.fixture(scope="module")
def learned():
    return arrays(TASK, draw(500, "train"), feedback=True)


def rows_of(batches):
    """The examples as texts, whatever batch they came in."""
    return [
        (bytes(source), TASK.decode(target[np.newaxis])[0])
        for (sources, _), targets, _ in batches
        for source, target in zip(sources, targets, strict=True)
    ]


def test_every_example_comes_once_an_epoch_and_nothing_is_cut_off(learned):
    make = batches_by_length(learned, batch_size=16, seed=0)
    expected = sorted(zip(map(bytes, learned["x"][0]), TASK.decode(learned["y"]), strict=True))
    for epoch in (0, 1):
        batches = list(make(epoch))
        assert sorted(rows_of(batches)) == expected
        for (_, before), targets, weights in batches:
            assert before.shape == targets.shape == weights.shape
            assert (weights.sum(axis=1).max()) == targets.shape[1], "the longest target fills the batch"
            assert (weights.sum(axis=1) == np.argmax(targets == TASK.target.end_id, axis=1) + 1).all()


def test_the_order_depends_on_seed_and_epoch_alone(learned):
    orders = [
        rows_of(batches_by_length(learned, batch_size=16, seed=seed)(epoch))
        for seed, epoch in ((0, 0), (0, 0), (0, 1), (1, 0))
    ]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    assert orders[0] != orders[3]


def test_less_than_half_as_many_steps_are_padding(learned):
    batches = list(batches_by_length(learned, batch_size=16, seed=0)(0))
    needed = learned["sample_weight"].sum()
    padding = sum(targets.size for _, targets, _ in batches) - needed
    assert padding < 0.2 * (learned["y"].size - needed)


TINY = TrainConfig(
    examples=300,
    epochs=2,
    batch_size=50,
    n_a=6,
    n_s=10,
    n_attention=5,
    n_embedding=4,
    validation=60,
    learning_rate=0.02,
)


def test_training_runs_end_to_end_and_what_it_learned_is_kept(tmp_path):
    model, result = train("languages", TINY, folder=tmp_path, progress=False)
    assert result.steps == 12
    assert result.history["loss"][1] < result.history["loss"][0] < np.log(len(TASK.target))
    pairs = draw(50, "validation", seed=9)
    before = score_targets(model, TASK.encode(pairs.sources), TASK.encode_targets(pairs.targets))
    lengths = np.array([len(text) + 1 for text in pairs.targets])
    assert (-before / lengths).mean() < np.log(len(TASK.target)), "better than guessing among the symbols"
    opened = TrainedTranslator.load(model.save(tmp_path / "weights.npz", dtype=np.float16), task="languages")
    scores = score_targets(opened, TASK.encode(pairs.sources), TASK.encode_targets(pairs.targets))
    np.testing.assert_allclose(scores, before, atol=0.3)
    assert not np.array_equal(scores, before), "float16 rounds"
    for one in translate(opened, pairs.sources[:3], TranslateConfig(beam_width=2, count=2)):
        assert len(one.alternatives) == 2
        assert 0 <= one.confidence <= 1
