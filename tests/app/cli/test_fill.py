"""The command line over real files, with an engine that paints flat colours."""

import gc
import io
import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

import engine.photo
from app import APP_NAME
from app.cli.command_line import main
from app.cli.fill import seeds_from
from app.cli.progress import ProgressBar
from app.cli.selftest import faults_of
from engine import __version__
from engine.errors import DeviceError, SnapshotError
from engine.geometry import Box
from engine.removal.codes import code_of, seed_of
from engine.result import Result
from tests.app.cli.flat import put_in_place

ROOT = Path(__file__).parents[3]
SIZE = 60, 40
HOLE = Box(10, 12, 30, 25)


@pytest.fixture(autouse=True)
def inpainter(monkeypatch):
    return put_in_place(monkeypatch)


@pytest.fixture
def photo(tmp_path):
    """A lossless photo of 60 x 40 pixels."""
    pixels = np.random.default_rng(1).integers(0, 200, (SIZE[1], SIZE[0], 3), np.uint8)
    path = tmp_path / "harbour.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def mask(tmp_path):
    """A mask that is white in HOLE."""
    pixels = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    pixels[HOLE.slices] = 255
    path = tmp_path / "mask.png"
    Image.fromarray(pixels).save(path)
    return path


def fill(photo, mask, *more) -> int:
    return main(["fill", str(photo), "--mask", str(mask), *map(str, more)])


def pixels_of(path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def files_in(folder) -> set[str]:
    return {path.name for path in folder.iterdir()}


# --- fill ---------------------------------------------------------------------------------------


def test_fill_saves_beside_the_photo_and_leaves_the_photo_alone(photo, mask, capsys):
    before = photo.read_bytes()
    assert fill(photo, mask) == 0
    assert photo.read_bytes() == before
    filled = pixels_of(photo.with_name("harbour-filled.png"))
    outside = np.ones(filled.shape[:2], bool)
    outside[HOLE.slices] = False
    assert (filled[outside] == pixels_of(photo)[outside]).all()
    assert (filled[HOLE.slices] == [255, 0, 10]).all()
    told = capsys.readouterr().out
    assert "harbour-filled.png" in told
    assert "CPU: no CUDA device" in told


def test_json_is_one_object_with_what_a_caller_needs(photo, mask, tmp_path, capsys):
    out = tmp_path / "new.png"
    assert fill(photo, mask, "--out", out, "--seed", "7f3a-02", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["device"] == "CPU: no CUDA device"
    assert told["scale"] == 0.25
    assert told["seed"] == "7F3A-02"
    assert told["windows"] == [list(HOLE.grow(5))]
    assert told["changed_pixels"] == HOLE.width * HOLE.height
    assert told["out"] == str(out)
    assert isinstance(told["milliseconds"], int)


def test_a_result_is_let_go_before_its_file_is_written(photo, mask, monkeypatch):
    """Reading back what was written takes most memory; of a large photo a result is 300 MB."""
    real, held = engine.photo.save_photo, []

    def save(*args, **kwargs):
        held.append(sum(isinstance(thing, Result) for thing in gc.get_objects()))
        return real(*args, **kwargs)

    monkeypatch.setattr(engine.photo, "save_photo", save)
    gc.collect()
    before = sum(isinstance(thing, Result) for thing in gc.get_objects())
    assert fill(photo, mask, "--variants", 2) == 0
    assert held == [before + 1, before]


def test_variants_are_files_a_b_c_each_with_its_code(photo, mask, tmp_path, capsys):
    assert fill(photo, mask, "--seed", "7F3A-98", "--variants", 3, "--json") == 0
    told = json.loads(capsys.readouterr().out)["variants"]
    assert [row["seed"] for row in told] == ["7F3A-98", "7F3A-99", "7F3B-00"]
    names = [f"harbour-filled-{letter}.png" for letter in "ABC"]
    assert [Path(row["out"]).name for row in told] == names
    blues = [pixels_of(tmp_path / name)[HOLE.top, HOLE.left, 2] for name in names]
    assert blues == [10 + 98, 10 + 99, 10]


def test_a_photo_in_other_colours_is_filled_in_them(photo, mask):
    """A profile that calls green red: the engine's red must arrive in the file as green."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for old, new in ((b"rXYZ", b"----"), (b"gXYZ", b"rXYZ"), (b"----", b"gXYZ")):
        profile = profile.replace(old, new)
    Image.fromarray(pixels_of(photo)).save(photo, icc_profile=profile)
    assert fill(photo, mask) == 0
    out = photo.with_name("harbour-filled.png")
    red, green, blue = pixels_of(out)[HOLE.top, HOLE.left]
    assert red <= 1
    assert green >= 254
    assert abs(int(blue) - 10) <= 1
    with Image.open(out) as image:
        assert image.info["icc_profile"] == profile


def test_overwrite_replaces_an_older_result(photo, mask):
    older = photo.with_name("harbour-filled.png")
    shutil.copy(photo, older)
    assert fill(photo, mask, "--overwrite") == 0
    assert (pixels_of(older)[HOLE.slices] == [255, 0, 10]).all()


def test_mask_out_writes_what_was_invented_and_json_tells_its_area(photo, mask, tmp_path, capsys):
    where = tmp_path / "invented.png"
    assert fill(photo, mask, "--mask-out", where, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (pixels_of(where)[..., 0] == pixels_of(mask)[..., 0]).all()
    assert told["invented_pixels"] == HOLE.width * HOLE.height
    assert told["invented_share"] == pytest.approx(told["invented_pixels"] / (60 * 40), abs=1e-6)


@pytest.mark.parametrize("where", ["invented.jpg", "mask.png", "nowhere/a.png", "new.png"])
def test_a_mask_that_cannot_be_written_is_4_before_any_work(
    photo, mask, tmp_path, inpainter, capsys, where
):
    before = files_in(tmp_path)
    out = tmp_path / "new.png"
    assert fill(photo, mask, "--out", out, "--mask-out", tmp_path / where) == 4
    refused(4, capsys, Path(where).name)
    assert files_in(tmp_path) == before
    assert inpainter.made == 0


def test_provenance_is_noted_on_demand(photo, mask):
    mark = b"compositeWithTrainedAlgorithmicMedia"
    out = photo.with_name("harbour-filled.png")
    assert fill(photo, mask) == 0
    assert mark not in out.read_bytes()
    assert fill(photo, mask, "--provenance", "--overwrite") == 0
    assert mark in out.read_bytes()


def test_what_was_kept_is_told_in_one_line(photo, mask, capsys):
    Image.fromarray(pixels_of(photo)).save(photo, dpi=(300, 300))
    assert fill(photo, mask) == 0
    assert "Kept: resolution." in capsys.readouterr().err
    assert fill(photo, mask, "--overwrite", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["report"] == "Kept: resolution."


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_text_is_no_trouble(photo, mask, capsys):
    odd = photo.rename(photo.with_name("caf\udce9.png"))
    assert fill(odd, mask) == 0
    assert odd.with_name("caf\udce9-filled.png").exists()
    assert "caf" in capsys.readouterr().out


def test_seeds_count_on_from_the_code_and_never_leave_the_codes():
    assert [code_of(seed) for seed in seeds_from("SAFE", 3)] == ["SAFE", "0000-01", "0000-02"]
    last = seeds_from("FFFF-99", 2)
    assert [seed_of(code_of(seed)) for seed in last] == last


# --- what is refused, and how --------------------------------------------------------------------


def refused(code: int, capsys, *wanted: str) -> None:
    """Check the exit code's companion: one sentence on standard error, nothing on standard out."""
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    assert all(word in err for word in wanted), err


@pytest.mark.parametrize("content", [None, b"", b"not a picture at all"])
def test_a_photo_that_cannot_be_read_is_3(photo, mask, capsys, content):
    if content is None:
        photo.unlink()
    else:
        photo.write_bytes(content)
    assert fill(photo, mask) == 3
    refused(3, capsys, "harbour.png")


def test_a_mask_that_cannot_be_read_is_3(photo, mask, capsys):
    mask.unlink()
    assert fill(photo, mask) == 3
    refused(3, capsys, "mask.png")


def test_a_mask_of_another_size_is_2_and_names_both_sizes(photo, mask, capsys):
    Image.new("L", (61, 40), 255).save(mask)
    assert fill(photo, mask) == 2
    refused(2, capsys, "61", "60", "40")


def test_a_wrong_code_is_2(photo, mask, capsys):
    assert fill(photo, mask, "--seed", "lucky") == 2
    refused(2, capsys, "lucky", "7F3A-02")


@pytest.mark.parametrize("count", ["0", "17", "two"])
def test_a_wrong_number_of_variants_is_2(photo, mask, capsys, count):
    with pytest.raises(SystemExit) as end:
        fill(photo, mask, "--variants", count)
    assert end.value.code == 2


def test_a_file_in_the_way_is_4_before_any_work(photo, mask, inpainter, capsys):
    older = photo.with_name("harbour-filled.png")
    older.write_bytes(b"precious")
    assert fill(photo, mask) == 4
    refused(4, capsys, "harbour-filled.png", "--overwrite")
    assert older.read_bytes() == b"precious"
    assert inpainter.made == 0


@pytest.mark.parametrize("out", ["nowhere/new.png", "new.xyz", "new"])
def test_a_place_that_cannot_be_written_is_4_before_any_work(
    photo, mask, tmp_path, inpainter, capsys, out
):
    before = files_in(tmp_path)
    assert fill(photo, mask, "--out", tmp_path / out) == 4
    refused(4, capsys, Path(out).name)
    assert files_in(tmp_path) == before
    assert inpainter.made == 0


@pytest.mark.parametrize(
    ("error", "code"),
    [(SnapshotError("The weights are damaged."), 5), (DeviceError("There is no CUDA here."), 2)],
)
def test_engine_errors_have_their_codes(photo, mask, tmp_path, inpainter, capsys, error, code):
    inpainter.refuse = error
    before = files_in(tmp_path)
    assert fill(photo, mask) == code
    refused(code, capsys, str(error))
    assert files_in(tmp_path) == before


def test_json_reports_a_refusal_as_an_object_too(photo, mask, inpainter, capsys):
    inpainter.refuse = SnapshotError("The weights are damaged.")
    assert fill(photo, mask, "--json") == 5
    assert json.loads(capsys.readouterr().out) == {"error": "The weights are damaged.", "exit": 5}


def test_ctrl_c_leaves_no_file_and_no_traceback(photo, mask, tmp_path, inpainter, capsys):
    inpainter.interrupt = KeyboardInterrupt()
    before = files_in(tmp_path)
    assert fill(photo, mask) == 130
    refused(130, capsys, "Stopped")
    assert files_in(tmp_path) == before


# --- the window, selftest, the frame ------------------------------------------------------------


@pytest.fixture
def startup(monkeypatch):
    """Stand in for the window: remember what it was started with."""
    module = ModuleType("app.startup")
    module.calls = []
    module.run_window = lambda photo, device: module.calls.append((photo, device)) or 0
    monkeypatch.setitem(sys.modules, "app.startup", module)
    return module


@pytest.mark.parametrize(
    ("words", "call"),
    [
        ([], ([], "auto")),
        (["my photo.jpg"], ([Path("my photo.jpg")], "auto")),
        (["./fill", "--device", "cpu"], ([Path("fill")], "cpu")),
    ],
)
def test_without_a_command_the_window_opens(startup, words, call):
    assert main(words) == 0
    assert startup.calls == [call]


def test_without_a_screen_the_window_is_refused_in_words(startup, monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 2
    assert "lacuna fill" in capsys.readouterr().err
    assert startup.calls == []


def test_selftest_names_device_and_weights(capsys):
    assert main(["selftest"]) == 1, "a flat colour is not sound"
    told = capsys.readouterr().out
    assert "CPU: no CUDA device" in told
    assert "0" * 64 in told
    assert "flat colour" in told
    assert told.startswith(f"{APP_NAME} {__version__} on Python {platform.python_version()}")
    assert f"opencv {cv2.__version__}" in told
    assert "1820 x 1024 pixels" in told


def test_faults_are_found_one_by_one():
    image = np.random.default_rng(2).integers(0, 256, (20, 20, 3), np.uint8)
    hole = np.zeros((20, 20), bool)
    hole[5:15, 5:15] = True
    box = Box(5, 5, 15, 15)

    def faults(patch, box=box):
        return faults_of(image, hole, SimpleNamespace(box=box, patch=patch))

    good = 255 - image[box.slices]
    assert faults(good) == []
    assert len(faults(good.astype(np.uint16))) == 1
    assert len(faults(image[box.slices])) == 1
    assert "flat" in faults(np.full_like(good, 7))[0]
    assert "outside" in faults(255 - image[:15, :15], Box(0, 0, 15, 15))[0]


@pytest.mark.parametrize("words", [["--version"], ["fill", "--version"]])
def test_version_names_the_program(capsys, words):
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("Lacuna ")


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert "fill " in told
    assert "selftest " in told


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_drawn_on_a_terminal_and_wiped_even_after_an_error():
    terminal = Terminal()

    def work():
        with ProgressBar("Filling", terminal) as progress:
            progress(0.5)
            progress(0.501)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    text = terminal.getvalue()
    assert text.count(" 50 %") == 1
    assert text.endswith("\r\x1b[K")


def test_the_real_engine_fills_the_sample_without_a_screen(tmp_path):
    samples = ROOT / "assets" / "samples"
    words = [samples / "sample.jpg", "--mask", samples / "sample-mask.png"]
    out = tmp_path / "sample.png"
    command = [sys.executable, ROOT / "main.py", "fill", *words, "--out", out, "--json"]
    env = {"PATH": "", "OMP_NUM_THREADS": "2", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    before, after = pixels_of(words[0]), pixels_of(out)
    hole = np.asarray(Image.open(words[2]).convert("L")) > 127
    assert (before[~hole] == after[~hole]).all()
    assert told["changed_pixels"] == (before != after).any(axis=2).sum() > hole.sum() * 0.9


def test_photo_only_needs_no_network(photo, mask, inpainter, capsys):
    assert fill(photo, mask, "--photo-only", "--json", "--variants", "2") == 0
    said = json.loads(capsys.readouterr().out)
    assert inpainter.made == 0
    assert said["device"] == "CPU: from the photo alone"
    assert said["changed_pixels"] > 0
    assert len(said["variants"]) == 2


@pytest.mark.parametrize("wide", ["0.1", "5", "wide"])
def test_a_context_out_of_bounds_is_refused(photo, mask, wide):
    with pytest.raises(SystemExit) as stop:
        fill(photo, mask, "--context", wide)
    assert stop.value.code == 2
