"""Memory that runs out anywhere, windows opened and closed all day, quitting in mid-fill."""

import ctypes
import gc
import os
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from app.document.jobs import OpenPhoto
from tests.app.hands import stroke
from tests.faults.share import figure, times

POINTS = {
    "copying the mask": "app.controllers.fill_actions.Scene",
    "growing the mask": "engine.removal.jobs.grown_by_width",
    "describing a hole": "engine.removal.jobs.describe",
    "what else is removed": "engine.removal.scene.Scene.unknown",
    "the network": "tests.app.conftest.FakeFiller.fill",
    "an answer": "engine.removal.jobs.make_answer",
    "how much results differ": "engine.removal.jobs.doubt_of",
    "the fill from the photo": "engine.removal.jobs.patch_from_photo",
    "undo's pixels": "engine.record.patches.PatchStore.put",
    "the working copy": "app.document.jobs.prepared",
}


@pytest.fixture
def painted(window):
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 40)
    stroke(window.canvas, [(100, 100), (130, 100)])
    stroke(window.canvas, [(200, 150), (260, 160)])
    return window


def no_memory(*args, **kwargs):
    raise MemoryError


def try_everything(window, qtbot, photo_file):
    """Fill, accept what there is, open a photo; errors in slots are collected by pytest-qt."""
    with qtbot.captureExceptions() as raised:
        window.actions_by_id["fill"].trigger()
        qtbot.waitUntil(lambda: not window.fills.waiting, timeout=60_000)
        if window.fills.choice is not None:
            window.actions_by_id["accept"].trigger()
            window.actions_by_id["dismiss"].trigger()
    with qtbot.captureExceptions() as more:
        refused = []
        window.workspace.files.submit(OpenPhoto(photo_file), window.files.take, refused.append)
        qtbot.waitUntil(lambda: bool(refused), timeout=60_000)
    return [kind for kind, _, _ in [*raised, *more]]


@pytest.mark.parametrize("point", POINTS)
def test_no_memory_anywhere_leaves_photo_mask_and_undo(
    painted, qtbot, image, monkeypatch, point, tmp_path
):
    work = painted.workspace
    mask, steps = work.document.mask.copy(), work.stack.count()
    with monkeypatch.context() as broken:
        broken.setattr(POINTS[point], no_memory)
        said = []
        work.failed.connect(said.append)
        raised = try_everything(painted, qtbot, tmp_path / "nowhere.png")
    assert set(raised) <= {MemoryError}
    while work.stack.count() > steps or work.stack.index() > steps:
        work.stack.undo()
        if work.stack.index() <= steps:
            break
    assert np.array_equal(work.document.image, image)
    assert np.array_equal(work.document.mask, mask)
    assert work.stack.index() == steps
    while work.stack.canUndo():
        work.stack.undo()
    assert not work.document.mask.any()
    work.stack.redo()
    assert work.document.mask.any()
    POINTS_DONE.add(point)
    if set(POINTS) == POINTS_DONE:
        figure("out of memory: photo, mask, undo intact", f"{len(POINTS)} of 10 points", "10 of 10")


POINTS_DONE = set()


def resident():
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def grown_over(rounds, warm, once):
    """Return by how many MB ``rounds`` of ``once`` let the process grow, after ``warm`` of it.

    The least of the last three counts on both sides: what threads have borrowed from the system
    and not yet given back comes and goes.
    """

    def least(count):
        sizes = []
        for _ in range(count):
            once()
            sizes.append(resident())
        return min(sizes[-3:])

    before = least(warm)
    return least(rounds) - before


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_opening_filling_and_undoing_all_day_does_not_grow(painted, qtbot, photo_file):
    counts = times(20, 200)
    warm = counts // 4 + 1

    def once():
        painted.workspace.stack.clear()
        with qtbot.waitSignal(painted.workspace.document.opened, timeout=60_000):
            painted.files.open(photo_file)
        qtbot.wait(1)
        painted.canvas.zoom_to(1.0)
        stroke(painted.canvas, [(200, 150), (260, 160)])
        painted.actions_by_id["fill"].trigger()
        qtbot.waitUntil(lambda: painted.fills.choice is not None, timeout=60_000)
        qtbot.waitUntil(lambda: not painted.fills.waiting, timeout=60_000)
        painted.actions_by_id["accept"].trigger()
        painted.workspace.stack.undo()
        gc.collect()

    rest = counts - warm
    grown = grown_over(rest, warm, once)
    figure(f"{rest} x open, fill, undo: grown by", f"{grown:.1f} MB", "at most 50 MB of 200")
    assert grown < 50


def a_step():
    """Work as long as a step of a real fill may: some hundredths of a second."""
    np.linalg.svd(np.random.default_rng(0).random((160, 160)))


def test_quitting_in_mid_fill_ends_everything(painted, filler):
    filler.steps, filler.on_step = 500, a_step
    painted.actions_by_id["fill"].trigger()
    QApplication.processEvents()
    start = time.monotonic()
    assert painted.close()
    figure("quitting in mid-fill", f"{time.monotonic() - start:.2f} s", "at most 2 s")
    assert not painted.isVisible()


def test_stopping_a_fill_is_quick_and_leaves_everything(painted, filler, qtbot, image):
    filler.steps, filler.on_step = 500, a_step
    painted.actions_by_id["fill"].trigger()
    qtbot.waitUntil(lambda: bool(filler.calls), timeout=60_000)
    filler.on_step = None
    start = time.monotonic()
    painted.actions_by_id["stop"].trigger()
    with qtbot.waitSignal(painted.workspace.engine.finished, timeout=60_000):
        painted.workspace.engine.submit(lambda report: "free")
    figure("a fill is stopped, its thread free after", f"{time.monotonic() - start:.2f} s",
           "at most 0.5 s")  # fmt: skip
    assert np.array_equal(painted.workspace.document.image, image)
