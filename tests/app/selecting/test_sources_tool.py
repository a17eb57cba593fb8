"""Keep out and take from, by hand: painted, erased, shown, undone, filled by, saved."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QToolButton

from app.canvas.qimage import to_array
from app.cli.command_line import main
from app.selecting.source_marks import COLOURS
from app.words.language import speak
from engine.photo import read_photo, save_mask
from engine.record.recipe import read_recipe
from engine.record.sources import ANYWHERE, Paint
from engine.removal.filler import filled_from_photo
from engine.removal.remover import Remover
from engine.views.strokes import Tool
from tests.app.hands import RIGHT, fill, pen, stroke

ALT = Qt.KeyboardModifier.AltModifier
HOLE = [(200, 150), (240, 160)]
PLACE = [(420, 200), (480, 260)]


@pytest.fixture
def host(filler):
    """Fill by the real texture where no network is asked."""
    return Remover(lambda device: filler, draw=lambda _, z: list(z), photo_only=filled_from_photo)


@pytest.fixture
def ready(painted):
    """A window with something to fill."""
    return painted


@pytest.fixture
def discarding(monkeypatch):
    monkeypatch.setattr(QMessageBox, "question", lambda *a: QMessageBox.StandardButton.Discard)


def key(window, name):
    QTest.keySequence(window, QKeySequence(name))


def bits(window, paint):
    return window.workspace.document.drawn[paint].bits


def test_a_key_takes_each_brush_and_a_stroke_marks(ready):
    mask = ready.workspace.document.mask.copy()
    for name, tool, paint in (("C", Tool.AVOID, Paint.AVOID), ("Shift+C", Tool.TAKE, Paint.TAKE)):
        key(ready, name)
        assert ready.painting.tool is tool
        assert ready.frame.status._message.text().startswith("Paint what")
        stroke(ready.canvas, PLACE)
        assert bits(ready, paint)[230, 450]
        assert ready.workspace.stack.undoText() == {"C": "Keep out"}.get(name, "Take from")
    assert (ready.workspace.document.mask == mask).all()
    assert ready.workspace.document.hole_pixels == mask.sum()


def test_right_button_alt_and_the_pen_s_other_end_erase_a_mark(ready):
    key(ready, "C")
    for how in ({"button": RIGHT}, {"keys": ALT}):
        stroke(ready.canvas, PLACE)
        stroke(ready.canvas, PLACE, **how)
        assert not bits(ready, Paint.AVOID).any()
        assert ready.workspace.stack.undoText() == "Erase marks"
    stroke(ready.canvas, PLACE)
    for kind in (QEvent.Type.TabletPress, QEvent.Type.TabletMove, QEvent.Type.TabletRelease):
        pen(ready.canvas, kind, PLACE[1], 1.0, eraser=True)
    assert not bits(ready, Paint.AVOID)[260, 480]
    assert bits(ready, Paint.AVOID)[200, 420]


def test_each_stroke_is_one_step_and_clearing_both_kinds_is_one(ready):
    stack = ready.workspace.stack
    clear = ready.actions_by_id["clear_sources"]
    assert not clear.isEnabled()
    key(ready, "C")
    stroke(ready.canvas, PLACE)
    key(ready, "Shift+C")
    stroke(ready.canvas, [(60, 300), (120, 320)])
    both = [bits(ready, paint).copy() for paint in (Paint.AVOID, Paint.TAKE)]
    before = stack.index()
    assert clear.isEnabled()
    key(ready, "Ctrl+Shift+C")
    assert ready.workspace.document.sources == ANYWHERE
    assert stack.index() == before + 1
    assert not clear.isEnabled()
    key(ready, "Ctrl+Z")
    for paint, old in zip((Paint.AVOID, Paint.TAKE), both, strict=True):
        assert (bits(ready, paint) == old).all()
    key(ready, "Ctrl+Z")
    assert not bits(ready, Paint.TAKE).any()
    key(ready, "Ctrl+Shift+Z")
    assert (bits(ready, Paint.TAKE) == both[1]).all()


def test_marking_fills_nothing_even_where_every_stroke_is_filled(ready):
    ready.workspace.settings.set("fill_on_release", True)
    key(ready, "C")
    stroke(ready.canvas, PLACE)
    assert "filling" not in ready.workspace.facts


def test_marks_are_seen_in_their_colour_and_pattern_and_hidden_with_the_mask(ready):
    def seen(colour):
        picture = to_array(ready.canvas.grab().toImage()).astype(int)
        wanted = np.array([colour.red(), colour.green(), colour.blue()])
        return np.abs(picture - wanted).sum(axis=2) < 90

    key(ready, "C")
    stroke(ready.canvas, [(420, 100), (480, 100)])
    key(ready, "Shift+C")
    stroke(ready.canvas, [(420, 300), (480, 300)])
    QApplication.sendEvent(ready.canvas, QEvent(QEvent.Type.Leave))
    corner = ready.canvas.to_widget(0, 0)
    left, top = round(corner.x()), round(corner.y())
    patterns = []
    for paint, row in ((Paint.AVOID, 100), (Paint.TAKE, 300)):
        part = seen(COLOURS[paint])[top + row - 8 : top + row + 8, left + 425 : left + 475]
        assert 0.03 < part.mean() < 0.6
        patterns.append(part)
    assert (patterns[0] != patterns[1]).mean() > 0.1
    key(ready, "O")
    for paint, row in ((Paint.AVOID, 100), (Paint.TAKE, 300)):
        assert seen(COLOURS[paint])[top + row, left + 420 : left + 480].mean() < 0.02


def test_the_pattern_stays_on_the_photo_when_it_moves(ready):
    key(ready, "C")
    stroke(ready.canvas, PLACE)
    QApplication.sendEvent(ready.canvas, QEvent(QEvent.Type.Leave))
    before = to_array(ready.canvas.grab().toImage())
    ready.canvas.pan(13, -7)
    after = to_array(ready.canvas.grab().toImage())
    at = ready.canvas.to_widget(*PLACE[0])
    x, y = round(at.x()), round(at.y())
    moved = before[y - 20 + 7 : y + 40 + 7, x - 20 - 13 : x + 40 - 13]
    assert (after[y - 20 : y + 40, x - 20 : x + 40] == moved).all()


def test_one_button_of_the_column_stands_for_both(ready):
    button = ready.frame.tools.widgetForAction(ready.actions_by_id["avoid"])
    assert isinstance(button, QToolButton)
    key(ready, "Shift+C")
    assert button.defaultAction() is ready.actions_by_id["take"]
    assert button.isChecked()
    key(ready, "C")
    assert button.defaultAction() is ready.actions_by_id["avoid"]
    key(ready, "B")
    assert not button.isChecked()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert ready.painting.tool is Tool.AVOID


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_bar_has_room_for_fill_in_a_small_window(qapp, request, language):
    translators = speak(qapp, language)
    try:
        window = request.getfixturevalue("painted")
        window.resize(900, 600)
        for name in ("B", "C", "Shift+C", "S", "Q"):
            key(window, name)
            QApplication.processEvents()
            assert window.frame.options.fill_button.isVisible(), name
    finally:
        for translator in translators:
            qapp.removeTranslator(translator)


def test_fills_ask_with_the_marks_and_new_marks_end_open_results(ready, qtbot, filler):
    key(ready, "C")
    stroke(ready.canvas, PLACE)
    fill(ready, qtbot)
    sources = filler.asks[-1].sources
    assert (sources == ~bits(ready, Paint.AVOID)).all()
    assert all((ask.sources == sources).all() for ask in filler.asks)
    stroke(ready.canvas, [(60, 300), (80, 320)])  # the press accepts what is chosen
    assert ready.fills.choice is None
    assert bits(ready, Paint.AVOID)[310, 70]


@pytest.mark.parametrize("name", ["C", "Shift+C"])
def test_window_and_command_line_give_the_same_bits(ready, qtbot, tmp_path, photo_file, name):
    key(ready, name)
    ready.workspace.settings.set("brush_size", 90)
    stroke(ready.canvas, [(180, 80), (420, 260)] if name == "C" else PLACE)
    ready.workspace.settings.set("brush_size", 40)
    document, paint = ready.workspace.document, Paint.AVOID if name == "C" else Paint.TAKE
    for mask, file in ((document.mask, "mask.png"), (bits(ready, paint), "marks.png")):
        save_mask(mask, tmp_path / file)
    fill(ready, qtbot)
    photo = ready.fills.choice.hole.photo
    out, word = tmp_path / "out.png", "--avoid" if name == "C" else "--source"
    words = ["fill", photo_file, "--mask", tmp_path / "mask.png", word, tmp_path / "marks.png"]
    assert main([*map(str, [*words, "--photo-only", "--out", out])]) == 0
    assert (read_photo(out).pixels[photo.box.slices] == photo.patch).all()
    plain = tmp_path / "plain.png"
    words = ["fill", photo_file, "--mask", tmp_path / "mask.png", "--photo-only", "--out", plain]
    assert main([*map(str, words)]) == 0
    assert (read_photo(plain).pixels[photo.box.slices] != photo.patch).any()


def test_too_little_to_copy_is_said(ready, qtbot):
    key(ready, "Shift+C")
    ready.workspace.settings.set("brush_size", 4)
    stroke(ready.canvas, [(500, 300)])
    ready.workspace.settings.set("brush_size", 40)
    with qtbot.waitSignal(ready.workspace.failed, timeout=60_000) as said:
        ready.actions_by_id["fill"].trigger()
    assert said.args[0].startswith("There is too little left to copy from")
    qtbot.waitUntil(lambda: "filling" not in ready.workspace.facts, timeout=60_000)
    assert ready.frame.notice.isVisible()


def test_a_recipe_keeps_the_marks_and_changing_a_removal_brings_its_own_back(
    ready, qtbot, tmp_path, monkeypatch, filler
):
    key(ready, "C")
    stroke(ready.canvas, PLACE)
    marks = bits(ready, Paint.AVOID).copy()
    fill(ready, qtbot)
    ready.actions_by_id["accept"].trigger()
    key(ready, "Ctrl+Shift+C")
    key(ready, "Shift+C")
    stroke(ready.canvas, [(60, 300), (120, 320)])
    target = tmp_path / "a.lacuna"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(target), ""))
    with qtbot.waitSignal(ready.workspace.writer.finished, timeout=60_000):
        ready.actions_by_id["save_recipe"].trigger()
    recipe = read_recipe(target)
    assert recipe.version == 5
    assert (recipe.steps[0].sources.avoid.bits().sum()) == marks.sum()
    assert recipe.steps[0].sources.take is None
    assert recipe.sources.take is not None
    before = len(filler.asks)
    ready.actions_by_id["change"].trigger()
    assert (bits(ready, Paint.AVOID) == marks).all()
    assert not bits(ready, Paint.TAKE).any()
    qtbot.waitUntil(lambda: ready.fills.choice is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not ready.fills.waiting, timeout=60_000)
    assert (filler.asks[before].sources == ~marks).all()
    ready.actions_by_id["dismiss"].trigger()
    ready.actions_by_id["undo"].trigger()
    assert bits(ready, Paint.TAKE).any()
    assert not bits(ready, Paint.AVOID).any()


def test_opening_the_recipe_brings_the_marks_back(ready, qtbot, tmp_path, monkeypatch, discarding):
    key(ready, "C")
    stroke(ready.canvas, PLACE)
    marks = bits(ready, Paint.AVOID).copy()
    target = tmp_path / "photo.png.lacuna"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(target), ""))
    fill(ready, qtbot)
    ready.actions_by_id["accept"].trigger()
    with qtbot.waitSignal(ready.workspace.writer.finished, timeout=60_000):
        ready.actions_by_id["save_recipe"].trigger()
    key(ready, "Ctrl+Shift+C")
    ready.files.open(target)
    qtbot.waitUntil(lambda: "brought back" in ready.frame.status._message.text(), timeout=60_000)
    assert (bits(ready, Paint.AVOID) == marks).all()


def test_another_photo_has_no_marks(ready, qtbot, photo_file, discarding):
    key(ready, "C")
    stroke(ready.canvas, PLACE)
    ready.files.open(photo_file)
    qtbot.waitUntil(lambda: not bits(ready, Paint.AVOID).any(), timeout=60_000)
    assert ready.workspace.document.sources == ANYWHERE
    assert not ready.actions_by_id["clear_sources"].isEnabled()
