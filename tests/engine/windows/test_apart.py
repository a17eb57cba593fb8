"""Windows whose holes do not touch are filled by themselves, small ones at once; thin photos."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest

from engine.ask import Ask
from engine.detail.blank import MOST, blanked
from engine.geometry import Box
from engine.result import Result
from engine.windows.apart import SMALL, fill_apart, in_turns
from engine.windows.planning import Window
from engine.windows.thin import LONGEST, ROOM, THIN, thickened


def window(left, top, side=64, hole=10):
    """Return a window of some side around a square hole."""
    middle = Box(left, top, left + hole, top + hole)
    box = middle.grow((side - hole) // 2)
    return Window(box, middle)


def looks_at(window):
    """Return all that a window shows, as who fills it does."""
    return window.box


def run(todo):
    """Fill, and return (chain, window, thread, began, ended) of each window, and the progress."""
    filled, told, lock, clock, chains = [], [], threading.Lock(), itertools.count(), []

    def begin():
        chains.append(len(chains))

        def fill(window, report, chain=chains[-1]):
            began = next(clock)
            report(0.5)
            with lock:
                filled.append((chain, window, threading.current_thread(), began, next(clock)))

        return fill

    fill_apart(todo, begin, looks_at, told.append)
    return filled, told


def test_every_window_is_filled_once_and_told_of():
    todo = [window(500 * n, 100) for n in range(5)]
    filled, told = run(todo)
    assert sorted(entry[1].box.left for entry in filled) == sorted(w.box.left for w in todo)
    assert len({entry[0] for entry in filled}) == 5
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
    assert len(told) == 10


def test_large_windows_are_filled_one_after_the_other_in_the_caller():
    here = threading.current_thread()
    large = [window(5000 * n, 9000, SMALL + 2) for n in range(2)]
    small = [window(5000 * n, 100, SMALL) for n in range(2)]
    filled, _ = run(large + small)
    by = {side: [t is here for _, w, t, *_ in filled if w.side == side] for side in (514, 512)}
    assert by == {514: [True, True], 512: [False, False]}


def test_a_single_small_window_needs_no_other_thread():
    filled, _ = run([window(0, 100)])
    assert [thread is threading.current_thread() for _, _, thread, *_ in filled] == [True]
    mixed, _ = run([window(0, 100), window(5000, 9000, SMALL + 2)])
    assert all(thread is threading.current_thread() for _, _, thread, *_ in mixed)
    assert len(mixed) == 2


def wire(parts, side=30):
    """Return windows of parts of a wire that touch; each shows a little of its neighbours."""
    holes = [Box(100 + 20 * n, 100, 120 + 20 * n, 104) for n in range(parts)]
    return [Window(Box(h.left - 5, 90, h.left - 5 + side, 90 + side), h) for h in holes]


def test_parts_of_a_wire_take_turns_and_see_what_was_filled_before():
    for parts, side, turns in (
        (7, 30, [0, 1, 0, 1, 0, 1, 0]),
        (4, 50, [0, 1, 2, 0]),
        (3, 70, [0, 1, 2]),
    ):
        todo = wire(parts, side)
        assert in_turns(todo, looks_at) == turns
        filled, _ = run(todo)
        assert len(filled) == parts
        assert len({chain for chain, *_ in filled}) == 1
        turn = dict(zip(todo, turns, strict=True))
        for _, a, _, _, ended in filled:
            for _, b, _, began, _ in filled:
                if turn[a] < turn[b] and (a.box.meets(b.hole) or b.box.meets(a.hole)):
                    assert ended < began


def test_parts_that_all_see_each_other_are_filled_in_the_caller():
    filled, _ = run(wire(3, 70))
    assert all(thread is threading.current_thread() for _, _, thread, *_ in filled)
    filled, _ = run(wire(3))
    assert not any(thread is threading.current_thread() for _, _, thread, *_ in filled)


def test_an_error_in_a_thread_reaches_the_caller():
    def fill(window, report):
        raise MemoryError

    with pytest.raises(MemoryError):
        fill_apart(
            [window(500 * n, 100) for n in range(3)],
            lambda: fill,
            looks_at,
            lambda fraction: None,
        )


@pytest.mark.parametrize("shape", [(5, 40), (40, 5), (1, 40), (15, 15)])
def test_a_thin_photo_is_mirrored_about_its_borders(shape):
    rng = np.random.default_rng(3)
    image, mask = rng.integers(0, 256, (*shape, 3), np.uint8), rng.random(shape) < 0.5
    thick = thickened(image, mask)
    h, w = thick.mask.shape
    for side, whole in zip(shape, (h, w), strict=True):
        if side < THIN:
            assert ROOM <= whole <= ROOM + 1
        else:
            assert whole == side
    top, left = thick.box.top, thick.box.left
    assert (h - thick.box.bottom, w - thick.box.right) == (top, left)
    for row in range(h):
        for col in range(w):
            y, x = ((v - o) % (2 * n) for v, o, n in ((row, top, shape[0]), (col, left, shape[1])))
            y, x = (2 * n - 1 - v if v >= n else v for v, n in ((y, shape[0]), (x, shape[1])))
            assert (thick.image[row, col] == image[y, x]).all()
            assert thick.mask[row, col] == mask[y, x]


def test_only_photos_thinner_than_sixteen_pixels_are_mirrored():
    for shape, thin in (((15, 40), True), ((16, 40), False), ((40, 15), True), ((40, 16), False)):
        found = thickened(np.zeros((*shape, 3), np.uint8), np.zeros(shape, bool))
        assert (found is not None) is thin
    assert LONGEST == 1_000_000


def test_boxes_go_to_the_mirrored_photo_and_back():
    image, mask = np.zeros((4, 100, 3), np.uint8), np.zeros((4, 100), bool)
    mask[1:3, 40:50] = True
    thick = thickened(image, mask)
    assert thick.box == Box(0, 30, 100, 34)
    assert thick.inside(Box(1, 2, 3, 4)) == Box(1, 32, 3, 34)
    ask = Ask(image, mask, context=2.0, given=[(Box(0, 0, 9, 9), Box(1, 1, 2, 2))])
    asked = thick.ask(ask)
    assert asked.given == [(Box(0, 30, 9, 39), Box(1, 31, 2, 32))]
    assert asked.image is thick.image
    assert asked.mask is thick.mask
    assert asked.context == 2.0
    assert thick.ask(Ask(image, mask)).given is None
    # a result over the whole column of mirrored holes
    box = Box(40, 1, 50, 63)
    patch = np.arange(62 * 10 * 3).reshape(62, 10, 3)
    windows = (Box(20, -10, 84, 54), Box(20, 20, 84, 84))
    holes = (Box(40, 1, 50, 3), Box(40, 29, 50, 35))
    result = Result(box, patch, 7, "CPU", windows, holes=holes)
    cut = thick.cut(result)
    assert cut.box == Box(40, 1, 50, 3)
    np.testing.assert_array_equal(cut.patch, patch[30:32])
    assert cut.windows == (Box(20, -10, 84, 54),)  # the second, in the photo's own pixels
    assert cut.holes == (Box(40, 0, 50, 4),)
    assert cut.seed == 7
    empty = Result(Box(0, 0, 0, 0), patch[:0, :0], 1, "CPU", ())
    assert thick.cut(empty) is empty


def test_a_blanked_window_depends_on_what_is_known_alone():
    rng = np.random.default_rng(5)
    window = rng.integers(0, 256, (60, 70, 3), np.uint8)
    hole, blank = np.zeros((2, 60, 70), bool)
    hole[10:20, 10:30], blank[15:40, 25:50] = True, True
    blank &= ~hole
    out = blanked(window, hole, blank)
    assert (out[~blank] == window[~blank]).all()
    other = window.copy()
    other[hole | blank] = 255 - other[hole | blank]
    assert (blanked(other, hole, blank)[blank] == out[blank]).all()
    assert (out[blank] != window[blank]).any()


def test_what_is_blanked_gets_the_colours_around_it():
    window = np.full((64, 64, 3), 40, np.uint8)
    window[:, 32:] = 200
    blank = np.zeros((64, 64), bool)
    blank[20:44, 20:44] = True
    out = blanked(window, np.zeros_like(blank), blank)
    assert out.min() >= 40
    assert out.max() <= 200
    assert out[32, 21].mean() < 90
    assert out[32, 42].mean() > 150
    flat = np.full((64, 64, 3), 77, np.uint8)
    assert (blanked(flat, np.zeros_like(blank), blank) == 77).all()
    sixteen = blanked(window.astype(np.uint16) * 257, np.zeros_like(blank), blank)
    np.testing.assert_allclose(sixteen / 257, out, atol=0.6)


def test_a_single_known_pixel_colours_all():
    window = np.random.default_rng(1).integers(0, 256, (33, 20, 3), np.uint8)
    window[17, 3] = 10, 20, 30
    blank = np.ones((33, 20), bool)
    blank[17, 3] = False
    assert (blanked(window, np.zeros_like(blank), blank) == (10, 20, 30)).all()
    everything = np.ones((33, 20), bool)
    assert (blanked(window, np.zeros_like(blank), everything) == 0).all()


def test_a_large_window_is_blanked_at_a_reduced_size():
    assert MOST == 250_000
    window = np.zeros((600, 800, 3), np.uint8)
    window[:] = np.linspace(0, 250, 800)[None, :, None]
    blank = np.zeros((600, 800), bool)
    blank[200:400, 301:501] = True
    out = blanked(window, np.zeros_like(blank), blank)
    assert (out[~blank] == window[~blank]).all()
    miss = np.abs(out[blank].astype(int) - window[blank])
    assert miss.max() < 40
