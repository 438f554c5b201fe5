"""A student's own functions out of a `.py` file or a notebook, without running the rest of it.

Kept are function and class definitions, and the imports and assignments that these need (by the names that they use).
Left out are magics, plots, prints, calls and everything else at top level, so a notebook that trains for an hour loads
at once. The course's helper modules are answered by ours, its test modules and plotting packages by nothing.
"""

from __future__ import annotations

import ast
import builtins
import json
import os
import re
import symtable
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.errors import InputError
from common.text_files import read_text

_SILENT = re.compile(
    r"public_tests?|tests?|test_?\w*|dlai_\w*|outputs?|grader\w*|matplotlib|IPython|ipywidgets|seaborn"
)
_MAGIC = re.compile(r"\s*[%!?]|\s*\w[\w.]*\?+\s*$")
_CODE_CELL_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")
_IMPORTS = (ast.Import, ast.ImportFrom)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)


@dataclass(frozen=True)
class Solution:
    """What a user's file defines.

    Attributes:
        path: the file.
        functions: its functions by name.
        problems: what could not be read or run, one sentence each (a cell with a syntax error, a failing assignment).
    """

    path: Path
    functions: dict[str, Callable[..., Any]]
    problems: list[str]


class _Nothing(types.ModuleType):
    """A module, function or object that takes any use and does nothing: stands for tests and plots."""

    def __init__(self, name: str):
        super().__init__(name)
        self.__all__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing(name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return _Nothing("result")

    def __iter__(self) -> Any:
        return iter((_Nothing("first"), _Nothing("second")))


class _Missing(types.ModuleType):
    """A module that is not installed: importing it is fine, using it says so."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return []
        if name.startswith("__"):
            raise AttributeError(name)
        return _Missing(f"{self.__name__}.{name}")

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        raise ImportError(f"{self.__name__} is not available here")


def load_solution(
    path: str | os.PathLike[str],
    helper_modules: Mapping[str, Mapping[str, Any]],
    find_file: Callable[[str], Path | None] = lambda name: None,
) -> Solution:
    """Load a user's functions.

    Args:
        path: a `.py` file or a Jupyter notebook.
        helper_modules: the course's helper modules by name, each a mapping of names to our objects.
        find_file: where a data file of this name is, for functions that open one by the course's relative path.

    Raises:
        InputError: the file is missing, is no notebook or is no Python at all.
    """
    path = Path(path)
    pieces = _notebook_cells(path) if path.suffix.lower() == ".ipynb" else [(str(path), read_text(path))]
    problems: list[str] = []
    statements: list[ast.stmt] = []
    for place, source in pieces:
        try:
            statements += _statements(source)
        except SyntaxError as error:
            problems.append(f"{place}: line {error.lineno} is not Python ({error.msg}); left out")
    if not statements and problems:
        raise InputError(f"{problems[0]}; mend it and try again")
    namespace = _namespace(path, helper_modules, find_file)
    for statement in _needed(statements):
        _run(statement, namespace, path, problems)
    own = {node.name for node in _flat(statements) if isinstance(node, _DEFINITIONS)}
    functions = {name: namespace[name] for name in own if callable(namespace.get(name))}
    return Solution(path, functions, problems)


def _notebook_cells(path: Path) -> list[tuple[str, str]]:
    """(where, source) of each code cell."""
    try:
        notebook = json.loads(read_text(path))
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        code = [cell for cell in cells if cell.get("cell_type") == "code"]
        sources = [cell.get("source", cell.get("input", "")) for cell in code]
    except (json.JSONDecodeError, KeyError, IndexError, TypeError, AttributeError):
        raise InputError(f"{path}: is not a Jupyter notebook; give an .ipynb or a .py file") from None
    joined = [source if isinstance(source, str) else "".join(source) for source in sources]
    return [(f"{path}, code cell {number}", source) for number, source in enumerate(joined, 1)]


def _statements(source: str) -> list[ast.stmt]:
    """The source's statements, magic, shell and help lines left out; a cell of another language has none."""
    source = source.replace("\r\n", "\n")
    first = next((line.strip() for line in source.split("\n") if line.strip()), "")
    if first.startswith("%%") and not first.startswith(_CODE_CELL_MAGICS):
        return []
    try:
        return ast.parse(source).body
    except SyntaxError:
        return ast.parse("\n".join(_without_magic(line) for line in source.split("\n"))).body


def _without_magic(line: str) -> str:
    """A magic line as `pass` at its own indent, so that a block which holds nothing else stays a block."""
    return line[: len(line) - len(line.lstrip())] + "pass" if _MAGIC.match(line) else line


def _needed(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Definitions, and the imports and assignments whose names these use, directly or through one another, in order."""
    flat = _flat(statements)
    chosen = {id(node) for node in flat if isinstance(node, _DEFINITIONS)}
    wanted = set().union(*(_names_used(node) for node in flat if isinstance(node, _DEFINITIONS)), set())
    growing = True
    while growing:
        growing = False
        for node in flat:
            if id(node) not in chosen and _names_set(node) & (wanted | {"*"}):
                chosen.add(id(node))
                wanted |= _names_used(node) if isinstance(node, _ASSIGNMENTS) else set()
                growing = True
    return [node for node in flat if id(node) in chosen]


def _flat(statements: list[ast.stmt]) -> list[ast.stmt]:
    return [inner for statement in statements for inner in _unwrapped(statement)]


def _unwrapped(statement: ast.stmt) -> list[ast.stmt]:
    """Imports and definitions inside top-level try, if and with blocks count as top-level ones."""
    if isinstance(statement, ast.Try):
        return [inner for part in statement.body for inner in _unwrapped(part)]
    if isinstance(statement, ast.With):
        return [inner for part in statement.body for inner in _unwrapped(part)]
    if isinstance(statement, ast.If) and "__main__" not in ast.dump(statement.test):
        return [inner for part in statement.body for inner in _unwrapped(part)]
    return [statement]


def _names_set(node: ast.stmt) -> set[str]:
    """Names that an import or an assignment binds, changes or writes into (`table["x"] = 1` changes `table`)."""
    if isinstance(node, _IMPORTS):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    if not isinstance(node, _ASSIGNMENTS):
        return set()
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names: set[str] = set()
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name):
                names.add(part.id)
    return names


def _names_used(node: ast.stmt) -> set[str]:
    """Global names that a statement may look up, also inside the functions that it defines."""
    table = symtable.symtable(ast.unparse(node), "statement", "exec")
    return {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()} | _globals_in(table)


def _globals_in(table: symtable.SymbolTable) -> set[str]:
    found: set[str] = set()
    for child in table.get_children():
        found |= {symbol.get_name() for symbol in child.get_symbols() if symbol.is_global()}
        found |= _globals_in(child)
    return found


def _namespace(
    path: Path, helper_modules: Mapping[str, Mapping[str, Any]], find_file: Callable[[str], Path | None]
) -> dict[str, Any]:
    """The globals of the user's code: our answers to `import` and to `open`."""
    own = dict(vars(builtins))
    own["__import__"] = _importer(path, helper_modules)
    own["open"] = _opener(path, find_file)
    own["get_ipython"] = lambda: _Nothing("ipython")
    return {"__name__": "solution", "__file__": str(path), "__builtins__": own}


def _importer(path: Path, helper_modules: Mapping[str, Mapping[str, Any]]) -> Callable[..., Any]:
    modules = {name: _module(name, content) for name, content in helper_modules.items()}

    def import_(name: str, globals_: Any = None, locals_: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        if name in modules:
            return modules[name]
        top = name.split(".")[0]
        if _SILENT.fullmatch(top):
            return _Nothing(name if fromlist else top)
        try:
            if not level and (path.parent / f"{top}.py").is_file():
                return _neighbour(path.parent / f"{top}.py", helper_modules)
            return builtins.__import__(name, globals_, locals_, fromlist, 0)
        except ImportError:
            return _Missing(name if fromlist else top)

    return import_


def _neighbour(path: Path, helper_modules: Mapping[str, Mapping[str, Any]]) -> types.ModuleType:
    """A module of the student's own that lies beside the file, loaded the same way."""
    return _module(path.stem, load_solution(path, helper_modules).functions)


def _module(name: str, content: Mapping[str, Any]) -> types.ModuleType:
    """A module of these names; any other name of it may be imported, and says when it is used that it is missing."""
    module = _Missing(name)
    vars(module).update(content)
    module.__all__ = [key for key in content if not key.startswith("_")]
    return module


def _opener(path: Path, find_file: Callable[[str], Path | None]) -> Callable[..., Any]:
    """`open` that looks for a data file beside the user's file and in the course folder too."""

    def open_(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        if isinstance(file, str) and "r" in mode and not Path(file).exists():
            beside = path.parent / file
            file = beside if beside.exists() else find_file(Path(file).name) or file
        return open(file, mode, *arguments, **options)

    return open_


def _run(statement: ast.stmt, namespace: dict[str, Any], path: Path, problems: list[str]) -> None:
    code = compile(ast.Module([statement], []), str(path), "exec")
    try:
        exec(code, namespace)  # the user's own file, on the user's own order
    except Exception as error:
        first = ast.unparse(statement).splitlines()[0]
        problems.append(f"{path}: `{first[:60]}` raised {type(error).__name__}: {error}; left out")
