"""The pieces that commands share: pipes, streams, bars, ways, what is printed."""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from app.cli import fill, maps, masking, streams, way, window
from app.cli.command_line import main
from app.cli.exit import Exit, exit_for
from app.cli.progress import ProgressBar
from engine.errors import (
    DeviceError,
    EmptyMaskError,
    EngineError,
    ImageError,
    PhotoReadError,
    PhotoWriteError,
    SnapshotError,
)
from engine.removal.growing import Growth
from engine.windows.transforms import Transforms

posix = pytest.mark.skipif(os.name != "posix", reason="other systems know no such pipes")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PhotoReadError, 3),
        (PhotoWriteError, 4),
        (SnapshotError, 5),
        (EmptyMaskError, 7),
        (ImageError, 2),
        (DeviceError, 2),
        (EngineError, 2),
    ],
)
def test_every_error_has_its_exit_code(error, code):
    assert exit_for(error("It went wrong.")) == code
    assert (Exit.DONE, Exit.UNSOUND, Exit.SOME_FAILED, Exit.INTERRUPTED) == (0, 1, 6, 130)


@posix
def test_a_pipe_is_copied_and_a_file_is_not(tmp_path):
    file, pipe = tmp_path / "a.png", tmp_path / "pipe"
    file.write_bytes(b"a file")
    assert masking.as_file(file) == file
    assert masking.as_file(tmp_path / "nowhere") == tmp_path / "nowhere"
    os.mkfifo(pipe)
    data = os.urandom(100_000)
    thread = threading.Thread(target=pipe.write_bytes, args=(data,))
    thread.start()
    copy = masking.as_file(pipe)
    thread.join()
    assert copy.name == "pipe"
    assert copy.read_bytes() == data
    with pytest.raises(PhotoReadError, match="it is a pipe"):
        masking.refuse_pipe(pipe)
    masking.refuse_pipe(file)
    masking.refuse_pipe(tmp_path / "nowhere")


@posix
def test_a_pipe_that_cannot_be_read_is_told(tmp_path, monkeypatch):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)

    def refused(*words, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refused)
    with pytest.raises(PhotoReadError, match=r"cannot be read: Permission denied"):
        masking.as_file(pipe)


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="only POSIX names open files so")
def test_a_file_that_is_open_here_alone_is_copied(tmp_path):
    (tmp_path / "mask.png").write_bytes(b"the mask")
    with open(tmp_path / "mask.png", "rb") as file:
        copy = masking.as_file(tmp_path.__class__(f"/dev/fd/{file.fileno()}"))
    assert not str(copy).startswith("/dev")
    assert copy.read_bytes() == b"the mask"


def test_growing_is_an_argument():
    parser = argparse.ArgumentParser()
    masking.add_grow(parser)
    assert parser.parse_args([]).grow == Growth()
    assert parser.parse_args(["--grow", "4"]).grow == Growth(pixels=4)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_shows_whole_percents_and_is_wiped():
    screen = Terminal()
    with ProgressBar("Filling", screen) as bar:
        for fraction in (0.5, 0.501, -1.0, 2.0):
            bar(fraction)
    cells = [0, 16, 0, 32]
    drawn = [
        f"\rFilling [{'#' * n}{'.' * (32 - n)}] {percent:3d} %"
        for n, percent in zip(cells, (0, 50, 0, 100), strict=True)
    ]
    assert screen.getvalue() == "".join(drawn) + "\r\x1b[K"
    silent = io.StringIO()
    with ProgressBar("Filling", silent) as bar:
        bar(0.5)
    assert silent.getvalue() == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [*((v, float(v)) for v in ("0.5", "4", "1.25")), *((v, None) for v in ("0.49", "4.01", "x"))],
)
def test_how_wide_to_look_has_its_bounds(text, value):
    parser = argparse.ArgumentParser()
    way.add_way(parser)
    words = ["--context", text]
    if value is None:
        with pytest.raises(SystemExit):
            parser.parse_args(words)
    else:
        assert parser.parse_args(words).context == value
    args = parser.parse_args([])
    assert (args.context, args.photo_only, args.panorama) == (1.0, False, False)


def test_how_copied_parts_may_be_changed_is_said_in_words():
    parser = argparse.ArgumentParser()
    way.add_way(parser)
    assert parser.parse_args([]).transforms == Transforms.NONE
    words = parser.parse_args(["--transforms", "mirror,scale"]).transforms
    assert words == Transforms.MIRROR | Transforms.SCALE
    with pytest.raises(SystemExit):
        parser.parse_args(["--transforms", "skew"])


@pytest.mark.parametrize(("count", "taken"), [("1", 1), ("16", 16), ("17", None), ("0", None)])
def test_there_are_one_to_sixteen_variants(count, taken):
    parser = argparse.ArgumentParser()
    fill.add_arguments(parser)
    words = ["a.jpg", "--mask", "m.png", "--variants", count]
    if taken is None:
        with pytest.raises(SystemExit):
            parser.parse_args(words)
    else:
        assert parser.parse_args(words).variants == taken


SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.mark.parametrize(
    ("screens", "loads", "said"),
    [
        ({}, True, window.NO_SCREEN),
        ({"DISPLAY": ":0"}, True, ""),
        ({"DISPLAY": ":0"}, False, "libxcb-cursor0"),
        ({"WAYLAND_DISPLAY": "w"}, False, ""),
        ({"QT_QPA_PLATFORM": "offscreen"}, False, ""),
        ({"QT_QPA_PLATFORM": "xcb"}, False, "libxcb-cursor0"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False, ""),
        ({"WAYLAND_DISPLAY": "w", "QT_QPA_PLATFORM": "xcb"}, False, "libxcb-cursor0"),
    ],
)
def test_why_no_window_can_be_opened(monkeypatch, screens, loads, said):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(window, "_loads", lambda name: loads)
    monkeypatch.setattr(window, "reached", lambda: True)
    for name in SCREENS:
        monkeypatch.delenv(name, raising=False)
    for name, value in screens.items():
        monkeypatch.setenv(name, value)
    found = window.no_window()
    assert said in found
    assert bool(found) is bool(said)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert window.no_window() == ""


def test_the_first_library_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(window, "_loads", lambda name: "keysyms" not in name)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    assert "libxcb-keysyms.so.1" in window.no_window()
    assert "sudo apt install libxcb-keysyms1" in window.no_window()


def test_the_windows_self_test_says_why_there_is_no_window(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in SCREENS:
        monkeypatch.delenv(name, raising=False)
    assert main(["selftest", "--window"]) == Exit.USAGE
    assert window.NO_SCREEN in capsys.readouterr().err


def test_a_library_is_there_or_not():
    assert not window._loads("libnowhere.so.99")


def test_the_maps_are_written_in_place_of_older_ones(tmp_path):
    pictures = {"a.png": np.zeros((3, 4), np.uint8), "b.png": np.full((3, 4, 3), 9, np.uint8)}
    folder = tmp_path / "maps"
    files = maps.write(folder, pictures)
    assert files == [folder / "a.png", folder / "b.png"]
    assert maps.write(folder, {"a.png": np.full((3, 4), 5, np.uint8)}) == files[:1]
    from PIL import Image

    with Image.open(files[0]) as image:
        assert (np.asarray(image) == 5).all()
    with pytest.raises(PhotoWriteError, match="cannot be made"):
        maps.write(tmp_path / "no" / "where", pictures)


def test_the_ranges_of_maps_are_least_mean_and_most():
    found = maps._ranges({4: np.array([[0, 0.25], [0.5, 1]], np.float32)})
    assert found == {"4": [0.0, 0.4375, 1.0]}


def saved(letter):
    out = SimpleNamespace(name=letter)
    return SimpleNamespace(out=out, as_json=lambda: {"out": letter})


def test_several_variants_are_listed_and_the_first_is_at_the_top():
    one = fill._summary("CPU", [(0, 0, 5, 5)], 12, [saved("a")])
    assert one == {"device": "CPU", "windows": [[0, 0, 5, 5]], "milliseconds": 12, "out": "a"}
    two = fill._summary("CPU", [(0, 0, 5, 5)], 12, [saved("a"), saved("b")])
    assert two == {**one, "variants": [{"out": "a"}, {"out": "b"}]}


STREAMS = (
    "import sys; sys.path.insert(0, {root!r})\n"
    "from app.cli import streams\n"
    "streams.prepare()\n"
    "print('x' * {count}); sys.stdout.flush()\n"
    "print(repr(streams.lost()), file=sys.stderr)\n"
)


@posix
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('"$@"', "''"),
        ('"$@" > /dev/full', "'No space left on device'"),
        ('"$@" | true', "''"),
    ],
)
def test_what_did_not_arrive_is_known(line, said):
    if "full" in line and not os.path.exists("/dev/full"):
        pytest.skip("only Linux has such a device")
    code = STREAMS.format(root=str(window.__file__).rsplit("/app/", 1)[0], count=200_000)
    command = ["bash", "-c", line, "bash", sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.strip() == said


@posix
def test_closed_streams_take_no_number_of_a_file(tmp_path):
    code = (
        f"import sys; sys.path.insert(0, {str(window.__file__).rsplit('/app/', 1)[0]!r})\n"
        "from app.cli import streams\n"
        "streams.prepare()\n"
        f"number = open({str(tmp_path / 'photo')!r}, 'w').fileno()\n"
        "print('printed'); sys.stdout.flush()\n"
        "import json\n"
        f"open({str(tmp_path / 'told')!r}, 'w').write(json.dumps(number))\n"
    )
    line = '"$@" <&- >&- 2>&-'
    subprocess.run(["bash", "-c", line, "bash", sys.executable, "-c", code], check=True)
    assert json.loads((tmp_path / "told").read_text()) == 3
    assert (tmp_path / "photo").read_text() == ""


def test_a_stream_that_is_no_text_file_is_left_as_it_is():
    memory = io.StringIO()
    assert streams._safe(memory, 1) is memory


def test_a_name_that_is_no_text_can_be_printed(monkeypatch, tmp_path):
    strict = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    monkeypatch.setattr(sys, "stdout", strict)
    main(["fill", str(tmp_path / "nowhere.png"), "--mask", str(tmp_path / "nowhere.png")])
    print("caf\udce9")
    strict.flush()
    assert strict.buffer.getvalue().endswith(b"caf\\udce9\n")
