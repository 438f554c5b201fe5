"""Tags to spans and span F1, exact match, by the rules of the CoNLL shared tasks' `conlleval`.

A tag is O, or B- or I- with a type. A span begins at a B-, at an I- that follows O or another type; it ends before the
next begin or O. A predicted span is right where begin, end and type agree.
Source: Tjong Kim Sang and De Meulder 2003, "Introduction to the CoNLL-2003 shared task".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from common.errors import InputError


class Span(NamedTuple):
    """Tokens `begin` to `end` (not included) are a name of this type."""

    begin: int
    end: int
    type: str


def spans_of(tags: Sequence[str]) -> list[Span]:
    """The spans of a sentence's tags, in order; InputError on a tag that is none."""
    spans: list[Span] = []
    begin, type_ = 0, ""
    for place, tag in enumerate([*tags, "O"]):
        head, _, found = tag.partition("-")
        if tag != "O" and (head not in ("B", "I") or not found):
            raise InputError(f"{tag!r} is no tag; give O, B-TYPE or I-TYPE")
        if type_ and (head != "I" or found != type_):
            spans.append(Span(begin, place, type_))
            type_ = ""
        if tag != "O" and not type_:
            begin, type_ = place, found
    return spans


def tags_of(length: int, spans: Sequence[Span]) -> list[str]:
    """The tags of a sentence of `length` tokens with these spans, which do not overlap."""
    tags = ["O"] * length
    for begin, end, type_ in spans:
        tags[begin:end] = [f"B-{type_}", *[f"I-{type_}"] * (end - begin - 1)]
    return tags


@dataclass(frozen=True)
class SpanScore:
    """Spans that were right, predicted, and there."""

    right: int
    predicted: int
    there: int

    @property
    def precision(self) -> float:
        """Share of the predicted spans that are right; 0 where none was predicted."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the spans there that were found; 0 where there are none."""
        return self.right / self.there if self.there else 0.0

    @property
    def f1(self) -> float:
        """2 P R / (P + R); 0 where nothing was right."""
        return 2 * self.right / (self.predicted + self.there) if self.right else 0.0


def score_spans(predicted: Sequence[Sequence[str]], wanted: Sequence[Sequence[str]]) -> dict[str, SpanScore]:
    """The score of every type, and under "all" of all together; sentences of tags.

    Raises InputError where the numbers of sentences or of tokens differ.
    """
    if [len(one) for one in predicted] != [len(one) for one in wanted]:
        raise InputError("predicted and wanted tags differ in length; give as many tags for each sentence")
    found: dict[str, list[int]] = {"all": [0, 0, 0]}
    for ours, theirs in zip(predicted, wanted, strict=True):
        one, other = set(spans_of(ours)), set(spans_of(theirs))
        for column, group in enumerate((one & other, one, other)):
            for span in group:
                found.setdefault(span.type, [0, 0, 0])[column] += 1
                found["all"][column] += 1
    return {name: SpanScore(*found[name]) for name in ["all", *sorted(set(found) - {"all"})]}
