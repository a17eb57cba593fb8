"""docs/formats.md names tests that exist, and every format there is."""

import ast
import re
from pathlib import Path

from engine.photo.limits import EXTRAS, WRITABLE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ")][2:]


def test_the_tests_it_names_exist():
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    found = {
        node.name
        for room in ("photo", "removal")
        for path in (ROOT / "tests" / "engine" / room).glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    assert len(named) > 40
    assert named <= found


def test_every_row_has_all_cells_and_a_test():
    assert len(ROWS) >= 9
    assert all(row.count("|") == 10 and "`test_" in row.split("|")[-2] for row in ROWS)


def test_every_container_has_a_row():
    heads = " ".join(row.split("|")[1] for row in ROWS).upper().replace("CAMERA RAW", "RAW")
    assert {kind for kind in {*WRITABLE.values(), *EXTRAS} if kind not in heads} == set()
