"""Answers against plain loops over all words, and against gensim; the bounds that make them fast hold."""

import numpy as np
import pytest

from common import vector_scores, vector_search
from common.errors import InputError
from common.glove import WordVectors
from common.vector_scores import AddScore, CosineScore, DifferenceScore, Matrix, MultiplyScore
from common.vector_search import best_rows
from common.vector_space import VectorSpace

METHODS = ("difference", "add", "multiply")


def cosine(u, v):
    length = np.sqrt(np.sum(u**2)) * np.sqrt(np.sum(v**2))
    return 0.0 if length == 0 else float(np.dot(u, v) / length)


def plain_score(method, w, a, b, c):
    """The formulas of the papers, a word at a time, in float64."""
    if method == "difference":
        return cosine(b - a, w - c)
    if method == "add":
        a, b, c = (x / np.linalg.norm(x) if x.any() else x for x in (a, b, c))
        return cosine(b - a + c, w)
    close_a, close_b, close_c = ((1 + cosine(w, x)) / 2 for x in (a, b, c))
    return close_b * close_c / (close_a + 0.001)


def plain_analogy(vectors, triple, count, method, exclude):
    rows = {word: np.asarray(vectors[word], np.float64) for word in vectors.words}
    skipped = set(triple) if exclude == "all" else {triple[2]}
    a, b, c = (rows[word] for word in triple)
    scores = [(word, plain_score(method, rows[word], a, b, c)) for word in vectors.words if word not in skipped]
    return sorted(scores, key=lambda pair: -round(pair[1], 12))[:count]


class Rows(dict):
    """Words and their float64 rows, for `plain_analogy`."""

    def __init__(self, words, matrix):
        super().__init__(zip(words, matrix, strict=True))
        self.words = words


def same(found, wanted):
    assert [word for word, _ in found] == [word for word, _ in wanted]
    np.testing.assert_allclose([score for _, score in found], [score for _, score in wanted], rtol=0, atol=1e-12)


def make_vectors(rng, count=300, dimensions=12, dtype=np.float32):
    """Random words, among them copies, near copies, zero vectors and very long and short ones."""
    matrix = rng.normal(size=(count, dimensions)) + rng.normal(size=dimensions)
    matrix[count // 2] = matrix[3]
    matrix[count // 2 + 1] = matrix[3] * (1 + 1e-5)
    matrix[count // 2 + 2 : count // 2 + 20] = matrix[5] + 1e-5 * rng.normal(size=(18, dimensions))
    matrix[count - 1] = matrix[10] = 0
    matrix[count - 2] *= 1000
    matrix[count - 3] *= 1e-4
    return WordVectors([f"w{row}" for row in range(count)], matrix.astype(dtype))


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def vectors(rng):
    return make_vectors(rng)


@pytest.fixture
def small_blocks(monkeypatch):
    """So that a few hundred words take many blocks, several rounds of settling and several chunks."""
    monkeypatch.setattr(vector_search, "BLOCK_ELEMENTS", 320)
    monkeypatch.setattr(vector_search, "MOST_PENDING", 100)
    monkeypatch.setattr(vector_search, "EXACT_ELEMENTS", 256)


def triples_of(rng, vectors, count):
    chosen = [[3, 5, 150], [5, 3, 152], [0, 1, 5], [10, 4, 3], [3, 150, 7], [4, 4, 4], [1, 2, 299]]
    chosen += rng.integers(0, len(vectors), (count - len(chosen), 3)).tolist()
    return [tuple(vectors.words[row] for row in rows) for rows in chosen]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("exclude", ["all", "c"])
def test_analogies_are_those_of_a_loop_over_all_words(vectors, rng, method, exclude, small_blocks):
    triples = triples_of(rng, vectors, 40)
    found = VectorSpace(vectors).analogies(triples, count=5, method=method, exclude=exclude)
    assert len(found) == 40
    for triple, answer in zip(triples, found, strict=True):
        same(answer, plain_analogy(vectors, triple, 5, method, exclude))


@pytest.mark.parametrize("method", METHODS)
def test_one_question_at_the_usual_block_size(vectors, method):
    triple = ("w3", "w7", "w5")
    (answer,) = VectorSpace(vectors).analogies([triple], count=3, method=method)
    same(answer, plain_analogy(vectors, triple, 3, method, "all"))


def test_more_questions_than_fit_at_once(vectors, rng):
    space = VectorSpace(vectors)
    triples = triples_of(rng, vectors, 600)
    together = space.analogies(triples, count=2)
    for at in (0, 255, 256, 511, 599):
        same(together[at], space.analogies([triples[at]], count=2)[0])


@pytest.mark.parametrize("method", METHODS)
def test_float64_vectors_are_answered_from_themselves(rng, method):
    """Differences far below float32's precision decide: 200 words that agree to 1e-9."""
    base = rng.normal(size=8)
    matrix = np.vstack([rng.normal(size=(20, 8)), base + 1e-9 * rng.normal(size=(200, 8))])
    vectors = WordVectors([f"w{row}" for row in range(220)], matrix)
    space = VectorSpace(vectors, rows=matrix.__getitem__)
    for triple in (("w0", "w1", "w2"), ("w0", "w30", "w40"), ("w50", "w1", "w60")):
        (answer,) = space.analogies([triple], count=4, method=method)
        wanted = plain_analogy(Rows(vectors.words, matrix), triple, 220, method, "all")
        scores = dict(wanted)
        assert min(scores[word] for word, _ in answer) >= wanted[3][1] - 1e-12
        np.testing.assert_allclose([value for _, value in answer], [value for _, value in wanted[:4]], atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_all_words_when_more_are_asked_for_than_there_are(vectors, method, small_blocks):
    (answer,) = VectorSpace(vectors).analogies([("w1", "w2", "w4")], count=1000, method=method)
    assert len(answer) == len(vectors) - 3
    same(answer, plain_analogy(vectors, ("w1", "w2", "w4"), 1000, method, "all"))


def test_neighbours_are_those_of_a_loop(vectors, small_blocks):
    space = VectorSpace(vectors)
    words = ["w3", "w5", "w10", "w298"]
    for word, answer in zip(words, space.neighbours(words, count=6), strict=True):
        rows = {other: vectors[other].astype(np.float64) for other in vectors.words if other != word}
        wanted = sorted(
            ((other, cosine(row, vectors[word].astype(np.float64))) for other, row in rows.items()),
            key=lambda pair: -round(pair[1], 12),
        )
        same(answer, wanted[:6])
    assert space.nearest("w3", 1) == [("w150", pytest.approx(1))]
    assert space.nearest("w3", 2, exclude=["w150"])[0] == ("w151", pytest.approx(1))
    assert space.nearest(vectors["w3"].astype(np.float64), 1)[0][0] == "w3"


def test_ties_go_to_the_earlier_row():
    """Parallel differences score the same, whatever the rounding of their lengths."""
    matrix = np.array([[0, 0], [1, 1], [5, 1], [8, 4], [6, 2], [7, 3], [6, 2]], np.float32)
    space = VectorSpace(WordVectors(list("abcdefg"), matrix))
    assert [word for word, _ in space.analogies([("a", "b", "c")], count=4)[0]] == ["d", "e", "f", "g"]


def test_zero_vectors_score_zero_and_nothing_is_nan(small_blocks):
    matrix = np.zeros((50, 3), np.float32)
    matrix[7] = matrix[9] = 1
    space = VectorSpace(WordVectors([f"w{row}" for row in range(50)], matrix))
    assert space.similarity("w0", "w1") == 0 and space.similarity("w0", "w7") == 0
    assert space.nearest("w0", 3) == [("w1", 0), ("w2", 0), ("w3", 0)]
    assert space.analogies([("w7", "w9", "w1")], count=2)[0] == [("w0", 0), ("w2", 0)]
    for method in METHODS:
        for triple in (("w7", "w9", "w1"), ("w0", "w1", "w2"), ("w0", "w7", "w3"), ("w7", "w0", "w9")):
            same(
                space.analogies([triple], count=5, method=method)[0],
                plain_analogy(space.vectors, triple, 5, method, "all"),
            )


@pytest.mark.parametrize("scale", [1e-42, 1e-30, 1e-22, 1e18, 1e25, 1e37])
@pytest.mark.parametrize("method", METHODS)
def test_vectors_whose_squares_leave_float32(rng, scale, method):
    vectors = WordVectors([f"w{row}" for row in range(60)], (rng.normal(size=(60, 5)) * scale).astype(np.float32))
    (answer,) = VectorSpace(vectors).analogies([("w0", "w1", "w2")], count=3, method=method)
    same(answer, plain_analogy(vectors, ("w0", "w1", "w2"), 3, method, "all"))


def scores_of(matrix, rng, queries=30):
    rows = matrix.rows(rng.integers(0, matrix.count, (3 * queries,))).reshape(3, queries, -1)
    yield CosineScore(matrix, rows[0])
    yield from (kind(matrix, *rows) for kind in (DifferenceScore, AddScore, MultiplyScore))


@pytest.mark.parametrize(("dimensions", "scale"), [(3, 1), (50, 1), (50, 300), (300, 1)])
def test_the_bounds_are_never_below_the_exact_scores(rng, dimensions, scale):
    """On words that lie close together, far from the origin, where cancellation is worst, and on scattered ones."""
    exact = rng.normal(size=(400, dimensions)) * np.where(np.arange(400) % 2, 1, 1e-3)[:, None] + scale * 1.0
    exact[7] = 0
    matrix = Matrix(exact.astype(np.float32), exact.__getitem__)
    for score in scores_of(matrix, rng):
        with np.errstate(all="ignore"):
            bound = score.bound(slice(0, 400)).copy()
        queries, rows = np.divmod(np.arange(30 * 400), 400)
        true = score.exact(queries, rows).reshape(30, 400).T
        assert not ((bound < true) & (true >= 0)).any()
        if scale == 1 and dimensions > 3:
            assert np.nanmedian(bound - true) < 0.05  # and they are of use


@pytest.mark.parametrize(("b", "most"), [(2, 1000), (1, 17_000)])
def test_few_words_are_computed_exactly(rng, b, most):
    """Of 200,000 words; with no difference between a and b all score 0, and only the first block is looked at."""
    fast = rng.normal(size=(200_000, 20)).astype(np.float32)
    fast[-1] *= 1e6
    matrix = Matrix(fast, fast.__getitem__)
    score = DifferenceScore(matrix, *(matrix.rows(np.array([row])) for row in (1, b, 3)))
    counted = []
    exact = score.exact

    def counting(queries, rows):
        counted.append(len(rows))
        return exact(queries, rows)

    score.exact = counting
    ((rows, _),) = best_rows(score, 1, [[1, 2, 3]])
    assert len(rows) == 1 and sum(counted) < most


@pytest.mark.filterwarnings("ignore:Call to deprecated:DeprecationWarning")
def test_add_and_multiply_agree_with_gensim(rng, monkeypatch):
    from gensim.models import KeyedVectors

    monkeypatch.setattr(vector_scores, "MULTIPLY_EPSILON", 1e-6)  # theirs
    vectors = WordVectors([f"w{row}" for row in range(2000)], (rng.normal(size=(2000, 25)) + 0.3).astype(np.float32))
    peer = KeyedVectors(25)
    peer.add_vectors(vectors.words, vectors.matrix)
    space = VectorSpace(vectors)
    triples = [tuple(vectors.words[row] for row in rows) for rows in rng.integers(0, 2000, (20, 3))]
    for (a, b, c), added, multiplied in zip(
        triples, space.analogies(triples, 5, "add"), space.analogies(triples, 5, "multiply"), strict=True
    ):
        theirs = peer.most_similar(positive=[b, c], negative=[a], topn=5)
        assert [word for word, _ in added] == [word for word, _ in theirs]
        np.testing.assert_allclose([score for _, score in added], [score for _, score in theirs], atol=1e-5)
        theirs = peer.most_similar_cosmul(positive=[b, c], negative=[a], topn=5)
        assert [word for word, _ in multiplied] == [word for word, _ in theirs]
        np.testing.assert_allclose([score for _, score in multiplied], [score for _, score in theirs], rtol=1e-4)
    assert [word for word, _ in space.nearest("w9", 7)] == [word for word, _ in peer.most_similar("w9", topn=7)]


def test_similarities_of_many_pairs(vectors, rng):
    space = VectorSpace(vectors)
    pairs = [tuple(vectors.words[row] for row in rows) for rows in rng.integers(0, 300, (5000, 2))]
    found = space.similarities(pairs)
    wanted = [cosine(vectors[one].astype(np.float64), vectors[other].astype(np.float64)) for one, other in pairs]
    np.testing.assert_allclose(found, wanted, atol=1e-12)
    assert space.similarity(*pairs[0]) == pytest.approx(wanted[0], abs=1e-12)
    assert space.similarities([]).shape == (0,) and space.analogies([]) == [] and space.neighbours([]) == []


def test_what_cannot_be_asked_is_refused_in_a_sentence(vectors):
    space = VectorSpace(vectors)
    with pytest.raises(
        InputError, match="'w3x' is not among the 300 words of these vectors; the nearest spellings are"
    ):
        space.analogies([("w1", "w2", "w3x")])
    with pytest.raises(InputError, match="three words, not 2"):
        space.analogies([("w1", "w2")])
    with pytest.raises(InputError, match="no analogy method 'minus'; choose one of difference, add, multiply"):
        space.analogies([("w1", "w2", "w3")], method="minus")
    with pytest.raises(InputError, match="cannot exclude 'b'"):
        space.analogies([("w1", "w2", "w3")], exclude="b")
    with pytest.raises(InputError, match=r"shape \(3,\), the words have 12 numbers"):
        space.nearest(np.ones(3))
    with pytest.raises(InputError, match="NaN or infinity"):
        space.nearest(np.full(12, np.nan))
    with pytest.raises(InputError, match="ask for at least 1"):
        space.nearest("w1", 0)
    assert "w1" in space and "king" not in space and len(space) == 300


def test_thousands_of_questions_take_little_memory(rng):
    """All scores of 3,000 questions about 20,000 words would be 240 MB in float32."""
    import tracemalloc

    vectors = WordVectors([f"w{row}" for row in range(20_000)], rng.normal(size=(20_000, 10)).astype(np.float32))
    space = VectorSpace(vectors)
    triples = [tuple(f"w{row}" for row in rows) for rows in rng.integers(0, 20_000, (3000, 3))]
    space.analogies(triples[:1])
    tracemalloc.start()
    try:
        answers = space.analogies(triples)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(answers) == 3000 and peak < 50e6
    same(answers[2999], space.analogies(triples[2999:])[0])
