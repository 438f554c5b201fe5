"""Pictures: one style, colours that everybody can tell apart, figures without pyplot's state, written atomically.

    @styled()
    def draw_something(values):
        figure, (left, right) = new_figure(1, 2, width=9, height=4)
        left.plot(values)
        ...
        return figure

    save_figure(draw_something(values), path)

Matplotlib is imported when a figure is made, so that importing this module stays light.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.atomic import atomic_path

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's palette, which people with any colour vision can tell apart; darkest and most distinct first.
BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, INK = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#E69F00",
    "#CC79A7",
    "#56B4E9",
    "#222222",
)
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, INK)
MUTED = "#767676"
SEQUENTIAL = "cividis"  # a colour map for magnitudes: even in brightness, safe for any colour vision


def style() -> dict[str, Any]:
    """Matplotlib settings of every picture."""
    return {
        "figure.dpi": 110,
        "savefig.dpi": 150,
        "figure.facecolor": "white",
        "font.size": 10.5,
        "axes.titlesize": 11.5,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 10,
        "axes.labelcolor": INK,
        "axes.edgecolor": MUTED,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.prop_cycle": _cycle(),
        "grid.color": "#E4E4E4",
        "grid.linewidth": 0.8,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "lines.linewidth": 2,
        "legend.frameon": False,
        "legend.fontsize": 9.5,
    }


def _cycle() -> Any:
    from cycler import cycler

    return cycler(color=COLOURS)


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """Draw in the project's style inside the block, or as `@styled()` in a function; the user's own comes back."""
    import matplotlib

    with matplotlib.rc_context(style()):
        yield


def new_figure(
    rows: int = 1, columns: int = 1, *, width: float = 8, height: float = 4.5, **options: Any
) -> tuple[Figure, Any]:
    """A figure of `width` x `height` inches and its axes: one, or an array of `rows` x `columns`.

    Further options go to `Figure.subplots` (`sharey=True`, `gridspec_kw=...`).
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        return figure, figure.subplots(rows, columns, **options)


def save_figure(figure: Figure, path: str | os.PathLike[str]) -> Path:
    """Write the figure atomically, in the format that the path's suffix says (.png, .svg, .pdf); returns the path."""
    with styled(), atomic_path(path) as temporary:
        figure.savefig(temporary)
    return Path(path)
