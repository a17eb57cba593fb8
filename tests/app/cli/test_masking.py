"""What a command does with its mask: grown, read from a pipe, empty, of another kind."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.cli.command_line import main
from app.cli.exit import Exit
from engine.photo.mask import TURNED
from engine.photo.mask_levels import PAINT
from engine.removal.growing import growth_of
from engine.removal.panorama import AROUND
from tests.app.cli.flat import put_in_place

ROOT = Path(__file__).parents[3]
SIZE = 60, 40
HOLE = slice(12, 25), slice(10, 30)
posix = pytest.mark.skipif(os.name != "posix", reason="other systems know no such pipes")


@pytest.fixture(autouse=True)
def inpainter(monkeypatch):
    return put_in_place(monkeypatch)


@pytest.fixture
def photo(tmp_path):
    pixels = np.random.default_rng(1).integers(0, 200, (SIZE[1], SIZE[0], 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "harbour.png")
    return tmp_path / "harbour.png"


@pytest.fixture
def painted():
    out = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    out[HOLE] = 255
    return out


@pytest.fixture
def mask(tmp_path, painted):
    Image.fromarray(painted).save(tmp_path / "mask.png")
    return tmp_path / "mask.png"


def fill(photo, mask, *more):
    return main(["fill", *map(str, (photo, "--mask", mask, *more))])


def changed(photo):
    with Image.open(photo) as old, Image.open(photo.with_name("harbour-filled.png")) as new:
        return (np.asarray(old) != np.asarray(new)).any(axis=2)


# --- empty, and other kinds ----------------------------------------------------------------------


def test_an_empty_mask_has_its_own_exit_code_and_costs_no_work(photo, mask, inpainter, capsys):
    Image.new("L", SIZE, 0).save(mask)
    assert fill(photo, mask, "--json") == 7 == Exit.NOTHING_TO_FILL
    out, err = capsys.readouterr()
    assert json.loads(out)["exit"] == 7
    for text in (json.loads(out)["error"], err):
        assert "“mask.png” is empty" in text
        assert "0 of 255" in text
        assert "128" in text
    assert not photo.with_name("harbour-filled.png").exists()
    assert inpainter.made == 0


def test_how_a_mask_was_read_is_said(photo, mask, painted, capsys):
    layer = np.zeros((*painted.shape, 4), np.uint8)
    layer[painted > 0] = 255, 0, 0, 255
    Image.fromarray(layer).save(mask)
    assert fill(photo, mask) == Exit.DONE
    assert PAINT in capsys.readouterr().err
    assert changed(photo).sum() == 13 * 20
    assert fill(photo, mask, "--json", "--overwrite") == Exit.DONE
    assert PAINT in json.loads(capsys.readouterr().out)["report"]


def test_a_mask_in_the_layout_of_the_cameras_sensor_fits(photo, mask, painted, capsys):
    exif = Image.Exif()
    exif[274] = 6
    with Image.open(photo) as image:
        image.load()
    image.save(photo, exif=exif)
    assert fill(photo, mask) == Exit.DONE
    assert TURNED in capsys.readouterr().err
    with Image.open(photo.with_name("harbour-filled.png")) as out:
        assert out.size == (SIZE[1], SIZE[0])
        red = (np.asarray(out.convert("RGB")) == [255, 0, 10]).all(axis=2)
    assert np.array_equal(red, np.rot90(painted > 0, 3))


# --- growing -------------------------------------------------------------------------------------


def test_grow_takes_pixels_all_around(photo, mask, capsys):
    assert fill(photo, mask, "--grow", 3, "--mask-out", mask.with_name("all.png")) == Exit.DONE
    grown = changed(photo)
    assert grown[9:28, 10:30].all()
    assert grown[12:25, 7:33].all()
    assert not grown[:9].any()
    assert not grown[:, :7].any()
    with Image.open(mask.with_name("all.png")) as image:
        assert np.array_equal(np.asarray(image) > 0, grown)


@pytest.mark.parametrize(("share", "pixels"), [("10%", 1), ("1.5%", 1), ("1%", 1)])
def test_grow_takes_a_share_of_a_hole_as_the_window_does(photo, mask, share, pixels, capsys):
    """Of the 13 pixels that the mask is wide; one pixel is the least."""
    assert fill(photo, mask, "--grow", share) == Exit.DONE
    grown = changed(photo)
    assert grown[12 - pixels, 20]
    assert not grown[: 12 - pixels].any()


@pytest.mark.parametrize("text", ["-1", "201", "11%", "two", "1.5", "nan%", ""])
def test_a_growth_that_is_none_is_refused(photo, mask, text, capsys):
    assert growth_of(text) is None
    with pytest.raises(SystemExit) as stop:
        fill(photo, mask, f"--grow={text}")
    assert stop.value.code == Exit.USAGE


# --- pipes ---------------------------------------------------------------------------------------


def feed(pipe, data):
    """Write ``data`` into a named pipe as another program would."""
    os.mkfifo(pipe)
    thread = threading.Thread(target=pipe.write_bytes, args=(data,))
    thread.start()
    return thread


@posix
def test_a_mask_comes_through_a_pipe(photo, mask, capsys):
    thread = feed(mask.with_name("pipe"), mask.read_bytes())
    assert fill(photo, mask.with_name("pipe")) == Exit.DONE
    thread.join()
    assert changed(photo).sum() == 13 * 20


@posix
def test_one_mask_for_a_batch_comes_through_a_pipe(photo, mask, tmp_path, capsys):
    twin = photo.with_name("twin.png")
    twin.write_bytes(photo.read_bytes())
    thread = feed(mask.with_name("pipe"), mask.read_bytes())
    words = [photo, twin, "--masks", mask.with_name("pipe"), "--out", tmp_path / "out"]
    assert main(["batch", *map(str, words)]) == Exit.DONE
    thread.join()
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"harbour.png", "twin.png"}


@posix
def test_a_photo_that_is_a_pipe_is_refused_in_words(photo, mask, tmp_path, capsys):
    os.mkfifo(tmp_path / "pipe")
    assert fill(tmp_path / "pipe", mask) == Exit.CANNOT_READ
    assert "it is a pipe" in capsys.readouterr().err


FLAT = (
    "import sys; sys.path.insert(0, {root!r})\n"
    "import pytest; from tests.app.cli.flat import put_in_place\n"
    "put_in_place(pytest.MonkeyPatch())\n"
    "from app.cli.command_line import main; sys.exit(main())"
)


def shell(line, *words):
    """Run a line of bash in which "$@" starts Lacuna with a flat engine."""
    program = [sys.executable, "-P", "-c", FLAT.format(root=str(ROOT))]
    command = ["bash", "-c", line, "bash", *program, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@posix
@pytest.mark.parametrize("source", ["<(cat {})", "/dev/stdin < {}"])
def test_a_mask_comes_from_a_program_or_standard_input(photo, mask, source):
    done = shell(f'"$@" --mask {source.format(mask)}', "fill", photo)
    assert (done.returncode, done.stderr.strip()) == (Exit.DONE, "")
    assert changed(photo).sum() == 13 * 20


# --- streams -------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_trouble_and_nothing_is_printed_into_a_photo(photo, mask, closed):
    done = shell(f'"$@" {closed}', "fill", photo, "--mask", mask)
    assert done.returncode == Exit.DONE
    assert "Error" not in done.stdout + done.stderr
    assert changed(photo).sum() == 13 * 20


@posix
@pytest.mark.parametrize("line", ['"$@" | true', '"$@" 2>&1 | true'])
def test_a_reader_that_goes_away_is_no_trouble(photo, mask, line):
    done = shell(f"{line}; exit ${{PIPESTATUS[0]}}", "fill", photo, "--mask", mask)
    assert (done.returncode, done.stderr.strip()) == (Exit.DONE, "")
    assert changed(photo).sum() == 13 * 20


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such a device")
def test_an_answer_that_does_not_arrive_is_told(photo, mask):
    done = shell('"$@" > /dev/full', "fill", photo, "--mask", mask, "--json")
    assert done.returncode == Exit.CANNOT_WRITE
    assert done.stderr.strip() == (
        "lacuna: The output could not be written: No space left on device."
    )
    assert photo.with_name("harbour-filled.png").exists()


def test_folders_are_refused_in_a_sentence(photo, tmp_path, capsys):
    assert fill(tmp_path, photo) == Exit.CANNOT_READ
    assert "it is a folder; choose a photo in it." in capsys.readouterr().err


@posix
@pytest.mark.parametrize("size", [246, 251, 255])
def test_a_long_name_is_cut_to_make_room_for_what_is_added(photo, mask, size, capsys):
    long = photo.rename(photo.with_name("a" * (size - 4) + ".png"))
    assert fill(long, mask) == Exit.DONE
    out = long.with_name("a" * min(size - 4, 244) + "-filled.png")
    assert out.exists()
    assert fill(long, mask) == Exit.CANNOT_WRITE
    assert "exists already" in capsys.readouterr().err
    assert fill(long, mask, "--variants", 2) == Exit.DONE
    assert len(list(photo.parent.glob("a*-?.png"))) == 2


@posix
@pytest.mark.parametrize("option", ["--out", "--mask-out"])
def test_a_name_that_is_too_long_for_the_disk_is_told(photo, mask, option, capsys):
    assert fill(photo, mask, option, photo.with_name("x" * 300 + ".png")) == Exit.CANNOT_WRITE
    assert "the file name is too long" in capsys.readouterr().err


# --- what comes before and after the work --------------------------------------------------------


def test_a_photo_its_format_cannot_hold_is_refused_before_the_work(tmp_path, inpainter, capsys):
    for name, value in (("wide", 90), ("mask", 255)):
        Image.new("L", (65_501, 2), value).save(tmp_path / f"{name}.png")
    out = tmp_path / "out.jpg"
    assert fill(tmp_path / "wide.png", tmp_path / "mask.png", "--out", out) == Exit.CANNOT_WRITE
    assert "JPEG holds at most 65500 pixels a side" in capsys.readouterr().err
    assert inpainter.made == 0


def test_sidecars_are_told_of_and_copied_on_demand(photo, mask, tmp_path, capsys):
    photo.with_name("harbour.xmp").write_bytes(b"<x:xmpmeta/>")
    assert fill(photo, mask) == Exit.DONE
    assert "“harbour.xmp” beside the photo was not copied; --sidecars does." in (
        capsys.readouterr().err
    )
    assert fill(photo, mask, "--overwrite", "--sidecars") == Exit.DONE
    assert photo.with_name("harbour-filled.xmp").read_bytes() == b"<x:xmpmeta/>"
    masks = tmp_path / "masks"
    masks.mkdir()
    mask.rename(masks / "harbour.png")
    words = [photo, "--masks", masks, "--out", tmp_path / "out", "--sidecars"]
    assert main(["batch", *map(str, words)]) == Exit.DONE
    assert (tmp_path / "out" / "harbour.xmp").exists()


@pytest.mark.parametrize(("words", "told"), [(["--panorama"], True), ([], False)])
def test_a_panorama_is_filled_across_its_edges(photo, tmp_path, capsys, words, told):
    edges = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    edges[10:20, :5] = edges[10:20, -5:] = 255
    Image.fromarray(edges).save(tmp_path / "edges.png")
    assert fill(photo, tmp_path / "edges.png", *words) == Exit.DONE
    assert (AROUND in capsys.readouterr().err) is told
    assert np.array_equal(changed(photo), edges > 0)
