"""Scores to sound with NumPy alone, or through FluidSynth where that library and a SoundFont are present.

    from common.audio import write_wav
    from common.midi import read_midi
    from common.synthesizer import synthesize

    signal = synthesize(read_midi("piece.mid"))          # Signal: samples (frames, 2) float32, 44,100 Hz
    signal = synthesize(score, soundfont="piano.sf2")    # InputError where that is not possible
    write_wav("piece.wav", signal)

`timbres` says how each family of instruments sounds, `tones` computes its tones, `drums` the strokes, `performance`
turns quarters, pedal, bends and volumes into seconds, `room` adds the room, `soundfont` speaks to FluidSynth.
"""

from common.synthesizer.render import synthesize

__all__ = ["synthesize"]
