"""A window over a fake engine, with settings of its own, that leaves nothing behind."""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QSettings, QThread
from PySide6.QtWidgets import QApplication, QMessageBox

from app.canvas.canvas import Canvas
from app.document.document import Document
from app.document.workspace import Workspace
from app.main_window import MainWindow
from app.settings import Settings
from app.startup import dress
from engine.ask import Ask
from engine.geometry import Box
from engine.record.recipe_steps import LARGEST_NETWORK
from engine.removal.remover import Remover
from engine.windows.planning import plan
from tests.app.hands import fill, load, stroke

CALLS = 300


@pytest.fixture(scope="session", autouse=True)
def sound_binding(qapp):
    """Stop at once where Qt's Python binding loses references; it would abort later, anywhere."""
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        qapp.processEvents()
    if sys.getrefcount(None) < before - CALLS // 2:
        import PySide6

        pytest.exit(
            f"PySide6 {PySide6.__version__} on Python {sys.version.split()[0]} drops a reference "
            "to None at every call and aborts sooner or later. Install 6.11.3.",
            returncode=3,
        )


@pytest.fixture(scope="session", autouse=True)
def dressed(qapp):
    dress(qapp)


@pytest.fixture(autouse=True)
def own_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    folder = str(tmp_path / "settings")
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)


@pytest.fixture(autouse=True)
def no_questions(monkeypatch):
    """Fail where a question comes that the test does not expect; it would wait for ever."""

    def asked(_parent, _title, text, *_args, **_more):
        pytest.fail(f"asked: {text}")

    for name in ("question", "warning"):
        monkeypatch.setattr(QMessageBox, name, asked)


@pytest.fixture(autouse=True)
def nothing_left():
    """Fail a test that leaves a window or a running thread behind."""
    before = {id(widget) for widget in QApplication.topLevelWidgets()}
    yield
    QApplication.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    QApplication.processEvents()
    gc.collect()
    left = [
        widget
        for widget in QApplication.topLevelWidgets()
        if id(widget) not in before and widget.isVisible()
    ]
    assert not left, f"windows left open: {left}"
    running = [item for item in gc.get_objects() if isinstance(item, QThread) and _is_running(item)]
    assert not running, f"threads left running: {[thread.objectName() for thread in running]}"


def _is_running(thread: QThread) -> bool:
    try:
        return thread.isRunning()
    except RuntimeError:
        return False


@dataclass
class FakeResult:
    box: Box
    patch: np.ndarray
    seed: int
    windows: tuple[Box, ...] = ()
    holes: tuple[Box, ...] = ()
    scale: float = 1.0


@dataclass
class FakeFiller:
    """Fill with a flat colour that depends on the seed; can be told to fail or to wait."""

    device_reason: str = "CPU: a fake"
    snapshot_hash: str = "0" * 64
    resolution: int = 256
    error: Exception | None = None
    steps: int = 4
    calls: list[list[int]] = field(default_factory=list)
    asks: list[Ask] = field(default_factory=list)
    detailed: list[bool] = field(default_factory=list)
    latents: list[object] = field(default_factory=list)
    drafted: list[int] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    alike: bool = False
    on_step: object = None

    def fill(self, ask, seeds, on_progress=None, latents=None, *, detail=True):
        image, mask = ask.image, ask.mask
        self.calls.append(list(seeds))
        self.asks.append(ask)
        self.detailed.append(detail)
        self.latents.append(latents)
        (self.finished if detail else self.drafted).extend(seeds)
        if self.error is not None:
            raise self.error
        for step in range(self.steps):
            if callable(self.on_step):
                self.on_step()
            if on_progress is not None:
                on_progress(step / self.steps)
        box = ask.box or Box.around(mask)
        inside = mask[box.slices]
        square = self.square(box, max(mask.shape), ask.context)
        seen = tuple(zip(*(ask.given or [(square, box)]), strict=True))
        scale = min(1.0, self.resolution / seen[0][0].width)
        results = []
        for seed in seeds:
            patch = image[box.slices].copy()
            patch[inside] = self.colour(seed, image.dtype)
            results.append(FakeResult(box, patch, seed, *seen, scale))
        return results

    def look(self, mask, hole, context=1.0):
        return [(self.square(hole, max(mask.shape), context), hole)]

    def squares(self, mask, context=1.0, step=1):
        return [window.box for window in plan(mask, self.resolution, context, step=step)]

    def square(self, box, photo, context=1.0):
        """Return a square that is five times as wide as the hole at context 1.

        It is no wider than the photo's longer side, ``photo``, or the largest network: recipes
        hold nothing else.
        """
        wanted = round(5 * context * max(box.width, box.height))
        side = min(wanted, max(photo, LARGEST_NETWORK))
        return Box(box.left, box.top, box.left + side, box.top + side)

    def colour(self, seed, dtype):
        if self.alike or seed == 0:
            return np.array([200, 100, 50], dtype)
        return np.array([seed * 37 % 251, seed * 91 % 251, seed * 17 % 251], dtype)


def components(mask):
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return [Box(x, y, x + w, y + h) for x, y, w, h in stats[1:count, :4].tolist()]


def from_photo(ask, seed=0, on_progress=None):
    """Fill with one grey, as a stand-in for the fill from the photo alone."""
    box = ask.box or Box.around(ask.mask)
    patch = ask.image[box.slices].copy()
    patch[ask.mask[box.slices]] = 128
    return FakeResult(box, patch, seed)


def fake_host(filler, maps=None):
    more = {"maps": maps} if maps else {}
    return Remover(
        lambda device: filler,
        draw=lambda _, latents: list(latents),
        photo_only=from_photo,
        **more,
    )


@pytest.fixture
def filler():
    return FakeFiller()


@pytest.fixture
def host(filler):
    return fake_host(filler)


@pytest.fixture
def image():
    """Return 600 x 400 pixels in which no two neighbours are alike."""
    return np.random.default_rng(1).integers(0, 256, (400, 600, 3), np.uint8)


@pytest.fixture
def photo_file(tmp_path, image) -> Path:
    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), image[..., ::-1])
    return path


@pytest.fixture
def document(photo_file):
    out = Document()
    load(out, photo_file)
    return out


@pytest.fixture
def settings():
    return Settings()


@pytest.fixture
def canvas(qtbot, document):
    out = Canvas(document)
    qtbot.addWidget(out)
    out.resize(700, 500)
    out.show()
    return out


@pytest.fixture
def empty_window(qtbot, settings, host):
    window = MainWindow(Workspace(settings, host))
    window.resize(1100, 760)
    window.show()
    yield window
    window.fills.dismiss()
    window.workspace.stack.clear()
    window.close()
    window.deleteLater()


@pytest.fixture
def window(empty_window, photo_file, qtbot):
    with qtbot.waitSignal(empty_window.workspace.document.opened, timeout=60_000):
        empty_window.files.open(photo_file)
    return empty_window


@pytest.fixture
def painted(window):
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 40)
    window.workspace.settings.set("grow_percent", 0)
    stroke(window.canvas, [(200, 150), (260, 160)])
    return window


@pytest.fixture
def choosing(painted, qtbot):
    fill(painted, qtbot)
    return painted
