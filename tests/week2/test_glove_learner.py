"""GloVe against plain loops of the same rules, finite differences, and what it should find in a small text."""

import importlib.util
import sys

import numpy as np
import pytest

from common.errors import InputError
from common.training import Checkpoints
from week2.learning_embeddings import glove_kernels, glove_learner
from week2.learning_embeddings.cooccurrence import count_cooccurrences
from week2.learning_embeddings.data import LINE_END, Corpus
from week2.learning_embeddings.glove_kernels import (
    Examples,
    NumpyKernel,
    Parameters,
    arrange,
    compile_sequential,
)
from week2.learning_embeddings.glove_learner import GloVe, GloVeConfig
from week2.learning_embeddings.kernels import choose_kernel
from week2.learning_embeddings.learner import learn
from week2.learning_embeddings.train import configure, train

NEEDS_NUMBA = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="numba is not installed")
KERNELS = ["numpy", pytest.param("numba", marks=NEEDS_NUMBA)]


def make_corpus(words=12, lines=60, seed=0):
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, words, (lines, 9)).astype(np.int32) * rng.integers(0, 2, (lines, 9)).astype(np.int32)
    ids[:, -1] = LINE_END
    ids = ids.ravel()
    counts = np.bincount(ids[ids != LINE_END], minlength=words)
    return Corpus(tuple(f"w{one}" for one in range(words)), counts, ids)


class PlainGloVe:
    """The authors' algorithm from its equations, example by example and number by number."""

    def __init__(self, x, config, start):
        self.x, self.config, self.size = x, config, config.dimensions
        self.theta = {
            (side, row, column): value
            for side, array in (("word", start.word), ("context", start.context))
            for (row, column), value in np.ndenumerate(array)
        }
        self.squares = dict.fromkeys(self.theta, 1.0)

    def difference(self, i, j):
        product = sum(self.theta["word", i, k] * self.theta["context", j, k] for k in range(self.size))
        biases = self.theta["word", i, self.size] + self.theta["context", j, self.size]
        return product + biases - np.log(self.x[i, j])

    def loss(self, i, j):
        return 0.5 * self.weight(i, j) * self.difference(i, j) ** 2

    def weight(self, i, j):
        return min(1.0, (self.x[i, j] / self.config.x_max) ** self.config.alpha)

    def gradient(self, i, j):
        slope = self.weight(i, j) * self.difference(i, j)
        for k in range(self.size):
            yield ("word", i, k), slope * self.theta["context", j, k]
            yield ("context", j, k), slope * self.theta["word", i, k]
        yield ("word", i, self.size), slope
        yield ("context", j, self.size), slope

    def learn(self, cells):
        """Learn from the cells in order; returns the loss of each before it."""
        losses = []
        for cell in cells:
            losses.append(self.loss(*cell))
            for at, slope in list(self.gradient(*cell)):
                step = self.config.learning_rate * slope
                self.theta[at] -= step / self.squares[at] ** 0.5
                self.squares[at] += step**2
        return losses

    def arrays(self):
        rows = 1 + max(row for _, row, _ in self.theta)
        for suffix, numbers in (("", self.theta), ("_squares", self.squares)):
            for side in ("word", "context"):
                array = [[numbers[side, row, k] for k in range(self.size + 1)] for row in range(rows)]
                yield side + suffix, np.array(array)


def cells_of(learner, number):
    """The cells of a step in order, those left out that count for nothing."""
    examples = learner._order.examples(number)
    chosen = examples.factors > 0
    return list(zip(examples.rows[chosen].tolist(), examples.columns[chosen].tolist(), strict=True))


@pytest.fixture
def small_steps(monkeypatch):
    """Several steps an epoch, and several portions of cells, for a small text."""
    monkeypatch.setattr(glove_learner, "RUN", 4)
    monkeypatch.setattr(glove_learner, "RUNS_AT_ONCE", 8)
    monkeypatch.setattr(glove_learner, "EXAMPLES_A_STEP", 24)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("at_once", [512, 3])
def test_loss_and_parameters_follow_a_plain_loop_step_by_step(small_steps, monkeypatch, kernel, at_once):
    monkeypatch.setattr(glove_kernels, "AT_ONCE", at_once)
    corpus = make_corpus()
    config = GloVeConfig(dimensions=5, window=4, x_max=4, epochs=3, kernel=kernel, learning_rate=0.3)
    learner = GloVe(corpus, config)
    x = count_cooccurrences(corpus, config.counting()).matrix()
    plain = PlainGloVe(x, config, Parameters.start(12, 5, seed=0))
    assert learner.steps > 3 * 3
    means = []
    for number in range(learner.steps):
        losses = plain.learn(cells_of(learner, number))
        result = learner.step(number)
        assert result.examples == len(losses)
        assert result.loss == pytest.approx(sum(losses), rel=1e-10)
        for name, array in plain.arrays():
            np.testing.assert_allclose(learner.arrays()[name], array, rtol=1e-9, atol=1e-12, err_msg=name)
        means.append(sum(losses) / len(losses))
    assert np.mean(means[-3:]) < 0.7 * np.mean(means[:3])


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_gradient_against_finite_differences(kernel):
    """With accumulators of 1 a step is the rate times the gradient of J, here of five cells that share no word."""
    rng = np.random.default_rng(0)
    rows, columns = (rng.permutation(6)[:5].astype(np.int32) for _ in range(2))
    examples = Examples(rows, columns, rng.normal(size=5), rng.random(5), np.zeros(5, dtype=np.uint16))
    start = [rng.normal(size=(6, 4)), rng.normal(size=(6, 4))]

    def loss(word, context):
        """J from its definition."""
        products = np.sum(word[rows, :-1] * context[columns, :-1], axis=1)
        residuals = products + word[rows, -1] + context[columns, -1] - examples.log_counts
        return np.sum(examples.factors * residuals**2) / 2

    moved = Parameters(*(array.copy() for array in start), *(np.ones((6, 4)) for _ in range(2)))
    rate = 1e-3
    learn_from = NumpyKernel(3) if kernel == "numpy" else compile_sequential()
    assert learn_from(moved, examples, rate) == pytest.approx(loss(*start), rel=1e-12)
    for side, after in enumerate((moved.word, moved.context)):
        for at in np.ndindex(6, 4):
            nudged = [[array.copy() for array in start] for _ in range(2)]
            nudged[0][side][at] += 1e-5
            nudged[1][side][at] -= 1e-5
            slope = (loss(*nudged[0]) - loss(*nudged[1])) / 2e-5
            assert (start[side][at] - after[at]) / rate == pytest.approx(slope, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("words", [7, 70_000])
def test_no_word_occurs_twice_in_a_batch(words):
    rng = np.random.default_rng(0)
    cells = np.unique(rng.integers(0, words, (5000, 2)).astype(np.int32), axis=0)
    rows, columns = cells.T
    orders = []
    for _ in range(2):
        order, batches = arrange(rows, columns, words, rng)
        assert sorted(order.tolist()) == list(range(len(cells)))
        assert np.all(np.diff(batches.astype(np.int64)) >= 0)
        for side in (rows, columns):
            assert len(set(zip(batches.tolist(), side[order].tolist(), strict=True))) == len(cells)
        orders.append(order.tolist())
    assert orders[0] != orders[1]


@NEEDS_NUMBA
def test_both_kernels_come_to_the_same_numbers():
    corpus = make_corpus(words=40, lines=400)
    learners = [
        GloVe(corpus, GloVeConfig(dimensions=8, window=4, epochs=20, kernel=kernel)) for kernel in ("numpy", "numba")
    ]
    histories = [learn(learner).history for learner in learners]
    np.testing.assert_allclose(histories[0], histories[1], rtol=1e-8)
    np.testing.assert_allclose(learners[0].vectors(), learners[1].vectors(), rtol=1e-4)
    assert histories[0][-1][1] < 0.3 * histories[0][0][1]


def test_an_epoch_takes_every_cell_once_in_each_direction(small_steps):
    corpus = make_corpus()
    config = GloVeConfig(window=4, epochs=2, kernel="numpy")
    learner, x = GloVe(corpus, config), count_cooccurrences(corpus, config.counting()).matrix()
    steps = learner.steps // 2
    numbers = np.arange(2 * steps).reshape(2, steps).tolist()
    epochs = [[cell for number in epoch for cell in cells_of(learner, number) if cell] for epoch in numbers]
    for cells in epochs:
        assert sorted(cells) == sorted(map(tuple, np.argwhere(x > 0).tolist()))
    assert epochs[0] != epochs[1]
    counted = learner._order.examples(1)
    np.testing.assert_array_equal(counted.log_counts, np.log(x[counted.rows, counted.columns]))


@pytest.mark.parametrize("kernel", KERNELS)
def test_counts_on_disk_and_a_training_broken_off_change_no_bit(small_steps, tmp_path, kernel):
    corpus = make_corpus()
    config = GloVeConfig(dimensions=4, window=3, epochs=4, kernel=kernel)
    whole = GloVe(corpus, config)
    history = learn(whole).history

    class Stop(Exception):
        pass

    def stop(state):
        if state.steps == 7:
            raise Stop

    rules = Checkpoints(tmp_path / "checkpoints", every_steps=3)
    with pytest.raises(Stop):
        learn(GloVe(corpus, config, folder=tmp_path / "counts"), checkpoints=rules, report=stop)
    shares = []
    again = GloVe(corpus, config, folder=tmp_path / "counts", report=shares.append)
    assert isinstance(again.counts.cells, np.memmap)
    done = learn(again, checkpoints=rules)
    assert done.resumed_at == 6
    assert done.history == history
    for name, array in whole.arrays().items():
        assert np.array_equal(array, again.arrays()[name])
    assert np.array_equal(whole.vectors(), again.vectors())
    assert shares == [1.0]


def test_words_used_alike_come_near():
    """Three topics of eight words; a line keeps to its topic but for one word in five."""
    rng = np.random.default_rng(0)
    topics = rng.integers(0, 3, (1500, 1))
    ids = 8 * np.where(rng.random((1500, 8)) < 0.2, rng.integers(0, 3, (1500, 8)), topics) + rng.integers(
        0, 8, (1500, 8)
    )
    ids = np.column_stack([ids, np.full(1500, LINE_END)]).astype(np.int32).ravel()
    corpus = Corpus(tuple(f"w{one}" for one in range(24)), np.bincount(ids[ids >= 0], minlength=24), ids)
    config = GloVeConfig(dimensions=6, window=4, epochs=40, kernel="numpy")
    learner = GloVe(corpus, config)
    learn(learner)
    vectors = learner.vectors()
    assert vectors.dtype == np.float32
    assert vectors.shape == (24, 6)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    group = np.arange(24) // 8
    alike, other = group[:, None] == group, group[:, None] != group
    assert cosines[alike & ~np.eye(24, dtype=bool)].mean() > cosines[other].mean() + 0.5


def test_vectors_are_the_sum_or_the_words_own():
    kinds = ("sum", "word")
    learners = [GloVe(make_corpus(), GloVeConfig(dimensions=4, kernel="numpy", vectors=kind)) for kind in kinds]
    word, context = (learners[0].arrays()[name][:, :-1] for name in ("word", "context"))
    np.testing.assert_array_equal(learners[0].vectors(), (word + context).astype(np.float32))
    np.testing.assert_array_equal(learners[1].vectors(), word.astype(np.float32))
    assert np.abs(word).max() < 0.5 / 4
    assert np.abs(word).mean() == pytest.approx(0.25 / 4, rel=0.2)
    other = GloVe(make_corpus(), GloVeConfig(dimensions=4, kernel="numpy", seed=1))
    assert not np.allclose(other.vectors(), learners[0].vectors())


def test_without_numba_numpy_computes(monkeypatch):
    import builtins

    real = builtins.__import__

    def without(name, *arguments, **options):
        if name == "numba":
            raise ImportError("no numba")
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    assert choose_kernel("auto") == "numpy"
    assert GloVe(make_corpus(), GloVeConfig()).kernel == "numpy"
    with pytest.raises(InputError, match="needs the package numba: pip install numba, or choose numpy"):
        choose_kernel("numba")
    with pytest.raises(InputError, match="no kernel 'fortran'"):
        choose_kernel("fortran")


@pytest.mark.parametrize(
    "settings",
    [{"dimensions": 0}, {"epochs": 0}, {"x_max": 0}, {"learning_rate": float("nan")}, {"alpha": -1}]
    + [{"vectors": "both"}, {"window": 0}, {"memory_mb": 0}],
    ids=str,
)
def test_settings_out_of_range(settings):
    (value,) = settings.values()
    with pytest.raises(InputError, match=str(value)):
        GloVeConfig(**settings)


def test_words_that_stand_alone_teach_nothing():
    corpus = Corpus(("a", "b"), np.array([1, 1]), np.array([0, LINE_END, 1, LINE_END], dtype=np.int32))
    with pytest.raises(InputError, match="no two words stand near each other"):
        GloVe(corpus, GloVeConfig(kernel="numpy", across_lines=False))
    assert len(GloVe(corpus, GloVeConfig(kernel="numpy", across_lines=True)).counts) == 1


@NEEDS_NUMBA
def test_a_training_goes_on_only_with_the_kernel_that_began_it(tmp_path, monkeypatch):
    """ "auto" is kept as what it chose: numbers of the two kernels differ by their rounding."""
    corpus = make_corpus()
    begun = train(corpus, configure("glove", kernel="auto", epochs=2), folder=tmp_path)
    again = train(corpus, configure("glove", kernel="numba", epochs=2), folder=tmp_path)
    assert np.array_equal(begun.vectors, again.vectors)
    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(InputError, match="kernel"):
        train(corpus, configure("glove", kernel="auto", epochs=2), folder=tmp_path)
