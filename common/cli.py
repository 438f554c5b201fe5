"""The shell: verbs, the options that they share, progress bars, and errors without a traceback.

Every assignment's `__main__.py` holds a list of `Verb`s and calls `main`. Results go to standard output, progress and
warnings to standard error. Exit status: 0 done, 1 a comparison or check failed, 2 bad usage or bad input,
130 interrupted. Nothing heavy is imported here, so that `--help` stays fast.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import SequenceModelsError
from common.quiet_import import hush_tensorflow

COURSE_VARIABLE = "SEQUENCE_MODELS_COURSE"


@dataclass(frozen=True)
class Verb:
    """One thing that a person can do from the shell.

    `add_arguments(parser)` adds the verb's own options, `run(arguments)` does it and returns an exit status (None
    means 0); `run` imports what it needs itself.
    """

    name: str
    summary: str
    example: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int | None]


def build_parser(program: str, description: str, verbs: Sequence[Verb]) -> argparse.ArgumentParser:
    """The parser of `python -m PROGRAM`, one sub-command a verb."""
    listing = "\n".join(f"  python -m {program} {verb.example}" for verb in verbs)
    parser = argparse.ArgumentParser(
        prog=f"python -m {program}",
        description=description,
        epilog=f"examples:\n{listing}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb in verbs:
        command = commands.add_parser(
            verb.name,
            help=verb.summary,
            description=verb.summary,
            epilog=f"example:\n  python -m {program} {verb.example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        verb.add_arguments(command)
        command.set_defaults(run=verb.run, about=description, summary=verb.summary)
    return parser


def main(program: str, description: str, verbs: Sequence[Verb], argv: Sequence[str] | None = None) -> int:
    """Parse `argv` (default: the process's), run the verb, and return the exit status."""
    hush_tensorflow()
    arguments = build_parser(program, description, verbs).parse_args(argv)
    return guard(lambda: arguments.run(arguments))


def guard(action: Callable[[], int | None]) -> int:
    """Run `action`; a known error becomes one line on standard error and status 2, an interrupt 130."""
    try:
        return int(action() or 0)
    except SequenceModelsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            # The reader has gone (`... | head`): not an error. Keep the interpreter from complaining at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        print(f"error: {_describe_os_error(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130


def _describe_os_error(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


def add_run_options(
    parser: argparse.ArgumentParser,
    *,
    seed: bool = True,
    out: bool = True,
    course: bool = True,
    weights: bool = False,
) -> None:
    """Add the options that verbs share: --seed, --out, --course and --weights."""
    group = parser.add_argument_group("shared options")
    if seed:
        group.add_argument(
            "--seed", type=number_in(0, 2**32 - 1, int), default=0, metavar="N", help="seed of every draw (default 0)"
        )
    if out:
        group.add_argument("--out", type=Path, metavar="DIR", help="folder for results (default out/...)")
    if course:
        add_course_option(group)
    if weights:
        group.add_argument("--weights", type=Path, metavar="FILE", help="weights to use instead of the shipped ones")


def add_sampling_options(
    parser: argparse.ArgumentParser, *, temperature: float, top_p: float | None = None, unit: str = "character"
) -> None:
    """Add --temperature, --top-k and --top-p, as `common.sampling.draw` takes them."""
    parser.add_argument(
        "--temperature",
        type=number_in(0, 100),
        default=temperature,
        metavar="X",
        help=f"below 1 safer, above wilder, 0 the likeliest (default {temperature})",
    )
    parser.add_argument(
        "--top-k", type=number_in(1, 1_000_000, int), metavar="N", help=f"draw among the N likeliest {unit}s only"
    )
    parser.add_argument(
        "--top-p",
        type=number_in(0, 1, open_low=True),
        default=top_p,
        metavar="X",
        help=f"draw among the likeliest {unit}s of this probability in all" + (f" (default {top_p})" if top_p else ""),
    )


class _Named(argparse.Action):
    """Stores the value, and in NAME_named that it was given and is not the default."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        setattr(namespace, self.dest, values)
        setattr(namespace, f"{self.dest}_named", True)


def add_course_option(parser: argparse._ActionsContainer) -> None:
    """Add --course DIR; its default is the environment variable SEQUENCE_MODELS_COURSE."""
    parser.set_defaults(course_named=False)
    parser.add_argument(
        "--course",
        type=Path,
        action=_Named,
        default=course_folder_of_environment(),
        metavar="DIR",
        help=f"folder with the course's own files (default: ${COURSE_VARIABLE})",
    )


def named_course(arguments: argparse.Namespace) -> Path | None:
    """The folder of --course where the person gave it; one that only the environment names does not count.

    For what would otherwise work differently on one machine than on the next: which weights answer.
    """
    return arguments.course if getattr(arguments, "course_named", True) else None


def course_folder_of_environment() -> Path | None:
    """The folder that SEQUENCE_MODELS_COURSE names, or None where it is unset or empty."""
    value = os.environ.get(COURSE_VARIABLE, "")
    return Path(value) if value else None


def number_in(minimum: float, maximum: float, kind: type = float, *, open_low: bool = False) -> Callable[[str], Any]:
    """An argparse type: a number of `kind` within [minimum, maximum] (`open_low` excludes the minimum)."""

    def parse(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
        if not (minimum < value if open_low else minimum <= value) or not value <= maximum:
            low = f"more than {minimum}" if open_low else f"at least {minimum}"
            high = "" if maximum == float("inf") else f" and at most {maximum}"
            raise argparse.ArgumentTypeError(f"{text} is out of range: must be {low}{high}")
        return value

    return parse


def progress(
    iterable: Iterable[Any] | None = None, *, total: int | None = None, description: str = "", unit: str = "it"
) -> Any:
    """A progress bar with the time left, on standard error; silent where standard error is not a terminal."""
    from tqdm import tqdm

    return tqdm(
        iterable,
        total=total,
        desc=description,
        unit=unit,
        unit_scale=unit == "B",
        file=sys.stderr,
        disable=None,
        dynamic_ncols=True,
        leave=False,
    )


def say(message: str) -> None:
    """One line of information on standard error."""
    print(message, file=sys.stderr, flush=True)
