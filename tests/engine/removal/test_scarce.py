"""Where hardly anything is left to fill from it is said, and nowhere else."""

import numpy as np
import pytest

from engine.geometry import Box
from engine.record.planes import Plane
from engine.record.steps import FilledHole, FillStep
from engine.removal.choice import Kind
from engine.removal.remover import Remover
from engine.removal.replay import replay
from engine.removal.scarce import LITTLE_LEFT, little_left
from engine.removal.scene import Scene
from engine.result import Result

SHAPE = 100, 150


def mask(*boxes):
    out = np.zeros(SHAPE, bool)
    for box in boxes:
        out[Box(*box).slices] = True
    return out


@pytest.mark.parametrize(
    ("box", "said"),
    [
        ((0, 0, 150, 100), True),
        ((2, 2, 148, 98), True),
        ((5, 5, 145, 95), False),
        ((40, 30, 100, 70), False),
        ((0, 0, 5, 5), False),
    ],
)
def test_it_depends_on_what_is_known_around_each_hole(box, said):
    assert bool(little_left(mask(box), None, [Box(*box)])) is said


def test_what_is_clear_is_not_known_either():
    box = Box(40, 30, 100, 70)
    clear = ~mask(box)
    clear[0] = False
    assert little_left(mask(box), clear, [box]) == [LITTLE_LEFT]


def test_one_lonely_hole_of_several_is_enough():
    boxes = [Box(0, 0, 9, 9), Box(20, 0, 150, 100)]
    both = mask(*boxes)
    assert not little_left(both, None, boxes)
    both[:, 10:] = True
    assert little_left(both, None, boxes)


def test_a_replayed_removal_says_it_too():
    def replayed(*boxes):
        holes = [
            FilledHole(Plane.of_bits(Box(*b), mask(b)[Box(*b).slices]), Kind.PHOTO) for b in boxes
        ]
        scene = Scene(np.zeros((*SHAPE, 3), np.uint8))
        steps = [FillStep(tuple(holes))]
        return [
            remark for done in replay(steps, scene, scene.image, remover) for remark in done.remarks
        ]

    remover = Remover(lambda device: None, photo_only=grey)
    assert replayed((0, 0, 150, 100)) == [LITTLE_LEFT]
    assert replayed((40, 30, 100, 70), (0, 0, 5, 5)) == []
    assert replayed((0, 0, 150, 48), (0, 50, 150, 100)) == [LITTLE_LEFT]


def grey(ask, seed, on_progress):
    box = ask.box
    return Result(box, np.full((box.height, box.width, 3), 128, np.uint8), seed, "CPU", ())
