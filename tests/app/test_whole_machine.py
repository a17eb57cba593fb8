"""A person who does anything in any order, over the whole window with a fake engine.

The machine keeps its own idea of the photo: what was accepted where. After every step the document,
the history, the menus, the recipe and the saved file must agree with it.
"""

from __future__ import annotations

import gc

import cv2
import numpy as np
import pytest
import shiboken6
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtCore import QDeadlineTimer, QEvent, QEventLoop, QObject, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog, QListView, QMessageBox, QSlider

from app.document.commands import changes_photo
from app.document.workspace import Workspace
from app.main_window import MainWindow
from app.settings import Settings
from app.widgets.actions import TABLE
from app.widgets.menus import TOOL_IDS
from engine.photo import read_photo
from engine.record.recipe import read_recipe, write_recipe
from engine.record.sources import ANYWHERE
from engine.removal.remover import Remover
from engine.removal.replay import replay, touched
from engine.removal.scarce import LITTLE_LEFT
from engine.removal.scene import Scene
from tests.app.conftest import FakeFiller, from_photo
from tests.app.hands import LEFT, NONE, RIGHT, stroke

PATIENCE_MS = 60_000
REFINED = "apply_refined", "leave_refined", "undo"
spots = st.tuples(st.integers(-10, 610), st.integers(-10, 410))


def wait_for(holds):
    patience = QDeadlineTimer(PATIENCE_MS)
    while not holds():
        assert not patience.hasExpired(), "the window did not get on"
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def fake_host():
    filler = FakeFiller(steps=1)
    host = Remover(lambda device: filler, draw=lambda f, z: list(z), photo_only=from_photo)
    host.get()
    return host


def opened(folder, host):
    """Return a window with a photo of noise, and a second one in the strip below."""
    paths = [folder / "photo.png", folder / "other.png"]
    if not paths[1].exists():
        for seed, path in enumerate(paths, 1):
            pixels = np.random.default_rng(seed).integers(0, 256, (400, 600, 3), np.uint8)
            cv2.imwrite(str(path), pixels)
    window = MainWindow(Workspace(Settings(), host))
    window.resize(1100, 760)
    window.show()
    window.row.open(paths)
    wait_for(lambda: window.workspace.document.is_open)
    window.canvas.zoom_to(1.0)
    return window


def closed(window):
    window.fills.dismiss()
    window.workspace.stack.setClean()
    window.workspace.stack.clear()
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


class Person(RuleBasedStateMachine):
    """Press, paint, choose and save."""

    folder = None

    def __init__(self):
        super().__init__()
        self.host = fake_host()
        self.window = opened(self.folder, self.host)
        self.work = self.window.workspace
        self.document = self.work.document
        self.original = self.document.image.copy()
        self.saved = 0

    def do(self, name):
        """Trigger an action if the menus offer it, as a person can; tell whether they did."""
        action = self.window.actions_by_id[name]
        if not action.isEnabled():
            return False
        action.trigger()
        return True

    @property
    def choosing(self):
        return self.window.fills.choice is not None

    @rule(start=spots, end=spots, size=st.integers(5, 120), right=st.booleans())
    def paint(self, start, end, size, right):
        self.work.settings.set("brush_size", size)
        stroke(self.window.canvas, [start, end], RIGHT if right else LEFT)
        wait_for(lambda: not self.work.selecting.busy)

    @rule(tool=st.sampled_from([*TOOL_IDS, "brush", "brush", "brush"]))
    def take(self, tool):
        self.do(tool)
        wait_for(lambda: not self.work.selecting.busy)

    @rule(grow=st.sampled_from([0, 1.5, 8]), accepts=st.booleans())
    def set_up(self, grow, accepts):
        self.work.settings.set("grow_percent", grow)
        self.work.settings.set("accept_on_stroke", accepts)

    @precondition(lambda self: not self.choosing)
    @rule(patient=st.booleans())
    def fill(self, patient):
        if self.do("fill"):
            wait_for(lambda: self.choosing)
            if patient:
                wait_for(lambda: not self.window.fills.waiting)

    @precondition(lambda self: self.choosing)
    @rule(number=st.integers(1, 7))
    def choose(self, number):
        self.do(f"choose_{number}")

    @precondition(lambda self: self.choosing)
    @rule(name=st.sampled_from(["accept", "accept", "dismiss", "next_hole", "keep", "discard"]))
    def decide(self, name):
        self.do(name)

    @rule(name=st.sampled_from(["undo", "undo", "redo"]))
    def go_back_or_forth(self, name):
        self.do(name)

    @rule(
        name=st.sampled_from(
            ["grow_mask", "shrink_mask", "invert_mask", "clear_mask", "clear_sources", "swap"]
        )
    )
    def change_mask(self, name):
        self.do(name)

    @rule(pixels=st.integers(-30, 30), edges=st.booleans(), ends=st.sampled_from(REFINED))
    def refine(self, pixels, edges, ends):
        if self.do("refine"):
            refining = self.window.selecting.refining
            refining.panel.findChild(QCheckBox).setChecked(edges)
            refining.panel.findChild(QSlider).setValue(pixels)
            wait_for(lambda: refining.settled)
            self.do(ends)
            assert "refining" not in self.work.facts

    @rule(shown=st.booleans())
    def show_the_strip_of_photos(self, shown):
        self.window.actions_by_id["photos"].setChecked(shown)
        strip = self.window.findChild(QListView, "photos")
        assert strip.isVisible() == (shown and not self.window.frame.strip.isVisible())

    @precondition(lambda self: self.window.files.unsaved)
    @rule()
    def click_at_the_other_photo(self):
        """Stay, for there is work that is nowhere else, and that is asked."""
        strip = self.window.findChild(QListView, "photos")
        if strip.isVisible():
            place = strip.visualRect(strip.model().index(1, 0)).center()
            QTest.mouseClick(strip.viewport(), LEFT, NONE, place)
            assert strip.currentIndex().row() == 0

    @precondition(lambda self: not self.choosing)
    @rule()
    def change_a_removal(self):
        if self.do("change"):
            wait_for(lambda: self.choosing)

    @rule()
    def save(self):
        target = self.folder / "saved.png"
        target.unlink(missing_ok=True)
        self.window.files._own = target
        if self.do("save"):
            wait_for(lambda: "saving" not in self.work.facts)
            assert np.array_equal(read_photo(target).pixels, self.document.image)
            assert not changes_photo(self.work.stack)
            late = self.choosing  # the original was chosen, and another hole's result came since
            assert late or not self.window.files.unsaved

    @precondition(lambda self: not self.choosing and self.document.steps)
    @rule()
    def repeat_by_the_recipe(self):
        path = self.folder / "r.lacuna"
        write_recipe(self.window.recipes.recipe(), path, overwrite=True)
        recipe = read_recipe(path)
        assert recipe.sources == self.document.sources
        scene = Scene(self.original.copy())
        done = list(replay(recipe.steps, scene, self.original, self.host))
        assert np.array_equal(scene.image, self.document.image)
        changed = (scene.image != self.original).any(axis=2)
        assert not changed[~touched(scene.image.shape, done)].any()

    @invariant()
    def nothing_failed(self):
        notice = self.window.frame.notice
        assert not notice.isVisible() or notice.text == LITTLE_LEFT, notice.text

    @invariant()
    def the_original_is_never_written(self):
        assert np.array_equal(self.document.photo.pixels, self.original)

    @invariant()
    def an_open_choice_has_changed_nothing_yet(self):
        if self.choosing:
            assert self.window.fills.choice.version == self.document.version

    @invariant()
    def what_is_offered_is_possible(self):
        facts = self.work.facts
        assert ("mask" in facts) == bool(self.document.mask.any())
        assert ("choosing" in facts) == self.choosing
        assert ("sources" in facts) == (self.document.sources != ANYWHERE)
        assert ("steps" in facts) == bool(self.document.steps)
        for name, row in TABLE.items():
            assert self.window.actions_by_id[name].isEnabled() == row.when.met(facts), name

    def teardown(self):
        stack = self.work.stack
        if self.choosing:
            self.window.fills.dismiss()
        while stack.canUndo():
            stack.undo()
        if stack.count() < stack.undoLimit():
            assert np.array_equal(self.document.image, self.original)
            assert not self.document.mask.any()
            assert self.document.sources == ANYWHERE
            assert not self.document.steps
        closed(self.window)


def test_whatever_a_person_does(tmp_path, monkeypatch):
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *a, **k: (str(tmp_path / "saved.png"), "")
    )
    monkeypatch.setattr(QMessageBox, "warning", lambda *a: QMessageBox.StandardButton.Yes)
    monkeypatch.setattr(QMessageBox, "question", lambda *a: QMessageBox.StandardButton.Cancel)
    Person.folder = tmp_path
    few = settings(
        max_examples=12,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Person, settings=few)


# Nothing is left behind


def alive(kind):
    """Return Qt's objects that exist; Python's wrappers around dead ones do not count."""
    gc.collect()
    return [i for i in gc.get_objects() if isinstance(i, kind) and shiboken6.isValid(i)]


def used(folder):
    """Open a window, use most of it, and close it."""
    window = opened(folder, fake_host())
    for name in TOOL_IDS:
        window.actions_by_id[name].trigger()
        stroke(window.canvas, [(100, 250), (160, 300)])
        wait_for(lambda: not window.workspace.selecting.busy)
    for name in ("apply_refined", "leave_refined"):
        window.actions_by_id["refine"].trigger()
        wait_for(lambda: window.selecting.refining.settled)
        window.actions_by_id[name].trigger()
    window.actions_by_id["clear_mask"].trigger()
    window.actions_by_id["brush"].trigger()
    stroke(window.canvas, [(200, 150), (260, 160)])
    window.actions_by_id["fill"].trigger()
    wait_for(lambda: window.fills.choice is not None)
    wait_for(lambda: not window.fills.waiting)
    for name in ("grid", "doubt"):
        window.actions_by_id[name].setChecked(True)
        QApplication.processEvents()
        window.actions_by_id[name].setChecked(False)
    window.actions_by_id["accept"].trigger()
    for name in ("split", "flicker", "history"):
        window.actions_by_id[name].setChecked(True)
    window.help.show_shortcuts()
    window.help.show_settings()
    closed(window)


@pytest.mark.parametrize("kind", [QTimer, QObject])
def test_a_closed_window_leaves_no_timer_and_no_object(tmp_path, kind):
    used(tmp_path)
    before = len(alive(kind))
    for _ in range(3):
        used(tmp_path)
    left = alive(kind)
    assert len(left) <= before, left


def test_a_closed_window_is_gone(tmp_path):
    widgets = len(QApplication.allWidgets())
    used(tmp_path)
    QApplication.processEvents()
    assert len(QApplication.allWidgets()) <= widgets
