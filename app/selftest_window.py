"""Open the window, remove something from the sample photo in it, save that, and tell how it went.

The steps are the user's: mask, Fill, Accept, Save; the settings and the file are temporary.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from app.document.workspace import Workspace
from app.main_window import MainWindow
from app.settings import Settings
from engine.removal.remover import Remover

PATIENCE_MS = 300_000
_END_MS = 200


class Walk(QObject):
    """Take a window through a whole removal, one step whenever the last one is done.

    Attributes:
        done: what has been reached so far.
        fault: why it ended early, empty while it did not.
    """

    def __init__(self, window: MainWindow, mask: Path, target: Path) -> None:
        """Walk in ``window`` with the mask in a file; save to ``target``."""
        super().__init__(window)
        self.done: list[str] = []
        self.fault = ""
        self._window, self._mask, self._target = window, mask, target
        work, fills = window.workspace, window.fills
        window.installEventFilter(self)
        work.failed.connect(self._fail)
        work.document.opened.connect(self._on_opened)
        work.document.mask_changed.connect(lambda _box: self._on_mask())
        fills.device_known.connect(lambda text: self._reach(f"Engine   ready: {text}"))
        fills.choice_changed.connect(self._on_choice)
        window.files.saved.connect(lambda _path: self._on_saved())
        QTimer.singleShot(PATIENCE_MS, self, lambda: self._fail("It takes too long."))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the window paint itself for the first time."""
        if event.type() == QEvent.Type.Paint and watched is self._window and not self.done:
            self._window.removeEventFilter(self)
            self._reach(f"Window   shown on {QApplication.platformName()}")
        return False

    def _reach(self, line: str) -> None:
        if line in self.done:
            return
        self.done.append(line)
        print(line, flush=True)

    def _fail(self, text: str) -> None:
        self.fault = self.fault or text
        QApplication.exit(1)

    def _on_opened(self) -> None:
        self._reach("Photo    opened")
        self._window.masks.read(self._mask)

    def _on_mask(self) -> None:
        if self._window.workspace.document.hole_pixels and not self._window.fills.waiting:
            self._window.fills.fill()

    def _on_choice(self) -> None:
        fills = self._window.fills
        if fills.choice is not None and not any("Filled" in line for line in self.done):
            self._reach("Filled   a first result is on the canvas")
            QTimer.singleShot(0, self, self._accept)

    def _accept(self) -> None:
        self._window.fills.accept()
        document = self._window.workspace.document
        if np.array_equal(document.image, document.original(document.box)):
            self._fail("Accepting the result changed nothing.")
            return
        self._window.files.save_to(self._target, overwrite=False)

    def _on_saved(self) -> None:
        self._reach("Saved    a new file, the photo is as it was")
        QTimer.singleShot(_END_MS, self, lambda: QApplication.exit(0))


def walk(
    remover: Remover, photo: Path, mask: Path, begin: Callable[[MainWindow, Path], None]
) -> str:
    """Do it all in a window over ``remover``, and return what went wrong, empty if nothing did.

    ``begin`` is what starts a window with a photo.
    """
    before = photo.read_bytes()
    with tempfile.TemporaryDirectory(prefix="lacuna-selftest-") as folder:
        target = Path(folder) / f"filled{photo.suffix}"
        store = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        window = MainWindow(Workspace(Settings(store), remover))
        steps = Walk(window, mask, target)
        window.show()
        QTimer.singleShot(0, window, lambda: begin(window, photo))
        QApplication.exec()
        window.workspace.stack.setClean()
        window.close()
        window.deleteLater()
        if steps.fault:
            return steps.fault
        if not target.exists() or target.read_bytes() == before or photo.read_bytes() != before:
            return "The files are not what they should be."
    return ""
