"""Piano rolls: every note where it belongs, in its part's colour, rows of bars with their numbers and chords."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb

from common.errors import InputError
from common.midi import DRUM_CHANNEL, Note, Score, TimeSignature, Track
from common.piano_roll import PART_COLOURS, draw_piano_roll, piano_roll


def piece(bars=20):
    solo = Track(tuple(Note(70 + bar % 5, 90, 4.0 * bar, 4.0 * bar + 1) for bar in range(bars)), "Solo")
    spans = [(4.0 * bar, min(4.0 * bar + 6, 4 * bars + 0.25)) for bar in range(bars)]
    chords = Track(tuple(Note(pitch, 60, *span, 1) for span in spans for pitch in (48, 52)), "Chords")
    return Score((Track(), solo, chords))


def boxes(axis):
    """(colour, left, right, pitch) of each drawn note."""
    found = []
    for collection in axis.collections:
        if isinstance(collection, PolyCollection) and collection.get_zorder() == 3:
            colour = tuple(np.round(collection.get_edgecolor()[0][:3], 3))
            for path in collection.get_paths():
                (left, low), (right, high) = path.vertices[:4].min(axis=0), path.vertices[:4].max(axis=0)
                found.append((colour, left, right, (low + high) / 2))
    return found


def texts(axis):
    return [text.get_text() for text in axis.texts]


def test_rows_of_eight_bars_with_numbers_and_chords():
    chords = [(4.0 * bar, f"X{bar}") for bar in range(20)]
    figure = piano_roll(piece(), chords=chords, first_bar=120, title="Solo 1")
    assert len(figure.axes) == 3
    assert texts(figure.axes[1])[:8] == [str(number) for number in range(128, 136)]
    assert texts(figure.axes[1])[8:] == [f"X{number}" for number in range(8, 16)]
    assert figure.get_suptitle() == "Solo 1"
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Solo", "Chords"]


def test_every_note_is_drawn_in_its_colour_and_cut_at_the_rows():
    figure = piano_roll(piece())
    solo, chords = (tuple(np.round(to_rgb(colour), 3)) for colour in PART_COLOURS[:2])
    first = boxes(figure.axes[0])
    assert sorted(round(left) for colour, left, _, _ in first if colour == solo) == [4 * bar for bar in range(8)]
    assert {pitch for colour, _, _, pitch in first if colour == chords} == {48, 52}
    assert max(right for _, _, right, _ in first) == 32
    carried = [box for box in boxes(figure.axes[1]) if box[0] == chords and box[1] == 32]
    assert len(carried) == 4  # the two that begin there and the two that still sound
    assert sum(len(boxes(axis)) for axis in figure.axes) == 20 + 40 + 2 * 2


@pytest.mark.parametrize(("bars", "rows"), [(1, 1), (8, 1), (9, 2), (64, 8), (128, 16), (200, 16)])
def test_the_rows_stay_few(bars, rows):
    assert len(piano_roll(piece(bars)).axes) == rows


def test_bars_of_other_lengths_and_a_wish():
    score = piece(6)
    waltz = Score(score.tracks, time_signatures=(TimeSignature(0, 3, 4),))
    figure = piano_roll(waltz, bars_per_row=4)
    assert texts(figure.axes[0]) == ["1", "2", "3", "4"] and len(figure.axes) == 2


def test_drums_are_left_out_and_nothing_is_an_error():
    drums = Track((Note(36, 90, 0, 1, DRUM_CHANNEL),), "Drums")
    figure = piano_roll(Score((drums, *piece().tracks)))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["Solo", "Chords"]
    with pytest.raises(InputError, match="no notes to draw"):
        piano_roll(Score((drums, Track())))


@pytest.mark.parametrize("signatures", [(), (TimeSignature(0, 1, 64),)])
def test_endless_pieces_are_refused(signatures):
    with pytest.raises(InputError, match="bars are too many for a picture"):
        piano_roll(Score((Track((Note(60, 90, 99_000, 99_001),)),), time_signatures=signatures))


def test_the_picture_is_written(tmp_path):
    path = draw_piano_roll(piece(4), tmp_path / "roll.png", names=["A", "B"])
    assert path.read_bytes().startswith(b"\x89PNG")
