"""How far off the stars are, beside how often they are right: classes that are numbers have distances.

mean absolute error = mean |number given - number that it should be|
"""

from __future__ import annotations

import numpy as np

from common.sentence_classifier.classes import ClassTable
from common.sentence_classifier.evaluate import Evaluation
from common.sentence_classifier.labelled import is_whole

MEAN_ERROR = "mean error"


def mean_error(confusion: np.ndarray, values: np.ndarray) -> float:
    """The mean absolute error.

    Args:
        confusion: sentences by class (rows) and by the class that they got, (classes, classes).
        values: the number of each class, such as its stars.
    """
    distances = np.abs(np.subtract.outer(values, values))
    return float((confusion * distances).sum() / max(confusion.sum(), 1))


def measures(found: Evaluation, table: ClassTable) -> dict[str, float]:
    """The mean absolute error in stars (or whatever the numbers are); nothing where classes are names."""
    if not all(map(is_whole, table.names)):
        return {}
    return {MEAN_ERROR: mean_error(found.confusion, np.array(table.names, float))}
