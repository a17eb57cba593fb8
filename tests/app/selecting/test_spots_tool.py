"""Spots in the window: found, dropped, added, looked at, carried to another photo."""

import json

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from engine.views.strokes import Tool
from tests.app.hands import RIGHT, move, pen, press, release, stroke
from tests.engine.selecting.dusty import SPOTS, dusted, sky

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def image():
    return dusted(sky())


@pytest.fixture
def spotted(window, qtbot):
    window.canvas.fit()
    key(window, "Q")
    wait(window, qtbot)
    return window


def key(window, name):
    QTest.keySequence(window, QKeySequence(name))


def wait(window, qtbot):
    qtbot.waitUntil(lambda: not window.workspace.selecting.busy, timeout=60_000)
    qtbot.waitUntil(lambda: not window.selecting.spots._count.isActive())


def on(window):
    """Return which of the spots are in the mask."""
    mask = window.workspace.document.mask
    return [bool(mask[y, x]) for x, y, _, _ in SPOTS]


def test_the_tool_finds_them_and_undo_takes_them_back(spotted):
    work = spotted.workspace
    assert on(spotted) == [True] * 4
    assert work.document.hole_pixels < 6000
    assert spotted.painting.tool is Tool.SPOTS
    assert work.stack.undoText() == "Find spots"
    assert "Click a spot to drop it" in spotted.frame.status._message.text()
    key(spotted, "Ctrl+Z")
    assert not work.document.mask.any()


def test_spots_that_are_found_late_paint_nothing(window, qtbot):
    window.canvas.fit()
    key(window, "Q")
    key(window, "B")
    wait(window, qtbot)
    assert not window.workspace.document.mask.any()
    assert "spot" not in window.frame.status._message.text()
    key(window, "Q")
    wait(window, qtbot)
    assert on(window) == [True] * 4


def test_a_click_drops_a_spot_and_takes_it_again(spotted):
    x, y = SPOTS[1][:2]
    stroke(spotted.canvas, [(x, y)])
    assert on(spotted) == [True, False, True, True]
    assert spotted.workspace.stack.undoText() == "Drop spot"
    stroke(spotted.canvas, [(x + 3, y)])
    assert on(spotted) == [True] * 4
    key(spotted, "Ctrl+Z")
    assert on(spotted) == [True, False, True, True]


def test_the_right_button_drops_and_never_adds(spotted):
    stroke(spotted.canvas, [SPOTS[0][:2]], RIGHT)
    before = spotted.workspace.document.hole_pixels
    stroke(spotted.canvas, [(500, 500)], RIGHT)
    assert on(spotted) == [False, True, True, True]
    assert spotted.workspace.document.hole_pixels == before


def test_a_loop_drops_what_is_inside(spotted):
    loop = [(100, 50), (800, 50), (800, 200), (100, 200)]
    press(spotted.canvas, loop[0], keys=ALT)
    for at in loop[1:]:
        move(spotted.canvas, at)
    assert spotted.canvas.overlay.draft
    release(spotted.canvas, (100, 60))
    assert on(spotted) == [False, True, False, True]
    assert not spotted.canvas.overlay.draft


def test_a_click_elsewhere_adds_what_is_there_or_a_disc(spotted):
    spotted.workspace.settings.set("brush_size", 30)
    stroke(spotted.canvas, [(500, 500)])
    mask = spotted.workspace.document.mask
    assert mask[500, 500]
    assert mask[500, 512]
    assert not mask[500, 520]
    assert spotted.workspace.stack.undoText() == "Add spot"


def test_a_pen_drops_too(spotted):
    at = SPOTS[2][:2]
    pen(spotted.canvas, QEvent.Type.TabletPress, at, 0.5)
    pen(spotted.canvas, QEvent.Type.TabletRelease, at, 0.5)
    assert on(spotted) == [True, True, False, True]


def test_sensitivity_finds_more_or_less_and_what_was_dropped_stays_so(spotted, qtbot):
    tool, settings = spotted.selecting.spots, spotted.workspace.settings
    stroke(spotted.canvas, [SPOTS[0][:2]])
    settings.set("spot_sensitivity", 0)
    qtbot.waitUntil(lambda: not tool._rest.isActive())
    assert sum(on(spotted)) < 3
    key(spotted, "]")
    assert settings.get("spot_sensitivity") == 5
    settings.set("spot_sensitivity", 60)
    qtbot.waitUntil(lambda: not tool._rest.isActive())
    assert on(spotted) == [False, True, True, True]
    assert spotted.workspace.stack.count() == 1


def test_the_brush_s_work_is_left_when_the_sensitivity_changes(spotted, qtbot):
    tool = spotted.selecting.spots
    spotted.workspace.settings.set("brush_size", 20)
    key(spotted, "B")
    stroke(spotted.canvas, [(300, 500), (400, 500)])
    key(spotted, "Q")
    spotted.workspace.settings.set("spot_sensitivity", 0)
    qtbot.waitUntil(lambda: not tool._rest.isActive())
    assert spotted.workspace.document.mask[500, 350]
    assert sum(on(spotted)) < 4


def test_keys_go_from_spot_to_spot(spotted):
    key(spotted, "PgDown")
    assert spotted.canvas.viewport.scale >= 1
    first = spotted.selecting.spots.marks.current
    assert "Spot 1 of 4" in spotted.frame.status._message.text()
    key(spotted, "Backspace")
    assert sum(on(spotted)) == 3
    key(spotted, "PgDown")
    key(spotted, "PgUp")
    assert spotted.selecting.spots.marks.current is first
    key(spotted, "Backspace")
    assert on(spotted) == [True] * 4


def test_the_high_pass_view_takes_the_photo_s_place(spotted):
    key(spotted, "A")
    canvas = spotted.canvas
    assert len(canvas.overlay.heats("spots")) == 1
    spot = canvas.to_widget(*SPOTS[0][:2])
    seen = canvas.grab().toImage().pixelColor(canvas.to_widget(300, 500).toPoint())
    assert abs(seen.red() - 128) < 40
    assert seen.red() == seen.green() == seen.blue()
    assert canvas.grab().toImage().pixelColor(spot.toPoint()).red() < 60
    key(spotted, "B")
    assert canvas.overlay.heats("spots") == []


def test_rings_are_seen_only_with_the_tool(spotted):
    assert "spots" in spotted.canvas.overlay.extras
    key(spotted, "B")
    assert "spots" not in spotted.canvas.overlay.extras


def test_the_same_spots_are_looked_for_in_the_next_photo(spotted, qtbot, tmp_path):
    stroke(spotted.canvas, [SPOTS[1][:2]])
    wait(spotted, qtbot)
    path = tmp_path / "next.png"
    cv2.imwrite(str(path), dusted(sky(seed=9), SPOTS[:3])[..., ::-1])
    spotted.workspace.stack.setClean()
    spotted.workspace.stack.clear()
    with qtbot.waitSignal(spotted.workspace.document.opened, timeout=60_000):
        spotted.files.open(path)
    assert not spotted.workspace.document.mask.any()
    key(spotted, "Shift+Q")
    wait(spotted, qtbot)
    assert on(spotted) == [True, False, True, False]
    assert "2 of the other photo's" in spotted.frame.status._message.text()


def test_spots_are_saved_and_opened(spotted, qtbot, tmp_path, monkeypatch):
    path = tmp_path / "dust.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(spotted.workspace.told, timeout=60_000):
        spotted.actions_by_id["save_spots"].trigger()
    qtbot.waitUntil(path.is_file)
    assert len(json.loads(path.read_text())["spots"]) == 4
    key(spotted, "Ctrl+D")
    spotted.actions_by_id["open_spots"].trigger()
    wait(spotted, qtbot)
    assert on(spotted) == [True] * 4
    path.write_text("{}")
    with qtbot.waitSignal(spotted.workspace.failed, timeout=60_000):
        spotted.actions_by_id["open_spots"].trigger()


def test_a_fill_takes_them_away(spotted, qtbot, filler):
    key(spotted, "Return")
    qtbot.waitUntil(lambda: spotted.fills.choice is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not spotted.fills.waiting, timeout=60_000)
    assert len(spotted.fills.choice.holes) == 4


def test_an_answer_for_another_photo_is_dropped(window, qtbot, tmp_path):
    window.canvas.fit()
    path = tmp_path / "clean.png"
    cv2.imwrite(str(path), np.full((600, 900, 3), 120, np.uint8))
    key(window, "Q")
    with qtbot.waitSignal(window.workspace.document.opened, timeout=60_000):
        window.workspace.stack.clear()
        window.masks._fresh = False
        window.files.open(path)
    wait(window, qtbot)
    assert not window.workspace.document.mask.any()
