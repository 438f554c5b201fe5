"""Spans and their F1 against plain oracles, composed sentences, the tagger in NumPy against Keras, its file."""

import random

import numpy as np
import pytest

from common.errors import InputError
from week1.language_models.keras_parameters import from_keras, to_keras
from week1.language_models.tagging import lexicon
from week1.language_models.tagging.compose import TEST, TRAINING, compose
from week1.language_models.tagging.data import build_vocabularies, encode, read_conll, tokenize, unseen_words
from week1.language_models.tagging.model import TaggerConfig, build_model
from week1.language_models.tagging.network import TaggerNetwork
from week1.language_models.tagging.spans import Span, score_spans, spans_of, tags_of
from week1.language_models.tagging.tagger import NameTagger
from week1.language_models.tagging.train import TaggerTraining, train_tagger
from week1.language_models.trained import TrainedModel

SENTENCES = compose(40, part="training", seed=3)


def conlleval_spans(tags):
    """The rules of the Perl script, one chunk boundary at a time, written down independently of `spans_of`."""
    chunks, start = set(), None
    previous, previous_type = "O", ""
    for place, tag in enumerate([*tags, "O"]):
        head, kind = (tag[0], tag[2:]) if tag != "O" else ("O", "")
        ends = previous in "BI" and (head in "BO" or kind != previous_type)
        starts = head == "B" or (head == "I" and (previous == "O" or kind != previous_type))
        if ends:
            chunks.add((start, place, previous_type))
        if starts:
            start = place
        previous, previous_type = head, kind
    return chunks


def test_spans_of_any_tags_are_those_of_conlleval():
    draw = random.Random(0)
    for _ in range(2000):
        tags = [draw.choice(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]) for _ in range(draw.randint(0, 7))]
        assert set(map(tuple, spans_of(tags))) == conlleval_spans(tags), tags


def test_tags_and_spans_are_each_others_inverse():
    spans = [Span(0, 2, "PER"), Span(2, 3, "PER"), Span(5, 6, "LOC")]
    tags = tags_of(7, spans)
    assert tags == ["B-PER", "I-PER", "B-PER", "O", "O", "B-LOC", "O"] and spans_of(tags) == spans


def test_span_f1_counts_exact_matches_only():
    wanted = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-PER"]]
    predicted = [["B-PER", "O", "O", "B-LOC"], ["B-LOC", "B-PER"]]
    scores = score_spans(predicted, wanted)
    assert (scores["all"].right, scores["all"].predicted, scores["all"].there) == (2, 4, 3)
    assert scores["all"].precision == 0.5 and scores["all"].recall == pytest.approx(2 / 3)
    assert scores["all"].f1 == pytest.approx(2 * 0.5 * (2 / 3) / (0.5 + 2 / 3))
    assert scores["PER"].f1 == 0.5 and scores["LOC"].precision == 0.5 and scores["LOC"].recall == 1
    assert score_spans([["O"]], [["O"]])["all"].f1 == 0
    with pytest.raises(InputError, match="differ in length"):
        score_spans([["O"]], [["O", "O"]])
    with pytest.raises(InputError, match="'PER' is no tag"):
        spans_of(["PER"])


def test_test_sentences_have_templates_and_names_that_training_never_showed():
    assert not set(TRAINING) & set(TEST)
    assert not set(lexicon.FIRST) & set(lexicon.FIRST_UNSEEN) and not set(lexicon.PLACES) & set(lexicon.PLACES_UNSEEN)
    training, test = compose(3000, part="training"), compose(1000, part="test")
    assert training == compose(3000, part="training") and training != compose(3000, part="training", seed=1)
    assert len({tuple(one) for one in test}) == 1000 and not {tuple(one) for one in test} & {
        tuple(one) for one in training
    }
    vocabularies = build_vocabularies(training)
    assert 0.1 < unseen_words(test, vocabularies) < 0.5
    unseen = {word for pool in ("FIRST_UNSEEN", "PLACES_UNSEEN") for word in getattr(lexicon, pool)}
    assert not unseen & {word for sentence in training for word, _ in sentence}
    assert all(sentence[0][0][0].isupper() for sentence in training + test)


def test_the_same_first_word_is_a_name_or_none_and_a_person_or_a_place():
    """So that without what follows the first word cannot be tagged."""
    tags = {}
    for sentence in compose(6000, part="training"):
        tags.setdefault(sentence[0][0], set()).add(sentence[0][1])
    for word in ("Teddy", "Rose", "Mark", "Will", "May", "April"):
        assert tags[word] == {"O", "B-PER"}, word
    for word in ("Jordan", "Paris", "Washington"):
        assert tags[word] == {"B-LOC", "B-PER"}, word


def test_words_and_marks_of_a_sentence():
    assert tokenize("Mark's dog, O\u2019Neill-Smith!") == ["Mark's", "dog", ",", "O'Neill-Smith", "!"]
    with pytest.raises(InputError, match="has no words"):
        tokenize("   ")


def random_tagger(direction="both"):
    vocabularies = build_vocabularies(SENTENCES)
    sizes = dict(zip(("n_words", "n_characters", "n_tags"), map(len, vocabularies), strict=True))
    config = TaggerConfig(**sizes, direction=direction, n_units=5, n_embedding=4, n_filters=3)
    rng = np.random.default_rng(0)
    parameters = {
        name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in config.parameter_shapes().items()
    }
    return NameTagger(config, vocabularies, parameters, {"seed": 0})


@pytest.mark.parametrize("direction", ["both", "forward"])
def test_the_tagger_in_numpy_equals_keras(direction):
    tagger = random_tagger(direction)
    model = build_model(tagger.config)
    assert model.count_params() == tagger.config.n_parameters
    to_keras(model, tagger.parameters)
    assert all(
        np.array_equal(tagger.parameters[name], value) for name, value in from_keras(model, tagger.config).items()
    )
    batch = encode(SENTENCES, tagger.vocabularies)
    logits = np.asarray(model([batch.words, batch.characters]), np.float64)
    wanted = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    found = TaggerNetwork(tagger.config, tagger.parameters).log_probabilities(batch)
    np.testing.assert_allclose(found[batch.mask > 0], wanted[batch.mask > 0], atol=2e-5)


@pytest.mark.parametrize(("direction", "reaches"), [("both", True), ("forward", False)])
def test_only_both_directions_see_what_follows(direction, reaches):
    tagger = random_tagger(direction)
    sentences = [["Teddy", "bears", "are", "on", "sale"], ["Teddy", "Roosevelt", "was", "on", "sale"]]
    network = TaggerNetwork(tagger.config, tagger.parameters)
    rows = encode([[(word, "O") for word in one] for one in sentences], tagger.vocabularies)
    first = network.log_probabilities(rows)[:, 0]
    assert bool(np.abs(first[0] - first[1]).max() > 1e-6) is reaches


def test_padding_and_company_change_nothing():
    tagger = random_tagger()
    alone = tagger.tag([["Rose", "smiled"]])[0]
    beside = tagger.tag([["Rose", "smiled"], ["Yesterday", *["we"] * 12]])[0]
    assert [tag for tag, _ in alone] == [tag for tag, _ in beside]
    np.testing.assert_allclose([p for _, p in alone], [p for _, p in beside], atol=1e-5)
    assert not {tag for sentence in tagger.tag([["x"]] * 300) for tag, _ in sentence} & {"<pad>"}


def test_the_taggers_file_comes_back_and_other_files_are_refused(tmp_path):
    tagger = random_tagger()
    again = NameTagger.load(tagger.save(tmp_path / "t.npz"))
    assert again.config == tagger.config and again.vocabularies == tagger.vocabularies
    assert all(np.array_equal(again.parameters[name], value) for name, value in tagger.parameters.items())
    with pytest.raises(InputError, match=r"t\.npz: is not a language model of this assignment"):
        TrainedModel.load(tmp_path / "t.npz")
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    with pytest.raises(InputError, match=r"other\.npz: is not a name tagger"):
        NameTagger.load(tmp_path / "other.npz")


def test_a_tagger_learns_and_goes_on_from_its_checkpoint(tmp_path):
    sentences = compose(120, part="training")
    config = TaggerTraining(epochs=10, batch_size=16, learning_rate=0.03, word_dropout=0.05)
    model = TaggerConfig(1, 1, 1, n_units=8, n_embedding=8, n_filters=6, dropout=0.0)
    tagger, result = train_tagger(sentences, model=model, config=config, checkpoint=tmp_path)
    assert result.history["val_loss"][-1] < 0.7 * result.history["val_loss"][0]
    assert tagger.score(sentences)["all"].f1 > 0.4
    again, resumed = train_tagger(sentences, model=model, config=config, checkpoint=tmp_path)
    assert resumed.resumed_at == resumed.steps > 0
    assert all(np.array_equal(again.parameters[name], value) for name, value in tagger.parameters.items())
    with pytest.raises(InputError, match="too few"):
        train_tagger(sentences[:9])


def test_conll_files_are_read_and_wrong_lines_named(tmp_path):
    path = tmp_path / "tagged.txt"
    path.write_text("-DOCSTART- O\n\nTeddy NNP B-PER\nsmiled VB O\n\n\nRome I-LOC\n")
    assert read_conll(path) == [[("Teddy", "B-PER"), ("smiled", "O")], [("Rome", "I-LOC")]]
    for content, words in (("Teddy\n", "line 1 has no tag"), ("a O\nTeddy PER\n", "line 2: 'PER' is no tag")):
        path.write_text(content)
        with pytest.raises(InputError, match=rf"tagged\.txt: {words}"):
            read_conll(path)
    with pytest.raises(InputError, match="no sentence has a name"):
        build_vocabularies([[("all", "O")]])
