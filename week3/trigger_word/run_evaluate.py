"""What the verb `evaluate` does: hear hours of recordings, count, print the table, draw the curve."""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Sequence
from typing import Any

from common.cli import say
from common.plots import save_figure
from common.run_folder import RunFolder
from week3.trigger_word.data import load_folder
from week3.trigger_word.evaluate import Heard, curve, frame_accuracy, hear, mistaken, score
from week3.trigger_word.network import TriggerNetwork
from week3.trigger_word.pictures import curve_blocks, draw_curve
from week3.trigger_word.recordings import Recorder, RecordingConfig
from week3.trigger_word.scoring import EARLY_SECONDS, LATE_SECONDS, Score
from week3.trigger_word.shipped_clips import shipped_folder
from week3.trigger_word.sources import ASSIGNMENT, load_network, word_folder, workers_of

_SHOWN = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)
_MISTAKES = 8


def make_recorder(arguments: argparse.Namespace, rate: int) -> Recorder:
    """Recordings of the words and backgrounds that the options name, those of the shipped split for the rest."""
    split = arguments.split
    folders = [word_folder(arguments, kind, split) for kind in ("activates", "negatives")]
    activates, negatives = (load_folder(folder, rate=rate) for folder, _ in folders)
    given = arguments.backgrounds
    say(f"backgrounds: {given or 'made up'}")
    return Recorder(
        activates,
        negatives,
        backgrounds=load_folder(given, background=True, rate=rate) if given else (),
        voices=load_folder(shipped_folder("train" if split == "train" else "dev", "negatives"), rate=rate),
        config=RecordingConfig(ratio_db=arguments.ratio_db),
        seed=arguments.seed,
    )


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print how many words are found, missed and made up; leaves the curve and all numbers in the run folder."""
    network = load_network(arguments)
    recorder = make_recorder(arguments, network.rate)
    count = max(1, math.ceil(arguments.hours * 3600 / recorder.config.seconds))
    threshold = network.threshold if arguments.threshold is None else arguments.threshold
    with RunFolder(ASSIGNMENT, "evaluate", arguments, folder=arguments.out) as run:
        began = time.perf_counter()
        heard = hear(network, recorder, count, workers=workers_of(arguments), live=arguments.live)
        seconds = time.perf_counter() - began
        scores, chosen = curve(heard, network, rule=arguments.rule), score(heard, network, threshold, arguments.rule)
        report = as_json(heard, network, scores, chosen, arguments)
        title = f"{chosen.hours:.1f} hours, {chosen.hits + chosen.misses} trigger words"
        alt = "precision, recall and F1 over the threshold; share of words missed over false alarms an hour"
        save_figure(draw_curve(scores, chosen, title), run.figure("curve.png", title="Threshold", alt=alt))
        for block in curve_blocks(scores):
            run.show(block)
        text = describe(report)
        run.text("scores.txt", text + "\n", title="Scores")
        run.text("scores.json", json.dumps(report, indent=2) + "\n", title="The same for programs")
        _record(run, report, seconds)
    print(json.dumps(report, indent=2) if arguments.json else f"{text}\n{seconds:.0f} s")
    return 0


def _record(run: RunFolder, report: dict[str, Any], seconds: float) -> None:
    chosen = report["chosen"]
    for name, better in (("f1", "higher"), ("precision", "higher"), ("recall", "higher")):
        run.metric(name if name != "f1" else "F1", chosen[name], better=better)
    run.metric("false alarms an hour", chosen["false_alarms_per_hour"], better="lower")
    run.metric(
        "frame accuracy", report["frame_accuracy"], reference=report["zeros"], reference_name="always 0",
        better="higher",
    )  # fmt: skip
    run.metric("time", seconds, unit="s")


def as_json(
    heard: Sequence[Heard],
    network: TriggerNetwork,
    scores: Sequence[Score],
    chosen: Score,
    arguments: argparse.Namespace,
) -> dict[str, Any]:
    """All numbers as plain values."""
    accuracy, zeros = frame_accuracy(heard, network)
    kinds = sorted({one.background for one in heard})
    by_background = {
        kind: _plain(score([one for one in heard if one.background == kind], network, chosen.threshold, arguments.rule))
        for kind in kinds
    }
    return {
        "recordings": len(heard),
        "hours": round(chosen.hours, 3),
        "trigger_words": chosen.hits + chosen.misses,
        "other_words": sum(len(one.others) for one in heard),
        "ratio_db": arguments.ratio_db,
        "window_seconds": [-EARLY_SECONDS, LATE_SECONDS],
        "rule": arguments.rule,
        "chosen": _plain(chosen),
        "curve": [_plain(one) for one in scores],
        "backgrounds": by_background,
        "mistaken": mistaken(heard, network, chosen.threshold),
        "frame_accuracy": accuracy,
        "zeros": zeros,
    }


def _plain(one: Score) -> dict[str, float]:
    names = (
        "threshold", "hits", "misses", "false_alarms", "precision", "recall", "f1", "false_alarms_per_hour", "miss_rate"
    )  # fmt: skip
    return {name: getattr(one, name) for name in names}


def describe(report: dict[str, Any]) -> str:
    """The numbers as text for people."""
    chosen, (early, late) = report["chosen"], report["window_seconds"]
    lines = [
        f"{report['recordings']} recordings, {report['hours']:.2f} hours: {report['trigger_words']} trigger words, "
        f"{report['other_words']} other words, {report['ratio_db']:g} dB above the background",
        f"a chime counts from {-early:g} s before to {late:g} s after a word's end, once a word; rule {report['rule']}",
        "",
        f"threshold {chosen['threshold']:g} (chosen before): F1 {chosen['f1']:.3f}, precision "
        f"{chosen['precision']:.3f}, recall {chosen['recall']:.3f}",
        f"{chosen['misses']} words missed ({chosen['miss_rate']:.1%}), {chosen['false_alarms']} false alarms: "
        f"{chosen['false_alarms_per_hour']:.1f} an hour",
        "",
        "threshold  precision  recall     F1  missed  false alarms an hour",
    ]
    rows = [one for one in report["curve"] if one["threshold"] in _SHOWN]
    lines += [
        f"{one['threshold']:9g} {one['precision']:10.3f} {one['recall']:7.3f} {one['f1']:6.3f} {one['miss_rate']:7.1%} "
        f"{one['false_alarms_per_hour']:21.1f}"
        for one in rows
    ]
    lines += ["", "background  words  missed  false alarms"]
    shown = list(report["backgrounds"].items())[:12]
    lines += [
        f"{kind:10} {one['hits'] + one['misses']:6} {one['misses']:7} {one['false_alarms']:13}" for kind, one in shown
    ]
    mistakes = ", ".join(f"{name} ({count})" for name, count in list(report["mistaken"].items())[:_MISTAKES])
    lines += [
        "",
        f"taken for it: {mistakes or 'nothing'}",
        f"frame accuracy {report['frame_accuracy']:.2%}; answering 0 at every step would reach {report['zeros']:.2%}",
    ]
    return "\n".join(lines)
