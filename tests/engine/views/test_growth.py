"""A mask grows by its own width, and no farther than its outline was shown."""

import subprocess
import sys

import cv2
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.views.growth import grown_by_width
from engine.views.outline import grown_outlines
from engine.views.pyramid import Pyramid, halve_max

ROUNDING = 2.5
"""Pixels by which a drawn outline may cut a corner."""
NO_SHRINKING = tuple(phase for phase in Phase if phase is not Phase.shrink)
SHARES = st.sampled_from([0.015, 0.05, 0.1])


def blank(height=700, width=900):
    return np.zeros((height, width), bool)


def line(mask, start, end, width):
    """Paint a stroke of ``width`` pixels."""
    cv2.line(mask.view(np.uint8), start, end, 1, width)


def spot(mask, at, width):
    cv2.circle(mask.view(np.uint8), at, width // 2, 1, -1)


def distances(mask):
    """Return how far every pixel is from the mask."""
    return cv2.distanceTransform((~mask).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


@pytest.mark.parametrize("share", [0.015, 0.05, 0.1])
@pytest.mark.parametrize("length", [0, 300, 2500])
def test_a_stroke_grows_by_its_width_however_long_it_is(share, length):
    mask = blank(400, 3000)
    line(mask, (200, 200), (200 + length, 200), 101)
    out = grown_by_width(mask, share)
    before, after = (np.nonzero(m[:, 200 + length // 2])[0] for m in (mask, out))
    assert before[0] - after[0] == pytest.approx(share * 101, abs=1)
    assert after[-1] - before[-1] == pytest.approx(share * 101, abs=1)


def test_a_wire_that_leaves_a_ball_grows_as_a_wire():
    mask = blank()
    spot(mask, (200, 350), 200)
    line(mask, (200, 350), (880, 350), 11)
    out = grown_by_width(mask, 0.1)
    assert out[:, 700].sum() - mask[:, 700].sum() == 2
    assert out[:, 200].sum() == pytest.approx(201 + 40, abs=4)


def test_no_share_grows_nothing_and_no_mask_stays_empty():
    mask = blank()
    spot(mask, (200, 350), 50)
    assert np.array_equal(grown_by_width(mask, 0), mask)
    assert not grown_by_width(blank(), 0.1).any()


def test_a_mask_over_everything_stays_what_it_is():
    assert grown_by_width(~blank(), 0.1).all()


@st.composite
def strokes(draw):
    """Return strokes, each (start, end, width)."""
    places = st.tuples(st.integers(0, 899), st.integers(0, 699))
    return draw(st.lists(st.tuples(places, places, st.integers(1, 60)), min_size=1, max_size=12))


@settings(max_examples=15, deadline=None, phases=NO_SHRINKING)
@given(spots=st.lists(st.tuples(st.integers(0, 899), st.integers(0, 699)), max_size=60),
       width=st.integers(3, 45), share=SHARES)  # fmt: skip
def test_many_spots_grow_no_more_than_each_alone(spots, width, share):
    mask, wanted = blank(), blank()
    for at in spots:
        alone = blank()
        spot(alone, at, width)
        mask |= alone
        wanted |= grown_by_width(alone, share)
    out = grown_by_width(mask, share)
    assert (out >= mask).all()
    joined = cv2.connectedComponents(mask.view(np.uint8))[0] - 1 < len(set(spots))
    if not joined:
        assert not (out & ~wanted).any()
    if spots:
        widest = 2 * distances(~mask).max()
        assert not out[distances(mask) > max(share * widest, 1) + 1.5].any()


@settings(max_examples=15, deadline=None, phases=NO_SHRINKING)
@given(painted=strokes(), share=SHARES)
def test_nothing_beyond_the_shown_outline_is_filled(painted, share):
    mask = blank()
    for start, end, width in painted:
        line(mask, start, end, width)
    inside = np.zeros(mask.shape, np.uint8)
    for loop in grown_outlines(Pyramid(mask, halve_max), share):
        cv2.fillPoly(inside, [np.rint(loop - 0.5).astype(np.int32)], 1)
    beyond = grown_by_width(mask, share) & (distances(inside.view(bool)) > ROUNDING)
    assert not beyond.any()


def test_two_hundred_spots_are_all_outlined():
    mask = np.zeros((3000, 4000), bool)
    for place in range(230):
        spot(mask, (100 + place % 20 * 190, 100 + place // 20 * 230), 45)
    loops = grown_outlines(Pyramid(mask, halve_max), 0.015)
    assert len(loops) == 230
    assert max(np.ptp(loop[:, 0]) for loop in loops) < 45 + 20


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells a process's own peak")
def test_growing_a_small_mask_of_a_large_photo_takes_little_more_than_the_mask():
    code = """
import numpy as np
from pathlib import Path
from engine.views.growth import grown_by_width
def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM"))
grown_by_width(np.eye(300, dtype=bool), 0.015)
mask = np.zeros((5000, 8000), bool)
mask[2000:2400, 3000:3600] = True
mask.sum()
before = peak()
grown_by_width(mask, 0.015)
print((peak() - before) / mask.size)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 2  # bytes for each pixel; labels of all of it would be four more
