"""Maps follow from the mask alone, and say less the wider the hole is."""

from __future__ import annotations

import numpy as np
import pytest

from engine.answering.by_torch import branch_of
from engine.network.maps import CLOSE, FAIR, FAR, MaskMaps, disagreement, mask_maps, spread


def square(side: int, hole: int) -> np.ndarray:
    mask = np.zeros((side, side), bool)
    low = (side - hole) // 2
    mask[low : low + hole, low : low + hole] = True
    return mask


def test_every_resolution_has_its_maps_in_zero_to_one(tiny_generator):
    maps = mask_maps(branch_of(tiny_generator), square(32, 12))
    assert sorted(maps.gamma) == [8, 16, 32]
    for r, values in {**maps.gamma}.items():
        assert values.shape == (r, r)
        assert 0 <= values.min() <= values.max() <= 1
    assert all(0 <= v.min() <= v.max() <= 1 for v in maps.certainty.values())


def test_the_photo_speaks_at_coarser_scales_in_the_middle_of_a_wide_hole(tiny_generator):
    narrow, wide = square(32, 4), square(32, 26)
    near, far = (mask_maps(branch_of(tiny_generator), hole) for hole in (narrow, wide))
    assert near.evidence[16, 16] > far.evidence[16, 16]
    assert (near.evidence[~narrow] == 32).all()
    assert near.sentence(np.zeros((32, 32), bool)) == CLOSE


@pytest.mark.parametrize(("finest", "says"), [(32, CLOSE), (16, FAIR), (8, FAR), (4, FAR)])
def test_the_sentence_follows_from_the_worst_spot(finest, says):
    hole = square(256, 40)
    evidence = np.full((256, 256), 256, np.int32)
    evidence[hole] = 64
    evidence[128, 128] = finest
    assert MaskMaps({}, {}, evidence).sentence(hole) == says


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_disagreement_is_the_deviation_over_the_fills(dtype):
    rng = np.random.default_rng(0)
    top = np.iinfo(dtype).max
    fills = [rng.integers(0, top, (6, 7, 3), dtype, endpoint=True) for _ in range(5)]
    hole = np.zeros((6, 7), bool)
    hole[1:4, 2:6] = True
    found = disagreement(fills, hole)
    values = np.stack(fills).astype(np.float64) / top
    wanted = np.sqrt(values.var(axis=0).mean(axis=2))
    assert np.allclose(found[hole], wanted[hole], atol=1e-5)
    assert not found[~hole].any()
    assert spread(fills, hole) == pytest.approx(np.sqrt((wanted[hole] ** 2).mean()), abs=1e-5)
    assert spread([fills[0]] * 3, hole) == pytest.approx(0, abs=1e-6)
