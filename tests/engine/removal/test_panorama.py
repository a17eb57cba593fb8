"""A photo that goes once around is filled across its edges; others are filled as they are."""

import dataclasses

import numpy as np
import pytest

from engine.ask import Ask
from engine.geometry import Box
from engine.photo import read_photo
from engine.photo_only import fill_alone
from engine.record.planes import Plane
from engine.removal.jobs import patch_from_photo
from engine.removal.line_jobs import FindLines
from engine.removal.panorama import fill_around, goes_around
from engine.removal.remover import Remover
from engine.removal.scene import Scene
from engine.structure.given import NOTHING, Given, Stroke, rolled
from engine.windows import planning

WIDTH, HEIGHT = 256, 96


def nothing(fraction):
    assert 0 <= fraction <= 1


def fill(ask, seeds, progress, z=None):
    return [fill_alone(ask, seed, progress) for seed in seeds]


@pytest.fixture
def image():
    """A picture without a seam: its tone goes up and down once around."""
    around = 120 + 60 * np.sin(2 * np.pi * np.arange(WIDTH) / WIDTH + 0.7)
    grain = np.random.default_rng(1).normal(0, 1, (HEIGHT, WIDTH, 3))
    return np.clip(around[None, :, None] + grain, 0, 255).astype(np.uint8)


def holes(*boxes):
    mask = np.zeros((HEIGHT, WIDTH), bool)
    for rows, columns in boxes:
        mask[rows, columns] = True
    return mask


def put(image, result):
    out = image.copy()
    out[result.box.slices] = result.patch
    return out


def step(image, rows):
    """Return how far the two edges are apart, in grey values, where they were filled."""
    edges = image[rows, :3], image[rows, -3:]
    left, right = (edge.astype(float).mean(axis=(1, 2)) for edge in edges)
    return np.abs(left - right).mean()


ROWS = slice(30, 60)
EDGES = [(ROWS, slice(0, 25)), (ROWS, slice(WIDTH - 20, WIDTH))]
BAND = [(ROWS, slice(0, WIDTH))]


@pytest.mark.parametrize("boxes", [EDGES, EDGES[:1], [*EDGES, (ROWS, slice(100, 120))], BAND])
def test_a_fill_meets_at_the_edges_and_nothing_else_changes(image, boxes):
    mask = holes(*boxes)
    spoilt = image.copy()
    spoilt[mask] = 255
    results = fill_around(fill, Ask(spoilt, mask), [0, 5], nothing)
    assert [result.seed for result in results] == [0, 5]
    for result in results:
        out = put(spoilt, result)
        assert (out[~mask] == spoilt[~mask]).all()
        assert (out[mask] != 255).all()
        assert step(out, ROWS) <= step(image, ROWS) + 0.8


def test_the_photo_is_turned_to_where_nothing_is_masked(image):
    seen = []

    def watched(ask, seeds, progress, z):
        seen.append(ask.mask.copy())
        return fill(ask, seeds, progress)

    fill_around(watched, Ask(image, holes(*EDGES)), [0], nothing)
    assert not seen[0][:, :90].any()
    assert not seen[0][:, -90:].any()
    assert seen[0].sum() == 30 * 45


def test_a_hole_far_from_the_edges_is_filled_as_ever(image):
    mask = holes((ROWS, slice(100, 130)))
    [around], [plain] = (f(Ask(image, mask), [3], nothing) for f in (around_fill, fill))
    assert around.box == plain.box
    assert np.array_equal(around.patch, plain.patch)


def around_fill(*words):
    return fill_around(fill, *words)


def each_in_its_box(image, mask, boxes, around):
    """Return the photo as the window fills it: a hole is a box, and none goes across the edge."""
    remover = Remover(lambda device: None)
    whole = Box.around(mask)
    scene = Scene(image, removed=Plane.of_bits(whole, mask[whole.slices]), around=around)
    out = image.copy()
    for box in boxes:
        ask = scene.ask_photo(box, mask[box.slices])
        out[box.slices] = patch_from_photo(remover, scene, ask, mask[box.slices], nothing)
    return out


@pytest.mark.parametrize("boxes", [EDGES, EDGES[:1], [*EDGES, (ROWS, slice(100, 120))], BAND])
def test_holes_of_the_window_and_of_recipes_meet_at_the_edges(image, boxes):
    mask = holes(*boxes)
    spoilt = image.copy()
    spoilt[mask] = 255
    out = each_in_its_box(spoilt, mask, planning.holes(mask), around=True)
    assert (out[~mask] == spoilt[~mask]).all()
    assert (out[mask] != 255).all()
    assert step(out, ROWS) <= step(image, ROWS) + 0.8


class Quiet:
    def check(self):
        pass


def wired(slope=0.2):
    """Return a photo with a dark wire across its edges, the hole there, and the wire's way."""
    rng = np.random.default_rng(4)
    x, y = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    beside = (x + WIDTH // 2) % WIDTH - WIDTH // 2
    off = np.abs(y - 45 - slope * beside)
    grey = np.where(off < 3, 200 - 140 * np.clip(3 - off, 0, 1), 200)
    photo = grey[..., None] + rng.normal(0, 2, (HEIGHT, WIDTH, 3))
    return np.clip(photo, 0, 255).astype(np.uint8), np.hypot(beside, y - 45) < 24, off


def at_left(image, mask, given=NOTHING):
    """Return what a window shows and fills of the part of a hole at the left edge."""
    box = next(box for box in planning.holes(mask) if box.left == 0)
    bits = mask[box.slices]
    removed = Plane.around(mask)
    scene = Scene(image, removed=removed, around=True, lines=given)
    ask = scene.ask_photo(box, bits)
    patch = patch_from_photo(Remover(lambda device: None), scene, ask, bits, nothing)
    return FindLines(scene, box, bits, 0.0)(Quiet()).lines, box, patch


def miss(photo, box, patch, mask):
    return float(np.abs(patch.astype(float) - photo[box.slices])[mask[box.slices]].mean())


def test_a_line_is_carried_across_the_edges_shown_there_and_dropped():
    photo, mask, off = wired()
    spoilt = photo.copy()
    spoilt[mask] = 255
    lines, box, patch = at_left(spoilt, mask)
    assert lines
    for line in lines:
        xs = [x for x, _ in line.way.points]
        assert line.carried
        assert min(xs) < 0 < max(xs) or min(xs) < WIDTH < max(xs)
    assert miss(photo, box, patch, mask & (off < 3)) < 25
    dropped = Given(dropped=tuple(line.way for line in lines))
    again, _, other = at_left(spoilt, mask, dropped)
    assert not any(line.carried for line in again)
    assert {one for line in again for one in line.dropped} == set(dropped.dropped)
    assert (other != patch).any()


def test_strokes_that_meet_at_the_edges_are_one_line_there():
    photo, mask, off = wired(0.0)
    spoilt = photo.copy()
    spoilt[mask] = 255
    left, right = Stroke(((30.0, 45.0), (0.0, 45.0))), Stroke(((226.0, 45.0), (255.0, 45.0)))
    turned = rolled(Given(drawn=(left, right)), 100, WIDTH)
    [line] = turned.drawn
    assert sorted([line.points[0][0], line.points[-1][0]]) == [70.0, 130.0]
    apart = rolled(Given(drawn=(left, Stroke(((226.0, 60.0), (255.0, 60.0))))), 100, WIDTH)
    assert len(apart.drawn) == 2
    lines, box, patch = at_left(spoilt, mask, Given(drawn=(left, right)))
    assert {one.drawn for one in lines} == {None, left, right}
    assert miss(photo, box, patch, mask & (off < 3)) < 25


def test_a_hole_apart_from_the_edges_is_none_of_theirs(image):
    mask = holes((ROWS, slice(100, 130)))
    boxes = planning.holes(mask)
    fills = [each_in_its_box(image, mask, boxes, around=around) for around in (True, False)]
    assert np.array_equal(*fills)


HEAD = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description'


@pytest.mark.parametrize(
    ("xmp", "around"),
    [
        (f'{HEAD} GPano:ProjectionType="equirectangular"/>', True),
        (f"{HEAD}><GPano:ProjectionType>equirectangular</GPano:ProjectionType>", True),
        (f"{HEAD} ns1:ProjectionType = 'equirectangular'/>", True),
        (f'{HEAD} GPano:ProjectionType="cylindrical"/>', False),
        (
            f'{HEAD} GPano:ProjectionType="equirectangular" GPano:FullPanoWidthPixels="8000"'
            ' GPano:CroppedAreaImageWidthPixels="8000"/>',
            True,
        ),
        (
            f'{HEAD} GPano:ProjectionType="equirectangular" GPano:FullPanoWidthPixels="8000"'
            ' GPano:CroppedAreaImageWidthPixels="5000"/>',
            False,
        ),
        (f"{HEAD}/>", False),
        (None, False),
    ],
)
@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_the_file_says_whether_it_goes_around(image, tmp_path, xmp, around, coding):
    from PIL import Image

    Image.fromarray(image).save(tmp_path / "a.png")
    photo = read_photo(tmp_path / "a.png")
    photo = dataclasses.replace(photo, xmp=xmp.encode(coding) if xmp else None)
    assert goes_around(photo) is around
