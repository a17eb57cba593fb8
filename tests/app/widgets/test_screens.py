"""The window looks exactly as it did: whole pictures of it, pixel by pixel.

``make screens`` takes the pictures in ``tests/app/widgets/screens`` anew; look at them before you
commit.
Letters come from the font that Pillow brings, without hinting, so that no installed font counts; it
lacks some signs, which are boxes here. The photo is seen at 50 or 100 %, where no pixel is
interpolated: OpenCV rounds differently on another processor.
Pictures are compared only where everything that draws has the release they were made with.
"""

import ctypes
import json
import platform
import shutil
from pathlib import Path

import cv2
import numpy as np
import PIL
import PySide6
import pytest
from PIL import Image, ImageFont
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QComboBox, QSlider

from app.canvas.qimage import to_array
from app.controllers import fill_actions
from app.photos.film import Film
from engine.views.strokes import Tool
from tests.app.conftest import components, fake_host
from tests.app.controllers.test_maps import fake_maps
from tests.app.hands import fill, stroke

SCREENS = Path(__file__).parent / "screens"
MADE_WITH = SCREENS / "made_with.json"
SIZE = 900, 600
SHIFT = Qt.KeyboardModifier.ShiftModifier
POINTS = 9.0
HOLES = ([(150, 200), (230, 215)], [(420, 120), (450, 150)])


def freetype():
    """Return the release of the library that Qt draws letters with; empty if it is not found."""
    try:
        library = ctypes.CDLL("libfreetype.so.6")
    except OSError:
        return ""
    handle, numbers = ctypes.c_void_p(), [ctypes.c_int() for _ in range(3)]
    library.FT_Init_FreeType(ctypes.byref(handle))
    library.FT_Library_Version(handle, *map(ctypes.byref, numbers))
    library.FT_Done_FreeType(handle)
    return ".".join(str(number.value) for number in numbers)


def makers():
    """Return the release of everything that decides about a pixel."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "PySide6": PySide6.__version__,
        "FreeType": freetype(),
        "Pillow": PIL.__version__,
        "OpenCV": cv2.__version__,
    }


@pytest.fixture
def remakes(request):
    """Tell whether pictures are to be taken anew; skip where they cannot be compared."""
    remake = request.config.getoption("--remake-screens")
    here = makers()
    stored = {} if remake else json.loads(MADE_WITH.read_text(encoding="utf-8"))
    other = [f"{name} {stored[name]}" for name in stored if here[name] != stored[name]]
    if other:
        pytest.skip(f"the pictures were made with {', '.join(other)}; here it is {here}")
    return remake


@pytest.fixture
def own_letters(qapp):
    """Let the window write with Pillow's font, alike on every machine."""
    before = qapp.font()
    number = QFontDatabase.addApplicationFontFromData(ImageFont.load_default(12).path.getvalue())
    font = QFont(QFontDatabase.applicationFontFamilies(number)[0])
    font.setPointSizeF(POINTS)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    strategy = QFont.StyleStrategy
    font.setStyleStrategy(
        strategy.PreferAntialias | strategy.NoSubpixelAntialias | strategy.NoFontMerging
    )
    qapp.setFont(font)
    yield
    qapp.setFont(before)
    QFontDatabase.removeApplicationFont(number)


@pytest.fixture
def image():
    """Return 600 x 400 pixels: sky, wire, spots, hill, field, a post and a ball."""
    out = np.zeros((400, 600, 3), np.uint8)
    out[:220] = [150, 180, 214]
    out[:110] = [122, 160, 206]
    out[220:] = [112, 132, 74]
    out[300:] = [126, 146, 82]
    out[180:220, 300:] = [92, 112, 104]
    out[60:62] = [90, 104, 130]
    for row, column in ((25, 90), (34, 300), (96, 520)):
        cv2.circle(out, (column, row), 4, (96, 126, 166), -1)
    out[90:170, 430:442] = [88, 70, 52]
    out[190:225, 150:235] = [196, 84, 60]
    return out


@pytest.fixture
def host(filler):
    def squares(mask, context=1.0, step=1):
        return [box.grow(max(box.width, box.height)) for box in components(mask)]

    filler.squares = squares
    return fake_host(filler, fake_maps)


def opened(window, qtbot):
    """Show the photo and nothing else."""
    window.fills.warm_up()
    label = window.frame.status.device_label
    qtbot.waitUntil(lambda: bool(label.text()), timeout=60_000)
    qtbot.waitUntil(lambda: "filling" not in window.workspace.facts, timeout=60_000)
    window.workspace.told.emit("")
    window.canvas.fit()


def painted(window, qtbot):
    """Paint two holes; the pointer stays on the photo."""
    opened(window, qtbot)
    window.workspace.settings.set("brush_size", 48)
    for points in HOLES:
        stroke(window.canvas, points)
    overlay = window.canvas.overlay
    qtbot.waitUntil(lambda: len(overlay._outlines) == len(HOLES), timeout=60_000)
    looked(window, qtbot)


def looked(window, qtbot):
    """Wait until the lines are shown that a fill would carry."""
    qtbot.waitUntil(lambda: window.lines.settled, timeout=60_000)


def lines(window, qtbot):
    """Draw a curve with the pen, drop one line and point at another."""
    painted(window, qtbot)
    window.canvas.zoom_to(1.0)
    window.painting.set_tool(Tool.PEN)
    looked(window, qtbot)
    stroke(window.canvas, [(404, 96), (424, 112), (438, 120), (470, 122)], keys=SHIFT)
    looked(window, qtbot)
    window.actions_by_id["next_line"].trigger()
    window.actions_by_id["drop_line"].trigger()
    looked(window, qtbot)
    window.actions_by_id["next_line"].trigger()


def marks(window, qtbot):
    """Keep one place out of the fill, and take from another."""
    painted(window, qtbot)
    for name, points in (("avoid", [(60, 320), (160, 360)]), ("take", [(330, 300), (520, 350)])):
        window.actions_by_id[name].trigger()
        stroke(window.canvas, points)
    looked(window, qtbot)


def refining(window, qtbot):
    """Show the painted ball's own outline, a little grown."""
    painted(window, qtbot)
    window.canvas.zoom_to(1.0)
    window.actions_by_id["refine"].trigger()
    window.selecting.refining.panel.findChild(QSlider).setValue(4)
    qtbot.waitUntil(lambda: window.selecting.refining.settled, timeout=60_000)
    QApplication.sendEvent(window.canvas, QEvent(QEvent.Type.Leave))


def selected(window, qtbot):
    """Circle the ball and follow the wire."""
    opened(window, qtbot)
    window.canvas.zoom_to(1.0)
    window.actions_by_id["object"].trigger()
    loop = [(140, 180), (190, 176), (244, 182), (246, 230), (190, 236), (140, 232), (139, 184)]
    stroke(window.canvas, loop)
    found(window, qtbot)
    window.actions_by_id["wire"].trigger()
    stroke(window.canvas, [(300, 60)])
    found(window, qtbot)


def spots(window, qtbot):
    """Find the spots in the sky."""
    opened(window, qtbot)
    window.canvas.zoom_to(1.0)
    window.actions_by_id["spots"].trigger()
    found(window, qtbot)


def photos(window, qtbot):
    """Show three photos, one of them saved and one that cannot be opened."""
    here = window.workspace.document.path
    other, broken = here.with_name("boats in the harbour.png"), here.with_name("broken.png")
    shutil.copy(here, other)
    broken.write_bytes(b"no photo")
    window.row.open([here, other, broken])
    qtbot.waitUntil(lambda: window.row.findChild(Film) is not None, timeout=60_000)
    strip = window.row.findChild(Film).strip.photos
    qtbot.waitUntil(lambda: not any(map(strip.lacks, range(3))), timeout=60_000)
    with qtbot.waitSignal(window.files.saved, timeout=60_000):
        window.files.save_to(here.with_name("photo-edited.png"), overwrite=False)
    window.row.next()
    qtbot.waitUntil(lambda: window.workspace.document.path == other, timeout=60_000)
    opened(window, qtbot)
    window.canvas.zoom_to(0.5)


def found(window, qtbot):
    """Wait until a tool has found what it was asked for."""
    qtbot.waitUntil(lambda: not window.workspace.selecting.busy, timeout=60_000)
    document, overlay = window.workspace.document, window.canvas.overlay
    qtbot.waitUntil(lambda: bool(overlay._outlines) == document.mask.any(), timeout=60_000)
    looked(window, qtbot)


def choosing(window, qtbot):
    """Fill, choose the second draw and keep it."""
    painted(window, qtbot)
    QApplication.sendEvent(window.canvas, QEvent(QEvent.Type.Leave))
    fill(window, qtbot)
    window.choices.choose(5)
    window.choices.keep()
    window.canvas.zoom_to(0.5)


def inspector(window, qtbot):
    """Show the maps of the first hole."""
    painted(window, qtbot)
    QApplication.sendEvent(window.canvas, QEvent(QEvent.Type.Leave))
    window.actions_by_id["inspector"].trigger()
    assert window.inspector.isFloating()
    windows = window.inspector.findChild(QComboBox)
    qtbot.waitUntil(lambda: windows.count() == len(HOLES), timeout=60_000)
    window.canvas.zoom_to(0.5)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(
    "state",
    [opened, painted, lines, marks, refining, selected, spots, choosing, inspector, photos],
)
def test_the_window_looks_as_it_did(
    remakes, own_letters, window, qtbot, monkeypatch, tmp_path, state, theme
):
    monkeypatch.setattr(fill_actions, "fresh_set", lambda: 0x7F3A)
    window.workspace.settings.set("theme", theme)
    window.resize(*SIZE)
    qtbot.waitExposed(window)
    state(window, qtbot)
    for _ in range(3):  # texts that have changed move their neighbours in the next turn
        QApplication.processEvents()
    shown = window.inspector if state is inspector else window
    now = to_array(shown.grab().toImage())
    stored = SCREENS / f"{state.__name__}-{theme}.png"
    if remakes:
        SCREENS.mkdir(exist_ok=True)
        Image.fromarray(now).save(stored, optimize=True)
        MADE_WITH.write_text(json.dumps(makers(), indent=1) + "\n", encoding="utf-8")
        return
    told = difference(now, np.asarray(Image.open(stored).convert("RGB")), stored.name, tmp_path)
    assert not told, told


def difference(now, before, name, folder):
    """Return a sentence on how two pictures differ, empty if they do not; keep both to look at."""
    if now.shape == before.shape and (now == before).all():
        return ""
    Image.fromarray(now).save(folder / name)
    if now.shape != before.shape:
        return f"{name} is {now.shape} now, not {before.shape}; see {folder}"
    differs = (now != before).any(axis=2)
    marked = np.where(differs[..., None], [255, 0, 255], now // 4 + 160).astype(np.uint8)
    Image.fromarray(marked).save(folder / f"difference-{name}")
    return f"{int(differs.sum())} pixels of {name} differ; see {folder}"


def test_a_single_other_pixel_is_found_and_shown(tmp_path):
    before = np.full((20, 30, 3), 60, np.uint8)
    now = before.copy()
    assert difference(now, before, "some.png", tmp_path) == ""
    now[4, 5, 2] += 1
    told = difference(now, before, "some.png", tmp_path)
    assert told.startswith("1 pixels of some.png differ")
    marked = np.asarray(Image.open(tmp_path / "difference-some.png"))
    assert [tuple(at) for at in np.argwhere((marked == [255, 0, 255]).all(axis=2))] == [(4, 5)]
    assert (np.asarray(Image.open(tmp_path / "some.png")) == now).all()
