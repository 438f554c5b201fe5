"""Power densities of float32 frames by matrix products: NumPy's FFT takes as long in float32 as in float64.

    fold = Fold(window, hop, weights)              # once
    fold.fill(samples, power)                      # (bins, frames), of either order in memory

About its middle a symmetric window is even, so the real part of a frame's transform takes the sum of its two halves
and the imaginary part their difference; the phase, which moving the middle changes, does not matter to the power. Bins
k and N / 2 - k differ in the signs of half of their terms, so that both are folded once more: even bins take the sums
of what lies alike about the middle of the half, odd bins the differences. A quarter of the products is left, to BLAS.

Samples lie as (hop, frames), so that what belongs to many frames lies in a row, and each operation runs along rows.
"""

from __future__ import annotations

import numpy as np

_CHUNK = 384  # frames at a time: work arrays stay in the cache, OpenBLAS multiplies at once and in one thread


class Fold:
    """The folds of one framing.

    Args:
        window, hop: samples of a frame, and from one frame to the next; as `possible` wants them.
        weights: (window,), symmetric. Bins 0 and N / 2 get half of the power.
    """

    @staticmethod
    def possible(window: int, hop: int) -> bool:
        """Whether frames can be folded twice, and in few pieces; long ones are faster by the FFT."""
        return window % 4 == 0 and window <= min(8 * hop, 512)

    def __init__(self, window: int, hop: int, weights: np.ndarray):
        half, quarter = window // 2, window // 4
        self.window, self.hop, self.bins = window, hop, half + 1
        near, far = weights[half : half + quarter], weights[: -quarter - 1 : -1]
        self.ratio = (far / near).astype(np.float32)[:, None]
        factors = np.ones(self.bins)
        factors[[0, -1]] = np.sqrt(0.5)
        angles = np.pi / half * np.arange(self.bins)[:, None] * (np.arange(quarter) + 0.5)
        cosines, sines = (wave(angles) * factors[:, None] * near for wave in (np.cos, np.sin))
        self.of_sums = _stack(cosines[::2], sines[1::2])  # for sums of the frame's halves, for their differences
        self.of_differences = _stack(cosines[1::2], sines[::2])

    def fill(self, samples: np.ndarray, power: np.ndarray) -> None:
        """The power, (bins, frames) float32, of `samples`, which hold so many frames at least."""
        frames = power.shape[1]
        size = -(-frames // -(-frames // _CHUNK))
        work = _Work(self, size, by_frame=power.strides[0] < power.strides[1])
        for start in range(0, frames, size):
            first = min(start, frames - size)  # the last chunk is as long as the others
            work.fill(samples[first * self.hop :], power[:, first : first + size])


class _Work:
    """The arrays that chunk after chunk is computed in, and the parts of them, for `count` frames at a time."""

    def __init__(self, fold: Fold, count: int, *, by_frame: bool):
        half, quarter, bins = fold.window // 2, fold.window // 4, fold.of_sums.shape[1]
        self._fold = fold
        self._rows = np.empty((fold.hop, count + -(-fold.window // fold.hop)), np.float32)
        halves = np.empty((2, 2, quarter, count), np.float32)  # near and far from the middle; sums and differences
        self._near, self._far = halves
        self._pieces = []
        for first, end in _runs(half, quarter, fold.hop):
            places = half + first, half - end  # of the samples that come first in a frame
            later, earlier = (self._run(place, end - first, count) for place in places)
            if end <= quarter:
                self._pieces.append((later, earlier[::-1], *halves[0, :, first:end]))
            else:
                self._pieces.append((later[::-1], earlier, *halves[1, :, half - end : half - first]))
        self._folded = np.empty((2, quarter, count), np.float32)
        waves = np.empty((2, 2, count, bins) if by_frame else (2, 2, bins, count), np.float32)
        self._waves = waves.swapaxes(2, 3) if by_frame else waves

    def _run(self, place: int, length: int, count: int) -> np.ndarray:
        """Where samples `place` to `place + length - 1` of each frame lie: (length, count)."""
        column, row = divmod(place, self._fold.hop)
        return self._rows[row : row + length, column : column + count]

    def fill(self, samples: np.ndarray, power: np.ndarray) -> None:
        """The power (bins, count) of the samples' first frames."""
        self._take(samples)
        for later, earlier, sums, differences in self._pieces:
            np.add(later, earlier, out=sums)
            np.subtract(later, earlier, out=differences)
        np.multiply(self._far, self._fold.ratio, out=self._far)
        (even_real, odd_imaginary), (odd_real, even_imaginary) = self._waves
        np.matmul(self._fold.of_sums, np.add(self._near, self._far, out=self._folded), out=self._waves[0])
        np.matmul(self._fold.of_differences, np.subtract(self._near, self._far, out=self._folded), out=self._waves[1])
        np.multiply(self._waves, self._waves, out=self._waves)
        even, odd = power[::2], power[1::2]
        np.add(even_real[: len(even)], even_imaginary[: len(even)], out=even)
        np.add(odd_real[: len(odd)], odd_imaginary[: len(odd)], out=odd)

    def _take(self, samples: np.ndarray) -> None:
        """Sample n into row n mod hop, column n div hop."""
        rows, hop = self._rows, len(self._rows)
        whole = min(len(samples) // hop, rows.shape[1])
        rows[:, :whole] = samples[: whole * hop].reshape(whole, hop).T
        if whole < rows.shape[1]:
            rest = samples[whole * hop :]
            rows[: len(rest), whole] = rest


def _runs(half: int, quarter: int, hop: int) -> list[tuple[int, int]]:
    """Runs (first, end) of distances from the middle, within which both samples stay in a column and in a quarter."""
    starts = {0, quarter, *range(-half % hop, half, hop), *range(half % hop, half, hop)}
    ordered = sorted(starts)
    return list(zip(ordered, [*ordered[1:], half], strict=True))


def _stack(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Both matrices as one array float32, with rows of zeros below the shorter one."""
    rows = max(len(one), len(other))
    return np.stack([np.pad(matrix, ((0, rows - len(matrix)), (0, 0))) for matrix in (one, other)]).astype(np.float32)
