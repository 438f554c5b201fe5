"""The import rules, kept by walking the imports of every file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
WEEKS = ("week1", "week2", "week3")
PRODUCT = sorted(path for top in ("common", *WEEKS) for path in (PROJECT / top).rglob("*.py"))
HEAVY = {"tensorflow", "keras", "matplotlib", "music21", "scipy", "torch"}
LIGHT_STAGES = {"data", "__main__", "__init__", "compare"}


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def imports_of(path: Path, tree: ast.AST) -> set[str]:
    """Dotted names that the file imports anywhere, relative ones made absolute."""
    package = path.relative_to(PROJECT).parent.parts
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parent = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*parent, *([node.module] if node.module else [])))
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return found


def top_level_imports(tree: ast.Module) -> set[str]:
    module = ast.Module([node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))], [])
    return {name.split(".")[0] for name in imports_of(PROJECT / "x.py", module)}


@pytest.fixture(params=PRODUCT, ids=name_of)
def source(request):
    return request.param, ast.parse(request.param.read_text(encoding="utf-8"))


def test_common_knows_no_week_and_no_assignment_another(source):
    path, tree = source
    parts = path.relative_to(PROJECT).parts
    for target in imports_of(path, tree):
        week, _, rest = target.partition(".")
        if week not in WEEKS:
            continue
        assert parts[0] != "common", f"common imports {target}"
        if len(parts) > 2:
            own = f"{parts[0]}.{parts[1]}"
            assert target in {own, week} or target.startswith(own + "."), f"imports another assignment: {target}"
        else:
            assert week == parts[0] and not rest, f"a week lists its assignments by looking, it imports {target}"


def test_no_wildcard_import_and_no_global_statement(source):
    _, tree = source
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Global)
        assert not (isinstance(node, ast.ImportFrom) and node.names[0].name == "*")


def test_stages_import_only_what_they_may(source):
    path, tree = source
    if path.parts[-3] not in WEEKS:
        return
    own = ".".join(path.relative_to(PROJECT).parts[:2])
    targets = imports_of(path, tree)
    if path.stem == "data":
        assert not {target.split(".")[0] for target in targets} & {"keras", "tensorflow"}
    if path.stem == "model":
        assert f"{own}.data" not in targets
        assert not {target.split(".")[0] for target in targets} & {"tensorflow"}
    if path.stem in {"generate", "translate", "detect", "predict"}:
        assert f"{own}.train" not in targets


def test_what_the_shell_reads_first_is_light(source):
    """Files that `--help` imports load nothing heavy at their top level."""
    path, tree = source
    if path.stem in LIGHT_STAGES or path.parts[-2] == "common":
        heavy = top_level_imports(tree) & HEAVY
        assert not heavy, f"{name_of(path)} imports {heavy} when it is imported"


def test_nothing_happens_at_import(source):
    """At the top level a module only defines: no call for its effect, no loop, nothing printed, seeded or opened."""
    path, tree = source
    for node in tree.body:
        if isinstance(node, ast.Expr):
            assert isinstance(node.value, ast.Constant), f"{name_of(path)}:{node.lineno} does something at import"
        assert not isinstance(node, (ast.For, ast.While, ast.With)), f"{name_of(path)}:{node.lineno}"
        if isinstance(node, ast.If):
            test = ast.unparse(node.test)
            assert test in {"__name__ == '__main__'", "TYPE_CHECKING"}, f"{name_of(path)}:{node.lineno}: if {test}"
