"""One compiled step: forwards, loss, gradients, update, metrics; the same on one device and through `strategy.run`.

The step runs in a loop inside one graph over as many batches as it is handed, so a small network does not wait for
Python between batches. Every number of batches and every batch size goes through the same graph, so that where a run
was interrupted makes no difference to the bits.

Several replicas: each takes its share of every batch (replica r of R: examples n r/R to n (r+1)/R) and weighs its mean
loss with its share of the batch, of the unmasked entries where the output has a mask; the Keras optimizer sums the
gradients. So R devices do what one does, also where a batch does not divide evenly, except that every replica draws
dropout masks of its own. Losses must be means (Keras's default reduction). Clipping acts on the summed gradient.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from common.training.data import Batch, arrays_in, examples_in, map_arrays
from common.training.graph import Compiled

if TYPE_CHECKING:
    import keras

_CLIPPING = ("clipvalue", "clipnorm", "global_clipnorm")


class Step:
    """Training and evaluation steps of a compiled model.

    Args:
        model: compiled (`model.compile(optimizer, loss, metrics)`), made under the strategy's scope if there is one.
        example: batches as `ArrayData` gives them; their first example builds the metrics.
        jit_compile: let XLA compile the training step for batches of `full_batch` examples; others run as a plain
            graph, so that XLA compiles once.
    """

    def __init__(self, model: keras.Model, example: Batch, *, jit_compile: bool = False, full_batch: int | None = None):
        import keras

        self.model, self.jit_compile, self.full_batch = model, jit_compile, full_batch
        self.strategy = model.distribute_strategy
        self.replicas = self.strategy.num_replicas_in_sync
        self._training_argument = "training" in inspect.signature(model.call).parameters
        with self.strategy.scope():
            self._total, self._count = keras.metrics.Sum(name="total"), keras.metrics.Sum(name="count")
            _build(model, example)
        self.train_plain = Compiled(self._train_many(jit_compile=False))
        self.train_jit = Compiled(self._train_many(jit_compile=True)) if jit_compile else self.train_plain
        self.test = Compiled(self._test_many())

    @property
    def metric_variables(self) -> list[Any]:
        """Variables that accumulate the loss and the metrics over an epoch."""
        metrics = [*self.model.metrics, self._total, self._count]
        return [variable for metric in metrics for variable in metric.variables]

    def reset(self) -> None:
        """Begin the loss and the metrics anew."""
        for metric in (*self.model.metrics, self._total, self._count):
            metric.reset_state()

    def results(self) -> dict[str, float]:
        """The mean loss per example and the metrics since `reset`."""
        loss = float(self._total.result()) / max(float(self._count.result()), 1.0)
        return {"loss": loss} | {
            name: float(value) for name, value in self.model.get_metrics_result().items() if name != "loss"
        }

    def train(self, batches: Batch) -> float:
        """Learn from each of the batches in turn; returns the mean loss since `reset`."""
        full = examples_in(batches) == self.full_batch
        return self._call(self.train_jit if full else self.train_plain, batches)

    def evaluate(self, batches: Batch) -> float:
        """Loss and metrics of the batches, nothing learned; returns the mean loss since `reset`."""
        return self._call(self.test, batches)

    def _call(self, function: Compiled, batches: Batch) -> float:
        loss = function(batches)
        # Replicas sum up apart from each other; their sums are only to be had outside the graph.
        return float(loss if self.replicas == 1 else self._loss_so_far())

    def _train_many(self, *, jit_compile: bool) -> Callable[[Batch], Any]:
        import tensorflow as tf

        one = tf.function(self._train_one, jit_compile=True) if jit_compile else self._train_one

        def many(batches: Batch) -> Any:
            for index in tf.range(_batches_in(batches)):
                with _clipping_shared(self.model.optimizer, self.replicas):
                    self._run(one, batches, index)
            return self._loss_so_far() if self.replicas == 1 else ()

        return many

    def _test_many(self) -> Callable[[Batch], Any]:
        import tensorflow as tf

        def many(batches: Batch) -> Any:
            for index in tf.range(_batches_in(batches)):
                self._run(self._test_one, batches, index)
            return self._loss_so_far() if self.replicas == 1 else ()

        return many

    def _run(self, one: Callable[[Batch], None], batches: Batch, index: Any) -> None:
        batch = map_arrays(lambda array: array[index], batches)
        if self.replicas == 1:
            one(batch)
        else:
            self.strategy.run(one, args=(batch,))

    def _loss_so_far(self) -> Any:
        import tensorflow as tf

        return tf.math.divide_no_nan(*(tf.convert_to_tensor(one.variables[0]) for one in (self._total, self._count)))

    def _train_one(self, batch: Batch) -> None:
        import tensorflow as tf

        model, optimizer = self.model, self.model.optimizer
        with tf.GradientTape() as tape:
            loss = self._forward(batch, training=True)
            scaled = optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled, model.trainable_weights)
        if self.replicas > 1 and _clips(optimizer):
            gradients = tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, gradients)
            gradients = [gradient / self.replicas for gradient in gradients]
        optimizer.apply(gradients, model.trainable_weights)

    def _test_one(self, batch: Batch) -> None:
        self._forward(batch, training=False)

    def _forward(self, batch: Batch, *, training: bool) -> Any:
        """The replica's part of the batch's loss; counts it and the metrics."""
        import tensorflow as tf

        whole = tf.shape(arrays_in(batch["x"])[0])[0]
        part, size = self._share(batch, whole)
        x, y, weight = part["x"], part.get("y"), part.get("sample_weight")
        outputs = self.model(x, training=training) if self._training_argument else self.model(x)
        loss = self.model.compute_loss(x, y, outputs, weight, training=training)
        if self.replicas > 1:
            loss *= tf.cast(self.replicas, loss.dtype) * self._weight(outputs, size, whole, loss.dtype)
        self._total.update_state(loss * tf.cast(whole, loss.dtype))
        self._count.update_state(tf.cast(size, tf.float32))
        self.model.compute_metrics(x, y, outputs, weight)
        return loss

    def _share(self, batch: Batch, whole: Any) -> tuple[Batch, Any]:
        import tensorflow as tf

        if self.replicas == 1:
            return batch, whole
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        begin, end = whole * replica // self.replicas, whole * (replica + 1) // self.replicas
        return map_arrays(lambda array: array[begin:end], batch), end - begin

    def _weight(self, outputs: Any, size: Any, whole: Any, dtype: Any) -> Any:
        """The replica's share of what the batch's mean is taken over."""
        import tensorflow as tf

        masks = [getattr(output, "_keras_mask", None) for output in arrays_in(outputs)]
        if any(mask is None for mask in masks):
            return tf.cast(size, dtype) / tf.cast(whole, dtype)
        valid = tf.add_n([tf.reduce_sum(tf.cast(mask, dtype)) for mask in masks])
        everywhere = tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, valid)
        return tf.math.divide_no_nan(valid, everywhere)


def _batches_in(batches: Batch) -> Any:
    import tensorflow as tf

    return tf.shape(arrays_in(batches["x"])[0])[0]


def _build(model: keras.Model, example: Batch) -> None:
    """Make every variable that training and evaluation need, so that a checkpoint has a place for each."""
    import tensorflow as tf

    first = map_arrays(lambda array: tf.convert_to_tensor(array[0][:1]), example)
    outputs = tf.function(model)(first["x"])
    if model.optimizer is not None:
        model.optimizer.build(model.trainable_variables)
    model.compute_loss(first["x"], first.get("y"), outputs, first.get("sample_weight"), training=False)
    model.compute_metrics(first["x"], first.get("y"), outputs, first.get("sample_weight"))


def _clips(optimizer: Any) -> bool:
    return any(getattr(optimizer, name, None) is not None for name in _CLIPPING)


@contextlib.contextmanager
def _clipping_shared(optimizer: Any, replicas: int) -> Iterator[None]:
    """While the graph is made, let every replica clip 1/R of the summed gradient at 1/R of the limit.

    Keras clips before it sums over replicas, so R equal parts of the clipped sum make up the clipped sum.
    """
    limits = {name: getattr(optimizer, name, None) for name in _CLIPPING}
    try:
        for name, limit in limits.items():
            if limit is not None and replicas > 1:
                setattr(optimizer, name, limit / replicas)
        yield
    finally:
        for name, limit in limits.items():
            if limit is not None:
                setattr(optimizer, name, limit)
