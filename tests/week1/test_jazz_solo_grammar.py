"""The token language: words and back, tones and back, and the rules that tidy a line."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InputError
from week1.jazz_solo import prune
from week1.jazz_solo.grammar import (
    BAR,
    Token,
    Tone,
    parse,
    parse_bars,
    quantise,
    read_tokens,
    unparse,
    with_rests,
    write_tokens,
)
from week1.jazz_solo.harmony import read_changes
from week1.jazz_solo.theory import Interval, named_interval, plain_interval

CHANGES = read_changes("Dm7 G7 Cmaj7 A7alt,D7b9 Fm6 Bbdim7 Em7b5 C+")
LENGTHS = st.sampled_from([3, 4, 6, 8, 12, 18, 24])


@st.composite
def lines(draw):
    """A line of notes and rests without gaps."""
    tones, now = [], 0
    for _ in range(draw(st.integers(1, 40))):
        length = draw(LENGTHS)
        pitch = draw(st.one_of(st.none(), st.integers(55, 84)))
        tones.append(Tone(now, length, pitch))
        now += length
    return tones


@given(lines(), st.sampled_from([named_interval, plain_interval]))
def test_tones_to_words_to_tones(line, interval):
    first = next((tone.pitch for tone in line if tone.pitch is not None), 60)
    tokens = parse(line, CHANGES.at, interval=interval)
    words = write_tokens(tokens)
    assert read_tokens(words) == tokens
    assert unparse(read_tokens(words), CHANGES.at, previous=first) == line


@given(lines(), st.integers(0, 2**32 - 1))
def test_what_is_unparsed_over_other_chords_is_of_the_right_kinds(line, seed):
    """Over any chords every note is of its token's kind, or that chord has no such pitch; lengths and rests stay."""
    other = read_changes("Ebmaj7 Ab7 Dbm7 B7")
    tokens = parse(line, CHANGES.at)
    tones = unparse(tokens, other.at, rng=np.random.default_rng(seed))
    assert [(tone.start, tone.length, tone.pitch is None) for tone in tones] == [
        (tone.start, tone.length, tone.pitch is None) for tone in line
    ]
    for token, tone in zip(tokens, tones, strict=True):
        if token.is_note:
            harmony = other.at(tone.start)
            possible = {harmony.kind(pitch) for pitch in range(12)}
            assert harmony.kind(tone.pitch) == token.kind or token.kind not in possible
            assert 48 <= tone.pitch <= 91


@given(lines(), st.integers(-6, 6))
def test_plain_words_are_the_same_in_every_key(line, up):
    from week1.jazz_solo.piece import Piece

    end = -(-line[-1].end // 48) * 48
    piece = Piece("x", tuple(with_rests(line, 0, end)), CHANGES, tuple(range(0, end + 1, 48)))
    assert piece.transposed(up).tokens() == piece.tokens()


@pytest.mark.parametrize(
    "word",
    [
        "",
        "C",
        "C,",
        "C,0.5",
        "C,0.500,<P4>",
        "C,0.500,<P4,m2>",
        "R,0.500,<P4,m-2>",
        "Z,0.500",
        "C,0.001",
        "C,0.000",
        "c,0.500",
    ],
)
def test_what_is_no_word_is_refused(word):
    with pytest.raises(InputError):
        Token.read(word)


def test_a_word_says_kind_length_and_bounds():
    token = Token.read("C,0.250,<P4,m-2>")
    assert token == Token("C", 3, Interval(3, 5), Interval(-1, -1)) and token.interval == 2
    assert str(Token.read("R,71.000")) == "R,71.000" and Token.read("R,1.083").length == 13
    assert Token.read(BAR) == Token(BAR) and str(Token(BAR)) == "|"


@given(st.integers(0, 5000), st.integers(1, 960))
def test_times_go_to_the_nearest_quarter_or_third_of_a_quarter(ticks, resolution):
    time = Fraction(ticks, resolution)
    found = Fraction(quantise(ticks, resolution), 12)
    grid = [Fraction(k, 4) for k in range(int(time * 4), int(time * 4) + 2)]
    grid += [Fraction(k, 3) for k in range(int(time * 3), int(time * 3) + 2)]
    assert abs(found - time) == min(abs(place - time) for place in grid)
    assert quantise(28, 96) == 3  # as near to 1/4 as to 1/3


def test_bar_lines_stand_before_the_first_tone_of_each_bar():
    line = [Tone(0, 36, 60), Tone(36, 24, 62), Tone(60, 36, 64), Tone(96, 48, None)]
    words = write_tokens(parse_bars(line, CHANGES, (0, 48, 96)))
    assert words == "C,3.000 C,2.000,<P4,m-2> | S,3.000,<P4,m-2> | R,4.000"


@given(st.lists(st.tuples(st.integers(0, 90), LENGTHS, st.integers(50, 80)), max_size=30))
def test_a_line_has_no_gap_and_no_overlap(notes):
    line = with_rests([Tone(*note) for note in notes], 0, 96)
    assert [tone.start for tone in line[1:]] == [tone.end for tone in line[:-1]]
    assert (line[0].start, line[-1].end) == (0, 96)
    assert {tone.start for tone in line if tone.pitch is not None} == {start for start, _, _ in notes}
    for tone in line:
        same = [pitch for start, _, pitch in notes if start == tone.start]
        assert tone.pitch is None or tone.pitch == max(same)


# ---- pruning

RULES = [*prune.RULES, prune.keep_register]


@given(lines(), st.integers(0, 2**32 - 1), st.sampled_from(RULES))
def test_a_rule_copies_keeps_the_rhythm_and_is_seeded(line, seed, rule):
    before = list(line)
    first, second = (rule(line, CHANGES, np.random.default_rng(seed)) for _ in range(2))
    assert line == before and first is not line and first == second
    assert [(t.start, t.length, t.pitch is None) for t in first] == [(t.start, t.length, t.pitch is None) for t in line]


@given(lines(), st.integers(0, 2**32 - 1))
def test_what_each_rule_promises(line, seed):
    rng = np.random.default_rng(seed)

    def pitches(tones):
        return [tone.pitch for tone in tones if tone.pitch is not None]

    folded = pitches(prune.fold_leaps(line, CHANGES, rng))
    assert all(abs(b - a) <= 13 for a, b in zip(folded, folded[1:], strict=False))
    varied = pitches(prune.vary_repeats(line, CHANGES, rng))
    assert not any(a == b == c for a, b, c in zip(varied, varied[1:], varied[2:], strict=False))
    limited = [tone for tone in prune.limit_outside(line, CHANGES, rng, share=0.2) if tone.pitch is not None]
    assert sum(not CHANGES.at(tone.start).inside(tone.pitch) for tone in limited) <= 0.2 * len(limited)
    landed = prune.land(line, CHANGES, rng)
    for tone, after in zip(landed, [*landed[1:], None], strict=True):
        if tone.pitch is not None and (after is None or (after.pitch is None and after.length >= 12)):
            assert CHANGES.at(tone.start).kind(tone.pitch) == "C"
    for tone, after in zip(*(lambda t: (t, [*t[1:], None]))(prune.resolve_outside(line, CHANGES, rng)), strict=True):
        if tone.pitch is not None and not CHANGES.at(tone.start).inside(tone.pitch):
            assert 0 < abs(after.pitch - tone.pitch) <= 2 and CHANGES.at(after.start).inside(after.pitch)
