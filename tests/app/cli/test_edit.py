"""``lacuna edit FILE`` as another program calls it: it waits and reads the exit code."""

import shutil

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from app.cli.command_line import main
from app.main_window import MainWindow
from engine.photo import read_photo
from tests.app.hands import stroke

BUTTONS = QMessageBox.StandardButton
# ProPhoto's primaries (ROMM RGB, ISO 22028-2) in XYZ for D50
PROPHOTO = ((0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491))
PROPHOTO_BLUE = b"".join(round(v * 65536).to_bytes(4, "big") for v in PROPHOTO[2])


@pytest.fixture
def edit(monkeypatch, qapp, qtbot, host):
    """Return a function: run ``lacuna edit PATH`` while ``user(window)`` works in its window."""
    import app.shipped

    monkeypatch.setattr(app.shipped, "shipped_remover", lambda *_: host)
    monkeypatch.setattr(QMessageBox, "question", lambda *a: BUTTONS.Discard)

    def run(path, user):
        def loop(_app):
            tops = QApplication.topLevelWidgets()
            (window,) = (w for w in tops if isinstance(w, MainWindow) and w.isVisible())
            try:
                user(window)
            finally:
                qtbot.waitUntil(lambda: "saving" not in window.workspace.facts, timeout=60_000)
                if window.isVisible():
                    assert window.close()
                window.deleteLater()
            return 0

        monkeypatch.setattr(type(qapp), "exec", loop)
        return main(["edit", str(path)])

    return run


@pytest.fixture
def hand(qtbot):
    """Return what a user does in the window, step by step."""

    class Hand:
        def opened(self, window):
            qtbot.waitUntil(lambda: window.workspace.document.is_open, timeout=60_000)

        def fill(self, window):
            self.opened(window)
            window.workspace.settings.set("brush_size", 40)
            window.canvas.zoom_to(1.0)
            stroke(window.canvas, [(120, 90), (160, 100)])
            window.actions_by_id["fill"].trigger()
            qtbot.waitUntil(lambda: window.fills.choice is not None, timeout=60_000)
            qtbot.waitUntil(lambda: not window.fills.waiting, timeout=60_000)

        def save(self, window):
            with qtbot.waitSignal(window.files.saved, timeout=60_000):
                QTest.keySequence(window, QKeySequence("Ctrl+S"))

        def fail_to_save(self, window):
            with qtbot.waitSignal(window.files.refused, timeout=60_000):
                QTest.keySequence(window, QKeySequence("Ctrl+S"))

        def fill_and_save(self, window):
            self.fill(window)
            self.save(window)

    return Hand()


@pytest.fixture
def scene():
    """Return 300 x 200 pixels of noise, 16 bits."""
    return np.random.default_rng(3).integers(0, 65536, (200, 300, 3), np.uint16)


def prophoto() -> bytes:
    """Return a profile with ProPhoto's primaries."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(data[128:132], "big")
    rows = [data[132 + 12 * i : 144 + 12 * i] for i in range(count)]
    starts = {bytes(row[:4]): int.from_bytes(row[4:8], "big") for row in rows}
    for name, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), PROPHOTO, strict=True):
        at = starts[name] + 8
        data[at : at + 12] = b"".join(round(v * 65536).to_bytes(4, "big") for v in xyz)
    return bytes(data)


@pytest.fixture
def tiff(tmp_path, scene):
    """Return a 16-bit TIFF as Lightroom sends it: deflated, in ProPhoto, with an author."""
    path = tmp_path / "ein Bild für später-Edit.tif"
    tags = [(315, 2, 0, "Ann Author", True), (34675, 7, None, prophoto(), True)]
    tifffile.imwrite(
        path, scene, photometric="rgb", compression="zlib", resolution=(240, 240), extratags=tags,
        metadata=None,
    )  # fmt: skip
    return path


@pytest.fixture
def jpeg(tmp_path, scene):
    """Return an 8-bit JPEG with EXIF."""
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[315] = "Ann Author"
    smooth = cv2.GaussianBlur((scene >> 8).astype(np.uint8), (0, 0), 4)
    Image.fromarray(smooth).save(path, quality=92, subsampling=1, exif=exif)
    return path


def outside(before, after):
    """Return what differs away from the stroke."""
    near = np.zeros(before.shape[:2], bool)
    near[48:144, 80:208] = True
    return (before != after).any(axis=2) & ~near


def test_a_16_bit_prophoto_tiff_is_saved_in_place_as_it_was(edit, hand, tiff, scene):
    before = read_photo(tiff)
    assert edit(tiff, hand.fill_and_save) == 0
    after = read_photo(tiff)
    assert (after.container, after.depth, after.size) == ("TIFF", 16, before.size)
    assert after.icc == before.icc != b""
    assert PROPHOTO_BLUE in after.icc
    with tifffile.TiffFile(tiff) as file:
        tags = file.pages[0].tags
        assert tags["Compression"].value == 8
        assert tags["Artist"].value == "Ann Author"
    assert not outside(scene, after.pixels).any()
    assert (after.pixels[95, 140] != scene[95, 140]).any()
    assert {path.name for path in tiff.parent.iterdir() if path.is_file()} == {tiff.name}


def test_an_8_bit_jpeg_is_saved_in_place_as_it_was(edit, hand, jpeg):
    before = read_photo(jpeg)
    with Image.open(jpeg) as image:
        tables = image.quantization
    assert edit(jpeg, hand.fill_and_save) == 0
    after = read_photo(jpeg)
    with Image.open(jpeg) as image:
        assert image.quantization == tables
        assert image.getexif()[315] == "Ann Author"
    assert not outside(before.pixels, after.pixels).any()
    assert (after.pixels[95, 140] != before.pixels[95, 140]).any()


def test_saving_twice_is_no_change_by_another_program(edit, hand, tiff):
    def user(window):
        hand.fill_and_save(window)
        once = tiff.read_bytes()
        window.actions_by_id["undo"].trigger()
        hand.save(window)
        assert tiff.read_bytes() != once

    assert edit(tiff, user) == 0


def test_closing_without_a_change_leaves_the_file_alone(edit, hand, jpeg):
    before = jpeg.read_bytes(), jpeg.stat().st_mtime_ns

    def user(window):
        hand.opened(window)
        QTest.keySequence(window, QKeySequence("Ctrl+S"))
        assert "saving" not in window.workspace.facts

    assert edit(jpeg, user) == 0
    assert (jpeg.read_bytes(), jpeg.stat().st_mtime_ns) == before


def test_discarded_work_leaves_the_file_alone(edit, hand, jpeg):
    before = jpeg.read_bytes()
    assert edit(jpeg, hand.fill) == 0
    assert jpeg.read_bytes() == before


def test_the_question_at_the_end_saves_in_place_what_is_on_the_canvas(
    edit, hand, jpeg, monkeypatch, qtbot
):
    before = jpeg.read_bytes()
    answers = [BUTTONS.Save]
    monkeypatch.setattr(QMessageBox, "question", lambda *a: answers.pop())

    def user(window):
        hand.fill(window)
        window.close()
        qtbot.waitUntil(lambda: not window.isVisible(), timeout=60_000)

    assert edit(jpeg, user) == 0
    assert answers == []
    assert jpeg.read_bytes() != before


def test_a_file_replaced_by_the_host_meanwhile_stays_the_hosts(
    edit, hand, tiff, tmp_path, scene, capsys
):
    newer = tmp_path / "newer"
    shutil.copy(tiff, newer)
    with open(newer, "ab") as file:
        file.write(b"\0\0")
    wanted = newer.read_bytes()

    def user(window):
        hand.fill(window)
        newer.replace(tiff)
        hand.fail_to_save(window)
        assert "another program" in window.frame.notice.text

    assert edit(tiff, user) == 4
    assert tiff.read_bytes() == wanted
    told = capsys.readouterr().err
    assert "another program has changed the file" in told
    assert tiff.name in told


def test_a_copy_saved_elsewhere_does_not_count(edit, hand, jpeg, tmp_path, monkeypatch, qtbot):
    before, copy = jpeg.read_bytes(), tmp_path / "copy.jpg"
    proposed = []

    def choose(parent, title, proposal, *args, **kwargs):
        proposed.append(proposal)
        return str(copy), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)

    def user(window):
        hand.fill(window)
        window.actions_by_id["accept"].trigger()
        with qtbot.waitSignal(window.files.saved, timeout=60_000):
            window.actions_by_id["save_as"].trigger()
        assert jpeg.read_bytes() == before
        assert window.files.unsaved
        hand.save(window)

    assert edit(jpeg, user) == 0
    assert proposed == [str(jpeg.with_name("photo-edited.jpg"))]
    assert jpeg.read_bytes() == copy.read_bytes()


def test_a_file_that_cannot_be_read_ends_in_3(edit, hand, tmp_path, qtbot, capsys):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8\xff not a photo")

    def user(window):
        qtbot.waitUntil(window.frame.notice.isVisible, timeout=60_000)

    assert edit(bad, user) == 3
    assert "bad.jpg" in capsys.readouterr().err


def test_a_picture_of_another_format_than_its_ending_is_refused(edit, hand, jpeg, capsys):
    odd = jpeg.rename(jpeg.with_suffix(".png"))
    before = odd.read_bytes()

    def user(window):
        hand.opened(window)
        assert "holds JPEG" in window.frame.notice.text

    assert edit(odd, user) == 4
    assert odd.read_bytes() == before
    assert "holds JPEG" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "code"), [("gone.jpg", 3), ("camera.nef", 4)])
def test_what_can_never_work_is_refused_before_a_window_opens(tmp_path, capsys, name, code):
    path = tmp_path / name
    if code == 4:
        path.write_bytes(b"raw")
    assert main(["edit", str(path)]) == code
    assert name in capsys.readouterr().err


def test_a_hosts_file_is_not_remembered(edit, hand, jpeg):
    seen = []

    def user(window):
        hand.fill_and_save(window)
        seen.append(window.workspace.settings.get("recent_files"))

    assert edit(jpeg, user) == 0
    assert seen == [[]]


@pytest.mark.parametrize("name", ["/usr/bin/lacuna-edit", "C:/Lacuna/Lacuna-Edit.exe"])
def test_called_by_its_other_name_it_needs_no_word(monkeypatch, tmp_path, capsys, name):
    monkeypatch.setattr("app.cli.command_line.prepare", lambda: None)  # streams are the test's
    monkeypatch.setattr("sys.argv", [name, str(tmp_path / "gone.jpg")])
    assert main() == 3
    assert "gone.jpg" in capsys.readouterr().err
