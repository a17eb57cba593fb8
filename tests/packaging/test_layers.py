"""The laws of the source tree: who may import whom, and how long a thing may grow."""

import ast
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.packaging import tree
from tests.packaging.tree import PACKAGES, ROOT

MODULES = [ROOT / "main.py", *(path for top in PACKAGES for path in (ROOT / top).rglob("*.py"))]

OURS = {*PACKAGES, "main", "PySide6", "shiboken6"}
MAY_IMPORT = {
    "main.py": {"app"},
    "app": {"app", "engine", "assets", "PySide6"},
    "engine": {"engine"},
    "train": {"train", "engine"},
    "assets": {"assets"},
}
ENGINE_STANDS_ON = {
    *("cv2", "numba", "numpy", "PIL", "safetensors", "torch"),
    *("pi_heif", "rawpy"),  # optional extras, imported where they are used
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


every_module = pytest.mark.parametrize("path", MODULES, ids=name_of)


def imported(path: Path) -> set[str]:
    """Return the top names a module imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} line {node.lineno}: a relative import"
            names.add(str(node.module).partition(".")[0])
    return names


PARSED = tree.modules_of(ROOT)
IMPORTS = tree.imports_of(PARSED)


def test_no_two_modules_import_each_other():
    assert tree.mutual(IMPORTS) == []


def test_every_module_can_be_the_first_that_is_loaded():
    assert tree.circles(tree.loads_of(PARSED)) == []


def test_a_folder_has_at_most_20_modules():
    counts = Counter(path.parent for path in MODULES)
    assert {name_of(f): n for f, n in counts.items() if n > 20} == {}


def reached(name: str, seen: set[str]) -> set[str]:
    """Return what a module imports, and what that imports."""
    for other in IMPORTS.get(name, set()) - seen:
        seen.add(other)
        reached(other, seen)
    return seen


def test_what_never_loads_qt_is_no_part_of_app():
    """But the command line, the words, and what joins the engine to the weights in ``assets``."""
    elsewhere = ("app.cli.", "app.words.", "app.shipped")
    found = [
        name
        for name in IMPORTS
        if name.startswith("app.") and not name.startswith(elsewhere) and "__init__" not in name
        if not any(other.startswith("PySide6") for other in reached(name, set()))
    ]
    assert found == []


@every_module
def test_a_layer_imports_only_what_lies_below_it(path):
    top = path.relative_to(ROOT).parts[0]
    assert imported(path) & OURS <= MAY_IMPORT[top]


@pytest.mark.parametrize("path", sorted((ROOT / "engine").rglob("*.py")), ids=name_of)
def test_the_engine_stands_on_few_libraries(path):
    assert imported(path) - set(sys.stdlib_module_names) - {"engine"} <= ENGINE_STANDS_ON


@every_module
def test_a_module_has_at_most_300_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("name", PARSED)
def test_a_function_has_at_most_60_lines(name):
    assert [one for one in tree.functions_of(PARSED[name]) if one[1] > 60] == []


def test_half_the_functions_have_at_most_10_lines():
    lengths = [size for one in PARSED.values() for _, size in tree.functions_of(one)]
    assert statistics.median(lengths) <= 10


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import engine.inpainter, engine.photo", "PySide6"),
        ("import engine, engine.geometry, engine.removal.codes, engine.errors", "torch"),
        ("import app.cli.command_line", "torch"),
        ("import app.cli.command_line", "PySide6"),
    ],
)
def test_importing_stays_light(statement, unwanted):
    code = f"import sys; {statement}; sys.exit({unwanted!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=300).returncode == 0


def test_tests_are_no_package():
    """An __init__.py would let tests/engine be taken for engine."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []
