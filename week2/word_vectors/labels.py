"""Where the labels of a map go: beside their points, and not over one another.

Greedy: the most crowded points first, each label takes the place, among some around its point, that covers least of
what stands already; where even the best place is farther off, a thin line leads to the point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_ANGLES = np.deg2rad([0, 180, 90, 270, 45, 135, 315, 225, 20, 160, 200, 340, 70, 110, 250, 290])
_RINGS = (1.0, 2.2, 3.6, 5.2, 7.0, 9.0, 11.5, 14.5)
_GAP = 5.0
"""Distance in pixels from a point to its label on the first ring."""


@dataclass(frozen=True)
class Placement:
    """A label's box: its centre in pixels, and whether it needs a line to its point."""

    centre: tuple[float, float]
    line: bool


def place_labels(points: np.ndarray, sizes: np.ndarray, bounds: tuple[float, float]) -> list[Placement]:
    """The places of labels.

    Args:
        points: (n, 2) the points in pixels.
        sizes: (n, 2) width and height of each label in pixels.
        bounds: width and height of the picture; labels stay inside where they can.
    """
    placed: dict[int, Placement] = {}
    boxes = np.empty((0, 4))
    dots = np.concatenate([points - 3, points + 3], axis=1)
    for number in np.argsort(-_crowding(points), kind="stable"):
        candidates, rings = _candidates(points[number], sizes[number])
        others = np.delete(dots, number, axis=0)
        cost = 4 * _overlap(candidates, boxes) + _overlap(candidates, others) + 8 * _outside(candidates, bounds)
        best = int(np.argmin(cost + 0.02 * np.prod(sizes[number]) * (rings - 1)))
        boxes = np.vstack([boxes, candidates[best]])
        left, bottom, right, top = candidates[best]
        placed[int(number)] = Placement(((left + right) / 2, (bottom + top) / 2), rings[best] > 1)
    return [placed[number] for number in range(len(points))]


def _crowding(points: np.ndarray) -> np.ndarray:
    """How near other points are, larger for nearer."""
    distances = np.linalg.norm(points[:, np.newaxis] - points, axis=-1)
    return np.sum(np.exp(-distances / 40), axis=1)


def _candidates(point: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(m, 4) boxes (left, bottom, right, top) around the point, and the ring (m,) that each is on."""
    rings = np.repeat(_RINGS, len(_ANGLES))
    angles = np.tile(_ANGLES, len(_RINGS))
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    centres = point + ways * (size / 2 + _GAP * rings[:, np.newaxis])
    return np.concatenate([centres - size / 2, centres + size / 2], axis=1), rings


def _overlap(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(m,) area that each box shares with the others in all."""
    low = np.maximum(boxes[:, np.newaxis, :2], others[:, :2])
    high = np.minimum(boxes[:, np.newaxis, 2:], others[:, 2:])
    return np.prod(np.maximum(high - low, 0), axis=-1).sum(axis=1)


def _outside(boxes: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    """(m,) area of each box that lies outside of the picture."""
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return area - _overlap(boxes, np.array([[0.0, 0.0, *bounds]]))
