"""Evidence and gamma follow from the mask alone; disagreement from finished fills alone."""

import itertools

import cv2
import numpy as np
import pytest
import torch

from engine.answering.by_torch import branch_of
from engine.network.config import GeneratorConfig
from engine.network.generator import Generator
from engine.network.maps import CLOSE, FAIR, FAR, MaskMaps, disagreement, mask_maps, spread

SIDE = 256


@pytest.fixture(scope="module")
def generator():
    """A generator of full size with few channels, as it is before training."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return Generator(GeneratorConfig(base=8, rgb="pyramid")).eval().requires_grad_(False)


def square(side):
    hole = np.zeros((SIDE, SIDE), bool)
    first = (SIDE - side) // 2
    hole[first : first + side, first : first + side] = True
    return hole


def test_there_is_a_map_for_every_resolution_and_all_lie_between_0_and_1(generator):
    maps = mask_maps(branch_of(generator), square(64))
    assert list(maps.gamma) == [8, 16, 32, 64, 128, 256]
    for side, values in [*maps.gamma.items(), *maps.certainty.items()]:
        assert values.shape == (side, side)
        assert 0 <= values.min() <= values.max() <= 1


def test_the_same_mask_gives_the_same_maps(generator):
    one, other = (mask_maps(branch_of(generator), square(50)) for _ in range(2))
    assert (one.evidence == other.evidence).all()
    assert all((one.gamma[r] == other.gamma[r]).all() for r in one.gamma)


@pytest.mark.parametrize("side", [16, 32, 64, 100, 160])
def test_evidence_falls_with_the_distance_from_the_rim(generator, side):
    hole = square(side)
    evidence = mask_maps(branch_of(generator), hole).evidence
    depth = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5)
    steps = np.linspace(0, depth.max(), 5)
    means = [
        np.log2(evidence[hole & (depth > near) & (depth <= far)]).mean()
        for near, far in itertools.pairwise(steps)
    ]
    assert all(b <= a for a, b in itertools.pairwise(means))
    assert means[-1] < means[0]


@pytest.mark.parametrize("side", [8, 16, 31, 64, 150])
@pytest.mark.parametrize("shift", [0, 3])
def test_evidence_is_never_one_value_over_a_hole_of_8_pixels_or_more(generator, side, shift):
    hole = np.roll(square(side), (shift, -shift), (0, 1))
    assert len(np.unique(mask_maps(branch_of(generator), hole).evidence[hole])) > 1


def test_wider_holes_leave_less_evidence_in_the_middle(generator):
    branch = branch_of(generator)
    middle = [mask_maps(branch, square(side)).evidence[128, 128] for side in (8, 32, 100, 200)]
    assert middle == sorted(middle, reverse=True)
    assert middle[0] > middle[-1]


def test_known_pixels_have_evidence_at_the_full_size(generator):
    hole = square(40)
    assert (mask_maps(branch_of(generator), hole).evidence[~hole] == SIDE).all()


@pytest.mark.parametrize(("finest", "sentence"), [(32, CLOSE), (16, FAIR), (8, FAR)])
def test_the_sentence_tells_the_worst_place_of_the_hole(finest, sentence):
    hole = square(60)
    evidence = np.where(hole, 64, SIDE).astype(np.int32)
    evidence[128, 128] = finest
    evidence[0, 0] = 4
    maps = MaskMaps({}, {}, evidence)
    assert maps.sentence(hole) == sentence
    assert maps.sentence(np.zeros_like(hole)) == CLOSE


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_disagreement_is_the_deviation_inside_and_nothing_outside(dtype):
    top = np.iinfo(dtype).max
    one = np.zeros((20, 30, 3), dtype)
    other = one.copy()
    other[5:9, 5:9] = top
    other[0, 0] = top
    hole = np.zeros((20, 30), bool)
    hole[4:12, 4:12] = True
    values = disagreement([one, other], hole)
    assert (values[5:9, 5:9] == 0.5).all()
    assert not values[~hole].any()
    assert spread([one, other], hole) == pytest.approx(0.25)
    assert spread([one, other], np.zeros_like(hole)) == 0


@pytest.mark.parametrize(("finest", "sentence"), [(16, CLOSE), (8, FAIR), (4, FAR)])
def test_at_the_shipped_resolution_every_sentence_occurs(finest, sentence):
    hole = np.zeros((64, 64), bool)
    hole[20:40, 20:40] = True
    evidence = np.where(hole, 32, 64).astype(np.int32)
    evidence[30, 30] = finest
    assert MaskMaps({}, {}, evidence).sentence(hole) == sentence
