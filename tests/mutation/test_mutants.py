"""Each mutant is one mistake, somewhere that runs."""

import ast
from pathlib import Path

import pytest

from tests.mutation.mutants import mutants, mutated

SOURCE = '''"""Say 1 + 1."""

from typing import Literal

LIMIT = 3


@cached(size=5)
def f(x: Literal[1, 2], y: int = 0) -> tuple[int, "1 + 1"]:
    """Return 2."""
    if x < LIMIT and not y:
        note(x)
        return -min(x, y), 1.5
    for a, b in zip(x, y, strict=True):
        x += a
    return [n for n in x if n]
'''

WRONG = [
    (9, "0 → 1"),
    (11, "if x < LIMIT and (not y): → if not (x < LIMIT and (not y)):"),
    (11, "x < LIMIT and (not y) → x < LIMIT or not y"),
    (11, "x < LIMIT → x <= LIMIT"),
    (11, "not y → not not y"),
    (12, "without note(x)"),
    (13, "return (-min(x, y), 1.5) → return None"),
    (13, "-min(x, y) → +min(x, y)"),
    (13, "min → max"),
    (13, "1.5 → 2.25"),
    (15, "x += a → x -= a"),
    (16, "return [n for n in x if n] → return None"),
    (16, "for n in x if n → for n in x"),
]


def test_every_kind_of_mistake_is_made_where_it_runs():
    found = sorted((m.line, m.change) for m in mutants(SOURCE))
    assert found == sorted(WRONG)
    assert {m.function for m in mutants(SOURCE)} == {"f"}


@pytest.mark.parametrize("name", ["geometry.py", "files.py", "inpainter.py"])
def test_a_mutant_is_the_module_with_one_change(name):
    source = (Path(__file__).parents[2] / "engine" / name).read_text(encoding="utf-8")
    whole, seen = ast.unparse(ast.parse(source)), set()
    for mutant in mutants(source):
        text = mutated(source, mutant.number)
        compile(text, name, "exec")
        seen.add(text)
    assert whole not in seen
    assert len(seen) > 0.9 * len(mutants(source))
