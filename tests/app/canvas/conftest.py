"""Strokes on a canvas that shows the photo at 100 %."""

import pytest
from PySide6.QtGui import QUndoStack

from app.canvas.painting import Painting
from engine.record.patches import PatchStore


@pytest.fixture
def painting(canvas, document, settings):
    canvas.zoom_to(1.0)
    settings.set("brush_size", 20)
    out = Painting(document, canvas, QUndoStack(canvas), PatchStore(), settings)
    out.stack = out._stack
    return out
