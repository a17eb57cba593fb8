"""Half of what is symmetric, or seen twice, fills the other half where that is allowed."""

import cv2
import numpy as np
import pytest

from engine.ask import Ask
from engine.geometry import Box
from engine.photo_only import fill_alone
from engine.record.planes import Plane
from engine.record.steps import FilledHole, FillStep
from engine.removal.choice import Kind
from engine.removal.remover import Remover
from engine.removal.replay import replay
from engine.removal.scene import Scene
from engine.structure.twins import placed
from engine.windows.transforms import Transforms

SIDE = 240
MIDDLE = (SIDE - 1) / 2


def grained(grey):
    """Return a drawing (2 SIDE, 2 SIDE) at half the size, with clouds and grain that repeat not."""
    rng = np.random.default_rng(3)
    small = cv2.resize(np.asarray(grey, np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    cloud = cv2.GaussianBlur(rng.normal(0, 1, small.shape), (0, 0), 5)
    photo = (small + 3 * cloud / cloud.std())[..., None] + rng.normal(0, 2, (SIDE, SIDE, 3))
    return np.clip(np.rint(photo), 0, 255).astype(np.uint8)


def plane():
    y, x = np.mgrid[: 2 * SIDE, : 2 * SIDE] / 2 - 0.25
    return x, y


def disc(x, y, across, down):
    rows, cols = np.mgrid[:SIDE, :SIDE]
    return np.hypot((cols - x) / across, (rows - y) / down) < 1


def facade():
    """Return a house whose right half is its left half mirrored, with a hole on the right."""
    x, y = plane()
    out, x = np.full(x.shape, 175.0), np.abs(x - MIDDLE)
    windows = ((15, 45, 45, 83, 70), (58, 75, 60, 105, 60), (86, 105, 30, 113, 80))
    for left, right, top, bottom, grey in (*windows, (8, 30, 113, 170, 50), (53, 90, 143, 195, 95)):
        pane = (x > left) & (x < right) & (y > top) & (y < bottom)
        out = np.where(pane, grey + 60 * (y % 13 < 2), out)
    return grained(np.where(y < 22 + 0.35 * x, 225, out)), disc(184, 112, 38, 55)


def rosette():
    """Return nine equal petals, none of them symmetric, one of them hidden."""
    x, y = plane()
    far, turn = np.hypot(x - MIDDLE, y - MIDDLE), np.arctan2(y - MIDDLE, x - MIDDLE)
    part = (turn * 9 / (2 * np.pi)) % 1
    petal = np.where(far < 45 + 41 * np.sin(np.pi * part), 200 - 60 * part, 90)
    petal = np.where((np.abs(part - 0.5) < 0.03) & (far < 75), 60, petal)
    at = MIDDLE + 64 * np.cos(0.9), MIDDLE + 64 * np.sin(0.9)
    return grained(np.where(far < 21, 230, petal)), disc(*at, 30, 30)


def twice():
    """Return a figure, and another one 1.3 times smaller with a hole in it."""
    x, y = plane()
    out = np.full(x.shape, 165.0)
    for left, top, size in ((64, 120, 1.2), (184, 120, 1.2 / 1.3)):
        u, v = (x - left) / size, (y - top) / size
        out = np.where(np.abs(u) + np.abs(v) < 50, 80, out)
        out = np.where(np.hypot(u, v) < 26, 200, out)
        out = np.where((np.abs(u - 8) < 5) & (np.abs(v) < 40), 40, out)
        out = np.where(np.hypot(u + 22, v - 12) < 7, 150, out)
    return grained(out), disc(191, 127, 27, 27)


def off(photo, mask, transforms, sources=None):
    """Return the mean difference of a fill from the photo in the hole, and the filled photo."""
    result = fill_alone(Ask(photo, mask, transforms=transforms, sources=sources))
    filled = photo.copy()
    filled[result.box.slices] = result.patch
    assert (filled[~mask] == photo[~mask]).all()
    return float(np.abs(filled[mask].astype(float) - photo[mask]).mean()), filled


@pytest.mark.parametrize(
    ("draw", "transforms"),
    [
        (facade, Transforms.MIRROR),
        (rosette, Transforms.ROTATE),
        (twice, Transforms.SCALE),
        (facade, Transforms.MIRROR | Transforms.ROTATE | Transforms.SCALE),
    ],
)
def test_what_is_seen_again_comes_back(draw, transforms):
    photo, mask = draw()
    plain, _ = off(photo, mask, Transforms.NONE)
    error, filled = off(photo, mask, transforms)
    assert error < 8 < 20 < plain  # two grains of 2 and clouds of 3 differ by 4
    assert (filled == off(photo, mask, transforms)[1]).all()


@pytest.mark.parametrize(
    ("draw", "other"), [(facade, Transforms.SCALE), (twice, Transforms.MIRROR)]
)
def test_another_transform_changes_nothing(draw, other):
    photo, mask = draw()
    assert (off(photo, mask, other)[1] == off(photo, mask, Transforms.NONE)[1]).all()


def test_nothing_is_taken_from_where_nothing_may_be_copied():
    photo, mask = facade()
    right = np.zeros(mask.shape, bool)
    right[:, SIDE // 2 :] = True
    photo[~right, 2] = 0  # nothing on the left is blue at all
    error, filled = off(photo, mask, Transforms.MIRROR, right)
    assert error > 20
    assert filled[mask][:, 2].min() > 20
    grey = np.repeat(photo[..., :1], 3, axis=2)
    assert placed(grey, mask, ~mask, right & ~mask, Transforms.MIRROR) is None
    assert placed(grey, mask, ~mask, ~mask, Transforms.MIRROR) is not None


@pytest.mark.parametrize("seed", range(4))
def test_clouds_have_no_twin(seed):
    rng = np.random.default_rng(seed)
    clouds = cv2.GaussianBlur(rng.normal(0, 1, (SIDE, SIDE)), (0, 0), 4 + 3 * seed)
    photo = np.clip(128 + 40 * clouds / clouds.std(), 0, 255).astype(np.uint8)
    photo = np.repeat(photo[..., None], 3, axis=2)
    mask = disc(150, 120, 30, 30)
    every = Transforms.MIRROR | Transforms.ROTATE | Transforms.SCALE
    assert placed(photo, mask, ~mask, ~mask, every) is None


def test_a_step_of_a_recipe_is_done_again_with_its_transforms():
    photo, mask = facade()
    box = Box.around(mask)
    bits = Plane.of_bits(box, mask[box.slices])
    errors = []
    for transforms in (Transforms.NONE, Transforms.MIRROR):
        hole = FilledHole(bits, Kind.PHOTO, transforms=transforms)
        scene = Scene(photo.copy(), transforms=Transforms.ROTATE)
        [done] = replay([FillStep((hole,))], scene, photo, Remover(lambda device: None))
        [(_, patch)] = done.patches
        errors.append(np.abs(patch.astype(float) - photo[box.slices]).mean())
    assert errors[1] < errors[0] / 3


def test_transforms_are_words_with_commas():
    assert Transforms.of("") == Transforms.NONE
    assert Transforms.of("scale, mirror") == Transforms.MIRROR | Transforms.SCALE
    assert (Transforms.ROTATE | Transforms.MIRROR).text == "mirror,rotate"
    with pytest.raises(KeyError):
        Transforms.of("skew")
