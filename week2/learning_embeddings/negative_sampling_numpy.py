"""The steps of negative sampling in NumPy: small batches of words, all gradients of a batch taken at once and summed.

The equations are in `negative_sampling.py`. A batch is a few dozen words of the text with all their pairs; its
gradients are those at the vectors before the batch, and a vector moves by their sum, as if it had taken all those steps
at once. Such a sum may go too far for a word that is in most of a batch's steps; so the fewer words a text has, the
smaller its batches are (`words_in_a_batch`).
"""

from __future__ import annotations

import itertools

import numpy as np

from week2.learning_embeddings.negative_sampling_examples import Examples

# Rows are added up two numbers at a time, as complex ones: half as many additions at scattered places.
ROW_MULTIPLE = 2
LARGEST_BATCH = 32
MOST_FREQUENT_WORD_MOVES = 0.8


def words_in_a_batch(
    architecture: str, *, text: np.ndarray, noise: np.ndarray, window: int, negatives: int, learning_rate: float
) -> int:
    """How many words of the text are learnt from at once.

    So many that the learning rates of the steps which move the most frequent word's vector in one batch add up to
    `MOST_FREQUENT_WORD_MOVES` on average, between 1 and `LARGEST_BATCH`.

    Args:
        architecture: "skip-gram" or "cbow".
        text: the share of each word in the text that is left after thinning out.
        noise: the share of each word in the negatives.
        window, negatives, learning_rate: as configured; on average a word has `window` + 1 context words.
    """
    predictions = text + negatives * noise
    if architecture == "skip-gram":
        steps = (window + 1) * predictions.max()
    else:
        steps = max((window + 1) * text.max(), predictions.max())
    return int(np.clip(MOST_FREQUENT_WORD_MOVES / (learning_rate * steps), 1, LARGEST_BATCH))


def update(
    architecture: str,
    inputs: np.ndarray,
    outputs: np.ndarray,
    examples: Examples,
    learning_rate: float,
    *,
    batch: int,
) -> float:
    """Learn from the examples in batches of `batch` words; changes the matrices in place.

    Args:
        architecture: "skip-gram" or "cbow".
        inputs, outputs: float32 (words, columns), C order, an even number of columns; those beyond the dimensions are
            and stay 0.
        examples: drawn for this architecture.
        learning_rate: the same for all of them.
        batch: words.

    Returns:
        the sum of the examples' losses, each before its batch's step.
    """
    if not len(examples.words):
        return 0.0
    learn = _skip_gram if architecture == "skip-gram" else _cbow
    with np.errstate(over="ignore", invalid="ignore"):  # a training that diverges is noticed by its loss
        return learn(_Rows(inputs), _Rows(outputs), examples, np.float32(learning_rate), batch)


class _Rows:
    """A matrix to whose rows others are added, at places that may come several times."""

    def __init__(self, matrix: np.ndarray):
        self.matrix = matrix
        self._numbers = matrix.reshape(-1).view(np.complex64)
        self._columns = np.arange(matrix.shape[1] // 2)

    def begins(self, places: np.ndarray) -> np.ndarray:
        """Where rows begin among the complex numbers."""
        return places.astype(np.intp) * len(self._columns)

    def add(self, begins: np.ndarray, rows: np.ndarray) -> None:
        """Add the rows to those that begin there."""
        numbers = (begins.reshape(-1, 1) + self._columns).reshape(-1)
        np.add.at(self._numbers, numbers, rows.reshape(-1).view(np.complex64))


class _Predictions:
    """The output side of n steps that are taken in batches.

    Args:
        outputs: the output vectors.
        targets, negatives: word ids (n,) and (n, K).
        rate: the learning rate.
    """

    def __init__(self, outputs: _Rows, targets: np.ndarray, negatives: np.ndarray, rate: np.float32):
        self._outputs, self._rate = outputs, rate
        self._words = np.concatenate([targets[:, None], negatives], axis=1)
        self._begins = outputs.begins(self._words)
        self._counts = np.ones(self._words.shape, dtype=np.float32)  # 0: a negative that is the target
        np.not_equal(negatives, targets[:, None], out=self._counts[:, 1:])
        self._scores = np.empty_like(self._counts)

    def step(self, begin: int, end: int, h: np.ndarray) -> np.ndarray:
        """Take the steps begin .. end - 1 from h (steps, columns): moves u; returns -rate dE/dh of each."""
        u = self._outputs.matrix.take(self._words[begin:end], axis=0)
        scores = np.matmul(u, h[:, :, None], out=self._scores[begin:end, :, None])[:, :, 0]
        errors = 1 / (1 + np.exp(-scores))
        errors[:, 0] -= 1
        errors *= self._counts[begin:end]
        errors *= -self._rate
        moved = np.matmul(errors[:, None, :], u)[:, 0]
        self._outputs.add(self._begins[begin:end], np.einsum("nk,nd->nkd", errors, h, out=u))
        return moved

    def loss(self) -> float:
        """The sum of E over all steps: -log sigmoid(x) = max(-x, 0) + log(1 + exp(-|x|)), x = -score of a negative."""
        losses = np.maximum(self._scores, 0) + np.log1p(np.exp(-np.abs(self._scores)))
        losses[:, 0] -= self._scores[:, 0]
        losses *= self._counts
        return float(losses.sum(dtype=np.float64))


def _skip_gram(inputs: _Rows, outputs: _Rows, examples: Examples, rate: np.float32, batch: int) -> float:
    targets = np.repeat(examples.words, np.diff(examples.begins))
    begins = inputs.begins(examples.contexts)
    predictions = _Predictions(outputs, targets, examples.negatives, rate)
    for begin, end in itertools.pairwise([*examples.begins[:-1:batch], len(targets)]):
        v = inputs.matrix.take(examples.contexts[begin:end], axis=0)
        inputs.add(begins[begin:end], predictions.step(begin, end, v))
    return predictions.loss()


def _cbow(inputs: _Rows, outputs: _Rows, examples: Examples, rate: np.float32, batch: int) -> float:
    counts = np.diff(examples.begins)
    begins = inputs.begins(examples.contexts)
    predictions = _Predictions(outputs, examples.words, examples.negatives, rate)
    for first, last in itertools.pairwise([*range(0, len(counts), batch), len(counts)]):
        begin, end = examples.begins[first], examples.begins[last]
        v = inputs.matrix.take(examples.contexts[begin:end], axis=0)
        h = np.add.reduceat(v, examples.begins[first:last] - begin, axis=0)
        h /= counts[first:last, None].astype(np.float32)
        inputs.add(begins[begin:end], np.repeat(predictions.step(first, last, h), counts[first:last], axis=0))
    return predictions.loss()
