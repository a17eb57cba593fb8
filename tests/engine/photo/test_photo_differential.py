"""Every file that both open is the same picture to this program and to an independent reader."""

import io
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import PhotoReadError
from engine.photo import read_photo, save_photo
from tests.engine.photo.orientations import STORED
from tests.faults.corpus import good_files, mutated

SCRIPT = Path(__file__).with_name("independent.py")
CMYK = {"cmyk.jpg"}
SLIGHT = {"a.avif": 6.0}
"""Mean differences that come from another way to spread colours of half the resolution."""


def as_others_see_them(folder):
    """Return what libvips makes of every file of a folder, by name."""
    subprocess.run([sys.executable, SCRIPT, folder], check=True, capture_output=True, timeout=300)
    return {path.name.removesuffix(".npy"): np.load(path) for path in folder.glob("*.npy")}


def ours(path):
    """Return what this program makes of a file, (H, W, bands), or None."""
    try:
        photo = read_photo(path)
    except PhotoReadError:
        return None
    colours = photo.pixels[..., :1] if photo.grey else photo.pixels
    return colours if photo.alpha is None else np.dstack([colours, photo.alpha])


def brought_together(mine, other):
    """Return both with the same bands: grey as RGB where only one is, alpha where both have it."""
    alike = []
    for bands in (mine, other):
        colours, rest = (bands[..., :1], bands[..., 1:]) if bands.shape[2] < 3 else (
            bands[..., :3], bands[..., 3:])  # fmt: skip
        alike.append(np.dstack([np.broadcast_to(colours, (*bands.shape[:2], 3)), rest]))
    return alike


def without_ink(bands):
    """Return RGB of CMYK by subtraction, as both PostScript and this program do without profile."""
    rest = 255 - bands.astype(float)
    return np.rint(rest[..., :3] * rest[..., 3:] / 255)


def differences(folder, files):
    """Write the files, decode them twice; return the names compared and those that differ."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    theirs = as_others_see_them(folder)
    compared, different = [], {}
    for name, other in theirs.items():
        mine = ours(folder / name)
        if mine is None:
            continue
        compared.append(name)
        if name in CMYK and other.shape[2] == 4:
            other = without_ink(other)
        if mine.shape[:2] != other.shape[:2]:
            different[name] = (mine.shape, other.shape)
            continue
        mine, other = brought_together(mine, other)
        bands = min(mine.shape[2], other.shape[2])
        far = np.abs(mine[..., :bands].astype(float) - other[..., :bands])
        worst = far.mean() if name in SLIGHT else far.max()
        limit = SLIGHT.get(name, 1.0 if name in CMYK else 0.0)
        if worst > limit or mine.shape[2] != other.shape[2]:
            different[name] = (mine.shape, other.shape, float(far.max()), float(far.mean()))
    return compared, different


def test_every_sound_file_of_the_corpus_agrees(tmp_path):
    files = good_files()
    compared, different = differences(tmp_path, files)
    assert not different
    unread = {"tiles.tif", "a.bmp"}  # libvips reads neither tiles in planes nor BMP
    assert set(files) - set(compared) <= unread


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def tiff_kinds(files):
    """Yield (name, data) of TIFF in every orientation, colour, layout and compression."""
    pixels = files.scene(45, 33)
    for orientation, stored in STORED.items():
        turned = np.ascontiguousarray(stored(pixels))
        image = Image.fromarray(turned)
        for mode, options in (("P", {}), ("1", {}), ("L", {}), ("RGB", {"compression": "tiff_lzw"}),
                              ("1", {"compression": "group4"}), ("P", {"compression": "packbits"}),
                              ("RGB", {"compression": "jpeg"}), ("RGBA", {})):  # fmt: skip
            name = f"{mode}-{options.get('compression', 'plain')}-{orientation}.tif"
            yield name, saved(image.convert(mode), "TIFF", tiffinfo={274: orientation}, **options)
    shrunk = {"compress": zlib.compress, "compression": 8}
    for dtype in (np.uint8, np.uint16):
        deep = files.scene(45, 33, dtype)
        alpha = np.dstack([deep, deep[..., :1]])
        for order in "<>":
            for name, layout in (("strips", {"rows": 7}), ("tiles", {"tile": (16, 32), **shrunk}),
                                 ("planes", {"planar": True, "rows": 9}),
                                 ("predicted", {"predictor": 2, **shrunk})):  # fmt: skip
                key = f"{name}-{np.dtype(dtype).name}-{'le' if order == '<' else 'be'}"
                yield f"{key}.tif", files.tiff(deep, order, **layout)
                yield f"{key}-grey.tif", files.tiff(deep[..., :1], order, **layout)
                yield f"{key}-alpha.tif", files.tiff(alpha, order, extra=[2], **layout)
        inverted = files.tiff(deep[..., :1], photometric=0)
        yield f"inverted-{np.dtype(dtype).name}.tif", inverted
    mirror = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))
    more = [files.short(266, 2)]
    yield "mirrored.tif", files.tiff(pixels, compress=lambda d: d.translate(mirror), more=more)


def png_kinds(files):
    """Yield (name, data) of PNG in every colour and depth, with and without clear colours."""
    from tests.engine.photo.test_photo_mended import raw_png

    scene = files.scene(45, 33, np.uint16)
    for colour, channels, depths in ((0, 1, (1, 2, 4, 8, 16)), (2, 3, (8, 16)), (4, 2, (8, 16)),
                                     (6, 4, (8, 16))):  # fmt: skip
        for bits in depths:
            values = np.dstack([scene, scene[..., :1]])[..., :channels] >> (16 - bits)
            yield f"{colour}-{bits}.png", raw_png(files, values.astype(np.int64), bits, colour)
            if colour in (0, 2):
                key = b"".join(int(v).to_bytes(2, "big") for v in values[3, 5])
                clear = raw_png(files, values.astype(np.int64), bits, colour, (b"tRNS", key))
                yield f"{colour}-{bits}-clear.png", clear
    image = Image.fromarray(files.scene(45, 33)).quantize(13)
    yield "palette.png", saved(image, "PNG")
    yield "palette-clear.png", saved(image, "PNG", transparency=3)


def webp_kinds(files):
    """Yield (name, data) of lossless WebP in every orientation, with and without alpha."""
    pixels = files.scene(45, 33)
    for channels in (3, 4):
        whole = np.dstack([pixels, pixels[..., :1]])[..., :channels]
        for orientation, stored in STORED.items():
            image = Image.fromarray(np.ascontiguousarray(stored(whole)))
            exif = files.exif(orientation, size=image.size)
            data = saved(image, "WEBP", lossless=True, exact=True, exif=exif)
            yield f"{channels}-{orientation}.webp", data


def jpeg_kinds(files):
    """Yield (name, data) of JPEG in every sampling and way to be coded."""
    pixels = files.scene(83, 61)
    for shape in (pixels, pixels[..., 0]):
        for sampling in (0, 1, 2):
            for name, way in (("plain", {}), ("progressive", {"progressive": True}),
                              ("best", {"optimize": True}), ("rest", {"restart_marker_blocks": 3}),
                              ("poor", {"quality": 5}),
                              ("turned", {"exif": b"Exif\0\0" + files.exif(6)})):  # fmt: skip
                options = {"quality": 85, "subsampling": sampling} | way
                yield (
                    f"{shape.ndim}-{sampling}-{name}.jpg",
                    saved(Image.fromarray(shape), "JPEG", **options),
                )


@pytest.mark.parametrize("kinds", [tiff_kinds, png_kinds, webp_kinds, jpeg_kinds])
def test_every_kind_agrees(files, tmp_path, kinds):
    made = dict(kinds(files))
    compared, different = differences(tmp_path, made)
    assert not different
    assert len(compared) > 0.9 * len(made)


@pytest.mark.parametrize("kinds", [tiff_kinds, png_kinds, webp_kinds])
def test_what_is_saved_agrees_outside_the_fill(files, tmp_path, kinds):
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    mask = np.zeros((33, 45), bool)
    mask[9:20, 12:30] = True
    for name, data in kinds(files):
        (before / name).write_bytes(data)
        photo = read_photo(before / name)
        pixels = photo.pixels.copy()
        pixels[mask] //= 2
        save_photo(photo, pixels, after / name, touched=mask)
    old, new = as_others_see_them(before), as_others_see_them(after)
    assert len(new) == len(list(kinds(files)))
    for name in old:
        was, now = brought_together(old[name], new[name])
        assert np.array_equal(was[~mask], now[~mask]), name
        assert not np.array_equal(was[mask], now[mask]), name


def test_spoilt_files_that_both_open_agree(tmp_path):
    rng = np.random.default_rng(11)
    pool = [data for name, data in good_files().items() if name not in CMYK | SLIGHT.keys()]
    files = {f"{number}.bin": mutated(rng, pool) for number in range(400)}
    compared, different = differences(tmp_path, files)
    assert not different
    assert len(compared) > 20
