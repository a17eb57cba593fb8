import numpy as np
import pytest

from train import masks
from train.masks import KINDS, MIX, WIDE_MIX, sample_holes
from train.silhouettes import LARGEST, SHAPES, SMALLEST


def holes(kind, n=40, size=64, seed=0):
    return sample_holes(kind, n, size, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [4, 8, 16, 32, 64, 96])
def test_every_kind_gives_holes_of_the_stated_form(kind, size):
    got = holes(kind, size=size)
    assert got.shape == (40, 1, size, size)
    assert got.dtype == np.float32
    assert got.min() == 0.0
    assert got.max() == 1.0
    assert (got.max(axis=(1, 2, 3)) == 1.0).all(), "an empty hole teaches nothing"
    assert (got.mean(axis=(1, 2, 3)) < 0.9).all(), "a hole must leave something known"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "soft"])
def test_hard_kinds_hold_only_known_and_hole(kind):
    assert set(np.unique(holes(kind))) == {0.0, 1.0}


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_names_its_masks(kind):
    assert np.array_equal(holes(kind, seed=3), holes(kind, seed=3))
    if kind != "centre":
        assert not np.array_equal(holes(kind, seed=3), holes(kind, seed=4))


def test_a_batch_equals_the_same_draws_one_by_one():
    rng = np.random.default_rng(5)
    single = np.concatenate([sample_holes("mixed", 1, 64, rng) for _ in range(40)])
    assert np.array_equal(single, holes("mixed", seed=5))


def test_centre_is_the_validation_hole_of_the_paper():
    expected = np.zeros((64, 64), np.float32)
    expected[16:48, 16:48] = 1.0
    assert np.array_equal(holes("centre")[7, 0], expected)


def test_box_is_a_half_size_square_and_reaches_every_side():
    got = holes("box", n=300)[:, 0]
    assert (got.sum(axis=(1, 2)) == 32 * 32).all()
    for side in (got[:, 0], got[:, -1], got[:, :, 0], got[:, :, -1]):
        assert side.any()


def test_union_holds_a_half_size_square_and_more():
    for hole in holes("union")[:, 0]:
        count = hole.cumsum(0).cumsum(1)
        count = np.pad(count, ((1, 0), (1, 0)))
        squares = count[32:, 32:] - count[:-32, 32:] - count[32:, :-32] + count[:-32, :-32]
        assert squares.max() == 32 * 32
        assert hole.sum() >= 32 * 32


def test_brush_widths_scale_with_the_size():
    small = holes("freeform", n=300, size=64).mean()
    large = holes("freeform", n=300, size=256).mean()
    assert small == pytest.approx(large, rel=0.12)


def test_brush_is_as_thick_as_the_paper_says(monkeypatch):
    drawn = []
    monkeypatch.setattr(
        masks.cv2,
        "polylines",
        lambda _canvas, paths, _closed, _value, width: drawn.append((paths, width)),
    )
    rng = np.random.default_rng(0)
    strokes = []
    for _ in range(200):
        before = len(drawn)
        masks.freeform(256, rng)
        strokes.append(len(drawn) - before)
    assert set(strokes) == {1, 2, 3}
    assert {width for _, width in drawn} == set(range(12, 40))
    assert {len(paths[0]) - 1 for paths, _ in drawn} == set(range(4, 12))
    steps = [np.linalg.norm(np.diff(paths[0], axis=0), axis=1).max() for paths, _ in drawn]
    assert max(steps) <= np.sqrt(2) * 256 / 4 + 2


def test_objects_keep_their_bounds_and_sometimes_touch_a_border():
    got = holes("object", n=600)[:, 0]
    share = got.mean(axis=(1, 2))
    assert share.min() >= SMALLEST
    assert share.max() <= LARGEST
    assert share.max() > 0.15
    touching = np.stack([got[:, 0], got[:, -1], got[:, :, 0], got[:, :, -1]]).any(axis=(0, 2))
    assert 0.1 < touching.mean() < 0.6


def test_shape_shares_are_a_whole():
    assert sum(SHAPES.values()) == pytest.approx(1.0)
    assert sum(MIX.values()) == pytest.approx(1.0)


def test_object_falls_back_to_an_ellipse_when_no_shape_fits(monkeypatch):
    monkeypatch.setattr("train.silhouettes.LARGEST", 0.11)
    monkeypatch.setattr("train.silhouettes.SMALLEST", 0.1099)
    share = holes("object", n=20, size=32).mean(axis=(1, 2, 3))
    assert share == pytest.approx(0.1, abs=0.02)


def test_wires_are_thin():
    got = holes("wire", n=200, size=256)
    assert got.mean() < 0.05
    eroded = [masks.cv2.erode(hole[0], np.ones((13, 13))) for hole in got]
    assert np.mean([part.any() for part in eroded]) < 0.2


def test_wide_holes_take_a_third_to_two_thirds_of_the_picture():
    shares = holes("wide", n=200).mean(axis=(1, 2, 3))
    assert shares.min() >= 0.35
    assert shares.max() <= 0.7
    assert shares.max() - shares.min() > 0.2


@pytest.mark.parametrize(("kind", "mix"), [("mixed", MIX), ("widened", WIDE_MIX)])
def test_a_mix_uses_every_kind_by_its_share(monkeypatch, kind, mix):
    seen = []

    def recording(name):
        def kind(size, rng):
            seen.append(name)
            return masks.centre(size, rng)

        return kind

    monkeypatch.setattr(masks, "KINDS", {**KINDS, **{name: recording(name) for name in mix}})
    holes(kind, n=2000, size=32)
    for name, share in mix.items():
        assert seen.count(name) / 2000 == pytest.approx(share, abs=0.04)


def test_soft_keeps_a_solid_core_and_a_falling_rim():
    got = holes("soft", n=60)[:, 0]
    between = (got > 0) & (got < 1)
    assert between.any(axis=(1, 2)).mean() > 0.9
    for hole in got:
        away = masks.cv2.distanceTransform((hole < 1).astype(np.uint8), masks.cv2.DIST_L2, 5)
        assert away[hole > 0].max() <= 64 / 16 + 1
        assert not hole[away > 64 / 16 + 1].any()


def test_an_unknown_kind_is_named_in_the_error():
    with pytest.raises(ValueError, match="stripes"):
        holes("stripes")
