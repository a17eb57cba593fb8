"""Masks as files: white is what to fill, in any format and depth."""

import numpy as np
import pytest

from engine.errors import ImageError, PhotoReadError, PhotoWriteError
from engine.photo import read_mask, save_mask


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
