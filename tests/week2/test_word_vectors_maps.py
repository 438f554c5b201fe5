"""Maps of words: principal components and t-SNE against scikit-learn, labels that do not cover each other."""

from itertools import combinations

import numpy as np
import pytest

from common.errors import InputError
from week2.word_vectors.labels import place_labels
from week2.word_vectors.projection import pca
from week2.word_vectors.tsne import TsneConfig, divergence, joint_probabilities, squared_distances, tsne


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_pca_is_scikit_learns(rng):
    from sklearn.decomposition import PCA

    rows = rng.normal(size=(30, 12)) * np.arange(1, 13) + 4
    found, peer = pca(rows, components=3), PCA(n_components=3).fit(rows)
    signs = np.sign(np.sum(found.axes * peer.components_, axis=1))
    np.testing.assert_allclose(found.axes, signs[:, np.newaxis] * peer.components_, atol=1e-9)
    np.testing.assert_allclose(found.points, signs * peer.transform(rows), atol=1e-9)
    np.testing.assert_allclose(found.shares, peer.explained_variance_ratio_, atol=1e-12)
    np.testing.assert_array_equal(pca(-rows, components=3).axes, found.axes)  # the sign is settled


def test_what_pca_cannot_lay_out(rng):
    with pytest.raises(InputError, match="2 vectors of 5 numbers cannot be laid out in 2 dimensions"):
        pca(rng.normal(size=(2, 5)))
    with pytest.raises(InputError, match="same vector"):
        pca(np.ones((7, 5)))


@pytest.fixture
def clusters(rng):
    return np.concatenate([rng.normal(size=(15, 10)) + 6 * rng.normal(size=10) for _ in range(3)])


@pytest.mark.parametrize("perplexity", [2.0, 8.0, 30.0])
def test_joint_probabilities_are_scikit_learns(clusters, perplexity):
    from scipy.spatial.distance import squareform
    from sklearn.manifold import _t_sne

    distances = squared_distances(clusters)
    peer = squareform(_t_sne._joint_probabilities(distances.astype(np.float32), perplexity, 0))
    np.testing.assert_allclose(joint_probabilities(distances, perplexity), peer, rtol=1e-3, atol=1e-7)


def test_the_divergence_and_its_gradient_are_scikit_learns_and_the_finite_differences(clusters, rng):
    from scipy.spatial.distance import squareform
    from sklearn.manifold import _t_sne

    p = joint_probabilities(squared_distances(clusters), 10.0)
    y = rng.normal(size=(len(p), 2))
    loss, gradient = divergence(y, p)
    peer_loss, peer_gradient = _t_sne._kl_divergence(y.ravel().copy(), squareform(p, checks=False), 1.0, len(p), 2)
    assert loss == pytest.approx(peer_loss, rel=1e-9)
    np.testing.assert_allclose(gradient.ravel(), peer_gradient, rtol=1e-9, atol=1e-12)
    for place in ((0, 0), (17, 1), (44, 0)):
        step = np.zeros_like(y)
        step[place] = 1e-5
        slope = (divergence(y + step, p)[0] - divergence(y - step, p)[0]) / 2e-5
        assert gradient[place] == pytest.approx(slope, rel=1e-5, abs=1e-9)


def test_tsne_keeps_clusters_and_comes_as_low_as_scikit_learns(clusters):
    from sklearn.manifold import TSNE

    points, loss = tsne(clusters, TsneConfig(perplexity=10, iterations=500), rng=np.random.default_rng(0))
    peer = TSNE(perplexity=10, method="exact", init="pca", max_iter=500, random_state=0).fit(clusters)
    assert loss < 1.2 * peer.kl_divergence_ + 0.02
    inside = max(np.ptp(points[at : at + 15], axis=0).max() for at in (0, 15, 30))
    middles = [points[at : at + 15].mean(axis=0) for at in (0, 15, 30)]
    apart = min(np.linalg.norm(one - other) for one, other in combinations(middles, 2))
    assert apart > inside
    again, _ = tsne(clusters, TsneConfig(perplexity=10, iterations=500), rng=np.random.default_rng(0))
    np.testing.assert_array_equal(points, again)


def test_tsne_of_equal_words_and_of_too_few(rng):
    rows = np.concatenate([np.repeat(rng.normal(size=(1, 4)), 5, axis=0), rng.normal(size=(6, 4))])
    points, loss = tsne(rows, TsneConfig(iterations=100), rng=rng)
    assert np.isfinite(points).all() and np.isfinite(loss)
    with pytest.raises(InputError, match="t-SNE was given 4 words"):
        tsne(rows[:4], TsneConfig(), rng=rng)
    with pytest.raises(InputError, match="perplexity of 11 does not fit 11 words"):
        tsne(rows, TsneConfig(perplexity=11), rng=rng)


def test_labels_cover_neither_each_other_nor_their_points(rng):
    points = rng.uniform(50, 850, (80, 2))
    sizes = np.stack([rng.uniform(25, 80, 80), np.full(80, 13.0)], axis=1)
    placed = place_labels(points, sizes, (900, 900))
    boxes = np.array(
        [
            [*(np.array(one.centre) - size / 2), *(np.array(one.centre) + size / 2)]
            for one, size in zip(placed, sizes, strict=True)
        ]
    )
    for one, other in combinations(boxes, 2):
        apart = one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]
        assert apart
    assert (boxes[:, :2] >= 0).all() and (boxes[:, 2:] <= 900).all()
    alone = place_labels(points[:1], sizes[:1], (900, 900))
    assert not alone[0].line and abs(alone[0].centre[0] - points[0, 0]) < 60
