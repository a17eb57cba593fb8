"""A recipe beside the photo follows every step, and brings them back."""

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox

from app.recovery import beside
from engine.record.recipe import read_recipe, recipe_path
from tests.app.hands import fill, stroke


@pytest.fixture
def asked(monkeypatch):
    """Answer every question with yes, and collect them."""
    texts = []

    def answer(parent, title, text, *more):
        texts.append(text)
        return QMessageBox.StandardButton.Yes

    monkeypatch.setattr(QMessageBox, "question", answer)
    return texts


def remove(window, qtbot, spot):
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 30)
    stroke(window.canvas, [spot])
    fill(window, qtbot)
    window.actions_by_id["accept"].trigger()


def written(window, qtbot):
    with qtbot.waitSignal(window.workspace.writer.finished, timeout=60_000):
        pass


def test_nothing_is_written_unless_wished(window, qtbot, photo_file):
    remove(window, qtbot, (200, 150))
    assert not window.beside._timer.isActive()
    window.workspace.stack.setClean()
    assert not list(photo_file.parent.glob("*.lacuna"))


def test_every_step_is_written_and_undo_takes_it_out(window, qtbot, photo_file):
    window.workspace.settings.set("recipe_beside", True)
    remove(window, qtbot, (200, 150))
    written(window, qtbot)
    assert len(read_recipe(recipe_path(photo_file)).steps) == 1
    while window.workspace.stack.canUndo():
        window.workspace.stack.undo()
    written(window, qtbot)
    assert not read_recipe(recipe_path(photo_file)).steps


def test_the_photo_opened_again_gets_its_removals_back(window, qtbot, photo_file, asked):
    window.workspace.settings.set("recipe_beside", True)
    remove(window, qtbot, (200, 150))
    written(window, qtbot)
    done = window.workspace.document.image.copy()
    window.workspace.stack.setClean()
    window.files.open(photo_file)
    qtbot.waitUntil(lambda: "brought back" in window.frame.status._message.text(), timeout=60_000)
    assert any("recipe beside" in text for text in asked)
    assert np.array_equal(window.workspace.document.image, done)
    remove(window, qtbot, (400, 300))
    written(window, qtbot)
    assert len(read_recipe(recipe_path(photo_file)).steps) == 2
    assert [p.name for p in photo_file.parent.glob("*.lacuna")] == [recipe_path(photo_file).name]
    window.workspace.stack.setClean()


def test_a_recipe_that_is_there_is_never_replaced(window, qtbot, photo_file, monkeypatch):
    there = recipe_path(photo_file)
    there.write_text("mine", encoding="utf-8")
    monkeypatch.setattr(QMessageBox, "question", lambda *a: QMessageBox.StandardButton.No)
    window.workspace.settings.set("recipe_beside", True)
    with qtbot.waitSignal(window.workspace.document.opened, timeout=60_000):
        window.files.open(photo_file)
    remove(window, qtbot, (200, 150))
    written(window, qtbot)
    assert there.read_text(encoding="utf-8") == "mine"
    other = there.with_name(f"{photo_file.name}-2.lacuna")
    assert len(read_recipe(other).steps) == 1
    window.workspace.stack.setClean()


def test_what_waits_is_written_when_the_window_closes(window, qtbot, photo_file, monkeypatch):
    monkeypatch.setattr(beside, "PAUSE_MS", 10**6)
    window.beside._timer.setInterval(10**6)
    window.workspace.settings.set("recipe_beside", True)
    remove(window, qtbot, (200, 150))
    window.workspace.stack.setClean()
    window.close()
    assert len(read_recipe(recipe_path(photo_file)).steps) == 1
