"""The numbers: cross-entropy on bars that training never saw, and what the improvised solos are like beside the piece.

- cross-entropy per token (nats) of the held-out bars, beside a tuned Kneser-Ney n-gram of the same tokens and 1 / V;
- share of notes inside: tones of the chord that sounds, or of its scale;
- pitch classes above the chord's root, as a histogram: total variation distance from the piece's (0 same, 1 disjoint);
- repetition: share of the four-token groups that the solo has had before;
- copying: the longest run of tokens that the piece has, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from common.ngram import KneserNey, tune
from week1.jazz_solo.data import encode
from week1.jazz_solo.generate import SampleConfig, Solo, changes_of, improvise, repeat_changes
from week1.jazz_solo.grammar import BAR, Token, Tone
from week1.jazz_solo.harmony import Changes
from week1.jazz_solo.network import SoloNetwork
from week1.jazz_solo.piece import Piece
from week1.jazz_solo.train import Lines, TrainConfig, inside_share, prepare

_ORDERS = range(2, 6)
_GROUP = 4
_END = "end"


@dataclass(frozen=True)
class CrossEntropy:
    """Nats per token on the held-out bars: of the network, of the n-gram (of this order), of a uniform guess."""

    network: float
    ngram: float
    order: int
    uniform: float
    tokens: int


@dataclass(frozen=True)
class Likeness:
    """What a line is like; the measures are explained in the module's docstring. `notes` counts what sounds."""

    notes: int
    inside: float
    repetition: float
    copied: int
    histogram: np.ndarray


def config_of(network: SoloNetwork) -> TrainConfig:
    """The settings that the network was trained with."""
    told = dict(network.notes["config"])
    return TrainConfig(**{**told, "transpose": tuple(told["transpose"])})


def held_out_cross_entropy(network: SoloNetwork, pieces: Sequence[Piece]) -> CrossEntropy | None:
    """On the bars of the pieces that its training held out, each token given all before it; None if there are none.

    Raises:
        InputError: the pieces hold a token that the network never saw: it was trained on others.
    """
    lines = prepare(pieces, config_of(network))
    pairs = [
        (first, last) for first, last in zip(lines.learnt[:: _copies(network)], lines.held_out, strict=True) if last
    ]
    if not pairs:
        return None
    scores = []
    for first, last in pairs:
        ids = encode([*first, *last], network.words)
        scores.append(network.log_likelihoods(ids)[len(first) :])
    ngram, order = _ngram_cross_entropy(lines, pairs)
    nats = np.concatenate(scores)
    return CrossEntropy(float(-nats.mean()), ngram, order, float(np.log(len(network.words))), len(nats))


def _copies(network: SoloNetwork) -> int:
    return 1 + len(config_of(network).transpose)


def _ngram_cross_entropy(lines: Lines, pairs: Sequence[tuple[Sequence[Token], Sequence[Token]]]) -> tuple[float, int]:
    """(nats per token, order) of the n-gram, tuned inside the learnt bars, fitted to all of them."""
    learnt = [[str(token) for token in line] for line in lines.learnt]
    inner = [line[: len(line) * 7 // 8] for line in learnt]
    watched = [line[len(line) * 7 // 8 :] for line in learnt]
    options = {"vocabulary": lines.words, "end": _END}
    best = tune(inner, watched, orders=_ORDERS, **options)
    model = KneserNey.fit(
        learnt, order=best.order, modified=best.modified, discount_scale=best.discount_scale, **options
    )
    scores = []
    for first, last in pairs:
        words = [str(token) for token in (*first, *last)]
        scores += [
            model.log_probability(words[place], words[max(0, place - best.order) : place])
            for place in range(len(first), len(words))
        ]
    return float(-np.mean(scores)), best.order


def likeness(
    tones: Sequence[Tone],
    tokens: Sequence[Token],
    changes: Changes,
    pieces: Sequence[Piece],
    *,
    spelling: str = "plain",
) -> Likeness:
    """What a line is like, its copying measured against the pieces, which are spelled like its tokens."""
    notes = [tone for tone in tones if tone.pitch is not None]
    inside = np.mean([changes.at(tone.start).inside(tone.pitch) for tone in notes]) if notes else 0.0
    known = [words_of(piece.tokens(spelling=spelling)) for piece in pieces]
    words = words_of(tokens)
    return Likeness(len(notes), float(inside), repetition(words), longest_copy(words, known), degrees(notes, changes))


def solos_along(network: SoloNetwork, count: int, config: SampleConfig, *, seed: int = 0) -> list[Solo]:
    """Solos over successive stretches of the changes learnt from, round and round, each from a seed of its own."""
    bar, length = network.notes["bar"], network.notes["length"]
    stretch = config.bars * bar
    changes = repeat_changes(changes_of(network), length, length + stretch)
    begins = [number * stretch % length for number in range(count)]
    return [
        improvise(network, changes.excerpt(begin, begin + stretch), 1, config, seed=seed + number)[0]
        for number, begin in enumerate(begins)
    ]


def likeness_of_solo(solo: Solo, pieces: Sequence[Piece], *, spelling: str = "plain") -> Likeness:
    """What an improvised solo is like."""
    return likeness(solo.notes, solo.tokens, solo.changes, pieces, spelling=spelling)


def words_of(tokens: Iterable[Token]) -> list[str]:
    """The words without the bar lines."""
    return [str(token) for token in tokens if token.kind != BAR]


def degrees(notes: Sequence[Tone], changes: Changes) -> np.ndarray:
    """Shares (12,) float64 of the pitch classes above the root of the chord that each note begins on."""
    counts = np.zeros(12)
    for tone in notes:
        counts[(tone.pitch - changes.at(tone.start).root) % 12] += 1
    return counts / max(counts.sum(), 1)


def pitch_classes(notes: Sequence[Tone]) -> np.ndarray:
    """Shares (12,) float64 of the pitch classes, C first."""
    counts = np.bincount([tone.pitch % 12 for tone in notes], minlength=12).astype(float)
    return counts / max(counts.sum(), 1)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Total variation distance of two histograms of shares: half the sum of the differences, 0 to 1."""
    return float(np.abs(one - other).sum() / 2)


def repetition(words: Sequence[str], *, group: int = _GROUP) -> float:
    """The share of the groups of `group` successive words that occurred before in the line; 0 for a shorter line."""
    groups = [tuple(words[place : place + group]) for place in range(len(words) - group + 1)]
    return 1 - len(set(groups)) / len(groups) if groups else 0.0


def longest_copy(words: Sequence[str], known: Sequence[Sequence[str]]) -> int:
    """The length of the longest run of successive words that one of the known lines holds, too."""
    longest = 0
    for line in known:
        runs = [0] * (len(line) + 1)  # runs[j + 1]: the run that ends at the word looked at and at line[j]
        for word in words:
            runs = [0, *(runs[j] + 1 if word == line[j] else 0 for j in range(len(line)))]
            longest = max(longest, *runs)
    return longest


def summary(
    cross_entropy: CrossEntropy | None, pieces: Sequence[Piece], measured: Sequence[Likeness]
) -> list[tuple[str, float, float | None, str]]:
    """Rows (what, the solos' value, the piece's or the reference's or None, unit), for the table and the metrics."""
    rows: list[tuple[str, float, float | None, str]] = []
    if cross_entropy is not None:
        rows.append(("held-out cross-entropy", cross_entropy.network, cross_entropy.ngram, "nats per token"))
    whole = pieces_likeness(pieces)
    rows.append(("notes inside the chord or its scale", _mean(measured, "inside"), inside_share(pieces), "share"))
    rows.append(("repetition of four tokens", _mean(measured, "repetition"), whole["repetition"], "share"))
    rows.append(
        ("distance of the pitch classes above the root", distance(_histogram(measured), whole["degrees"]), None, "0..1")
    )
    rows.append(("longest run copied from the piece", max(one.copied for one in measured), None, "tokens"))
    return rows


def pieces_likeness(pieces: Sequence[Piece]) -> dict[str, Any]:
    """Of the pieces: "repetition" (mean of windows as long as a solo of 16 bars) and "degrees"."""
    shares = []
    for piece in pieces:
        words = words_of(piece.tokens())
        size = max(8, round(16 * len(words) / max(len(piece.bars) - 1, 1)))
        shares += [repetition(words[start : start + size]) for start in range(0, max(len(words) - size, 1), size)]
    histogram = np.mean([degrees(piece.notes, piece.changes) for piece in pieces], axis=0)
    return {"repetition": float(np.mean(shares)), "degrees": histogram}


def _mean(measured: Sequence[Likeness], name: str) -> float:
    return float(np.mean([getattr(one, name) for one in measured]))


def _histogram(measured: Sequence[Likeness]) -> np.ndarray:
    return np.average([one.histogram for one in measured], axis=0, weights=[max(one.notes, 1) for one in measured])
