"""How the learning rate changes over the steps; each gives a Keras schedule for an optimizer's `learning_rate`.

optimizer = keras.optimizers.Adam(inverse_time_decay(0.01, 0.01))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.errors import InputError

if TYPE_CHECKING:
    import keras


def inverse_time_decay(learning_rate: float, decay: float) -> keras.optimizers.schedules.LearningRateSchedule:
    """Keras 2's `decay`, which current optimizers silently ignore; t counts the updates from 0.

        rate(t) = learning_rate / (1 + decay t)

    Source: `keras.optimizers.Optimizer` of Keras 2.0 to 2.10. Raises InputError unless rate > 0 and decay >= 0.
    """
    import keras

    if decay < 0:
        raise InputError(f"the decay is {decay}; it must be at least 0")
    return keras.optimizers.schedules.InverseTimeDecay(_positive(learning_rate), decay_steps=1, decay_rate=decay)


def cosine(
    learning_rate: float, *, steps: int, warm_up: int = 0, end: float = 0.0
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Up in a straight line from 0 over `warm_up` steps, then down along half a cosine over the rest of `steps`.

        rate(t) = learning_rate t / warm_up                                                          t < warm_up
        rate(t) = end + (learning_rate - end) (1 + cos(pi (t - warm_up) / (steps - warm_up))) / 2    t <= steps
        rate(t) = end                                                                                afterwards

    Source: Loshchilov and Hutter, "SGDR", 2017, without restarts. Raises InputError for a negative rate, an `end` above
    the rate, or fewer steps than the warm-up has.
    """
    import keras

    if not 0 <= warm_up < steps:
        raise InputError(f"{steps} steps, {warm_up} of them to warm up: there must be steps left after warming up")
    if not 0 <= end <= learning_rate:
        raise InputError(f"the learning rate ends at {end}; it must end between 0 and {learning_rate}")
    return keras.optimizers.schedules.CosineDecay(
        0.0 if warm_up else _positive(learning_rate),
        decay_steps=steps - warm_up,
        alpha=end / _positive(learning_rate),
        warmup_target=learning_rate if warm_up else None,
        warmup_steps=warm_up,
    )


def warm_up(learning_rate: float, *, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """Up in a straight line over `steps` steps, then constant: rate(t) = learning_rate min(1, (t + 1) / steps).

    Source: Goyal et al., "Accurate, large minibatch SGD", 2017, section 2.2.
    """
    import keras

    if steps < 1:
        raise InputError(f"{steps} steps to warm up; there must be at least 1")
    rate = _positive(learning_rate)
    return keras.optimizers.schedules.PolynomialDecay(
        rate / steps, decay_steps=max(1, steps - 1), end_learning_rate=rate
    )


def _positive(learning_rate: float) -> float:
    if not learning_rate > 0:
        raise InputError(f"the learning rate is {learning_rate}; it must be more than 0")
    return learning_rate
