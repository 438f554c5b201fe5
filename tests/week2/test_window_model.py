"""The neural language model over a fixed window: its examples, its loss and gradients, its training."""

import json
import math

import numpy as np
import pytest

from common.errors import InputError
from common.training import Checkpoints, evaluate
from week2.learning_embeddings import window_examples
from week2.learning_embeddings.data import LINE_END, Corpus
from week2.learning_embeddings.model import MOST_WORDS, ModelConfig, build_model
from week2.learning_embeddings.window import WindowConfig, train_window
from week2.learning_embeddings.window_examples import Lines, WindowData, contexts_at, inputs_of


def corpus_of(lines):
    ids = np.array([one for line in lines for one in (*line, LINE_END)], dtype=np.int32)
    words = int(ids.max()) + 1
    return Corpus(tuple(f"w{one}" for one in range(words)), np.bincount(ids[ids >= 0], minlength=words), ids)


def toy_corpus(lines=400, seed=0):
    """Sentences: an article (0), one of 4 nouns (1-4), one of 4 verbs (5-8), perhaps an adverb (9-10)."""
    rng = np.random.default_rng(seed)
    nouns, verbs, adverbs = rng.integers(1, 5, lines), rng.integers(5, 9, lines), rng.integers(9, 13, lines)
    drawn = zip(nouns.tolist(), verbs.tolist(), adverbs.tolist(), strict=True)
    return corpus_of([[0, noun, verb, *([adverb] if adverb < 11 else [])] for noun, verb, adverb in drawn])


def plain_context(lines, line, place, context, window, beyond):
    words = lines[line]
    before = [words[at] if at >= 0 else beyond for at in range(place - window, place)]
    after = [words[at] if at < len(words) else beyond for at in range(place + 1, place + 1 + window)]
    return before if context == "before" else before + after


LINES = [[3, 1, 4, 1, 5], [9], [2, 6], [5, 3, 5, 8, 9, 7, 9]]


@pytest.mark.parametrize("context", ["before", "around"])
@pytest.mark.parametrize("window", [1, 3, 9])
def test_contexts_against_a_plain_loop(context, window):
    ids = corpus_of(LINES).ids
    places = np.flatnonzero(ids != LINE_END)
    expected = [
        plain_context(LINES, line, place, context, window, 10)
        for line, words in enumerate(LINES)
        for place in range(len(words))
    ]
    found = contexts_at(ids, places, context=context, window=window, beyond=10)
    assert found.dtype == np.int32
    assert found.shape == (len(places), inputs_of(context, window))
    assert found.tolist() == expected


def test_the_last_line_may_lack_its_end():
    found = contexts_at(np.array([4, 2], dtype=np.int32), np.array([0, 1]), context="around", window=2, beyond=7)
    assert found.tolist() == [[7, 7, 2, 7], [7, 4, 7, 7]]


def test_nearby_is_one_of_the_words_around_each_as_likely():
    ids = corpus_of(LINES).ids
    places = np.flatnonzero(ids != LINE_END)
    around = contexts_at(ids, places, context="around", window=2, beyond=10)
    rng = np.random.default_rng(0)
    draws = np.concatenate(
        [contexts_at(ids, places, context="nearby", window=2, beyond=10, rng=rng) for _ in range(3000)], axis=1
    )
    for neighbours, drawn in zip(around, draws, strict=True):
        there = neighbours[neighbours != 10]
        if not len(there):
            assert set(drawn) == {10}, "a word alone in its line"
            continue
        for word in set(there):
            assert np.mean(drawn == word) == pytest.approx(np.mean(there == word), abs=0.04)


def batches_of(data, epoch, count=3):
    cursor, found = data.begin(epoch), []
    while (taken := cursor.take(count))[0]:
        found += [(x, y) for x, y in zip(taken[1]["x"], taken[1]["y"], strict=True)]
        assert len(found) <= data.steps
    return found


def windows_in(batches):
    """Context and word of each window as one tuple."""
    return [tuple(row) for x, y in batches for row in np.column_stack([x, y]).tolist()]


@pytest.mark.parametrize("block", [1 << 20, 37])
def test_an_epoch_has_every_word_that_is_not_held_out_once(monkeypatch, block):
    monkeypatch.setattr(window_examples, "BLOCK", block)
    corpus = toy_corpus(60)
    lines = Lines(corpus.ids, share=0.2, seed=0)
    settings = {"context": "before", "window": 3, "batch": 8, "seed": 0}
    learnt, held_out = WindowData(corpus, lines, **settings), WindowData(corpus, lines, held_out=True, **settings)
    assert learnt.windows + held_out.windows == corpus.tokens
    assert 0.1 < held_out.windows / corpus.tokens < 0.3
    epochs = [batches_of(learnt, epoch) for epoch in (0, 1, 0)]
    assert [len(epoch) for epoch in epochs] == [learnt.steps] * 3
    flat = [windows_in(epoch) for epoch in epochs]
    assert flat[0] == flat[2] != flat[1]
    assert sorted(flat[0]) == sorted(flat[1])
    rest = windows_in(batches_of(held_out, 5))
    places = np.flatnonzero(corpus.ids != LINE_END)
    contexts = contexts_at(corpus.ids, places, context="before", window=3, beyond=11)
    every = windows_in([(contexts, corpus.ids[places])])
    assert sorted(flat[0] + rest) == sorted(every)
    late, after = learnt.begin(0, step=5), epochs[0][5]
    assert np.array_equal(late.take(1)[1]["x"][0], after[0])


@pytest.mark.parametrize("block", [1 << 20, 37])
def test_lines_are_held_out_as_a_whole(monkeypatch, block):
    monkeypatch.setattr(window_examples, "BLOCK", block)
    corpus = toy_corpus(100)
    line_of = np.cumsum(corpus.ids == LINE_END)
    lines = Lines(corpus.ids, share=0.1, seed=0)
    blocks = range(-(-len(corpus.ids) // block))
    parts = [np.concatenate([lines.places(one, held_out=part) for one in blocks]) for part in (False, True)]
    learnt, held_out = (set(line_of[part].tolist()) for part in parts)
    assert len(held_out) == 10
    assert len(learnt) == 90
    assert not learnt & held_out
    other = Lines(corpus.ids, share=0.1, seed=1)
    assert not np.array_equal(other.places(0, held_out=True), lines.places(0, held_out=True))


def test_a_text_without_lines_is_held_out_in_stretches():
    corpus = corpus_of([np.random.default_rng(0).integers(0, 5, 1000).tolist()])
    lines = Lines(corpus.ids, share=0.05, seed=0)
    held_out = lines.places(0, held_out=True)
    assert len(held_out) == pytest.approx(1000 / 20, abs=1)
    assert np.all(np.diff(held_out) == 1)
    assert len(lines.places(0, held_out=False)) == 1000 - len(held_out)


SMALL = ModelConfig(words=7, inputs=3, dimensions=4, hidden=5)


@pytest.fixture(scope="module")
def model():
    import keras

    keras.utils.set_random_seed(0)
    built = build_model(SMALL)
    rng = np.random.default_rng(0)
    built.set_weights([0.5 * rng.normal(size=weight.shape) for weight in built.get_weights()])
    built.compile(optimizer="sgd", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return built


def plain_loss(weights, x, y):
    """The equations of the model, in float64."""
    embedding, kernel, bias, output, output_bias = (np.asarray(weight, np.float64) for weight in weights)
    total = 0.0
    for context, word in zip(x, y, strict=True):
        e = np.concatenate([embedding[one] for one in context])
        scores = np.tanh(e @ kernel + bias) @ output + output_bias
        total += np.log(np.exp(scores).sum()) - scores[word]
    return total / len(y)


def examples():
    rng = np.random.default_rng(1)
    return rng.integers(0, 8, (20, 3)).astype(np.int32), rng.integers(0, 7, 20).astype(np.int32)


def test_the_loss_is_that_of_the_equations(model):
    assert [layer.name for layer in model.layers] == ["context", "embedding", "flatten", "hidden", "scores"]
    assert [weight.shape for weight in model.get_weights()] == [(8, 4), (12, 5), (5,), (5, 7), (7,)]
    x, y = examples()
    assert evaluate(model, x, y)["loss"] == pytest.approx(plain_loss(model.get_weights(), x, y), rel=1e-5)


def test_the_embeddings_gradient_against_finite_differences(model):
    import tensorflow as tf

    x, y = examples()
    with tf.GradientTape() as tape:
        loss = model.compute_loss(x, y, model(x))
    gradient = tf.convert_to_tensor(tape.gradient(loss, model.trainable_weights[0].value)).numpy()
    embedding, *rest = model.get_weights()
    for at in np.ndindex(embedding.shape):
        nudged = [embedding.astype(np.float64) for _ in range(2)]
        nudged[0][at] += 1e-5
        nudged[1][at] -= 1e-5
        slope = (plain_loss([nudged[0], *rest], x, y) - plain_loss([nudged[1], *rest], x, y)) / 2e-5
        assert gradient[at] == pytest.approx(slope, rel=1e-3, abs=1e-6)
    assert np.abs(gradient[7]).max() > 0, "the row for places beyond a line is learnt too"


TOY = WindowConfig(dimensions=3, window=2, hidden=8, epochs=12, batch=32, learning_rate=0.03)


def test_words_used_alike_come_near_and_the_perplexity_falls():
    corpus = toy_corpus()
    reports = []
    result = train_window(corpus, TOY, report=lambda share, loss: reports.append((share, loss)))
    assert result.vectors.dtype == np.float32
    assert result.vectors.shape == (11, 3)
    assert [share for share, _ in result.history] == pytest.approx(np.arange(1, 13) / 12)
    assert result.history[-1][1] < 0.8 * result.history[0][1]
    # A noun and a verb of four each, an adverb of two half of the time: the best that can be.
    entropy = (2 * math.log(4) + 1.5 * math.log(2)) / 3.5
    assert math.exp(entropy) * 0.8 < result.perplexity < math.exp(entropy) * 1.35
    assert result.words == pytest.approx(12 * 0.95 * corpus.tokens, rel=0.03)
    shares, losses = zip(*reports, strict=True)
    assert list(shares)[1:] == sorted(shares[1:])
    assert shares[-1] == 1
    assert math.isnan(losses[0])
    assert losses[-1] == result.history[-2][1]
    distances = np.linalg.norm(result.vectors[:, None] - result.vectors[None], axis=2)
    nouns, verbs, others = distances[1:5, 1:5], distances[5:9, 5:9], distances[1:5, 5:9]
    assert 2 * max(nouns.mean(), verbs.mean()) < others.mean()


@pytest.mark.parametrize("context", ["around", "nearby"])
def test_other_contexts_learn_too(context):
    result = train_window(toy_corpus(100), WindowConfig(dimensions=3, context=context, hidden=4, epochs=6, batch=32))
    assert result.history[-1][1] < result.history[0][1]
    assert math.isfinite(result.perplexity)


def test_a_training_broken_off_ends_with_the_same_bits(tmp_path, monkeypatch):
    corpus = toy_corpus(100)
    config = WindowConfig(dimensions=3, window=2, hidden=4, epochs=3, batch=16, context="nearby")
    whole = train_window(corpus, config)

    class Stop(Exception):
        pass

    def stop(share, loss):
        if share > 0.6:
            raise Stop

    rules = Checkpoints(tmp_path, every_steps=5)
    with pytest.raises(Stop):
        train_window(corpus, config, checkpoint=rules, report=stop)
    assert json.loads(max(tmp_path.glob("*.json")).read_text())["notes"]["steps"] >= 10
    again = train_window(corpus, config, checkpoint=rules)
    assert np.array_equal(again.vectors, whole.vectors)
    assert again.perplexity == whole.perplexity
    assert again.history == whole.history
    assert 0 < again.words < 0.7 * whole.words
    with pytest.raises(InputError, match="another run"):
        train_window(toy_corpus(100, seed=1), config, checkpoint=rules)


def test_a_vocabulary_too_large_for_a_softmax():
    corpus = corpus_of([list(range(MOST_WORDS + 1))])
    with pytest.raises(InputError, match=r"has 20001 words.*--max-words"):
        train_window(corpus, WindowConfig())


def test_a_text_too_short_to_hold_lines_out():
    with pytest.raises(InputError, match="too short to hold any of it out"):
        train_window(corpus_of([[0, 1]]), WindowConfig())


@pytest.mark.parametrize(
    "settings",
    [{"window": 0}, {"epochs": 0}, {"batch": 0}, {"context": "behind"}, {"held_out": 1.0}, {"learning_rate": 0.0}],
    ids=str,
)
def test_settings_out_of_range(settings):
    (value,) = settings.values()
    with pytest.raises(InputError, match=str(value)):
        WindowConfig(**settings)


def test_sizes_out_of_range():
    for name in ("words", "inputs", "dimensions", "hidden"):
        with pytest.raises(InputError, match=f"{name} is 0"):
            ModelConfig(**{"words": 5, name: 0})
