"""Whatever is done in whatever order, undo and redo lead exactly back and forth."""

from __future__ import annotations

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from PySide6.QtGui import QUndoStack

from app.document.commands import (
    MaskRecorder,
    change_mask,
    changes_photo,
    replace_image,
)
from app.document.document import Document
from app.document.jobs import Opened
from app.document.restoring import ImageRecorder
from engine.geometry import Box
from engine.record.patches import PatchStore
from engine.views.pyramid import Pyramid, halve_max, halve_mean
from engine.views.strokes import Sample, segment

HEIGHT, WIDTH, LIMIT = 530, 610, 12
spots = st.tuples(st.integers(-20, WIDTH + 20), st.integers(-20, HEIGHT + 20))
sizes = st.integers(1, 90)


class Picture:
    """Stand for a decoded photo."""

    def __init__(self, pixels):
        self.pixels = pixels
        self.xmp = None


class History(RuleBasedStateMachine):
    """Compare the document with a plain list of copies."""

    @initialize(deep=st.booleans())
    def open(self, deep):
        rng = np.random.default_rng(0)
        pixels = rng.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
        self.original = pixels.astype(np.uint16) * 257 if deep else pixels
        image = self.original.copy()
        opened = Opened(Picture(self.original), None, image, Pyramid(image, halve_mean), None)
        self.document = Document()
        self.document.open(opened.photo, None, opened.image, opened.levels)
        self.stack, self.store = QUndoStack(), PatchStore(budget=2_000_000)
        self.stack.setUndoLimit(LIMIT)
        self.states, self.now, self.saved = [self._state()], 0, 0

    def _state(self):
        return self.document.image.copy(), self.document.mask.copy()

    def _push(self, command):
        if command is not None:
            self.stack.push(command)
            self._note_step()

    def _note_step(self):
        """Add the state after a step to the model; the oldest falls out at the limit."""
        if self.saved is not None and self.saved > self.now:
            self.saved = None
        self.states = [*self.states[: self.now + 1], self._state()]
        self.now += 1
        if self.now > LIMIT:
            self.states, self.now = self.states[1:], LIMIT
            self.saved = self.saved - 1 if self.saved else None

    @rule(start=spots, end=spots, size=sizes, fill=st.booleans())
    def paint(self, start, end, size, fill):
        recorder = MaskRecorder(self.document)
        stamp = segment(Sample(*start), Sample(*end), (size, size), self.document.box)
        if stamp is not None:
            recorder.paint(stamp.box, stamp.cover, fill=fill)
        self._push(recorder.command("Paint mask"))

    @rule(at=spots, size=st.integers(1, 200), value=st.integers(0, 255))
    def accept_a_fill(self, at, size, value):
        box = Box(at[0], at[1], at[0] + size, at[1] + size).clip(self.document.box)
        if box.empty:
            return
        patch = self.document.image[box.slices].copy()
        inside = self.document.mask[box.slices]
        patch[inside] = value
        self.stack.beginMacro("Fill")
        self.stack.push(replace_image(self.document, self.store, "", box, patch))
        clear = change_mask(self.document, "", box, np.zeros_like(inside))
        if clear is not None:
            self.stack.push(clear)
        self.stack.endMacro()
        self._note_step()

    @rule(start=spots, end=spots, size=sizes)
    def restore(self, start, end, size):
        recorder = ImageRecorder(self.document, self.store)
        stamp = segment(Sample(*start), Sample(*end), (size, size), self.document.box)
        if stamp is not None:
            recorder.restore(stamp.box, stamp.cover.astype(np.float32))
        self._push(recorder.command("Restore"))

    @rule()
    def invert(self):
        document = self.document
        self._push(change_mask(document, "Invert", document.box, ~document.mask))

    @precondition(lambda self: self.stack.canUndo())
    @rule()
    def undo(self):
        self.stack.undo()
        self.now -= 1

    @precondition(lambda self: self.stack.canRedo())
    @rule()
    def redo(self):
        self.stack.redo()
        self.now += 1

    @rule()
    def save(self):
        self.stack.setClean()
        self.saved = self.now

    @invariant()
    def document_is_the_model(self):
        image, mask = self.states[self.now]
        assert np.array_equal(self.document.image, image)
        assert np.array_equal(self.document.mask, mask)
        assert self.document.hole_pixels == mask.sum()
        assert self.document.mask_box() == Box.around(mask)
        assert np.array_equal(self.document.photo.pixels, self.original)

    @invariant()
    def what_is_shown_is_the_document(self):
        for kept, anew in (
            (self.document.photo_levels, Pyramid(self.document.image, halve_mean)),
            (self.document.mask_levels, Pyramid(self.document.mask, halve_max, 1)),
        ):
            assert np.array_equal(kept.levels[1], anew.levels[1])

    @invariant()
    def unsaved_means_the_photo_differs_from_the_saved_one(self):
        if self.saved is not None and not changes_photo(self.stack):
            assert np.array_equal(self.states[self.saved][0], self.document.image)

    def teardown(self):
        if hasattr(self, "stack"):
            self.stack.clear()
            self.store.close()


History.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)


class TestHistory(History.TestCase):
    """Run the machine."""
