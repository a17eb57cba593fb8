"""What a user keeps out of a fill is never copied, and what they take from is copied alone."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ask import Ask
from engine.detail.guided import TOO_LITTLE, paint_guided, paint_small
from engine.errors import ImageError
from engine.geometry import Box
from engine.photo_only import fill_alone
from engine.record.planes import Plane
from engine.record.sources import ANYWHERE, Sources
from engine.record.steps import FilledHole, FillStep
from engine.removal.choice import Kind
from engine.removal.jobs import from_photo
from engine.removal.line_jobs import FindLines
from engine.removal.panorama import fill_around
from engine.removal.remover import Remover
from engine.removal.replay import replay
from engine.removal.scene import Scene, describe
from engine.running.threads import at_most
from engine.windows.canvas import Canvas
from engine.windows.planning import Window
from tests.engine.structure import drawings as draw

SHAPE = 180, 240
HOLE = Box(90, 70, 130, 110)
RIM = 12
"""Marks in the tests keep so far from the hole, as its fill follows the tones of its rim."""


def nothing(fraction):
    assert 0 <= fraction <= 1


def hole(box=HOLE, shape=SHAPE):
    out = np.zeros(shape, bool)
    out[box.slices] = True
    return out


def marked(where, shape=SHAPE, seed=0):
    """Return noise of green and blue that is red, too, in some places and there alone."""
    out = np.random.default_rng(seed).integers(60, 160, (*shape, 3)).astype(np.uint8)
    out[..., 0] = np.where(where, out[..., 0] + 40, 0)
    return out


@st.composite
def places(draw):
    """Return some rectangles and speckles of a photo that keep away from its hole."""
    out = np.zeros(SHAPE, bool)
    for _ in range(draw(st.integers(1, 6))):
        left, top = draw(st.integers(0, 220)), draw(st.integers(0, 160))
        out[top : top + draw(st.integers(1, 90)), left : left + draw(st.integers(1, 90))] = True
    if draw(st.booleans()):
        rng = np.random.default_rng(draw(st.integers(0, 99)))
        out |= rng.random(SHAPE) < draw(st.sampled_from([0.001, 0.01]))
    out[HOLE.grow(RIM).slices] = False
    return out


@settings(max_examples=12, deadline=None)
@given(where=places(), seed=st.integers(0, 3))
def test_nothing_of_what_is_kept_out_is_copied(where, seed):
    ask = Ask(marked(where), hole(), sources=Sources.of(where).allowed(SHAPE))
    result = fill_alone(ask, seed)
    assert result.box == HOLE
    assert result.patch[..., 0].max() == 0
    assert result.patch[..., 1].min() > 30


def test_without_the_marks_it_would_be_copied():
    where = ~hole(HOLE.grow(RIM))
    assert fill_alone(Ask(marked(where), hole())).patch[..., 0].max() > 60


@settings(max_examples=6, deadline=None)
@given(left=st.integers(0, 170), top=st.integers(0, 120), seed=st.integers(0, 3))
def test_only_what_is_taken_from_is_copied(left, top, seed):
    where = np.zeros(SHAPE, bool)
    where[top : top + 60, left : left + 70] = True
    where[HOLE.grow(RIM).slices] = False
    image = marked(where)
    image[where, 1:] = 0
    sources = Sources.of(None, where).allowed(SHAPE)
    patch = fill_alone(Ask(image, hole(), sources=sources), seed).patch
    assert np.median(patch[..., 0]) > 60
    assert patch[4:-4, 4:-4, 1:].max() < 12


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_what_is_taken_from_may_lie_far_away(dtype):
    shape = 300, 1500
    where = np.zeros(shape, bool)
    where[20:100, 1380:1480] = True
    image = marked(where, shape).astype(dtype) * dtype(257 if dtype == np.uint16 else 1)
    image[where, 1:] = 0
    mask = hole(shape=shape)
    patch = fill_alone(Ask(image, mask, sources=Sources.of(None, where).allowed(shape))).patch
    assert patch.dtype == dtype
    assert patch[4:-4, 4:-4, 0].min() > 0
    assert patch[4:-4, 4:-4, 1:].max() < 12 * (257 if dtype == np.uint16 else 1)


def test_both_together_take_from_what_is_left():
    avoid, take = hole(Box(0, 0, 60, 60)), hole(Box(30, 0, 90, 60))
    allowed = Sources.of(avoid, take).allowed(SHAPE)
    assert (allowed == (take & ~avoid)).all()
    assert Sources.of(hole(Box(0, 0, 0, 0)), None) == ANYWHERE
    assert ANYWHERE.allowed(SHAPE) is None


@pytest.mark.parametrize("side", [0, 4, 11])
def test_too_little_to_copy_is_said_and_not_blurred_over(side):
    take = hole(Box(10, 10, 10 + side, 10 + side))
    sources = np.zeros(SHAPE, bool) | take
    with pytest.raises(ImageError) as refused:
        fill_alone(Ask(marked(hole()), hole(), sources=sources))
    assert refused.value.sentence == TOO_LITTLE


def test_a_fill_that_follows_a_network_copies_no_more_than_one_that_does_not():
    where = ~hole(HOLE.grow(RIM))
    where[:60] = False
    image, red = marked(where), np.zeros((1, 64, 64, 3), np.float32)
    red[..., 0] = 1
    window = Window(Box(20, 0, 200, 180), HOLE)
    canvas = Canvas(image, hole(), HOLE, Sources.of(where).allowed(SHAPE))
    paint_guided([canvas], window, red, [1], nothing, red.repeat(2, 1).repeat(2, 2))
    assert canvas.patch[..., 0].max() == 0


def test_a_small_hole_does_not_copy_it_either():
    small = Box(100, 80, 120, 95)
    where = ~hole(small.grow(RIM + 30))
    canvas = Canvas(marked(where), hole(small), small, Sources.of(where).allowed(SHAPE))
    paint_small([canvas], Window(small.grow(60), small), [0], nothing)
    assert canvas.patch[..., 0].max() == 0


@pytest.mark.parametrize("guided", [True, False])
def test_what_is_taken_from_a_darker_place_is_no_paler_than_most_of_it(guided):
    rng = np.random.default_rng(0)
    image = np.full((*SHAPE, 3), (210, 200, 185), np.uint8)
    pale = np.linspace(0, 1, 160)[:, None, None]  # what is around is nearest to its pale end
    sea = (1 - pale) * (20, 60, 90) + pale * (150, 190, 220)
    image[10:170, 150:230] = sea
    image = (image + rng.integers(-9, 10, image.shape)).astype(np.uint8)
    box, take = Box(30, 50, 110, 130), np.zeros(SHAPE, bool)
    take[10:170, 150:230] = True
    canvas = Canvas(image, hole(box), box, Sources.of(None, take).allowed(SHAPE))
    sand = np.full((1, 64, 64, 3), (0.82, 0.78, 0.73), np.float32)
    answers = sand if guided else None
    paint_guided([canvas], Window(box.grow(30), box), answers, [0], nothing)
    assert abs(np.median(canvas.patch[24:-24, 24:-24, 0]) - 85) < 35


def test_a_thin_photo_and_one_that_goes_around_are_limited_alike():
    shape = 8, 200
    where = np.zeros(shape, bool)
    where[:, 130:] = True
    mask, image = hole(Box(50, 2, 70, 6), shape), marked(where, shape)
    assert fill_alone(Ask(image, mask)).patch[..., 0].max() == 0
    sources = Sources.of(None, where).allowed(shape)
    assert np.median(fill_alone(Ask(image, mask, sources=sources)).patch[..., 0]) > 60
    where = np.zeros(SHAPE, bool)
    where[:, 60:180] = True
    mask = hole(Box(0, 70, 20, 110)) | hole(Box(225, 70, 240, 110))
    ask = Ask(marked(where), mask, sources=Sources.of(where).allowed(SHAPE))

    def fill(ask, seeds, progress, z=None):
        return [fill_alone(ask, seed, progress) for seed in seeds]

    [result] = fill_around(fill, ask, [0], nothing)
    assert result.patch[mask[result.box.slices], 0].max() == 0


def test_other_marks_are_another_question_for_the_same_hole():
    where = ~hole(HOLE.grow(RIM))
    scene = Scene(marked(where))
    one = describe(scene, hole(), HOLE)
    remover = Remover(lambda device: None)
    before = from_photo(remover, scene, one, nothing)
    limited = Scene(scene.image, kept=scene.kept, sources=Sources.of(where))
    after = from_photo(remover, limited, one, nothing)
    assert before.patch[..., 0].max() > 60
    assert after.patch[..., 0].max() == 0


def test_a_photo_of_other_colours_is_converted_as_far_as_is_copied_from_and_once():
    class Same:
        calls = 0

        def to_srgb(self, pixels):
            self.calls += 1
            return pixels

    shape = 1200, 2400
    take = hole(Box(2300, 1100, 2390, 1190), shape)
    colour, image = Same(), marked(take, shape)
    one, other = hole(Box(20, 20, 60, 60), shape), hole(Box(100, 20, 140, 60), shape)
    scene = Scene(image, colour, sources=Sources.of(None, take))
    for mask in (one, other):
        box = Box.around(mask)
        ask = scene.ask(box, mask[box.slices], [(box, box)], owner=box)
        assert (ask.image == image).all()
    assert colour.calls == 1
    near = Scene(image, colour).ask(box, mask[box.slices], [(box, box)], owner=box)
    assert not near.image[1100:, 2300:].any()


def test_threads_change_nothing():
    where = ~hole(HOLE.grow(RIM))
    where[:60] = False
    mask = hole() | hole(Box(10, 130, 40, 160)) | hole(Box(180, 120, 220, 170))
    where[Box(0, 115, 240, 180).slices] = False
    ask = Ask(marked(where), mask, sources=Sources.of(where).allowed(SHAPE))
    found = []
    for threads in (1, 2):
        with at_most(threads):
            found.append(fill_alone(ask).patch)
    assert (found[0] == found[1]).all()


def test_a_step_of_a_recipe_is_done_again_with_its_marks():
    where = ~hole(HOLE.grow(RIM))
    image = marked(where)
    bits = np.ones((HOLE.height, HOLE.width), bool)
    holes = (FilledHole(Plane.of_bits(HOLE, bits), Kind.PHOTO),)
    remover = Remover(lambda device: None)
    red = []
    for sources in (ANYWHERE, Sources.of(where)):
        [done] = replay([FillStep(holes, sources=sources)], Scene(image.copy()), image, remover)
        [(box, patch)] = done.patches
        assert box == HOLE
        red.append(int(patch[..., 0].max()))
    assert red[0] > 60
    assert red[1] == 0


def test_a_line_is_carried_from_the_side_that_may_be_copied_alone():
    photo, mask = draw.edge(0.7, 0.0), draw.disc()
    box = Box.around(mask)
    left = np.zeros(mask.shape, bool)
    left[:, : box.left - 2] = True
    photo = photo.copy()
    photo[left, 0] = 255
    photo[~left, 0] = 0
    both = FindLines(Scene(photo), box, mask[box.slices], 0.0)(Quiet())
    one = FindLines(Scene(photo, sources=Sources.of(left)), box, mask[box.slices], 0.0)(Quiet())
    none = FindLines(
        Scene(photo, sources=Sources(take=one_corner(mask))), box, mask[box.slices], 0.0
    )
    assert both.lines
    assert len(one.lines) == len(both.lines)
    assert none(Quiet()).lines == ()
    fill = fill_alone(Ask(photo, mask, sources=Sources.of(left).allowed(mask.shape)))
    assert fill.patch[mask[fill.box.slices], 0][box.width * 6 :].max() < 60


def test_a_line_takes_nothing_from_beside_it_that_is_kept_out():
    photo, mask = draw.edge(0.7, 0.0), draw.disc()
    where = np.zeros(mask.shape, bool)
    where[len(mask) // 2 + 4 :] = True
    where &= cv2.dilate(mask.view(np.uint8), np.ones((31, 31), np.uint8)) == 0
    photo = photo.copy()
    photo[..., 0] = np.where(where, 255, 0)
    free, limited = (
        fill_alone(Ask(photo, mask, sources=sources))
        for sources in (None, Sources.of(where).allowed(mask.shape))
    )
    inside = mask[free.box.slices]
    assert free.patch[inside, 0].max() > 100
    assert limited.patch[inside, 0].max() < 10


def one_corner(mask):
    return Plane.of_bits(Box(0, 0, 30, 30), np.ones((30, 30), bool))


class Quiet:
    """A report nobody reads."""

    def check(self):
        """Go on."""
