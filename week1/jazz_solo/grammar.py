"""The language in which a solo is learnt: what each note is to the chord under it, how long it is, how far it moves.

    piece    = measure { "|" measure }            words are separated by spaces
    measure  = { note | rest }
    note     = kind "," length [ "," "<" interval "," interval ">" ]
    rest     = "R" "," length
    kind     = "C"   a tone of the chord that sounds
             | "S"   a tone of its scale
             | "A"   an approach tone, a semitone from a tone of the chord
             | "X"   any other
    length   = quarters, three decimals; on the grid of twelfths          0.500  0.333  1.083
    interval = quality [ "-" ] number                                     P4  m-3  A2  dd5

The intervals bound the way from the note before: a minor third above the true one, then a minor third below it
("C,0.250,<P4,m-2>" moves by a major second up, or by what fits between a fourth up and a second down). So the middle of
the bounds is the true interval. A note without bounds begins a line. `parse` and `unparse` are inverses:
`unparse(parse(notes)) == notes` on the same chords from the same first pitch, and for words `str(Token.read(w)) == w`.

Time is counted in twelfths of a quarter, exactly: quarters of a quarter and thirds of a quarter are whole twelfths.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from common.errors import InputError
from week1.jazz_solo.harmony import Changes, Harmony
from week1.jazz_solo.theory import (
    MINOR_THIRD,
    Interval,
    interval_name,
    parse_interval,
    plain_interval,
)

TWELFTHS = 12
BAR = "|"
KINDS = "CSAX"
_WORD = re.compile(r"([CSAXR]),(\d{1,4}\.\d{3})(?:,<([^,<>]+),([^,<>]+)>)?")
# Where no pitch of a kind lies within reach: what is tried instead.
_INSTEAD = {"C": "CS", "S": "SC", "A": "ACS", "X": "XACS"}
_REACH = 12


class Tone(NamedTuple):
    """A note, or a rest where `pitch` is None; start and length in twelfths of a quarter."""

    start: int
    length: int
    pitch: int | None

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + self.length


@dataclass(frozen=True)
class Token:
    """A word of the language.

    Attributes:
        kind: "C", "S", "A", "X", "R" for a rest or "|" for a bar line.
        length: twelfths of a quarter (0 for a bar line).
        upper, lower: bounds of the way from the note before, or None.
    """

    kind: str
    length: int = 0
    upper: Interval | None = None
    lower: Interval | None = None

    @classmethod
    def read(cls, word: str) -> Token:
        """The token that a word says; InputError where it is none."""
        return _read(word)

    def __str__(self) -> str:
        if self.kind == BAR:
            return BAR
        bounds = f",<{interval_name(self.upper)},{interval_name(self.lower)}>" if self.upper else ""
        return f"{self.kind},{self.length / TWELFTHS:.3f}{bounds}"

    @property
    def is_note(self) -> bool:
        """Whether it sounds."""
        return self.kind in KINDS

    @property
    def interval(self) -> int | None:
        """The true way from the note before in semitones: the middle of the bounds."""
        return None if self.upper is None else (self.upper.semitones + self.lower.semitones) // 2


@functools.cache
def _read(word: str) -> Token:
    if word == BAR:
        return Token(BAR)
    match = _WORD.fullmatch(word)
    if not match or (match.group(1) == "R" and match.group(3)):
        raise InputError(f"{word!r} is not a word of the token language; write one such as C,0.500,<P4,m-2> or R,0.250")
    kind, quarters, upper, lower = match.groups()
    length = round(float(quarters) * TWELFTHS)
    if f"{length / TWELFTHS:.3f}" != quarters.zfill(5) or length == 0:
        raise InputError(f"{word!r} has a length that is not a whole number of twelfths of a quarter")
    if upper is None:
        return Token(kind, length)
    bounds = parse_interval(upper), parse_interval(lower)
    if bounds[0].minus(bounds[1]) != Interval(4, 6):
        raise InputError(f"{word!r} has bounds that are not two minor thirds apart")
    return Token(kind, length, *bounds)


def read_tokens(text: str) -> list[Token]:
    """The tokens of a text of words."""
    return [_read(word) for word in text.split()]


def write_tokens(tokens: Iterable[Token]) -> str:
    """The words of the tokens, separated by spaces."""
    return " ".join(map(str, tokens))


def quantise(ticks: int, ticks_per_quarter: int) -> int:
    """A file's time in twelfths: the nearest quarter or third of a quarter, of two equally near ones the former."""
    quarter = (8 * ticks + ticks_per_quarter) // (2 * ticks_per_quarter)
    third = (6 * ticks + ticks_per_quarter) // (2 * ticks_per_quarter)
    off_quarter = 3 * abs(4 * ticks - quarter * ticks_per_quarter)
    off_third = 4 * abs(3 * ticks - third * ticks_per_quarter)
    return 3 * quarter if off_quarter <= off_third else 4 * third


def parse(
    tones: Iterable[Tone],
    chord_at: Callable[[int], Harmony],
    *,
    interval: Callable[[int, int], Interval] = plain_interval,
    previous: int | None = None,
) -> list[Token]:
    """Tones in their order to tokens, one each.

    Args:
        tones: notes and rests.
        chord_at: the chord that sounds at a time (`Changes.at`).
        interval: how the way between two pitches is named: `plain_interval`, the same in every key, or
            `named_interval`.
        previous: the pitch before the first tone; without it the first note has no bounds.
    """
    tokens = []
    for tone in tones:
        if tone.pitch is None:
            tokens.append(Token("R", tone.length))
            continue
        bounds: tuple[Interval, ...] = ()
        if previous is not None:
            way = interval(previous, tone.pitch)
            bounds = way.plus(MINOR_THIRD), way.minus(MINOR_THIRD)
        tokens.append(Token(chord_at(tone.start).kind(tone.pitch), tone.length, *bounds))
        previous = tone.pitch
    return tokens


def parse_bars(tones: Sequence[Tone], changes: Changes, bars: Sequence[int], **options: object) -> list[Token]:
    """As `parse`, with a bar line before the first tone of each bar but the first; `bars` are where bars begin.

    A note may sound across a bar line; a bar in which nothing begins still has its bar line.
    """
    tokens: list[Token] = []
    words = iter(parse(tones, changes.at, **options))
    bar = 1
    for tone in tones:
        while bar < len(bars) and tone.start >= bars[bar]:
            tokens.append(Token(BAR))
            bar += 1
        tokens.append(next(words))
    return tokens


def with_rests(tones: Sequence[Tone], start: int, end: int) -> list[Tone]:
    """One line of notes from `start` to `end`, ordered, a later note ending the one before, gaps filled with rests."""
    line: list[Tone] = []
    for tone in sorted(tones, key=lambda tone: (tone.start, -(tone.pitch or 0))):
        if tone.pitch is None or not start <= tone.start < end or (line and tone.start == line[-1].start):
            continue
        if line and line[-1].end > tone.start:
            line[-1] = line[-1]._replace(length=tone.start - line[-1].start)
        line.append(tone._replace(length=min(tone.length, end - tone.start)))
    filled: list[Tone] = []
    now = start
    for tone in line:
        if tone.start > now:
            filled.append(Tone(now, tone.start - now, None))
        filled.append(tone)
        now = tone.end
    return [*filled, Tone(now, end - now, None)] if now < end else filled


def unparse(
    tokens: Iterable[Token],
    chord_at: Callable[[int], Harmony],
    *,
    start: int = 0,
    previous: int = 72,
    lowest: int = 48,
    highest: int = 91,
    rng: np.random.Generator | None = None,
) -> list[Tone]:
    """Tokens to tones one after the other: each note is a pitch of its kind over the chord that sounds where it falls.

    Among the pitches of the kind within the bounds the one nearest to the true interval is taken (of two equally near
    ones the lower, or one that `rng` draws). Where there is none, the nearest pitch of the kind is, or of a chord tone.

    Args:
        tokens: words; bar lines are passed over.
        chord_at: the chord that sounds at a time.
        start: where the first begins, in twelfths.
        previous: the pitch to begin from; a note without bounds is the nearest of its kind to the note before.
        lowest, highest: the register; a line that would leave it turns back by an octave.
        rng: decides between equally near pitches.
    """
    tones = []
    for token in tokens:
        if token.kind == BAR:
            continue
        pitch = None
        if token.is_note:
            wanted = _turned_back(previous + (token.interval or 0), lowest, highest)
            pitch = previous = _nearest(token.kind, wanted, chord_at(start), range(lowest, highest + 1), rng)
        tones.append(Tone(start, token.length, pitch))
        start += token.length
    return tones


def _turned_back(pitch: int, lowest: int, highest: int) -> int:
    while pitch < lowest:
        pitch += 12
    while pitch > highest:
        pitch -= 12
    return pitch


def _nearest(kind: str, wanted: int, harmony: Harmony, register: range, rng: np.random.Generator | None) -> int:
    """The pitch of the kind nearest to the wanted one; kinds that the chord does not have give way to the next."""
    for tried in _INSTEAD[kind]:
        for away in range(_REACH):
            near = [pitch for pitch in (wanted - away, wanted + away) if pitch in register]
            found = sorted({pitch for pitch in near if harmony.kind(pitch) == tried})
            if found:
                return found[0] if rng is None or len(found) == 1 else int(rng.choice(found))
    return wanted
