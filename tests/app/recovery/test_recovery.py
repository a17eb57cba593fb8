"""What was done comes back after a crash; nothing is offered, or left, after a proper end."""

import contextlib
import os
import sqlite3
import stat
import zlib

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.document.commands import ChangeLines
from app.document.workspace import Workspace
from app.main_window import MainWindow
from app.settings import Settings
from app.startup import sessions_folder
from engine.geometry import Box
from engine.record.choice_record import rebuilt
from engine.record.interrupted import interrupted
from engine.record.journal import Journal, connect
from engine.record.recipe import read_recipe
from engine.record.recipe_steps import step_json
from engine.record.session_steps import Change, DamagedJournal, pack, unpack, unpack_told
from engine.record.sources import Paint
from engine.record.steps import FillStep, RestoreStep
from engine.removal.scene import Scene
from engine.structure.given import Given, Stroke
from tests.app.hands import stroke

BUTTONS = QMessageBox.StandardButton
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")


@pytest.fixture
def folder():
    return sessions_folder()


@pytest.fixture(autouse=True)
def discarding(monkeypatch):
    """Discard what closing a window asks about: here only what the journal keeps counts."""
    monkeypatch.setattr(QMessageBox, "question", lambda *a: BUTTONS.Discard)


@pytest.fixture
def recording(window, folder, photo_file, qtbot):
    """Return a window that keeps a journal of its photo."""
    window.recovery.start(folder)
    reopen(window, photo_file, qtbot)
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 30)
    window.workspace.settings.set("grow_percent", 0)
    return window


@pytest.fixture
def another(qtbot, host, discarding):
    """Return a function that opens one more window, as the next start would."""
    made = []

    def make(folder):
        window = MainWindow(Workspace(Settings(QSettings()), host))
        window.resize(1100, 760)
        window.show()
        window.recovery.start(folder)
        made.append(window)
        return window

    yield make
    for window in made:
        window.workspace.stack.clear()
        window.close()
        window.deleteLater()


def reopen(window, path, qtbot):
    with qtbot.waitSignal(window.workspace.document.opened, timeout=60_000):
        window.files.open(path)
    qtbot.wait(1)


def crash(window, tmp_path):
    """Return a folder that holds what a crash would have left of ``window``'s journal."""
    window.session.flush()
    left = tmp_path / f"crashed-{len(list(tmp_path.iterdir()))}"
    left.mkdir()
    for path in window.session.folder.iterdir():
        (left / path.name).write_bytes(path.read_bytes())
    return left


def told_at_bringing_back(window, qtbot):
    """Ask for the work back where that fails, and return what is said of it."""
    with qtbot.waitSignal(window.workspace.failed, timeout=60_000) as said:
        window.frame.recovery_bar.accept.click()
    return said.args[0]


def bring_back(window, qtbot):
    with qtbot.waitSignal(window.workspace.told, timeout=60_000,
                          check_params_cb=lambda text: "brought back" in text):  # fmt: skip
        window.frame.recovery_bar.accept.click()


def test_marks_of_where_to_copy_from_come_back(recording, another, qtbot, tmp_path):
    ways = {
        "brush": [(200, 150), (240, 160)],
        "avoid": [(420, 200)],
        "take": [(60, 300), (90, 320)],
    }
    for name, way in ways.items():
        recording.actions_by_id[name].trigger()
        stroke(recording.canvas, way)
    other = another(crash(recording, tmp_path))
    bring_back(other, qtbot)
    for paint in Paint:
        before, after = (w.workspace.document.drawn[paint] for w in (recording, other))
        assert before.count == after.count > 0
        assert (before.bits == after.bits).all()
    stack = other.workspace.stack
    assert [stack.text(n) for n in range(3)] == ["Paint mask", "Keep out", "Take from"]
    assert other.actions_by_id["clear_sources"].isEnabled()


def fill_and_accept(window, qtbot):
    window.actions_by_id["fill"].trigger()
    qtbot.waitUntil(lambda: window.fills.choice is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not window.fills.waiting, timeout=60_000)
    window.actions_by_id["accept"].trigger()


def work(window, qtbot):
    stroke(window.canvas, [(200, 150), (240, 150)])
    fill_and_accept(window, qtbot)
    stroke(window.canvas, [(300, 100), (340, 130)])
    window.actions_by_id["grow_mask"].trigger()
    window.actions_by_id["restore"].trigger()
    stroke(window.canvas, [(220, 150), (225, 150)])
    window.actions_by_id["brush"].trigger()
    stroke(window.canvas, [(100, 100), (140, 130)])
    window.actions_by_id["undo"].trigger()


def texts(window):
    stack = window.workspace.stack
    return [stack.text(i) for i in range(stack.count())]


def assert_same(one, other):
    a, b = one.workspace, other.workspace
    assert np.array_equal(a.document.image, b.document.image)
    assert np.array_equal(a.document.mask, b.document.mask)
    assert texts(one) == texts(other)
    assert a.stack.index() == b.stack.index()
    assert told(one) == told(other)


def told(window):
    document = window.workspace.document
    return document.untold, [step_json(step) for step in document.steps]


def test_everything_comes_back_with_its_history(recording, another, qtbot, tmp_path):
    work(recording, qtbot)
    window = another(crash(recording, tmp_path))
    assert "photo.png" in window.frame.recovery_bar.text
    assert window.frame.recovery_bar.isVisible()
    bring_back(window, qtbot)
    assert not window.frame.recovery_bar.isVisible()
    assert_same(window, recording)
    assert window.files.unsaved
    for step in range(window.workspace.stack.index(), -1, -1):
        assert_same(window, recording)
        if step:
            window.workspace.stack.undo()
            recording.workspace.stack.undo()
    assert_same(window, recording)


def test_work_brought_back_can_be_saved_as_a_recipe_and_changed(
    recording, another, qtbot, tmp_path, monkeypatch
):
    work(recording, qtbot)
    window = another(crash(recording, tmp_path))
    bring_back(window, qtbot)
    target = tmp_path / "brought.lacuna"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(target), ""))
    with qtbot.waitSignal(window.workspace.writer.finished, timeout=60_000):
        window.actions_by_id["save_recipe"].trigger()
    assert [type(step) for step in read_recipe(target).steps] == [FillStep, RestoreStep]
    code = window.workspace.document.steps[0].holes[0].code
    window.actions_by_id["change"].trigger()
    qtbot.waitUntil(lambda: window.fills.choice is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not window.fills.waiting, timeout=60_000)
    assert window.fills.choice.hole.chosen.code == code


def test_a_journal_of_an_older_release_comes_back_without_a_recipe(
    recording, another, qtbot, tmp_path, monkeypatch
):
    work(recording, qtbot)
    left = crash(recording, tmp_path)
    edited(left, "delete from told")
    window = another(left)
    bring_back(window, qtbot)
    assert np.array_equal(window.workspace.document.image, recording.workspace.document.image)
    assert not window.actions_by_id["save_recipe"].isEnabled(), "there is nothing to tell"
    fill_and_accept(window, qtbot)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(tmp_path / "x"), ""))
    window.actions_by_id["save_recipe"].trigger()
    assert "cannot tell" in window.frame.notice.text
    assert not list(tmp_path.glob("*.lacuna"))


def test_a_recovered_session_can_be_recovered_again(recording, another, qtbot, tmp_path):
    work(recording, qtbot)
    second = another(crash(recording, tmp_path))
    bring_back(second, qtbot)
    stroke(second.canvas, [(50, 50), (60, 60)])
    third = another(crash(second, tmp_path))
    bring_back(third, qtbot)
    assert_same(third, second)


def test_a_new_step_after_undo_forgets_the_steps_taken_back(recording, another, qtbot, tmp_path):
    for x in (100, 150, 200):
        stroke(recording.canvas, [(x, 100), (x + 20, 120)])
    for _ in range(2):
        recording.workspace.stack.undo()
    stroke(recording.canvas, [(300, 200), (310, 220)])
    window = another(crash(recording, tmp_path))
    bring_back(window, qtbot)
    assert_same(window, recording)
    assert window.workspace.stack.count() == 2


def test_more_steps_than_the_history_holds_come_back(recording, another, qtbot, tmp_path):
    recording.workspace.stack.clear()
    recording.workspace.stack.setUndoLimit(5)
    reopen(recording, recording.workspace.document.path, qtbot)
    recording.canvas.zoom_to(1.0)
    for x in range(100, 340, 20):
        stroke(recording.canvas, [(x, 100), (x + 9, 120)])
    recording.workspace.stack.undo()
    stroke(recording.canvas, [(200, 200), (220, 220)])
    window = another(crash(recording, tmp_path))
    bring_back(window, qtbot)
    assert np.array_equal(window.workspace.document.mask, recording.workspace.document.mask)


def test_saved_work_is_not_offered_and_work_after_saving_is(
    recording, another, qtbot, tmp_path, monkeypatch
):
    stroke(recording.canvas, [(200, 150), (240, 150)])
    fill_and_accept(recording, qtbot)
    recording.files._own = tmp_path / "saved.png"
    with qtbot.waitSignal(recording.files.saved, timeout=60_000):
        recording.files.save()
    window = another(crash(recording, tmp_path))
    assert window.frame.recovery_bar.text == ""
    assert list(window.session.folder.glob("*.journal")) == []
    stroke(recording.canvas, [(300, 100), (340, 130)])
    window = another(crash(recording, tmp_path))
    bring_back(window, qtbot)
    assert_same(window, recording)
    assert not window.files.unsaved
    recording.workspace.stack.undo()
    recording.workspace.stack.undo()
    stroke(recording.canvas, [(100, 100), (140, 130)])
    assert len(interrupted(crash(recording, tmp_path))) == 1


def test_an_open_choice_comes_back_with_what_was_chosen(recording, another, qtbot, tmp_path):
    stroke(recording.canvas, [(200, 150), (240, 150)])
    stroke(recording.canvas, [(400, 250), (430, 250)])
    recording.actions_by_id["fill"].trigger()
    qtbot.waitUntil(lambda: recording.fills.choice is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not recording.fills.waiting, timeout=60_000)
    recording.actions_by_id["choose_5"].trigger()
    recording.choices.select_hole(1)
    recording.actions_by_id["choose_2"].trigger()
    window = another(crash(recording, tmp_path))
    bring_back(window, qtbot)
    old, new = recording.fills.choice, window.fills.choice
    for one, other in zip(old.holes, new.holes, strict=True):
        assert (one.box, one.chosen.kind, one.chosen.code) == (
            other.box,
            other.chosen.kind,
            other.chosen.code,
        )
        assert np.array_equal(one.chosen.patch, other.chosen.patch)
    for each in (recording, window):
        each.actions_by_id["accept"].trigger()
    assert_same(window, recording)


def test_a_choice_that_was_closed_does_not_come_back(recording, another, qtbot, tmp_path):
    stroke(recording.canvas, [(200, 150), (240, 150)])
    recording.actions_by_id["fill"].trigger()
    qtbot.waitUntil(lambda: recording.fills.choice is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not recording.fills.waiting, timeout=60_000)
    recording.actions_by_id["dismiss"].trigger()
    window = another(crash(recording, tmp_path))
    bring_back(window, qtbot)
    assert window.fills.choice is None
    assert_same(window, recording)


CROOKED = [None, [], [["photo", ""]] * 2, [["magic", ""]], [["network", "not a code"]], [7], ["ab"]]
CROOKED += [[["network", "SAFE", 1, 1, rows]] for rows in ("x", [[1, 2, 3]], [[0, 0, 9, 9] * 2])]
CROOKED += [[["network", "SAFE", "wide", 1, [[0, 0, 64, 64, 10, 10, 20, 20]]]]]


@pytest.mark.parametrize("rows", CROOKED)
def test_a_choice_that_does_not_hang_together_is_refused(document, rows):
    box = Box(10, 10, 20, 20)
    bits, pixels = (
        Change(0, box, np.ones((10, 10), bool)),
        Change(1, box, document.image[box.slices]),
    )
    scene = Scene(document.image)
    with pytest.raises(DamagedJournal):
        rebuilt(rows, [[bits], [pixels]], scene)
    with pytest.raises(DamagedJournal):
        rebuilt([["photo", ""]], [[pixels], [bits]], scene)


LIES_TOLD = ["{", "7", "[7]", '["whole"]', '[{"step": "fill", "holes": []}]', "[" * 100_000]


@pytest.mark.parametrize("words", LIES_TOLD)
def test_what_recipes_say_is_checked(document, words):
    with pytest.raises(DamagedJournal):
        unpack_told(words, document.box)


def test_damage_to_what_recipes_say_is_found(recording, another, qtbot, tmp_path):
    work(recording, qtbot)
    left = crash(recording, tmp_path)
    edited(left, "update told set steps = '[null]' where n = 1")
    window = another(left)
    said = told_at_bringing_back(window, qtbot)
    assert "damaged: 1 of 6" in said
    assert list(left.glob("*.damaged"))


def test_a_pasted_photo_comes_back_too(recording, another, qtbot, tmp_path, image):
    document = recording.workspace.document
    QGuiApplication.clipboard().setText("no file")
    with qtbot.waitSignal(document.opened, timeout=60_000):
        recording.files.open_pixels(np.ascontiguousarray(image[:90, :120]))
    qtbot.wait(1)
    recording.canvas.zoom_to(1.0)
    stroke(recording.canvas, [(50, 40), (60, 50)])
    window = another(crash(recording, tmp_path))
    bring_back(window, qtbot)
    assert window.workspace.document.path is None
    assert_same(window, recording)


def test_discarding_leaves_nothing(recording, another, tmp_path):
    stroke(recording.canvas, [(200, 150), (240, 150)])
    left = crash(recording, tmp_path)
    window = another(left)
    window.frame.recovery_bar.discard.click()
    assert not window.frame.recovery_bar.isVisible()
    assert list(left.iterdir()) == []
    assert not window.workspace.document.is_open


def test_an_offer_that_is_not_answered_is_made_again(recording, another, tmp_path):
    stroke(recording.canvas, [(200, 150), (240, 150)])
    left = crash(recording, tmp_path)
    another(left).close()
    assert another(left).frame.recovery_bar.isVisible()


def test_a_proper_end_leaves_nothing_and_offers_nothing(recording, another, folder):
    stroke(recording.canvas, [(200, 150), (240, 150)])
    recording.session.flush()
    assert list(folder.glob("*.journal"))
    assert recording.close()
    assert list(folder.iterdir()) == []
    assert not another(folder).frame.recovery_bar.isVisible()


def test_two_windows_do_not_mix(recording, another, folder, photo_file, qtbot):
    stroke(recording.canvas, [(200, 150), (240, 150)])
    recording.session.flush()
    second = another(folder)
    assert not second.frame.recovery_bar.isVisible()
    reopen(second, photo_file, qtbot)
    second.canvas.zoom_to(1.0)
    stroke(second.canvas, [(50, 50), (60, 60)])
    second.session.flush()
    assert len(list(folder.glob("*.journal"))) == 2
    assert second.close()
    assert len(list(folder.glob("*.journal"))) == 1
    assert recording.session.journal is not None


def test_only_one_of_two_starts_gets_the_session(recording, another, tmp_path):
    stroke(recording.canvas, [(200, 150), (240, 150)])
    left = crash(recording, tmp_path)
    shown = [another(left).frame.recovery_bar.isVisible() for _ in range(2)]
    assert shown == [True, False]


@posix
def test_the_journal_is_private(recording, folder):
    stroke(recording.canvas, [(200, 150), (240, 150)])
    recording.session.flush()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


@pytest.mark.parametrize("answer", [BUTTONS.Yes, BUTTONS.No])
def test_recovery_data_can_be_deleted(recording, another, tmp_path, monkeypatch, answer):
    stroke(recording.canvas, [(200, 150), (240, 150)])
    left = crash(recording, tmp_path)
    (left / "1-abc.journal").write_bytes(b"noise" * 100)
    window = another(left)
    assert (left / "1-abc.journal.damaged").exists()
    monkeypatch.setattr(QMessageBox, "question", lambda *args: answer)
    window.actions_by_id["forget"].trigger()
    gone = answer == BUTTONS.Yes
    assert window.frame.recovery_bar.isVisible() is not gone
    assert (list(left.iterdir()) == []) is gone


def test_the_settings_offer_both_and_off_means_off(recording, folder, qtbot, photo_file):
    recording.help.show_settings()
    dialog = recording.help._settings
    assert any("recovery data" in b.text() for b in dialog.findChildren(type(dialog._colour)))
    dialog.close()
    stroke(recording.canvas, [(200, 150), (240, 150)])
    recording.workspace.settings.set("keep_journal", False)
    assert list(folder.iterdir()) == []
    reopen(recording, photo_file, qtbot)
    stroke(recording.canvas, [(200, 150), (240, 150)])
    assert list(folder.iterdir()) == []
    recording.workspace.settings.set("keep_journal", True)
    stroke(recording.canvas, [(100, 150), (140, 150)])
    assert list(folder.iterdir()) == []
    recording.workspace.stack.clear()
    reopen(recording, photo_file, qtbot)
    recording.canvas.zoom_to(1.0)
    stroke(recording.canvas, [(200, 150), (240, 150)])
    recording.session.flush()
    assert len(list(folder.glob("*.journal"))) == 1


def test_a_changed_photo_gets_nothing(recording, another, qtbot, tmp_path, photo_file, image):
    import cv2

    stroke(recording.canvas, [(200, 150), (240, 150)])
    left = crash(recording, tmp_path)
    cv2.imwrite(str(photo_file), 255 - image)
    window = another(left)
    said = told_at_bringing_back(window, qtbot)
    assert "photo.png" in said
    assert not window.workspace.document.mask.any()
    assert window.frame.recovery_bar.isVisible()


def test_a_photo_that_is_gone_is_named_and_the_offer_stays(
    recording, another, qtbot, tmp_path, photo_file
):
    stroke(recording.canvas, [(200, 150), (240, 150)])
    left = crash(recording, tmp_path)
    photo_file.unlink()
    window = another(left)
    said = told_at_bringing_back(window, qtbot)
    assert "photo.png" in said
    assert window.frame.recovery_bar.isVisible()


def edited(left, statement, *values):
    (path,) = left.glob("*.journal")
    base = sqlite3.connect(path)
    base.execute(statement, values)
    base.commit()
    base.close()


def test_a_damaged_step_ends_what_comes_back_and_the_journal_is_set_aside(
    recording, another, qtbot, tmp_path
):
    for x in (100, 150, 200):
        stroke(recording.canvas, [(x, 100), (x + 20, 120)])
    left = crash(recording, tmp_path)
    edited(left, "update step set data = zeroblob(40) where n = 2")
    window = another(left)
    said = told_at_bringing_back(window, qtbot)
    assert "2 of 3" in said
    recording.workspace.stack.undo()
    assert np.array_equal(window.workspace.document.mask, recording.workspace.document.mask)
    assert not window.frame.recovery_bar.isVisible()
    assert len(list(left.glob("*.damaged"))) == 1


LIES = {
    "a box outside": (0, 0, 1, 0, 0, 9000, 9000),
    "a box inside out": (0, 0, 1, 50, 50, 10, 10),
    "an unknown kind": (0, 9, 1, 0, 0, 8, 8),
    "a later command": (3, 0, 1, 0, 0, 8, 8),
    "pixels for bits": (0, 1, 1, 0, 0, 8, 8),
    "a bomb": (0, 0, 1, 0, 0, 8, 8),
}


@pytest.mark.parametrize("lie", LIES)
def test_steps_that_do_not_fit_do_nothing(recording, another, qtbot, tmp_path, lie):
    from engine.record.session_steps import _HEAD

    stroke(recording.canvas, [(100, 100), (120, 120)])
    left = crash(recording, tmp_path)
    body = zlib.compress(bytes(8 if lie != "a bomb" else 1 << 24))
    data = _HEAD.pack(*LIES[lie], len(body)) + body
    edited(left, "update step set data = ?, crc = ?", data, zlib.crc32(data))
    window = another(left)
    said = told_at_bringing_back(window, qtbot)
    assert "0 of 1" in said
    assert not window.workspace.document.mask.any()


def test_a_journal_spoilt_anywhere_is_never_in_the_way(recording, tmp_path):
    for x in range(100, 300, 20):
        stroke(recording.canvas, [(x, 100), (x + 9, 120)])
    left = crash(recording, tmp_path)
    sound = {path: path.read_bytes() for path in left.iterdir()}
    rng = np.random.default_rng(3)
    for _ in range(60):
        for path in left.iterdir():
            path.unlink()
        for path, data in sound.items():
            spoilt = bytearray(data)
            for at in rng.integers(0, max(len(data), 1), 20) if data else []:
                spoilt[at] = rng.integers(256)
            path.write_bytes(spoilt[: rng.integers(1, len(data) + 1)] if data else b"")
        for session in interrupted(left):
            with contextlib.suppress(DamagedJournal):
                assert len(list(session.all_steps())) <= 10
            session.release()


def test_a_disk_that_refuses_is_told_once_and_the_work_goes_on(recording, qtbot, monkeypatch):
    said = []
    recording.workspace.failed.connect(said.append)
    stroke(recording.canvas, [(100, 100), (120, 120)])
    recording.session.flush()
    before = recording.workspace.document.mask.copy()
    monkeypatch.setattr("engine.record.journal.LIMIT_BYTES", 10)
    for x in (200, 300):
        stroke(recording.canvas, [(x, 100), (x + 20, 120)])
    qtbot.waitUntil(lambda: bool(said), timeout=30_000)
    assert len(said) == 1
    assert "recovery" in said[0]
    assert recording.workspace.stack.count() == 3
    assert (recording.workspace.document.mask & ~before).any()


def test_a_folder_that_cannot_be_made_is_told(window, tmp_path, qtbot):
    (tmp_path / "file").write_bytes(b"")
    with qtbot.waitSignal(window.workspace.failed, timeout=30_000):
        window.recovery.start(tmp_path / "file" / "sessions")
    assert window.session.journal is None


def test_a_journal_that_is_being_made_is_left_alone(tmp_path):
    path = tmp_path / "1-young.journal"
    path.touch()
    assert interrupted(tmp_path) == []
    assert path.exists()
    os.utime(path, (1, 1))
    interrupted(tmp_path)
    assert not path.exists()


def test_a_journal_of_a_later_version_is_set_aside(tmp_path):
    journal = Journal(tmp_path, lambda error: None)
    journal.begin({"version": 99})
    journal.flush()
    journal._base.close()
    assert interrupted(tmp_path) == []
    assert len(list(tmp_path.glob("*.damaged"))) == 1
    connect(tmp_path / "x.journal").close()


def test_lines_come_back_with_what_was_done_to_them(recording, another, tmp_path, qtbot):
    document, stack = recording.workspace.document, recording.workspace.stack
    stroke(recording.canvas, [(200, 150), (260, 160)])
    first, second = Stroke(((150.0, 150.0), (300.0, 155.0))), Stroke(((9.0, 9.0), (40.5, 9.0)))
    stack.push(ChangeLines(document, "Draw line", Given((first,))))
    stack.push(ChangeLines(document, "Draw line", Given((first, second))))
    stack.undo()
    left = crash(recording, tmp_path)
    window = another(left)
    bring_back(window, qtbot)
    assert window.workspace.document.lines == Given((first,))
    assert window.workspace.stack.undoText() == "Draw line"
    window.workspace.stack.redo()
    assert window.workspace.document.lines == Given((first, second))


def test_lines_in_a_journal_that_are_none_are_refused(recording):
    photo = recording.workspace.document.image
    change = Change(0, Box(0, 0, 1, 1), np.frombuffer(b'{"kind": "lacuna lines"', np.uint8))
    [[back]] = unpack(pack([change]), photo)
    with pytest.raises(DamagedJournal):
        assert back.lines
