"""Sound files: values that survive, files that are cut, bounds, and the word when it is too loud."""

import io
import struct
import wave

import numpy as np
import pytest
import scipy.io.wavfile
import soundfile

from common.audio import PEAK, Signal, audio_blocks, audio_seconds, read_audio, write_wav
from common.errors import InputError, MissingFileError


def tone(frames=1000, rate=8000, channels=1, peak=0.5):
    time = np.arange(frames) / rate
    one = peak * np.sin(2 * np.pi * 440 * time).astype(np.float32)
    return Signal(one if channels == 1 else np.stack([one] * channels, axis=1), rate)


def wav_bytes(*, channels=1, bits=16, rate=8000, data=b"\1\2" * 50, said=None, extra=b"", form=1):
    block = channels * bits // 8
    head = struct.pack("<HHIIHH", form, channels, rate, rate * block, block, bits)
    body = b"WAVEfmt " + struct.pack("<I", 16) + head + extra
    body += b"data" + struct.pack("<I", len(data) if said is None else said) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("channels", [1, 2])
def test_int16_survives_and_other_readers_agree(tmp_path, channels):
    rng = np.random.default_rng(0)
    samples = rng.integers(-32768, 32768, (500, channels), dtype=np.int16)
    samples = samples[:, 0] if channels == 1 else samples
    path = write_wav(tmp_path / "a.wav", Signal(samples, 22050))
    back = read_audio(path, dtype="int16")
    assert back.rate == 22050 and back.samples.dtype == np.int16
    np.testing.assert_array_equal(back.samples, samples)
    rate, other = scipy.io.wavfile.read(path)
    assert rate == 22050
    np.testing.assert_array_equal(other, samples)
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getnframes()) == (channels, 2, 500)


def test_floats_are_rounded_to_the_nearest_step(tmp_path):
    signal = tone()
    back = read_audio(write_wav(tmp_path / "deep/a.wav", signal))
    assert back.samples.dtype == np.float32 and back.seconds == pytest.approx(0.125)
    assert np.abs(back.samples - signal.samples).max() <= 0.5 / 32768 + 1e-7


def test_full_scale_is_not_wrapped_and_not_turned_down(tmp_path, capsys):
    path = write_wav(tmp_path / "a.wav", Signal(np.array([1, -1, 0.5], np.float32), 8000))
    assert read_audio(path, dtype="int16").samples.tolist() == [32767, -32768, 16384]
    assert capsys.readouterr().err == ""


def test_too_loud_is_turned_down_as_a_whole_with_a_word(tmp_path, capsys):
    loud = tone(peak=4.0)
    back = read_audio(write_wav(tmp_path / "a.wav", loud)).samples
    assert np.abs(back).max() == pytest.approx(PEAK, abs=1e-3)
    np.testing.assert_allclose(back, loud.samples * (PEAK / np.abs(loud.samples).max()), atol=1e-4)
    message = capsys.readouterr().err
    assert "a.wav" in message and "12.0 dB too loud" in message


@pytest.mark.parametrize("kind", ["flac", "ogg"])
def test_other_formats_are_read(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    soundfile.write(path, tone(8000).samples, 8000)
    assert read_audio(path).samples.shape == (8000,)


def test_a_wav_cut_at_any_byte_is_refused(tmp_path):
    whole = wav_bytes(extra=b"LIST" + struct.pack("<I", 5) + b"hello\0")
    path = tmp_path / "cut.wav"
    path.write_bytes(whole)
    assert len(read_audio(path).samples) == 50
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError) as error:
            read_audio(path)
        assert "cut.wav" in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"not a sound at all, only words" * 9, "can not be read as sound"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git-LFS pointer"),
        (wav_bytes(said=10_000), "9,900 bytes of its 10,000 bytes of sound are missing"),
        (wav_bytes(rate=0), "can not be read|0 samples a second"),
        (wav_bytes(channels=0, bits=16), "can not be read|0 channels"),
        (wav_bytes(bits=0), "can not be read"),
        (wav_bytes(channels=255, data=b"\0" * 510), "255 channels"),
        (wav_bytes(data=b""), "holds no sound"),
        (wav_bytes(form=3, bits=32, data=struct.pack("<2f", 0.5, float("nan"))), "no numbers"),
        (b"RIFF\4\0\0\0WAVE", "without sound in it"),
        (b"RIFF\x10\0\0\0WAVEdata\4\0\0\0\0\0\0\0", "before it says of what kind"),
    ],
)
def test_bad_files_get_one_sentence(tmp_path, content, message):
    (tmp_path / "bad.wav").write_bytes(content)
    with pytest.raises(InputError, match=message) as error:
        read_audio(tmp_path / "bad.wav")
    assert "bad.wav" in str(error.value) and "\n" not in str(error.value)


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(MissingFileError, match="no such file"):
        read_audio(tmp_path / "none.wav")
    with pytest.raises(InputError, match="is a folder"):
        read_audio(tmp_path)


@pytest.mark.parametrize(
    ("samples", "rate", "message"),
    [
        (np.zeros(0, np.float32), 8000, "0 frames"),
        (np.array([0, np.inf], np.float32), 8000, "no numbers"),
        (np.zeros(5, np.int64), 8000, "int64"),
        (np.zeros(5, np.float32), 0, "0 samples a second"),
        (np.zeros((5, 40), np.float32), 8000, "40 channels"),
    ],
)
def test_what_can_not_be_written_leaves_what_was_there(tmp_path, samples, rate, message):
    (tmp_path / "a.wav").write_text("old")
    with pytest.raises(InputError, match=message):
        write_wav(tmp_path / "a.wav", Signal(samples, rate))
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.wav", "old")]


def test_a_streamed_wav_of_unknown_length_is_read(tmp_path):
    buffer = io.BytesIO(wav_bytes(said=0xFFFFFFFF))
    (tmp_path / "s.wav").write_bytes(buffer.getvalue())
    assert len(read_audio(tmp_path / "s.wav").samples) == 50


# ---- kinds of files, cut files, blocks


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"])
@pytest.mark.parametrize("rate", [8000, 48_000])
def test_wav_of_any_width_becomes_sixteen_bits(tmp_path, subtype, rate):
    signal = tone(800, rate, channels=2)
    soundfile.write(tmp_path / "a.wav", signal.samples, rate, subtype=subtype)
    back = read_audio(tmp_path / "a.wav", dtype="int16")
    assert back.rate == rate and back.samples.dtype == np.int16 and back.samples.shape == (800, 2)
    coarse = {"PCM_U8": 1 / 100, "ULAW": 1 / 30}.get(subtype, 1 / 32768)
    assert np.abs(back.samples / 32768 - signal.samples).max() <= coarse


def encoded(tmp_path, kind, seconds=0.5):
    noise = np.random.default_rng(0).normal(size=int(44_100 * seconds)) / 10
    path = tmp_path / f"whole.{kind}"
    soundfile.write(path, noise.astype(np.float32), 44_100)
    return path


@pytest.mark.parametrize("kind", ["flac", "ogg", "mp3"])
def test_compressed_files_cut_anywhere_are_refused(tmp_path, kind):
    path = encoded(tmp_path, kind)
    assert len(read_audio(path).samples) == 22_050
    whole = path.read_bytes()
    for length in [*range(0, len(whole), len(whole) // 40), *range(len(whole) - 5, len(whole))]:
        path.write_bytes(whole[:length])
        with pytest.raises(InputError) as error:
            read_audio(path)
        assert f"whole.{kind}" in str(error.value) and "\n" not in str(error.value)


def test_formats_whose_cut_files_nobody_would_notice_are_refused(tmp_path):
    soundfile.write(tmp_path / "a.aiff", tone().samples, 8000)
    with pytest.raises(InputError, match="is a AIFF file; export it as WAV"):
        read_audio(tmp_path / "a.aiff")


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg"])
@pytest.mark.parametrize("dtype", ["float32", "int16"])
def test_blocks_are_the_whole_in_pieces(tmp_path, kind, dtype):
    path = encoded(tmp_path, kind)
    whole = read_audio(path, dtype=dtype)
    blocks = list(audio_blocks(path, 5000, dtype=dtype))
    assert [len(block.samples) for block in blocks] == [5000] * 4 + [2050]
    assert {block.rate for block in blocks} == {44_100}
    np.testing.assert_array_equal(np.concatenate([block.samples for block in blocks]), whole.samples)
    assert audio_seconds(path) == 0.5


def test_blocks_of_a_cut_file_end_in_a_sentence(tmp_path):
    path = encoded(tmp_path, "mp3")
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(InputError, match="is cut off"):
        list(audio_blocks(path, 5000))
