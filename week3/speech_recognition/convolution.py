"""A strided convolution over frames with ReLU, forwards and backwards.

    y_t = max(0, b + sum over i < k of x_(s t + i) W_i)        W (k, n_features, n_filters), stride s

No frames are added at the ends, so (T - k) // s + 1 places come of T frames. The first layer of a network: it gives no
gradient of its input.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Convolved(NamedTuple):
    """The places (places, batch, filters), and what `convolve_back` needs."""

    y: np.ndarray
    pieces: np.ndarray


def convolve(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, *, stride: int) -> Convolved:
    """Places of frames.

    Args:
        x: (batch, frames, features), at least as many frames as the kernel has.
        kernel: (size, features, filters). bias: (filters,).
        stride: frames from one place to the next.
    """
    size, features, filters = kernel.shape
    windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=1)[:, ::stride]  # (batch, places, features, size)
    pieces = windows.transpose(1, 0, 3, 2).reshape(-1, size * features)
    y = pieces @ kernel.reshape(size * features, filters)
    y += bias
    np.maximum(y, 0, out=y)
    return Convolved(y.reshape(windows.shape[1], len(x), filters), pieces)


def convolve_back(dy: np.ndarray, convolved: Convolved, kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The gradients of kernel and bias from that of the places (places, batch, filters)."""
    d = (dy * (convolved.y > 0)).reshape(-1, kernel.shape[2])
    return (convolved.pieces.T @ d).reshape(kernel.shape), d.sum(axis=0)
