"""What `evaluate` does: the shipped or newly trained networks on sentences of unheard voices, or on a person's own."""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from common.cli import say
from common.error_rate import error_rate
from common.errors import InputError
from common.page_blocks import bars, pairs
from common.page_blocks import table as table_block
from common.page_blocks import text as text_block
from common.run_folder import RunFolder
from week3.speech_recognition.alignment import alignment
from week3.speech_recognition.data import ASSIGNMENT, load_recordings
from week3.speech_recognition.evaluate import (
    Condition,
    Result,
    confusions,
    evaluate,
    made_up_conditions,
    methods_for,
)
from week3.speech_recognition.run import load_language_model, load_network
from week3.speech_recognition.trained import TrainedRecognizer

Networks = dict[str, TrainedRecognizer]
MAIN_METHOD = "CTC, prefix beam"
WANTED = {"digits, quiet": 5.0, "digits, 10 dB": 15.0}  # word error rates in percent
_CONFUSED = 10


def run_evaluate(arguments: argparse.Namespace) -> int:
    """Print the tables of word and character error rates, the words confused and the worst sentences aligned."""
    conditions = conditions_of(arguments)
    names = ("ctc", "attention") if arguments.network == "both" else (arguments.network,)
    model = None if arguments.language_model == "none" else load_language_model(arguments.language_model)
    options = {
        "language_model": model, "width": arguments.width, "language_weight": arguments.language_weight,
        "symbol_bonus": arguments.symbol_bonus,
    }  # fmt: skip
    with RunFolder(ASSIGNMENT, "evaluate", arguments, folder=arguments.out) as run:
        trials = [
            evaluate(methods_for(networks, **options), conditions)
            for networks in networks_of(arguments, names, run.folder)
        ]
        text = "\n\n".join(report(trials, arguments.worst))
        if arguments.json:
            print(json.dumps(as_json(trials), indent=2))
        else:
            print(text)
        run.text("evaluation.txt", text + "\n", title="error rates")
        _leave(run, trials)
    return 0


def conditions_of(arguments: argparse.Namespace) -> list[Condition]:
    """The person's recordings, or what is composed of the test's voices."""
    if arguments.recordings is not None:
        return [Condition("recordings", tuple(load_recordings(arguments.recordings)))]
    return made_up_conditions(arguments.count, ratio_db=arguments.ratio, seed=arguments.seed)


def networks_of(arguments: argparse.Namespace, names: Sequence[str], folder: Path) -> Iterable[Networks]:
    """The networks of the options, once; or, with --seeds, newly trained ones of each seed."""
    if not arguments.seeds:
        given = {"ctc": arguments.weights, "attention": arguments.attention_weights}
        yield {name: load_network(name, given[name]) for name in names}
        return
    if arguments.weights or arguments.attention_weights:
        raise InputError("--seeds trains networks anew; leave --weights and --attention-weights out")
    from week3.speech_recognition.run_train import trained_with_seed

    for seed in range(arguments.seed, arguments.seed + arguments.seeds):
        say(f"seed {seed}")
        yield trained_with_seed(arguments, seed, names, folder / f"seed_{seed}")


def report(trials: Sequence[Sequence[Result]], worst: int) -> list[str]:
    """All that is printed, in paragraphs."""
    parts = [rate_table(trials, unit) for unit in ("words", "characters")]
    if len(trials) > 1:
        parts[0] += f"\nmean of {len(trials)} trainings with other seeds, and the standard deviation"
    main = [one for results in trials for one in results if one.method == main_method(trials)]
    parts.append(f"{main_method(trials)}:\n" + "\n".join(_sum_up(main)))
    parts += [reached for reached in [_against_what_is_wanted(main)] if reached]
    wrong = [pair for one in main for pair in one.worst(worst)]
    wrong.sort(key=lambda pair: -len(alignment(pair[0].text, pair[1]).split("\n")[2].split()))
    for utterance, heard in wrong[:worst]:
        where = ", ".join(part for part in (utterance.name, utterance.voice, utterance.background) if part)
        parts.append(f"{where}\n{alignment(utterance.text, heard)}")
    return parts


def main_method(trials: Sequence[Sequence[Result]]) -> str:
    """The method whose errors are shown: CTC's beam without a language model, or attention's."""
    names = [one.method for one in trials[0]]
    return next((name for name in (MAIN_METHOD, "attention, beam") if name in names), names[-1])


def rate_table(trials: Sequence[Sequence[Result]], unit: str) -> str:
    """Rates in percent: a line a method, a column a condition; of several trials mean and standard deviation."""
    names = list(dict.fromkeys(one.condition.name for one in trials[0]))
    cells = rates(trials, unit)
    width = max(len(method) for method, _ in cells)
    columns = [max(len(name), 13) for name in names]
    title = f"{unit[:-1]} error rate, %"
    lines = [f"{title:{width}}  " + "  ".join(f"{name:>{size}}" for name, size in zip(names, columns, strict=True))]
    for method in dict.fromkeys(method for method, _ in cells):
        row = [shown(cells[method, name]) for name in names]
        lines.append(
            f"{method:{width}}  " + "  ".join(f"{one:>{size}}" for one, size in zip(row, columns, strict=True))
        )
    return "\n".join(lines)


def rates(trials: Sequence[Sequence[Result]], unit: str) -> dict[tuple[str, str], list[float]]:
    """Rates in percent of each method and condition, one a trial."""
    cells: dict[tuple[str, str], list[float]] = {}
    for results in trials:
        for one in results:
            rate = one.words if unit == "words" else one.characters
            cells.setdefault((one.method, one.condition.name), []).append(100 * float(rate))
    return cells


def shown(values: Sequence[float]) -> str:
    """A rate, or mean and standard deviation of several."""
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{statistics.mean(values):.2f} +- {statistics.stdev(values):.2f}"


def _sum_up(main: Sequence[Result]) -> list[str]:
    lines = []
    for name in dict.fromkeys(one.condition.name for one in main):
        own = [one for one in main if one.condition.name == name]
        said, heard = [text for one in own for text in one.said], [text for one in own for text in one.heard]
        lines.append(f"  {name}: {error_rate(said, heard)}")
    noisy = [one for one in main if any(utterance.background for utterance in one.condition.utterances)]
    if noisy:
        lines.append("  by background: " + _listed(_mean_by(noisy, lambda utterance: utterance.background)))
    if any(utterance.voice for utterance in main[0].condition.utterances):
        lines.append("  by voice: " + _listed(_mean_by(main, lambda utterance: utterance.voice)))
    found = confusions(main, _CONFUSED)
    if found:
        shown_pairs = (f"{said or '(nothing)'} -> {heard or '(nothing)'} {times}" for said, heard, times in found)
        lines.append("  taken for one another: " + ", ".join(shown_pairs))
    return lines


def _mean_by(results: Sequence[Result], key: Any) -> dict[str, float]:
    """Mean word error rate in percent over the results, by a property of the sentences, from the lowest."""
    found: dict[str, list[float]] = {}
    for one in results:
        for name, rate in one.by(key).items():
            found.setdefault(name, []).append(100 * rate)
    return dict(sorted(((name, statistics.mean(values)) for name, values in found.items()), key=lambda row: row[1]))


def _listed(found: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {rate:.1f}" for name, rate in found.items())


def _against_what_is_wanted(main: Sequence[Result]) -> str:
    lines = []
    for name, most in WANTED.items():
        values = [100 * float(one.words) for one in main if one.condition.name == name]
        if values:
            verdict = "reached" if statistics.mean(values) <= most else "not reached"
            lines.append(f"{name}: {shown(values)} % of the words wrong, at most {most:g} % are wanted: {verdict}")
    return "\n".join(lines)


def as_json(trials: Sequence[Sequence[Result]]) -> list[dict[str, Any]]:
    """Every result as plain values."""
    return [
        {
            "trial": trial, "method": one.method, "condition": one.condition.name,
            "word_error_rate": float(one.words), "character_error_rate": float(one.characters),
            "sentences": [{"said": said, "heard": heard} for said, heard in zip(one.said, one.heard, strict=True)],
        }
        for trial, results in enumerate(trials) for one in results
    ]  # fmt: skip


def _leave(run: RunFolder, trials: Sequence[Sequence[Result]]) -> None:
    """Metrics and what the page shows."""
    cells, characters = rates(trials, "words"), rates(trials, "characters")
    names = list(dict.fromkeys(name for _, name in cells))
    for unit, values in (("word", cells), ("character", characters)):
        rows = [
            (method, *(f"{statistics.mean(values[method, name]):.2f}" for name in names))
            for method in dict.fromkeys(method for method, _ in values)
        ]
        run.show(table_block(f"{unit.capitalize()} error rate, %", ("method", *names), rows))
    main = [one for one in trials[0] if one.method == main_method(trials)]
    for one in main:
        run.metric(
            f"word error rate, {one.condition.name}", statistics.mean(cells[one.method, one.condition.name]), unit="%",
            reference=WANTED.get(one.condition.name), reference_name="wanted", better="lower",
        )  # fmt: skip
    noisy = [one for one in main if any(utterance.background for utterance in one.condition.utterances)]
    if noisy:
        found = _mean_by(noisy, lambda utterance: utterance.background)
        run.show(bars("Words wrong over each background, %", list(found.items()), value_name="%"))
    wrong = [pair for one in main for pair in one.worst(2)]
    run.show(pairs("Heard wrong", [(one.text, heard, f"{one.voice} {one.background}") for one, heard in wrong]))
    shown_alignments = "\n\n".join(alignment(one.text, heard) for one, heard in wrong)
    if shown_alignments:
        run.show(text_block("Said above heard", shown_alignments, look="code"))
