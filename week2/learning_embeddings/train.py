"""Learning vectors from a corpus: one entry for the four algorithms.

skip-gram and CBOW with negative sampling (Mikolov et al. 2013) and GloVe (Pennington et al. 2014) are learners of
`learner.py`; the neural language model over a fixed window (Bengio et al. 2003) is a Keras model that
`common.training` trains. Each has its own frozen configuration, whose defaults suit a corpus of a few hundred thousand
words.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from common.errors import InputError
from common.training import Checkpoints
from week2.learning_embeddings.data import Corpus
from week2.learning_embeddings.glove_learner import GloVe, GloVeConfig
from week2.learning_embeddings.learner import Learned, learn
from week2.learning_embeddings.negative_sampling import NegativeSampling, NegativeSamplingConfig
from week2.learning_embeddings.window import WindowConfig, train_window

TrainConfig = NegativeSamplingConfig | GloVeConfig | WindowConfig
ALGORITHMS = ("skip-gram", "cbow", "glove", "window")
Report = Callable[[str, float, float], None]


@dataclass(frozen=True)
class Trained:
    """What a training came to.

    Attributes:
        vectors: float32 (words, dimensions), in the order of the corpus's words.
        history: (share of the work done, mean loss of an example).
        seconds: of this call, counting and compiling included.
        speed: `unit`s learnt from in a second of training (0: this call found all done).
        unit: "words" of the text, or "cells" of the co-occurrence counts.
        notes: further figures by name (the window model's perplexity).
    """

    vectors: np.ndarray
    history: list[tuple[float, float]]
    seconds: float
    speed: float
    unit: str
    notes: dict[str, float] = field(default_factory=dict)


def configure(algorithm: str, *, seed: int = 0, **settings: Any) -> TrainConfig:
    """The algorithm's configuration; settings that are None keep its defaults.

    Raises:
        InputError: a setting that the algorithm does not have, or that is out of range.
    """
    config = _DEFAULTS[algorithm]()
    known = {field.name for field in fields(config)}
    given = {name: value for name, value in settings.items() if value is not None}
    for name in given:
        if name not in known:
            option = "--" + name.replace("_", "-")
            raise InputError(f"{option} is no setting of {algorithm}; leave it out, or choose another --algorithm")
    return replace(config, seed=seed, **given)


# More passes and larger steps than word2vec's own defaults (5 passes, 0.025 and 0.05), which suit larger texts.
def _skip_gram() -> NegativeSamplingConfig:
    return NegativeSamplingConfig(architecture="skip-gram", epochs=12, learning_rate=0.05, negatives=10)


def _cbow() -> NegativeSamplingConfig:
    return NegativeSamplingConfig(architecture="cbow", epochs=20, learning_rate=0.1, negatives=10)


_DEFAULTS: Mapping[str, Callable[[], TrainConfig]] = {
    "skip-gram": _skip_gram,
    "cbow": _cbow,
    "glove": GloVeConfig,
    "window": WindowConfig,
}


def train(
    corpus: Corpus,
    config: TrainConfig,
    *,
    folder: Path | None = None,
    report: Report = lambda stage, share, loss: None,
) -> Trained:
    """Learn vectors.

    Args:
        corpus: the text.
        config: of one of the algorithms; it says which.
        folder: where checkpoints and co-occurrence counts are kept, so that the same call goes on where one was broken
            off; None: nothing is kept.
        report: called with the stage ("counting", "learning"), the share of it that is done, and the loss so far.

    Raises:
        InputError: settings that do not fit the corpus, or a folder of another run.
        NotFiniteError: the loss became NaN or infinite.
        Interrupted: Ctrl-C, after the state was saved.
    """
    began = time.perf_counter()
    checkpoints = Checkpoints(folder / "checkpoints") if folder else None
    if isinstance(config, WindowConfig):
        return _train_window(corpus, config, checkpoints, report, began)
    if isinstance(config, GloVeConfig):
        counts = folder / "counts" if folder else None
        learner = GloVe(corpus, config, folder=counts, report=lambda share: report("counting", share, float("nan")))
    else:
        learner = NegativeSampling(corpus, config)
    done = learn(
        learner,
        checkpoints=checkpoints,
        identity=identity(corpus, config) | {"kernel": learner.kernel},
        report=lambda state: report("learning", state.steps / state.of, _loss(state)),
    )
    learnt, unit = (done.words, "words") if done.words else (done.examples, "cells")
    speed = learnt / done.seconds if done.seconds else 0.0
    return Trained(learner.vectors(), done.history, time.perf_counter() - began, speed, unit)


def identity(corpus: Corpus, config: TrainConfig) -> dict[str, Any]:
    """What a checkpoint belongs to: the settings and the corpus."""
    digest = hashlib.sha256("\n".join(corpus.words).encode() + corpus.counts.tobytes()).hexdigest()[:16]
    return {"algorithm": type(config).__name__, "corpus": digest, "ids": len(corpus.ids), **asdict(config)}


def _loss(state: Learned) -> float:
    return state.history[-1][1] if state.history else float("nan")


def _train_window(
    corpus: Corpus, config: WindowConfig, checkpoints: Checkpoints | None, report: Report, began: float
) -> Trained:
    result = train_window(
        corpus, config, checkpoint=checkpoints, report=lambda share, loss: report("learning", share, loss)
    )
    seconds = time.perf_counter() - began
    return Trained(
        result.vectors, result.history, seconds, result.words / seconds, "words", {"perplexity": result.perplexity}
    )
