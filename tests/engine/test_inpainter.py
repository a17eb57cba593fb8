"""Photo and mask in, a finished box out; whatever their shapes, the known pixels stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import Cancelled, DeviceError, EngineError, ImageError, SnapshotError
from engine.geometry import Box
from engine.inpainter import Inpainter
from engine.network.snapshot import save_snapshot
from engine.photo_only import photo_only
from engine.running.threads import at_most
from engine.structure.carry import LINES
from engine.windows import apart
from tests.engine.structure.looks import none_laid


def photo(height: int, width: int, dtype: type = np.uint8, seed: int = 0) -> np.ndarray:
    """Return soft colours with noise, (height, width, 3)."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    waves = np.stack([np.sin(x / 9), np.cos(y / 7), np.sin((x + y) / 11)], axis=2)
    values = np.clip(0.5 + 0.3 * waves + rng.normal(0, 0.03, waves.shape), 0, 1)
    return np.rint(values * np.iinfo(dtype).max).astype(dtype)


def applied(image: np.ndarray, result) -> np.ndarray:
    out = image.copy()
    out[result.box.slices] = result.patch
    return out


@st.composite
def photos_and_masks(draw):
    height, width = draw(st.integers(1, 90)), draw(st.integers(1, 90))
    image = photo(height, width, draw(st.sampled_from([np.uint8, np.uint16])))
    mask = np.zeros((height, width), bool)
    for _ in range(draw(st.integers(0, 3))):
        top, left = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
        mask[top : top + draw(st.integers(1, 40)), left : left + draw(st.integers(1, 40))] = True
    return image, mask


@pytest.mark.parametrize("detail", [True, False])
@given(photos_and_masks())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_known_pixels_stay_to_the_bit(inpainter, detail, case):
    image, mask = case
    before = image.copy(), mask.copy()
    result = inpainter.inpaint_many(image, mask, [3], detail=detail)[0]
    assert (image == before[0]).all()
    assert (mask == before[1]).all()
    assert result.patch.dtype == image.dtype
    assert result.box == (Box.around(mask) or Box(0, 0, 0, 0))
    assert (applied(image, result)[~mask] == image[~mask]).all()


def test_what_is_removed_never_shows_in_the_fill(inpainter):
    """Whatever lies under the mask, the fill is the same."""
    image, mask = photo(120, 150), np.zeros((120, 150), bool)
    mask[30:70, 50:90] = True
    other = image.copy()
    other[mask] = 255, 0, 255
    one, two = (inpainter.inpaint(each, mask, 5) for each in (image, other))
    assert (one.patch == two.patch)[mask[one.box.slices]].all()


@pytest.mark.parametrize("detail", [True, False])
def test_a_seed_brings_its_fill_back_and_another_does_not(inpainter, detail):
    image, mask = photo(100, 100), np.zeros((100, 100), bool)
    mask[30:70, 30:70] = True
    one, two, again = inpainter.inpaint_many(image, mask, [1, 2, 1], detail=detail)
    assert (one.patch == again.patch).all()
    assert (one.patch != two.patch).any()
    assert one.seed == again.seed == 1


def test_one_call_for_many_seeds_gives_the_single_fills(inpainter):
    image, mask = photo(140, 140), np.zeros((140, 140), bool)
    mask[5:30, 5:30] = mask[90:120, 90:120] = True
    many = inpainter.inpaint_many(image, mask, [0, 7])
    for result, seed in zip(many, [0, 7], strict=True):
        single = inpainter.inpaint(image, mask, seed)
        assert np.abs(result.patch.astype(int) - single.patch).max() <= 1


def test_drafts_tell_how_far_they_are_one_by_one(inpainter):
    image, mask = photo(80, 80), np.zeros((80, 80), bool)
    mask[20:50, 30:50] = True
    seen: list[float] = []
    inpainter.inpaint_many(image, mask, [1, 2, 3, 4], seen.append, detail=False)
    done = {round(LINES + (1 - LINES) * n / 4, 6) for n in range(1, 5)}
    assert done <= {round(fraction, 6) for fraction in seen}
    assert seen == sorted(seen)


@pytest.mark.parametrize("context", [1.0, 2.0])
def test_given_windows_bring_a_fill_back_whatever_else_would_be_chosen(inpainter, context):
    image, mask = photo(150, 220), np.zeros((150, 220), bool)
    mask[20:50, 30:50] = mask[100:104, 100:200] = True
    first = inpainter.inpaint_many(image, mask, [5], context=context)[0]
    given = list(zip(first.windows, first.holes, strict=True))
    again = inpainter.inpaint_many(image, mask, [5], context=3.7, given=given)[0]
    assert (again.patch == first.patch).all()
    assert (again.windows, again.holes, again.scale) == (first.windows, first.holes, first.scale)
    other = inpainter.inpaint_many(image, mask, [5], context=3.7)[0]
    assert other.windows != first.windows
    assert (other.patch != first.patch).any()


@pytest.mark.parametrize("side", [40, 240])
def test_the_number_of_threads_changes_nothing(inpainter, side):
    image, mask = photo(3 * side, 3 * side), np.zeros((3 * side, 3 * side), bool)
    mask[side : 2 * side, side : 2 * side] = True
    fills = []
    for threads in (1, 2):
        with at_most(threads):
            fills.append(inpainter.inpaint(image, mask, 9).patch)
    assert (fills[0] == fills[1]).all()


def test_how_many_are_filled_at_once_changes_nothing(inpainter, monkeypatch):
    """Spots far apart, and a wire in parts that see each other filled."""
    image, mask = photo(400, 2600), np.zeros((400, 2600), bool)
    mask[200:206, 20:2580] = True
    for left in range(40, 2500, 300):
        mask[40:52, left : left + 12] = mask[340:400, left : left + 60] = True
    fills = []
    for workers in (1, 2, 5):
        monkeypatch.setattr(apart, "WORKERS", workers)
        fills.append(inpainter.inpaint_many(image, mask, [0, 3]))
    assert len(fills[0][0].windows) > 20
    for found in fills[1:]:
        for one, other in zip(fills[0], found, strict=True):
            assert (one.patch == other.patch).all()


@pytest.mark.parametrize("where", ["one pixel", "all", "borders"])
def test_masks_at_the_edge_of_sense(inpainter, where):
    image, mask = photo(60, 44), np.zeros((60, 44), bool)
    if where == "one pixel":
        mask[17, 21] = True
    elif where == "all":
        mask[:] = True
    else:
        mask[:] = True
        mask[10:50, 8:36] = False
    result = inpainter.inpaint(image, mask)
    assert (applied(image, result)[~mask] == image[~mask]).all()
    assert result.patch.shape[:2] == (result.box.height, result.box.width)


def test_an_empty_mask_changes_nothing(inpainter):
    image = photo(20, 30)
    result = inpainter.inpaint(image, np.zeros((20, 30), bool))
    assert result.box.empty
    assert result.patch.shape == (0, 0, 3)
    assert (applied(image, result) == image).all()


def test_texture_of_the_photo_comes_back(inpainter):
    """Scaled up alone, the network's few pixels are far smoother than the photo."""
    image, mask = photo(256, 256), np.zeros((256, 256), bool)
    mask[90:170, 90:170] = True
    fine, smooth = (
        inpainter.inpaint_many(image, mask, [0], detail=detail)[0].patch for detail in (True, False)
    )

    def grain(patch):
        values = patch.astype(float)
        return np.abs(values[:, 1:] - values[:, :-1]).mean()

    around = grain(image[:80])
    assert grain(fine) > 0.8 * around
    assert grain(smooth) < 0.7 * around


def test_progress_rises_to_one(inpainter):
    image, mask = photo(200, 90), np.zeros((200, 90), bool)
    mask[10:20, 10:20] = mask[160:180, 30:60] = True
    seen: list[float] = []
    inpainter.inpaint(image, mask, on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == pytest.approx(1)


@pytest.mark.parametrize("detail", [True, False])
def test_cancelling_leaves_the_photo_alone(inpainter, detail):
    image, mask = photo(90, 90), np.zeros((90, 90), bool)
    mask[30:60, 30:60] = True
    before = image.copy()

    def stop(fraction: float) -> None:
        if fraction > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        inpainter.inpaint_many(image, mask, [0], on_progress=stop, detail=detail)
    assert (image == before).all()


@pytest.mark.parametrize(
    ("image", "mask", "says"),
    [
        (np.zeros((4, 4), np.uint8), np.zeros((4, 4), bool), "must be"),
        (np.zeros((4, 4, 3), np.float32), np.zeros((4, 4), bool), "8 or 16 bits"),
        (np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.uint8), "of bool"),
        (np.zeros((4, 4, 3), np.uint8), np.zeros((5, 4), bool), "4 x 5 pixels but"),
    ],
)
def test_pixels_that_break_the_contract_are_refused(inpainter, image, mask, says):
    with pytest.raises(ImageError, match=says):
        inpainter.inpaint(image, mask)


@pytest.mark.parametrize("which", ["inpainter", "upper_inpainter"])
def test_an_answer_that_is_no_picture_is_refused(request, which):
    """By compiled loops and by torch."""
    z = np.full((1, 32, 4, 4), np.nan, np.float32)
    image, mask = photo(80, 80), np.zeros((80, 80), bool)
    mask[10:60, 10:60] = True
    with pytest.raises(EngineError, match="weights are unusable"):
        request.getfixturevalue(which).inpaint_many(image, mask, [1], latents=z)


def test_wrong_weights_and_devices_are_refused(tmp_path, tiny_generator):
    path = tmp_path / "w.safetensors"
    save_snapshot(path, tiny_generator, {})
    with pytest.raises(SnapshotError):
        Inpainter(path, "cpu", "0" * 64)
    with pytest.raises(DeviceError):
        Inpainter(path, "abacus")


@pytest.mark.parametrize("step", [1, 4])
def test_the_squares_it_names_are_those_it_looks_at(inpainter, step):
    """The maps are drawn for them, live from a smaller copy of the mask."""
    mask = np.zeros((800, 1200), bool)
    mask[300:460, 400:600] = True
    (looked,) = inpainter.inpaint(photo(800, 1200), mask).windows
    (named,) = inpainter.squares(mask[::step, ::step], step=step)
    assert np.allclose(np.array(named) * step, looked, atol=2 * step)


def holes_apart(seed: int) -> list[np.ndarray]:
    """Return masks of holes of several sizes that do not touch; some are near, some far."""
    rng = np.random.default_rng(seed)
    found: list[np.ndarray] = []
    taken = np.zeros((220, 260), np.uint8)
    while len(found) < 4:
        x, y, r = (int(v) for v in rng.integers((20, 20, 2), (240, 200, 26)))
        one = cv2.circle(np.zeros_like(taken), (x, y), r, 1, -1)
        if not (cv2.dilate(one, np.ones((9, 9))) & taken).any():
            taken |= one
            found.append(one > 0)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_nothing_under_a_hole_reaches_the_fill_of_any_hole(inpainter, seed):
    image = photo(220, 260)
    holes = holes_apart(seed)
    mask = np.logical_or.reduce(holes)
    other = image.copy()
    other[mask] = np.random.default_rng(seed + 9).integers(0, 256, (mask.sum(), 3))
    for fill in (inpainter.inpaint, photo_only):
        one, two = fill(image, mask), fill(other, mask)
        inside = mask[one.box.slices]
        assert (one.patch[inside] == two.patch[inside]).all()
        assert (one.patch[~inside] == image[one.box.slices][~inside]).all()
    for hole in holes[:2]:
        box = Box.around(hole)
        own, where = hole[box.slices], {"given": inpainter.look(mask, box)}
        alone = inpainter.inpaint_many(image, mask, [3], **where)[0]
        unseen = inpainter.inpaint_many(other, mask, [3], **where)[0]
        assert (alone.patch[own] == unseen.patch[own]).all()


def test_a_far_hole_is_filled_as_if_it_were_the_only_one(inpainter):
    image, mask = photo(300, 400), np.zeros((300, 400), bool)
    mask[40:100, 40:100] = True
    alone = inpainter.inpaint(image, mask)
    both = mask.copy()
    both[240:250, 300:310] = True
    together = inpainter.inpaint(image, both)
    assert (together.patch[:60, :60] == alone.patch).all()


def twelve_spots() -> tuple[np.ndarray, np.ndarray]:
    image, mask = photo(300, 400), np.zeros((300, 400), bool)
    for x in range(30, 390, 60):
        mask[40:52, x : x + 9] = mask[200:211, x : x + 12] = True
    return image, mask


def test_many_spots_come_out_alike_on_any_number_of_threads(inpainter, monkeypatch):
    image, mask = twelve_spots()
    usual = inpainter.inpaint(image, mask).patch
    monkeypatch.setattr("engine.windows.apart.WORKERS", 1)
    assert (inpainter.inpaint(image, mask).patch == usual).all()
    assert (usual[mask[40:211, 30:342]] != image[mask]).mean() > 0.5


def test_progress_of_many_spots_rises_and_one_no_stops_all_threads(inpainter):
    image, mask = twelve_spots()
    seen: list[float] = []
    inpainter.inpaint(image, mask, on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1)
    assert len(seen) > 12
    after: list[float] = []

    def late(fraction: float) -> None:
        if fraction > 0.3:
            after.append(fraction)
            raise Cancelled

    with pytest.raises(Cancelled):
        inpainter.inpaint(image, mask, on_progress=late)
    assert len(after) == 1


def test_progress_of_a_hundred_spots_moves_while_lines_are_looked_for_and_in_every_spot(inpainter):
    """No step is longer than the work on two of a hundred, so a bar moves many times a second."""
    image, mask = photo(700, 700), np.zeros((700, 700), np.uint8)
    for n in range(100):
        cv2.circle(mask, (35 + 70 * (n % 10), 35 + 70 * (n // 10)), 7, 1, -1)
    seen = [0.0]
    inpainter.inpaint(image, mask > 0, on_progress=seen.append)
    assert np.diff(seen).max() <= 2 / 100 + 1e-9
    assert seen[-1] == pytest.approx(1)


def wide_hole() -> tuple[np.ndarray, np.ndarray]:
    image, mask = photo(300, 280), np.zeros((300, 280), bool)
    mask[60:240, 50:230] = True
    return image, mask


@pytest.mark.parametrize("detail", [True, False])
def test_an_upper_level_changes_the_hole_alone(inpainter, upper_inpainter, detail, monkeypatch):
    monkeypatch.setattr("engine.inpainter.lay_lines", none_laid)  # lines are copies
    image, mask = wide_hole()
    plain = inpainter.inpaint_many(image, mask, [3], detail=detail)[0]
    fine = upper_inpainter.inpaint_many(image, mask, [3], detail=detail)[0]
    assert (applied(image, fine)[~mask] == image[~mask]).all()
    changed = (applied(image, fine) != applied(image, plain)).any(axis=2)
    assert changed[mask].mean() > 0.5


def test_an_upper_level_never_sees_what_is_removed(upper_inpainter):
    image, mask = wide_hole()
    other = image.copy()
    other[mask] = 255 - other[mask]
    fills = [upper_inpainter.inpaint(each, mask, 5).patch for each in (image, other)]
    assert (fills[0][mask[60:240, 50:230]] == fills[1][mask[60:240, 50:230]]).all()


def test_a_fill_says_how_fine_it_was_painted(inpainter, upper_inpainter):
    image, mask = wide_hole()
    coarse, fine = (each.inpaint(image, mask, 1) for each in (inpainter, upper_inpainter))
    assert coarse.windows == fine.windows
    side = max(square.width for square in coarse.windows)
    assert coarse.scale == pytest.approx(32 / side)
    assert fine.scale == pytest.approx(256 / side)


def test_several_seeds_at_once_are_painted_as_each_alone(upper_inpainter):
    image, mask = wide_hole()
    both = upper_inpainter.inpaint_many(image, mask, [2, 9])
    for seed, result in zip([2, 9], both, strict=True):
        assert (result.patch == upper_inpainter.inpaint(image, mask, seed).patch).all()
