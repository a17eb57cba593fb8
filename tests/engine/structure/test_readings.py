"""Where the ends around a hole mean several things, variants differ; what is certain is in all."""

from __future__ import annotations

import numpy as np
import pytest

from engine.geometry import Box
from engine.kept import Kept
from engine.photo_only import photo_only
from engine.running.threads import at_most
from engine.structure.carry import lay_lines
from engine.structure.corners import corners
from engine.structure.find import search
from engine.structure.given import NOTHING, Given
from engine.structure.line import Kind
from engine.windows.canvas import Canvas
from tests.engine.structure import drawings as draw
from tests.engine.structure.looks import STEP, U, end, hollow

FORK, FORKED = draw.fork(), draw.disc(radius=70)
BAR, BARRED = draw.broken_bar(), draw.disc(radius=64)
POST = 140


def turned(lines, level: bool):
    """Return the lines that lie level, or those that stand upright."""
    return [line for line in lines if bool(abs(line.path.begin[0]) > 0.9) is level]


def laid(photo, mask, seeds, given=NOTHING):
    """Return what a canvas of each seed shows, and which of them go on together."""
    box = Box.around(mask)
    canvases = [Canvas(photo, mask, box) for _ in seeds]
    alike = lay_lines(canvases, seeds, [box], given)
    return [canvas.read(box) for canvas in canvases], [own for own, _ in alike]


def test_two_partners_as_good_are_taken_in_turns():
    found = search(FORK, FORKED)
    (choice,) = found.choices
    assert len(choice) == 2
    ends = []
    for seed in (1, 2):
        lines = turned(found.read(found.reading(seed, NOTHING)), level=True)
        assert len(lines) == 2
        right = [max(line.path.points.tolist())[1] for line in lines]
        assert np.ptp(right) < 5
        ends.append(np.mean(right))
    assert abs(ends[0] - ends[1]) > 10


def test_a_doubtful_bar_ends_at_a_post_in_other_variants():
    found = search(BAR, BARRED)
    assert [line.kind for line in found.lines] == [Kind.THROUGH] * 4
    other = found.read(found.reading(1, NOTHING))
    assert [line.kind for line in turned(other, level=True)] == [Kind.MEETING] * 4
    assert [line.weight for line in other] == sorted(line.weight for line in other)
    assert all(abs(line.path.points[-1, 0] - 160) < 4 for line in turned(other, level=True))


@pytest.mark.parametrize(("photo", "mask"), [(FORK, FORKED), (BAR, BARRED)], ids=["fork", "bar"])
def test_seed_0_takes_the_best_and_what_is_certain_is_in_all(photo, mask):
    found = search(photo, mask)
    assert found.read(found.reading(0, NOTHING)) == found.lines
    upright = turned(found.lines, level=False)
    assert len(upright) == 2
    for seed in range(1, 8):
        lines = found.read(found.reading(seed, NOTHING))
        assert all(any(line is other for other in lines) for line in upright)
    for line in found.lines:
        assert found.doubtful(line) is not any(line is other for other in upright)


def test_variants_differ_where_there_is_a_choice_and_show_what_is_certain_alike():
    shown, alike = laid(FORK, FORKED, [0, 1, 2, 3])
    assert alike == [[0, 3], [1], [2]]
    (first, hole), *others = shown
    left = POST - 9 - Box.around(FORKED).left
    certain = np.zeros_like(hole)
    certain[:50, left : left + 18] = certain[90:, left : left + 18] = True
    certain &= ~hole & FORKED[Box.around(FORKED).slices]
    assert certain.sum() > 800
    for pixels, unknown in others:
        assert not unknown[certain].any()
        assert (pixels[certain] == first[certain]).all()
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert (shown[one][1] != shown[other][1]).sum() > 200
    assert (shown[0][0] == shown[3][0]).all()
    assert (shown[0][1] == shown[3][1]).all()


def test_without_a_doubt_all_go_on_together():
    photo, mask = draw.edge(1.0, 8.0), draw.disc()
    assert search(photo, mask).choices == []
    shown, alike = laid(photo, mask, [0, 1, 2])
    assert alike == [[0, 1, 2]]
    assert all((pixels == shown[0][0]).all() for pixels, _ in shown)


def test_what_is_learnt_is_kept_for_each_reading():
    box, kept = Box.around(FORKED), Kept()
    keep = kept.of("hole")
    canvases = [Canvas(FORK, FORKED, box) for _ in range(3)]
    groups = lay_lines(canvases, [0, 1, 2], [box], keep=keep)
    assert groups[0].keep is keep
    made = [group.keep.get("texture", lambda n=n: np.full(1, n)) for n, group in enumerate(groups)]
    assert [int(one[0]) for one in made] == [0, 1, 2]
    (again,) = lay_lines(canvases[1:2], [4], [box], keep=keep)
    assert again.keep.get("texture", lambda: np.full(1, 9)) is made[1]


def test_a_dropped_line_is_no_choice_any_more():
    found = search(BAR, BARRED)
    level, upright = (turned(found.lines, level=level) for level in (True, False))
    given = Given(dropped=tuple(line.stroke for line in level))
    assert found.reading(1, NOTHING) == (1,)
    assert found.reading(1, given) == (0,)
    assert found.reading(1, Given(dropped=(upright[0].stroke,))) == (1,)
    assert laid(BAR, BARRED, [0, 1], given)[1] == [[0, 1]]


def test_a_corner_that_might_be_another_is_not_sure():
    look = hollow(300, Box(100, 100, 200, 200))
    first, second = end(100, 150, 0, 100.0), end(150, 100, 90, 100.0, STEP[::-1])
    alike = end(160, 100, 90, 100.0, np.where(U == 8, 0.9, STEP[::-1]))
    (sure,) = corners(look, [first, second])
    assert sure.sure
    (best,) = corners(look, [first, second, alike])
    assert not best.sure
    (other,) = corners(look, [first, second, alike], [best])
    assert other.second is alike


@pytest.mark.parametrize("threads", [1, 2])
def test_a_seed_gives_one_fill_alone_and_among_others(inpainter, threads):
    with at_most(threads):
        many = inpainter.inpaint_many(BAR, BARRED, [0, 1, 2, 3])
        alone = [inpainter.inpaint(BAR, BARRED, seed) for seed in range(4)]
    assert [one.seed for one in many] == [0, 1, 2, 3]
    for one, other in zip(many, alone, strict=True):
        assert (one.patch == other.patch).all()
    assert many[0].patch.tobytes() != many[1].patch.tobytes()


def test_fills_from_the_photo_alone_differ_alike():
    patches = [photo_only(BAR, BARRED, seed).patch for seed in (0, 1, 2)]
    inside = BARRED[Box.around(BARRED).slices]
    bar = np.zeros_like(inside)
    bar[58:72, 30:54] = True  # on the left, before the post: there in all
    assert patches[0][bar].min(axis=1).mean() < 150
    behind = np.s_[60:68, 66:74]
    assert all(patch[behind].shape == (8, 8, 3) for patch in patches)
    assert (patches[0][bar] != patches[1][bar]).any()
