"""HEIC and RAW: what their optional decoders return becomes a photo; RAW is developed."""

import io
import types

import numpy as np
import pytest

from engine.errors import PhotoReadError
from engine.photo import propose_name, read_photo, save_photo

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)


class FakeHeif:
    """Stand for the decoder's picture: an array interface and a dictionary."""

    def __init__(self, array, **info):
        self.size, self.info = array.shape[1::-1], info
        self.__array_interface__ = array.__array_interface__
        self._array = array


@pytest.fixture
def decoder(monkeypatch):
    """Return a function that lets a decoder module answer with an array or an error."""

    def arrange(array, **info):
        def open_heif(file, convert_hdr_to_8bit):
            assert file.read() == HEIC
            assert convert_hdr_to_8bit is False
            if isinstance(array, Exception):
                raise array
            return FakeHeif(array, **info)

        monkeypatch.setitem(
            __import__("sys").modules, "pi_heif", types.SimpleNamespace(open_heif=open_heif)
        )

    return arrange


def test_ten_bits_reach_white(files, put, decoder):
    ten = np.full((20, 30, 3), 1023, np.uint16)
    ten[0] = 512
    decoder(ten << 6, bit_depth=10)
    photo = read_photo(put("a.heic", HEIC))
    assert photo.depth == 16
    assert photo.pixels[1, 0, 0] == 65535
    assert photo.pixels[0, 0, 0] == pytest.approx(512 / 1023 * 65535, abs=64)


def test_heic_keeps_its_metadata_and_is_saved_as_another_kind(files, put, decoder, tmp_path):
    rgba = np.dstack([files.scene(30, 20), files.scene(30, 20, seed=1)[..., 0]])
    block = files.exif(6)
    decoder(rgba, exif=b"Exif\0\0" + block, icc_profile=files.icc(), xmp=files.xmp(6))
    photo = read_photo(put("a.heic", HEIC))
    assert (photo.container, photo.orientation, photo.size) == ("HEIC", 1, (30, 20))
    assert np.array_equal(np.dstack([photo.pixels, photo.alpha]), rgba)
    name = propose_name(photo)
    assert name.suffix == ".png"
    back = read_photo(save_photo(photo, photo.pixels, name).path)
    assert np.array_equal(back.pixels, photo.pixels)
    assert np.array_equal(back.alpha, photo.alpha)
    assert back.orientation == 1
    assert (back.icc, back.xmp) == (files.icc(), files.xmp(1))


def test_a_damaged_heic_is_refused(put, decoder):
    decoder(ValueError("no"))
    with pytest.raises(PhotoReadError, match=r"“a\.heic” cannot be opened: the file is cut off"):
        read_photo(put("a.heic", HEIC))


def _dng(orientation=1):
    """Return a DNG of a red ramp: a sensor's raw numbers with what developing them needs."""
    import tifffile

    ramp = np.linspace(500, 16000, 64)[None] * np.ones((48, 1))
    sensor = np.full((48, 64), 300.0)
    sensor[::2, ::2] = ramp[::2, ::2]
    identity = [v for row in np.eye(3) for x in row for v in (int(x * 10000), 10000)]
    tags = [
        (50706, "B", 4, (1, 4, 0, 0), True),
        (50708, "s", 0, "Test camera", True),
        (33421, "H", 2, (2, 2), True),
        (33422, "B", 4, (0, 1, 1, 2), True),
        (50721, "2i", 9, identity, True),
        (50778, "H", 1, 21, True),
        (50728, "2I", 3, [1, 1, 1, 1, 1, 1], True),
        (271, "s", 0, "Maker", True),
        (274, "H", 1, orientation, True),
    ]
    out = io.BytesIO()
    tifffile.imwrite(
        out,
        sensor.astype(np.uint16),
        photometric="cfa",
        extratags=tags,
        metadata=None,
        subfiletype=0,
    )
    return out.getvalue()


def test_raw_is_developed_upright_with_sixteen_bits(put, tmp_path):
    pytest.importorskip("rawpy")
    photo = read_photo(put("a.dng", _dng(6)))
    assert photo.container == "RAW"
    assert photo.depth == 16
    width, height = photo.size
    assert height > width
    red = photo.pixels[height // 8 : -height // 8, width // 2, 0].astype(int)
    assert red[-1] > red[len(red) // 2] > red[0]
    assert propose_name(photo).name == "a-edited.tif"
    back = read_photo(save_photo(photo, photo.pixels, tmp_path / "b.tif").path)
    assert np.array_equal(back.pixels, photo.pixels)
    assert b"Maker" in back.exif
    assert back.orientation == 1


def test_a_damaged_raw_is_refused(put):
    pytest.importorskip("rawpy")
    with pytest.raises(PhotoReadError, match="cannot be developed"):
        read_photo(put("a.nef", b"II*\0" + bytes(300)))
