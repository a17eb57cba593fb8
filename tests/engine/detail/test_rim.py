"""A first guess from the rim inward, held to a slow loop over rings."""

from __future__ import annotations

import numpy as np

from engine.detail.rim import from_rim
from tests.engine.detail.fields import matcher_of


def guessed(m) -> np.ndarray:
    """Fill ring by ring, each pixel from the patch nearest in what is known of its own."""
    image, known = m.level.image.astype(float), ~m.level.hole
    padded = [np.pad(m.level.image, ((2, 2), (2, 2), (0, 0)), "symmetric")]
    patches = [padded[0][s // m.width :, s % m.width :][:5, :5] for s in m.sources]
    while not known.all():
        more = image.copy()
        ring = np.zeros_like(known)
        for y, x in zip(*np.nonzero(~known), strict=True):
            ring[y, x] = known[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2].any()
        wide = np.pad(image, ((2, 2), (2, 2), (0, 0)), "symmetric")
        there = np.pad(known, 2, "symmetric")
        for y, x in zip(*np.nonzero(ring), strict=True):
            part, mine = there[y : y + 5, x : x + 5], wide[y : y + 5, x : x + 5]
            miss = [((patch - mine)[part] ** 2).sum() for patch in patches]
            more[y, x] = m.level.image.reshape(-1, 3)[m.sources[int(np.argmin(miss))]]
        image, known = more, known | ring
    return image[m.level.hole]


def test_each_ring_is_copied_from_where_its_known_part_fits_best():
    m = matcher_of(20, 18, np.s_[7:12, 6:13])
    np.testing.assert_allclose(from_rim(m), guessed(m), atol=1e-6)


def test_a_hole_at_the_border_is_guessed_too_and_the_level_stays_as_it_is():
    m = matcher_of(18, 18, np.s_[0:4, 5:10])
    before = m.level.image.copy()
    np.testing.assert_allclose(from_rim(m), guessed(m), atol=1e-6)
    assert (m.level.image == before).all()
    assert m.level.hole.any()
