"""New solos: tokens drawn one after the other with the bar kept in view, then pitches for them over the changes.

What may come next: a bar line exactly where the bar is full; no rest across it, a note across it by at most half a bar;
and only lengths that the pieces learnt from had at that place of the quarter, so that triplets stay whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from common.errors import InputError
from common.sampling import draw
from common.seeding import make_rng
from week1.jazz_solo.grammar import BAR, TWELFTHS, Token, Tone, parse_bars, unparse
from week1.jazz_solo.harmony import Changes, chord
from week1.jazz_solo.network import SoloNetwork
from week1.jazz_solo.piece import SPELLINGS, Piece
from week1.jazz_solo.prune import prune

_FIRST_PITCH = 69
_PHRASE = 2  # bars


@dataclass(frozen=True)
class SampleConfig:
    """How a solo is drawn.

    Attributes:
        bars: how many, those of a primer not counted.
        temperature: below 1 safer, above 1 wilder; 0 always takes the likeliest token.
        top_k, top_p: keep only so many tokens, or so much probability, before each draw (None: all).
        recall: how likely a phrase of two bars takes up the words of an earlier one of the same solo, which then fall
            on other chords: a sequence.
        prune: whether the rules of `prune.py` tidy the line.
    """

    bars: int = 16
    temperature: float = 0.9
    top_k: int | None = None
    top_p: float | None = 0.95
    recall: float = 0.3
    prune: bool = True

    def __post_init__(self):
        if self.bars < 1:
            raise InputError(f"{self.bars} bars are none; give at least 1")
        if not 0 <= self.recall <= 1:
            raise InputError(f"the share of recalled phrases is {self.recall}; give a number from 0 to 1")


@dataclass(frozen=True)
class Solo:
    """An improvised line over changes.

    Attributes:
        tones: notes and rests, from 0, the primer's first.
        begin: where the primer ends and the improvised part begins, in twelfths.
        tokens: what was drawn.
        changes: the chords.
        bars: how many in all; each lasts `bar` twelfths of a quarter.
        likelihood: mean log-likelihood of a drawn token under the model, nats.
        seed: which one it is.
    """

    tones: tuple[Tone, ...]
    begin: int
    tokens: tuple[Token, ...]
    changes: Changes
    bars: int
    bar: int
    likelihood: float
    seed: int

    @property
    def notes(self) -> list[Tone]:
        """The improvised tones that sound."""
        return [tone for tone in self.tones if tone.pitch is not None and tone.start >= self.begin]

    @property
    def inside(self) -> float:
        """The share of the notes that belong to the chord that they begin on, or to its scale (0 without notes)."""
        notes = self.notes
        return sum(self.changes.at(tone.start).inside(tone.pitch) for tone in notes) / max(len(notes), 1)


def changes_of(network: SoloNetwork) -> Changes:
    """The changes of the piece that the network learnt from."""
    pairs = network.notes["changes"]
    return Changes(tuple(start for start, _ in pairs), tuple(chord(symbol) for _, symbol in pairs))


def repeat_changes(changes: Changes, length: int, total: int) -> Changes:
    """Changes of `length` twelfths, over and over until `total`."""
    rounds = range(0, max(total, 1), length)
    pairs = [
        (begin + start, one) for begin in rounds for start, one in zip(changes.starts, changes.chords, strict=True)
    ]
    pairs = [pair for pair in pairs if pair[0] < total]
    return Changes(tuple(start for start, _ in pairs), tuple(one for _, one in pairs))


def improvise(
    network: SoloNetwork,
    changes: Changes,
    count: int,
    config: SampleConfig,
    *,
    seed: int = 0,
    primer: Piece | None = None,
) -> list[Solo]:
    """`count` solos, the likeliest first; solo i of a seed is the same whatever `count` is.

    Args:
        network: the trained network.
        changes: the chords, from the primer's beginning where there is one; they are not repeated here.
        count: how many.
        config: how they are drawn.
        seed: of all draws.
        primer: a line that the solos continue.
    """
    begin = _primed(network, changes, primer)
    solos = [
        _improvise(network, changes, begin, config, make_rng(seed, "solo", number), number) for number in range(count)
    ]
    return sorted(solos, key=lambda solo: -solo.likelihood)


@dataclass(frozen=True)
class _Beginning:
    """Where a solo starts: the ids and tones before it, the time, the pitch before."""

    ids: tuple[int, ...]
    tones: tuple[Tone, ...]
    time: int
    pitch: int


def _primed(network: SoloNetwork, changes: Changes, primer: Piece | None) -> _Beginning:
    if primer is None:
        low, high, _ = network.notes["register"]
        return _Beginning((), (), 0, min(max(_FIRST_PITCH, low), high))
    interval = SPELLINGS[network.notes["config"]["spelling"]]
    tokens = parse_bars(primer.tones, changes, primer.bars[:-1], interval=interval)
    known = network.tokens
    ids = tuple(_nearest_known(token, network, known) for token in tokens) + (network.ids[BAR],)
    return _Beginning(ids, primer.tones, primer.bars[-1], primer.notes[-1].pitch)


def _nearest_known(token: Token, network: SoloNetwork, known: Sequence[Token]) -> int:
    """The token's id; where the model never saw it, the id of the most similar one."""
    if str(token) in network.ids:
        return network.ids[str(token)]

    def unlike(number: int) -> float:
        other = known[number]
        way = abs((token.interval or 0) - (other.interval or 0))
        return (
            100 * (token.is_note != other.is_note or other.kind == BAR)
            + 3 * (token.kind != other.kind)
            + way
            + abs(token.length - other.length)
        )

    return min(range(len(known)), key=unlike)


def _improvise(
    network: SoloNetwork,
    changes: Changes,
    begin: _Beginning,
    config: SampleConfig,
    rng: np.random.Generator,
    number: int,
) -> Solo:
    bar = network.notes["bar"]
    ids = draw_tokens(network, config, rng, before=begin.ids, bar=bar)
    tokens = [network.tokens[one] for one in ids]
    low, high, centre = network.notes["register"]
    tones = unparse(
        tokens,
        changes.at,
        start=begin.time,
        previous=begin.pitch,
        lowest=max(low - 3, 0),
        highest=min(high + 3, 127),
        rng=rng,
    )
    if config.prune:
        tones = prune(tones, changes, rng, centre=centre)
    end = begin.time + config.bars * bar
    tones = [tone._replace(length=min(tone.length, end - tone.start)) for tone in tones]
    scores = network.log_likelihoods([*begin.ids, *ids])[len(begin.ids) :]
    likelihood = float(scores.mean()) if len(scores) else 0.0
    return Solo((*begin.tones, *tones), begin.time, tuple(tokens), changes, end // bar, bar, likelihood, number)


def draw_tokens(
    network: SoloNetwork,
    config: SampleConfig,
    rng: np.random.Generator,
    *,
    before: Sequence[int] = (),
    bar: int = 48,
) -> list[int]:
    """Ids that fill `config.bars` bars of `bar` twelfths, bar lines between them, continuing the ids `before`."""
    allowed, line = _Allowed(network, bar), network.ids[BAR]
    rows, state = network.read(before)
    scores = rows[-1]
    ids: list[int] = []
    recalled: list[int] = []
    phrases: dict[int, int] = {}  # number of the bar -> where its ids begin, for bars that begin a phrase on the beat
    place, number = 0, 0
    while True:
        if place == 0 and number % _PHRASE == 0 and number not in phrases:
            recalled = _recall(ids, phrases, config, rng, line)
            phrases[number] = len(ids)
        if place >= bar:
            place, number = place - bar, number + 1
            if number == config.bars:
                return ids
            chosen = line
        elif recalled:
            chosen = recalled.pop(0)
        else:
            masked = np.where(allowed.at(place), scores, -np.inf)
            chosen = int(draw(masked, rng, temperature=config.temperature, top_k=config.top_k, top_p=config.top_p))
        place += int(allowed.lengths[chosen])
        ids.append(chosen)
        rows, state = network.step(np.array([chosen]), state)
        scores = rows[0]


def _recall(
    ids: Sequence[int], phrases: dict[int, int], config: SampleConfig, rng: np.random.Generator, line: int
) -> list[int]:
    """The ids of an earlier phrase without its bar lines, to be taken up again, or none."""
    if not phrases or rng.random() >= config.recall:
        return []
    begin = phrases[int(rng.choice(list(phrases)))]
    again: list[int] = []
    bars = 1
    for one in ids[begin:]:
        bars += one == line
        if bars > _PHRASE:
            break
        if one != line:
            again.append(one)
    return again


class _Allowed:
    """Which tokens may come at a place of the bar."""

    def __init__(self, network: SoloNetwork, bar: int):
        tokens = network.tokens
        self.bar = bar
        self.lengths = np.array([token.length for token in tokens])
        self._rests = np.array([token.kind == "R" for token in tokens])
        self._words = self.lengths > 0
        self._seen = {(place, length) for place, length in network.notes["places"]}
        self._kept: dict[int, np.ndarray] = {}

    def at(self, place: int) -> np.ndarray:
        """True for each id that may come `place` twelfths into the bar; all lengths where none was seen there."""
        if place not in self._kept:
            self._kept[place] = self._find(place)
        return self._kept[place]

    def _find(self, place: int) -> np.ndarray:
        ends = place + self.lengths
        fits = self._words & np.where(self._rests, ends <= self.bar, ends <= self.bar + self.bar // 2)
        usual = fits & np.array([(place % TWELFTHS, length) in self._seen for length in self.lengths.tolist()])
        return usual if usual.any() else fits if fits.any() else self._words
