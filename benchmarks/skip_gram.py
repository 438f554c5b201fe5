"""Skip-gram with negative sampling on a Zipf corpus: NumPy and numba against Keras and gensim.

    python -m benchmarks.skip_gram

The corpus has 1,000,000 words of a vocabulary of 50,000, the r-th with probability proportional to 1 / r, in lines of
20. In each turn everyone learns from the next 200,000 of its words, with the same settings, cutting the text into pairs
included; compiling is not, it falls into the untimed turns. Keras has two embedding matrices, their dot product and a
binary cross-entropy, trained by `fit` with plain SGD in batches of 16,384 pairs, the size at which it is fastest; the
pairs come from our own array operations. Who learns as word2vec does must come to the same loss on fresh pairs of the
corpus, within 2 %; Keras, with its large batches, learns far less from as many words, and only its time counts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.harness import Target, Work, main
from week2.learning_embeddings.data import LINE_END, Corpus
from week2.learning_embeddings.negative_sampling import NegativeSampling, NegativeSamplingConfig
from week2.learning_embeddings.negative_sampling_examples import Examples, draw_examples
from week2.learning_embeddings.negative_sampling_noise import NoiseDistribution, keep_probabilities

WORDS, VOCABULARY, LINE, WORDS_A_TURN = 1_000_000, 50_000, 20, 200_000
DIMENSIONS, WINDOW, NEGATIVES, SUBSAMPLE, LEARNING_RATE = 50, 5, 5, 1e-3, 0.025
KERAS_BATCH = 16_384
BLOCKS_A_TURN = 20
LOSS_TOLERANCE = 0.02
WORKLOAD = (
    f"skip-gram with negative sampling: {WORDS_A_TURN:,} words of a Zipf corpus a turn, {DIMENSIONS} dimensions, window"
    f" {WINDOW}, {NEGATIVES} negatives"
)


def zipf_corpus() -> Corpus:
    """The same for everyone; a word is named by its number."""
    rng = np.random.default_rng(0)
    chances = np.cumsum(1 / np.arange(1, VOCABULARY + 1))
    drawn = np.searchsorted(chances, rng.random(WORDS) * chances[-1])
    _, found, counts = np.unique(drawn, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    ids = np.argsort(order)[found].astype(np.int32).reshape(-1, LINE)
    ids = np.pad(ids, ((0, 0), (0, 1)), constant_values=LINE_END)
    return Corpus(tuple(map(str, range(len(counts)))), counts[order], ids.reshape(-1))


def examples_of(corpus: Corpus, ids: np.ndarray, rng: np.random.Generator) -> Examples:
    """Skip-gram pairs with their negatives."""
    return draw_examples(
        ids,
        keep=keep_probabilities(corpus.counts, SUBSAMPLE),
        window=WINDOW,
        noise=NoiseDistribution(corpus.counts),
        negatives=NEGATIVES,
        for_pairs=True,
        rng=rng,
    )


def loss_on_fresh_pairs(corpus: Corpus, inputs: np.ndarray, outputs: np.ndarray) -> list[float]:
    """The mean of E over new draws of pairs from a part of the corpus."""
    examples = examples_of(corpus, corpus.ids[:50_000], np.random.default_rng(1))
    v = inputs[examples.contexts]
    right = np.einsum("nd,nd->n", v, outputs[np.repeat(examples.words, np.diff(examples.begins))])
    wrong = np.einsum("nd,nkd->nk", v, outputs[examples.negatives])
    return [float(np.logaddexp(0, -right).mean() + np.logaddexp(0, wrong).sum(axis=1).mean())]


class Turns:
    """Hands out the turns' parts of a sequence, over and over."""

    def __init__(self, parts: Sequence):
        self._parts, self._turn = parts, -1

    def next(self):
        """The next turn's part."""
        self._turn += 1
        return self._parts[self._turn % len(self._parts)]


def make_ours(kernel: str, workers: int = 1) -> Work:
    """Our learner."""
    corpus = zipf_corpus()
    config = NegativeSamplingConfig(
        dimensions=DIMENSIONS,
        window=WINDOW,
        negatives=NEGATIVES,
        subsample=SUBSAMPLE,
        learning_rate=LEARNING_RATE,
        minimum_learning_rate=1.0,
        epochs=100_000,
        block=WORDS_A_TURN * (LINE + 1) // LINE // BLOCKS_A_TURN,
        kernel=kernel,
        workers=workers,
    )
    learner = NegativeSampling(corpus, config)
    steps = iter(range(learner.steps))

    def run() -> None:
        for _ in range(BLOCKS_A_TURN // workers):
            learner.step(next(steps))

    return Work(run, lambda: loss_on_fresh_pairs(corpus, *learner.arrays().values()))


def make_gensim(workers: int) -> Work:
    """gensim's Word2Vec, the sentences in memory."""
    from gensim.models import Word2Vec

    corpus = zipf_corpus()
    lines = [[corpus.words[one] for one in line[:-1]] for line in corpus.ids.reshape(-1, LINE + 1).tolist()]
    model = Word2Vec(
        vector_size=DIMENSIONS,
        window=WINDOW,
        negative=NEGATIVES,
        sample=SUBSAMPLE,
        alpha=LEARNING_RATE,
        min_alpha=LEARNING_RATE,
        sg=1,
        min_count=1,
        workers=workers,
    )
    model.build_vocab(lines)
    count = WORDS_A_TURN // LINE
    turns = Turns([lines[begin : begin + count] for begin in range(0, len(lines), count)])
    rows = [model.wv.key_to_index[word] for word in corpus.words]

    def run() -> None:
        model.train(turns.next(), total_examples=count, epochs=1)

    return Work(run, lambda: loss_on_fresh_pairs(corpus, model.wv.vectors[rows], model.syn1neg[rows]))


def make_keras() -> Work:
    """A Keras functional model, trained by `fit`."""
    import keras

    corpus = zipf_corpus()
    context, targets = keras.Input((1,), dtype="int32"), keras.Input((1 + NEGATIVES,), dtype="int32")
    v = keras.layers.Embedding(len(corpus.words), DIMENSIONS, name="inputs")(context)
    u = keras.layers.Embedding(len(corpus.words), DIMENSIONS, embeddings_initializer="zeros", name="outputs")(targets)
    model = keras.Model([context, targets], keras.layers.Flatten()(keras.layers.Dot(axes=2)([v, u])))
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss=loss)
    rng = np.random.default_rng(0)
    turns = Turns(np.split(corpus.ids, WORDS // WORDS_A_TURN))

    def run() -> None:
        examples = examples_of(corpus, turns.next(), rng)
        middle = np.repeat(examples.words, np.diff(examples.begins))
        answers = np.concatenate([middle[:, None], examples.negatives], axis=1)
        right = np.zeros(answers.shape, dtype=np.float32)
        right[:, 0] = 1
        model.fit([examples.contexts[:, None], answers], right, batch_size=KERAS_BATCH, verbose=0)

    return Work(run, lambda: ())


CONTESTANTS: dict[str, Callable[[], Work]] = {
    "keras": make_keras,
    "numpy": lambda: make_ours("numpy"),
    "gensim, 1 worker": lambda: make_gensim(1),
    "numba, 1 worker": lambda: make_ours("numba"),
    "gensim, 2 workers": lambda: make_gensim(2),
    "numba, 2 workers": lambda: make_ours("numba", workers=2),
}
TARGETS = [
    Target("numpy", over="keras", at_least=2.0),
    Target("numba, 1 worker", over="gensim, 1 worker", at_least=1.3),
    Target("numba, 2 workers", over="gensim, 2 workers", at_least=1.3),
]

if __name__ == "__main__":
    sys.exit(main("benchmarks.skip_gram", WORKLOAD, CONTESTANTS, TARGETS, tolerance=LOSS_TOLERANCE))
