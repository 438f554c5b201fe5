"""The project's errors: one root, and the one that a person's bad input raises."""

from __future__ import annotations


class SequenceModelsError(Exception):
    """Root of every error that this project raises on purpose."""


class InputError(SequenceModelsError, ValueError):
    """Bad input of a person's: a file, an option, a shape.

    The message is one sentence that names the file (or the argument), what is wrong with it and what to do next.
    The shell prints it without a traceback and exits with status 2.
    """


class MissingFileError(InputError):
    """A file that is needed is not there; `name` is its logical or file name."""

    def __init__(self, message: str, *, name: str):
        super().__init__(message)
        self.name = name
