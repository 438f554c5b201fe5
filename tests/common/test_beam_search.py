import itertools
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.beam_search import BeamConfig, beam_search
from common.decoding import greedy, rows_of, score_tokens, take_rows
from common.errors import InputError

END, SOURCES = 0, 3


class Machine:
    """A toy model: what follows a beginning depends on all of it, and on the sentence. Token 0 ends and begins."""

    def __init__(self, seed, *, vocabulary=3, sharpness=2.0, forbidden=0.0):
        self.seed, self.vocabulary, self.sharpness, self.forbidden = seed, vocabulary, sharpness, forbidden
        self.calls = self.rows = 0

    def look(self, sentence, beginning):
        """(log-probabilities, attention) after a beginning."""
        rng = np.random.default_rng([self.seed, int(sentence), *beginning, 99])
        scores = rng.normal(0, self.sharpness, self.vocabulary)
        if self.forbidden and rng.random() < self.forbidden:
            scores[rng.integers(1, self.vocabulary)] = -np.inf
        attention = rng.random(SOURCES) ** 3
        return scores - np.log(np.exp(scores).sum()), attention / attention.sum()

    def start(self, sentences):
        return {"sentence": np.arange(sentences), "written": np.zeros((sentences, 0), dtype=np.int64)}

    def step(self, state, tokens):
        self.calls, self.rows = self.calls + 1, self.rows + len(tokens)
        written = np.concatenate([state["written"], tokens[:, np.newaxis]], axis=1)
        looks = [self.look(*pair) for pair in zip(state["sentence"], written[:, 1:].tolist(), strict=True)]
        log_p, attention = (np.array(part) for part in zip(*looks, strict=True))
        return log_p, {"sentence": state["sentence"], "written": written}, attention


def search(machine, sentences, config, **options):
    return beam_search(machine.step, machine.start(sentences), begin=END, end=END, config=config, **options)


def go_along(machine, sentence, tokens):
    """(log-probability, attention rows) of a hypothesis, its end token included."""
    total, rows = 0.0, []
    for place, token in enumerate(tokens):
        log_p, attention = machine.look(sentence, tokens[:place])
        total += log_p[token]
        rows.append(attention)
    return total, np.array(rows)


def ranked(machine, sentence, hypotheses, config):
    """(tokens without the end, log-probability, score, ended) by the definition, best first."""
    found = []
    for tokens in hypotheses:
        total, attention = go_along(machine, sentence, tokens)
        if np.isneginf(total):
            continue
        n = len(tokens)
        norm = ((5 + n) / 6) ** config.length_penalty if config.normalization == "gnmt" else n**config.length_penalty
        coverage = sum(np.log(min(share, 1.0)) for share in attention.sum(axis=0))
        ended = tokens[-1] == END
        words = tuple(tokens[:-1] if ended else tokens)
        found.append((words, total, total / norm + config.coverage_penalty * coverage, ended))
    return sorted(found, key=lambda one: (not one[3], -one[2]))[: config.n_best]


def all_hypotheses(vocabulary, longest):
    """Everything that ends by the maximum length, and everything that is cut there."""
    words = range(1, vocabulary)
    for length in range(longest):
        yield from ([*beginning, END] for beginning in itertools.product(words, repeat=length))
    yield from (list(tokens) for tokens in itertools.product(words, repeat=longest))


def plain_beam(machine, sentence, config):
    """Beam search on lists, as one would write it down; never stops early."""
    live, done = [([], 0.0)], []
    for _ in range(config.maximum_length):
        longer = [
            ([*tokens, token], total + log_p)
            for tokens, total in live
            for token, log_p in enumerate(machine.look(sentence, tokens)[0])
            if log_p > -np.inf
        ]
        kept = sorted(longer, key=lambda one: -one[1])[: config.width]
        done += [tokens for tokens, _ in kept if tokens[-1] == END]
        live = [(tokens, total) for tokens, total in kept if tokens[-1] != END]
    return ranked(machine, sentence, [*done, *(tokens for tokens, _ in live)], config)


def assert_same(hypotheses, expected):
    assert [one.tokens for one in hypotheses] == [one[0] for one in expected]
    assert [one.ended for one in hypotheses] == [one[3] for one in expected]
    np.testing.assert_allclose([one.log_probability for one in hypotheses], [one[1] for one in expected], atol=1e-10)
    np.testing.assert_allclose([one.score for one in hypotheses], [one[2] for one in expected], atol=1e-10)


PENALTIES = [
    {},
    {"length_penalty": 0.6},
    {"length_penalty": 1.0, "normalization": "power"},
    {"length_penalty": 2.0, "normalization": "power", "coverage_penalty": 0.5},
    {"coverage_penalty": 0.2},
]


@pytest.mark.parametrize("penalties", PENALTIES, ids=str)
@pytest.mark.parametrize("early_stopping", [True, False])
def test_a_beam_that_holds_everything_finds_what_exhaustive_search_finds(penalties, early_stopping):
    everything = list(all_hypotheses(3, 4))
    config = BeamConfig(len(everything), 6, maximum_length=4, early_stopping=early_stopping, **penalties)
    for seed in range(12):
        machine = Machine(seed, forbidden=0.2 * (seed % 2))
        found = search(machine, 3, config)
        for sentence in range(3):
            assert_same(found.hypotheses(sentence), ranked(machine, sentence, everything, config))


@given(
    st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 6), st.integers(1, 7), st.sampled_from(PENALTIES),
    st.booleans(), st.floats(0.2, 4),
)  # fmt: skip
def test_any_beam_finds_what_the_plain_algorithm_finds(
    seed, width, n_best, longest, penalties, early_stopping, sharpness
):
    machine = Machine(seed, vocabulary=4, sharpness=sharpness, forbidden=0.1)
    config = BeamConfig(width, min(n_best, width), maximum_length=longest, early_stopping=early_stopping, **penalties)
    found = search(machine, 2, config)
    for sentence in range(2):
        assert_same(found.hypotheses(sentence), plain_beam(machine, sentence, config))


@given(st.integers(0, 10_000), st.integers(1, 8))
def test_width_one_is_greedy(seed, longest):
    machine = Machine(seed, vocabulary=5)
    one = search(machine, 4, BeamConfig(1, maximum_length=longest), keep_attention=True)
    other = greedy(machine.step, machine.start(4), begin=END, end=END, maximum_length=longest, keep_attention=True)
    for name in ("tokens", "lengths", "log_probabilities", "scores", "ended", "attentions", "steps"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def test_a_wider_beam_finds_what_greedy_misses():
    # "1" is likelier at first, but all that follows it is unlikely.
    table = {(): [-9, -0.6, -0.8], (1,): [-1.1, -1.1, -1.1], (2,): [-0.01, -5, -5], (1, 1): [0, -99, -99]}

    def step(written, tokens):
        written = np.concatenate([written, tokens[:, np.newaxis]], axis=1)
        return np.array([table.get(tuple(row[1:]), [0.0, -9, -9]) for row in written.tolist()]), written

    start = np.zeros((1, 0), dtype=np.int64)
    short = greedy(step, start, begin=END, end=END, maximum_length=4).hypotheses(0)[0]
    best = beam_search(step, start, begin=END, end=END, config=BeamConfig(2, maximum_length=4)).hypotheses(0)[0]
    assert short.tokens[0] == 1
    assert best.tokens == (2,)
    assert best.log_probability == pytest.approx(-0.81)
    assert best.log_probability > short.log_probability


def test_early_stopping_saves_work():
    rows = {}
    for early_stopping in (True, False):
        machine = Machine(5, sharpness=4.0)
        search(machine, 6, BeamConfig(4, maximum_length=12, early_stopping=early_stopping))
        rows[early_stopping] = machine.rows
    assert rows[True] < 0.7 * rows[False]


def test_sentences_do_not_disturb_each_other():
    machine, config = Machine(7, vocabulary=4), BeamConfig(3, 2, maximum_length=6, length_penalty=0.7)
    together = search(machine, 5, config)
    for sentence in range(5):
        state = {name: part[sentence : sentence + 1] for name, part in machine.start(5).items()}
        alone = beam_search(machine.step, state, begin=END, end=END, config=config)
        assert alone.hypotheses(0) == together.hypotheses(sentence)


def test_attention_comes_back_with_the_hypothesis_that_it_belongs_to():
    machine = Machine(11, vocabulary=4)
    found = search(machine, 3, BeamConfig(4, 3, maximum_length=6), keep_attention=True)
    for sentence in range(3):
        for one in found.hypotheses(sentence):
            tokens = [*one.tokens, *([END] if one.ended else [])]
            np.testing.assert_allclose(one.attention, go_along(machine, sentence, tokens)[1])


def test_padding_of_the_source_needs_no_coverage():
    machine = Machine(3)
    mask = np.array([[True, True, False], [True, True, True]])
    config = BeamConfig(4, maximum_length=5, coverage_penalty=1.0)
    found = search(machine, 2, config, source_mask=mask, keep_attention=True)
    for sentence in range(2):
        (one,) = found.hypotheses(sentence)
        covered = np.minimum(one.attention.sum(axis=0), 1)[mask[sentence]]
        assert one.score == pytest.approx(one.log_probability + np.log(covered).sum())


def test_what_is_cut_ranks_behind_what_ends():
    def step(state, tokens):
        return np.log(np.tile([0.1, 0.9], (len(tokens), 1))), state

    found = beam_search(step, np.zeros(1), begin=END, end=END, config=BeamConfig(4, 4, maximum_length=3))
    hypotheses = found.hypotheses(0)
    assert [one.tokens for one in hypotheses] == [(), (1,), (1, 1), (1, 1, 1)]
    assert [one.ended for one in hypotheses] == [True, True, True, False]
    assert hypotheses[-1].log_probability > hypotheses[0].log_probability


def test_what_is_missing_of_the_n_best_is_marked():
    def step(state, tokens):
        return np.array([[-0.1, -2.4, -np.inf]] * len(tokens)), state

    found = beam_search(step, np.zeros(2), begin=END, end=END, config=BeamConfig(5, 5, maximum_length=2))
    assert len(found.hypotheses(1)) == 3
    assert found.scores[1, 3:].tolist() == found.log_probabilities[1, 3:].tolist() == [-np.inf, -np.inf]
    assert found.lengths[1].tolist() == [1, 2, 2, 0, 0]
    assert (found.tokens[1, 3:] == END).all()


def test_scoring_gives_hypotheses_the_log_probability_that_the_search_found():
    machine = Machine(13, vocabulary=5)
    found = search(machine, 6, BeamConfig(3, maximum_length=7))
    scores = score_tokens(machine.step, machine.start(6), found.tokens[:, 0], found.lengths[:, 0], begin=END)
    np.testing.assert_allclose(scores, found.log_probabilities[:, 0])
    assert len(set(found.lengths[:, 0].tolist())) > 1


class Pair(NamedTuple):
    first: np.ndarray
    second: list


def test_rows_of_any_structure_of_arrays_are_taken():
    state = {"a": np.arange(3), "b": (np.arange(6).reshape(3, 2), Pair(np.arange(3) * 10, [np.arange(3) + 5]))}
    assert rows_of(state) == 3
    taken = take_rows(state, np.array([2, 0, 0, 1]))
    assert taken["a"].tolist() == [2, 0, 0, 1]
    assert taken["b"][0].tolist() == [[4, 5], [0, 1], [0, 1], [2, 3]]
    assert isinstance(taken["b"][1], Pair)
    assert taken["b"][1].second[0].tolist() == [7, 5, 5, 6]
    assert take_rows(state, np.arange(3)) is state


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"width": 0}, "beam width is 0"), ({"width": -2}, "beam width"), ({"width": 2.0}, "beam width"),
        ({"width": True}, "beam width"), ({"width": 2, "n_best": 3}, "widen the beam"), ({"n_best": 0}, "n-best"),
        ({"maximum_length": 0}, "maximum length"), ({"length_penalty": -0.1}, "length penalty"),
        ({"length_penalty": np.nan}, "length penalty"), ({"coverage_penalty": np.inf}, "coverage penalty"),
        ({"normalization": "mean"}, "normalization"),
    ],
)  # fmt: skip
def test_nonsense_settings_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        BeamConfig(**options)


@pytest.mark.parametrize(
    ("log_p", "message"),
    [
        (np.array([[0.0, np.nan]]), "NaN"),
        (np.array([0.0, 1.0]), "shape"),
        (np.zeros((2, 3)), "shape"),
        (np.array([[-np.inf, -np.inf]]), "no token is possible"),
    ],
)
@pytest.mark.parametrize("way", ["beam", "greedy"])
def test_unusable_steps_are_refused(log_p, message, way):
    options = {"begin": END, "end": END}
    with pytest.raises(InputError, match=message):
        if way == "beam":
            beam_search(lambda state, _: (log_p, state), np.zeros(1), **options)
        else:
            greedy(lambda state, _: (log_p, state), np.zeros(1), **options)


def test_attention_that_is_asked_for_must_be_given():
    def step(state, tokens):
        return np.log(np.full((len(tokens), 2), 0.5)), state

    for options in ({"keep_attention": True}, {"config": BeamConfig(coverage_penalty=1.0)}):
        with pytest.raises(InputError, match="attention"):
            beam_search(step, np.zeros(1), begin=END, end=END, **options)
    with pytest.raises(InputError, match="state is empty"):
        beam_search(step, {}, begin=END, end=END)
