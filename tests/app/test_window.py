"""A person at work: open, paint, fill, choose, undo, save, with a fake engine behind."""

import hashlib
import threading

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QSlider

from app.widgets.acting import slot_of
from app.widgets.actions import ACTIONS
from app.widgets.menus import MENUS, Menu
from engine.errors import SnapshotError
from engine.geometry import Box
from engine.photo import read_photo
from tests.app.hands import RIGHT, fill, press, release, stroke

BUTTONS = QMessageBox.StandardButton


def key(window, name):
    QTest.keySequence(window, QKeySequence(name))


# The table of actions


def test_every_slot_of_the_table_exists(empty_window):
    for row in ACTIONS:
        assert callable(slot_of(empty_window, row.slot)), row.id


def test_no_two_actions_enabled_together_share_a_key():
    moments = [
        {"photo", "mask", "undo", "redo"},
        {"photo", "mask", "filling"},
        {"photo", "mask", "choosing", "draws", "holes", "undo", "redo"},
        {"photo", "choosing", "filling"},
        set(),
    ]
    for facts in moments:
        keys = [k for row in ACTIONS if row.when.met(facts) for k in row.keys]
        assert sorted(keys) == sorted(set(keys)), facts


def test_every_action_is_in_a_menu_but_the_number_keys():
    def ids(menu):
        for entry in menu.entries:
            if isinstance(entry, Menu):
                yield from ids(entry)
            elif entry:
                yield entry

    listed = [name for menu in MENUS for name in ids(menu)]
    wanted = {row.id for row in ACTIONS if not row.id.startswith("choose_")}
    assert set(listed) == wanted
    assert len(listed) == len(wanted)


def test_every_icon_is_there_and_every_tooltip_names_its_key(empty_window):
    for row in ACTIONS:
        action = empty_window.actions_by_id[row.id]
        if row.icon:
            assert not action.icon().isNull()
        if row.keys:
            assert "(" in action.toolTip()


# Opening and saving


def test_without_a_photo_nothing_that_needs_one_is_enabled(empty_window):
    enabled = {name for name, action in empty_window.actions_by_id.items() if action.isEnabled()}
    assert "open" in enabled
    assert not enabled & {"save", "fill", "accept", "fit", "clear_mask", "export_mask"}
    assert empty_window.frame.welcome.isVisible()


def test_opening_shows_name_size_and_remembers_the_file(window, photo_file):
    assert window.windowTitle().startswith("photo.png")
    assert "600 × 400" in window.frame.status.size_label.text()
    assert window.workspace.settings.get("recent_files") == [str(photo_file)]
    assert window.frame.recent.actions()[0].text().startswith("photo.png")


def test_a_bad_file_leaves_the_open_photo_and_says_why(window, qtbot, tmp_path, image):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8 not a photo")
    with qtbot.waitSignal(window.workspace.failed, timeout=60_000):
        window.files.open(bad)
    assert "bad.jpg" in window.frame.notice.text
    assert window.frame.notice.isVisible()
    assert np.array_equal(window.workspace.document.image, image)


def test_dropping_a_file_opens_it_and_with_shift_it_becomes_the_mask(window, qtbot, tmp_path):
    other, mask = tmp_path / "other.png", tmp_path / "mask.png"
    cv2.imwrite(str(other), np.full((50, 60, 3), 90, np.uint8))
    levels = np.zeros((50, 60), np.uint8)
    levels[10:20, 10:30] = 255
    cv2.imwrite(str(mask), levels)

    def drop(path, keys):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        event = QDropEvent(
            QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, keys
        )
        window.dropEvent(event)

    document = window.workspace.document
    with qtbot.waitSignal(document.opened, timeout=60_000):
        drop(other, Qt.KeyboardModifier.NoModifier)
    with qtbot.waitSignal(document.mask_changed, timeout=60_000):
        drop(mask, Qt.KeyboardModifier.ShiftModifier)
    assert np.array_equal(document.mask, levels > 0)
    assert window.workspace.stack.undoText() == "Import mask"


def test_saving_proposes_another_name_and_leaves_the_original(
    choosing, qtbot, monkeypatch, photo_file, image
):
    before = hashlib.sha256(photo_file.read_bytes()).hexdigest()
    choosing.actions_by_id["accept"].trigger()
    asked = []

    def answer(parent, title, proposal, *args, **kwargs):
        asked.append(proposal)
        return proposal, ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    assert choosing.files.unsaved
    with qtbot.waitSignal(choosing.files.saved, timeout=60_000):
        choosing.actions_by_id["save"].trigger()
    assert asked == [str(photo_file.with_name("photo-edited.png"))]
    assert hashlib.sha256(photo_file.read_bytes()).hexdigest() == before
    assert not choosing.files.unsaved
    saved = read_photo(asked[0]).pixels
    assert np.array_equal(saved, choosing.workspace.document.image)
    hole = (saved != image).any(axis=2)
    ys, xs = np.nonzero(hole)
    assert hole.any()
    assert Box(170, 120, 290, 190).holds(Box(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1))
    with qtbot.waitSignal(choosing.files.saved, timeout=60_000):
        choosing.actions_by_id["save"].trigger()
    assert len(asked) == 1


@pytest.mark.parametrize("yes", [True, False])
def test_the_original_is_replaced_only_after_a_yes(choosing, qtbot, monkeypatch, photo_file, yes):
    choosing.actions_by_id["accept"].trigger()
    before = photo_file.read_bytes()
    name = (str(photo_file), "")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: name)
    questions = []

    def warn(parent, title, text, *args):
        questions.append(text)
        return BUTTONS.Yes if yes else BUTTONS.No

    monkeypatch.setattr(QMessageBox, "warning", warn)
    if yes:
        with qtbot.waitSignal(choosing.files.saved, timeout=60_000):
            choosing.files.ask_save_as()
    else:
        choosing.files.ask_save_as()
    assert "original" in questions[0]
    assert (photo_file.read_bytes() == before) is not yes


def test_a_failed_save_says_why_and_the_work_stays_unsaved(choosing, qtbot, monkeypatch, tmp_path):
    choosing.actions_by_id["accept"].trigger()
    target = (str(tmp_path / "gone" / "x.png"), "")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: target)
    with qtbot.waitSignal(choosing.workspace.failed, timeout=60_000):
        choosing.files.ask_save_as()
    assert "x.png" in choosing.frame.notice.text
    assert choosing.files.unsaved
    assert choosing.actions_by_id["save"].isEnabled()


@pytest.mark.parametrize("answer", [BUTTONS.Discard, BUTTONS.Cancel])
def test_closing_asks_about_unsaved_changes(choosing, monkeypatch, answer):
    choosing.actions_by_id["accept"].trigger()
    asked = []

    def question(*args):
        asked.append(args)
        return answer

    monkeypatch.setattr(QMessageBox, "question", question)
    assert choosing.close() is (answer == BUTTONS.Discard)
    assert len(asked) == 1


def test_copy_and_paste_carry_the_photo(window, qtbot, image):
    with qtbot.waitSignal(window.workspace.writer.finished, timeout=60_000):
        window.files.copy()
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull(), timeout=5000)
    with qtbot.waitSignal(window.workspace.document.opened, timeout=60_000):
        window.files.paste()
    assert np.array_equal(window.workspace.document.image, image)
    assert window.workspace.document.path is None
    assert window.files.proposal().name == "pasted.png"


# Filling and choosing


def test_filling_shows_the_safe_result_at_once_and_seven_in_the_end(choosing, filler):
    hole = choosing.fills.choice.hole
    assert filler.calls[0] == [0]
    assert len(filler.drafted) == len(set(filler.drafted)) == 16
    shown = [answer.latent.seed for answer in hole.shown]
    assert filler.finished[:1] == [0]
    assert sorted(filler.finished[1:5]) == sorted(shown)  # the four shown are finished first
    assert len(filler.finished) == 9  # and then four spare ones
    assert all(slot is not None for slot in hole.slots)
    assert hole.chosen is hole.safe
    assert choosing.frame.strip.isVisible()
    assert not choosing.canvas.tint_visible
    assert choosing.frame.status.device_label.toolTip() == "CPU: a fake"


def test_nothing_is_written_before_accept_and_esc_leaves_all_as_it_was(choosing, image):
    mask = choosing.workspace.document.mask.copy()
    assert np.array_equal(choosing.workspace.document.image, image)
    assert choosing.canvas.layers
    key(choosing, "Escape")
    assert choosing.fills.choice is None
    assert not choosing.canvas.layers
    assert np.array_equal(choosing.workspace.document.image, image)
    assert np.array_equal(choosing.workspace.document.mask, mask)
    assert choosing.canvas.tint_visible
    assert not choosing.frame.strip.isVisible()


def test_accept_writes_the_chosen_result_inside_the_mask_only(choosing, image, filler):
    document = choosing.workspace.document
    mask = document.mask.copy()
    key(choosing, "4")
    chosen = choosing.fills.choice.hole.chosen
    assert chosen is choosing.fills.choice.hole.shown[0]
    key(choosing, "Return")
    assert np.array_equal(document.image[~mask], image[~mask])
    assert (document.image[mask] == filler.colour(chosen.latent.seed, np.uint8)).all()
    assert not document.mask.any()
    assert choosing.workspace.stack.undoText() == f"Fill {chosen.code}"
    key(choosing, "Ctrl+Z")
    assert np.array_equal(document.image, image)
    assert np.array_equal(document.mask, mask)
    key(choosing, "Ctrl+Shift+Z")
    assert not document.mask.any()


def test_keys_and_arrows_walk_through_the_row(choosing):
    hole = choosing.fills.choice.hole
    for number, answer in enumerate(hole.slots, 1):
        key(choosing, str(number))
        assert hole.chosen is answer
        assert choosing.frame.strip.thumbs[number - 1].isChecked()
    key(choosing, "Right")
    assert hole.chosen is hole.original
    key(choosing, "Left")
    assert hole.chosen is hole.slots[6]


def test_hovering_previews_without_choosing(choosing):
    hole = choosing.fills.choice.hole
    strip = choosing.frame.strip
    strip.thumbs[4].hover_changed.emit(True)
    shown = choosing.canvas.layers[0]
    inner = hole.box.within(shown.box).slices
    assert np.array_equal(shown.levels[0][inner], hole.shown[1].patch)
    assert hole.chosen is hole.safe
    strip.thumbs[4].hover_changed.emit(False)
    inner = hole.box.within(choosing.canvas.layers[0].box).slices
    assert np.array_equal(choosing.canvas.layers[0].levels[0][inner], hole.safe.patch)


def test_clicking_a_thumb_chooses_and_clicking_its_code_copies(choosing):
    choosing.actions_by_id["details"].trigger()
    thumb = choosing.frame.strip.thumbs[5]
    QTest.mouseClick(thumb, Qt.MouseButton.LeftButton, pos=thumb._picture_rect().center())
    hole = choosing.fills.choice.hole
    assert hole.chosen is hole.shown[2]
    QTest.mouseClick(thumb, Qt.MouseButton.LeftButton, pos=thumb._code_rect().center())
    assert QGuiApplication.clipboard().text() == hole.shown[2].code


def test_keep_survives_resampling_and_discard_takes_out(choosing, qtbot):
    hole = choosing.fills.choice.hole
    key(choosing, "5")
    kept = hole.chosen
    key(choosing, "K")
    before = {a.code for a in hole.shown}
    key(choosing, "R")
    qtbot.waitUntil(lambda: not choosing.fills.waiting, timeout=60_000)
    assert hole.shown[1] is kept
    assert {a.code for a in hole.shown} & before == {kept.code}
    key(choosing, "Del")
    assert kept not in hole.shown
    assert len(hole.shown) == 4


def test_a_code_brings_its_result_back(choosing, qtbot, monkeypatch, filler):
    monkeypatch.setattr(QInputDialog, "getText", lambda *a: ("7f3a-02", True))
    choosing.actions_by_id["enter_code"].trigger()
    qtbot.waitUntil(lambda: not choosing.fills.waiting, timeout=60_000)
    hole = choosing.fills.choice.hole
    assert hole.chosen.code == "7F3A-02"
    inside = hole.chosen.patch[hole.mask]
    assert (inside == filler.colour(0x7F3A * 100 + 2, np.uint8)).all()


def test_a_wrong_code_is_explained(choosing, monkeypatch):
    monkeypatch.setattr(QInputDialog, "getText", lambda *a: ("pelican", True))
    choosing.actions_by_id["enter_code"].trigger()
    assert "pelican" in choosing.frame.notice.text
    assert not choosing.fills.waiting


def test_boldness_makes_the_same_draws_with_another_z(choosing, qtbot, filler):
    seeds = set(filler.drafted)
    filler.latents.clear()
    choosing.choices.set_boldness(0.5)
    qtbot.waitUntil(lambda: not choosing.fills.waiting, timeout=60_000)
    asked = [latent for call in filler.latents for latent in call]
    assert {latent.seed for latent in asked} == seeds
    assert {latent.boldness for latent in asked} == {0.5}
    assert choosing.fills.choice.hole.shown[0].code.endswith("×0.5")


def test_dropping_one_result_on_another_mixes_them(choosing, qtbot, filler):
    hole = choosing.fills.choice.hole
    one, other = hole.shown[0].latent.seed, hole.shown[3].latent.seed
    choosing.frame.strip.mix_requested.emit(4, 7)
    qtbot.waitUntil(lambda: not choosing.fills.waiting, timeout=60_000)
    mix = hole.chosen
    assert (mix.latent.seed, mix.latent.other, mix.latent.share) == (other, one, 0.5)
    assert choosing.frame.strip.tuning.mix.isVisible()
    choosing.choices.set_mix(0.8)
    qtbot.waitUntil(lambda: not choosing.fills.waiting, timeout=60_000)
    assert hole.chosen.latent.share == 0.8
    assert mix not in hole.shown


def test_several_holes_are_filled_in_one_go_and_chosen_one_by_one(painted, qtbot, filler):
    stroke(painted.canvas, [(450, 300), (480, 300)])
    fill(painted, qtbot)
    choice = painted.fills.choice
    assert len(choice.holes) == 2
    assert choice.active == 0
    key(painted, "5")
    press(painted.canvas, (465, 300))
    release(painted.canvas, (465, 300))
    assert choice.active == 1
    key(painted, "1")
    seed = choice.holes[0].chosen.latent.seed
    key(painted, "Return")
    document = painted.workspace.document
    assert (document.image[155, 230] == filler.colour(seed, np.uint8)).all()
    assert np.array_equal(document.image[300, 465], document.original(document.box)[300, 465])
    assert document.mask[300, 465]
    assert not document.mask[155, 230]


def test_little_variety_is_admitted(painted, qtbot, filler):
    filler.alike = True
    fill(painted, qtbot)
    assert "are alike" in painted.frame.strip._note.text()


def test_a_new_stroke_accepts_and_goes_on(choosing):
    mask = choosing.workspace.document.mask.copy()
    stroke(choosing.canvas, [(450, 300), (460, 300)])
    assert choosing.fills.choice is None
    document = choosing.workspace.document
    assert (document.image[mask] == [200, 100, 50]).all()
    assert document.mask[300, 455]
    assert not document.mask[150, 230]


def test_with_that_setting_off_a_stroke_waits(choosing):
    choosing.workspace.settings.set("accept_on_stroke", False)
    stroke(choosing.canvas, [(450, 300), (460, 300)])
    assert choosing.fills.choice is not None
    assert not choosing.workspace.document.mask[300, 455]


def test_filling_when_the_stroke_ends_is_a_setting(window, qtbot):
    window.workspace.settings.set("fill_on_release", True)
    window.canvas.zoom_to(1.0)
    stroke(window.canvas, [(200, 150), (260, 160)])
    qtbot.waitUntil(lambda: window.fills.choice is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not window.fills.waiting, timeout=60_000)


def test_the_mask_is_grown_before_filling(painted, qtbot):
    before = painted.workspace.document.mask.sum()
    painted.workspace.settings.set("grow_percent", 5)
    fill(painted, qtbot)
    assert painted.fills.choice.hole.mask.sum() > before * 1.1
    key(painted, "Return")
    assert not painted.workspace.document.mask.any()


def test_a_failure_arrives_as_a_sentence_and_everything_stays(painted, qtbot, filler, image):
    mask = painted.workspace.document.mask.copy()
    filler.error = SnapshotError("The weights are damaged; install Lacuna again.")
    with qtbot.waitSignal(painted.workspace.failed, timeout=60_000):
        painted.actions_by_id["fill"].trigger()
    assert painted.frame.notice.text.startswith("The weights are damaged; install Lacuna again.")
    qtbot.waitUntil(lambda: not painted.fills.waiting, timeout=10_000)
    painted.actions_by_id["dismiss"].trigger()
    assert np.array_equal(painted.workspace.document.mask, mask)
    assert np.array_equal(painted.workspace.document.image, image)
    filler.error = None
    fill(painted, qtbot)


def test_stopping_and_painting_on_both_end_the_filling(painted, qtbot, filler):
    import threading

    gate = threading.Event()
    filler.on_step = lambda: gate.wait(10)
    painted.actions_by_id["fill"].trigger()
    qtbot.waitUntil(lambda: bool(filler.calls), timeout=60_000)
    assert painted.frame.status._stop.isVisible()
    key(painted, "Escape")
    assert not painted.fills.waiting
    painted.actions_by_id["fill"].trigger()
    stroke(painted.canvas, [(450, 300), (460, 300)])
    assert not painted.fills.waiting
    gate.set()
    with qtbot.waitSignal(painted.workspace.engine.finished, timeout=60_000):
        painted.workspace.engine.submit(lambda report: None)
    assert painted.fills.choice is None


def test_closing_in_mid_fill_ends_the_threads(painted, qtbot, filler, monkeypatch):
    monkeypatch.setattr(QMessageBox, "question", lambda *a: QMessageBox.StandardButton.Discard)
    filler.steps, filler.on_step = 10_000, lambda: threading.Event().wait(0.01)
    painted.actions_by_id["fill"].trigger()
    qtbot.waitUntil(lambda: bool(filler.calls), timeout=60_000)
    assert painted.close()
    assert painted.workspace.engine._thread.isFinished()
    assert painted.workspace.files._thread.isFinished()


# Comparing


def test_holding_the_key_shows_the_original(choosing, image):
    key(choosing, "Return")
    choosing.canvas.setFocus()
    QTest.keyPress(choosing.canvas, Qt.Key.Key_Backslash)
    assert _seen(choosing, Box(150, 100, 320, 220), image)
    QTest.keyRelease(choosing.canvas, Qt.Key.Key_Backslash)
    assert not _seen(choosing, Box(150, 100, 320, 220), image)


def _seen(window, box, image):
    levels = window.workspace.document.photo_levels
    return np.array_equal(levels.part(0, box, window.canvas.layers), image[box.slices])


def test_split_view_can_be_dragged(choosing):
    key(choosing, "Return")
    key(choosing, "Y")
    canvas = choosing.canvas
    middle = canvas.width() / 2
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPointF(middle, 50).toPoint())
    QTest.mouseMove(canvas, QPointF(middle + 100, 60).toPoint())
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPointF(middle + 100, 60).toPoint())
    assert canvas.overlay.split == pytest.approx((middle + 100) / canvas.width(), abs=0.01)
    assert choosing.workspace.stack.undoText().startswith("Fill")
    key(choosing, "Y")
    assert canvas.overlay.split is None


def test_the_grid_shows_four_with_one_zoom_and_picks_by_click(choosing, qtbot):
    choosing.actions_by_id["grid"].setChecked(True)
    grid = choosing.choosing.grid
    qtbot.waitUntil(lambda: grid.canvases[3].viewport.width > 50, timeout=5000)
    grid.canvases[2].zoom_to(3.0)
    assert {canvas.viewport.scale for canvas in grid.canvases} == {3.0}
    assert [canvas.overlay.caption for canvas in grid.canvases] == list("ABCD")
    press(grid.canvases[1], (230, 155))
    release(grid.canvases[1], (230, 155))
    hole = choosing.fills.choice.hole
    assert hole.chosen is hole.shown[1]
    key(choosing, "Return")
    assert choosing.choosing.grid is None
    assert choosing.frame.pages.currentWidget() is choosing.canvas


# The mask as a whole


def test_mask_menu_steps_can_be_undone(painted):
    document, stack = painted.workspace.document, painted.workspace.stack
    first = document.mask.copy()
    for name in ("grow_mask", "shrink_mask", "invert_mask", "clear_mask"):
        before = document.mask.copy()
        painted.actions_by_id[name].trigger()
        assert not np.array_equal(document.mask, before), name
        stack.undo()
        assert np.array_equal(document.mask, before)
        stack.redo()
    assert not document.mask.any()
    stack.setIndex(1)
    assert np.array_equal(document.mask, first)


def test_masks_go_out_and_come_in_again(painted, qtbot, monkeypatch, tmp_path):
    target = tmp_path / "mask.tif"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(target), ""))
    mask = painted.workspace.document.mask.copy()
    with qtbot.waitSignal(painted.workspace.writer.finished, timeout=60_000):
        painted.masks.ask_export()
    painted.masks.clear()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a, **k: (str(target), ""))
    with qtbot.waitSignal(painted.workspace.document.mask_changed, timeout=60_000):
        painted.masks.ask_import()
    assert np.array_equal(painted.workspace.document.mask, mask)


def test_a_mask_of_another_size_is_refused_with_both_sizes(painted, qtbot, tmp_path):
    path = tmp_path / "small.png"
    cv2.imwrite(str(path), np.full((20, 30), 255, np.uint8))
    with qtbot.waitSignal(painted.workspace.failed, timeout=60_000):
        painted.masks.read(path)
    assert "30 × 20" in painted.frame.notice.text
    assert "600 × 400" in painted.frame.notice.text


# The frame


def test_undo_during_a_choice_closes_the_choice(choosing):
    mask = choosing.workspace.document.mask.copy()
    key(choosing, "Ctrl+Z")
    assert choosing.fills.choice is None
    assert np.array_equal(choosing.workspace.document.mask, mask)


def test_history_names_every_step(choosing):
    key(choosing, "Return")
    stroke(choosing.canvas, [(450, 300), (460, 300)])
    stroke(choosing.canvas, [(455, 300)], RIGHT)
    stack = choosing.workspace.stack
    names = [stack.text(i) for i in range(stack.count())]
    assert names == ["Paint mask", "Fill SAFE", "Paint mask", "Erase mask"]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_both_themes_tell_text_from_ground(empty_window, theme):
    empty_window.workspace.settings.set("theme", theme)
    look = empty_window.palette()
    text, ground = look.windowText().color(), look.window().color()
    assert abs(text.lightness() - ground.lightness()) > 120
    grey = empty_window.canvas.background
    assert grey.red() == grey.green() == grey.blue()


def test_the_sheet_of_keys_lists_them_and_does_not_block(empty_window):
    key(empty_window, "F1")
    sheet = empty_window.help._sheet
    assert sheet.isVisible()
    assert not sheet.isModal()
    key(empty_window, "F1")
    assert not sheet.isVisible()


def test_settings_take_effect_at_once(empty_window):
    empty_window.help.show_settings()
    dialog = empty_window.help._settings
    opacity = dialog.findChild(QSlider, "tint_opacity")
    opacity.setValue(20)
    assert empty_window.workspace.settings.get("tint_opacity") == 20
    dialog.close()


def test_diagnostics_hold_versions_and_no_file_names(window, photo_file):
    window.help.copy_diagnostics()
    text = QGuiApplication.clipboard().text()
    assert "600 x 400" in text
    assert "PySide6-Essentials" in text
    assert photo_file.name not in text


def test_the_window_comes_back_as_it_was(window, settings):
    window.frame.history.setVisible(True)
    window.close()
    assert not settings.get("window_geometry").isEmpty()
    assert not settings.get("window_state").isEmpty()


def test_everything_that_can_be_focused_has_a_name(choosing):
    nameless = []
    for widget in choosing.findChildren(object):
        policy = getattr(widget, "focusPolicy", None)
        if policy is None or policy() == Qt.FocusPolicy.NoFocus or not widget.isVisible():
            continue
        text = widget.text() if hasattr(widget, "text") else ""
        named = widget.accessibleName() or widget.toolTip() or text
        if not named and widget.metaObject().className() not in {"QMenuBar"}:
            nameless.append(f"{widget.metaObject().className()} {widget.objectName()}")
    assert not nameless


def test_the_device_is_told_although_a_photo_was_opened_while_the_engine_came(
    empty_window, photo_file, qtbot, host, filler
):
    window, coming, go_on = empty_window, threading.Event(), threading.Event()

    def slow(device):
        coming.set()
        assert go_on.wait(60)
        return filler

    host._make = slow
    window.fills.warm_up()
    assert coming.wait(60)
    with qtbot.waitSignal(window.workspace.document.opened, timeout=60_000):
        window.files.open(photo_file)
    go_on.set()
    label = window.frame.status.device_label
    qtbot.waitUntil(lambda: label.toolTip() == filler.device_reason, timeout=60_000)
