"""The numbers for the task languages: texts of days that training never saw.

- exact match, BLEU, character error rate and the model's own score, over beam widths, with whose fault each error is:
  on texts as they are written, and on the same with a slip of the finger, where there are errors to analyse;
- the ceiling that ambiguous texts would put on exact match;
- by language and format; how far the confidence can be trusted.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np

from common.cli import say
from common.run_folder import RunFolder
from week3.machine_translation import pictures
from week3.machine_translation.data import Pairs
from week3.machine_translation.languages import FORMATS, LANGUAGES, SPAN, ceiling, draw, split_of
from week3.machine_translation.measures import Reliability, reliability
from week3.machine_translation.search_errors import WIDTHS, WidthResult, analyse, table
from week3.machine_translation.trained import TrainedTranslator
from week3.machine_translation.translate import confidences

_SHOWN = 5


@dataclass(frozen=True)
class LanguagesEvaluation:
    """Everything that is measured.

    Attributes:
        pairs, plain: what was translated, and the results by beam width.
        slipped_pairs, slipped: the same where every text with words has a slip of the finger in one.
        ceiling: the highest exact match that the plain texts allow, 0 to 1.
        reliability: of the confidences in greedy translations, half of the texts with a slip.
    """

    pairs: Pairs
    plain: list[WidthResult]
    slipped_pairs: Pairs
    slipped: list[WidthResult]
    ceiling: float
    reliability: Reliability

    @property
    def greedy(self) -> WidthResult:
        """The narrowest beam's result on plain texts."""
        return self.plain[0]


def evaluate_languages(
    model: TrainedTranslator, *, count: int = 10_000, seed: int = 0, widths: tuple[int, ...] = WIDTHS
) -> LanguagesEvaluation:
    """Measure a translator of languages on `count` texts of held-out days, and on as many with slips of the finger."""
    pairs, slipped = draw(count, "test", seed=seed), draw(count, "test", seed=seed, slips=1.0)
    plain, with_slips = (analyse(model, one, widths=widths) for one in (pairs, slipped))
    (mixed,) = analyse(model, draw(count, "test", seed=seed + 1, slips=0.5), widths=(1,))
    trust = reliability(confidences(model, mixed.scores), mixed.right)
    return LanguagesEvaluation(pairs, plain, slipped, with_slips, ceiling(pairs), trust)


def run(model: TrainedTranslator, arguments: argparse.Namespace, folder: RunFolder) -> int:
    """Print the tables; leave them, the numbers and a picture in the run's folder."""
    say(f"translating {2 * arguments.count:,} texts with beams of {', '.join(map(str, WIDTHS))}")
    found = evaluate_languages(model, count=arguments.count, seed=arguments.seed)
    text = describe(found)
    print(text)
    folder.text("table.txt", text + "\n", title="Held-out dates")
    for name, results in (("", found.plain), (", slips", found.slipped)):
        for one in results:
            _record(folder, one, f"beam {one.width}{name}", ceiling=None if name else found.ceiling)
    folder.metric("character error rate", found.greedy.characters.counts.rate, unit="share", better="lower")
    folder.metric("expected calibration error", found.reliability.error, unit="share", better="lower")
    title = "How far the confidence can be trusted"
    path = folder.figure("reliability.png", title=title, alt="bins of texts lie on the diagonal: as sure as right")
    pictures.draw_reliability(path, found.reliability, title=title)
    return 0


def _record(folder: RunFolder, one: WidthResult, name: str, *, ceiling: float | None) -> None:
    reference_name = "" if ceiling is None else "ceiling"
    folder.metric(
        f"exact match, {name}",
        one.exact,
        unit="share",
        better="higher",
        reference=ceiling,
        reference_name=reference_name,
    )
    folder.metric(f"BLEU, {name}", one.bleu.score, better="higher")
    folder.metric(f"mean log-probability, {name}", one.score, unit="nats", better="higher")
    folder.metric(f"errors of the search, {name}", one.search_faults, better="lower")
    folder.metric(f"errors of the model, {name}", one.model_faults, better="lower")


def describe(found: LanguagesEvaluation) -> str:
    """The tables as text."""
    days = len(split_of()["test"])
    lines = [
        f"{len(found.pairs):,} texts of the {days:,} days of {SPAN[0]} to {SPAN[1]} that were held out of training; "
        f"{found.ceiling:.2%} have one answer",
        "",
        table(found.plain),
        "",
        "the same with a slip of the finger in a word of each text",
        "",
        table(found.slipped),
        "",
        "mean log p: the model's own score of what it wrote; search at fault: the right translation scores higher",
        "",
        f"greedy: {found.greedy.bleu}",
        f"greedy: {found.greedy.characters}",
        f"confidence: off by {found.reliability.error:.2%} on average (texts, half of them with a slip)",
        "",
        _by_tag(found),
    ]
    wrong = _wrong(found.pairs, found.greedy) + _wrong(found.slipped_pairs, found.slipped[0])
    return "\n".join([*lines, *wrong])


def _wrong(pairs: Pairs, result: WidthResult) -> list[str]:
    """Some of the wrong answers."""
    return [
        f"wrong: {pairs.sources[place]!r} gives {result.texts[place]!r}, not {pairs.targets[place]!r}"
        for place in np.flatnonzero(~result.right)[:_SHOWN]
    ]


def _by_tag(found: LanguagesEvaluation) -> str:
    """Exact matches of greedy search by format and language, percent."""
    tags = np.array([kind.partition(" from ")[0] for kind in found.pairs.kinds])
    lines = [f"{'exact, greedy':14}" + "".join(f"{language:>8}" for language in LANGUAGES)]
    for form in FORMATS:
        shares = [_share(found.greedy.right[tags == f"{language}-{form}"]) for language in LANGUAGES]
        lines.append(f"{form:14}" + "".join(f"{share:>8}" for share in shares))
    return "\n".join(lines)


def _share(right: np.ndarray) -> str:
    return f"{right.mean():.1%}" if len(right) else "-"
