"""Our vectors and gensim's, learnt from the shipped corpus with equal settings, answer equally well."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from common.glove import WordVectors
from week2.learning_embeddings.data import LINE_END, find_corpus, read_corpus
from week2.learning_embeddings.evaluate import evaluate, load_questions
from week2.learning_embeddings.learner import learn
from week2.learning_embeddings.negative_sampling import NegativeSampling, NegativeSamplingConfig

gensim_models = pytest.importorskip("gensim.models")
# CBOW's answers differ more from seed to seed, and it learns quicker.
SEEDS = {"skip-gram": 3, "cbow": 6}
POINTS = 3.0


@pytest.fixture(scope="module")
def corpus():
    return read_corpus(find_corpus().path, minimum_count=5)


def our_vectors(corpus, config):
    learner = NegativeSampling(corpus, config)
    learn(learner)
    return learner.vectors()


def gensim_vectors(corpus, config):
    ends = np.flatnonzero(corpus.ids == LINE_END)
    lines = [[corpus.words[one] for one in line if one != LINE_END] for line in np.split(corpus.ids, ends)]
    rate = config.first_learning_rate
    model = gensim_models.Word2Vec(
        lines,
        sg=config.architecture == "skip-gram",
        vector_size=config.dimensions,
        window=config.window,
        negative=config.negatives,
        sample=config.subsample,
        alpha=rate,
        min_alpha=rate * config.minimum_learning_rate,
        epochs=config.epochs,
        seed=config.seed,
        min_count=1,
        workers=1,
    )
    return model.wv[list(corpus.words)]


@pytest.mark.parametrize("architecture", ["skip-gram", "cbow"])
def test_within_three_points_of_gensim(corpus, architecture):
    """Analogies right in per cent, and 100 times the rank correlation of similarities; means over the seeds."""
    questions = load_questions()

    def answers(learnt_by, seed):
        vectors = learnt_by(corpus, NegativeSamplingConfig(architecture, learning_rate=0.05, epochs=5, seed=seed))
        quality = evaluate(WordVectors(corpus.words, vectors), questions)
        return 100 * quality.accuracy, 100 * quality.rho

    with ThreadPoolExecutor(2) as threads:  # both let other threads run while they learn
        jobs = [
            [threads.submit(answers, by, seed) for seed in range(SEEDS[architecture])]
            for by in (gensim_vectors, our_vectors)
        ]
        theirs, ours = (np.mean([job.result() for job in of_one], axis=0) for of_one in jobs)
    assert theirs.min() > 25, "the questions are too hard to tell anything"
    assert np.abs(ours - theirs).max() <= POINTS, f"ours {ours.round(1)}, gensim's {theirs.round(1)}"
