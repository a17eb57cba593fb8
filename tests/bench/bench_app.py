"""Measure the window: how long a dab, a pan step and an undo take until they are on the screen.

Run with ``make bench-app``. Times are from the event to the end of the paint it causes; memory is
what the process grew by, per megapixel of an open photo.
"""

from __future__ import annotations

import ctypes
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSettings, Qt
from PySide6.QtGui import QMouseEvent, QUndoStack
from PySide6.QtWidgets import QApplication

from app.canvas.canvas import Canvas
from app.canvas.painting import Painting
from app.document.document import Document
from app.document.jobs import prepared
from app.settings import Settings
from app.shipped import shipped_remover
from engine.answering.by_torch import branch_of
from engine.geometry import Box
from engine.network.config import PRESETS
from engine.network.generator import Generator
from engine.network.maps import mask_maps
from engine.record.patches import PatchStore
from engine.removal.map_jobs import FindEvidence
from engine.running.threads import one_thread
from engine.views.pyramid import Layer

STEPS = 300
VIEW = (1600, 1000)
SIZES = {24: (6000, 4000), 100: (12250, 8166)}
LEFT = Qt.MouseButton.LeftButton


class Stub:
    """Stand for a decoded photo."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels
        self.icc = self.xmp = self.clear = None


def texture(width: int, height: int) -> np.ndarray:
    """Return (height, width, 3) uint8 of grain, made quickly."""
    tile = np.random.default_rng(0).integers(0, 256, (512, 512, 3), np.uint8)
    repeat = -(-height // 512), -(-width // 512), 1
    return np.tile(tile, repeat)[:height, :width].copy()


def resident_mib() -> float:
    """Return the memory the process holds, after giving free memory back."""
    if platform.system() != "Linux":
        return float("nan")
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def timed(app: QApplication, act: Callable[[int], None], steps: int = STEPS) -> list[float]:
    """Return the milliseconds from each ``act(n)`` until everything it caused is painted."""
    out = []
    for n in range(steps):
        start = time.perf_counter()
        act(n)
        app.processEvents()
        out.append((time.perf_counter() - start) * 1000)
    return out


def row(name: str, times: list[float], wanted: str) -> None:
    """Print median, 99th percentile and worst of ``times``."""
    p99 = float(np.percentile(times, 99))
    print(
        f"  {name:<34}{statistics.median(times):8.2f}{p99:9.2f}{max(times):9.2f}   wanted {wanted}"
    )


def send(canvas: Canvas, kind: QEvent.Type, at: QPointF, held: Qt.MouseButton = LEFT) -> None:
    """Send a mouse event to the canvas."""
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else LEFT
    event = QMouseEvent(
        kind, at, QPointF(canvas.mapToGlobal(at)), button, held, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(canvas, event)


def measure(app: QApplication, megapixels: int) -> None:
    """Open a photo of that size and print its rows."""
    width, height = SIZES[megapixels]
    before = resident_mib()
    document = Document()
    canvas = Canvas(document)
    canvas.resize(*VIEW)
    canvas.show()
    stack = QUndoStack()
    settings = Settings()
    painting = Painting(document, canvas, stack, PatchStore(), settings)
    start = time.perf_counter()
    opened = prepared(Stub(texture(width, height)), None)  # type: ignore[arg-type]
    ready = time.perf_counter()
    document.open(opened.photo, None, opened.image, opened.levels)
    app.processEvents()
    shown = time.perf_counter()
    held = resident_mib() - before
    area = width * height / 1e6
    print(f"\n{width} x {height}, {area:.0f} MP, view {VIEW[0]} x {VIEW[1]}")
    print(f"  {'':<34}{'median':>8}{'p99':>9}{'worst':>9}   (ms)")
    print(f"  prepare in the thread {(ready - start) * 1000:.0f} ms, then show"
          f" {(shown - ready) * 1000:.0f} ms; {held / area:.2f} MiB per MP"
          f" (photo and working copy alone: {6e6 / 2**20:.2f})")  # fmt: skip
    for zoom in ("fit", "100 %"):
        canvas.fit() if zoom == "fit" else canvas.zoom_to(1.0)
        app.processEvents()
        _strokes(app, canvas, settings, stack, zoom)
        pans = timed(app, lambda n: canvas.pan(7 if n % 60 < 30 else -7, n % 5 - 2))
        row(f"pan step, {zoom}", pans, "< 16 / < 50")
    row("zoom step", timed(app, lambda n: canvas.zoom_to(0.2 + (n % 50) / 25), 100), "< 16 / < 50")
    box = Box(width // 2, height // 2, width // 2 + 1500, height // 2 + 1000)
    patch = 255 - document.image[box.slices]
    layers = [[Layer(document.photo_levels, box, patch)], []]
    canvas.centre_on(box, 0.5)
    previews = timed(app, lambda n: canvas.set_layers(layers[n % 2]), 40)
    row("preview of a 1.5 MP result", previews, "< 50")
    painting.input.deleteLater()
    canvas.close()


def measure_maps(app: QApplication) -> None:
    """Print how long evidence and gamma of a hole take, alone and with everything around."""
    host = shipped_remover()
    side = host.get().resolution
    mask = np.zeros((683, 1024), np.uint8)
    mask[200:420, 300:560] = 1
    job = FindEvidence(host, mask, 6)
    print(f"\nEvidence and gamma{'':<18}{'median':>8}{'p99':>9}{'worst':>9}   (ms)")
    alone = timed(app, lambda n: host.maps(one_hole(side)), 100)
    row(f"one window, bundled network, {side} px", alone, "< 10")
    row("live, 24 MP, the same network", timed(app, lambda n: job(Nobody()), 50), "-")
    branch = branch_of(Generator(PRESETS["lacuna-256"]))
    with one_thread():
        times = timed(app, lambda n: mask_maps(branch, one_hole(256)), 100)
    row("one window, a network of 256 px", times, "< 10")


def one_hole(side: int) -> np.ndarray:
    """Return (side, side) bool with a hole of a quarter by a sixth of the side."""
    hole = np.zeros((side, side), bool)
    hole[side // 4 : side // 2, side // 3 : side // 2] = True
    return hole


class Nobody:
    """Stand for a report nobody reads."""

    def check(self) -> None:
        """Go on."""


def _strokes(
    app: QApplication, canvas: Canvas, settings: Settings, stack: QUndoStack, zoom: str
) -> None:
    for size in (60, 600):
        settings.set("brush_size", size)
        send(canvas, QEvent.Type.MouseButtonPress, QPointF(300, 300))
        times = timed(
            app,
            lambda n: send(
                canvas, QEvent.Type.MouseMove,
                QPointF(300 + 1.5 * n, 300 + 60 * np.sin(n / 20)),
            ),
        )  # fmt: skip
        send(canvas, QEvent.Type.MouseButtonRelease, QPointF(300, 300), Qt.MouseButton.NoButton)
        row(f"dab, brush {size} px, {zoom}", times, "< 16 / < 50")
        undos = timed(app, lambda n: stack.redo() if n % 2 else stack.undo(), 20)
        row(f"undo of that stroke, {zoom}", undos, "< 30")
        stack.undo()
        app.processEvents()


def main() -> None:
    """Measure both sizes."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, os.devnull)
    app = QApplication([])
    app.setStyle("Fusion")
    measure_maps(app)
    for megapixels in SIZES:
        measure(app, megapixels)


if __name__ == "__main__":
    main()
