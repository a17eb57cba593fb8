"""Start the window, paint and fill the sample in it, and print as JSON when each was done."""

import json
import os
import sys
import time

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow

from app.startup import run_window
from assets import SAMPLE_MASK, SAMPLE_PHOTO


class Watch(QObject):
    """Note the first paint of the main window, then drive it to its first result.

    ``started`` is the time the process was asked for, in seconds since the epoch.
    """

    def __init__(self, started: float) -> None:
        super().__init__()
        self.started = started
        self.window = None
        self.report: dict[str, float] = {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the main window paint itself."""
        painted = event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow)
        if painted and self.window is None:
            self.report["window_s"] = time.time() - self.started
            self.window = watched
            document = watched.workspace.document
            document.opened.connect(lambda: watched.masks.read(SAMPLE_MASK))
            document.mask_changed.connect(lambda _box: watched.fills.fill())
            watched.fills.choice_changed.connect(self.finish)
        return False

    def finish(self) -> None:
        """Report, once there is a result to see."""
        if self.window.fills.choice is None:
            return
        self.report["first_fill_s"] = time.time() - self.started
        print(json.dumps(self.report), flush=True)
        os._exit(0)


def main() -> None:
    """Run the program itself, watched; the first argument is when the process was asked for."""
    app = QApplication(sys.argv[:1])
    watch = Watch(float(sys.argv[1]))
    app.installEventFilter(watch)
    run_window([SAMPLE_PHOTO], "cpu")


if __name__ == "__main__":
    main()
