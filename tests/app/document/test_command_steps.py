"""What the recipe is told when commands are done, taken back and done again."""

import numpy as np
from PySide6.QtGui import QUndoStack

from app.document.commands import replace_image
from app.document.restoring import ImageRecorder
from engine.geometry import Box
from engine.record.patches import PatchStore
from engine.record.steps import PART


def test_a_step_is_told_forgotten_and_told_again(document, monkeypatch):
    told = []
    monkeypatch.setattr(document, "note_step", lambda step: told.append(("note", step)))
    monkeypatch.setattr(document, "forget_step", lambda step: told.append(("forget", step)))
    stack, box = QUndoStack(), Box(10, 20, 30, 40)
    patch = np.zeros((20, 20, 3), document.image.dtype)
    command = replace_image(document, PatchStore(), "Fill", box, patch, PART)
    assert command.boxes == [box]
    stack.push(command)
    stack.undo()
    stack.redo()
    assert told == [("note", PART), ("forget", PART), ("note", PART)]


def test_restoring_keeps_the_squares_that_changed_only(document):
    box = Box(0, 0, 300, 200)
    document.write_image(Box(10, 10, 40, 40), np.zeros((30, 30, 3), document.image.dtype))
    recorder = ImageRecorder(document, PatchStore())
    recorder.restore(box, np.ones((box.height, box.width), np.float32))
    command = recorder.command("Restore")
    assert command.boxes == [Box(0, 0, 256, 256)]
    assert [plane.box for plane in command.step.planes] == command.boxes
    again = ImageRecorder(document, PatchStore())
    again.restore(box, np.ones((box.height, box.width), np.float32))
    assert again.command("Restore") is None
