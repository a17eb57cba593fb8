"""Work in the real window, step by step, and say after each step what there is; to be killed.

    python dying.py PHOTO FOLDER STEPS

Every line is the number of a step and the SHA-256 of photo and mask after it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from app.document.workspace import Workspace
from app.main_window import MainWindow
from app.settings import Settings
from app.startup import dress
from engine.removal import jobs as fill_jobs
from tests.app.conftest import FakeFiller, fake_host
from tests.app.hands import load, stroke


def state(window):
    """Return the SHA-256 of what would be lost."""
    document = window.workspace.document
    digest = hashlib.sha256(document.image.tobytes())
    digest.update(document.mask.tobytes())
    return digest.hexdigest()


def fill(window, app):
    """Fill what is painted and accept the first result."""
    window.fills.fill()
    while window.fills.choice is None or window.fills.waiting:
        app.processEvents()
    window.fills.accept()


def spare_torch():
    """Leave out the one map that needs torch; importing it takes seconds."""
    fill_jobs.doubt_of = lambda patches, mask: None


def step(window, app, n):
    """Do step ``n``, the same one in every run: strokes, fills, restoring, undoing."""
    rng = np.random.default_rng(n)
    stack = window.workspace.stack
    if n % 7 == 6:
        fill(window, app)
    elif n % 7 == 5 and stack.canUndo():
        stack.undo()
    else:
        tool = "restore" if n % 7 == 4 else "brush"
        window.actions_by_id[tool].trigger()
        start = rng.integers(20, 350, 2)
        end = start + rng.integers(5, 40, 2)
        stroke(window.canvas, [tuple(map(float, start)), tuple(map(float, end))])


def main(photo, folder, steps):
    """Open the photo, keep the journal in ``folder``, work."""
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    place = QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(Path(folder) / "settings")
    QSettings.setPath(*place)
    app = QApplication([])
    dress(app)
    spare_torch()
    host = fake_host(FakeFiller(alike=True))
    window = MainWindow(Workspace(Settings(), host))
    window.resize(900, 700)
    window.show()
    window.recovery.start(Path(folder))
    load(window.workspace.document, Path(photo))
    window.workspace.state("photo", True)
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 30)
    for n in range(steps):
        app.processEvents()
        step(window, app, n)
        print(n, state(window), flush=True)
    window.session.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
