"""Skip-gram and CBOW with negative sampling: word vectors that tell a word's neighbours from words drawn at random.

Mikolov, Sutskever, Chen, Corrado and Dean, "Distributed Representations of Words and Phrases and their
Compositionality" (2013); CBOW from Mikolov, Chen, Corrado and Dean, "Efficient Estimation of Word Representations in
Vector Space" (2013). Every word w has an input vector v_w, which is what is learnt, and an output vector u_w (the
paper's v'_w). With K negatives w_1 .. w_K drawn from the noise distribution P_n, a step lowers

    E = -log sigmoid(u_o . h) - sum over k of log sigmoid(-u_k . h)

    skip-gram   for each word o of the text and each word t in its window:  h = v_t
    CBOW        for each word o of the text with the n words in its window:  h = (v_1 + ... + v_n) / n

by its gradients, where y is 1 for the word o and 0 for a negative:

    dE/du_w = (sigmoid(u_w . h) - y) h        dE/dh = sum over w of (sigmoid(u_w . h) - y) u_w
    skip-gram   dE/dv_t = dE/dh
    CBOW        dE/dv_i = dE/dh / n

As in the word2vec program: a negative that happens to be o is dropped; frequent words are thinned out; the window is
drawn anew for each word, up to `window`, and ends with the line; the learning rate falls linearly along the text; CBOW
moves each v_i by the whole of dE/dh, that is, its n input vectors learn n times as fast. In the paper's words skip-gram
predicts the window from the word in the middle; over the whole text these are the same pairs, but taken one after the
other as above, with another v_t in each step, they teach a little more. Unlike the program, a step is a pair's whole
gradient (there, a word that is drawn twice as a negative moves in between), and the input vectors begin uniform in
+-1 / dimensions, as gensim's do, not in half of that: on a small text this saves an epoch.

Two kernels take the steps. With numba they come one after the other (`negative_sampling_numba.py`); in NumPy, a few
dozen words at once (`negative_sampling_numpy.py`). Both learn from the same examples (`negative_sampling_examples.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from common.errors import InputError
from common.seeding import make_rng
from week2.learning_embeddings import negative_sampling_numpy
from week2.learning_embeddings.data import LINE_END, Corpus
from week2.learning_embeddings.kernels import choose_kernel
from week2.learning_embeddings.learner import StepResult
from week2.learning_embeddings.negative_sampling_examples import Examples, draw_examples
from week2.learning_embeddings.negative_sampling_noise import NoiseDistribution, keep_probabilities

ARCHITECTURES = ("skip-gram", "cbow")
_CACHE_LINE = 64
_LEARNING_RATES = {"skip-gram": 0.025, "cbow": 0.05}


@dataclass(frozen=True)
class NegativeSamplingConfig:
    """How to learn.

    Attributes:
        architecture: "skip-gram" or "cbow".
        dimensions: numbers in a vector.
        window: the largest number of context words on one side.
        negatives: K, words drawn as wrong answers for a right one.
        subsample: t of `keep_probabilities`; 0 keeps every word.
        learning_rate: at the beginning; None: 0.025 for skip-gram, 0.05 for CBOW.
        minimum_learning_rate: the share of it that it does not fall below.
        epochs: passes over the text.
        seed: of the first vectors and all draws.
        block: ids of text that are learnt from at one learning rate, by one worker.
        kernel: "numpy", "numba", or "auto": numba where it is installed.
        workers: threads, with numba only. More than one change the same vectors without waiting for each other, so the
            result is then not the same to the last bit from run to run.
    """

    architecture: str = "skip-gram"
    dimensions: int = 50
    window: int = 5
    negatives: int = 5
    subsample: float = 1e-3
    learning_rate: float | None = None
    minimum_learning_rate: float = 1e-4
    epochs: int = 5
    seed: int = 0
    block: int = 10_000
    kernel: str = "auto"
    workers: int = 1

    def __post_init__(self):
        if self.architecture not in ARCHITECTURES:
            raise InputError(f"architecture={self.architecture}: choose {' or '.join(ARCHITECTURES)}")
        for name in ("dimensions", "window", "negatives", "epochs", "block", "workers"):
            if getattr(self, name) < 1:
                raise InputError(f"{name}={getattr(self, name)}: it must be 1 or more")
        for name in ("subsample", "minimum_learning_rate"):
            if not 0 <= getattr(self, name) <= 1:
                raise InputError(f"{name}={getattr(self, name)}: it must be from 0 to 1")
        if not 0 < self.first_learning_rate < np.inf:
            raise InputError(f"learning_rate={self.learning_rate}: it must be more than 0")

    @property
    def first_learning_rate(self) -> float:
        """The learning rate at the beginning."""
        return _LEARNING_RATES[self.architecture] if self.learning_rate is None else self.learning_rate


def loss_and_gradients(
    inputs: np.ndarray, outputs: np.ndarray, given: Sequence[int], target: int, negatives: Sequence[int]
) -> tuple[float, np.ndarray, np.ndarray]:
    """One step's (E, dE/d inputs, dE/d outputs), by the equations above and nothing else.

    Args:
        inputs, outputs: v and u, a row a word, (words, dimensions).
        given: the word t (skip-gram) or the words of the window (CBOW); h is the mean of their input vectors.
        target: the word o.
        negatives: w_1 .. w_K.
    """
    h = inputs[given].mean(axis=0)
    d_inputs, d_outputs, d_h, loss = np.zeros_like(inputs), np.zeros_like(outputs), np.zeros_like(h), 0.0
    for word, y in [(target, 1)] + [(word, 0) for word in negatives if word != target]:
        score = outputs[word] @ h
        loss += np.logaddexp(0, -score if y else score)  # -log sigmoid(x) = log(1 + exp(-x))
        error = np.exp(-np.logaddexp(0, -score)) - y
        d_outputs[word] += error * h
        d_h += error * outputs[word]
    for word in given:
        d_inputs[word] += d_h / len(given)
    return float(loss), d_inputs, d_outputs


class NegativeSampling:
    """A training by negative sampling, as a `Learner`.

    A step learns from `workers` blocks of the text, one each. A block's draws come from the seed and its number alone,
    counted through all epochs, whoever learns from it and with whatever kernel.

    Attributes:
        steps: how many there are in all.
        kernel: "numpy" or "numba".
    """

    def __init__(self, corpus: Corpus, config: NegativeSamplingConfig):
        self.config = config
        self.kernel = choose_kernel(config.kernel)
        if self.kernel == "numpy" and config.workers > 1:
            raise InputError(f"workers={config.workers}: several need the kernel numba; install it, or leave them out")
        self._corpus, self._blocks = corpus, corpus.blocks(config.block)
        self._steps_an_epoch = -(-len(self._blocks) // config.workers)
        self.steps = config.epochs * self._steps_an_epoch
        self._keep = keep_probabilities(corpus.counts, config.subsample)
        self._noise = NoiseDistribution(corpus.counts)
        self._update = self._make_update()
        self._inputs, self._outputs = self._first_vectors()

    def _make_update(self) -> Callable[[np.ndarray, np.ndarray, Examples, float], float]:
        config = self.config
        if self.kernel == "numba":
            from week2.learning_embeddings import negative_sampling_numba

            self._row_multiple = negative_sampling_numba.ROW_MULTIPLE
            return partial(negative_sampling_numba.update, config.architecture)
        self._row_multiple = negative_sampling_numpy.ROW_MULTIPLE
        kept = self._corpus.counts * self._keep
        batch = negative_sampling_numpy.words_in_a_batch(
            config.architecture,
            text=kept / kept.sum(),
            noise=self._noise.probabilities,
            window=config.window,
            negatives=config.negatives,
            learning_rate=config.first_learning_rate,
        )
        return partial(negative_sampling_numpy.update, config.architecture, batch=batch)

    def _first_vectors(self) -> tuple[np.ndarray, np.ndarray]:
        shape = len(self._corpus.words), self.config.dimensions
        inputs, outputs = _zero_rows(*shape, self._row_multiple), _zero_rows(*shape, self._row_multiple)
        rng = make_rng(self.config.seed, self.config.architecture, "first vectors")
        inputs[:, : shape[1]] = (2 * rng.random(shape, dtype=np.float32) - 1) / shape[1]
        return inputs, outputs

    def arrays(self) -> dict[str, np.ndarray]:
        """The input and output vectors: the very arrays that steps change."""
        dimensions = self.config.dimensions
        return {"inputs": self._inputs[:, :dimensions], "outputs": self._outputs[:, :dimensions]}

    def vectors(self) -> np.ndarray:
        """The input vectors, float32 (words, dimensions), in the order of the corpus's words."""
        return np.ascontiguousarray(self.arrays()["inputs"])

    def step(self, number: int) -> StepResult:
        """Learn from the next blocks of the text, one a worker."""
        epoch, place = divmod(number, self._steps_an_epoch)
        first = place * self.config.workers
        places = range(first, min(first + self.config.workers, len(self._blocks)))
        learn = partial(self._learn_block, epoch)
        results = list(self._threads.map(learn, places) if len(places) > 1 else map(learn, places))
        return StepResult(*map(sum, zip(*results, strict=True)))

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self.config.workers)

    def _learn_block(self, epoch: int, place: int) -> StepResult:
        config = self.config
        begin, end = self._blocks[place]
        ids = np.asarray(self._corpus.ids[begin:end])
        examples = draw_examples(
            ids,
            keep=self._keep,
            window=config.window,
            noise=self._noise,
            negatives=config.negatives,
            for_pairs=config.architecture == "skip-gram",
            rng=make_rng(config.seed, config.architecture, epoch * len(self._blocks) + place),
        )
        loss = self._update(self._inputs, self._outputs, examples, self.learning_rate(epoch, begin))
        return StepResult(loss, len(examples.negatives), int(np.count_nonzero(ids != LINE_END)))

    def learning_rate(self, epoch: int, begin: int) -> float:
        """What it is at this place of the text in this epoch."""
        done = (epoch + begin / len(self._corpus.ids)) / self.config.epochs
        return self.config.first_learning_rate * max(1 - done, self.config.minimum_learning_rate)


def _zero_rows(rows: int, columns: int, multiple: int) -> np.ndarray:
    """Zeros, float32, with the columns filled up to a multiple, the first row at the beginning of a cache line."""
    columns += -columns % multiple
    buffer = np.zeros(rows * columns + _CACHE_LINE // 4, dtype=np.float32)
    begin = -buffer.ctypes.data % _CACHE_LINE // buffer.itemsize
    return buffer[begin : begin + rows * columns].reshape(rows, columns)
