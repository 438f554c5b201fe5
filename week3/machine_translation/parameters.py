"""The attention's parameters in the course's arrangement and in ours.

In the course one Dense layer reads the encoder's a_t and the decoder's s joined; here its two halves are apart, so that
the encoder's half is computed once a text.
"""

from __future__ import annotations

import numpy as np


def split_kernel(kernel: np.ndarray, n_encoder: int) -> tuple[np.ndarray, np.ndarray]:
    """(encoder's half, state's half) of the course's kernel (2 n_a + n_s, units), which reads a_t and s joined."""
    return kernel[:n_encoder], kernel[n_encoder:]


def join_kernels(encoder: np.ndarray, state: np.ndarray) -> np.ndarray:
    """The course's kernel from its two halves."""
    return np.concatenate([encoder, state])
