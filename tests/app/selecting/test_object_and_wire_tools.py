"""Things and wires in the window: clicked, circled, added to, taken away, undone."""

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from engine.geometry import Box
from engine.views.strokes import Tool
from tests.app.hands import RIGHT, move, pen, press, release, stroke, wheel
from tests.engine.selecting.dusty import sky

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def image():
    """Return a sky with a red ball, a blue box with a shadow, and a wire."""
    out = sky(500, 800)
    cv2.circle(out, (200, 250), 60, (200, 60, 50), -1, cv2.LINE_AA)
    out[300:400, 500:600] = [40, 60, 160]
    shadow = np.zeros(out.shape[:2], np.uint8)
    cv2.ellipse(shadow, (640, 390), (60, 22), 0, 0, 360, 1, -1)
    out[(shadow > 0) & (out[..., 2] != 160)] = out[(shadow > 0) & (out[..., 2] != 160)] // 2
    cv2.line(out, (0, 60), (800, 130), (50, 45, 40), 4, cv2.LINE_AA)
    return out


@pytest.fixture
def ready(window):
    window.canvas.zoom_to(1.0)
    return window


def key(window, name):
    QTest.keySequence(window, QKeySequence(name))


def wait(window, qtbot):
    qtbot.waitUntil(lambda: not window.workspace.selecting.busy, timeout=60_000)


def ball(more=0):
    rows, columns = np.mgrid[:500, :800]
    return np.hypot(columns - 200, rows - 250) <= 60 + more


def agreement(mask, other):
    return (mask & other).sum() / (mask | other).sum()


def circled(window, qtbot, loop, keys=Qt.KeyboardModifier.NoModifier):
    press(window.canvas, loop[0], keys=keys)
    for at in loop[1:]:
        move(window.canvas, at, keys=keys)
    assert window.canvas.overlay.draft
    release(window.canvas, loop[0], keys=keys)
    wait(window, qtbot)


LOOP = [
    (120, 170),
    (200, 165),
    (285, 180),
    (290, 260),
    (270, 330),
    (150, 335),
    (110, 250),
    (118, 175),
]


def test_a_loose_loop_becomes_the_outline(ready, qtbot):
    key(ready, "W")
    assert ready.painting.tool is Tool.OBJECT
    circled(ready, qtbot, LOOP)
    assert agreement(ready.workspace.document.mask, ball()) > 0.9
    assert ready.workspace.document.mask[ball(1)].all()  # its soft edge, too
    assert ready.workspace.stack.undoText() == "Select object"
    assert not ready.canvas.overlay.draft
    key(ready, "Ctrl+Z")
    assert not ready.workspace.document.mask.any()


@pytest.mark.parametrize("way", [[(200, 250)], [(170, 250), (200, 240), (230, 255)]])
def test_a_click_and_a_stroke_do_too(ready, qtbot, way):
    key(ready, "W")
    stroke(ready.canvas, way)
    wait(ready, qtbot)
    assert agreement(ready.workspace.document.mask, ball()) > 0.88


def test_a_pen_does_too(ready, qtbot):
    key(ready, "W")
    pen(ready.canvas, QEvent.Type.TabletPress, (200, 250), 0.5)
    pen(ready.canvas, QEvent.Type.TabletRelease, (200, 250), 0.5)
    wait(ready, qtbot)
    assert agreement(ready.workspace.document.mask, ball()) > 0.9


def test_alt_takes_another_thing_out_of_the_mask(ready, qtbot):
    document = ready.workspace.document
    key(ready, "M")
    stroke(ready.canvas, [(50, 150), (700, 450)])
    key(ready, "W")
    stroke(ready.canvas, [(200, 250)], RIGHT)
    wait(ready, qtbot)
    assert not document.mask[250, 200]
    assert document.mask[350, 550]
    assert ready.workspace.stack.undoText() == "Take object away"


def test_another_click_far_away_adds_and_is_a_step_of_its_own(ready, qtbot):
    document = ready.workspace.document
    key(ready, "W")
    for at in [(200, 250), (550, 350)]:
        stroke(ready.canvas, [at])
        wait(ready, qtbot)
    assert document.mask[250, 200]
    assert document.mask[350, 550]
    assert ready.workspace.stack.count() == 2


def test_fill_waits_for_what_was_clicked(ready, qtbot):
    key(ready, "B")
    stroke(ready.canvas, [(700, 60)])
    key(ready, "W")
    stroke(ready.canvas, [(200, 250)])
    key(ready, "Return")
    qtbot.waitUntil(lambda: ready.fills.choice is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not ready.fills.waiting, timeout=60_000)
    filled = [hole.box for hole in ready.fills.choice.holes]
    assert len(filled) == 2
    assert any(box.left < 200 < box.right and box.top < 250 < box.bottom for box in filled)


def test_a_click_that_changes_nothing_says_so(ready, qtbot):
    stroke(ready.canvas, [(550, 350)])
    key(ready, "M")
    stroke(ready.canvas, [(60, 120), (760, 480)])  # all of it is in the mask
    steps = ready.workspace.stack.count()
    key(ready, "W")
    stroke(ready.canvas, [(200, 250)])
    wait(ready, qtbot)
    assert ready.frame.status._message.text() == "Nothing changed: it is so already."
    assert ready.workspace.stack.count() == steps


def test_a_click_beside_says_more_of_the_same_thing(ready, qtbot):
    document = ready.workspace.document
    key(ready, "W")
    stroke(ready.canvas, [(200, 250)])
    wait(ready, qtbot)
    stroke(ready.canvas, [(185, 255)], keys=ALT)
    wait(ready, qtbot)
    assert not document.mask[255, 185]
    assert ready.workspace.stack.count() == 1


@pytest.fixture
def halved(ready):
    """Return the window with a thing of two halves, and a click on the left one."""
    before = ready.workspace.document.image[250:350, 300:460]
    after = np.empty_like(before)
    after[:, :80], after[:, 80:] = (200, 60, 50), (40, 60, 160)
    ready.workspace.document.write_image(Box(300, 250, 460, 350), after)
    key(ready, "W")
    stroke(ready.canvas, [(340, 300)])
    return ready


def steps_of(window, qtbot, name, end):
    """Return how much of the photo is in the mask at each press of a key, until ``end`` is said."""
    mask, status, found = window.workspace.document.mask, window.frame.status, []
    for _ in range(20):
        found.append(int(mask.sum()))
        key(window, name)
        wait(window, qtbot)
        if status._message.text() == end:
            return found
    raise AssertionError("there was always another one")


def test_keys_take_the_next_larger_and_smaller_thing(halved, qtbot):
    wait(halved, qtbot)
    down = steps_of(halved, qtbot, "[", "Nothing smaller is seen.")
    up = steps_of(halved, qtbot, "]", "Nothing larger is seen.")
    assert down == sorted(down, reverse=True)
    assert up[: len(down)] == down[::-1]
    assert len(up) >= 3
    assert any(16_000 <= area <= 18_500 for area in up)  # both halves, and their soft edge
    assert halved.workspace.stack.count() == 1
    assert halved.workspace.settings.get("brush_size") == 60
    key(halved, "Ctrl+Z")
    assert not halved.workspace.document.mask.any()


def test_the_wheel_does_so_too_and_after_another_step_it_is_the_brush_s_again(halved, qtbot):
    wait(halved, qtbot)
    before, size = int(halved.workspace.document.mask.sum()), halved.workspace.settings.get
    wheel(halved.canvas, (340, 300), keys=SHIFT | Qt.KeyboardModifier.ControlModifier)
    wait(halved, qtbot)
    assert halved.workspace.document.mask.sum() > before
    assert size("brush_size") == 60
    key(halved, "Ctrl+Z")
    wheel(halved.canvas, (340, 300), keys=SHIFT | Qt.KeyboardModifier.ControlModifier)
    assert size("brush_size") > 60


def test_a_click_on_the_other_half_adds_it_and_alt_takes_it_away(halved, qtbot):
    wait(halved, qtbot)
    mask = halved.workspace.document.mask
    if mask[300, 420]:
        stroke(halved.canvas, [(420, 300)], keys=ALT)
        wait(halved, qtbot)
    assert not mask[255:345, 385:455].any()
    assert mask[255:345, 305:375].all()
    stroke(halved.canvas, [(388, 300)])
    wait(halved, qtbot)
    assert mask[255:345, 305:455].mean() > 0.98
    assert mask.sum() < 18_500
    assert halved.workspace.stack.count() == 1


def test_shift_takes_the_shadow_too(ready, qtbot):
    document = ready.workspace.document
    key(ready, "W")
    loop = [(480, 280), (620, 280), (625, 420), (485, 420), (478, 285)]
    circled(ready, qtbot, loop)
    assert not document.mask[390, 670]
    key(ready, "Ctrl+Z")
    circled(ready, qtbot, loop, SHIFT)
    assert document.mask[390, 670]
    assert document.mask[350, 550]


def test_esc_takes_a_loop_back(ready, qtbot):
    key(ready, "W")
    press(ready.canvas, LOOP[0])
    for at in LOOP[1:4]:
        move(ready.canvas, at)
    QTest.keyClick(ready.canvas, Qt.Key.Key_Escape)
    release(ready.canvas, LOOP[4])
    wait(ready, qtbot)
    assert not ready.workspace.document.mask.any()
    assert not ready.canvas.overlay.draft


def test_a_click_beside_the_photo_does_nothing(ready, qtbot):
    for tool in ("W", "F"):
        key(ready, tool)
        stroke(ready.canvas, [(-20, 100)])
        wait(ready, qtbot)
    assert ready.workspace.stack.count() == 0


def test_a_wire_is_followed_to_both_edges(ready, qtbot):
    mask = ready.workspace.document.mask
    key(ready, "F")
    stroke(ready.canvas, [(300, 87)])
    wait(ready, qtbot)
    for x in (3, 150, 400, 650, 796):
        y = round(60 + x * 70 / 800)
        assert mask[y, x]
        assert not mask[y - 8, x]
        assert not mask[y + 8, x]
    assert ready.workspace.stack.undoText() == "Select wire"
    stroke(ready.canvas, [(300, 87)], keys=ALT)
    wait(ready, qtbot)
    assert not ready.workspace.document.mask.any()


def test_where_no_wire_is_it_says_so(ready, qtbot):
    key(ready, "F")
    stroke(ready.canvas, [(700, 250)])
    wait(ready, qtbot)
    assert ready.workspace.stack.count() == 0
    assert "No wire is seen there" in ready.frame.status._message.text()


def test_a_selected_thing_is_filled_at_once_where_the_settings_say_so(ready, qtbot):
    ready.workspace.settings.set("fill_on_release", True)
    key(ready, "F")
    stroke(ready.canvas, [(300, 87)])
    wait(ready, qtbot)
    qtbot.waitUntil(lambda: ready.fills.choice is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not ready.fills.waiting, timeout=60_000)
