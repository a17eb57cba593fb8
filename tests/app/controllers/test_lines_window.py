"""Lines in the window: shown, dropped, drawn and erased by mouse, pen and keys; never in vain."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFileDialog

from engine.record.recipe import read_recipe, recipe_path
from engine.record.steps import FillStep
from engine.structure.given import NOTHING
from engine.views.growth import grown_by_width
from engine.views.strokes import Tool
from tests.app.hands import LEFT, NONE, RIGHT, fill, move, pen, press, release, stroke
from tests.engine.structure.looks import find_lines

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
HOLE = [(300, 170), (300, 230)]
MIDDLE = (300, 200)


@pytest.fixture
def image():
    """Return 600 x 400 pixels of wall, with a bar from side to side and another that stops."""
    out = np.full((400, 600, 3), 170, np.float64)
    cv2.line(out, (0, 200), (600, 200), (60, 60, 60), 6)
    cv2.line(out, (0, 226), (280, 226), (90, 90, 90), 4)
    noise = np.random.default_rng(2).normal(0, 2, out.shape)
    return np.clip(out + noise, 0, 255).astype(np.uint8)


@pytest.fixture
def brushed(window, qtbot):
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 70)
    stroke(window.canvas, HOLE)
    qtbot.waitUntil(lambda: bool(marks(window).found.lines), timeout=60_000)
    return window


def marks(window):
    return window.canvas.overlay.lines


def carried(window):
    return [line for line in marks(window).found.lines if line.carried]


def settled(window, qtbot):
    """Wait until what is shown is what a fill would do now."""
    qtbot.waitUntil(lambda: window.lines.settled, timeout=60_000)


def history(window):
    stack = window.workspace.stack
    return [stack.text(n) for n in range(stack.index())]


def test_the_lines_shown_are_those_that_a_fill_carries(brushed, qtbot):
    document = brushed.workspace.document
    share = brushed.workspace.settings.get("grow_percent") / 100
    grown = grown_by_width(document.mask, share)
    expected = [line.stroke for line in find_lines(document.image, grown)]
    assert [line.way for line in carried(brushed)] == expected
    assert len(expected) >= 1


def test_a_click_drops_a_line_and_another_brings_it_back(brushed, qtbot, filler):
    here = marks(brushed).at((299.5, 199.5))
    assert here
    stroke(brushed.canvas, [MIDDLE])
    assert history(brushed) == ["Paint mask", "Drop line"]
    assert not set(marks(brushed).at((299.5, 199.5))) & set(carried(brushed))
    settled(brushed, qtbot)
    assert len(marks(brushed).at((299.5, 199.5))) == len(here)
    fill(brushed, qtbot)
    assert all(ask.lines.dropped for ask in filler.asks)
    brushed.fills.dismiss()
    stroke(brushed.canvas, [MIDDLE])
    assert history(brushed)[-1] == "Bring back line"
    assert brushed.workspace.document.lines == NOTHING


def test_undo_and_redo_know_dropped_lines(brushed, qtbot):
    document = brushed.workspace.document
    stroke(brushed.canvas, [MIDDLE])
    dropped = document.lines
    brushed.actions_by_id["undo"].trigger()
    assert document.lines == NOTHING
    settled(brushed, qtbot)
    assert all(line.carried for line in marks(brushed).found.lines)
    brushed.actions_by_id["redo"].trigger()
    assert document.lines == dropped


def test_a_drag_that_begins_on_a_line_paints(brushed):
    document = brushed.workspace.document
    stroke(brushed.canvas, [MIDDLE, (320, 200), (420, 200)])
    assert history(brushed) == ["Paint mask", "Paint mask"]
    assert document.mask[200, 420]
    assert document.lines == NOTHING


@pytest.mark.parametrize(
    ("button", "keys"), [(RIGHT, NONE), (LEFT, ALT), (LEFT, SHIFT)], ids=["right", "alt", "shift"]
)
def test_a_click_that_means_something_else_drops_no_line(brushed, button, keys):
    stroke(brushed.canvas, [MIDDLE], button, keys)
    assert brushed.workspace.document.lines == NOTHING


def test_a_click_beside_the_hole_paints(brushed):
    stroke(brushed.canvas, [(450, 200)])
    assert brushed.workspace.document.mask[200, 450]
    assert brushed.workspace.document.lines == NOTHING


def test_the_pen_draws_a_straight_line_whose_ends_go_to_edges(brushed, qtbot, filler):
    brushed.actions_by_id["pen"].trigger()
    ends = marks(brushed).found.ends
    assert any(abs(x - 264) < 5 and abs(y - 226) < 4 for x, y in ends)
    stroke(brushed.canvas, [(262, 222), (290, 250), (338, 232)])
    [drawn] = brushed.workspace.document.lines.drawn
    assert len(drawn.points) == 2
    assert drawn.points[0] in ends
    assert not drawn.curved
    assert history(brushed)[-1] == "Draw line"
    settled(brushed, qtbot)
    assert [line.carried for line in marks(brushed).found.lines if line.drawn] == [True]
    fill(brushed, qtbot)
    assert all(ask.lines.drawn == (drawn,) for ask in filler.asks)


def test_shift_draws_a_curve(brushed):
    brushed.painting.set_tool(Tool.PEN)
    way = [(250, 226), (280, 240), (300, 244), (320, 240), (350, 226)]
    stroke(brushed.canvas, way, keys=SHIFT)
    [drawn] = brushed.workspace.document.lines.drawn
    assert drawn.curved
    assert any(y > 240 for _, y in drawn.points)


def test_a_tablet_draws_and_its_other_end_erases(brushed, qtbot):
    brushed.painting.set_tool(Tool.PEN)
    kinds = QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease
    for kind, at in zip(kinds, [(250, 226), (300, 228), (345, 230)], strict=True):
        pen(brushed.canvas, kind, at, 0.6)
    assert len(brushed.workspace.document.lines.drawn) == 1
    settled(brushed, qtbot)
    for kind, at in zip(kinds, [(300, 240), (300, 228), (300, 218)], strict=True):
        pen(brushed.canvas, kind, at, 0.6, eraser=True)
    assert brushed.workspace.document.lines.drawn == ()
    assert history(brushed)[-2:] == ["Draw line", "Erase line"]


@pytest.mark.parametrize("way", [[(300, 228)], [(300, 240), (300, 216)]], ids=["click", "drag"])
def test_a_click_or_alt_erases_what_was_drawn(brushed, qtbot, way):
    brushed.painting.set_tool(Tool.PEN)
    stroke(brushed.canvas, [(250, 226), (345, 230)])
    settled(brushed, qtbot)
    stroke(brushed.canvas, way, keys=ALT if len(way) > 1 else NONE)
    assert brushed.workspace.document.lines.drawn == ()


def test_a_line_that_begins_nowhere_is_shown_as_one_that_is_not_carried(brushed, qtbot):
    brushed.painting.set_tool(Tool.PEN)
    stroke(brushed.canvas, [(290, 180), (310, 185)])
    settled(brushed, qtbot)
    [line] = [line for line in marks(brushed).found.lines if line.drawn]
    assert not line.carried


def test_esc_takes_a_line_back_that_is_being_drawn(brushed, qtbot):
    brushed.painting.set_tool(Tool.PEN)
    press(brushed.canvas, (250, 226))
    move(brushed.canvas, (300, 228))
    assert marks(brushed).draft
    qtbot.keyClick(brushed.canvas, Qt.Key.Key_Escape)
    release(brushed.canvas, (345, 230))
    assert brushed.workspace.document.lines == NOTHING
    assert not marks(brushed).draft


def test_keys_point_at_a_line_and_drop_it(brushed, qtbot):
    told = []
    brushed.workspace.told.connect(told.append)
    qtbot.keyClick(brushed, Qt.Key.Key_I, SHIFT)
    assert "points at a line" in told[-1]
    qtbot.keyClick(brushed, Qt.Key.Key_I)
    assert marks(brushed).pointed == [marks(brushed).found.lines[0]]
    assert "carries this line on" in told[-1]
    qtbot.keyClick(brushed, Qt.Key.Key_I, SHIFT)
    assert len(brushed.workspace.document.lines.dropped) == 1
    qtbot.keyClick(brushed, Qt.Key.Key_P, SHIFT)
    assert not marks(brushed).visible


def test_lines_are_hidden_on_demand_and_it_is_remembered(brushed, qtbot):
    before = brushed.canvas.grab().toImage()
    brushed.actions_by_id["show_lines"].trigger()
    assert not brushed.workspace.settings.get("show_lines")
    assert brushed.canvas.grab().toImage() != before
    stroke(brushed.canvas, [MIDDLE])
    assert brushed.workspace.document.lines == NOTHING
    brushed.painting.set_tool(Tool.PEN)
    assert marks(brushed).visible


def test_no_lines_are_looked_for_while_a_stroke_is_made(brushed, qtbot):
    settled(brushed, qtbot)
    press(brushed.canvas, (300, 240))
    move(brushed.canvas, (320, 260))
    ticket = brushed.workspace.lines.current
    brushed.lines._ask()
    assert brushed.workspace.lines.current == ticket
    release(brushed.canvas, (320, 260))
    settled(brushed, qtbot)
    assert brushed.workspace.lines.current > ticket


def test_accepting_takes_the_lines_away_and_undo_brings_them_back(brushed, qtbot):
    document = brushed.workspace.document
    stroke(brushed.canvas, [MIDDLE])
    given = document.lines
    fill(brushed, qtbot)
    brushed.actions_by_id["accept"].trigger()
    assert document.lines == NOTHING
    assert marks(brushed).found.lines == ()
    [step] = document.steps
    assert isinstance(step, FillStep)
    assert step.lines == given
    brushed.actions_by_id["undo"].trigger()
    assert document.lines == given
    brushed.actions_by_id["redo"].trigger()
    brushed.actions_by_id["change"].trigger()
    assert document.lines == given


def test_a_recipe_keeps_lines_and_replays_them(brushed, qtbot, monkeypatch, photo_file, filler):
    stroke(brushed.canvas, [MIDDLE])
    given = brushed.workspace.document.lines
    fill(brushed, qtbot)
    brushed.actions_by_id["accept"].trigger()
    brushed.painting.set_tool(Tool.PEN)
    stroke(brushed.canvas, [(100, 100), (150, 100)])
    pending = brushed.workspace.document.lines
    path = recipe_path(photo_file)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(path), ""))
    brushed.actions_by_id["save_recipe"].trigger()
    qtbot.waitUntil(path.exists, timeout=60_000)
    recipe = read_recipe(path)
    assert recipe.version == 4
    assert recipe.lines == pending
    assert [step.lines for step in recipe.steps] == [given]
    brushed.workspace.stack.setClean()
    with qtbot.waitSignal(brushed.workspace.told, timeout=60_000,
                          check_params_cb=lambda text: "brought back" in text):  # fmt: skip
        brushed.files.open(path)
    assert brushed.workspace.document.lines == pending
    assert filler.asks[-1].lines == given


def test_a_doubtful_line_has_gaps_and_is_told_from_others(brushed, qtbot):
    settled(brushed, qtbot)
    found, seen = marks(brushed).found, []
    for doubtful in (False, True):
        lines = tuple(replace(line, doubtful=doubtful) for line in found.lines)
        marks(brushed).show(replace(found, lines=lines))
        seen.append(brushed.canvas.grab().toImage())
        told = []
        brushed.workspace.told.connect(told.append)
        brushed.actions_by_id["next_line"].trigger()
        assert ("Some variants" in told[-1]) is doubtful
    assert seen[0] != seen[1]
