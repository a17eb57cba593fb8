"""What is on the screen is the photo, the mask over it, and nothing else."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from app.canvas.input import CanvasInput
from app.canvas.qimage import to_array
from app.document.commands import MaskRecorder
from engine.geometry import Box
from engine.views.pyramid import Layer
from tests.app.hands import MIDDLE, move, press, release, wheel


def screen(canvas):
    return to_array(canvas.grab().toImage())


def seen_box(canvas):
    box = canvas.viewport.photo_box
    return (slice(box.top, box.bottom), slice(box.left, box.right))


def paint_box(document, box):
    recorder = MaskRecorder(document)
    recorder.paint(box, np.ones((box.height, box.width), bool), fill=True)
    return recorder.command("Paint mask")


def test_at_100_percent_every_pixel_is_the_photos(canvas, image):
    canvas.zoom_to(1.0)
    assert np.array_equal(screen(canvas)[seen_box(canvas)], image)


def test_at_400_percent_every_pixel_is_a_square(canvas, image):
    canvas.zoom_to(4.0)
    canvas.centre_on(Box(300, 200, 301, 201))
    left, top = canvas.viewport.x, canvas.viewport.y
    shot = screen(canvas)
    for x, y in [(280, 180), (300, 200), (315, 220)]:
        square = shot[top + 4 * y : top + 4 * y + 4, left + 4 * x : left + 4 * x + 4]
        assert (square == image[y, x]).all()


def test_the_surroundings_are_the_chosen_grey(canvas):
    canvas.set_background(QColor("#262626"))
    canvas.zoom_to(0.5)
    assert (screen(canvas)[2, 2] == 0x26).all()


def test_panning_draws_the_same_as_drawing_anew(canvas):
    canvas.zoom_to(2.0)
    screen(canvas)
    canvas.pan(-37, 21)
    scrolled = screen(canvas)
    canvas._spoil_all()
    assert np.array_equal(scrolled, screen(canvas))


def test_a_change_redraws_only_its_place_and_is_right(canvas, document, image):
    canvas.zoom_to(1.0)
    screen(canvas)
    box = Box(100, 80, 140, 120)
    document.write_image(box, 255 - document.image[box.slices])
    stale = canvas._stale["photo"].boundingRect()
    assert stale.width() * stale.height() < 60 * 60
    assert np.array_equal(screen(canvas)[seen_box(canvas)], document.image)


def test_a_layer_shows_without_being_written(canvas, document, image):
    canvas.zoom_to(1.0)
    box = Box(50, 60, 250, 200)
    patch = np.zeros((140, 200, 3), np.uint8)
    canvas.set_layers([Layer(document.photo_levels, box, patch)])
    expected = image.copy()
    expected[box.slices] = 0
    assert np.array_equal(screen(canvas)[seen_box(canvas)], expected)
    canvas.set_layers([])
    assert np.array_equal(screen(canvas)[seen_box(canvas)], image)


def test_the_mask_tints_its_inside_draws_its_rim_and_can_be_hidden(canvas, document, image):
    canvas.zoom_to(1.0)
    canvas.set_tint(QColor("#00ff00"), 0.5)
    box = Box(200, 100, 400, 300)
    paint_box(document, box)
    shot = screen(canvas)[seen_box(canvas)].astype(int)
    inside = shot[110:290, 210:390]
    expected = image[110:290, 210:390].astype(int) // 2 + np.array([0, 127, 0])
    assert np.abs(inside - expected).max() <= 3
    assert np.array_equal(shot[:95], image[:95])
    assert (shot[100, 210:390] == shot[100, 300]).all()
    canvas.set_tint_visible(False)
    assert np.array_equal(screen(canvas)[seen_box(canvas)], image)


def test_sixteen_bits_are_shown(qtbot, canvas, document, image, tmp_path):
    import cv2

    from tests.app.hands import load

    path = tmp_path / "deep.png"
    cv2.imwrite(str(path), image.astype(np.uint16)[..., ::-1] * 257)
    load(document, path)
    assert document.image.dtype == np.uint16
    canvas.zoom_to(1.0)
    assert np.array_equal(screen(canvas)[seen_box(canvas)], image)


def test_the_wheel_zooms_at_the_pointer(canvas):
    watcher = CanvasInput(canvas)
    canvas.zoom_to(1.0)
    at = (250.0, 150.0)
    before = canvas.to_widget(*at)
    wheel(canvas, at, notches=3)
    assert canvas.viewport.scale == pytest.approx(1.25**3)
    after = canvas.to_widget(*at)
    assert (after - before).manhattanLength() < 1.5
    assert watcher.busy is False


def test_middle_drag_and_space_drag_pan(canvas):
    CanvasInput(canvas)
    canvas.zoom_to(2.0)
    for prepare, button in ((None, MIDDLE), (Qt.Key.Key_Space, Qt.MouseButton.LeftButton)):
        if prepare:
            QTest.keyPress(canvas, prepare)
        start = canvas.viewport
        press(canvas, (300, 200), button)
        where = canvas.to_photo(canvas.to_widget(300, 200) + QPointF(25, -14))
        move(canvas, where, button)
        release(canvas, where, button)
        if prepare:
            QTest.keyRelease(canvas, prepare)
        moved = canvas.viewport.x - start.x, canvas.viewport.y - start.y
        assert moved == (25, -14)


def test_the_ring_shows_the_true_size(canvas):
    canvas.zoom_to(2.0)
    canvas.overlay.set_ring((300.0, 200.0, 80.0))
    with_ring = screen(canvas).astype(int)
    canvas.overlay.set_ring(None)
    changed = np.abs(with_ring - screen(canvas)).sum(axis=2) > 0
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert rows[-1] - rows[0] == pytest.approx(160, abs=4)
    assert columns[-1] - columns[0] == pytest.approx(160, abs=4)


def test_zoom_steps_pass_100_percent_and_end(canvas):
    scales = []
    canvas.zoom_to(0.3)
    for _ in range(30):
        canvas.zoom_step(1)
        scales.append(canvas.viewport.scale)
    assert 1 in scales
    assert scales[-1] == 32
    canvas.fit()
    assert canvas.viewport == canvas.viewport.fitted()


def test_fitted_stays_fitted_when_the_window_grows(canvas, qtbot):
    canvas.fit()
    canvas.resize(400, 300)
    assert canvas.viewport == canvas.viewport.fitted()
    assert canvas.viewport.scale < 0.8


def test_events_the_canvas_does_not_know_pass(canvas):
    watcher = CanvasInput(canvas)
    assert watcher.eventFilter(canvas, QEvent(QEvent.Type.User)) is False
