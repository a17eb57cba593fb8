"""Save a removal with the window, open it again, and change it."""

import shutil
import threading

import cv2
import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.startup import begin
from engine.record.recipe import Recipe, read_recipe, recipe_path, write_recipe
from engine.record.steps import FillStep, RestoreStep, reach
from tests.app.hands import fill, move, stroke, wait


def trigger(window, name):
    assert window.actions_by_id[name].isEnabled(), name
    window.actions_by_id[name].trigger()


@pytest.fixture
def done(window, qtbot):
    """Two removals, one after the other, and a touch of the restore brush."""
    settings = window.workspace.settings
    settings.set("brush_size", 40)
    settings.set("grow_percent", 3)
    window.canvas.zoom_to(1.0)
    for spots, number in (([(200, 150), (260, 160)], 4), ([(400, 300), (410, 300)], 5)):
        stroke(window.canvas, spots)
        fill(window, qtbot)
        trigger(window, f"choose_{number}")
        trigger(window, "accept")
    trigger(window, "restore")
    settings.set("brush_hardness", 30)
    stroke(window.canvas, [(230, 150), (240, 150)])
    trigger(window, "brush")
    stroke(window.canvas, [(60, 300), (80, 300)])
    return window


def save(window, qtbot, monkeypatch, target):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(target), ""))
    with qtbot.waitSignal(window.workspace.writer.finished, timeout=60_000):
        trigger(window, "save_recipe")
    return target


def reopen(window, qtbot, monkeypatch, path):
    monkeypatch.setattr(QMessageBox, "question", lambda *a: QMessageBox.StandardButton.Discard)
    window.files.open(path)
    qtbot.waitUntil(lambda: "brought back" in window.frame.status._message.text(), timeout=60_000)


def test_a_recipe_proposes_the_photos_name_and_tells_every_step(
    done, qtbot, monkeypatch, photo_file
):
    asked = []

    def answer(parent, title, proposal, *args, **kwargs):
        asked.append(proposal)
        return proposal.removesuffix(".lacuna"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    with qtbot.waitSignal(done.workspace.writer.finished, timeout=60_000):
        trigger(done, "save_recipe")
    assert asked == [str(recipe_path(photo_file))]
    recipe = read_recipe(recipe_path(photo_file))
    assert [type(step) for step in recipe.steps] == [FillStep, FillStep, RestoreStep]
    assert recipe.steps[0].holes[0].snapshot == "0" * 64
    assert recipe.photo == "photo.png"
    assert recipe.mask is not None


def test_opening_a_recipe_brings_photo_removals_and_mask_back(done, qtbot, monkeypatch, photo_file):
    document = done.workspace.document
    image, mask = document.image.copy(), document.mask.copy()
    path = save(done, qtbot, monkeypatch, recipe_path(photo_file))
    reopen(done, qtbot, monkeypatch, path)
    assert np.array_equal(document.image, image)
    assert np.array_equal(document.mask, mask)
    stack = done.workspace.stack
    assert [stack.text(n).split()[0] for n in range(stack.count())] == [
        "Fill", "Fill", "Restore", "Paint",
    ]  # fmt: skip
    assert "replaying" not in done.workspace.facts
    while stack.canUndo():
        stack.undo()
    assert np.array_equal(document.image, document.photo.pixels)
    assert not document.steps
    while stack.canRedo():
        stack.redo()
    assert np.array_equal(document.image, image)


def test_a_removal_brought_back_can_be_changed(done, qtbot, monkeypatch, photo_file, filler):
    document = done.workspace.document
    path = save(done, qtbot, monkeypatch, recipe_path(photo_file))
    reopen(done, qtbot, monkeypatch, path)
    done.masks.clear()
    before = document.image.copy()
    first, second = (step.holes[0] for step in document.steps if isinstance(step, FillStep))
    done.canvas.zoom_to(1.0)
    move(done.canvas, (215, 155))
    trigger(done, "change")
    wait(done, qtbot)
    hole = done.fills.choice.hole
    assert hole.box == first.box
    restore = next(step for step in document.steps if isinstance(step, RestoreStep))
    restored = np.zeros(document.mask.shape, bool)
    for box, touched in reach(restore):
        restored[box.slices] |= touched
    bits = first.bits & ~restored[first.box.slices]
    assert np.array_equal(hole.mask, bits)
    assert not np.array_equal(bits, first.bits)
    assert hole.chosen.code == first.code
    assert hole.chosen in hole.kept
    trigger(done, "choose_3")
    trigger(done, "accept")
    assert (document.image[first.box.slices][bits] == filler.colour(0, np.uint8)).all()
    outside = np.ones(document.mask.shape, bool)
    outside[first.box.slices] = ~bits
    assert np.array_equal(document.image[outside], before[outside])
    again = save(done, qtbot, monkeypatch, path)
    assert len(read_recipe(again).steps) == 4
    image = document.image.copy()
    reopen(done, qtbot, monkeypatch, again)
    assert np.array_equal(document.image, image)
    assert second.box.width


def test_changing_is_one_step_that_can_be_taken_back(done, qtbot):
    document = done.workspace.document
    before, mask = document.image.copy(), document.mask.copy()
    steps = len(document.steps)
    move(done.canvas, (5, 5))
    trigger(done, "change")
    wait(done, qtbot)
    assert any(hole.chosen.code == document.steps[1].codes for hole in done.fills.choice.holes)
    trigger(done, "dismiss")
    done.workspace.stack.undo()
    assert np.array_equal(document.image, before)
    assert np.array_equal(document.mask, mask)
    assert len(document.steps) == steps


def test_changing_a_removal_brings_no_earlier_one_back(window, qtbot):
    """A thing removed beside another one stays away when the other removal is changed."""
    document, settings = window.workspace.document, window.workspace.settings
    settings.set("brush_size", 40)
    settings.set("grow_percent", 0)
    window.canvas.zoom_to(1.0)
    for spots in ([(200, 150), (260, 150)], [(250, 150), (320, 150)], [(310, 150), (360, 150)]):
        stroke(window.canvas, spots)
        fill(window, qtbot)
        trigger(window, "choose_5")
        trigger(window, "accept")
    first, second, third = (step.holes[0] for step in document.steps)
    before = document.image.copy()
    move(window.canvas, (285, 150))
    trigger(window, "change")
    assert np.array_equal(document.image, before)
    wait(window, qtbot)
    trigger(window, "dismiss")
    assert np.array_equal(document.image, before)
    window.fills.bring_back()
    trigger(window, "choose_3")
    trigger(window, "accept")
    same = (document.image == before).all(axis=2)
    assert same[first.box.slices][first.bits].sum() < first.bits.sum()
    assert same[150, 200]
    assert same[third.box.slices][third.bits].all()
    assert not same[150, 285]
    outside = np.ones(same.shape, bool)
    outside[second.box.slices] &= ~second.bits
    assert same[outside].all()


def test_a_recipe_fits_another_photo_of_its_size_that_is_open(
    done, qtbot, monkeypatch, tmp_path, image
):
    path = tmp_path / "elsewhere" / "r.lacuna"
    path.parent.mkdir()
    save(done, qtbot, monkeypatch, path)
    other = tmp_path / "other.png"
    cv2.imwrite(str(other), 255 - image[..., ::-1])
    monkeypatch.setattr(QMessageBox, "question", lambda *a: QMessageBox.StandardButton.Discard)
    with qtbot.waitSignal(done.workspace.document.opened, timeout=60_000):
        done.files.open(other)
    reopen(done, qtbot, monkeypatch, path)
    document = done.workspace.document
    assert document.path == other
    changed = (document.image != document.photo.pixels).any(axis=2)
    assert changed[150, 200]
    assert changed[300, 405]
    assert not changed[10:100].any()


def test_a_recipe_without_its_photo_says_what_to_open(empty_window, qtbot, tmp_path, photo_file):
    path = tmp_path / "away" / "r.lacuna"
    path.parent.mkdir()
    write_recipe(Recipe("photo.png", (600, 400), ()), path)
    with qtbot.waitSignal(empty_window.workspace.failed, timeout=60_000):
        empty_window.files.open(path)
    assert "photo.png" in empty_window.frame.notice.text
    assert "600 × 400" in empty_window.frame.notice.text
    shutil.copy(photo_file, path.with_name("photo.png"))
    with qtbot.waitSignal(empty_window.workspace.document.opened, timeout=60_000):
        empty_window.files.open(path)


def test_a_damaged_recipe_leaves_everything_as_it_was(done, qtbot, monkeypatch, tmp_path):
    image = done.workspace.document.image.copy()
    bad = tmp_path / "bad.lacuna"
    bad.write_text("{}")
    monkeypatch.setattr(QMessageBox, "question", lambda *a: QMessageBox.StandardButton.Discard)
    with qtbot.waitSignal(done.workspace.failed, timeout=60_000):
        done.files.open(bad)
    assert "bad.lacuna" in done.frame.notice.text
    assert np.array_equal(done.workspace.document.image, image)
    assert done.workspace.stack.canUndo()


def test_stopping_a_replay_leaves_the_photo_alone(
    done, qtbot, monkeypatch, photo_file, filler, image
):
    path = save(done, qtbot, monkeypatch, recipe_path(photo_file))
    gate = threading.Event()
    filler.on_step = lambda: gate.wait(20)
    monkeypatch.setattr(QMessageBox, "question", lambda *a: QMessageBox.StandardButton.Discard)
    done.files.open(path)
    qtbot.waitUntil(lambda: "replaying" in done.workspace.facts, timeout=60_000)
    assert not done.painting.enabled
    done.fills.stop()
    gate.set()
    assert "replaying" not in done.workspace.facts
    assert done.painting.enabled
    assert np.array_equal(done.workspace.document.image, image)
    assert not done.workspace.document.steps


def test_steps_nobody_can_tell_are_admitted(done, monkeypatch, tmp_path):
    done.workspace.document.note_step(None)
    target = tmp_path / "r.lacuna"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(target), ""))
    trigger(done, "save_recipe")
    assert "interruption" in done.frame.notice.text
    assert not target.exists()


def test_sixteen_bits_come_back_to_the_bit(empty_window, qtbot, monkeypatch, tmp_path, image):
    window = empty_window
    photo = tmp_path / "deep.png"
    cv2.imwrite(str(photo), image.astype(np.uint16)[..., ::-1] * 251 + 3)
    with qtbot.waitSignal(window.workspace.document.opened, timeout=60_000):
        begin(window, photo)
    document = window.workspace.document
    assert document.image.dtype == np.uint16
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 40)
    stroke(window.canvas, [(200, 150), (260, 160)])
    fill(window, qtbot)
    trigger(window, "choose_6")
    trigger(window, "accept")
    trigger(window, "restore")
    window.workspace.settings.set("brush_hardness", 40)
    stroke(window.canvas, [(230, 150), (240, 160)])
    wanted = document.image.copy()
    assert (wanted != document.photo.pixels).any()
    path = save(window, qtbot, monkeypatch, recipe_path(photo))
    reopen(window, qtbot, monkeypatch, path)
    assert document.image.dtype == np.uint16
    assert np.array_equal(document.image, wanted)


def test_a_recipe_can_be_what_the_program_starts_with(empty_window, qtbot, monkeypatch, photo_file):
    path = recipe_path(photo_file)
    write_recipe(Recipe("photo.png", (600, 400), ()), path)
    with qtbot.waitSignal(empty_window.workspace.document.opened, timeout=60_000):
        begin(empty_window, path)
    assert empty_window.workspace.document.path == photo_file
    device = empty_window.frame.status.device_label
    qtbot.waitUntil(lambda: bool(device.text()), timeout=60_000)


def test_the_last_removal_is_painted_again_to_be_touched_up(done, qtbot):
    document = done.workspace.document
    trigger(done, "clear_mask")
    before = document.image.copy()
    move(done.canvas, (60, 300))  # no removal is there
    trigger(done, "paint_again")
    last = [step for step in document.steps if isinstance(step, FillStep)][-1]
    for hole in last.holes:
        assert document.mask[hole.box.slices][hole.bits].all()
    assert document.hole_pixels == sum(int(hole.bits.sum()) for hole in last.holes)
    assert np.array_equal(document.image, before)
    trigger(done, "undo")
    assert document.hole_pixels == 0
