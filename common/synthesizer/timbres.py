"""Instrument families: which partials a tone has, how they decay, how the tone begins and ends.

The numbers are chosen by ear and spectrum after textbook accounts of the instruments (Fletcher and Rossing, *The
Physics of Musical Instruments*): a string plucked at a fraction p of its length has partials in proportion to
sin(pi h p) / h; stiff strings have partial h at h f sqrt(1 + B h^2); high partials die first; brass gets brighter as
it gets louder; a cylindrical reed pipe has mostly odd partials.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Timbre:
    """How a family of instruments sounds.

    Attributes:
        partials: at most so many partials.
        slope: partial h has the amplitude h ** -slope.
        pluck: where the string is plucked, as a fraction of its length; 0 for no such comb.
        even: the weight of even partials.
        ratios: frequencies of the partials over the fundamental's, with their amplitudes; empty: 1, 2, 3, ...
        stiffness: B of the stiff string.
        decay: seconds in which middle C falls by 60 dB; 0: it sounds as long as it is held.
        damping: partial h decays 1 + damping * (h - 1) times as fast.
        swell: seconds in which the upper partials of a held tone come in; 0: at once.
        darkness: how many nepers partial 10 is weaker at the softest velocity.
        detune: cents of the copies that sound together; all but the first are weaker.
        vibrato: cents, for tones that are held for long.
        breath: noise beside the tone, as a share of its amplitude.
        attack, release: seconds.
        level: loudness beside the others.
    """

    partials: int = 32
    slope: float = 1.0
    pluck: float = 0.0
    even: float = 1.0
    ratios: tuple[tuple[float, float], ...] = ()
    stiffness: float = 0.0
    decay: float = 0.0
    damping: float = 0.0
    swell: float = 0.0
    darkness: float = 1.5
    detune: tuple[float, ...] = (0.0,)
    vibrato: float = 0.0
    breath: float = 0.0
    attack: float = 0.004
    release: float = 0.08
    level: float = 1.0


PIANO = Timbre(
    slope=1.15, pluck=0.13, stiffness=3e-4, decay=7, damping=0.22, darkness=2.4, detune=(0.0, 0.9), release=0.16
)
ELECTRIC_PIANO = Timbre(
    ratios=((1, 1), (2, 0.28), (3, 0.12), (4, 0.1), (7, 0.14), (14, 0.03)),
    decay=5.5,
    damping=0.35,
    darkness=3.5,
    detune=(0.0, 2.0),
    attack=0.003,
    release=0.14,
)
HARPSICHORD = Timbre(partials=40, slope=0.7, pluck=0.1, decay=4, damping=0.08, darkness=0.2, attack=0.002)
MALLETS = Timbre(
    ratios=((1, 1), (3.98, 0.25), (10.1, 0.06)), decay=3.5, damping=0.5, darkness=2, attack=0.002, release=0.3
)
BELLS = Timbre(
    ratios=((0.5, 0.3), (1, 1), (1.19, 0.4), (1.5, 0.3), (2, 0.6), (2.74, 0.25), (4.07, 0.12)),
    decay=7,
    damping=0.3,
    attack=0.002,
    release=0.6,
    level=0.8,
)
ORGAN = Timbre(
    ratios=((0.5, 0.5), (1, 1), (1.5, 0.35), (2, 0.7), (3, 0.4), (4, 0.35), (6, 0.15), (8, 0.2)),
    darkness=0.0,
    detune=(0.0, 2.5),
    attack=0.012,
    release=0.05,
    level=0.75,
)
GUITAR = Timbre(
    partials=36, slope=0.95, pluck=0.19, stiffness=4e-5, decay=4.5, damping=0.16, darkness=2.2, attack=0.003
)
JAZZ_GUITAR = replace(GUITAR, slope=1.35, pluck=0.27, decay=4, damping=0.25, attack=0.005, release=0.1)
DRIVEN_GUITAR = replace(
    GUITAR, slope=0.9, decay=12, damping=0.02, darkness=0.6, detune=(0.0, 6.0), vibrato=8, level=0.75
)
PLUCKED = Timbre(partials=30, slope=1.0, pluck=0.12, decay=2.2, damping=0.2, attack=0.002, release=0.15)
BASS = Timbre(partials=30, slope=1.3, pluck=0.22, decay=5, damping=0.3, darkness=2, attack=0.006, level=1.25)
SYNTH_BASS = Timbre(partials=40, slope=1.0, decay=6, damping=0.3, darkness=2, attack=0.004, release=0.05)
BOWED = Timbre(
    slope=1.05, pluck=0.11, swell=0.05, darkness=1.2, vibrato=14, breath=0.012, attack=0.06, release=0.14, level=0.85
)
PIZZICATO = Timbre(slope=1.2, pluck=0.25, decay=0.9, damping=0.3, attack=0.004, release=0.15)
ENSEMBLE = Timbre(
    partials=20,
    slope=1.1,
    swell=0.08,
    darkness=1.2,
    detune=(0.0, -7.0, 6.0),
    vibrato=6,
    breath=0.01,
    attack=0.09,
    release=0.28,
    level=0.8,
)
VOICES = replace(ENSEMBLE, partials=12, slope=1.7, detune=(0.0, -6.0, 7.0), vibrato=16, breath=0.03, attack=0.11)
BRASS = Timbre(slope=0.85, swell=0.035, darkness=3.2, vibrato=5, breath=0.006, attack=0.028, release=0.09, level=0.8)
REED = Timbre(
    slope=0.95, even=0.75, swell=0.02, darkness=2, vibrato=10, breath=0.02, attack=0.024, release=0.08, level=0.8
)
CLARINET = replace(REED, slope=1.05, even=0.12, vibrato=4)
FLUTE = Timbre(partials=8, slope=1.9, swell=0.03, darkness=2.5, vibrato=14, breath=0.07, attack=0.045, release=0.1)
LEAD = Timbre(slope=1.0, darkness=1.5, detune=(0.0, 7.0), vibrato=8, attack=0.008, release=0.07, level=0.7)
SQUARE_LEAD = replace(LEAD, even=0.02)
PAD = Timbre(
    partials=16, slope=1.3, swell=0.35, detune=(0.0, -8.0, 9.0), attack=0.25, release=0.6, darkness=1, level=0.7
)
TIMPANI = Timbre(
    ratios=((1, 1), (1.5, 0.6), (1.98, 0.4), (2.44, 0.2)), decay=2.2, damping=0.5, attack=0.003, release=0.4
)

# The sixteen groups of eight programs of General MIDI, and the programs that differ from their group.
_GROUPS = (
    PIANO,
    MALLETS,
    ORGAN,
    GUITAR,
    BASS,
    BOWED,
    ENSEMBLE,
    BRASS,
    REED,
    FLUTE,
    LEAD,
    PAD,
    PAD,
    PLUCKED,
    MALLETS,
    PAD,
)
_OTHERS = {
    **dict.fromkeys((4, 5), ELECTRIC_PIANO),
    **dict.fromkeys((6, 7), HARPSICHORD),
    **dict.fromkeys((9, 10, 14, 98, 112), BELLS),
    15: PLUCKED,
    **dict.fromkeys((26, 27, 28), JAZZ_GUITAR),
    **dict.fromkeys((29, 30, 31), DRIVEN_GUITAR),
    **dict.fromkeys((38, 39), SYNTH_BASS),
    45: PIZZICATO,
    46: PLUCKED,
    47: TIMPANI,
    **dict.fromkeys((52, 53, 54, 85, 91), VOICES),
    **dict.fromkeys((68, 69, 70), REED),
    71: CLARINET,
    80: SQUARE_LEAD,
    **dict.fromkeys((109, 111), REED),
    110: BOWED,
    **dict.fromkeys((116, 117, 118), TIMPANI),
}


def timbre_of(program: int) -> Timbre:
    """The timbre of a General MIDI program, 0..127 counted from zero."""
    return _OTHERS.get(program, _GROUPS[program // 8])
