"""How many words and characters are wrong: sentences of voices that training never heard, in quiet and over noise.

    conditions = made_up_conditions(100, ratio_db=10)          # digits and commands, quiet and at 10 dB, of test voices
    methods = methods_for({"ctc": network}, language_model=None)
    results = evaluate(methods, conditions)                    # a Result for each method and condition

A condition's sentences are the same in quiet and over noise; the backgrounds are draws of the test's own, two kinds of
them such as training has none of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from common.cli import progress
from common.ctc_decoding import LanguageModel
from common.error_rate import ErrorRate, align, count_edits, error_rate
from common.errors import InputError
from week3.speech_recognition.data import Utterance, features
from week3.speech_recognition.trained import TrainedRecognizer
from week3.speech_recognition.transcribe import Search, Transcriber
from week3.speech_recognition.utterances import Composer

_PIECE = 50  # sentences that are transcribed at a time


@dataclass(frozen=True)
class Condition:
    """Sentences to be tested on, and what they are called."""

    name: str
    utterances: tuple[Utterance, ...]

    def __post_init__(self):
        if not self.utterances:
            raise InputError(f"there are no sentences for {self.name!r}; give at least one")


@dataclass(frozen=True)
class Method:
    """A trained network and how its output is searched."""

    name: str
    network: TrainedRecognizer
    search: Search


@dataclass(frozen=True)
class Result:
    """What a method heard under a condition, in the order of its sentences."""

    method: str
    condition: Condition
    heard: tuple[str, ...]

    @property
    def said(self) -> list[str]:
        """What was said."""
        return [one.text for one in self.condition.utterances]

    @property
    def words(self) -> ErrorRate:
        """The word error rate."""
        return error_rate(self.said, self.heard)

    @property
    def characters(self) -> ErrorRate:
        """The character error rate."""
        return error_rate(self.said, self.heard, unit="characters")

    def by(self, key: Callable[[Utterance], str]) -> dict[str, float]:
        """Word error rates of the sentences of each key, from the lowest."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for one, heard in zip(self.condition.utterances, self.heard, strict=True):
            groups.setdefault(key(one), []).append((one.text, heard))
        rates = {name: float(error_rate(*zip(*pairs, strict=True))) for name, pairs in groups.items()}
        return dict(sorted(rates.items(), key=lambda row: row[1]))

    def worst(self, count: int) -> list[tuple[Utterance, str]]:
        """The sentences with the most words wrong, such as have any."""
        pairs = list(zip(self.condition.utterances, self.heard, strict=True))
        wrong = [
            (count_edits(one.text.split(), heard.split()).edits, -place) for place, (one, heard) in enumerate(pairs)
        ]
        return [pairs[-place] for edits, place in sorted(wrong, reverse=True)[:count] if edits]


def made_up_conditions(count: int, *, ratio_db: float = 10.0, seed: int = 0, split: str = "test") -> list[Condition]:
    """Digit strings and commands in quiet and at the ratio, so many sentences each; and those said in one go."""
    conditions = []
    for kind in ("digits", "commands"):
        for name, ratio in (("quiet", None), (f"{ratio_db:g} dB", ratio_db)):
            composer = Composer(split, kinds=(kind,), ratio_db=ratio, seed=seed)
            conditions.append(Condition(f"{kind}, {name}", tuple(composer.utterances(count))))
    whole = Composer(split, seed=seed).said_in_one_go()
    return [*conditions, Condition("in one go, quiet", tuple(whole[:count]))]


def methods_for(
    networks: Mapping[str, TrainedRecognizer],
    *,
    language_model: LanguageModel | None = None,
    width: int = 8,
    language_weight: float = 0.5,
    symbol_bonus: float = 0.0,
) -> list[Method]:
    """The ways to write down what is said: by "ctc" and by "attention", whichever is there, greedily and by beam.

    The network with attention has CTC's output, too: what its encoder hears without the decoder that knows the words.
    """
    methods = []
    if "ctc" in networks:
        methods.append(Method("CTC, greedy", networks["ctc"], Search(method="greedy")))
        methods.append(Method("CTC, prefix beam", networks["ctc"], Search(method="beam", width=width)))
        if language_model is not None:
            search = Search(
                method="beam", width=width, language_model=language_model, language_weight=language_weight,
                symbol_bonus=symbol_bonus,
            )  # fmt: skip
            methods.append(Method("CTC, prefix beam + language model", networks["ctc"], search))
    if "attention" in networks:
        methods.append(Method("attention, greedy", networks["attention"], Search(method="greedy")))
        methods.append(Method("attention, beam", networks["attention"], Search(method="beam", width=width)))
        methods.append(Method("its encoder by CTC, greedy", networks["attention"].ctc_part(), Search(method="greedy")))
    return methods


def evaluate(methods: Sequence[Method], conditions: Sequence[Condition]) -> list[Result]:
    """Every method under every condition."""
    frames = {one.name: [features(utterance.samples) for utterance in one.utterances] for one in conditions}
    work = [(method, condition) for method in methods for condition in conditions]
    results = []
    for method, condition in progress(work, description="transcribing", unit="table cell"):
        transcriber, inputs, heard = Transcriber(method.network, method.search), frames[condition.name], []
        for start in range(0, len(inputs), _PIECE):
            heard += [one.text for one in transcriber.transcribe(inputs[start : start + _PIECE])]
        results.append(Result(method.name, condition, tuple(heard)))
    return results


def confusions(results: Iterable[Result], count: int) -> list[tuple[str, str, int]]:
    """The words most often taken for one another: (said, heard, how often); "" for a missing one, or one too many."""
    found: Counter[tuple[str, str]] = Counter()
    for result in results:
        for said, heard in zip(result.said, result.heard, strict=True):
            found.update((a or "", b or "") for a, b in align(said.split(), heard.split()) if a != b)
    return [(a, b, times) for (a, b), times in sorted(found.items(), key=lambda row: (-row[1], row[0]))[:count]]
