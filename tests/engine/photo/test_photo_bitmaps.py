"""BMP in every header and packing: the channels are where the masks say."""

import struct

import numpy as np
import pytest

from engine.errors import PhotoReadError
from engine.photo import read_photo, save_photo

HEADERS = (40, 52, 56, 108, 124)
RGB565, BGR32 = (0xF800, 0x7E0, 0x1F, 0), (0xFF, 0xFF00, 0xFF0000, 0)
ARGB32, ARGB16 = (0xFF0000, 0xFF00, 0xFF, 0xFF000000), (0xF00, 0xF0, 0xF, 0xF000)


def bitmap(values, masks, header=124, *, down=False, method=3):
    """Return a BMP of packed values (H, W) uint16 or uint32 whose channels ``masks`` tell."""
    height, width = values.shape
    bits = 8 * values.itemsize
    rows = values if down else values[::-1]
    body = b"".join(row.tobytes() + bytes(-len(row.tobytes()) % 4) for row in rows)
    told = struct.pack("<4I", *masks)
    behind = b"" if header > 40 else told[:12] if method == 3 else told
    tall = -height if down else height
    head = struct.pack(
        "<IiiHHIIiiII", header, width, tall, 1, bits, method, len(body), 2835, 2835, 0, 0
    )
    if header > 40:
        head += told
    head = head[:header].ljust(header, b"\0")
    start = 14 + header + len(behind)
    front = struct.pack("<2sIHHI", b"BM", start + len(body), 0, 0, start)
    return front + head + behind + body


def packed(pixels, masks, dtype):
    """Return (H, W) values of 8-bit channels, and the 8 bits that are left of each."""
    out, kept = np.zeros(pixels.shape[:2], np.uint64), []
    for channel, mask in zip(np.moveaxis(pixels, 2, 0), masks, strict=False):
        low = (mask & -mask).bit_length() - 1
        top = mask >> low
        cut = channel.astype(np.uint64) * top // 255
        out |= cut << np.uint64(low)
        kept.append(np.rint(cut.astype(float) * 255 / top))
    return out.astype(dtype), np.dstack(kept)


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("down", [False, True])
@pytest.mark.parametrize(("masks", "dtype"), [(RGB565, np.uint16), (BGR32, np.uint32)])
def test_channels_lie_where_the_masks_say(files, put, tmp_path, header, down, masks, dtype):
    values, right = packed(files.scene(31, 20), masks, dtype)
    photo = read_photo(put("a.bmp", bitmap(values, masks, header, down=down)))
    assert np.abs(photo.pixels - right).max() <= 0.5
    assert photo.alpha is None
    assert photo.resolution == pytest.approx((72, 72), abs=0.1)
    back = read_photo(save_photo(photo, photo.pixels, tmp_path / "b.bmp").path)
    assert np.array_equal(back.pixels, photo.pixels)


@pytest.mark.parametrize(("header", "method"), [(40, 6), (56, 3), (108, 3), (124, 3)])
@pytest.mark.parametrize(("masks", "dtype"), [(ARGB16, np.uint16), (ARGB32, np.uint32)])
def test_a_mask_for_transparency_counts(files, put, header, method, masks, dtype):
    scene = files.scene(31, 20)
    values, right = packed(np.dstack([scene, scene[..., :1]]), masks, dtype)
    photo = read_photo(put("a.bmp", bitmap(values, masks, header, method=method)))
    assert np.abs(photo.pixels - right[..., :3]).max() <= 0.5
    assert np.abs(photo.alpha - right[..., 3]).max() <= 0.5


@pytest.mark.parametrize(
    "masks", [(0x3FF00000, 0xFFC00, 0x3FF, 0), (0xF0F000, 0xFF0, 0xF, 0), (0,) * 4]
)
def test_masks_that_are_no_channels_of_eight_bits_are_refused(put, masks):
    values = np.zeros((5, 6), np.uint32)
    with pytest.raises(PhotoReadError, match="not opened"):
        read_photo(put("a.bmp", bitmap(values, masks)))


def test_a_cut_one_is_refused(files, put):
    data = bitmap(packed(files.scene(31, 20), RGB565, np.uint16)[0], RGB565)
    for length in range(0, len(data) - 1, 7):
        with pytest.raises(PhotoReadError):
            read_photo(put("a.bmp", data[:length]))
