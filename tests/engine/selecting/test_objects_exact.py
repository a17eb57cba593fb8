"""What is told of a thing before it is cut out, and what of a cut is kept, to the pixel."""

import cv2
import numpy as np
import pytest

from engine.geometry import Box
from engine.selecting.objects import (
    Marks,
    _best_view,
    _fitting,
    _guess,
    _joined,
    _rim_share,
    _standing_out,
    _surveyed,
    _trimap,
    _without,
    select,
)
from engine.selecting.reduced import reduced
from engine.views.strokes import Stamp
from tests.engine.selecting.dusty import sky

OFF, ON, MAY_OFF, MAY_ON = cv2.GC_BGD, cv2.GC_FGD, cv2.GC_PR_BGD, cv2.GC_PR_FGD
WINDOW = Box(100, 60, 420, 300)
"""In a copy of a quarter of its size it is 60 high and 80 wide."""


def blank(*boxes, shape=(60, 80)):
    cut = np.zeros(shape, bool)
    for box in boxes:
        cut[Box(*box).slices] = True
    return cut


def square(left, top, right, bottom):
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def test_a_click_says_that_its_middle_is_on_and_the_rim_is_not():
    marks = Marks(on=([(261, 182)],), off=([(141, 101)],), size=24)
    told = _trimap(marks, WINDOW, (60, 80), 4.0)
    assert (told[:3] == OFF).all()  # a sixteenth of the shorter side
    assert (told[-3:] == OFF).all()
    assert (told[:, :3] == OFF).all()
    assert (told[:, -3:] == OFF).all()
    assert told[30, 37:44].tolist() == [ON] * 7  # 24 photo pixels wide, at (40, 30)
    assert told[27:34, 40].tolist() == [ON] * 7
    assert (told[30, 36], told[30, 44], told[26, 40], told[34, 40]) == (MAY_ON,) * 4
    assert told[10, 7:14].tolist() == [OFF] * 7
    assert (told[10, 6], told[10, 14]) == (MAY_ON,) * 2
    assert told[3, 3] == told[56, 76] == MAY_ON


def test_a_narrow_guess_is_a_disc_a_fifth_of_the_window_wide():
    marks = Marks(on=([(261, 182)],), size=4)
    told = _trimap(marks, WINDOW, (60, 80), 4.0, wide=False)
    rows, columns = np.nonzero(told == MAY_ON)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (18, 42, 28, 52)
    assert told[30, 40] == ON
    assert told[20, 20] == MAY_OFF
    way = [(181, 182), (341, 182)]
    along = _guess(Marks(on=(way,)), WINDOW, (60, 80), 4.0, wide=False)
    assert along[30 - 11 : 30 + 12, 20:61].all()
    assert not along[:16].any()
    assert along[30, 8] == along[18, 20] == 1  # the first end is round
    assert _guess(marks, WINDOW, (6, 6), 50.0, wide=False).sum() == 13  # never less than this


def test_the_inside_of_a_loop_is_told_by_its_depth():
    marks = Marks(loop=square(180, 100, 340, 260), size=4)
    told = _trimap(marks, WINDOW, (60, 80), 4.0)
    assert set(np.unique(told[:10])) == {OFF}
    assert (told[30, 19], told[30, 20]) == (OFF, MAY_OFF)
    row = told[30, 20:41].tolist()
    assert row == sorted(row, key=[MAY_OFF, MAY_ON, ON].index)  # deeper is surer
    assert (row.count(MAY_OFF), row.count(MAY_ON), row.count(ON)) == (6, 8, 7)
    whole = _trimap(Marks(loop=square(0, 0, 600, 600)), WINDOW, (60, 80), 4.0)
    assert whole[30, 40] == ON  # what reaches beyond the window has its depth all the same


def test_of_a_cut_what_the_marks_touch_is_kept():
    cut = blank((5, 5, 15, 15), (30, 5, 40, 15), (50, 40, 52, 43))
    on = Marks(on=([(100 + 4 * 35, 60 + 4 * 10)], [(0, 0), (1e4, 1e4)]))
    assert np.array_equal(_joined(cut, on, WINDOW, 4.0), blank((30, 5, 40, 15)))
    assert not _joined(cut, Marks(on=([(100, 60)],)), WINDOW, 4.0).any()
    corner = Marks(on=([(100 + 4 * 79, 60 + 4 * 59)],))
    assert _joined(blank((79, 59, 80, 60)), corner, WINDOW, 4.0)[59, 79]
    loop = Marks(loop=square(100, 60, 420, 300))
    kept = blank((5, 5, 15, 15), (30, 5, 40, 15))  # 6 pixels are less than 8 % of 100
    assert np.array_equal(_joined(cut, loop, WINDOW, 4.0), kept)
    assert _joined(blank((0, 0, 10, 10), (30, 0, 34, 2)), loop, WINDOW, 4.0)[0, 30]
    assert not _joined(blank(), loop, WINDOW, 4.0).any()


@pytest.mark.parametrize(("side", "closed"), [(5, True), (6, False)])
def test_small_holes_of_a_cut_are_closed(side, closed):
    cut = blank((10, 10, 36, 36))  # 676 pixels
    cut[20 : 20 + side, 20 : 20 + side] = False
    found = _joined(cut, Marks(on=([(100 + 44, 60 + 44)],)), WINDOW, 4.0)
    assert found[20, 20] == closed
    assert not found[0, 0]


@pytest.mark.parametrize(
    ("box", "share"),
    [
        ((0, 0, 80, 3), 1.0),
        ((0, 10, 2, 40), 0.5),
        ((79, 0, 80, 15), 0.25),
        ((20, 59, 40, 60), 0.25),
        ((20, 20, 40, 40), 0.0),
    ],
)
def test_what_a_window_cuts_off_counts_but_for_the_photo_s_own_edge(box, share):
    cut = blank(box)
    assert _rim_share(cut, WINDOW, WINDOW.grow(1)) == share
    assert _rim_share(cut, WINDOW, WINDOW) == 0


def small_photo(cut):
    out = np.full((*cut.shape, 3), 90, np.uint8)
    out[cut] = (200, 180, 60)
    return out


def test_a_cut_at_sharp_edges_stands_out_and_one_that_leaves_the_window_less():
    bounds, cut = WINDOW.grow(500), blank((30, 20, 50, 40))

    def score(of, photo=cut):
        return _standing_out(small_photo(photo), of, WINDOW, bounds)

    beside = blank((32, 22, 52, 42))
    assert score(cut) > 1.5 * score(beside) > 0
    for none in (blank(), blank((0, 0, 2, 2)), blank((0, 0, 80, 50)), ~blank()):
        assert score(none) == -0.5
    out = blank((50, 20, 80, 40))  # a third of one side is cut off
    assert score(out, out) < 0.6 * _standing_out(small_photo(out), out, WINDOW, WINDOW)
    tiny, larger = blank((30, 20, 36, 26)), blank((30, 20, 46, 36))
    assert score(tiny, tiny) < score(larger, larger) * 1.6


def test_the_window_is_fitted_to_what_was_cut_out():
    bounds, told = Box(0, 0, 4000, 3000), Box(230, 150, 240, 160)
    found = _fitting(blank((30, 20, 50, 30)), WINDOW, told, bounds)
    assert found == Box(220, 140, 300, 180).grow(28)  # 0.35 of 80
    assert _fitting(blank((30, 20, 31, 21)), WINDOW, Box(221, 141, 223, 143), bounds) == Box(
        220, 140, 224, 144
    ).grow(8)
    assert _fitting(blank(), WINDOW, told, bounds) == WINDOW
    assert _fitting(blank((0, 0, 1, 1)), WINDOW, told, WINDOW).left == WINDOW.left


def test_a_small_window_is_looked_at_in_the_photo_a_large_one_in_its_overview():
    image = np.random.default_rng(0).integers(0, 255, (1200, 1800, 3), np.uint8)
    overview = reduced(image, Box.of(image), 900)
    near, wide = Box(300, 200, 580, 440), Box(300, 200, 700, 600)
    assert np.array_equal(_surveyed(image, overview, near), reduced(image, near, 72)[0])
    half = Box(150, 100, 350, 300)
    assert np.array_equal(_surveyed(image, overview, wide), reduced(overview[0], half, 72)[0])


def test_strokes_beside_a_thing_are_taken_out_of_it_at_their_width():
    found = Stamp(Box(10, 20, 40, 50), np.ones((30, 30), bool))
    left = _without(found, Marks(off=([(25.5, 0), (25.5, 90)],), size=5.2)).cover
    assert left[0].tolist() == [True] * 12 + [False] * 7 + [True] * 11
    whole = Stamp(Box(10, 20, 14, 24), np.ones((4, 4), bool))
    assert _without(whole, Marks(off=([(12, 22)],), size=20)) is None


@pytest.mark.parametrize(("side", "share"), [(20, 0.06), (90, 0.12), (400, 0.5)])
def test_of_several_surroundings_those_that_show_the_thing_are_taken(side, share):
    image = sky(900, 1200)
    thing = Box(600, 450, 600, 450).grow(side // 2)
    image[thing.slices] = image[thing.slices] // 2 + np.uint8([90, 0, 0])
    marks = Marks(on=([(600.5, 450.5)],))
    view = _best_view(image, marks, Box(600, 450, 601, 451), Box.of(image))
    assert view.window.holds(thing)
    assert max(view.window.width, view.window.height) <= max(2.2 * side, 60)
    found = select(image, marks)
    assert found.box.holds(thing)
    assert thing.grow(2 + side // 40).holds(found.box)
