"""Probabilities, bits and samples by hand; the training loss is the mean over tokens; the shipped weights."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest

from common.assets import find
from common.errors import InputError
from common.ngram import KneserNey
from common.vocabulary import Vocabulary
from week1.language_models.data import (
    END,
    UNKNOWN,
    Parts,
    build_vocabulary,
    digest,
    encode,
    load_text,
    rare_words,
    split,
    tokens_of,
)
from week1.language_models.evaluate import fit_ngram, score, score_ngram, share_known
from week1.language_models.generate import SampleConfig, generate
from week1.language_models.make_assets import make_language_model, make_tagger
from week1.language_models.model import ModelConfig
from week1.language_models.probability import probability
from week1.language_models.spelling import Speller
from week1.language_models.tagging.compose import compose
from week1.language_models.tagging.tagger import NameTagger
from week1.language_models.tagging.train import TaggerTraining
from week1.language_models.train import TrainConfig, train, weighted_batches
from week1.language_models.trained import TrainedModel

SENTENCES = ["the owl sat", "the owl ran", "the cat sat on the hill", "a cat ran"]


def random_model(level="word", seed=0):
    vocabulary = Vocabulary([UNKNOWN, END, *(("the", "owl", "cat") if level == "word" else "abc ")],
                            unknown=UNKNOWN, end=END)  # fmt: skip
    config = ModelConfig(len(vocabulary), cell="gru", n_embedding=4, n_units=5)
    rng = np.random.default_rng(seed)
    parameters = {
        name: rng.normal(0, 0.8, shape).astype(np.float32) for name, shape in config.parameter_shapes().items()
    }
    return TrainedModel(config, level, vocabulary, parameters, ["yew", "sat"])


def test_the_probabilities_of_all_short_sentences_and_longer_beginnings_sum_to_one():
    model = random_model()
    network, vocabulary = model.network(dtype=np.float64), model.vocabulary
    words = [UNKNOWN, "the", "owl", "cat"]
    total = 0.0
    for length in range(3):
        for sentence in itertools.product(words, repeat=length):
            states, read, log_p = network.initial_state(1), vocabulary.end_id, 0.0
            ids = [vocabulary.ids[word] for word in sentence]
            for wanted in ids:
                scores, states = network.step(np.array([read]), states)
                log_p += scores[0, wanted]
                read = wanted
            scores, _ = network.step(np.array([read]), states)
            ends = math.exp(log_p + scores[0, vocabulary.end_id])
            total += ends if length < 2 else math.exp(log_p)  # of two words, however they go on
    assert total == pytest.approx(1)


def test_a_sentence_is_the_product_of_its_tokens_and_unknown_words_are_spelled():
    model = random_model()
    one, two = probability(model, ["The OWL, the yew!", "the owl"])
    assert [token.text for token in one.tokens] == ["the", "owl", "the", "yew", END]
    assert [token.known for token in one.tokens] == [True, True, True, False, True]
    assert one.spelled == pytest.approx(Speller("word", model.rare).nats("yew")) and two.spelled == 0
    ids = encode(["the owl the yew"], model.vocabulary, "word")[0]
    states, read = model.network().initial_state(1), model.vocabulary.end_id
    for token, wanted in zip(one.tokens, ids, strict=True):
        scores, states = model.network().step(np.array([read]), states)
        assert token.log_p == pytest.approx(scores[0, wanted])
        assert token.expected == model.vocabulary.tokens[scores[0].argmax()]
        assert token.expected_p == pytest.approx(math.exp(scores[0].max()))
        read = wanted
    assert one.perplexity == pytest.approx(math.exp(-sum(token.log_p for token in one.tokens) / 5))
    bits = (one.spelled - one.log_p) / math.log(2)
    assert one.bits_per_character == pytest.approx(bits / (len("the owl the yew") + 1))
    with pytest.raises(InputError, match="has no words"):
        probability(model, ["the owl", "!?"])


@pytest.mark.parametrize("level", ["word", "character"])
def test_the_score_is_that_of_the_sentences_one_by_one(level):
    model = random_model(level)
    sentences = ["the owl", "the bad yew", "a cab"] if level == "word" else ["abc", "cab a", "xa"]
    found = score(model, sentences, batch_size=2)
    single = probability(model, sentences)
    assert found.nats == pytest.approx(-sum(one.log_p for one in single), rel=1e-5)
    assert found.spelled == pytest.approx(sum(one.spelled for one in single))
    assert found.tokens == sum(len(one.tokens) for one in single)
    assert found.unknown == sum(not token.known for one in single for token in one.tokens) > 0
    assert found.characters == sum(len(one) + 1 for one in sentences)
    assert found.perplexity == pytest.approx(math.exp(found.cross_entropy))
    wanted = (found.nats + found.spelled) / math.log(2) / found.characters
    assert found.bits_per_character == pytest.approx(wanted)


def test_the_ngram_is_scored_on_the_same_tokens():
    parts = Parts(SENTENCES * 3, SENTENCES[:2], ["the owl sat on", "the dog ran"])
    vocabulary = build_vocabulary(parts.training, "word")
    rare = rare_words(parts.training, vocabulary)
    ngram = fit_ngram(parts, vocabulary, "word")
    found = score_ngram(ngram, parts.held_out, vocabulary, "word", rare)
    by_hand = 0.0
    for sentence in parts.held_out:
        tokens = tokens_of(sentence, "word")
        for place, token in enumerate([*tokens, END]):
            p = ngram.distribution(tokens[:place])
            by_hand -= math.log(p[ngram.tokens.index(token if token in vocabulary else UNKNOWN)])
    assert found.nats == pytest.approx(by_hand) and found.tokens == 9 and found.unknown == 1
    assert found.spelled == pytest.approx(Speller("word", rare).nats("dog"))
    assert isinstance(ngram, KneserNey)


def test_samples_follow_the_models_probabilities_and_hold_no_unknown_word():
    model = random_model()
    texts = generate(model, SampleConfig(maximum_length=1), count=4000)
    scores, _ = model.network().step(np.array([model.vocabulary.end_id]), model.network().initial_state(1))
    p = np.exp(scores[0])
    p[model.vocabulary.unknown_id] = 0
    p /= p.sum()
    counts = Counter(texts)
    for token, wanted in zip(model.vocabulary.tokens, p, strict=True):
        share = counts["" if token == END else token] / 4000
        assert share == pytest.approx(wanted, abs=4 * math.sqrt(wanted / 4000) + 1e-9), token


def test_samples_begin_as_told_and_do_not_depend_on_their_number():
    model = random_model()
    many = generate(model, start="the owl", count=5, seed=3)
    assert generate(model, start="the owl", count=2, seed=3) == many[:2]
    assert all(text.startswith("the owl") for text in many)
    greedy = SampleConfig(temperature=0, maximum_length=8)
    assert len(set(generate(model, greedy, count=3))) == 1
    assert all(len(text.split()) <= 8 for text in many + generate(model, greedy))
    characters = random_model("character")
    assert all(text.startswith("ab ") for text in generate(characters, start="Ab ", count=3))
    with pytest.raises(InputError, match="'dog', which the model does not know"):
        generate(model, start="the dog")
    with pytest.raises(InputError, match="temperature is -1"):
        SampleConfig(temperature=-1)
    with pytest.raises(InputError, match="longest sentence is 0"):
        SampleConfig(maximum_length=0)


def test_the_weights_of_the_loop_make_the_mean_over_tokens():
    """The loop's rule by hand: the mean over a batch's cells, then over its sentences, is the mean over all tokens."""
    rng = np.random.default_rng(0)
    ids = [np.append(rng.integers(2, 9, length), 1) for length in rng.integers(1, 12, 23)]
    losses = rng.random((9,))
    data, total, count = weighted_batches(ids, 4, 1), 0.0, 0
    cursor = data.begin(0)
    while (batch := cursor.take(1)[1]) is not None:
        targets, weight = batch["y"][0], batch["sample_weight"][0]
        total += (losses[targets] * weight).mean() * len(targets)
        count += len(targets)
    assert total / count == pytest.approx(np.mean(np.concatenate([losses[one] for one in ids])), rel=1e-5)


def test_training_learns_and_says_what_it_scores(tmp_path):
    """The whole path of `make_assets` at a tiny size, and the loss that the loop reports, scored again in NumPy."""
    sentences = [f"{who} {what} {where}" for who in ("owls", "cats", "mice") for what in ("sleep", "run", "sing")
                 for where in ("here", "there", "now")]  # fmt: skip
    parts = Parts(sentences[:20] * 3, sentences[20:24], sentences[24:])
    config = TrainConfig(epochs=8, batch_size=8, learning_rate=0.03)
    model = ModelConfig(1, cell="gru", n_embedding=8, n_units=12, dropout=0.0)
    trained, result = train(parts, model=model, config=config)
    best = min(result.history["val_loss"])
    assert score(trained, parts.validation).cross_entropy == pytest.approx(best, rel=1e-4)
    assert best < 0.6 * result.history["val_loss"][0]
    line = make_language_model(tmp_path / "m.npz", parts, model=model, config=config)
    loaded = TrainedModel.load(tmp_path / "m.npz")
    noted = loaded.notes["held-out cross-entropy (nats per word)"]
    assert noted == pytest.approx(score(loaded, parts.held_out).cross_entropy, abs=1e-3) and "nats" in line
    assert share_known(parts.held_out, parts.training) == 0 and share_known(parts.training[:3], parts.training) == 1


def test_the_shipped_tagger_is_made_this_way(tmp_path):
    composed = compose(60, part="training")
    make_tagger(tmp_path / "t.npz", composed, composed[:20], config=TaggerTraining(epochs=1, batch_size=16))
    tagger = NameTagger.load(tmp_path / "t.npz")
    assert tagger.notes["span F1 on test sentences"] == round(tagger.score(composed[:20])["all"].f1, 4)
    assert all(np.array_equal(value, value.astype("f2")) for value in tagger.parameters.values())


def test_the_shipped_language_model_scores_what_it_says_and_better_than_the_ngram(without_course):
    model = TrainedModel.load(find("language-model").path)
    parts = split(load_text(find("world-corpus").path), words=model.notes["words"])
    assert model.notes["text"] == digest([*parts.training, "", *parts.validation])
    found = score(model, parts.held_out)
    assert found.cross_entropy == pytest.approx(model.notes["held-out cross-entropy (nats per word)"], abs=2e-3)
    ngram = KneserNey.fit(
        [one.split() for one in parts.training], order=5, discount_scale=0.8, vocabulary=model.vocabulary, end=END,
        unknown=UNKNOWN,
    )  # fmt: skip
    other = score_ngram(ngram, parts.held_out, model.vocabulary, "word", model.rare)
    assert found.tokens == other.tokens and found.cross_entropy < other.cross_entropy - 0.02


def test_the_shipped_tagger_scores_what_it_says_and_knows_teddy(without_course):
    tagger = NameTagger.load(find("name-tagger").path)
    f1 = tagger.score(compose(1000, part="test"))["all"].f1
    assert f1 == pytest.approx(tagger.notes["span F1 on test sentences"], abs=2e-3) and f1 > 0.85
    bears, roosevelt = tagger.tag(
        [["Teddy", "bears", "are", "on", "sale"], ["Teddy", "Roosevelt", "was", "a", "president"]]
    )
    assert [tag for tag, _ in bears] == ["O"] * 5
    assert [tag for tag, _ in roosevelt] == ["B-PER", "I-PER", "O", "O", "O"]


@pytest.mark.parametrize("name", ["language-model", "name-tagger"])
def test_what_ships_is_known_and_small(name, without_course):
    asset = find(name)
    assert asset.source == "shipped" and asset.variant is not None
    both = [find(one).path.stat().st_size for one in ("language-model", "name-tagger")]
    assert sum(both) <= 1_500_000
