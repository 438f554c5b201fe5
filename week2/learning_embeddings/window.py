"""Training the neural language model over a fixed window, for its vectors and for its perplexity on lines held out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from common.errors import InputError
from common.seeding import seed_keras
from week2.learning_embeddings.cooccurrence import fingerprint
from week2.learning_embeddings.data import Corpus
from week2.learning_embeddings.model import ModelConfig, build_model
from week2.learning_embeddings.window_examples import CONTEXTS, Context, Lines, WindowData, inputs_of

if TYPE_CHECKING:
    from common.training import Checkpoints


@dataclass(frozen=True)
class WindowConfig:
    """The network and how it is trained.

    Attributes:
        dimensions: numbers in a vector.
        window: words of the context, to each side where it has two.
        context: "before" (a language model), "around", or one "nearby".
        hidden: units of the tanh layer.
        epochs: passes over the text.
        batch: windows in a batch.
        learning_rate: of Adam, at its height; it falls to 0 along half a cosine.
        held_out: share of the lines that the perplexity is measured on.
        seed: of the start, the order, and the lines held out.
    """

    dimensions: int = 50
    window: int = 4
    context: Context = "before"
    hidden: int = 64
    epochs: int = 5
    batch: int = 512
    learning_rate: float = 2e-3
    held_out: float = 0.05
    seed: int = 0

    def __post_init__(self):
        if self.context not in CONTEXTS:
            raise InputError(f"there is no context {self.context!r}; choose one of {', '.join(CONTEXTS)}")
        for name in ("window", "epochs", "batch"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if not 0 < self.learning_rate < math.inf:
            raise InputError(f"learning_rate is {self.learning_rate}; it must be more than 0")
        if not 0 < self.held_out < 1:
            raise InputError(f"held_out is {self.held_out}; it must be between 0 and 1")

    def model(self, words: int) -> ModelConfig:
        """The network over so many words."""
        return ModelConfig(words, inputs_of(self.context, self.window), self.dimensions, self.hidden)


@dataclass(frozen=True)
class WindowResult:
    """What a training came to.

    Attributes:
        vectors: the embedding's rows, float32 (words, dimensions), in the order of the corpus's words.
        history: (share of the epochs done, mean loss of the epoch in nats per word).
        perplexity: exp of the mean loss on the lines held out.
        words: of the text, learnt from by this call; a word counts once an epoch.
    """

    vectors: np.ndarray
    history: list[tuple[float, float]]
    perplexity: float
    words: int


def train_window(
    corpus: Corpus,
    config: WindowConfig | None = None,
    *,
    checkpoint: Checkpoints | Path | None = None,
    report: Callable[[float, float], None] = lambda share, loss: None,
) -> WindowResult:
    """Train the network on a text.

    Args:
        corpus: the text.
        config: settings.
        checkpoint: where the state is kept; the same call goes on from what is there, and ends with the same bits.
        report: called with the share of the training that is under way or done, and the last epoch's mean loss (NaN in
            the first).

    Raises:
        InputError: more words than a softmax can do, a text too short to hold lines out, or a checkpoint folder of
            another run.
    """
    import keras

    from common.training import cosine, train

    config = config or WindowConfig()
    model_config = config.model(len(corpus.words))
    data, validation = _data(corpus, config)
    steps = config.epochs * data.steps
    losses: list[float] = [math.nan]
    data.report = lambda done: report(done / steps, losses[-1])
    seed_keras(config.seed)
    model = build_model(model_config)
    result = train(
        model,
        data,
        validation=validation,
        optimizer=keras.optimizers.Adam(cosine(config.learning_rate, steps=steps)),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        epochs=config.epochs,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: losses.append(logs["loss"]))],
        checkpoint=checkpoint,
        identity={"text": fingerprint(corpus), **asdict(config)},
        progress=False,
    )
    history = [((epoch + 1) / config.epochs, loss) for epoch, loss in enumerate(result.history["loss"])]
    learnt = round((result.steps - result.resumed_at) / data.steps * data.windows)
    vectors = np.asarray(model.get_layer("embedding").get_weights()[0][:-1])
    with np.errstate(over="ignore"):
        perplexity = float(np.exp(result.history["val_loss"][-1]))
    return WindowResult(vectors, history, perplexity, learnt)


def _data(corpus: Corpus, config: WindowConfig) -> tuple[WindowData, WindowData]:
    """Windows to learn from, and those held out."""
    lines = Lines(corpus.ids, share=config.held_out, seed=config.seed)
    settings = {"context": config.context, "window": config.window, "batch": config.batch, "seed": config.seed}
    learnt, held_out = (WindowData(corpus, lines, held_out=part, **settings) for part in (False, True))
    if not (learnt.windows and held_out.windows):
        raise InputError("the text is too short to hold any of it out; give a longer one, or choose another algorithm")
    return learnt, held_out
