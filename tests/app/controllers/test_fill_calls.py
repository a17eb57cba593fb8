"""How the engine is asked: drafts in one call, the rest a few at a time, as wide as wanted."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox

from app.settings import CONTEXTS, Settings
from app.widgets.dialogs import SettingsDialog
from engine.geometry import Box
from engine.removal.choice import LETTERS
from engine.removal.jobs import CPU_BATCH, Draw
from engine.removal.latents import Latent
from engine.removal.remover import Remover
from engine.removal.scene import Hole, Scene
from engine.windows.transforms import Transforms
from tests.app.conftest import FakeFiller
from tests.app.hands import fill, wait


def asked(filler, *, detail):
    """Return how many results each call asked for, drafts or finished ones."""
    pairs = zip(filler.calls, filler.detailed, strict=True)
    return [len(seeds) for seeds, each in pairs if each == detail]


def test_all_drafts_come_of_one_call_and_the_most_different_are_finished_in_one(
    painted, qtbot, filler
):
    fill(painted, qtbot)
    assert asked(filler, detail=False) == [16]
    assert asked(filler, detail=True) == [1, LETTERS, LETTERS], "safe, A to D, and the spare ones"
    assert filler.calls[0] == [0], "the safe result comes first and alone"


class OnCard(FakeFiller):
    """A filler on a graphics card."""

    def __init__(self):
        super().__init__(device_reason="CUDA: a fake")


@pytest.mark.parametrize("kind", [FakeFiller, OnCard])
def test_a_processor_finishes_a_few_at_a_time_a_card_all_at_once(kind):
    filler = kind()
    host = Remover(lambda device: filler, draw=lambda _, latents: list(latents))
    host.get()
    hole = Hole(Box(10, 10, 20, 20), np.ones((10, 10), bool), None)
    scene = Scene(np.zeros((40, 40, 3), np.uint8))
    latents = [Latent(seed) for seed in range(1, 11)]
    Draw(host, scene, hole, latents)(Nobody(), 0.0, 1.0)
    assert asked(filler, detail=True) == ([10] if kind is OnCard else [CPU_BATCH, CPU_BATCH, 2])


class Nobody:
    """Stand for a report nobody reads."""

    def part(self, start, end):
        return lambda fraction: None


def context_box(window):
    boxes = window.frame.options.findChildren(QComboBox)
    return next(box for box in boxes if box.findData("wider") >= 0)


def choose_context(window, key):
    """Press ``key`` on the box in the bar, as its user would."""
    box = context_box(window)
    box.setFocus()
    QTest.keyClick(box, key)


def test_the_context_in_the_bar_is_what_the_engine_gets_and_is_remembered(painted, qtbot, filler):
    fill(painted, qtbot)
    assert {ask.context for ask in filler.asks} == {CONTEXTS["automatic"]}
    narrow = painted.fills.choice.hole.safe.views[0].box.width
    painted.actions_by_id["dismiss"].trigger()
    filler.asks.clear()
    choose_context(painted, Qt.Key.Key_Down)
    assert Settings().get("context") == "wider"
    fill(painted, qtbot)
    assert {ask.context for ask in filler.asks} == {CONTEXTS["wider"]}
    assert painted.fills.choice.hole.safe.views[0].box.width > narrow
    painted.actions_by_id["accept"].trigger()
    assert painted.workspace.document.steps[0].holes[0].context == CONTEXTS["wider"]


def test_the_settings_say_how_copied_parts_may_be_changed(painted, qtbot, filler):
    painted.actions_by_id["settings"].trigger()
    dialog = next(iter(painted.findChildren(SettingsDialog)))
    for box in dialog.findChildren(QCheckBox):
        if box.text() in {"mirrored", "scaled"}:
            QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    dialog.close()
    fill(painted, qtbot)
    both = Transforms.MIRROR | Transforms.SCALE
    assert {ask.transforms for ask in filler.asks} == {both}
    painted.workspace.settings.set("mirror", False)
    painted.actions_by_id["accept"].trigger()
    assert painted.workspace.document.steps[0].holes[0].transforms == both


def test_a_changed_context_counts_for_what_is_drawn_anew(painted, qtbot, filler):
    fill(painted, qtbot)
    kept = painted.fills.choice.hole.safe
    filler.asks.clear()
    choose_context(painted, Qt.Key.Key_Up)
    assert context_box(painted).currentData() == "closer"
    painted.actions_by_id["resample"].trigger()
    wait(painted, qtbot)
    assert {ask.context for ask in filler.asks} == {CONTEXTS["closer"]}
    assert painted.fills.choice.hole.safe is kept


def test_changing_a_removal_looks_again_where_it_looked(painted, qtbot, filler):
    choose_context(painted, Qt.Key.Key_Down)
    fill(painted, qtbot)
    painted.actions_by_id["choose_5"].trigger()
    before = painted.fills.choice.hole.chosen
    painted.actions_by_id["accept"].trigger()
    for _ in range(2):
        choose_context(painted, Qt.Key.Key_Up)
    filler.asks.clear()
    painted.actions_by_id["change"].trigger()
    wait(painted, qtbot)
    again = painted.fills.choice.hole.chosen
    assert (again.code, again.views, again.context) == (before.code, before.views, before.context)
    wide = [ask for ask in filler.asks if ask.context == CONTEXTS["wider"]]
    assert [ask.given for ask in wide] == [[tuple(view) for view in before.views]]
    assert len(filler.asks) > len(wide), "new results look as wide as the bar says now"


def test_evidence_looks_as_wide_as_the_fill_will(painted, qtbot, monkeypatch, filler):
    asked = []
    host = painted.workspace.remover
    monkeypatch.setattr(filler, "squares", lambda mask, wide, step: asked.append(wide) or [])
    painted.fills.warm_up()
    qtbot.waitUntil(lambda: bool(host.reason), timeout=60_000)
    painted.actions_by_id["evidence"].trigger()
    qtbot.waitUntil(lambda: asked == [CONTEXTS["automatic"]], timeout=60_000)
    choose_context(painted, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: asked[-1] == CONTEXTS["wider"], timeout=60_000)


def test_each_fill_says_how_finely_the_network_saw_it(painted, qtbot, filler):
    label = painted.frame.status.fill_label
    painted.actions_by_id["details"].trigger()
    assert label.isHidden()
    fill(painted, qtbot)
    hole = painted.fills.choice.hole
    share = filler.resolution / hole.safe.views[0].box.width
    assert 0.1 < share < 0.9
    text = f"{share * 100:.0f} %"
    assert label.isVisible()
    assert text in label.text()
    assert text in label.toolTip()
    original, photo_only, *network = painted.frame.strip.thumbs
    assert all(text in thumb.toolTip() for thumb in network)
    assert text not in original.toolTip() + photo_only.toolTip()
    painted.actions_by_id["choose_2"].trigger()
    assert label.isHidden(), "no network looked at this one"
    painted.actions_by_id["choose_3"].trigger()
    assert label.isVisible()
    painted.actions_by_id["dismiss"].trigger()
    assert label.isHidden()


def test_badge_and_code_are_drawn_only_with_details(painted, qtbot):
    fill(painted, qtbot)
    thumb = painted.frame.strip.thumbs[2]
    plain = thumb.grab().toImage()
    painted.actions_by_id["details"].trigger()
    with_badge = thumb.grab().toImage()
    object.__setattr__(thumb.answer, "scale", 0.0)
    thumb.update()
    assert thumb.grab().toImage() != with_badge
    assert painted.frame.status.device_label.isVisible()
    painted.actions_by_id["details"].trigger()
    assert thumb.grab().toImage().height() <= plain.height()
    assert painted.frame.status.device_label.isHidden()


def test_the_edges_meet_where_the_user_says_so(painted, monkeypatch):
    action = painted.actions_by_id["around"]
    assert not action.isChecked()
    assert not painted.fills._scene().around
    action.trigger()
    assert painted.fills._scene().around
    action.trigger()
    assert not painted.fills._scene().around


def test_the_file_says_whether_the_edges_meet(empty_window, photo_file, qtbot, monkeypatch):
    monkeypatch.setattr("app.document.document.goes_around", lambda photo: True)
    with qtbot.waitSignal(empty_window.workspace.document.opened, timeout=60_000):
        empty_window.files.open(photo_file)
    assert empty_window.actions_by_id["around"].isChecked()
    assert empty_window.fills._scene().around
