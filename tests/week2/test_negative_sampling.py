"""The equations of skip-gram and CBOW against finite differences; both kernels against the equations."""

import errno
import importlib.util

import numpy as np
import pytest

from week2.learning_embeddings import negative_sampling_numpy
from week2.learning_embeddings.data import LINE_END
from week2.learning_embeddings.negative_sampling import loss_and_gradients
from week2.learning_embeddings.negative_sampling_examples import draw_examples
from week2.learning_embeddings.negative_sampling_noise import NoiseDistribution

NEEDS_NUMBA = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="numba is not installed")
ARCHITECTURES = ("skip-gram", "cbow")
WORDS, DIMENSIONS, RATE = 12, 10, 0.05


def matrices(columns=DIMENSIONS, dtype=np.float64, scale=1.0):
    """Input and output vectors; columns beyond DIMENSIONS are 0."""
    rng = np.random.default_rng(0)
    both = np.zeros((2, WORDS, columns), dtype=dtype)
    both[:, :, :DIMENSIONS] = scale * rng.normal(size=(2, WORDS, DIMENSIONS)).astype(np.float32)
    return both


def example_text(architecture):
    """Examples from a text of few words, so that words come again and again and negatives are often the target."""
    rng = np.random.default_rng(1)
    ids = rng.integers(-1, WORDS, 160).astype(np.int32)
    ids[-1] = LINE_END
    return draw_examples(
        ids,
        keep=np.ones(WORDS, dtype=np.float32),
        window=3,
        noise=NoiseDistribution(np.arange(1, WORDS + 1)),
        negatives=4,
        for_pairs=architecture == "skip-gram",
        rng=rng,
    )


def plain_steps(architecture, examples):
    """(given, target, negatives) of every step, by the word that it belongs to."""
    for number, word in enumerate(examples.words.tolist()):
        places = range(examples.begins[number], examples.begins[number + 1])
        window = examples.contexts[places.start : places.stop].tolist()
        if architecture == "skip-gram":
            yield [([t], word, examples.negatives[p].tolist()) for p, t in zip(places, window, strict=True)]
        else:
            yield [(window, word, examples.negatives[number].tolist())]


def learn_plainly(architecture, inputs, outputs, examples, batch):
    """The documented update with `loss_and_gradients`: batches of `batch` words, or step by step (None)."""
    inputs, outputs, total = inputs.copy(), outputs.copy(), 0.0
    steps = list(plain_steps(architecture, examples))
    if batch is None:
        batches = [[step] for of_word in steps for step in of_word]
    else:
        batches = [sum(steps[first : first + batch], []) for first in range(0, len(steps), batch)]
    for steps_at_once in batches:
        moved_inputs, moved_outputs = np.zeros_like(inputs), np.zeros_like(outputs)
        for given, target, negatives in steps_at_once:
            loss, d_inputs, d_outputs = loss_and_gradients(inputs, outputs, given, target, negatives)
            total += loss
            moved_inputs += len(given) * d_inputs  # CBOW: the whole of dE/dh for each word of the window
            moved_outputs += d_outputs
        inputs -= RATE * moved_inputs
        outputs -= RATE * moved_outputs
    return inputs, outputs, total


@pytest.mark.parametrize(
    "given, target, negatives",
    [
        ([3], 5, [1, 2, 7]),
        ([3], 3, [4, 4, 6]),
        ([3], 5, [5, 2, 5]),
        ([1, 2, 8, 9], 5, [0, 2, 7]),
        ([1, 2, 1, 9], 1, [1, 4, 4]),
    ],
    ids=["pair", "pair with itself", "dropped negatives", "window", "window with repetitions"],
)
def test_gradients_against_finite_differences(given, target, negatives):
    inputs, outputs = matrices()
    loss, *gradients = loss_and_gradients(inputs, outputs, given, target, negatives)
    assert loss > 0
    for matrix, gradient in zip((inputs, outputs), gradients, strict=True):
        numeric = np.zeros_like(matrix)
        for place in np.ndindex(matrix.shape):
            kept, epsilon, losses = matrix[place], 1e-5, []
            for value in (kept + epsilon, kept - epsilon):
                matrix[place] = value
                losses.append(loss_and_gradients(inputs, outputs, given, target, negatives)[0])
            matrix[place] = kept
            numeric[place] = (losses[0] - losses[1]) / (2 * epsilon)
        np.testing.assert_allclose(gradient, numeric, atol=1e-8)
        assert np.abs(gradient).max() > 1e-3


def test_loss_is_minus_the_logarithm_of_the_probabilities_and_stable():
    inputs, outputs = matrices()
    sigmoid = 1 / (1 + np.exp(-outputs @ inputs[3]))
    wanted = -np.log(sigmoid[5]) - np.log(1 - sigmoid[1]) - np.log(1 - sigmoid[2])
    assert loss_and_gradients(inputs, outputs, [3], 5, [1, 5, 2])[0] == pytest.approx(wanted, rel=1e-12)
    loss, *gradients = loss_and_gradients(100 * inputs, 100 * outputs, [3], 5, [1, 2])
    assert np.isfinite(loss) and all(np.isfinite(gradient).all() for gradient in gradients)


@NEEDS_NUMBA
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_numba_takes_the_steps_one_after_the_other(architecture):
    from week2.learning_embeddings import negative_sampling_numba

    examples = example_text(architecture)
    inputs, outputs = matrices(negative_sampling_numba.ROW_MULTIPLE, np.float32, 0.5)
    wanted = learn_plainly(architecture, *matrices(scale=0.5), examples, None)
    loss = negative_sampling_numba.update(architecture, inputs, outputs, examples, RATE)
    np.testing.assert_allclose(inputs[:, :DIMENSIONS], wanted[0], atol=1e-5)
    np.testing.assert_allclose(outputs[:, :DIMENSIONS], wanted[1], atol=1e-5)
    assert loss == pytest.approx(wanted[2], rel=1e-5)
    assert not inputs[:, DIMENSIONS:].any() and not outputs[:, DIMENSIONS:].any()


@pytest.mark.parametrize("batch", [1, 7, 1000])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_numpy_moves_by_the_sum_of_a_batchs_gradients(architecture, batch):
    examples = example_text(architecture)
    inputs, outputs = matrices(dtype=np.float32, scale=0.2)
    wanted = learn_plainly(architecture, *matrices(scale=0.2), examples, batch)
    loss = negative_sampling_numpy.update(architecture, inputs, outputs, examples, RATE, batch=batch)
    np.testing.assert_allclose(inputs, wanted[0], rtol=2e-6, atol=1e-6)
    np.testing.assert_allclose(outputs, wanted[1], rtol=2e-6, atol=1e-6)
    assert loss == pytest.approx(wanted[2], rel=1e-6)


def test_batches_are_small_where_a_word_is_frequent():
    def batch(text, architecture="skip-gram", learning_rate=0.025):
        text = np.asarray(text) / np.sum(text)
        return negative_sampling_numpy.words_in_a_batch(
            architecture, text=text, noise=text, window=5, negatives=5, learning_rate=learning_rate
        )

    rare = np.ones(10_000)
    assert batch(rare) == batch(rare, "cbow") == negative_sampling_numpy.LARGEST_BATCH
    assert batch(rare, learning_rate=1e3) == 1
    # One word in four: 6 pairs a word, each with 1 + 5 predictions: 9 steps of 0.025 a word for each of the four words.
    assert batch(np.ones(4)) == int(0.8 / (9 * 0.025)) == 3
    # CBOW: 1.5 predictions and 1.5 context words of each, a word of the text.
    assert batch(np.ones(4), "cbow", 0.05) == int(0.8 / (1.5 * 0.05)) == 10


@NEEDS_NUMBA
def test_without_a_folder_for_its_cache_numba_compiles_all_the_same(monkeypatch):
    import numba

    from week2.learning_embeddings import negative_sampling_numba

    plain_njit = numba.njit

    def no_folder(*functions, cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return plain_njit(*functions, **options)

    monkeypatch.setattr(numba, "njit", no_folder)
    assert negative_sampling_numba._kept(lambda x: x + 1)(1) == 2


@NEEDS_NUMBA
def test_a_full_disk_costs_numbas_cache_and_nothing_else(monkeypatch):
    from numba.core.caching import IndexDataCacheFile

    from week2.learning_embeddings import negative_sampling_numba

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "load", lambda *arguments: None)
    monkeypatch.setattr(IndexDataCacheFile, "save", full)
    fresh = negative_sampling_numba._kept(negative_sampling_numba._cbow.py_func)
    monkeypatch.setattr(negative_sampling_numba, "_cbow", fresh)
    inputs, outputs = matrices(negative_sampling_numba.ROW_MULTIPLE, np.float32, 0.5)
    assert negative_sampling_numba.update("cbow", inputs, outputs, example_text("cbow"), RATE) > 0
