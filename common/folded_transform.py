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

import threading

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
        self._kept = threading.local()

    def fill(self, samples: np.ndarray, power: np.ndarray) -> None:
        """The power, (bins, frames) float32, of `samples`, which hold so many frames at least."""
        frames = power.shape[1]
        size = -(-frames // -(-frames // _CHUNK))
        work = self._work(size, by_frame=power.strides[0] < power.strides[1])
        for start in range(0, frames, size):
            first = min(start, frames - size)  # the last chunk is as long as the others
            work.fill(samples[first * self.hop :], power[:, first : first + size])

    def _work(self, count: int, *, by_frame: bool) -> _Work:
        """Each thread's own, kept for its next call, which will mostly be of the same size."""
        work = getattr(self._kept, "work", None)
        if work is None or (work.count, work.by_frame) != (count, by_frame):
            work = self._kept.work = _Work(self, count, by_frame=by_frame)
        return work


class _Work:
    """The arrays that chunk after chunk is computed in, and the parts of them, for `count` frames at a time.

    Rows are a little longer than `count`, so that a run of them is one piece of memory wherever it begins in a row;
    what lies beyond `count` is computed along and left. Reading rows backwards takes a copy in that order.
    """

    def __init__(self, fold: Fold, count: int, *, by_frame: bool):
        half, quarter, bins = fold.window // 2, fold.window // 4, fold.of_sums.shape[1]
        self.count, self.by_frame = count, by_frame
        self._hop, self._width = fold.hop, count + -(-fold.window // fold.hop)
        # A row more than there is, as the last run may begin anywhere in its row.
        self._forwards, self._backwards = np.zeros((2, fold.hop + 1, self._width), np.float32)
        halves = np.empty((2, 2, quarter, self._width), np.float32)  # near and far from the middle; sums, differences
        self._near, self._far = halves
        self._pieces = []
        for first, end in _runs(half, quarter, fold.hop):
            near = end <= quarter
            later = self._run(half + first, end - first, backwards=not near)
            earlier = self._run(half - end, end - first, backwards=near)
            out = halves[0, :, first:end] if near else halves[1, :, half - end : half - first]
            self._pieces.append((later, earlier, *out.reshape(2, -1)))
        self._ratio = np.ascontiguousarray(np.broadcast_to(fold.ratio, self._far.shape))
        self._matrices = fold.of_sums, fold.of_differences
        self._folded = np.empty((2, quarter, self._width), np.float32)
        waves = np.empty((2, 2, count, bins) if by_frame else (2, 2, bins, count), np.float32)
        self._waves = waves.swapaxes(2, 3) if by_frame else waves

    def _run(self, place: int, length: int, *, backwards: bool) -> np.ndarray:
        """Where samples `place` to `place + length - 1` of each frame lie, as one piece of memory."""
        column, row = divmod(place, self._hop)
        rows = self._backwards if backwards else self._forwards
        start = (self._hop - row - length if backwards else row) * self._width + column
        return rows.reshape(-1)[start : start + length * self._width]

    def fill(self, samples: np.ndarray, power: np.ndarray) -> None:
        """The power (bins, count) of the samples' first frames."""
        self._take(samples)
        for later, earlier, sums, differences in self._pieces:
            np.add(later, earlier, out=sums)
            np.subtract(later, earlier, out=differences)
        np.multiply(self._far, self._ratio, out=self._far)
        for combine, matrices, waves in zip((np.add, np.subtract), self._matrices, self._waves, strict=True):
            combine(self._near, self._far, out=self._folded)
            np.matmul(matrices, self._folded[..., : self.count], out=waves)
        np.multiply(self._waves, self._waves, out=self._waves)
        (even_real, odd_imaginary), (odd_real, even_imaginary) = self._waves
        even, odd = power[::2], power[1::2]
        np.add(even_real[: len(even)], even_imaginary[: len(even)], out=even)
        np.add(odd_real[: len(odd)], odd_imaginary[: len(odd)], out=odd)

    def _take(self, samples: np.ndarray) -> None:
        """Sample n into row n mod hop, column n div hop."""
        rows, hop = self._forwards[:-1], self._hop
        whole = min(len(samples) // hop, self._width)
        rows[:, :whole] = samples[: whole * hop].reshape(whole, hop).T
        if whole < self._width:
            rest = samples[whole * hop :]
            rows[: len(rest), whole] = rest
        self._backwards[:-1] = rows[::-1]


def _runs(half: int, quarter: int, hop: int) -> list[tuple[int, int]]:
    """Runs (first, end) of distances from the middle, within which both samples stay in a column and in a quarter."""
    starts = {0, quarter, *range(-half % hop, half, hop), *range(half % hop, half, hop)}
    ordered = sorted(starts)
    return list(zip(ordered, [*ordered[1:], half], strict=True))


def _stack(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Both matrices as one array float32, with rows of zeros below the shorter one."""
    rows = max(len(one), len(other))
    return np.stack([np.pad(matrix, ((0, rows - len(matrix)), (0, 0))) for matrix in (one, other)]).astype(np.float32)
