"""What the table of formats says of a format is what a file saved in it keeps."""

import subprocess
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import PhotoWriteError
from engine.formats import BLOCKS, FORMATS, MASK_ENDINGS, OPEN_ENDINGS, WRITABLE, written_as
from engine.photo import read_mask, read_photo, save_mask, save_photo


@pytest.fixture
def rich(files, put):
    """Return a photo of 16 bits with transparency and everything a file can hold beside it."""
    pixels = files.scene(dtype=np.uint16)
    alpha = np.full((*pixels.shape[:2], 1), 65535, np.uint16)
    alpha[:20, :30] = 30000
    chunks = (
        files.png_chunk(b"iCCP", b"x\0\0" + zlib.compress(files.icc())),
        files.png_chunk(b"eXIf", files.exif()),
        files.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + files.xmp()),
    )
    png = files.with_chunks(files.png(np.dstack([pixels, alpha])), *chunks)
    photo = read_photo(put("rich.png", png))
    return replace(photo, iptc=files.IPTC, carry=None)


@pytest.mark.parametrize("ending", WRITABLE)
def test_a_saved_photo_keeps_what_the_table_says(rich, tmp_path, ending):
    kind = WRITABLE[ending]
    row = FORMATS[kind]
    report = save_photo(rich, rich.pixels, tmp_path / f"out{ending.upper()}")
    back = read_photo(report.path)
    assert back.container == kind
    assert back.depth == row.depth
    assert (back.alpha is not None) == row.transparency
    assert {block for block in BLOCKS if getattr(back, block)} == row.blocks
    wanted = rich.pixels if row.depth == 16 else (rich.pixels.astype(np.uint32) + 128) // 257
    assert np.array_equal(back.pixels, wanted) == (row.exact is not False)
    assert report.exact == (row.depth == 16)


@pytest.mark.parametrize("ending", WRITABLE)
def test_eight_opaque_bits_are_said_to_be_exact_where_they_are(files, put, tmp_path, ending):
    photo = read_photo(put("plain.png", files.png(files.scene())))
    report = save_photo(photo, photo.pixels, tmp_path / f"out{ending}")
    assert report.exact == np.array_equal(read_photo(report.path).pixels, photo.pixels)


def test_formats_that_are_never_written_propose_one_that_is():
    for kind, row in FORMATS.items():
        assert FORMATS[row.becomes].becomes == row.becomes
        assert (row.becomes == kind) == (row.endings[0] in WRITABLE)
    assert set(WRITABLE) < OPEN_ENDINGS
    assert written_as(Path("a.JPG")) == "JPEG"
    assert written_as(Path("a.nef")) is written_as(Path("a")) is None


@pytest.mark.parametrize("ending", sorted(OPEN_ENDINGS))
def test_masks_are_kept_exactly_or_refused(tmp_path, ending):
    mask = np.random.default_rng(3).random((20, 30)) < 0.4
    path = tmp_path / f"mask{ending}"
    if ending in MASK_ENDINGS:
        save_mask(mask, path)
        assert np.array_equal(read_mask(path), mask)
        return
    with pytest.raises(PhotoWriteError, match=r"written as \.png or \.tif"):
        save_mask(mask, path)
    assert not path.exists()


def test_the_table_loads_no_codec():
    code = "import engine.formats, sys; print(*{'cv2', 'PIL', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
