"""What is told of a thing before it is cut out, and what of a cut is kept, to the pixel."""

import itertools

import cv2
import numpy as np
import pytest

from engine.geometry import Box
from engine.selecting.agreed import agreements
from engine.selecting.cutting import Marks, disc_trimap, grab_cut, joined, seeded, trimap
from engine.selecting.guess import Guess
from engine.selecting.guesses import _growing, _thinned, guesses
from engine.selecting.judged import LEAST, MOST, _rim_share, fit_of
from engine.selecting.mixture import Mixtures
from engine.selecting.objects import _sizes, _without, amend, look, outlined, select, stepped
from engine.selecting.reduced import reduced
from engine.selecting.survey import Survey
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


def test_a_disc_around_a_click_or_along_a_stroke_may_be_the_thing():
    marks = Marks(on=([(261, 182)],), size=4)
    told = disc_trimap(marks, WINDOW, (60, 80), 4.0, 0.2)
    rows, columns = np.nonzero(told == MAY_ON)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (18, 42, 28, 52)
    assert told[30, 40] == ON
    assert told[20, 20] == MAY_OFF
    assert (told[0] == OFF).all()
    along = (
        disc_trimap(Marks(on=([(181, 182), (341, 182)],)), WINDOW, (60, 80), 4.0, 0.2) != MAY_OFF
    )
    assert along[30 - 11 : 30 + 12, 20:61].all()
    assert not along[4:16, 4:76].any()
    assert along[30, 8]
    assert along[18, 20]  # the first end is round
    assert (disc_trimap(marks, WINDOW, (9, 9), 36.0, 0.01)[2:7, 2:7] != MAY_OFF).sum() >= 9


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
    assert areas[-1] == 39**2  # more than 0.6 of all is no part


def test_at_most_so_many_parts_are_looked_at_evenly():
    parts = [blank((0, 0, side, side)) for side in range(1, 12)]
    assert [int(part.sum()) for part in _thinned(parts, 3)] == [1, 36, 121]
    assert _thinned(parts[:2], 3) == parts[:2]


def test_a_guess_is_laid_over_another_window_of_the_same_photo():
    guess = Guess(WINDOW, blank((30, 20, 50, 40)))
    assert np.array_equal(guess.over(WINDOW, (60, 80)), guess.cut)
    half = guess.over(WINDOW.shift(40, -20), (30, 40))
    assert Box.around(half) == Box(10, 12, 20, 22)
    assert half.sum() == 100
    assert not guess.over(Box(600, 600, 700, 700), (20, 20)).any()
    assert guess.box == Box(220, 140, 300, 220)
    assert guess.holds(220, 140)
    assert not any(guess.holds(x, y) for x, y in ((219, 140), (300, 150), (-500, 150), (250, 9000)))


def test_cuts_of_two_surroundings_agree_and_a_chance_part_does_not():
    wide = WINDOW.grow(100)
    thing = Guess(WINDOW, blank((30, 20, 50, 40)))
    again = Guess(wide, thing.over(wide, (110, 130)))
    chance = Guess(WINDOW, blank((40, 28, 79, 32)))
    found = agreements([thing, again, chance], (260, 180), 1000)
    assert found[0] == found[1]
    assert found[0] > 0.85
    assert found[2] < 0.4
    assert agreements([thing, thing], (260, 180), 1000).tolist() == [0, 0]  # one window
    assert not len(agreements([], (0, 0), 9))


def test_a_small_window_is_looked_at_in_the_photo_a_large_one_in_its_overview():
    image = np.random.default_rng(0).integers(0, 255, (1200, 1800, 3), np.uint8)
    overview = reduced(image, Box.of(image), 900)[0]
    near, wide, half = Box(300, 200, 580, 440), Box(300, 200, 700, 600), Box(150, 100, 350, 300)
    for survey in (Survey(image), Survey(image, overview)):
        assert np.array_equal(survey.small(near, 72), reduced(image, near, 72)[0])
        assert np.array_equal(survey.small(wide, 72), reduced(overview, half, 72)[0])


def test_colours_once_taken_apart_cut_as_grab_cut_does():
    thing = blank((30, 20, 50, 40))
    image = sky(60, 80)
    image[thing] = (190, 70, 50)
    image[20:30, 30:50] = (60, 90, 40)
    known = seeded(blank((34, 22, 48, 36)), Marks(), WINDOW, 4.0)
    mixtures = Mixtures(image)
    cut = mixtures.cut(known, 2)
    assert (cut ^ thing).sum() < 0.03 * thing.sum()
    assert (cut ^ grab_cut(image, known, 2)).sum() < 0.03 * thing.sum()
    assert np.array_equal(cut, mixtures.cut(known, 2))
    for kind, whole in ((OFF, False), (ON, True)):
        assert (mixtures.cut(np.full((60, 80), kind, np.uint8)) == whole).all()


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
    marks, survey = Marks(on=([(600.5, 450.5)],)), Survey(image)
    best = max(guesses(survey, marks), key=lambda guess: guess.fit)
    assert best.window.holds(thing)
    assert best.agreed > 0.8
    found = select(image, marks)
    tight = Box.around(found.cover).shift(found.box.left, found.box.top)
    assert tight.holds(thing)
    assert thing.grow(2).holds(tight)


def test_of_each_size_the_likeliest_guess_is_offered():
    sizes = [Guess(WINDOW, blank((10, 10, 10 + side, 10 + side)), fit) for side, fit in
             ((5, 0.1), (6, 0.3), (12, 0.5), (13, 0.2), (30, 0.4))]  # fmt: skip
    offered = _sizes(sizes[::-1])
    assert [guess.likeness for guess in offered] == [0.1, 0.3, 0.5, 0.4]


@pytest.fixture
def two():
    """Return a photo of a thing of two halves, each of a colour of its own, and the halves."""
    image = sky(600, 800)
    left, right = Box(300, 250, 380, 350), Box(380, 250, 460, 350)
    image[left.slices], image[right.slices] = (200, 60, 50), (40, 60, 160)
    return image, left, right


def share(found, box):
    """Return how much of ``box`` was found, and how much else in shares of it."""
    out = np.zeros((600, 800), bool)
    out[found.stamp.box.slices] = found.stamp.cover
    inside = float(out[box.slices].mean())
    return inside, out.sum() / (box.width * box.height) - inside


def test_more_marks_add_a_part_or_take_one_away(two):
    image, left, right = two
    survey, marks = Survey(image), Marks(on=([(340, 300)],))
    half = Guess(Box(220, 170, 540, 430), blank((20, 20, 40, 45), shape=(65, 80)), 1.0)
    one = look(survey, marks)._replace(stamp=outlined(survey, marks, half), others=())
    assert share(one, left)[0] > 0.95
    assert share(one, right)[0] < 0.1
    marks = marks._replace(on=(*marks.on, [(420, 300)]))
    both = amend(survey, marks, one, more=True)
    assert min(share(both, left)[0], share(both, right)[0]) > 0.95
    assert share(both, left.union(right))[1] < 0.1
    marks = marks._replace(off=([(430, 310)],))
    again = amend(survey, marks._replace(on=marks.on[:1]), both, more=False)
    assert share(again, left)[0] > 0.95
    assert share(again, right)[0] < 0.1


def test_where_no_part_is_seen_the_mark_itself_is_taken_away(two):
    image, left, _ = two
    thing = Stamp(left, np.ones((100, 80), bool))
    marks = Marks(on=([(340, 300)],), off=([(341, 301)],), size=8)
    found = amend(Survey(image), marks, look(Survey(image), Marks(loop=square(290, 240, 390, 360)))
                  ._replace(stamp=thing, others=()), more=False)  # fmt: skip
    assert not found.stamp.over(Box.of(image))[301, 341]
    assert thing.cover.all()  # the step of before is not changed


def test_what_else_may_have_been_meant_is_larger_or_smaller(two):
    image, left, right = two
    survey, marks = Survey(image), Marks(on=([(340, 300)],))
    found = look(survey, marks)
    areas, down = [found.stamp.cover.sum()], found
    while (down := stepped(survey, marks, down, -1)) is not None:
        areas.insert(0, down.stamp.cover.sum())
    while (found := stepped(survey, marks, found, 1)) is not None:
        areas.append(found.stamp.cover.sum())
    assert len(areas) >= 3
    whole, half = (left.union(right), left)
    for box in (whole, half):
        assert min(abs(area / (box.width * box.height) - 1) for area in areas) < 0.06
    assert stepped(survey, marks, look(survey, Marks(loop=square(290, 240, 470, 360))), 1) is None
