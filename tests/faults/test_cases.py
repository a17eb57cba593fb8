"""Files from public reports of faults, one row each, by the command line, judged by other readers.

    LACUNA_CASES=folder .venv/bin/python -m pytest tests/faults/test_cases.py

The folder is no part of this tree, for it is large; each of its kinds is made anew by the tests in
`tests/engine/photo`, which is where a fault of a kind belongs.
"""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from app.cli.command_line import main
from app.cli.exit import Exit

CASES = Path(os.environ.get("LACUNA_CASES", ""))
ROOT = Path(__file__).parents[2]
MASK, META_MASK = "mask-455x256.png", "meta-mask-912x512.png"
HOLE = 1677
pytestmark = pytest.mark.skipif(
    "LACUNA_CASES" not in os.environ, reason="LACUNA_CASES names no folder of reported files"
)


class Done:
    """Hold what one command came to: its exit code, its words, its file."""

    def __init__(self, code, said, out):
        self.code, self.said, self.out = code, said, out
        self.summary = json.loads(said.out) if code == Exit.DONE else {}
        self.words = said.err + self.summary.get("report", "")

    @property
    def data(self):
        return self.out.read_bytes()

    @property
    def image(self):
        return Image.open(io.BytesIO(self.data))

    @property
    def pixels(self):
        return np.asarray(self.image)

    @property
    def bands(self):
        return tifffile.imread(self.out)


@pytest.fixture
def fill(tmp_path, capsys):
    def run(photo, mask=MASK, ending="", *words):
        out = tmp_path / ("out" + (ending or Path(photo).suffix))
        told = ["--mask", str(CASES / mask), "--out", str(out), "--json", "--overwrite", *words]
        code = main(["fill", str(CASES / photo), *told])
        return Done(code, capsys.readouterr(), out)

    return run


def case(name):
    return Image.open(io.BytesIO((CASES / name).read_bytes()))


def mask_of(name=MASK):
    return np.asarray(case(name).convert("L")) > 127


def same_outside(done, before, mask=None):
    mask = mask_of() if mask is None else mask
    assert done.code == Exit.DONE, done.said.err
    after = done.pixels
    assert after.shape == before.shape
    assert np.array_equal(after[~mask], before[~mask])
    assert (after[mask] != before[mask]).any()


def photo(name):
    return np.asarray(case(name))


@pytest.mark.parametrize("name", ["label01", "voc", "u16_255", "redpaint", "blackpaint"])
def test_masks_of_other_programs_are_filled_and_told(fill, name):
    done = fill("photo-455x256.png", f"mask-{name}.png")
    assert done.code == Exit.DONE
    assert done.summary["invented_pixels"] > 0
    assert "mask" in done.words


def test_grey_trns(fill):
    done = fill("grey-trns.png")
    assert done.code == Exit.DONE
    before = np.asarray(case("grey-trns.png").convert("LA"))
    after = done.image
    assert after.mode == "LA"
    assert (np.asarray(after)[..., 1] == 0).sum() == (before[..., 1] == 0).sum()


def test_fillorder2(fill):
    # libtiff, which Pillow reads it by, knows the order of the bits
    same_outside(fill("fillorder2-rgb8.tif"), photo("fillorder2-rgb8.tif"))


@pytest.mark.parametrize("kind", ["pal", "1bit", "cmyk", "jpeg"])
@pytest.mark.parametrize("mask", [MASK, "orient-mask-stored-layout.png"])
def test_orientation_is_applied_once(fill, kind, mask):
    done = fill(f"orient-{kind}.tif", mask)
    assert done.code == Exit.DONE
    image = done.image
    assert image.size == (455, 256)
    assert image.tag_v2.get(274, 1) == 1
    upright = np.asarray(case("photo-455x256.png").convert("L"), float)
    here = np.asarray(image.convert("L"), float)
    alike = [np.corrcoef(upright.ravel(), turned.ravel())[0, 1] for turned in
             (here, here[::-1], here[:, ::-1], here[::-1, ::-1])]  # fmt: skip
    assert alike[0] == max(alike)


def test_grey12(fill):
    done = fill("grey12.tif", "grey12-mask.png")
    assert done.code == Exit.DONE
    assert done.bands.dtype == np.uint16
    assert abs(done.bands.mean() / 257 - 183) < 2


def test_thumbnail_first(fill):
    done = fill("thumbnail-first.tif")
    assert done.code == Exit.DONE
    assert done.pixels.shape[:2] == (256, 455)


@pytest.mark.parametrize("name", ["rgbi", "bands5", "bands3-minisblack"])
def test_no_band_keeps_the_object(fill, name):
    done = fill(f"{name}.tif")
    assert done.code == Exit.DONE
    before, after = tifffile.imread(CASES / f"{name}.tif"), done.bands
    if before.shape != after.shape:  # written in planes
        before = np.moveaxis(before, 0, -1)
    mask = mask_of()
    assert np.array_equal(before[~mask], after[~mask])
    for band in range(before.shape[-1]):
        assert (before[mask][:, band] != after[mask][:, band]).mean() > 0.5, band


@pytest.mark.parametrize("name", ["imagej-stack.tif", "ome-stack.ome.tif"])
def test_stacks_become_one_page(fill, name):
    done = fill(name)
    assert done.code == Exit.DONE
    with tifffile.TiffFile(done.out) as file:
        assert len(file.pages) == 1
        assert file.series[0].shape[:2] == (256, 455)
        assert not file.series[0].shape[3:]


@pytest.mark.parametrize(
    ("name", "word"),
    [("jpeg2000", "JPEG 2000"), ("webp", "WebP"), ("lerc", "LERC"), ("jpegxl", "JPEG XL")],
)
def test_compressions_are_named(fill, name, word):
    done = fill(f"tiff-codec-{name}.tif")
    assert done.code == Exit.CANNOT_READ
    assert word in done.said.err


def test_integers_are_called_integers(fill):
    done = fill("int16.tif")
    assert done.code == Exit.CANNOT_READ
    assert "float" not in done.said.err


@pytest.mark.parametrize("name", ["nosbc", "zerosbc", "bigsbc"])
def test_strips_without_bytes(fill, name):
    same_outside(fill(f"stripbytes-{name}.tif"), photo(f"stripbytes-{name}.tif"))


@pytest.mark.parametrize("name", ["extra-byte-before-dqt", "no-eoi"])
def test_what_libjpeg_opens(fill, name):
    done = fill(f"{name}.jpg")
    assert done.code == Exit.DONE
    assert done.pixels.shape == (256, 455, 3)


def test_bmp_profile(fill):
    done = fill("bmp-v5-icc.bmp")
    assert done.code == Exit.DONE
    data = done.data
    assert int.from_bytes(data[14:18], "little") == 124
    at, size = (int.from_bytes(data[i : i + 4], "little") for i in (126, 130))
    before = (CASES / "bmp-v5-icc.bmp").read_bytes()
    old_at, old_size = (int.from_bytes(before[i : i + 4], "little") for i in (126, 130))
    assert data[14 + at : 14 + at + size] == before[14 + old_at : 14 + old_at + old_size]


def test_nclx_p3(fill):
    done = fill("nclx-p3.avif")
    assert done.code == Exit.DONE
    assert done.image.info.get("icc_profile")


def test_nclx_pq(fill):
    done = fill("nclx-pq.avif")
    assert done.code == Exit.CANNOT_READ
    assert "HDR" in done.said.err


def test_nclx_p3_heic(fill):
    done = fill("nclx-p3.heic", MASK, ".png")
    if done.code == Exit.CANNOT_READ:
        assert "heic" in done.said.err
        pytest.skip("the extra heic is not installed")
    assert done.image.info.get("icc_profile")


def test_hidden_colours(fill):
    fills = []
    for name in ("black", "white"):
        done = fill(f"hidden-colour-{name}.png", "hidden-colour-mask.png")
        assert done.code == Exit.DONE
        hole = mask_of("hidden-colour-mask.png") & (done.pixels[..., 3] > 0)
        fills.append(done.pixels[hole][:, :3])
    assert np.array_equal(*fills)
    assert np.abs(fills[0].mean(axis=0) - (200, 150, 90)).max() < 3


def test_equirect(fill):
    done = fill("equirect.jpg", "equirect-mask.png")
    assert done.code == Exit.DONE
    rows = mask_of("equirect-mask.png")[:, [0, -1]].any(axis=1)
    edges = done.pixels[rows].astype(int)
    step = np.abs(edges[:, 0] - edges[:, -1])
    assert step.mean() < 3
    assert step.max() < 15


def packet(done):
    data = done.data
    start = data.index(b"<x:xmpmeta")
    return data[start : data.index(b"</x:xmpmeta>")].decode("utf-8")


def test_face_regions(fill):
    words = packet(fill("face-regions.jpg", META_MASK))
    for want in ("0.8", "0.08", "912", "512"):
        assert want in words


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("motion-elements", ("MotionPhoto", "MicroVideo")),
        ("ultrahdr-elements", ("hdrgm:Version",)),
        ("ultrahdr-prefix", ("Directory", "GainMap")),
    ],
)
def test_words_about_companions_go(fill, name, gone):
    words = packet(fill(f"{name}.jpg", META_MASK))
    assert not [word for word in gone if word in words]


@pytest.mark.parametrize("name", ["u16", "pfx", "ws", "tpfx"])
@pytest.mark.parametrize("words", [[], ["--provenance"]])
def test_xmp_in_every_form(fill, name, words):
    done = fill(f"xmp-{name}.tif", MASK, "", *words)
    assert done.code == Exit.DONE
    with tifffile.TiffFile(done.out) as file:
        xmp = bytes(file.pages[0].tags[700].value).decode("utf-8")
    assert "Rating" in xmp
    assert "Orientation>6" not in xmp
    assert 'Orientation="6"' not in xmp
    assert ("compositeWithTrained" in xmp) is bool(words)


def test_xmp_only_orientation(fill):
    done = fill("xmp-only-orientation.jpg", "xmp-only-orientation-mask.png")
    assert done.code == Exit.DONE
    before = case("xmp-only-orientation.jpg")
    after = done.image
    assert after.size == before.size
    assert "6" in packet(done).split("Orientation", 1)[1][:4]


def test_icc_0_of_1(fill):
    done = fill("icc-chunk-0-of-1.jpg")
    assert done.code == Exit.DONE
    before = case("icc-chunk-0-of-1.jpg").info["icc_profile"]
    assert done.image.info["icc_profile"] == before


def test_apng_one_frame(fill):
    same_outside(fill("apng-one-frame.png"), photo("apng-one-frame.png"))


@pytest.mark.parametrize("high", [1, 4])
def test_thin(fill, high):
    done = fill(f"thin-{high}px.png", f"thin-{high}px-mask.png")
    assert done.code == Exit.DONE
    mask = mask_of(f"thin-{high}px-mask.png")
    assert np.abs(done.pixels[mask].mean(axis=0) - (209, 219, 230)).max() < 8


def test_transparent_to_jpeg(fill):
    done = fill("transparent-to-jpeg.png", MASK, ".jpg")
    assert done.code == Exit.DONE
    clear = photo("transparent-to-jpeg.png")[..., 3] == 0
    assert done.pixels[clear].mean() > 250
    assert "white" in done.words


def test_wide(fill):
    done = fill("wide-66000.png", "wide-66000-mask.png", ".jpg")
    assert done.code == Exit.CANNOT_WRITE
    assert "65,5" in done.said.err or "655" in done.said.err
    assert not done.out.exists()


def test_tight_date(fill):
    done = fill("tight-date.jpg", "tight-date-mask.png", "", "--grow", "6")
    assert done.code == Exit.DONE
    tight = fill("tight-date.jpg", "tight-date-mask.png", ".png").summary["invented_pixels"]
    assert done.summary["invented_pixels"] > 1.5 * tight


@pytest.fixture
def shell(tmp_path):
    """Run one of the folder's scripts with this program as ``lacuna``."""
    here, tools = tmp_path / "cases", tmp_path / "tools"
    here.mkdir()
    tools.mkdir()
    for path in CASES.iterdir():
        shutil.copyfile(path, here / path.name)
    (here / "out").mkdir()
    for name, words in (("lacuna", ROOT / "main.py"), ("python", "")):
        program = tools / name
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n')
        program.chmod(0o755)
    extra = os.environ.get("LACUNA_CASES_PATH", "")
    path = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])

    def run(script, *words):
        return subprocess.run(
            ["bash", here / script, *words],
            cwd=here, capture_output=True, text=True, timeout=300,
            env={**os.environ, "PATH": path, "PYTHONPATH": extra, "TMPDIR": str(tmp_path)},
        )  # fmt: skip

    return run


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("broken-pipe.sh", 0),
        ("long-name.sh", None),
        ("nfc-nfd.sh", 0),
        ("process-substitution.sh", 0),
        ("stderr-none.sh", 0),
    ],
)
def test_scripts(shell, script, code):
    done = shell(script)
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert "AttributeError" not in said
    codes = [line for line in done.stdout.splitlines() if line.startswith("rc=")]
    assert codes == [f"rc={code}"] if code is not None else codes in (["rc=0"], ["rc=4"])


def test_attributes_and_lists_stay(shell):
    if not shutil.which("getfattr") or not shutil.which("getfacl"):
        pytest.skip("getfattr and getfacl are not installed")
    done = shell("xattr.sh")
    before, after = done.stdout.split("Filled in")[0], done.stdout.split("Filled in")[1]
    for word in ('user.xdg.tags="holiday"', 'user.baloo.rating="8"', "group::r--"):
        assert word in before
        assert word in after


@pytest.mark.parametrize("mode", ["plain", "chmod", "chmodns", "fsync", "fsyncns", "ino"])
def test_odd_filesystems(shell, mode):
    if not shutil.which("fusermount") or not os.environ.get("LACUNA_CASES_PATH"):
        pytest.skip("fuse, and fusepy in LACUNA_CASES_PATH, are not there")
    done = shell("odd-filesystem.sh", mode)
    assert done.stdout.count("Filled in") == 2, done.stdout + done.stderr
