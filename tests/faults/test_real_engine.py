"""Stopping, quitting and working all day with the trained network and 24 megapixels."""

import gc
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from app.shipped import shipped_remover
from tests.app.hands import stroke
from tests.faults.share import figure, times
from tests.faults.test_resources import grown_over

MOMENTS = np.linspace(0.05, 6.0, times(3, 40)).tolist()
"""Seconds after a fill began; the first result of the hole below takes some five."""
WIDE = 1500


@pytest.fixture(scope="module")
def loaded():
    host = shipped_remover()
    host.get()
    return host


@pytest.fixture
def host(loaded):
    return loaded


@pytest.fixture
def image():
    """Return 6000 x 4000 pixels of soft, grainy colours."""
    rng = np.random.default_rng(1)
    soft = cv2.resize(rng.integers(0, 240, (40, 60, 3), np.uint8), (6000, 4000))
    grain = rng.integers(0, 16, (4000, 6000), np.uint8)
    return cv2.add(soft, cv2.merge([grain] * 3))


@pytest.fixture
def photo_file(tmp_path, image) -> Path:
    path = tmp_path / "photo.tif"
    cv2.imwrite(str(path), image[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, 1])
    return path


def begin(window, width, after):
    """Paint a hole ``width`` pixels across, fill it, and let ``after`` seconds pass."""
    window.workspace.settings.set("brush_size", width)
    stroke(window.canvas, [(3000, 2000), (3010, 2000)])
    window.actions_by_id["fill"].trigger()
    start = time.monotonic()
    while time.monotonic() - start < after:
        QApplication.processEvents()


def test_a_fill_stops_wherever_it_is(window, qtbot, image):
    waits = []
    for after in MOMENTS:
        begin(window, WIDE, after)
        start = time.monotonic()
        window.actions_by_id["stop"].trigger()
        if window.fills.choice is not None:
            window.actions_by_id["dismiss"].trigger()
        with qtbot.waitSignal(window.workspace.engine.finished, timeout=60_000):
            window.workspace.engine.submit(lambda report: "free")
        waits.append(time.monotonic() - start)
        assert np.array_equal(window.workspace.document.image, image)
        assert window.fills.choice is None
    what = f"a real fill of {WIDE} px is stopped, its thread free after"
    figure(what, f"{max(waits):.2f} s", "at most 0.5 s")


@pytest.mark.parametrize("after", MOMENTS[:: times(2, 8)])
def test_quitting_in_mid_fill_ends_everything(window, after):
    begin(window, WIDE, after)
    window.workspace.stack.setClean()
    start = time.monotonic()
    assert window.close()
    figure(f"quitting {after:.1f} s into a real fill", f"{time.monotonic() - start:.2f} s",
           "at most 2 s")  # fmt: skip
    assert not window.isVisible()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_opening_filling_and_undoing_all_day_does_not_grow(window, qtbot, photo_file):
    rounds, warm = times(4, 200), times(4, 10)
    work = window.workspace
    threads = (work.engine, work.files, work.writer, work.maps, work.lines, work.pictures)

    def once():
        work.stack.clear()
        with qtbot.waitSignal(work.document.opened, timeout=60_000):
            window.files.open(photo_file)
        begin(window, 100, 0)
        qtbot.waitUntil(lambda: window.fills.choice is not None, timeout=60_000)
        window.actions_by_id["accept"].trigger()
        work.stack.undo()
        for thread in threads:
            with qtbot.waitSignal(thread.finished, timeout=60_000):
                thread.submit(lambda report: None)
        gc.collect()

    grown = grown_over(rounds, warm, once)
    figure(
        f"{rounds} x open, really fill, undo: grown by", f"{grown:.1f} MB", "at most 50 MB of 200"
    )
    assert grown < 50
