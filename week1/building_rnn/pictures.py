"""The picture of the vanishing gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from common.page_blocks import Block, lines
from common.plots import BLUE, GREEN, MUTED, VERMILION, new_figure, styled
from week1.building_rnn.vanishing import CHANCE, Memory, Setting

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = {"rnn": VERMILION, "gru": GREEN, "lstm": BLUE}
_FLOOR = 1e-12


@styled()
def draw_vanishing(memories: Sequence[Memory]) -> Figure:
    """Left the gradient's norm over time, before training; right the loss while each network learns the task."""
    figure, (gradient, loss) = new_figure(1, 2, width=11, height=4.6)
    for memory in memories:
        gradient.plot(np.maximum(memory.norms, _FLOOR / 10), **_line(memory.setting))
        loss.plot(_smooth(memory.losses), **_line(memory.setting))
    steps = len(memories[0].norms)
    gradient.set(
        title="How much of the gradient arrives",
        xlabel=f"time step (to remember: step 1; loss: step {steps})",
        ylabel="norm of dL/dstate, relative to the last step",
        yscale="log",
        ylim=(_FLOOR, 30),
        xlim=(0, steps - 1),
    )
    gradient.set_xticks(*_ticks(steps))
    _draw_loss_axes(loss, len(memories[0].losses))
    figure.legend(handles=loss.get_lines()[: len(memories)], loc="outside lower center", ncols=5, handlelength=2.8)
    return figure


def vanishing_blocks(memories: Sequence[Memory], *, alt: str) -> list[Block]:
    """The same two pictures for the page of results."""
    arriving = {memory.setting.title: np.maximum(memory.norms, _FLOOR) for memory in memories}
    learning = {memory.setting.title: _smooth(memory.losses) for memory in memories}
    steps = len(memories[0].norms)
    return [
        lines(
            "How much of the gradient arrives", arriving, x_name=f"time step (the loss is at step {steps})",
            y_name="norm, relative to the last step", log=True, alt=alt,
        ),
        lines("Whether the network learns the task", learning, x_name="iteration", y_name="cross-entropy in nats"),
    ]  # fmt: skip


def _draw_loss_axes(loss: Any, iterations: int) -> None:
    loss.axhline(CHANCE, color=MUTED, linewidth=1, linestyle=":")
    loss.annotate("guessing", (iterations, CHANCE), (0, 4), textcoords="offset points", ha="right", color=MUTED)
    loss.set(
        title="Whether the network learns the task", xlabel="iteration", ylabel="cross-entropy in nats", ylim=(0, 1.7)
    )
    loss.set_xlim(0, iterations)


def _line(setting: Setting) -> dict[str, Any]:
    dashed = setting.kind != "rnn" and not setting.open_gates
    return {"color": _COLOURS[setting.kind], "linestyle": (0, (4, 2)) if dashed else "-", "label": setting.title}


def _ticks(steps: int) -> tuple[list[int], list[str]]:
    """Step numbers counted from 1, about six of them."""
    every = max(1, round(steps / 6 / 5) * 5)
    numbers = [1, *range(every, steps + 1, every)]
    return [number - 1 for number in numbers], [str(number) for number in numbers]


def _smooth(losses: np.ndarray, window: int = 15) -> np.ndarray:
    """The mean over up to `window` batches ending at each."""
    sums = np.cumsum(np.concatenate([[0], losses]))
    ends = np.arange(1, len(losses) + 1)
    starts = np.maximum(0, ends - window)
    return (sums[ends] - sums[starts]) / (ends - starts)
