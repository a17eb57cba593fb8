"""Strokes by mouse and pen end as single steps in the history."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt

from app.document.commands import replace_image
from engine.views.strokes import Tool
from tests.app.hands import LEFT, RIGHT, move, pen, press, release, stroke, wheel

TABLET = QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease


def test_a_drag_is_one_stroke(painting, canvas, document):
    stroke(canvas, [(100, 100), (200, 120), (300, 100)])
    assert painting.stack.count() == 1
    assert painting.stack.undoText() == "Paint mask"
    assert document.mask[100, 100]
    assert document.mask[110, 150]
    assert document.mask[100, 300]
    assert not document.mask[200].any()


@pytest.mark.parametrize(
    ("button", "keys"),
    [(RIGHT, Qt.KeyboardModifier.NoModifier), (LEFT, Qt.KeyboardModifier.AltModifier)],
)
def test_right_button_and_alt_do_the_opposite(painting, canvas, document, button, keys):
    stroke(canvas, [(100, 100), (300, 100)])
    stroke(canvas, [(200, 100), (210, 100)], button, keys)
    assert not document.mask[100, 205]
    assert document.mask[100, 150]
    assert painting.stack.undoText() == "Erase mask"


def test_the_eraser_erases_and_its_opposite_paints(painting, canvas, document):
    painting.set_tool(Tool.ERASER)
    stroke(canvas, [(100, 100), (300, 100)])
    assert painting.stack.count() == 0
    stroke(canvas, [(100, 100), (300, 100)], RIGHT)
    assert document.mask[100, 200]
    stroke(canvas, [(200, 100)])
    assert not document.mask[100, 200]


def test_shift_click_joins_the_last_stroke_by_a_line(painting, canvas, document):
    stroke(canvas, [(100, 100)])
    stroke(canvas, [(300, 300)], keys=Qt.KeyboardModifier.ShiftModifier)
    assert document.mask[200, 200]
    assert painting.stack.count() == 2


def test_a_loop_fills_its_inside_on_release(painting, canvas, document):
    painting.set_tool(Tool.LASSO)
    press(canvas, (100, 100))
    for point in [(300, 100), (300, 300), (100, 300)]:
        move(canvas, point)
    assert not document.mask.any()
    assert canvas.overlay.draft
    release(canvas, (100, 290))
    assert document.mask[200, 200]
    assert not canvas.overlay.draft
    assert painting.stack.undoText() == "Lasso"


def test_a_rectangle_and_its_opposite(painting, canvas, document):
    painting.set_tool(Tool.RECTANGLE)
    stroke(canvas, [(100, 100), (150, 150), (300, 250)])
    assert document.mask[100:250, 100:300].all()
    stroke(canvas, [(150, 150), (200, 200)], RIGHT)
    assert not document.mask[155:195, 155:195].any()
    assert document.mask[110, 110]


def test_restoring_paints_the_original_back(painting, canvas, document, image):
    store = painting._store
    painting.stack.push(replace_image(document, store, "Fill", document.box, np.zeros_like(image)))
    painting.set_tool(Tool.RESTORE)
    painting._settings.set("brush_hardness", 100)
    stroke(canvas, [(100, 100), (300, 100)])
    assert np.array_equal(document.image[98:103, 100:300], image[98:103, 100:300])
    assert not document.image[150:].any()
    painting.stack.undo()
    assert not document.image.any()


def test_pen_pressure_sets_the_size_and_mouse_events_beside_it_are_ignored(
    painting, canvas, document
):
    painting._settings.set("brush_size", 80)
    down, along, up = TABLET
    pen(canvas, down, (100, 200), 0.25)
    press(canvas, (100, 200))
    for x in range(110, 400, 10):
        pen(canvas, along, (x, 200), 0.25 + 0.75 * (x - 100) / 300)
        move(canvas, (x, 200))
    pen(canvas, up, (400, 200), 0.0)
    release(canvas, (400, 200))
    assert painting.stack.count() == 1
    widths = document.mask[:, [105, 250, 390]].sum(axis=0)
    assert widths[0] < 30
    assert 40 < widths[1] < 65
    assert widths[2] > 70


def test_the_mouse_works_again_after_the_pen(painting, canvas):
    pen(canvas, TABLET[0], (100, 200), 1.0)
    pen(canvas, TABLET[2], (100, 200), 0.0)
    stroke(canvas, [(300, 300), (310, 300)])
    assert painting.stack.count() == 2


def test_the_pens_other_end_erases(painting, canvas, document):
    stroke(canvas, [(100, 200), (300, 200)])
    pen(canvas, TABLET[0], (200, 200), 1.0, eraser=True)
    pen(canvas, TABLET[2], (200, 200), 0.0, eraser=True)
    assert not document.mask[200, 200]


def test_a_second_button_during_a_stroke_changes_nothing(painting, canvas, document):
    press(canvas, (100, 100))
    press(canvas, (200, 200), RIGHT)
    move(canvas, (150, 100))
    release(canvas, (150, 100))
    assert painting.stack.count() == 1
    assert not document.mask[200, 200]


def test_a_cancelled_stroke_leaves_nothing(painting, canvas, document):
    press(canvas, (100, 100))
    move(canvas, (200, 100))
    painting.cancel()
    assert not document.mask.any()
    assert painting.stack.count() == 0
    release(canvas, (200, 100))
    assert painting.stack.count() == 0


def test_alt_wheel_and_keys_change_the_size_within_bounds(painting, canvas, settings):
    wheel(canvas, (100, 100), 1, Qt.KeyboardModifier.AltModifier)
    assert settings.get("brush_size") == 23
    for _ in range(60):
        painting.step_size(-1)
    assert settings.get("brush_size") == 1
    for _ in range(99):
        painting.step_size(1)
    assert settings.get("brush_size") == 2000


def test_painting_beyond_the_photo_is_cut(painting, canvas, document):
    stroke(canvas, [(-30, -30), (5, 5)])
    assert document.mask[0, 0]
    stroke(canvas, [(-300, -300), (-200, -200)])
    assert painting.stack.count() == 1


def test_ctrl_shift_wheel_changes_the_size_where_alt_belongs_to_the_desktop(
    painting, canvas, settings
):
    keys = Qt.KeyboardModifier
    before = canvas.viewport
    wheel(canvas, (100, 100), 1, keys.ControlModifier | keys.ShiftModifier)
    assert settings.get("brush_size") == 23
    assert canvas.viewport == before
