"""Every step can be taken back and done again, and stores boxes rather than pictures."""

import itertools

import numpy as np
from PySide6.QtGui import QUndoStack

from app.document.commands import (
    MaskRecorder,
    change_mask,
    changes_photo,
    replace_image,
)
from app.document.restoring import ImageRecorder
from engine.geometry import Box
from engine.record.patches import PatchStore
from engine.views.strokes import Sample, segment


def paint(document, points, size=20, fill=True):
    recorder = MaskRecorder(document)
    for start, end in itertools.pairwise(points):
        stamp = segment(Sample(*start), Sample(*end), (size, size), document.box)
        recorder.paint(stamp.box, stamp.cover, fill=fill)
    return recorder.command("Paint mask")


def test_a_stroke_is_there_while_it_is_made_and_undone_as_one(document):
    stack = QUndoStack()
    command = paint(document, [(50, 50), (400, 60), (390, 300)])
    painted = document.mask.copy()
    stack.push(command)
    assert np.array_equal(document.mask, painted)
    stack.undo()
    assert not document.mask.any()
    assert document.hole_pixels == 0
    stack.redo()
    assert np.array_equal(document.mask, painted)
    assert document.hole_pixels == painted.sum()


def test_erasing_over_paint_comes_back_exactly(document):
    stack = QUndoStack()
    stack.push(paint(document, [(50, 50), (400, 300)], size=60))
    before = document.mask.copy()
    stack.push(paint(document, [(200, 10), (210, 390)], size=33, fill=False))
    assert document.mask.sum() < before.sum()
    stack.undo()
    assert np.array_equal(document.mask, before)


def test_painting_over_paint_is_no_step(document):
    paint(document, [(50, 50), (100, 50)], size=40)
    assert paint(document, [(50, 50), (100, 50)], size=20) is None


def test_a_long_thin_stroke_stores_little(document):
    command = paint(document, [(0, 0), (599, 399)], size=6)
    assert sum(bits.nbytes for _, bits in command._flips) < document.mask.size / 8


def test_undo_tells_which_boxes_changed_and_no_more(document):
    stack = QUndoStack()
    stack.push(paint(document, [(300, 200), (310, 200)], size=20))
    boxes = []
    document.mask_changed.connect(boxes.append)
    stack.undo()
    assert boxes
    assert all(Box(285, 185, 325, 215).holds(box) for box in boxes)


def test_changing_the_whole_mask_is_one_step(document):
    stack = QUndoStack()
    stack.push(paint(document, [(50, 50), (400, 300)], size=60))
    before = document.mask.copy()
    stack.push(change_mask(document, "Invert", document.box, ~document.mask))
    assert np.array_equal(document.mask, ~before)
    stack.undo()
    assert np.array_equal(document.mask, before)
    assert change_mask(document, "Nothing", document.box, before) is None


def test_replacing_pixels_leaves_the_rest_and_comes_back(document, image):
    stack, store = QUndoStack(), PatchStore()
    box = Box(100, 50, 300, 200)
    patch = 255 - image[box.slices]
    stack.push(replace_image(document, store, "Fill", box, patch))
    assert np.array_equal(document.image[box.slices], patch)
    outside = np.ones(document.image.shape[:2], bool)
    outside[box.slices] = False
    assert np.array_equal(document.image[outside], image[outside])
    assert np.array_equal(document.original(box), image[box.slices])
    for _ in range(3):
        stack.undo()
        assert np.array_equal(document.image, image)
        stack.redo()
        assert np.array_equal(document.image[box.slices], patch)


def test_only_changed_pixels_count_as_unsaved(document):
    stack, store = QUndoStack(), PatchStore()
    stack.push(paint(document, [(50, 50), (60, 50)]))
    assert not changes_photo(stack)
    stack.beginMacro("Fill")
    stack.push(replace_image(document, store, "", Box(0, 0, 9, 9), document.image[:9, :9] * 0))
    stack.endMacro()
    assert changes_photo(stack)
    stack.setClean()
    assert not changes_photo(stack)
    stack.undo()
    assert changes_photo(stack)


def test_restoring_brings_the_original_back_and_blends_softly(document, image):
    stack, store = QUndoStack(), PatchStore()
    stack.push(replace_image(document, store, "Fill", document.box, np.zeros_like(image)))
    recorder = ImageRecorder(document, store)
    box = Box(200, 200, 264, 264)
    weights = np.zeros((64, 64), np.float32)
    weights[:32], weights[32:] = 1.0, 0.5
    recorder.restore(box, weights)
    recorder.restore(box, weights)
    stack.push(recorder.command("Restore"))
    assert np.array_equal(document.image[200:232, 200:264], image[200:232, 200:264])
    half = document.image[232:264, 200:264].astype(int)
    assert np.abs(half - image[232:264, 200:264] / 2).max() <= 1
    assert not document.image[:200].any()
    stack.undo()
    assert not document.image.any()


def test_patches_beyond_the_budget_go_to_disk_and_come_back():
    store = PatchStore(budget=3000)
    arrays = [np.full((10, 100), n, np.uint8) for n in range(10)]
    patches = [store.put(array) for array in arrays]
    assert store.in_memory <= 3000
    for array, patch in zip(arrays, patches, strict=True):
        assert np.array_equal(patch.get(), array)
    files = [patch.file for patch in patches if patch.file]
    assert len(files) == 7
    del patches, patch
    assert store.in_memory == 0
    assert not any(file.exists() for file in files)
    store.close()
