"""Fingers, touch pads, dragged results, sliders by key, screens at 200 %: real events only."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QNativeGestureEvent, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.widgets.strip import MIX, SMALLEST
from engine.views.strokes import Tool
from tests.app.hands import fill, stroke

ROOT = Path(__file__).parents[3]
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture(scope="module")
def screen_device():
    return QTest.createTouchDevice()


class Fingers:
    """Put fingers on a canvas, in widget pixels."""

    def __init__(self, canvas, device):
        self.canvas, self.device = canvas, device

    def send(self, *places):
        event = QTest.touchEvent(self.canvas, self.device, False)
        for number, (what, place) in enumerate(places):
            getattr(event, what)(number, QPoint(*place), self.canvas)
        event.commit()
        QApplication.processEvents()

    def down(self, *places):
        self.send(*[("press", place) for place in places])

    def move(self, *places):
        self.send(*[("move", place) for place in places])

    def up(self, *places):
        self.send(*[("release", place) for place in places])


@pytest.fixture
def fingers(window, screen_device):
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 20)
    return Fingers(window.canvas, screen_device)


def test_two_fingers_zoom_by_their_distance_and_keep_the_photo_under_them(window, fingers):
    canvas = window.canvas
    middle = QPointF(350, 250)
    under = canvas.to_photo(middle)
    fingers.down((300, 250), (400, 250))
    for step in range(1, 11):
        fingers.move((300 - 10 * step, 250), (400 + 10 * step, 250))
    fingers.up((200, 250), (500, 250))
    assert canvas.viewport.scale == pytest.approx(3.0)
    assert canvas.to_photo(middle) == pytest.approx(under, abs=1.5)
    assert not window.workspace.document.mask.any()
    assert window.workspace.stack.count() == 0


def test_two_fingers_move_the_photo(window, fingers):
    before = window.canvas.viewport
    fingers.down((300, 250), (400, 250))
    for step in range(1, 6):
        fingers.move((300 + 8 * step, 250 - 4 * step), (400 + 8 * step, 250 - 4 * step))
    fingers.up((340, 230), (440, 230))
    after = window.canvas.viewport
    assert after.scale == pytest.approx(before.scale)
    assert (after.x - before.x, after.y - before.y) == pytest.approx((40, -20), abs=2)


def test_one_finger_paints_one_stroke(window, fingers):
    canvas, document = window.canvas, window.workspace.document
    start, end = (canvas.to_widget(*at).toPoint() for at in ((200, 150), (260, 150)))
    fingers.down(start.toTuple())
    for share in (0.3, 0.6, 1.0):
        at = start + (end - start) * share
        fingers.move(at.toTuple())
    fingers.up(end.toTuple())
    assert window.workspace.stack.count() == 1
    assert document.mask[150, 230]


def test_a_tap_paints_a_dab(window, fingers):
    at = window.canvas.to_widget(200, 150).toPoint().toTuple()
    fingers.down(at)
    fingers.up(at)
    assert window.workspace.document.mask[150, 200]
    assert window.workspace.stack.count() == 1


def test_a_second_finger_takes_the_stroke_back_and_pinches(window, fingers):
    canvas, document = window.canvas, window.workspace.document
    fingers.down((300, 250))
    fingers.move((330, 250))
    assert document.mask.any()
    fingers.send(("move", (330, 250)), ("press", (430, 250)))
    assert not document.mask.any()
    fingers.move((280, 250), (480, 250))
    assert canvas.viewport.scale == pytest.approx(2.0)
    fingers.send(("move", (280, 250)), ("release", (480, 250)))
    fingers.send(("move", (250, 300)))
    fingers.up((250, 300))
    assert not document.mask.any()
    assert window.workspace.stack.count() == 0


def test_pinching_leaves_an_open_choice_open(window, fingers, qtbot):
    stroke(window.canvas, [(200, 150), (230, 150)])
    fill(window, qtbot)
    choice = window.fills.choice
    fingers.down((300, 100))
    fingers.send(("move", (300, 100)), ("press", (400, 100)))
    fingers.move((290, 100), (410, 100))
    fingers.up((290, 100), (410, 100))
    assert window.fills.choice is choice


def test_the_hand_moves_by_one_finger(window, fingers):
    window.painting.set_tool(Tool.HAND)
    before = window.canvas.viewport
    fingers.down((300, 250))
    for step in range(1, 5):
        fingers.move((300 + 10 * step, 250))
    fingers.up((340, 250))
    assert window.canvas.viewport.x - before.x == pytest.approx(40, abs=1)
    assert not window.workspace.document.mask.any()


def test_a_touch_pads_pinch_zooms_at_the_pointer(window):
    canvas = window.canvas
    canvas.zoom_to(1.0)
    at = canvas.to_widget(250, 150)
    device = QPointingDevice.primaryPointingDevice()
    for value in (0.25, 0.2):
        event = QNativeGestureEvent(
            Qt.NativeGestureType.ZoomNativeGesture, device, 2, at, at, at, value, QPointF(), 1
        )
        QApplication.sendEvent(canvas, event)
    assert canvas.viewport.scale == pytest.approx(1.5)
    assert (canvas.to_widget(250, 150) - at).manhattanLength() < 3


# The strip


@pytest.fixture
def choosing(window, qtbot):
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 40)
    stroke(window.canvas, [(200, 150), (260, 160)])
    fill(window, qtbot)
    return window


def drop(thumb, number):
    data = QMimeData()
    data.setData(MIX, str(number).encode())
    at = thumb.rect().center()
    enter = QDragEnterEvent(at, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NONE)
    QApplication.sendEvent(thumb, enter)
    accepted = enter.isAccepted()
    event = QDropEvent(QPointF(at), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, NONE)
    QApplication.sendEvent(thumb, event)
    return accepted


def test_a_result_dropped_on_another_is_mixed_with_it(choosing, qtbot):
    hole = choosing.fills.choice.hole
    seeds = {hole.shown[0].latent.seed, hole.shown[2].latent.seed}
    thumbs = choosing.frame.strip.thumbs
    assert drop(thumbs[5], 4)
    qtbot.waitUntil(lambda: not choosing.fills.waiting, timeout=60_000)
    assert {hole.chosen.latent.seed, hole.chosen.latent.other} == seeds
    slider = choosing.frame.strip.tuning.mix
    assert slider.isVisible()
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: hole.chosen.latent.share == 1.0, timeout=60_000)
    assert "100 %" in hole.chosen.code


def test_results_without_a_code_cannot_be_mixed(choosing):
    for place in (0, 1):
        assert not drop(choosing.frame.strip.thumbs[place], 4)
    assert not choosing.fills.waiting


def test_the_boldness_slider_works_by_key_and_waits_until_it_rests(choosing, qtbot, filler):
    slider = choosing.frame.strip.tuning.boldness
    calls = len(filler.calls)
    slider.setFocus()
    for _ in range(5):
        QTest.keyClick(slider, Qt.Key.Key_PageDown)
    assert len(filler.calls) == calls
    wanted = slider.value() / 100
    assert wanted < 1
    qtbot.waitUntil(lambda: len(filler.calls) > calls, timeout=60_000)
    qtbot.waitUntil(lambda: not choosing.fills.waiting, timeout=60_000)
    hole = choosing.fills.choice.hole
    assert {answer.latent.boldness for answer in hole.pool} == {wanted}


def test_a_narrow_window_keeps_its_width_when_the_strip_comes(window, qtbot):
    window.resize(940, 700)
    window.canvas.zoom_to(1.0)
    stroke(window.canvas, [(200, 150), (260, 160)])
    fill(window, qtbot)
    assert window.width() == 940
    sides = {thumb._picture_rect().width() for thumb in window.frame.strip.thumbs}
    assert min(sides) >= SMALLEST


def test_the_ring_does_not_lie_on_the_first_result(window, qtbot):
    window.canvas.zoom_to(1.0)
    stroke(window.canvas, [(200, 150), (260, 160)])
    assert window.canvas.overlay.ring is not None
    window.actions_by_id["fill"].trigger()
    qtbot.waitUntil(lambda: window.fills.choice is not None, timeout=60_000)
    assert window.canvas.overlay.ring is None
    qtbot.waitUntil(lambda: not window.fills.waiting, timeout=60_000)


# Comparing


def test_flicker_shows_the_original_and_the_result_in_turn(choosing, qtbot):
    seen = set()

    def note():
        seen.add(len(choosing.canvas.layers))
        return len(seen) > 1

    choosing.actions_by_id["flicker"].setChecked(True)
    qtbot.waitUntil(note, timeout=60_000)
    choosing.actions_by_id["flicker"].setChecked(False)
    assert choosing.canvas.layers


def test_undo_and_redo_bring_the_very_same_screen_back(choosing, qtbot):
    def shot():
        QApplication.sendEvent(choosing.canvas, QEvent(QEvent.Type.Leave))
        QApplication.processEvents()
        return choosing.canvas.grab().toImage()

    choosing.actions_by_id["choose_5"].trigger()
    choosing.actions_by_id["accept"].trigger()
    after = shot()
    choosing.workspace.stack.undo()
    qtbot.waitUntil(lambda: bool(choosing.canvas.overlay._outlines), timeout=60_000)
    before = shot()
    assert before != after
    choosing.workspace.stack.redo()
    assert shot() == after
    choosing.workspace.stack.undo()
    qtbot.waitUntil(lambda: bool(choosing.canvas.overlay._outlines), timeout=60_000)
    assert shot() == before


CHILD = """
import sys
import cv2, numpy as np
from pathlib import Path
from PySide6.QtWidgets import QApplication
from app.canvas.canvas import Canvas
from app.document.document import Document
from app.canvas.qimage import to_array
from tests.app.hands import load
app = QApplication([])
document = Document()
load(document, Path(sys.argv[1]))
canvas = Canvas(document)
canvas.resize(500, 360)
canvas.show()
assert canvas.devicePixelRatioF() == 2.0
canvas.zoom_to(1.0)
shot = to_array(canvas.grab().toImage())
assert shot.shape == (720, 1000, 3), shot.shape
box = canvas.viewport.photo_box
assert (box.width, box.height) == (600, 400)
part = shot[box.top : box.bottom, box.left : box.right]
assert np.array_equal(part, document.image)
x, y = canvas.to_photo(canvas.to_widget(123.0, 45.0))
assert abs(x - 123) < 1e-6 and abs(y - 45) < 1e-6
"""


def test_at_200_percent_a_photo_pixel_is_a_screen_pixel(photo_file, monkeypatch):
    monkeypatch.setenv("QT_SCALE_FACTOR", "2")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done = subprocess.run(
        [sys.executable, "-c", CHILD, photo_file], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_about_names_method_weights_and_licences(window, monkeypatch):
    from PySide6.QtWidgets import QMessageBox

    from assets import SNAPSHOT_SHA256

    pages = []
    monkeypatch.setattr(QMessageBox, "about", lambda parent, title, page: pages.append(page))
    window.actions_by_id["about"].trigger()
    assert SNAPSHOT_SHA256 in pages[0].replace("<br>", "")
    for word in ("Hukkelås", "torch", "numba", "BSD-3-Clause", "LGPL-3.0", "MIT"):
        assert word in pages[0]


def test_legends_stand_beside_the_maps_only(window, qtbot):
    overlay = window.canvas.overlay
    assert set(overlay.legends) == {"evidence", "doubt"}
    plain = window.canvas.grab().toImage()
    from engine.geometry import Box
    from engine.views.heat import Heat

    clear = np.zeros((4, 4, 4), np.uint8)
    overlay.set_heats("doubt", [Heat(Box(0, 0, 4, 4), clear)])
    assert window.canvas.grab().toImage() != plain
    overlay.hide_heats("doubt", hidden=True)
    assert window.canvas.grab().toImage() == plain
