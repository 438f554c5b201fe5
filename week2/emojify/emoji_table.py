"""The course's five emoji."""

from __future__ import annotations

from common.sentence_classifier.classes import ClassTable, LabelClass


def course_table() -> ClassTable:
    """The course's five: heart, baseball, smile, disappointed, fork and knife."""
    pairs = ("❤️", "heart"), ("⚾", "baseball"), ("😄", "smile"), ("😞", "disappointed"), ("🍴", "fork and knife")
    return ClassTable(LabelClass(*pair) for pair in pairs)
