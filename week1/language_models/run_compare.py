"""What the comparing verbs do: cells against n-grams, words against characters."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence

from common.cli import say
from common.page_blocks import table as table_block
from common.plots import save_figure
from common.run_folder import RunFolder
from week1.language_models.comparisons import Row, best_network, best_ngram, compare_models
from week1.language_models.model import ModelConfig
from week1.language_models.pictures import draw_bars
from week1.language_models.run import ASSIGNMENT, load_parts
from week1.language_models.settings import model_config, train_config


def run_compare_models(arguments: argparse.Namespace) -> int:
    """Train every cell once a seed and print it beside the best n-gram; status 1 where the n-gram wins."""
    parts, source = load_parts(arguments)
    models = {_name(one): one for one in (model_config(arguments, cell=cell) for cell in arguments.cells)}
    with RunFolder(ASSIGNMENT, "compare-models", arguments, folder=arguments.out) as run:
        checkpoints = run.folder / "checkpoints"
        rows = compare_models(
            parts, models, train_config(arguments), _seeds(arguments), checkpoints=checkpoints, report=say
        )
        best, other = best_network(rows), best_ngram(rows)
        ours, theirs = best.mean("cross_entropy")[0], other.mean("cross_entropy")[0]
        won = ours < theirs
        text = _table(rows) + (
            f"\nbest network on the validation sentences: {best.name}; held out it needs {abs(theirs - ours):.3f} nats "
            f"per {arguments.level} {'less' if won else 'more'} than the {other.name}, mean of {arguments.seeds} seeds"
        )
        print(text)
        _leave(run, rows, text, title=f"Held-out sentences of {source['source']}", what="cross_entropy",
               unit=f"nats per {arguments.level}")  # fmt: skip
        run.metric(
            f"held-out cross-entropy, {best.name}", ours, unit=f"nats per {arguments.level}", reference=theirs,
            reference_name=other.name, better="lower",
        )  # fmt: skip
        shutil.rmtree(checkpoints, ignore_errors=True)
    return 0 if won else 1


def run_compare_levels(arguments: argparse.Namespace) -> int:
    """Train a model over words and one over characters on the same sentences; print bits per character."""
    parts, source = load_parts(arguments)
    rows: list[Row] = []
    with RunFolder(ASSIGNMENT, "compare-levels", arguments, folder=arguments.out) as run:
        checkpoints = run.folder / "checkpoints"
        for level in ("word", "character"):
            model, config = model_config(arguments, level=level), train_config(arguments, level=level)
            names = {f"{level} {model.cell}": model}
            rows += compare_models(parts, names, config, _seeds(arguments), checkpoints=checkpoints, report=say)
        text = _table(rows) + "\n" + _HOW
        print(text)
        _leave(run, rows, text, title=f"Held-out sentences of {source['source']}", what="bits_per_character",
               unit="bits per character")  # fmt: skip
        for row in rows:
            run.metric(row.name, row.mean("bits_per_character")[0], unit="bits per character", better="lower")
        shutil.rmtree(checkpoints, ignore_errors=True)
    return 0


_HOW = """nats and perplexity are per token, a word here and a character there: they do not compare the levels. Bits per
character do: both read the same strings (words in lower case, one space between them, the end of a sentence counted
as a character), and an unknown word is spelled by a character n-gram of the rare words that training saw."""


def _name(model: ModelConfig) -> str:
    return f"{model.cell}, {model.n_layers} layer{'s' if model.n_layers > 1 else ''}"


def _seeds(arguments: argparse.Namespace) -> list[int]:
    return list(range(arguments.seed, arguments.seed + arguments.seeds))


def _table(rows: Sequence[Row]) -> str:
    columns = f"{'model':20} {'parameters':>10} {'validation':>10} {'held out':>9} {'+-':>6} {'perplexity':>10} "
    lines = [columns + f"{'bits/character':>14} {'seconds':>7}"]
    for row in rows:
        (nats, spread), (bits, _), (perplexity, _) = map(
            row.mean, ("cross_entropy", "bits_per_character", "perplexity")
        )
        count = f"{row.parameters:,}" if row.parameters else ""
        validation = sum(row.validation) / len(row.validation)
        lines.append(
            f"{row.name:20} {count:>10} {validation:10.3f} {nats:9.3f} {spread:6.3f} {perplexity:10.2f} {bits:14.3f} "
            f"{row.seconds:7.0f}"
        )
    first = rows[0].held_out[0]
    lines.append(f"validation, held out: nats per token; {first.unknown:,} of {first.tokens:,} held-out tokens unknown")
    return "\n".join(lines)


def _leave(run: RunFolder, rows: Sequence[Row], text: str, *, title: str, what: str, unit: str) -> None:
    """The table and the picture in the run folder."""
    run.text("table.txt", text + "\n", title=title)
    bars = [(row.name, [getattr(one, what) for one in row.held_out]) for row in rows]
    alt = "; ".join(f"{name} {sum(values) / len(values):.3f}" for name, values in bars)
    save_figure(
        draw_bars(bars, title=title, unit=unit), run.figure("comparison.png", title=title, alt=f"{unit}: {alt}")
    )
    cells = [(row.name, row.parameters or None, *(row.mean(one)[0] for one in _COLUMNS)) for row in rows]
    run.show(table_block(title, ("model", "parameters", "nats per token", "perplexity", "bits per character"), cells))


_COLUMNS = ("cross_entropy", "perplexity", "bits_per_character")
