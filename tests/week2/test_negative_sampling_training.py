"""Trainings by negative sampling: resumed they end with the same bits; they learn; what cannot be is told."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from common.errors import InputError
from common.training import Checkpoints, NotFiniteError
from week2.learning_embeddings import negative_sampling
from week2.learning_embeddings.data import LINE_END, Corpus
from week2.learning_embeddings.learner import learn
from week2.learning_embeddings.negative_sampling import NegativeSampling, NegativeSamplingConfig

PROJECT = Path(__file__).resolve().parents[2]
NEEDS_NUMBA = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="numba is not installed")
KERNELS = ["numpy", pytest.param("numba", marks=NEEDS_NUMBA)]
ARCHITECTURES = ("skip-gram", "cbow")


def corpus_of(lines):
    """A corpus of lines of word numbers, where a smaller number is at least as frequent."""
    ids = np.concatenate([[*line, LINE_END] for line in lines]).astype(np.int32)
    counts = np.bincount(ids[ids != LINE_END])
    return Corpus(tuple(f"w{number}" for number in range(len(counts))), counts, ids)


def two_topics(lines=600, seed=0):
    """Lines of 8 words: either of the words 0 .. 9 or of the words 10 .. 19."""
    rng = np.random.default_rng(seed)
    return corpus_of(10 * rng.integers(0, 2, (lines, 1)) + rng.integers(0, 10, (lines, 8)))


def config(architecture="skip-gram", **settings):
    return NegativeSamplingConfig(architecture, **{"dimensions": 6, "epochs": 3, "block": 700} | settings)


def cosine_means(vectors):
    """Mean cosines within the first topic, and between the two."""
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = units @ units.T
    return (cosines[:10, :10].sum() - 10) / 90, cosines[:10, 10:].mean()


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_loss_falls_and_words_of_a_topic_come_together(architecture, kernel):
    learner = NegativeSampling(two_topics(), config(architecture, kernel=kernel, epochs=10))
    assert learner.kernel == kernel
    done = learn(learner)
    assert done.words == 10 * 600 * 8
    losses = [loss for _, loss in done.history]
    assert losses[0] == pytest.approx(6 * np.log(2), rel=0.06)  # all scores are 0: six times -log sigmoid(0)
    assert losses[-1] < 0.9 * losses[0]
    within, between = cosine_means(learner.vectors())
    assert within > 0.9 and between < 0.7


@NEEDS_NUMBA
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_both_kernels_come_to_the_same_loss(architecture):
    losses = []
    for kernel in ("numpy", "numba"):
        done = learn(NegativeSampling(two_topics(), config(architecture, kernel=kernel, epochs=8)))
        losses.append(np.mean([loss for _, loss in done.history[-5:]]))
    assert losses[0] == pytest.approx(losses[1], rel=0.01)


class Stop(Exception):
    pass


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_broken_off_in_the_midst_it_ends_with_the_same_bits(tmp_path, architecture, kernel):
    corpus, settings = two_topics(), config(architecture, kernel=kernel)
    whole = NegativeSampling(corpus, settings)
    wanted = learn(whole)
    rules = Checkpoints(tmp_path / "checkpoints", every_steps=2)

    def stop(state):
        if state.steps == 12:
            raise Stop

    with pytest.raises(Stop):
        learn(NegativeSampling(corpus, settings), checkpoints=rules, report=stop)
    again = NegativeSampling(corpus, settings)
    done = learn(again, checkpoints=rules)
    assert done.resumed_at == 10 and done.of == len(corpus.blocks(700)) * 3
    assert done.history == wanted.history
    for name, array in again.arrays().items():
        np.testing.assert_array_equal(array, whole.arrays()[name])


def test_vectors_and_first_vectors():
    first = NegativeSampling(two_topics(), config(dimensions=7, seed=4))
    assert first.vectors().shape == (20, 7) and first.vectors().dtype == np.float32
    assert first.vectors().flags.c_contiguous and first.arrays()["outputs"].shape == (20, 7)
    assert 0.9 / 7 < np.abs(first.vectors()).max() <= 1 / 7
    assert not first.arrays()["outputs"].any()
    same, other = (NegativeSampling(two_topics(), config(dimensions=7, seed=seed)) for seed in (4, 5))
    np.testing.assert_array_equal(same.vectors(), first.vectors())
    assert not np.array_equal(other.vectors(), first.vectors())


def test_learning_rate_falls_linearly_with_the_text_to_its_minimum():
    corpus = two_topics()
    learner = NegativeSampling(corpus, config(epochs=4, learning_rate=0.2, minimum_learning_rate=0.01))
    assert learner.learning_rate(0, 0) == 0.2
    assert learner.learning_rate(1, len(corpus.ids) // 2) == pytest.approx(0.2 * (1 - 1.5 / 4))
    assert learner.learning_rate(3, len(corpus.ids) - 1) == 0.2 * 0.01
    assert NegativeSampling(corpus, config()).learning_rate(0, 0) == 0.025
    assert NegativeSampling(corpus, config("cbow")).learning_rate(0, 0) == 0.05


@NEEDS_NUMBA
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_several_workers_cover_the_same_text(architecture):
    corpus = two_topics()
    alone = learn(NegativeSampling(corpus, config(architecture, epochs=10, kernel="numba")))
    learner = NegativeSampling(corpus, config(architecture, epochs=10, kernel="numba", workers=3))
    done = learn(learner)
    assert (done.words, done.examples) == (alone.words, alone.examples)  # a block's draws are the same
    assert done.of == 10 * -(-len(corpus.blocks(700)) // 3)
    within, between = cosine_means(learner.vectors())
    assert within > 0.9 and between < 0.7


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_huge_learning_rate_is_told(architecture, kernel, recwarn):
    learner = NegativeSampling(two_topics(), config(architecture, kernel=kernel, learning_rate=1e6))
    with pytest.raises(NotFiniteError, match="lower the learning rate"):
        learn(learner)
    assert not recwarn.list


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    "lines, examples",
    [([[0, 1]] * 30, True), ([[0, 0, 1, 0]] * 30, True), ([[0]] * 3 + [[1]], False)],
    ids=["two words", "two words in turn", "lines of one word"],
)
def test_tiny_corpora(architecture, kernel, lines, examples):
    learner = NegativeSampling(corpus_of(lines), config(architecture, kernel=kernel, epochs=20, subsample=0))
    done = learn(learner)
    assert (done.examples > 0) == examples and done.steps == 20
    assert np.isfinite(learner.vectors()).all()


def test_subsampling_away_the_whole_text_is_no_error():
    learner = NegativeSampling(two_topics(), config(subsample=1e-12))
    assert learn(learner).examples == 0


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"architecture": "glove"}, "architecture=glove: choose skip-gram or cbow"),
        ({"dimensions": 0}, "dimensions=0: it must be 1 or more"),
        ({"window": 0}, "window=0"),
        ({"negatives": 0}, "negatives=0"),
        ({"workers": -1}, "workers=-1"),
        ({"subsample": 1.5}, "subsample=1.5: it must be from 0 to 1"),
        ({"learning_rate": 0.0}, "learning_rate=0.0: it must be more than 0"),
        ({"learning_rate": float("inf")}, "learning_rate=inf"),
    ],
)
def test_settings_out_of_range(settings, message):
    with pytest.raises(InputError, match=message):
        NegativeSamplingConfig(**settings)


def test_without_numba(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    assert NegativeSampling(two_topics(), config()).kernel == "numpy"
    with pytest.raises(InputError, match="numba"):
        NegativeSampling(two_topics(), config(kernel="numba"))
    with pytest.raises(InputError, match="workers=2: several need the kernel numba"):
        NegativeSampling(two_topics(), config(workers=2))


def test_several_workers_need_numba():
    with pytest.raises(InputError, match="workers=4"):
        NegativeSampling(two_topics(), config(kernel="numpy", workers=4))


def test_importing_the_module_does_not_import_numba():
    code = f"import sys; sys.path.insert(0, {str(PROJECT)!r}); import {negative_sampling.__name__}; "
    code += "sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
