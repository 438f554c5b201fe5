"""CTC against all paths one by one, finite differences and Keras; decoding against all transcripts."""

import itertools

import numpy as np
import pytest

from common.ctc import align, collapse, ctc_loss, frames_needed, log_softmax
from common.ctc_decoding import PrefixBeamConfig, greedy_path, prefix_beam_search
from common.errors import InputError


def draw(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape) * 2


def all_transcripts(logits, blank=0):
    """Probability of everything that (T, K) logits can read, path by path."""
    log_y = log_softmax(logits)
    found = {}
    for path in itertools.product(range(log_y.shape[1]), repeat=len(log_y)):
        p = np.exp(sum(log_y[t, symbol] for t, symbol in enumerate(path)))
        read = tuple(collapse(path, blank=blank))
        found[read] = found.get(read, 0.0) + p
    return found


def test_collapse():
    assert collapse([0, 1, 1, 0, 1, 2, 2, 0]) == [1, 1, 2]
    assert collapse([2, 2, 0, 2], blank=2) == [0]
    assert collapse([0, 0]) == collapse([]) == []


@pytest.mark.parametrize("blank", [0, 1, 2])
def test_every_transcript_has_the_probability_of_all_its_paths(blank):
    logits = draw(5, 3, seed=blank)
    wanted = all_transcripts(logits, blank)
    assert sum(wanted.values()) == pytest.approx(1)
    transcripts = list(wanted)
    result = ctc_loss(np.stack([logits] * len(transcripts)), [5] * len(transcripts), transcripts, blank=blank)
    assert np.exp(-result.losses) == pytest.approx(list(wanted.values()), rel=1e-11)


def test_the_gradient_against_finite_differences():
    logits, frames, transcripts = draw(3, 6, 4), [6, 4, 5], [[1, 1, 2], [3], []]
    gradient, step = ctc_loss(logits, frames, transcripts).gradient, 1e-6
    for place in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[place] += step
        down[place] -= step
        rise = ctc_loss(up, frames, transcripts).losses - ctc_loss(down, frames, transcripts).losses
        assert gradient[place] == pytest.approx(rise.sum() / (2 * step), abs=1e-8)
    assert not gradient[1, 4:].any() and not gradient[2, 5:].any()


def test_against_keras():
    import tensorflow as tf
    from keras import ops

    logits = draw(6, 20, 7, seed=3).astype(np.float32)
    frames, lengths = np.array([20, 13, 7, 20, 9, 4]), np.array([5, 4, 3, 9, 1, 2])
    labels = np.random.default_rng(4).integers(1, 7, (6, 9))
    labels[3, 1] = labels[3, 0]
    transcripts = [row[:length].tolist() for row, length in zip(labels, lengths, strict=True)]
    ours = ctc_loss(logits, frames, transcripts)
    with tf.GradientTape() as tape:
        variable = tf.Variable(logits)
        losses = ops.ctc_loss(labels, variable, lengths, frames)
        total = ops.sum(losses)
    np.testing.assert_allclose(ours.losses, losses, rtol=1e-6)
    np.testing.assert_allclose(ours.gradient, tape.gradient(total, variable), atol=3e-6)


def test_a_batch_is_its_sequences_one_by_one():
    logits, frames, transcripts = draw(4, 12, 5), [12, 7, 3, 9], [[1, 2, 3, 4], [4, 4], [2], []]
    together = ctc_loss(logits, frames, transcripts)
    for row, (count, transcript) in enumerate(zip(frames, transcripts, strict=True)):
        alone = ctc_loss(logits[row : row + 1, :count], [count], [transcript])
        assert together.losses[row] == pytest.approx(alone.losses[0], rel=1e-12)
        np.testing.assert_allclose(together.gradient[row, :count], alone.gradient[0], atol=1e-12)


def test_a_long_sequence_neither_underflows_nor_overflows():
    logits = draw(1, 2000, 30) * 20
    result = ctc_loss(logits, [2000], [np.random.default_rng(1).integers(1, 30, 300).tolist()])
    assert np.isfinite(result.losses).all() and np.isfinite(result.gradient).all()
    assert np.abs(result.gradient.sum(axis=-1)).max() < 1e-6


def test_the_alignment_is_the_likeliest_path():
    logits = draw(6, 3, seed=8)
    log_y = log_softmax(logits)
    for transcript in ([1], [1, 2], [2, 2], [1, 2, 1], []):
        paths = [path for path in itertools.product(range(3), repeat=6) if collapse(path) == transcript]
        best = max(paths, key=lambda path: sum(log_y[t, symbol] for t, symbol in enumerate(path)))
        found = align(logits, transcript)
        assert tuple(found.path) == best
        assert found.log_probability == pytest.approx(sum(log_y[t, symbol] for t, symbol in enumerate(best)))
        assert [found.path[begin:end].tolist() for begin, end in found.spans] == [
            [symbol] * (end - begin) for symbol, (begin, end) in zip(transcript, found.spans, strict=True)
        ]


def test_a_wide_beam_finds_the_best_of_all_transcripts():
    for seed in range(20):
        logits = draw(5, 4, seed=seed)
        wanted = all_transcripts(logits)
        best = sorted(wanted, key=wanted.get, reverse=True)[:3]
        found = prefix_beam_search(logits, PrefixBeamConfig(width=400, n_best=3))
        assert [one.symbols for one in found] == best
        assert [one.log_probability for one in found] == pytest.approx([np.log(wanted[one]) for one in best])


def bigram(table):
    """A language model from (K + 1, K + 1) log-probabilities: row K begins, column K ends."""
    return lambda prefix: table[prefix[-1] if prefix else len(table) - 1]


def test_with_a_language_model_it_finds_the_best_sum():
    for seed in range(10):
        logits = draw(5, 3, seed=seed)
        table = log_softmax(draw(4, 4, seed=100 + seed))
        language, config = bigram(table), PrefixBeamConfig(width=400, language_weight=0.8, symbol_bonus=0.3)

        def score(read, language=language):
            steps = sum(language(read[:at])[symbol] for at, symbol in enumerate((*read, -1)))
            return 0.8 * steps + 0.3 * len(read)

        totals = {read: np.log(p) + score(read) for read, p in all_transcripts(logits).items()}
        best = max(totals, key=totals.get)
        (found,) = prefix_beam_search(logits, config, language_model=language)
        assert found.symbols == best and found.score == pytest.approx(totals[best])


def test_it_never_scores_below_the_likeliest_path():
    better = 0
    for seed in range(60):
        logits = draw(12, 4, seed=seed) / 2
        table = log_softmax(draw(5, 5, seed=seed))
        table[:, 2] = -np.inf  # a symbol that the language model rules out
        greedy = collapse(greedy_path(logits))
        exact = -ctc_loss(logits[np.newaxis], [12], [greedy]).losses[0]
        (alone,) = prefix_beam_search(logits, PrefixBeamConfig(width=2))
        assert alone.log_probability >= exact - 1e-12
        better += alone.log_probability > exact + 1e-9
        ruled = prefix_beam_search(logits, PrefixBeamConfig(width=3), language_model=bigram(table))[0]
        assert 2 not in ruled.symbols or 2 in greedy
    assert better > 10  # the search is for something


def test_a_weight_of_0_is_no_language_model():
    logits = draw(8, 4)
    never = bigram(np.full((5, 5), -np.inf))
    config = PrefixBeamConfig(language_weight=0)
    assert prefix_beam_search(logits, config, language_model=never) == prefix_beam_search(logits, config)


def test_silence_reads_nothing():
    logits = np.zeros((10, 4))
    logits[:, 0] = 9
    assert prefix_beam_search(logits)[0].symbols == ()
    assert ctc_loss(logits[np.newaxis], [10], [[]]).losses[0] < 0.01


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([5], [[1, 1, 2]] * 2), "2 transcripts"),
        (([2], [[1, 1]]), "transcript 1 needs 3 frames .* and has 2"),
        (([5], [[4]]), "transcript 1 holds symbol 4"),
        (([5], [[1, 0]]), "without the blank, 0"),
        (([0], [[1]]), "said to have 0 frames"),
        (([9], [[1]]), "must have 1 to 5"),
    ],
)
def test_bad_input_is_told(arguments, message):
    with pytest.raises(InputError, match=message):
        ctc_loss(np.zeros((1, 5, 4)), *arguments)


def test_bad_settings_are_told():
    with pytest.raises(InputError, match="width is 0"):
        PrefixBeamConfig(width=0)
    with pytest.raises(InputError, match="widen the beam"):
        PrefixBeamConfig(width=2, n_best=3)
    with pytest.raises(InputError, match="language_weight is nan"):
        PrefixBeamConfig(language_weight=float("nan"))
    with pytest.raises(InputError, match="finite numbers"):
        prefix_beam_search(np.full((3, 3), np.nan))
    with pytest.raises(InputError, match="blank is symbol 9"):
        ctc_loss(np.zeros((1, 5, 4)), [5], [[1]], blank=9)
    assert frames_needed([1, 1, 2, 2]) == 6
