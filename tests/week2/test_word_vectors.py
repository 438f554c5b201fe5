"""The formulas against plain loops, SciPy and scikit-learn."""

from itertools import combinations

import numpy as np
import pytest

from common.errors import InputError
from common.glove import WordVectors
from common.vector_space import VectorSpace
from week2.word_vectors import analogy, bias, bias_words, debiasing, similarity, weat


@pytest.fixture
def rng():
    return np.random.default_rng(5)


# ---- similarity


def test_cosine_is_scipys(rng):
    from scipy.spatial.distance import cosine

    for _ in range(20):
        u, v = rng.normal(size=(2, 50))
        assert similarity.cosine(u, v) == pytest.approx(1 - cosine(u, v), abs=1e-14)
    with pytest.raises(InputError, match=r"shapes \(50,\) and \(49,\)"):
        similarity.cosine(u, v[:49])


def test_cosines_of_equal_and_of_zero_vectors():
    zero, one = np.zeros(4), np.array([1.0, -2, 3, 0.1])
    assert similarity.cosine(one, one.copy()) == similarity.cosine(zero, zero.copy()) == 1
    assert similarity.cosine(zero, one) == 0
    assert similarity.cosine(one, -one) == pytest.approx(-1)
    assert similarity.cosine((one >= 1) * 1, (one < 1) * 1) == 0


def test_the_odd_one_out_is_that_of_a_loop(rng):
    words = list("abcdefg")
    space = VectorSpace(WordVectors(words, rng.normal(size=(7, 5)).astype(np.float32)))
    found = similarity.odd_one_out(space, words)
    wanted = {word: np.mean([space.similarity(word, other) for other in words if other != word]) for word in words}
    assert [word for word, _ in found] == sorted(words, key=wanted.get)
    for word, value in found:
        assert value == pytest.approx(wanted[word], abs=1e-12)
    with pytest.raises(InputError, match="2 words were given"):
        similarity.odd_one_out(space, ["a", "b"])
    with pytest.raises(InputError, match="'b' stands there twice"):
        similarity.odd_one_out(space, ["a", "b", "b"])
    with pytest.raises(InputError, match="'x' is not among the 7 words"):
        similarity.odd_one_out(space, ["a", "b", "x"])


# ---- analogies of a dictionary


def course_loop(word_to_vec_map, words, skipped):
    a, b, c = (word_to_vec_map[word] for word in words)
    best, answer = -np.inf, None
    for word, vector in word_to_vec_map.items():
        if word in skipped:
            continue
        u, v = b - a, vector - c
        length = np.sqrt(np.sum(u * u)) * np.sqrt(np.sum(v * v))
        cosine = np.dot(u, v) / length if length else 0.0
        if cosine > best + 1e-12:
            best, answer = cosine, word
    return answer, best


@pytest.mark.parametrize(("exclude", "skips"), [("all", slice(0, 3)), ("c", slice(2, 3))])
def test_an_analogy_in_a_dictionary_is_the_loops(rng, exclude, skips):
    names = [f"w{row}" for row in range(200)]
    word_to_vec_map = dict(zip(names, rng.normal(size=(200, 6)).round(1), strict=True))
    for _ in range(30):
        words = [names[row] for row in rng.integers(0, 200, 3)]
        found = analogy.complete(word_to_vec_map, *words, exclude=exclude)
        assert found[0] == course_loop(word_to_vec_map, words, words[skips])[0]
        assert found[1] == pytest.approx(course_loop(word_to_vec_map, words, words[skips])[1], abs=1e-12)


def test_a_view_of_vectors_is_answered_by_their_decimals(rng):
    matrix = rng.normal(size=(300, 8)).round(4)
    vectors = WordVectors([f"w{row}" for row in range(300)], matrix.astype(np.float32))
    view = vectors.word_to_vec_map()
    plain = dict(zip(vectors.words, matrix, strict=True))
    for words in (("w1", "w2", "w3"), ("w7", "w9", "w8")):
        one, other = analogy.complete(view, *words), analogy.complete(plain, *words)
        assert one[0] == other[0] and one[1] == pytest.approx(other[1], abs=1e-14)
    assert analogy.space_of(view).vectors is vectors


def test_dictionaries_that_cannot_answer():
    two = {"a": np.ones(2), "b": np.zeros(2)}
    with pytest.raises(InputError, match="holds 2 words, and none is left"):
        analogy.complete(two, "a", "b", "a")
    with pytest.raises(InputError, match="'king' is not among the 2 words of the map"):
        analogy.complete(two, "a", "b", "king")
    with pytest.raises(InputError, match="'riverr' .* the nearest spellings are river"):
        analogy.complete({"river": np.ones(2), "b": np.zeros(2)}, "b", "b", "riverr")
    for broken in ({}, {"a": np.ones(2), "b": np.ones(3)}):
        with pytest.raises(InputError, match="differ in length, or there are none"):
            analogy.complete(broken, "a", "b", "a")


# ---- debiasing


def test_the_direction_of_one_pair_is_its_difference(rng):
    first, second = rng.normal(size=(2, 1, 9))
    for method in debiasing.METHODS:
        found = debiasing.bias_direction(first, second, method=method)
        np.testing.assert_allclose(found.axis, (first - second)[0] / np.linalg.norm(first - second), atol=1e-12)
        assert found.share == pytest.approx(1) and found.agreement == pytest.approx([1])


def test_the_direction_of_pairs_is_scikit_learns_first_component_of_centred_pairs(rng):
    from sklearn.decomposition import PCA

    first = rng.normal(size=(6, 10))
    second = first + rng.normal(size=10) + 0.5 * rng.normal(size=(6, 10))
    middle = (first + second) / 2
    peer = PCA(n_components=1).fit(np.concatenate([first - middle, second - middle]))
    found = debiasing.bias_direction(first, second)
    assert abs(peer.components_[0] @ found.axis) == pytest.approx(1, abs=1e-12)
    assert found.share == pytest.approx(peer.explained_variance_ratio_[0])
    assert found.agreement.mean() > 0  # it points to the first words
    mean = (first - second).mean(axis=0)
    np.testing.assert_allclose(
        debiasing.bias_direction(first, second, method="difference").axis, mean / np.linalg.norm(mean), atol=1e-12
    )


def test_pairs_that_span_nothing_are_refused(rng):
    first = rng.normal(size=(2, 5))
    for method in debiasing.METHODS:
        with pytest.raises(InputError, match="the pair he/he spans nothing"):
            debiasing.bias_direction(first, np.array([first[0] + 1, first[1]]), method=method, names=["a/b", "he/he"])
    with pytest.raises(InputError, match="differences cancel"):
        debiasing.bias_direction(first, first[::-1], method="difference")
    with pytest.raises(InputError, match="no way 'svm'"):
        debiasing.bias_direction(first, first + 1, method="svm")
    with pytest.raises(InputError, match="zero vector and spans nothing"):
        debiasing.neutralize(first[0], np.zeros(5))


@pytest.mark.parametrize("strength", [0, 0.3, 1])
def test_neutralize_takes_that_part_out_and_leaves_the_rest(rng, strength):
    vectors, axis = rng.normal(size=(20, 7)), 3 * rng.normal(size=7)
    found = debiasing.neutralize(vectors, axis, strength=strength)
    np.testing.assert_allclose(found @ axis, (1 - strength) * (vectors @ axis), atol=1e-12)
    removed = vectors - found
    for row in removed:  # nothing is removed that is not along the axis
        np.testing.assert_allclose(row, (row @ axis) / (axis @ axis) * axis, atol=1e-12)
    np.testing.assert_allclose(debiasing.neutralize(vectors[0], axis, strength=strength), found[0], atol=1e-14)


def test_equalize_makes_a_pair_differ_along_the_axis_alone(rng):
    axis = rng.normal(size=8)
    for length in (1.0, None):
        for _ in range(10):
            e1, e2 = rng.normal(size=(2, 8)) * (0.3 if length else 2)
            one, two = debiasing.equalize(e1, e2, axis, length=length)
            wanted = length or np.sqrt((e1 @ e1 + e2 @ e2) / 2)
            assert np.linalg.norm(one) == pytest.approx(wanted) and np.linalg.norm(two) == pytest.approx(wanted)
            assert one @ axis == pytest.approx(-(two @ axis))
            np.testing.assert_allclose(debiasing.neutralize(one, axis), debiasing.neutralize(two, axis), atol=1e-12)
            middle = debiasing.neutralize((e1 + e2) / 2, axis)
            np.testing.assert_allclose(debiasing.neutralize(one, axis), middle, atol=1e-12)
            assert np.sign(one @ axis) == np.sign((e1 - e2) @ axis)
            neutral = debiasing.neutralize(rng.normal(size=8), axis)
            assert np.linalg.norm(one - neutral) == pytest.approx(np.linalg.norm(two - neutral))
            half = debiasing.equalize(e1, e2, axis, length=length, strength=0.5)
            np.testing.assert_allclose(half[0], (e1 + one) / 2, atol=1e-12)


def test_a_pair_without_a_difference_along_the_axis_is_refused(rng):
    axis = np.array([1.0, 0, 0])
    with pytest.raises(InputError, match="spans nothing along the bias direction"):
        debiasing.equalize(np.array([1.0, 2, 3]), np.array([1.0, 5, 3]), axis)


# ---- WEAT


def plain_weat(x, y, a, b):
    """Effect size and exact p-value as Caliskan et al. write them, a word at a time."""

    def cos(u, v):
        return u @ v / np.linalg.norm(u) / np.linalg.norm(v)

    def s(w):
        return np.mean([cos(w, v) for v in a]) - np.mean([cos(w, v) for v in b])

    both = [s(w) for w in [*x, *y]]
    observed = np.mean(both[: len(x)]) - np.mean(both[len(x) :])
    reached = total = 0
    for chosen in combinations(range(len(both)), len(x)):
        rest = [both[i] for i in range(len(both)) if i not in chosen]
        reached += np.mean([both[i] for i in chosen]) - np.mean(rest) >= observed - 1e-12
        total += 1
    return observed / np.std(both, ddof=1), reached / total


def test_weat_by_hand(rng):
    for sizes in ((4, 4, 3, 5), (3, 5, 2, 2)):
        x, y, a, b = (rng.normal(size=(size, 6)) for size in sizes)
        x = x + 0.6 * a.mean(axis=0)
        found = weat.association_test(x, y, a, b, rng=rng)
        effect, p_value = plain_weat(x, y, a, b)
        assert found.exact and found.effect == pytest.approx(effect) and found.p_value == pytest.approx(p_value)
        assert found.permutations == {4: 70, 3: 56}[sizes[0]]
        assert (len(found.x_scores), len(found.y_scores)) == sizes[:2]


def test_drawn_partings_come_near_the_exact_p_value(rng):
    x, y, a, b = (rng.normal(size=(6, 8)) for _ in range(4))
    x = x + 0.35 * a.mean(axis=0)
    exact = weat.association_test(x, y, a, b, rng=rng)
    drawn = [
        weat.association_test(x, y, a, b, rng=np.random.default_rng(seed), permutations=50_000, most_exact=10)
        for seed in (1, 1, 2)
    ]
    assert not drawn[0].exact and drawn[0].permutations == 50_000
    assert drawn[0].p_value == drawn[1].p_value != drawn[2].p_value
    for one in drawn:
        error = np.sqrt(exact.p_value * (1 - exact.p_value) / 50_000)
        assert abs(one.p_value - exact.p_value) < 5 * error + 1e-4 and one.effect == exact.effect


def test_weat_without_any_difference_and_with_too_little(rng):
    x, a, b = (rng.normal(size=(3, 4)) for _ in range(3))
    none = weat.association_test(np.ones((3, 4)), np.ones((3, 4)), a, b, rng=rng)
    assert none.effect == 0 and none.p_value == 1
    with pytest.raises(InputError, match="WEAT set Y has 1 known words"):
        weat.association_test(x, x[:1], a, b, rng=rng)


# ---- the verb's own steps


@pytest.fixture
def gendered(rng):
    """Words with a known part along the first coordinate."""
    words = {"woman": 1, "man": -1, "girl": 1.2, "boy": -0.8, "nurse": 0.5, "engineer": -0.6, "tree": 0.01}
    matrix = rng.normal(size=(len(words), 6)) * 0.3 + 1
    matrix[1], matrix[3] = matrix[0], matrix[2]
    matrix[:, 0] = list(words.values())
    return VectorSpace(WordVectors(list(words), matrix.astype(np.float32)))


def test_find_bias_neutralizes_equalizes_and_leaves_the_others(gendered):
    pairs = [("woman", "man"), ("girl", "boy")]
    before = gendered.vectors.matrix.copy()
    found = bias.find_bias(gendered, pairs, ["nurse", "engineer"], pairs[:1], [], bias.BiasConfig())
    np.testing.assert_allclose(np.abs(found.direction.axis), np.eye(6)[0], atol=1e-6)
    assert [row.word for row in found.neutralized] == ["nurse", "engineer"]
    assert all(abs(row.after) < 1e-12 < abs(row.before) for row in found.neutralized)
    woman, man = found.equalized
    assert woman.after == pytest.approx(-man.after) and woman.after > 0
    rows = gendered.rows(["girl", "boy", "tree"])
    assert not set(rows.tolist()) & found.changed.keys()
    np.testing.assert_array_equal(found.rows(gendered, rows), before[rows].astype(np.float64))
    np.testing.assert_array_equal(gendered.vectors.matrix, before)
    everything = bias.find_bias(gendered, pairs, ["nurse"], [], [], bias.BiasConfig(), everything=True)
    tree, girl = everything.rows(gendered, gendered.rows(["tree", "girl"]))
    assert abs(tree @ found.direction.axis) < 1e-12 and abs(girl @ found.direction.axis) > 0.5


def test_a_soft_strength_leaves_its_share(gendered):
    hard, soft = (
        bias.find_bias(gendered, [("woman", "man")], ["nurse"], [], [], bias.BiasConfig(strength=strength))
        for strength in (1.0, 0.25)
    )
    nurse = gendered.row("nurse")
    along = gendered.vector("nurse") @ hard.direction.axis
    assert soft.changed[nurse] @ hard.direction.axis == pytest.approx(0.75 * along)


def test_weat_before_and_after(gendered):
    sets = [bias_words.WordSet(*one) for one in (("x", ("nurse", "tree")), ("y", ("engineer", "boy")))]
    sets += [bias_words.WordSet(*one) for one in (("a", ("woman", "girl")), ("b", ("man", "boy")))]
    found = bias.find_bias(gendered, [("woman", "man")], [], [("woman", "man")], sets, bias.BiasConfig())
    rows = [gendered.vectors.matrix[gendered.rows(one.words)].astype(np.float64) for one in sets]
    assert found.weat[0].effect == pytest.approx(plain_weat(*rows)[0])
    assert found.weat[1].effect != found.weat[0].effect


def test_sets_are_read_and_checked(tmp_path, gendered):
    path = tmp_path / "sets.txt"
    path.write_text("# four sets\nx: nurse, Tree\n\ny: engineer oak\na: woman girl\nb: man boy\n")
    sets, left_out = bias_words.known_sets(gendered, bias_words.read_sets(path))
    assert [one.words for one in sets] == [("nurse", "tree"), ("engineer",), ("woman", "girl"), ("man", "boy")]
    assert left_out == ["oak"] and [one.name for one in sets] == list("xyab")
    for text, problem in (
        ("x: a\n", "holds 1 sets, WEAT takes 4"),
        ("nurse tree\n", "'nurse tree' is no set"),
        ("x:\n", "'x:' is no set"),
    ):
        path.write_text(text)
        with pytest.raises(InputError, match=problem):
            bias_words.read_sets(path)
    path.write_text("x: nurse tree\ny: tree boy\na: woman\nb: man\n")
    with pytest.raises(InputError, match="'tree' is in both WEAT targets"):
        bias_words.known_sets(gendered, bias_words.read_sets(path))
