"""docs/formats.md names tests that exist, and says what the table of formats says."""

import ast
import re
from pathlib import Path

import pytest

from engine.formats import BLOCKS, FORMATS

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
    assert all(row.count("|") == 12 and "`test_" in row.split("|")[-2] for row in ROWS)


HEADS = [head.strip() for head in PAGE.split("| Format ")[1].splitlines()[0].split("|")[1:-1]]


def cells_of(title):
    """Return what the page says of a format: one row, or one for each way it codes."""
    split = [[cell.strip() for cell in row.split("|")[1:-1]] for row in ROWS]
    return [dict(zip(HEADS, row[1:], strict=True)) for row in split if row[0].startswith(title)]


def test_every_row_is_of_one_format():
    assert sum(len(cells_of(row.title)) for row in FORMATS.values()) == len(ROWS)


@pytest.mark.parametrize("kind", FORMATS)
def test_the_page_says_what_the_table_says(kind):
    row = FORMATS[kind]
    rows = cells_of(row.title)
    assert len(rows) == (2 if row.exact is None else 1)
    for cells in rows:
        assert tuple(cells["Endings"].split()) == row.endings
        assert cells["Longest side"] == (f"{row.longest:,}" if row.longest else "any")
        assert ("is proposed" in cells["Saved as"]) == (row.becomes != kind)
        assert FORMATS[row.becomes].title in cells["Saved as"]
        assert ("16" in cells["Depth"]) == (row.depth == 16)
        assert (cells["Transparency"] == "there is none") != row.transparency
        assert cells["Colour profile"].startswith("kept") == ("icc" in row.blocks)
        told = cells["EXIF, XMP, IPTC"].replace("all three", "EXIF, XMP, IPTC")
        assert {block for block, name in BLOCKS.items() if name in told} == row.blocks - {"icc"}
        assert (f"`{row.extra}`" in cells["Opened"]) == bool(row.extra)
    exact = {cells["Outside the mask"].startswith("identical") for cells in rows}
    assert exact == {"JPEG": {True}}.get(kind, {True, False} if row.exact is None else {row.exact})
