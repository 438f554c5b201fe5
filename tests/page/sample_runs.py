"""Run folders as an assignment would leave them, small: every kind of block, sounds, pictures, a comparison."""

from __future__ import annotations

import math
import struct
import sys
import wave
import zlib
from pathlib import Path

from common import page_blocks as blocks
from common.atomic import write_json
from common.run_folder import RunFolder

SECONDS = 2.0
STATUSES = {"match": 12, "explained": 3, "needs": 4}


def leave_runs(out: Path, monkeypatch) -> Path:
    """Two assignments in two weeks; returns the folder that holds them."""
    monkeypatch.setattr(sys, "argv", ["x", "generate", "--start", "When dusk comes"])
    about = {"about": "Sings <b>&</b> draws.", "summary": "make a little of everything", "seed": 1}
    with RunFolder("week1/singing_rnn", "generate", about, folder=out / "week1/singing_rnn/generate") as run:
        _numbers(run)
        _charts(run)
        _sounds(run)
    with RunFolder("week2/plain", "train", {"about": "No blocks."}, folder=out / "week2/plain/train") as run:
        write_png(run.figure("loss.png", title="Loss", alt="the loss falls"), 40, 30)
        run.text("names.txt", "Rex\nTyra <script>alert(1)</script>\n", title="Names")
        write_wav(run.sound("tone.wav", title="A tone"))
    _comparison(out / "week1/singing_rnn/compare")
    return out


def _numbers(run: RunFolder) -> None:
    run.metric("held-out cross-entropy", 1.23, unit="nats", reference=1.5, reference_name="n-gram", better="lower")
    run.metric("new names", 0.975, unit="share", better="higher")
    run.metric("error", 2.4e-9)
    run.show(blocks.words("Names", ["Orenatosaurus", "Ö" * 60]))
    run.show(blocks.pairs("Dates", [("3 May 1979", "1979-05-03", "99 % sure"), ("x" * 90, "y" * 90)]))
    run.show(blocks.text("Verse", "When dusk comes\nand the window", look="verse"))
    run.show(blocks.table("Table", ("network", "error"), [("LSTM", 1e-9), ("<GRU>", None)], note="a note"))


def _charts(run: RunFolder) -> None:
    run.show(blocks.lines("Loss", {"training": [3, 2, 1], "validation": [3, 2.5, float("nan")]}, x_name="epoch"))
    run.show(blocks.lines("Norm", {"RNN": [1e-9, 1e-4, 1]}, log=True, y_name="norm"))
    run.show(blocks.bars("Shares", [("right", 0.9, "9 of 10"), ("wrong", -0.1)], most=1.0, value_name="share"))
    rows = [[0.1, 0.9, 0.4], [0.5, 0.5, 0.0]]
    run.show(blocks.heatmap("Where it looked", rows, rows="12", columns="may", row_name="while writing", share=True))
    wide = [[(r * c) % 7 / 7 for c in range(40)] for r in range(10)]
    run.show(blocks.heatmap("Wide", wide, rows="0123456789", columns=[f"c{c}" for c in range(40)]))
    run.show(blocks.points("Map", ["king", "queen"], [[60, 40], [300, 200]], [[90, 40], [300, 260]], box=(760, 520)))


def _sounds(run: RunFolder) -> None:
    write_wav(run.sound("solo.wav", title="Solo"))
    notes = {"Solo": [(0.0, 0.5, 60), (0.5, 2.0, 64)], "Bass": [(0.0, 2.0, 40)]}
    marks = [(0, "Dm7"), (0.2, "G7b9")]
    run.show(blocks.roll("Solo", notes, seconds=SECONDS, sound="solo.wav", bars=[0, 1], marks=marks))
    write_wav(run.sound("clip.wav", title="Clip"))
    write_png(run.figure("spectrogram.png", title="Spectrogram", alt="two bright bands"), 60, 20)
    curve = [0.1, 0.2, 0.9, 0.8, 0.1]
    run.show(
        blocks.clip(
            "Clip",
            "clip.wav",
            seconds=SECONDS,
            curve=curve,
            threshold=0.5,
            picture="spectrogram.png",
            marks=[(0.8, 1.2, "heard")],
        )  # fmt: skip
    )


def _comparison(folder: Path) -> None:
    rows = [
        {
            "id": f"w1.{status}.{at}", "function": f"f_{status}", "what": "a", "expected": [0.5, at], "got": 0.25,
            "difference": 0.25, "reason": "a rule of the course" if status == "explained" else "",
            "status": "needs model.h5" if status == "needs" else status,
        }
        for status, count in STATUSES.items()
        for at in range(count)
    ]  # fmt: skip
    with RunFolder("week1/singing_rnn", "compare", {"about": "Sings."}, folder=folder) as run:
        run.metric("figures: match", 1)
        write_json(folder / "figures.json", {"figures": rows, "counts": STATUSES})


def write_wav(path: Path, seconds: float = SECONDS, rate: int = 8000) -> None:
    """A tone of 440 Hz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        tone = (int(9000 * math.sin(2 * math.pi * 440 * at / rate)) for at in range(int(seconds * rate)))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in tone))


def write_png(path: Path, width: int, height: int) -> None:
    """A picture that goes from blue to white, by the PNG specification, without a library."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\0" + bytes(v for x in range(width) for v in (255 * x // width, 120, 200)) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )
