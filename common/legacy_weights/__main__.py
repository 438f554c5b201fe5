"""python -m common.legacy_weights: look into an old Keras file, or carry it into Keras 3."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from common.cli import Verb, main, say
from common.errors import InputError

PROGRAM = "common.legacy_weights"


def _shared_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="OLD.h5", help="a Keras 1, Keras 2 or tf.keras HDF5 file")
    parser.add_argument(
        "--architecture", type=Path, metavar="JSON", help="what model.to_json() wrote, for a weights-only file"
    )
    parser.add_argument(
        "--activation",
        action="append",
        default=[],
        metavar="LAYER=FUNCTION",
        help="the activation of a layer whose own the file does not hold, such as attention_weights=softmax:1",
    )


def _upgrade_arguments(parser: argparse.ArgumentParser) -> None:
    _shared_arguments(parser)
    parser.add_argument("new", type=Path, metavar="NEW.keras", help="the file to write")
    parser.add_argument(
        "--input-shape",
        metavar="N,N,...",
        help="without the batch, for a model that does not state it; ? is any length",
    )


def _choices(arguments: argparse.Namespace) -> dict:
    from common.legacy_weights.activations import parse_choice

    return dict(parse_choice(text) for text in arguments.activation)


def _inspect(arguments: argparse.Namespace) -> int:
    from common.legacy_weights.inspection import describe, inspect_file, refuse_unknown

    choices = _choices(arguments)
    found = inspect_file(arguments.file, architecture=arguments.architecture, activations=choices)
    refuse_unknown(found, choices)
    print(describe(found))
    return 0


def _upgrade(arguments: argparse.Namespace) -> int:
    from common.legacy_weights.inspection import inspect_file, refuse_problems
    from common.legacy_weights.writing import summary, write_upgraded

    choices, shape = _choices(arguments), _input_shape(arguments.input_shape)
    if arguments.new.suffix != ".keras":
        raise InputError(f"{arguments.new}: the new file's name must end with .keras")
    found = inspect_file(arguments.file, architecture=arguments.architecture, activations=choices)
    refuse_problems(found, choices)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    say("importing Keras ...")
    model = write_upgraded(
        arguments.file, arguments.new, architecture=arguments.architecture, activations=choices, input_shape=shape
    )
    print(summary(found, model, arguments.new))
    return 0


def _input_shape(text: str | None) -> tuple[int | None, ...] | None:
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(part == "?" or part.isdigit() for part in parts):
        raise InputError(f"--input-shape {text!r} is not a list of lengths; write 28,28,1 or ?,64")
    return tuple(None if part == "?" else int(part) for part in parts)


VERBS = [
    Verb("inspect", "what the file holds and what would become of it", "inspect OLD.h5", _shared_arguments, _inspect),
    Verb(
        "upgrade",
        "write it as a Keras 3 model with the same outputs",
        "upgrade OLD.h5 NEW.keras",
        _upgrade_arguments,
        _upgrade,
    ),
]

if __name__ == "__main__":
    sys.exit(main(PROGRAM, "Old Keras files with the same numbers in Keras 3.", VERBS))
