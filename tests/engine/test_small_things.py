"""Pixels to numbers and back, progress of parts, the classical rival, what a result says."""

import numpy as np
import pytest
import torch

from engine.classical import classical_fill
from engine.errors import ImageError
from engine.geometry import Box
from engine.pixels import peak, to_depth, to_float, to_images, to_tensors
from engine.progress import part_of
from engine.result import Result


def test_a_part_reports_its_share_of_the_whole():
    seen: list[float] = []
    part = part_of(part_of(seen.append, 0.5, 0.5), 0.2, 0.6)
    for fraction in (0.0, 0.5, 1.0):
        part(fraction)
    assert seen == pytest.approx([0.6, 0.75, 0.9])


@pytest.mark.parametrize(("dtype", "white"), [(np.uint8, 255), (np.uint16, 65535)])
def test_every_value_comes_back_and_others_are_rounded_and_clipped(dtype, white):
    every = np.arange(white + 1).astype(dtype).reshape(1, -1, 1)
    assert peak(every) == white
    assert to_float(every).max() == pytest.approx(1)
    assert (to_depth(to_float(every), every) == every).all()
    values = np.array([-0.1, 0.6 / white, 1.4 / white, 1.1], np.float32)
    assert to_depth(values, every).tolist() == [0, 1, 1, white]


def test_the_network_sees_minus_one_to_one_and_answers_so():
    rng = np.random.default_rng(0)
    image, known = rng.random((8, 8, 3)).astype(np.float32), np.eye(8, dtype=np.float32)
    img, mask = to_tensors(image, known)
    assert img.shape == (1, 3, 8, 8)
    assert mask.shape == (1, 1, 8, 8)
    assert img[0, 1, 2, 3].item() == pytest.approx(2 * image[2, 3, 1] - 1)
    assert torch.equal(mask[0, 0], torch.eye(8))
    np.testing.assert_allclose(to_images(img)[0], image, atol=1e-6)
    wide = to_images(torch.tensor([-3.0, -1, 0, 1, 3]).reshape(1, 1, 1, 5).expand(1, 3, 1, 5))
    assert wide[0, 0, :, 0].tolist() == [0, 0, 0.5, 1, 1]


def test_a_result_is_at_full_scale_unless_said():
    assert Result(Box(0, 0, 0, 0), np.zeros((0, 0, 3), np.uint8), 0, "CPU", ()).scale == 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("left", [0, 30])
def test_the_last_resort_closes_a_hole_from_its_edges(dtype, left):
    unit = np.iinfo(dtype).max // 255
    slope = (np.arange(64)[:, None, None] + np.array([40, 80, 120])) * unit
    image = np.broadcast_to(slope, (64, 64, 3)).astype(dtype)
    box, mask = Box(left, 20, left + 20, 40), np.zeros((64, 64), bool)
    mask[26:34, left + 3 : left + 17] = True
    spoilt = image.copy()
    spoilt[mask] = 0
    found = classical_fill(spoilt, box, mask)
    mask = mask[box.slices]
    assert found.dtype == dtype
    assert (found[~mask] == image[box.slices][~mask]).all()
    off = np.abs(found.astype(int) - image[box.slices])[mask] / unit
    assert off.max() < 6


def test_the_last_resort_copies_only_what_may_be_copied():
    image = np.full((80, 120, 3), 50, np.uint8)
    image[:, 60:] = 200
    image[:10, :10] = [90, 60, 30]
    box, mask = Box(50, 30, 70, 50), np.zeros((80, 120), bool)
    mask[box.slices] = True
    for kept_out, colour in ((slice(60, 120), 50), (slice(0, 60), 200)):
        sources = ~mask
        sources[:, kept_out] = False
        assert (np.abs(classical_fill(image, box, mask, sources).astype(int) - colour) < 10).all()
    far = np.zeros_like(mask)
    far[:10, :10] = True
    assert (classical_fill(image, box, mask, far) == [90, 60, 30]).all()
    with pytest.raises(ImageError, match="too little left to copy from"):
        classical_fill(image, box, mask, mask)
