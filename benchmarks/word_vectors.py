"""Analogies over 400,000 words of 50 numbers: one, and 100 at once.

    python -m benchmarks.word_vectors
    python -m benchmarks.word_vectors --rounds 25 --only one --only "one, gensim"

"one, loop" is the course's way: a Python loop over all words but those of the question, a cosine each, which looks for
equal and for zero vectors first. It takes some seconds a turn, so there are 7 rounds unless --rounds says otherwise.
"one" computes the same formula and must come to the same word and cosine. gensim's `most_similar` (3CosAdd on unit
vectors: one product a word, where the course's formula has two) takes part where it is installed; 100 analogies are 100
calls there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from benchmarks.harness import Target, Work, main

WORDS, DIMENSIONS, QUESTIONS = 400_000, 50, 100
WORKLOAD = f"analogies over {WORDS:,} words of {DIMENSIONS} numbers"
Triple = tuple[str, str, str]


def inputs() -> tuple[list[str], np.ndarray, list[Triple]]:
    """Words, float32 vectors of many lengths around a common middle, and questions; the same for everyone."""
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((WORDS, DIMENSIONS), dtype=np.float32)
    matrix *= rng.uniform(0.5, 1.5, (WORDS, 1)).astype(np.float32)
    matrix += 0.5 * rng.standard_normal(DIMENSIONS, dtype=np.float32)
    words = [f"word{row}" for row in range(WORDS)]
    rows = rng.integers(0, WORDS, (QUESTIONS, 3))
    return words, matrix, [tuple(words[row] for row in triple) for triple in rows]


def digest(answer: tuple[str, float]) -> list[float]:
    """The answer's row and its cosine."""
    word, cosine = answer
    return [float(word.removeprefix("word")), cosine]


def cosine_similarity(u: np.ndarray, v: np.ndarray) -> float:
    """Of two vectors; 1 for equal ones, 0 where one is zero."""
    if np.all(u == v):
        return 1.0
    length = np.sqrt(np.sum(u * u)) * np.sqrt(np.sum(v * v))
    if np.isclose(length, 0, atol=1e-32):
        return 0.0
    return np.dot(u, v) / length


def plain_analogy(triple: Triple, word_to_vec_map: dict[str, np.ndarray]) -> tuple[str, float]:
    """The best word and its cosine, one word after the other."""
    e_a, e_b, e_c = (word_to_vec_map[word] for word in triple)
    best_word, best = "", -100.0
    for word in word_to_vec_map:
        if word in triple:
            continue
        cosine = cosine_similarity(e_b - e_a, word_to_vec_map[word] - e_c)
        if cosine > best:
            best_word, best = word, cosine
    return best_word, float(best)


def make_loop() -> Work:
    """The course's way."""
    words, matrix, triples = inputs()
    word_to_vec_map = dict(zip(words, matrix.astype(np.float64), strict=True))
    answers: list[tuple[str, float]] = []
    return Work(lambda: answers.append(plain_analogy(triples[0], word_to_vec_map)), lambda: digest(answers[-1]))


def make_ours(questions: int) -> Work:
    """The project's way: that many at once; norms and the like are computed in the first call, which is not timed."""
    from common.glove import WordVectors
    from common.vector_space import VectorSpace

    words, matrix, triples = inputs()
    space = VectorSpace(WordVectors(words, matrix))
    answers: list[list[list[tuple[str, float]]]] = []
    return Work(lambda: answers.append(space.analogies(triples[:questions])), lambda: digest(answers[-1][0][0]))


def make_gensim(questions: int) -> Work:
    """gensim's most_similar, a call a question; another formula, so only its time is compared."""
    from gensim.models import KeyedVectors

    words, matrix, triples = inputs()
    vectors = KeyedVectors(DIMENSIONS)
    vectors.add_vectors(words, matrix)
    vectors.fill_norms()

    def run() -> None:
        for a, b, c in triples[:questions]:
            vectors.most_similar(positive=[b, c], negative=[a], topn=1)

    return Work(run, list)


CONTESTANTS: dict[str, Callable[[], Work]] = {
    "one, loop": make_loop,
    "one": lambda: make_ours(1),
    "one, gensim": lambda: make_gensim(1),
    "100 at once": lambda: make_ours(QUESTIONS),
    "100, gensim": lambda: make_gensim(QUESTIONS),
}
TARGETS = [
    Target("one", over="one, loop", at_least=1000),
    Target("one", over="one, gensim", at_least=0.65),
    Target("100 at once", over="100, gensim", at_least=1.4),
]

if __name__ == "__main__":
    sys.exit(
        main(
            "benchmarks.word_vectors",
            WORKLOAD,
            CONTESTANTS,
            TARGETS,
            argv=["--rounds", "7", "--warm-up", "1", *sys.argv[1:]],
        )
    )
