"""Whether a JPEG is saved block by block or coded anew, and that what errs is never taken."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from engine.errors import PhotoWriteError
from engine.photo import read_photo, save_photo
from engine.photo.jpeg import save
from engine.photo.limits import Refusal

EXACT, ANEW = "every coded block outside the change", "quantisation tables and colour sampling"


def open_one(files, put, orientation=1, **options):
    if orientation != 1:
        options["exif"] = b"Exif\0\0" + files.exif(orientation, size=(96, 64))
    return read_photo(put("a.jpg", files.jpeg(files.scene(96, 64), **options)))


def save_edited(photo, out):
    """Change a square and save; return the pixels, the report's sentence and where it differs."""
    pixels = photo.pixels.copy()
    pixels[20:36, 24:44] = 255 - pixels[20:36, 24:44]
    touched = (pixels != photo.pixels).any(axis=2)
    report = save_photo(photo, pixels, out, touched=touched)
    back = read_photo(out).pixels.astype(int)
    return pixels, report, np.abs(back - photo.pixels).max(axis=2)


FAR = np.ones((64, 96), bool)
FAR[:56, :72] = False
"""Further from the change than any of its blocks reaches."""


@pytest.mark.parametrize(
    ("orientation", "options"),
    [(1, {}), (1, {"progressive": True}), (3, {}), (6, {}), (6, {"quality": 60})],
)
def test_a_jpeg_is_written_block_by_block(files, put, tmp_path, orientation, options):
    photo = open_one(files, put, orientation, **options)
    _, report, off = save_edited(photo, tmp_path / "b.jpg")
    assert EXACT in report.line
    assert ANEW not in report.line
    assert orientation > 1 or not off[FAR].any()


def lying(way):
    """Return a way whose picture differs in one far corner."""

    def wrong(carry, *rest):
        with Image.open(io.BytesIO(way(carry, *rest))) as image:
            pixels = np.array(image.convert("RGB"))
        pixels[-16:, -16:] ^= 128
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, "JPEG", quality=95)
        return out.getvalue()

    return wrong


def failing(error):
    def way(*_):
        raise error

    return way


ERRORS = [Refusal("rare"), KeyError(1), ValueError("odd"), ZeroDivisionError(), MemoryError()]
FAULTS = [*map(failing, ERRORS), lying(save.rewrite)]


@pytest.mark.parametrize("fault", FAULTS, ids=[*(type(e).__name__ for e in ERRORS), "lying"])
def test_where_that_is_not_exact_the_picture_is_coded_anew_and_that_is_said(
    files, put, tmp_path, monkeypatch, fault
):
    monkeypatch.setattr(save, "rewrite", fault)
    _, report, off = save_edited(open_one(files, put), tmp_path / "b.jpg")
    assert ANEW in report.line
    assert EXACT not in report.line
    assert "coded anew" in " ".join(report.dropped)
    assert off[FAR].max() <= 12


def test_an_error_of_the_program_itself_is_not_hidden(files, put, tmp_path, monkeypatch):
    monkeypatch.setattr(save, "rewrite", failing(AttributeError("a mistake")))
    with pytest.raises(PhotoWriteError, match="a mistake"):
        save_edited(open_one(files, put), tmp_path / "b.jpg")
    assert not (tmp_path / "b.jpg").exists()


def test_a_photo_that_was_no_jpeg_has_no_blocks_to_keep(files, put, tmp_path):
    photo = read_photo(put("a.png", files.png(files.scene(96, 64))))
    _, report, _ = save_edited(photo, tmp_path / "b.jpg")
    assert EXACT not in report.line


LOSSLESS = (
    "/9j/4AAQSkZJRgABAQAAAQABAAD/wwALCAAGAAgBAREA/8QAFgABAQEAAAAAAAAAAAAAAAAABAUI/9oACAEBAAEA"
    "AM/pSlKUpvJSlKUpvJSlKUpvJSlKUpvJSlKUpvJSlKUp/9k="
)
"""A lossless JPEG (T.81, process 14) of 8 x 6 greys, 30 more a row and 9 more a column."""


def test_a_lossless_jpeg_is_coded_anew_and_that_is_said(put, tmp_path):
    photo = read_photo(put("a.jpg", base64.b64decode(LOSSLESS)))
    right = np.add.outer(np.arange(6) * 30, np.arange(8) * 9)
    assert np.array_equal(photo.pixels, right[..., None].repeat(3, 2))
    report = save_photo(photo, photo.pixels, tmp_path / "b.jpg")
    assert any("coded anew" in sentence for sentence in report.dropped)
    assert np.abs(read_photo(report.path).pixels.astype(int) - photo.pixels).max() <= 3
