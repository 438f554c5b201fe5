"""Texts in, translations out: the decoder of the model's kind, how sure it is, and what is odd about a text.

    translate(TrainedTranslator.load(path), ["3 May 1979"])[0].text          "1979-05-03"

All texts are translated together, in NumPy. The course's network writes each symbol without knowing the others, so the
likeliest symbol at each place is already the likeliest text (`course_decoding.py`); the network with feedback is
searched (`feedback_decoding.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from common.errors import InputError
from week3.machine_translation import calibration
from week3.machine_translation.data import Task
from week3.machine_translation.hypotheses import Hypothesis
from week3.machine_translation.trained import TrainedTranslator


@dataclass(frozen=True)
class TranslateConfig:
    """How to decode.

    Attributes:
        beam_width: hypotheses kept at each step, with feedback; 1 is greedy.
        length_penalty: exponent of the length that a score is divided by, with feedback; 0 ranks by probability.
        coverage_penalty: weight of the penalty for parts of the text that were not looked at, with feedback.
        count: alternatives to give, the best first.
        valid_dates: only dates that exist may come out; for the task dates.
    """

    beam_width: int = 1
    length_penalty: float = 0.0
    coverage_penalty: float = 0.0
    count: int = 1
    valid_dates: bool = False

    def __post_init__(self):
        for name, value in (("beam width", self.beam_width), ("count of alternatives", self.count)):
            if value < 1:
                raise InputError(f"the {name} is {value}; it must be at least 1")


@dataclass(frozen=True)
class Translation:
    """One translated text.

    Attributes:
        source: the text as it was given.
        text: its translation.
        log_probability: of the translation under the model, in nats.
        confidence: how probable it is that the translation is right, 0 to 1, calibrated on validation texts.
        alternatives: the best hypotheses, best first; the first one is the translation.
        attention: (symbols written, Tx) float32: where the model looked.
        readings: where the text has several meanings, all of them, the one that is meant here first.
        remarks: what a person should know: cut, unknown characters, no such day ...
    """

    source: str
    text: str
    log_probability: float
    confidence: float
    alternatives: tuple[Hypothesis, ...]
    attention: np.ndarray = field(repr=False, compare=False)
    readings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As plain values, the attention left out."""
        return {
            "source": self.source,
            "text": self.text,
            "confidence": round(self.confidence, 6),
            "log_probability": self.log_probability,
            "alternatives": [
                {"text": one.text, "log_probability": one.log_probability, "score": one.score}
                for one in self.alternatives
            ],
            "readings": list(self.readings),
            "remarks": list(self.remarks),
        }


def translate(
    model: TrainedTranslator, texts: Sequence[str], config: TranslateConfig | None = None
) -> list[Translation]:
    """The translation of each text.

    Raises:
        InputError: a text is empty, or the settings do not fit the model.
    """
    config = config or TranslateConfig()
    for number, text in enumerate(texts, 1):
        if not text.strip():
            raise InputError(f"text {number} is empty; give a text to translate")
    task = model.task
    ids = task.encode(texts)
    found = decode(model, ids, config)
    sure = confidences(model, np.array([best[0].log_probability for best in found])).tolist()
    strange = (ids == task.source.unknown_id).any(axis=1).tolist()
    translations = []
    for text, best, confidence, unknown in zip(texts, found, sure, strange, strict=True):
        first = best[0]
        readings, remarks = task.watch(text, first.text, model.notes)
        remarks = (*_of_the_reading(task, text, unknown=unknown), *remarks)
        translations.append(
            Translation(
                text, first.text, first.log_probability, confidence, tuple(best), first.attention, readings, remarks
            )
        )
    return translations


def decode(model: TrainedTranslator, ids: np.ndarray, config: TranslateConfig) -> list[list[Hypothesis]]:
    """The best hypotheses for each row of ids (m, Tx), best first."""
    if config.valid_dates and model.task_name != "dates":
        raise InputError(f"only the task dates can be kept to dates that exist, not {model.task_name}")
    if model.config.feedback:
        from week3.machine_translation import feedback_decoding

        return feedback_decoding.decode(model, ids, config)
    from week3.machine_translation import course_decoding

    return course_decoding.decode(model, ids, config)


def confidences(model: TrainedTranslator, log_probabilities: np.ndarray) -> np.ndarray:
    """Calibrated confidences (m,) of translations with these log-probabilities."""
    return calibration.confidences(log_probabilities, tuple(model.notes.get("calibration", calibration.UNCALIBRATED)))


def _of_the_reading(task: Task, text: str, *, unknown: bool) -> list[str]:
    """What was not read: the end of a long text; characters outside the vocabulary, where there are `unknown` ones."""
    remarks = []
    if not unknown and len(text) <= task.source_length:
        return remarks
    plain = task.clean(text)
    if len(plain) > task.source_length:
        rest = plain[task.source_length :]
        shown = rest if len(rest) <= 40 else f"{rest[:37]}..."
        remarks.append(f"cut: only the first {task.source_length} characters were read, {shown!r} was not")
    if unknown:
        strange = sorted(set(plain[: task.source_length]) - task.source.ids.keys())
        remarks.append(f"characters that the model does not know: {' '.join(map(repr, strange))}")
    return remarks
