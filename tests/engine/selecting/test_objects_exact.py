"""What is told of a thing before it is cut out, and what of a cut is kept, to the pixel."""

import itertools

import cv2
import numpy as np
import pytest

from engine.geometry import Box
from engine.selecting.cutting import Marks, _guess, joined, seeded, trimap
from engine.selecting.judged import LEAST, MOST, _rim_share, fit_of
from engine.selecting.objects import (
    _best_guess,
    _fitting,
    _growing,
    _Guess,
    _surveyed,
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
    told = trimap(marks, WINDOW, (60, 80), 4.0)
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
    told = trimap(marks, WINDOW, (60, 80), 4.0, wide=False)
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
    told = trimap(marks, WINDOW, (60, 80), 4.0)
    assert set(np.unique(told[:10])) == {OFF}
    assert (told[30, 19], told[30, 20]) == (OFF, MAY_OFF)
    row = told[30, 20:41].tolist()
    assert row == sorted(row, key=[MAY_OFF, MAY_ON, ON].index)  # deeper is surer
    assert (row.count(MAY_OFF), row.count(MAY_ON), row.count(ON)) == (6, 8, 7)
    whole = trimap(Marks(loop=square(0, 0, 600, 600)), WINDOW, (60, 80), 4.0)
    assert whole[30, 40] == ON  # what reaches beyond the window has its depth all the same


def test_of_a_cut_what_the_marks_touch_is_kept():
    cut = blank((5, 5, 15, 15), (30, 5, 40, 15), (50, 40, 52, 43))
    on = Marks(on=([(100 + 4 * 35, 60 + 4 * 10)], [(0, 0), (1e4, 1e4)]))
    assert np.array_equal(joined(cut, on, WINDOW, 4.0), blank((30, 5, 40, 15)))
    assert not joined(cut, Marks(on=([(100, 60)],)), WINDOW, 4.0).any()
    corner = Marks(on=([(100 + 4 * 79, 60 + 4 * 59)],))
    assert joined(blank((79, 59, 80, 60)), corner, WINDOW, 4.0)[59, 79]
    loop = Marks(loop=square(100, 60, 420, 300))
    kept = blank((5, 5, 15, 15), (30, 5, 40, 15))  # 6 pixels are less than 8 % of 100
    assert np.array_equal(joined(cut, loop, WINDOW, 4.0), kept)
    assert joined(blank((0, 0, 10, 10), (30, 0, 34, 2)), loop, WINDOW, 4.0)[0, 30]
    assert not joined(blank(), loop, WINDOW, 4.0).any()


@pytest.mark.parametrize(("side", "closed"), [(5, True), (6, False)])
def test_small_holes_of_a_cut_are_closed(side, closed):
    cut = blank((10, 10, 36, 36))  # 676 pixels
    cut[20 : 20 + side, 20 : 20 + side] = False
    found = joined(cut, Marks(on=([(100 + 44, 60 + 44)],)), WINDOW, 4.0)
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


PHOTO = WINDOW.grow(500)


def fit(of, thing=None, at=(40, 30), bounds=PHOTO):
    """Return how well a cut fits a thing that is of another colour than all around it."""
    image = np.full((*of.shape, 3), 90, np.uint8)
    image[of if thing is None else thing] = (200, 180, 60)
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(np.float32)
    return fit_of(lab, of, WINDOW, bounds, at)


def test_a_cut_fits_that_is_the_whole_thing_and_not_cut_off():
    thing = blank((30, 20, 50, 40))
    whole = fit(thing)
    assert whole > fit(blank((34, 22, 54, 42)), thing)
    assert whole > fit(blank((36, 26, 44, 34)), thing)
    assert whole > fit(blank((20, 10, 60, 50)), thing)
    assert whole > fit(thing, at=(31, 21))  # pointed at its corner
    out = blank((50, 20, 80, 40))
    assert fit(out, at=(65, 30)) < fit(out, at=(65, 30), bounds=WINDOW)
    comb = blank((30, 20, 50, 24), *((x, 20, x + 2, 40) for x in range(30, 50, 4)))
    assert whole > fit(comb)


@pytest.mark.parametrize(
    ("box", "looked"),
    [((30, 20, 34, 23), True), ((30, 20, 31, 31), False), ((0, 0, 80, 51), True),
     ((0, 0, 80, 52), False), ((0, 0, 0, 0), False)],
)  # fmt: skip
def test_next_to_nothing_and_next_to_all_fit_nothing(box, looked):
    assert (LEAST, MOST) == (12, 0.85)
    assert np.isfinite(fit(blank(box), blank((30, 20, 50, 40)))) == looked


def test_a_first_guess_says_what_is_surely_the_thing_and_what_is_not():
    part = blank((30, 20, 50, 40))
    known = seeded(part, Marks(on=([(261, 182)],), off=([(221, 142)],), size=4), WINDOW, 4.0)
    row = known[30]
    assert row[:22].tolist() == [OFF] * 22 + []
    assert row[24:30].tolist() == [MAY_OFF] * 6  # 0.35 of its side to every side
    assert row[30] == row[49] == MAY_ON
    assert row[37:43].tolist() == [ON] * 6  # deeper than 0.6 of the deepest
    assert (row[34], row[45]) == (MAY_ON, MAY_ON)
    assert known[20, 30] == OFF
    assert (known[part] != OFF).sum() >= 390


def test_of_nested_parts_those_are_tried_that_differ():
    sizes = (1, 2, 5, 6, 9, 20, 39, 58)
    tried = _growing([blank((0, 0, side, side)) for side in sizes])
    areas = [int(part.sum()) for part in tried]
    assert areas[0] >= 4
    assert areas == sorted(areas)
    assert all(b >= 1.2 * a for a, b in itertools.pairwise(areas))
    assert areas[-1] == 58**2


def test_a_guess_is_laid_over_another_window_of_the_same_photo():
    guess = _Guess(WINDOW, blank((30, 20, 50, 40)))
    assert np.array_equal(guess.over(WINDOW, (60, 80)), guess.cut)
    half = guess.over(WINDOW.shift(40, -20), (30, 40))
    assert Box.around(half) == Box(10, 13, 20, 22)
    assert not guess.over(Box(600, 600, 700, 700), (20, 20)).any()


def test_the_window_is_fitted_to_what_was_cut_out():
    bounds, told = Box(0, 0, 4000, 3000), Box(230, 150, 240, 160)
    found = _fitting(_Guess(WINDOW, blank((30, 20, 50, 30))), told, bounds)
    assert found == Box(220, 140, 300, 180).grow(28)  # 0.35 of 80
    small = _Guess(WINDOW, blank((30, 20, 31, 21)))
    found = _fitting(small, Box(221, 141, 223, 143), bounds)
    assert found == Box(220, 140, 224, 144).grow(8)
    assert _fitting(_Guess(WINDOW, blank((0, 0, 1, 1))), told, WINDOW).left == WINDOW.left


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


@pytest.mark.parametrize("side", [90, 180, 400])
def test_of_several_surroundings_those_that_show_the_thing_are_taken(side):
    image = sky(900, 1200)
    thing = Box(600, 450, 600, 450).grow(side // 2)
    image[thing.slices] = image[thing.slices] // 2 + np.uint8([90, 0, 0])
    marks = Marks(on=([(600.5, 450.5)],))
    window, guess = _best_guess(image, marks, Box(600, 450, 601, 451), Box.of(image))
    assert guess is not None
    assert window.holds(thing)
    assert max(window.width, window.height) <= max(2.2 * side, 60)
    found = select(image, marks)
    assert found.box.holds(thing)
    assert thing.grow(2 + side // 40).holds(found.box)
