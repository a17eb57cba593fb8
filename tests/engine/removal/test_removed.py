"""Nothing that is to be removed reaches a fill, whatever the route and however wide it looks."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.ask import Ask
from engine.classical import classical
from engine.geometry import Box
from engine.photo_only import photo_only
from engine.record.planes import Plane
from engine.removal.jobs import Draw, from_photo
from engine.removal.latents import Latent
from engine.removal.remover import Remover
from engine.removal.scene import Scene, describe, everything
from engine.windows.planning import together
from tests.engine.removal.stand_ins import SIZE, Nobody, painted

few = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
holes = st.lists(
    st.tuples(st.integers(0, 80), st.integers(0, 80), st.integers(4, 16), st.integers(4, 16)),
    min_size=2,
    max_size=4,
)


def photos(mask, seed):
    """Return two photos that differ under the mask alone."""
    chance = np.random.default_rng(seed)
    one, other = chance.integers(0, 256, (2, SIZE, SIZE, 3), np.uint8)
    return one, np.where(mask[..., None], other, one)


def remover_of(inpainter):
    return Remover(lambda device: inpainter)


def each_hole(remover, image, mask, context):
    """Yield the fills of every hole as the window makes them, inside the hole."""
    scene = Scene(image, context=context)
    found = [describe(scene, mask, box) for box in together(mask)]
    scene = Scene(image, context=context, removed=everything(mask, found))
    for hole in found:
        drawn = Draw(remover, scene, hole, [Latent(), Latent(101)])(Nobody(), 0.0, 1.0)
        for answer in (*drawn, from_photo(remover, scene, hole, lambda fraction: None)):
            yield answer.patch[hole.mask]


@few
@given(boxes=holes, context=st.sampled_from([0.5, 1.0, 2.0, 4.0]))
def test_the_window_route(inpainter, boxes, context):
    mask, remover = painted(boxes), remover_of(inpainter)
    one, other = photos(mask, len(boxes))
    pairs = zip(
        each_hole(remover, one, mask, context),
        each_hole(remover, other, mask, context),
        strict=True,
    )
    assert all(np.array_equal(*pair) for pair in pairs)


@few
@given(boxes=holes, context=st.sampled_from([0.5, 1.0, 2.0, 4.0]), alone=st.booleans())
def test_the_route_without_a_window(inpainter, boxes, context, alone):
    mask, remover = painted(boxes), remover_of(inpainter)
    patches = [
        remover.remove(Ask(image, mask, context=context), [0], lambda f: None, photo_only=alone)[
            0
        ].patch
        for image in photos(mask, 3)
    ]
    box = Box.around(mask)
    assert np.array_equal(*(patch[mask[box.slices]] for patch in patches))


@pytest.mark.parametrize("fill", [photo_only, classical])
def test_a_fill_of_one_hole_takes_nothing_from_another(fill):
    mask = painted([(20, 20, 10, 10), (36, 20, 10, 10)])
    box = Box(20, 20, 30, 30)
    patches = [fill(image, mask, 0, box=box).patch for image in photos(mask, 1)]
    assert patches[0].shape == (10, 10, 3)
    assert np.array_equal(*patches)


def test_a_hole_that_stands_for_itself_takes_the_rest_for_known():
    """Recipes of versions 1 and 2 were made so, and replay so."""
    scene = Scene(np.zeros((40, 40, 3), np.uint8))
    box, mask = Box(5, 5, 10, 10), np.ones((5, 5), bool)
    assert scene.unknown(box, mask).sum() == 25
    other = Plane.of_bits(Box(20, 20, 22, 22), np.ones((2, 2), bool))
    assert Scene(scene.image, removed=other).unknown(box, mask).sum() == 29
