"""A trained tagger: its file, and tagging sentences with it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import InputError
from common.vocabulary import Vocabulary
from common.weights_archive import checked, load_archive, save_archive
from week1.language_models.tagging.data import TagBatch, Tagged, Vocabularies, encode
from week1.language_models.tagging.model import Parameters, TaggerConfig
from week1.language_models.tagging.network import TaggerNetwork
from week1.language_models.tagging.spans import SpanScore, score_spans

_FORMAT = "sequence-models name tagger 1"


@dataclass
class NameTagger:
    """A network with its vocabularies; `notes` say how it was trained."""

    config: TaggerConfig
    vocabularies: Vocabularies
    parameters: Parameters
    notes: dict[str, Any] = field(default_factory=dict)

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[list[tuple[str, float]]]:
        """The likeliest tag of every token and its probability, for sentences of tokens."""
        found: list[list[tuple[str, float]]] = []
        network = TaggerNetwork(self.config, self.parameters)
        for begin in range(0, len(sentences), 256):
            rows = [[(word, "O") for word in sentence] for sentence in sentences[begin : begin + 256]]
            found += self._read(network, encode(rows, self.vocabularies))
        return found

    def _read(self, network: TaggerNetwork, batch: TagBatch) -> list[list[tuple[str, float]]]:
        p = np.exp(network.log_probabilities(batch))
        p[..., 0] = 0  # padding is no answer
        best, names = p.argmax(axis=-1), self.vocabularies.tags.tokens
        lengths = batch.mask.sum(axis=1).astype(int)
        return [
            [(names[tag], float(p[row, step, tag])) for step, tag in enumerate(best[row, : lengths[row]])]
            for row in range(len(best))
        ]

    def score(self, sentences: Sequence[Tagged]) -> dict[str, SpanScore]:
        """Span F1 by type, and of all, on sentences with tags."""
        tagged = self.tag([[word for word, _ in sentence] for sentence in sentences])
        predicted = [[tag for tag, _ in sentence] for sentence in tagged]
        return score_spans(predicted, [[tag for _, tag in sentence] for sentence in sentences])

    def save(self, path: str | os.PathLike[str], *, dtype: Any = np.float32) -> Path:
        """Write the `.npz` file, whole or not at all."""
        header = {
            "config": asdict(self.config),
            "vocabularies": [vocabulary.to_dict() for vocabulary in self.vocabularies],
            "notes": self.notes,
        }
        return save_archive(path, _FORMAT, header, self.parameters, dtype=dtype)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> NameTagger:
        """Read what `save` wrote; InputError that names the file where it is another kind of file, or damaged."""
        header, arrays = load_archive(path, _FORMAT, kind="name tagger", maker="train-tagger")
        try:
            config = TaggerConfig(**header["config"])
            vocabularies = Vocabularies(*map(Vocabulary.from_dict, header["vocabularies"]))
            if [len(one) for one in vocabularies] != [config.n_words, config.n_characters, config.n_tags]:
                raise ValueError("vocabularies of other sizes than the network's")
            return cls(config, vocabularies, checked(arrays, config.parameter_shapes()), header["notes"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{path}: its contents do not fit together ({error}); give one that train-tagger wrote"
            ) from None
