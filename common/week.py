"""`python -m weekN`: the week's assignments with their verbs, found by looking, so that a new folder lists itself."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType

from common.cli import Verb


def assignments(week: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    """(name, shell module) of each assignment folder of the week that has a `__main__.py`, in alphabetical order."""
    for entry in sorted(pkgutil.iter_modules(week.__path__), key=lambda entry: entry.name):
        if entry.ispkg:
            name = f"{week.__name__}.{entry.name}"
            yield name, importlib.import_module(f"{name}.__main__")


def main(week: ModuleType, argv: Sequence[str] | None = None) -> int:
    """List the week's assignments and their verbs; any argument but --help is refused with the list."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    unknown = [argument for argument in arguments if argument not in {"-h", "--help"}]
    if unknown:
        print(f"error: python -m {week.__name__} takes no {unknown[0]!r}; name an assignment:", file=sys.stderr)
    print(listing(week), file=sys.stderr if unknown else sys.stdout)
    return 2 if unknown else 0


def listing(week: ModuleType) -> str:
    """The list as text: each assignment, its one line, and its verbs with theirs."""
    lines = [(week.__doc__ or "").strip(), ""]
    for name, module in assignments(week):
        lines.append(f"python -m {name}")
        lines.append(f"  {module.DESCRIPTION}")
        lines += [f"    {verb.name:10} {verb.summary}" for verb in _verbs(module)]
        lines.append("")
    lines.append("Every verb has --help with an example.")
    return "\n".join(lines)


def _verbs(module: ModuleType) -> Sequence[Verb]:
    return module.VERBS
