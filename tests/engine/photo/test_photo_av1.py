"""Colours that only the coded picture of an AVIF tells are used, and HDR there is refused."""

import io

import numpy as np
import pytest
from PIL import Image

from engine.errors import PhotoReadError
from engine.photo import colour_of, read_photo
from engine.photo.isobmff.av1 import colour_numbers
from tests.engine.photo.test_photo_icc import P3


def field(value, count):
    return f"{value:0{count}b}"


def header(numbers, *, reduced=False, timed=False, ordered=True, profile=0, points=1):
    """Return the sequence header of a picture of 8 bits, as bits, with everything it may hold."""
    bits = field(profile, 3) + "1" + str(int(reduced))
    if reduced:
        bits += field(4, 5)
    else:
        bits += str(int(timed))
        if timed:
            bits += field(1, 32) + field(25, 32) + "1" + "00101"  # a number of two bits
            bits += "1" + field(7, 5) + field(1, 32) + field(3, 5) + field(4, 5)
        bits += "1" + field(points - 1, 5)
        for level in range(8, 8 + points):
            bits += field(0, 12) + field(level, 5) + "0"
            bits += "1" + field(9, 17) if timed else ""
            bits += "1" + field(2, 4)
    bits += field(7, 4) + field(6, 4) + field(99, 8) + field(66, 7)
    if not reduced:
        bits += "1" + field(3, 7)
    bits += "010"
    if not reduced:
        bits += "1111" + str(int(ordered)) + ("01" if ordered else "")
        bits += "0" + "1" + "0" + "1" + (field(6, 3) if ordered else "")
    bits += "011" + "0" + ("0" if profile != 1 else "")
    return bits + ("1" + "".join(field(n, 8) for n in numbers) if numbers else "0") + "1" * 8


def obu(kind, bits, sized=True):
    size = -(-len(bits) // 8)
    data = int(bits.ljust(size * 8, "0") or "0", 2).to_bytes(size, "big")
    return bytes([kind << 3 | 2 * sized]) + (bytes([len(data)]) if sized else b"") + data


@pytest.mark.parametrize("ahead", [b"", obu(2, ""), obu(5, "1" * 90)])
@pytest.mark.parametrize(
    "kind",
    [{"reduced": True}, {}, {"timed": True}, {"ordered": False}, {"profile": 1}, {"points": 3}],
)
def test_the_sequence_header_is_read_to_its_colours(kind, ahead):
    assert colour_numbers(ahead + obu(1, header((9, 16, 9), **kind))) == (9, 16)
    assert colour_numbers(ahead + obu(1, header((12, 13, 0), **kind), sized=False)) == (12, 13)
    assert colour_numbers(ahead + obu(1, header(None, **kind))) is None


def test_no_cut_or_flipped_header_raises():
    data = obu(2, "") + obu(1, header((9, 16, 9), timed=True))
    for length in range(len(data)):
        colour_numbers(data[:length])
        for bit in range(8):
            spoilt = bytearray(data)
            spoilt[length] ^= 1 << bit
            colour_numbers(bytes(spoilt))


def coded(pixels, primaries, transfer):
    """Return an AVIF whose coded picture tells the numbers, and no box does."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "AVIF", quality=95)
    data = out.getvalue()
    start = data.index(b"mdat") + 4
    bits = "".join(f"{byte:08b}" for byte in data[start : start + 24])
    old, new = (field(a, 8) + field(b, 8) for a, b in ((1, 13), (primaries, transfer)))
    assert bits.count(old) == 1
    patched = int(bits.replace(old, new), 2).to_bytes(24, "big")
    data = data[:start] + patched + data[start + 24 :]
    return data.replace(b"colrnclx", b"freenclx")


def test_colours_that_no_box_tells_are_used(files, put):
    photo = read_photo(put("a.avif", coded(files.scene(64, 48), 12, 13)))
    assert np.abs(colour_of(photo.icc).matrix - np.array(P3).T).max() < 5e-4
    assert read_photo(put("b.avif", coded(files.scene(64, 48), 1, 13))).icc is None
    with pytest.raises(PhotoReadError, match="PQ"):
        read_photo(put("c.avif", coded(files.scene(64, 48), 9, 16)))
