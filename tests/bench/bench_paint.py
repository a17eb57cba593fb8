"""Measure how much painting waits for the search for lines: brush steps with it off and on.

Run with ``make bench-app``. Both take turns stroke by stroke, so whatever else the machine does
hits both. A stroke begins while the search that the last one started is at work; it stops that
search. In the third row a search is always at work beside the strokes, which the window never does.
"""

from __future__ import annotations

import os
import statistics
import sys
import threading
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[2]))

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSettings, Qt
from PySide6.QtWidgets import QApplication

from app.canvas.canvas import Canvas
from app.canvas.painting import Painting
from app.controllers.line_actions import PAUSE_MS, LineActions
from app.document.jobs import prepared
from app.document.workspace import Workspace
from app.settings import Settings
from app.shipped import shipped_remover
from engine.arrays import Mask, Pixels
from engine.errors import Cancelled
from engine.record.patches import PatchStore
from engine.structure.find import search
from tests.bench.bench_app import SIZES, VIEW, Stub, send, texture, timed

ROUNDS, STEPS = 12, 60
BRUSH = 60
OFF, ON, ALWAYS = "off", "on", "always"
NAMES = {
    OFF: "lines not shown",
    ON: "lines shown: as the window does it",
    ALWAYS: "a search at work all the time",
}


def railed(width: int, height: int) -> Pixels:
    """Return a photo of grain with a rail every forty pixels, so that there is much to find."""
    photo = texture(width, height) // 8 + np.uint8(120)
    for y in range(100, height, 40):
        cv2.line(photo, (0, y), (width, y + 60), (60, 55, 50), 6)
    return photo


class Bench:
    """Paint strokes in a window's canvas with all that belongs to lines."""

    def __init__(self, app: QApplication, megapixels: int) -> None:
        """Open a photo of that size and show it at 100 %."""
        self._app = app
        self._work = Workspace(Settings(), shipped_remover())
        document, settings = self._work.document, self._work.settings
        self._canvas = Canvas(document)
        self._canvas.resize(*VIEW)
        self._canvas.show()
        stack = self._work.stack
        self._painting = Painting(document, self._canvas, stack, PatchStore(), settings)
        self._lines = LineActions(self._work, self._canvas, self._painting)
        settings.set("brush_size", BRUSH)
        opened = prepared(Stub(railed(*SIZES[megapixels])), None)  # type: ignore[arg-type]
        document.open(opened.photo, None, opened.image, opened.levels)
        self._canvas.zoom_to(1.0)
        app.processEvents()

    def stroke(self, kind: str, number: int) -> list[float]:
        """Return the milliseconds of every step of one stroke, another one just behind it."""
        self._lines.show(kind == ON)
        self._draw(2 * number)
        end = time.perf_counter() + PAUSE_MS / 1000 + 0.05
        while time.perf_counter() < end:
            self._app.processEvents()
        if kind == ON and self._lines.settled:
            print("The search was over before the stroke began.")
        times = self._draw(2 * number + 1)
        while self._work.stack.canUndo():
            self._work.stack.undo()
        self._app.processEvents()
        return times

    def _draw(self, number: int) -> list[float]:
        left, top = 200.0 + 20 * (number % 5), 200.0 + 120 * (number % 5)
        send(self._canvas, QEvent.Type.MouseButtonPress, QPointF(left, top))
        times = timed(
            self._app,
            lambda n: send(
                self._canvas, QEvent.Type.MouseMove, QPointF(left + 8 * n, top + n % 7)
            ),
            STEPS,
        )  # fmt: skip
        kind, none = QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton
        send(self._canvas, kind, QPointF(left + 8 * STEPS, top), none)
        self._app.processEvents()
        return times

    def hole(self) -> tuple[Pixels, Mask]:
        """Return the photo, and a mask as long as two strokes."""
        image = self._work.document.image
        mask = np.zeros(image.shape[:2], np.bool_)
        mask[1000:1060, 1000:1500] = mask[1200:1260, 1000:1500] = True
        return image, mask

    def close(self) -> None:
        """End its threads."""
        self._work.stack.clear()
        self._canvas.close()
        self._work.close()


class Searching:
    """Look for lines again and again in a thread of its own, while it is entered."""

    def __init__(self, image: Pixels, mask: Mask) -> None:
        """Look in this photo."""
        self._about, self._done = (image, mask), threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.is_set():
            try:
                search(*self._about, self._check)
            except Cancelled:
                return

    def _check(self, _share: float) -> None:
        if self._done.is_set():
            raise Cancelled


def main() -> None:
    """Measure both in turns, and print the ratio of each round's 95th percentiles."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, os.devnull)
    app = QApplication([])
    app.setStyle("Fusion")
    bench = Bench(app, 24)
    found: dict[str, list[list[float]]] = {kind: [] for kind in NAMES}
    for number in range(ROUNDS + 1):
        for kind in NAMES:
            if kind == ALWAYS:
                with Searching(*bench.hole()):
                    times = bench.stroke(kind, number)
            else:
                times = bench.stroke(kind, number)
            if number:
                found[kind].append(times)
    bench.close()
    print(f"\nA brush step, 24 MP, 100 %, {ROUNDS} strokes each, in turns (ms)")
    print(f"  {'':<38}{'median':>8}{'p95':>8}{'worst':>8}{'p95 beside off':>16}")
    p95 = {kind: [float(np.percentile(t, 95)) for t in strokes] for kind, strokes in found.items()}
    for kind, name in NAMES.items():
        every = np.concatenate(found[kind])
        ratio = statistics.median(a / b for a, b in zip(p95[kind], p95[OFF], strict=True))
        print(
            f"  {name:<38}{np.median(every):8.2f}{np.percentile(every, 95):8.2f}"
            f"{every.max():8.2f}{ratio:15.2f}x"
        )


if __name__ == "__main__":
    main()
