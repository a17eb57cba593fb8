"""Evidence follows the mask while it is painted; disagreement leads to the doubtful spots."""

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from engine.geometry import Box
from engine.removal.map_jobs import FindEvidence, doubt_of
from engine.views.heat import doubt_picture, doubtful_spots, evidence_picture
from engine.views.outline import grown_outlines
from engine.views.pyramid import Pyramid, halve_max
from engine.windows.scaling import unknown_cells
from tests.app.conftest import components, fake_host
from tests.app.hands import move, stroke

NONE_HELD = Qt.MouseButton.NoButton


@dataclass
class FakeMaps:
    evidence: np.ndarray
    gamma: dict
    certainty: dict

    def sentence(self, hole):
        return f"{int(hole.sum())} pixels to fill."


def fake_maps(filler, hole):
    side = hole.shape[0]
    depth = cv2.distanceTransform(np.pad(hole.astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    finest = np.where(hole, np.maximum(side // 2 ** np.ceil(depth / 8 + 1), 4), side)
    gamma = {r: np.full((r, r), r / side, np.float32) for r in (8, 64, side)}
    return FakeMaps(finest.astype(np.int32), gamma, {8: np.ones((8, 8), np.float32)})


@pytest.fixture
def host(filler):
    def squares(mask, context=1.0, step=1):
        return [box.grow(filler.resolution // step // 8) for box in components(mask)]

    filler.squares = squares
    return fake_host(filler, fake_maps)


class Nobody:
    def check(self):
        pass


def test_evidence_runs_from_green_at_the_rim_to_red_in_the_middle():
    hole = np.zeros((256, 256), bool)
    hole[40:216, 40:216] = True
    picture = evidence_picture(fake_maps(None, hole).evidence, hole, 512)
    rim, middle = picture[41, 128].astype(int), picture[128, 128].astype(int)
    assert rim[1] > rim[0]
    assert middle[0] > middle[1]
    assert not picture[~hole][:, 3].any()
    assert picture[hole][:, 3].all()


def test_evidence_knows_every_hole_and_says_the_worst(host):
    mask = np.zeros((300, 500), np.uint8)
    mask[50:60, 50:60] = 1
    mask[120:260, 300:440] = 1
    found = FindEvidence(host, mask, 4)(Nobody())
    assert len(found.heats) == 2
    whole = np.zeros(mask.shape, bool)
    for heat in found.heats:
        box = Box(*(v // 4 for v in heat.box))
        inside = box.clip(Box.of(mask))
        whole[inside.slices] |= heat.picture[inside.within(box).slices][..., 3] > 0
    assert (whole == (mask > 0)).all(), "the tint ends where the mask ends"
    large = max(found.seen, key=lambda seen: seen.maps.evidence[seen.hole].size)
    assert Box(*(v // 4 for v in large.box)).holds(Box(300, 120, 440, 260))
    assert "pixels to fill" in found.sentence


def test_what_lies_off_the_photo_is_hole():
    mask = np.zeros((40, 40), np.uint8)
    hole = unknown_cells(mask, Box(-20, 0, 20, 40), 64)
    assert hole[:, :31].all()
    assert not hole[:, 33:].any()


def test_disagreement_leads_to_the_spots_strongest_first():
    patches = [np.full((200, 300, 3), 90, np.uint8) for _ in range(4)]
    patches[0][20:60, 20:60] = 250
    patches[1][120:150, 220:250] = 150
    hole = np.ones((200, 300), bool)
    hole[:, 140:150] = False
    doubt = doubt_of(patches, hole)
    spots = doubtful_spots(doubt, Box(1000, 500, 1300, 700))
    assert [(round(s.x / 10), round(s.y / 10)) for s in spots[:1]] == [(104, 54)]
    assert any(abs(s.x - 1235) < 8 and abs(s.y - 635) < 8 for s in spots)
    assert spots == sorted(spots, key=lambda s: -s.strength)
    assert doubt_picture(doubt)[40, 40, 3] > doubt_picture(doubt)[100, 100, 3] == 0


def test_like_results_have_no_doubtful_spot():
    patches = [np.full((50, 50, 3), 90 + n % 2, np.uint8) for n in range(16)]
    assert doubtful_spots(doubt_of(patches, np.ones((50, 50), bool)), Box(0, 0, 50, 50)) == []


def test_a_large_hole_is_measured_small():
    patches = [np.zeros((1500, 900, 3), np.uint16) for _ in range(2)]
    assert max(doubt_of(patches, np.ones((1500, 900), bool)).shape) == 512


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_the_second_outline_lies_where_the_grown_mask_ends(share):
    mask = np.zeros((3000, 4000), bool)
    mask[1000:1400, 500:1300] = True
    mask[2500:2520, 3000:3020] = True
    loops = grown_outlines(Pyramid(mask, halve_max), share)
    assert len(loops) == 2
    wide = max(loops, key=lambda loop: np.ptp(loop[:, 0]))
    assert wide[:, 0].min() == pytest.approx(500 - 400 * share, abs=5)
    assert wide[:, 1].max() == pytest.approx(1400 + 400 * share, abs=5)
    assert grown_outlines(Pyramid(mask, halve_max), 0) == []


@pytest.fixture
def painted(window, qtbot):
    window.fills.warm_up()
    qtbot.waitUntil(lambda: bool(window.workspace.remover.reason), timeout=60_000)
    window.canvas.zoom_to(1.0)
    window.workspace.settings.set("brush_size", 60)
    stroke(window.canvas, [(200, 150), (260, 160)])
    return window


def test_evidence_is_live_while_painting_and_goes_with_the_mask(painted, qtbot):
    overlay = painted.canvas.overlay
    painted.actions_by_id["evidence"].setChecked(True)
    qtbot.waitUntil(lambda: len(overlay.heats("evidence")) == 1, timeout=60_000)
    assert "pixels to fill" in painted.frame.status._message.text()
    stroke(painted.canvas, [(480, 330), (490, 330)])
    qtbot.waitUntil(lambda: len(overlay.heats("evidence")) == 2, timeout=60_000)
    painted.masks.clear()
    qtbot.waitUntil(lambda: not overlay.heats("evidence"), timeout=60_000)


def test_the_inspector_shows_every_resolution_and_exports(painted, qtbot, monkeypatch, tmp_path):
    inspector = painted.inspector
    painted.actions_by_id["inspector"].setChecked(True)
    qtbot.waitUntil(lambda: inspector._window.count() == 1, timeout=60_000)
    target = tmp_path / "gamma.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, **k: (str(target), ""))
    inspector.ask_export()
    height, width = cv2.imread(str(target)).shape[:2]
    assert width > 3 * 100
    assert height > 2 * 100
    painted.masks.clear()
    qtbot.waitUntil(lambda: inspector._window.count() == 0, timeout=60_000)


def test_the_inspector_shows_the_window_under_the_pointer(painted, qtbot):
    inspector = painted.inspector
    stroke(painted.canvas, [(480, 330), (490, 330)])
    painted.actions_by_id["inspector"].setChecked(True)
    qtbot.waitUntil(lambda: inspector._window.count() == 2, timeout=60_000)
    painted.canvas.zoom_to(1.0)
    shown = []
    for spot in [(485, 330), (230, 155), (485, 330)]:
        move(painted.canvas, spot, NONE_HELD)
        shown.append(inspector._window.currentIndex())
        left, top, right, bottom = inspector._seen[shown[-1]].box
        assert left <= spot[0] < right
        assert top <= spot[1] < bottom
    assert shown[0] != shown[1]
    assert shown[0] == shown[2]


def test_n_goes_from_doubtful_spot_to_spot_at_100_percent(painted, qtbot):
    painted.actions_by_id["fill"].trigger()
    qtbot.waitUntil(lambda: painted.fills.choice is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not painted.fills.waiting, timeout=20_000)
    painted.actions_by_id["doubt"].setChecked(True)
    assert len(painted.canvas.overlay.heats("doubt")) == 1
    painted.canvas.fit()
    painted.actions_by_id["next_doubtful"].trigger()
    assert painted.canvas.viewport.scale == 1.0
    assert "Doubtful spot 1" in painted.frame.status._message.text()
    painted.actions_by_id["dismiss"].trigger()
    assert not painted.canvas.overlay.heats("doubt")
    assert not painted.actions_by_id["doubt"].isChecked()
