"""Masks as files: white is what to fill, in any format and depth."""

import numpy as np
import pytest
from PIL import Image

from engine.errors import EmptyMaskError, ImageError, PhotoReadError, PhotoWriteError
from engine.photo import open_mask, read_mask, save_mask
from engine.photo.mask import TURNED
from engine.photo.mask_levels import COLOURS, DEEP, LABELS, PAINT


@pytest.fixture
def mask():
    out = np.zeros((40, 60), bool)
    out[5:20, 10:33] = True
    out[39, 59] = True
    return out


@pytest.mark.parametrize("ending", ["png", "tif", "tiff", "PNG"])
def test_a_mask_comes_back(mask, tmp_path, ending):
    path = tmp_path / f"mask.{ending}"
    save_mask(mask, path)
    assert np.array_equal(read_mask(path, (60, 40)), mask)
    assert np.array_equal(read_mask(path), mask)


@pytest.mark.parametrize(("dtype", "half"), [(np.uint8, 128), (np.uint16, 32768)])
@pytest.mark.parametrize("shape", ["grey", "colour"])
def test_half_bright_is_fill(files, put, dtype, half, shape):
    values = np.array([[0, half - 1, half, np.iinfo(dtype).max]], dtype).repeat(3, axis=0)
    samples = values if shape == "grey" else np.dstack([values] * 3)
    found = read_mask(put("m.png", files.png(samples)))
    assert found.tolist() == [[False, False, True, True]] * 3


def test_transparent_white_is_not_fill(files, put):
    white = np.full((4, 4, 4), 255, np.uint8)
    white[:2, :, 3] = 0
    found = read_mask(put("m.png", files.png(white)))
    assert found.tolist() == [[False] * 4] * 2 + [[True] * 4] * 2


def test_a_mask_is_turned_like_a_photo(files, put, mask):
    stored = np.rot90(mask).astype(np.uint8) * 255
    data = files.with_chunks(files.png(stored), files.png_chunk(b"eXIf", files.exif(6)))
    assert np.array_equal(read_mask(put("m.png", data)), mask)


def test_another_size_names_both(mask, tmp_path):
    save_mask(mask, tmp_path / "mask.png")
    with pytest.raises(ImageError, match="60 × 40 pixels, the photo 61 × 40"):
        read_mask(tmp_path / "mask.png", (61, 40))


def test_a_mask_that_is_none_is_told(put):
    with pytest.raises(PhotoReadError, match=r"“m\.png” cannot be opened"):
        read_mask(put("m.png", b"nothing"))


def test_a_mask_is_not_written_lossy_or_over_another(mask, tmp_path):
    with pytest.raises(PhotoWriteError, match=r"\.png or \.tif"):
        save_mask(mask, tmp_path / "mask.jpg")
    save_mask(mask, tmp_path / "mask.png")
    with pytest.raises(PhotoWriteError, match="exists"):
        save_mask(~mask, tmp_path / "mask.png")
    save_mask(~mask, tmp_path / "mask.png", overwrite=True)
    assert np.array_equal(read_mask(tmp_path / "mask.png"), ~mask)


# --- masks as other programs make them -----------------------------------------------------------


def layer(mask, colour, alpha=255):
    """Return paint of one colour on a clear layer."""
    out = np.zeros((*mask.shape, 4), np.uint8)
    out[mask] = (*colour, alpha)
    return out


def coloured(mask, colour):
    return np.where(mask[..., None], np.array(colour, np.uint8), np.uint8(0))


OTHERS = {
    "labels 0 and 1": (lambda m: m.astype(np.uint8), [LABELS]),
    "labels 0 and 15": (lambda m: m.astype(np.uint8) * 15, [LABELS]),
    "labels in 16 bits": (lambda m: m.astype(np.uint16) * 7, [DEEP, LABELS]),
    "labels 0 and 1 in 16 bits": (lambda m: m.astype(np.uint16), [LABELS]),
    "8 bits in 16": (lambda m: m.astype(np.uint16) * 255, [DEEP]),
    "dark red on black": (lambda m: coloured(m, (128, 0, 0)), [COLOURS]),
    "darkest colour of VOC": (lambda m: coloured(m, (64, 0, 0)), [COLOURS]),
    "red paint": (lambda m: layer(m, (255, 0, 0)), [PAINT]),
    "black paint": (lambda m: layer(m, (0, 0, 0)), [PAINT]),
    "white paint": (lambda m: layer(m, (255, 255, 255)), []),
    "thin black paint": (lambda m: layer(m, (0, 0, 0), 150), [PAINT]),
    "white on opaque black": (lambda m: layer(m, [255] * 3) | np.uint8([0, 0, 0, 255]), []),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_mask_of_another_kind_is_taken_and_told(files, put, mask, name):
    make, remarks = OTHERS[name]
    found = open_mask(put("m.png", files.png(make(mask))))
    assert np.array_equal(found.mask, mask)
    assert list(found.remarks) == remarks
    assert found.needed() is found


def test_every_label_of_several_is_taken(files, put, mask):
    both = coloured(mask, (128, 0, 0))
    both[30:, :5] = 0, 64, 0
    wanted = mask.copy()
    wanted[30:, :5] = True
    assert np.array_equal(read_mask(put("m.png", files.png(both))), wanted)


def test_a_palette_is_read_by_its_colours(tmp_path, mask):
    image = Image.fromarray(mask.astype(np.uint8), "P")
    image.putpalette([0, 0, 0, 128, 0, 0])
    image.save(tmp_path / "m.png")
    assert np.array_equal(read_mask(tmp_path / "m.png"), mask)


def test_paint_with_soft_edges_is_taken_from_half_cover_on(files, put):
    paint = np.zeros((3, 4, 4), np.uint8)
    paint[:, :, 0] = 200
    paint[:, :, 3] = [0, 127, 128, 255]
    found = read_mask(put("m.png", files.png(paint)))
    assert found.tolist() == [[False, False, True, True]] * 3


def test_black_and_white_beside_clear_places_stays_black_and_white(files, put, mask):
    picture = np.dstack([coloured(mask, [255] * 3), np.full(mask.shape, 255, np.uint8)])
    picture[30:, :, 3] = 0
    found = open_mask(put("m.png", files.png(picture)))
    wanted = mask.copy()
    wanted[30:] = False
    assert np.array_equal(found.mask, wanted)
    assert found.remarks == ()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda m: m.astype(np.uint8) * 0, ["0 of 255", "128"]),
        (lambda m: np.add.outer(np.arange(40), np.arange(60)).astype(np.uint8), ["0 to 98", "128"]),
        (lambda m: layer(m, (255, 255, 255), 100), ["at most 100 of 255"]),
        (lambda m: layer(m, (255, 255, 255), 0), ["clear everywhere"]),
        (lambda m: m.astype(np.uint16) * 0, ["0 of 65535", "32768"]),
    ],
)
def test_an_empty_mask_says_how_it_was_read(files, put, mask, make, words):
    found = open_mask(put("m.png", files.png(make(mask))))
    assert not found.mask.any()
    with pytest.raises(
        EmptyMaskError, match=r"^The mask “m\.png” is empty: .*white on black\.$"
    ) as e:
        found.needed()
    assert all(word in str(e.value) for word in words)


@pytest.mark.parametrize("quality", [75, 95])
@pytest.mark.parametrize("colour", [(255, 255, 255), (128, 128, 128), (255, 0, 0), (0, 0, 160)])
def test_a_lossy_mask_is_cut_at_half_its_own_brightness(files, put, mask, colour, quality):
    found = open_mask(put("m.jpg", files.jpeg(coloured(mask, colour), quality)))
    assert (found.mask != mask).sum() <= 0.05 * mask.sum()
    assert bool(found.remarks) is (colour != (255, 255, 255))


def test_labels_that_a_lossy_format_has_blurred_are_not_guessed_at(files, put, mask):
    found = open_mask(put("m.jpg", files.jpeg(mask.astype(np.uint8), 75)))
    assert not found.mask.any()
    assert found.empty is not None


def test_what_may_mean_anything_is_refused(files, put, mask):
    white = np.full((40, 60, 3), 255, np.uint8)
    white[mask] = 255, 0, 0
    with pytest.raises(ImageError, match="has colours, but not on black"):
        read_mask(put("m.png", files.png(white)))
    noise = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    with pytest.raises(ImageError, match="many colours and no mask"):
        read_mask(put("m.png", files.png(noise)))


def test_dark_grey_areas_that_are_left_out_are_told(files, put, mask):
    """Label 15 beside the border label 255: only the border is as bright as a mask is."""
    picture = mask.astype(np.uint8) * 15
    picture[5, 10:33] = 255
    found = open_mask(put("m.png", files.png(picture)))
    assert found.mask.sum() == 23
    assert found.remarks == (
        "Parts of the mask are dark grey (15; half is 127) and were not filled.",
    )
    edge = mask.astype(np.uint8) * 255
    edge[4, 10:33] = 90
    assert open_mask(put("n.png", files.png(edge))).remarks == ()


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_mask_that_lies_as_the_photos_file_does_is_turned_with_it(put, files, mask, orientation):
    stored = files.png(mask.astype(np.uint8) * 255)
    photo = files.with_chunks(stored, files.png_chunk(b"eXIf", files.exif(orientation)))
    wanted = read_mask(put("photo.png", photo))
    found = open_mask(put("m.png", stored), (40, 60), orientation)
    assert np.array_equal(found.mask, wanted)
    assert found.remarks == (TURNED,)
    with pytest.raises(ImageError, match="60 × 40 pixels, the photo 40 × 60"):
        open_mask(put("m.png", stored), (40, 60), 3)


def test_an_upright_mask_is_never_turned(put, files, mask):
    path = put("m.png", files.png(mask.astype(np.uint8) * 255))
    assert open_mask(path, (60, 40), 6).remarks == ()
