"""Colours that nobody can see, under full transparency, reach no fill, whatever the route."""

import dataclasses
from functools import partial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.ask import Ask
from engine.classical import classical
from engine.geometry import Box
from engine.photo_only import fill_alone
from engine.record.planes import Plane
from engine.record.steps import FilledHole, FillStep
from engine.removal.choice import Kind
from engine.removal.jobs import Draw, from_photo
from engine.removal.latents import Latent
from engine.removal.panorama import fill_around
from engine.removal.remover import Remover
from engine.removal.replay import replay
from engine.removal.scene import Scene, describe, everything
from engine.windows.planning import together
from tests.engine.removal.stand_ins import SIZE, Nobody, nothing, painted

SEEN = (200, 150, 90)
few = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
boxes = st.lists(
    st.tuples(st.integers(0, 80), st.integers(0, 80), st.integers(4, 30), st.integers(4, 30)),
    min_size=1,
    max_size=3,
)


def photos(clear, seed, size=SIZE):
    """Return two photos that differ where they are clear, and there alone."""
    shape = (*clear.shape, 3)
    one, other = np.random.default_rng(seed).integers(0, 256, (2, *shape), np.uint8)
    return one, np.where(clear[..., None], other, one)


def remover_of(inpainter):
    return Remover(lambda device: inpainter)


def by_window(remover, image, mask, clear, around=False):
    """Yield the fills of every hole as the window makes them, inside the hole."""
    scene = Scene(image, clear=clear, around=around)
    found = [describe(scene, mask, box) for box in together(mask)]
    scene = dataclasses.replace(scene, removed=everything(mask, found))
    for hole in found:
        drawn = Draw(remover, scene, hole, [Latent(), Latent(101)])(Nobody(), 0.0, 1.0)
        for answer in (*drawn, from_photo(remover, scene, hole, nothing)):
            yield answer.patch[hole.mask]


def by_replay(remover, image, mask, clear, around=False):
    """Yield what a recipe changes."""
    planes = [Plane.of_bits(box, mask[box.slices]) for box in together(mask)]
    holes = [FilledHole(p, kind) for p, kind in zip(planes, [Kind.NETWORK, Kind.PHOTO] * 3)]  # noqa: B905
    whole = Box.around(mask)
    step = FillStep(tuple(holes), Plane.of_bits(whole, mask[whole.slices]))
    scene = Scene(image.copy(), clear=clear, around=around)
    list(replay([step], scene, image, remover))
    yield scene.image[mask]


def by_command(remover, image, mask, clear, around=False):
    """Yield the fills of the command line."""
    for alone in (False, True):
        fill = partial(remover.remove, say=print, photo_only=alone)
        fill = partial(fill_around, fill) if around else fill
        for result in fill(Ask(image, mask, clear), [0, 5], nothing):
            out = image.copy()
            out[result.box.slices] = result.patch
            yield out[mask]


@pytest.mark.parametrize("route", [by_window, by_replay, by_command])
@pytest.mark.parametrize("around", [False, True])
@few
@given(holes=boxes, hidden=boxes)
def test_other_hidden_colours_give_the_same_fill(inpainter, route, around, holes, hidden):
    mask, clear, remover = painted(holes), painted(hidden), remover_of(inpainter)
    one, other = photos(clear, len(hidden))
    fills = [list(route(remover, image, mask, clear, around)) for image in (one, other)]
    assert fills[0]
    assert all(np.array_equal(*pair) for pair in zip(*fills, strict=True))


@pytest.mark.parametrize("height", [1, 5])
def test_so_in_photos_a_few_pixels_thin(inpainter, height):
    mask, clear = np.zeros((2, height, 90), bool)
    mask[:, 40:50], clear[:, 45:70], clear[:, :10] = True, True, True
    one, other = photos(clear, 1)
    fills = [list(by_command(remover_of(inpainter), im, mask, clear)) for im in (one, other)]
    assert all(np.array_equal(*pair) for pair in zip(*fills, strict=True))


@pytest.mark.parametrize("route", [by_window, by_replay, by_command])
def test_a_cut_out_beside_black_keeps_its_colour(inpainter, route):
    """The hole lies at the edge of what is seen, half over what is clear."""
    clear = np.zeros((SIZE, SIZE), bool)
    clear[:, :48] = True
    image = np.where(clear[..., None], 0, SEEN).astype(np.uint8)
    mask = painted([(40, 30, 20, 20)])
    image[mask] = 255
    fills = list(route(remover_of(inpainter), image, mask, clear))
    far = [np.abs(fill.astype(int) - SEEN).max() for fill in fills]
    assert far[-1] <= 1, "copied from the photo"


def test_only_the_hole_is_filled(inpainter):
    mask, clear = painted([(40, 30, 8, 8)]), painted([(50, 20, 40, 40)])
    image = photos(clear, 4)[0]
    remover = remover_of(inpainter)
    for alone in (False, True):
        ask = Ask(image, mask, clear)
        [result] = remover.remove(ask, [0], nothing, say=print, photo_only=alone)
        assert result.box == Box.around(mask)


def test_where_everything_is_clear_something_comes_out(inpainter):
    mask, clear = painted([(40, 30, 8, 8)]), np.ones((SIZE, SIZE), bool)
    one, other = photos(clear, 2)
    fills = [list(by_command(remover_of(inpainter), im, mask, clear)) for im in (one, other)]
    assert all(np.array_equal(*pair) for pair in zip(*fills, strict=True))


@pytest.mark.parametrize("fill", [fill_alone, classical])
def test_the_last_resorts_copy_nothing_hidden(fill):
    mask, clear = painted([(20, 20, 10, 10)]), painted([(28, 15, 30, 30)])

    def failing(*args, **how):
        raise MemoryError

    remover = Remover(lambda device: None, photo_only=fill if fill is fill_alone else failing)
    patches = [
        remover.fill_from_photo(Ask(image, mask, clear), 0, nothing).patch
        for image in photos(clear, 1)
    ]
    assert patches[0].shape == (10, 10, 3)
    assert np.array_equal(*(patch[mask[20:30, 20:30]] for patch in patches))
