"""Where the machine or the weights fail, Lacuna goes on with less and says so."""

import cv2
import numpy as np
import pytest

from engine.ask import Ask
from engine.classical import classical_fill
from engine.errors import Cancelled, EngineError, ImageError, SnapshotError
from engine.geometry import Box
from engine.removal import fallback
from engine.removal.choice import Kind
from engine.removal.remover import Remover
from tests.app.conftest import FakeFiller, from_photo

SMALL = RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
LOST = RuntimeError("CUDA error: device-side assert triggered")


class Card(FakeFiller):
    """A filler on a graphics card that fails when asked for more than ``room`` results at once."""

    def __init__(self, room, error=SMALL):
        super().__init__(device_reason="CUDA: a fake")
        self.room, self.failure = room, error

    def fill(self, ask, seeds, *args, **how):
        if len(seeds) > self.room:
            self.calls.append(list(seeds))
            raise self.failure
        return super().fill(ask, seeds, *args, **how)


def host_of(card, processor=None):
    def make(device):
        return (processor or FakeFiller()) if device == "cpu" else card

    host = Remover(make, draw=lambda _, latents: list(latents), photo_only=from_photo)
    host.get()
    return host


def ask(host, image, mask, seeds=(0, 1, 2), say=lambda text: None):
    results = host.fill(Ask(image, mask), list(seeds), lambda f: None, None, say)
    return [result.seed for result in results]


@pytest.fixture
def mask(image):
    out = np.zeros(image.shape[:2], bool)
    out[50:80, 60:90] = True
    return out


def test_a_card_that_suffices_is_asked_once(image, mask):
    card = Card(room=16)
    assert ask(host_of(card), image, mask) == [0, 1, 2]
    assert card.calls == [[0, 1, 2]]


def test_a_full_card_is_asked_one_by_one(image, mask):
    card, said = Card(room=1), []
    host = host_of(card)
    assert ask(host, image, mask, say=said.append) == [0, 1, 2]
    assert card.calls == [[0, 1, 2], [0], [1], [2]]
    assert said == []
    assert host.on_gpu


@pytest.mark.parametrize("error", [SMALL, LOST, RuntimeError("cuDNN error: INTERNAL")])
def test_a_card_that_fails_gives_way_to_the_processor_and_that_is_told_once(image, mask, error):
    host, said = host_of(Card(room=0, error=error)), []
    for _ in range(3):
        assert ask(host, image, mask, say=said.append) == [0, 1, 2]
    assert len(said) == 1
    assert "processor" in said[0]
    assert not host.on_gpu


@pytest.mark.parametrize("error", [ZeroDivisionError("no"), RuntimeError("a bug"), Cancelled()])
def test_other_errors_are_not_hidden(image, mask, error):
    with pytest.raises(type(error)):
        ask(host_of(Card(room=0, error=error)), image, mask)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("The NVIDIA driver on your system is too old (found version 9000)."),
        AssertionError("Torch not compiled with CUDA enabled"),
        SMALL,
    ],
)
def test_a_card_that_cannot_even_be_loaded_is_left_out(image, mask, error):
    def make(device):
        if device != "cpu":
            raise error
        return FakeFiller()

    host = Remover(make, draw=lambda _, latents: list(latents))
    assert host.get().device_reason.startswith("CPU")
    assert host.took_leave()
    assert not host.took_leave()
    host.use("cuda")
    with pytest.raises(type(error)):
        host.get()


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (MemoryError(), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), True),
        (cv2.error("OpenCV: (-4:Insufficient memory) Failed to allocate 9 bytes"), True),
        (EngineError("There is no way to allocate this."), False),
        (RuntimeError("shape mismatch"), False),
    ],
)
def test_all_ways_to_be_short_of_memory_are_known(error, short):
    assert fallback.out_of_memory(error) is short


@pytest.mark.parametrize("error", [Cancelled(), ImageError("No."), ZeroDivisionError()])
def test_what_is_no_fault_of_the_network_is_not_taken_for_one(error):
    assert fallback.needs_no_network(error) == ""


FAILURES = {
    "missing": SnapshotError("The weights file w cannot be read; install Lacuna again."),
    "not finite": EngineError("The network's answer is not a picture; the weights are unusable."),
    "no memory": MemoryError(),
    "no memory in torch": RuntimeError("DefaultCPUAllocator: can't allocate memory"),
}


@pytest.mark.parametrize("why", FAILURES)
@pytest.mark.parametrize("at_once", [True, False])
def test_without_the_network_the_fill_from_the_photo_is_offered(
    painted, qtbot, filler, image, host, monkeypatch, why, at_once
):
    if at_once:
        monkeypatch.setattr(host, "get", lambda: (_ for _ in ()).throw(FAILURES[why]))
    else:
        filler.error = FAILURES[why]
    said = []
    painted.workspace.failed.connect(said.append)
    painted.actions_by_id["fill"].trigger()
    qtbot.waitUntil(lambda: painted.fills.choice is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not painted.fills.waiting, timeout=60_000)
    assert len(said) == 1
    assert "from the photo" in said[0]
    hole = painted.fills.choice.hole
    assert hole.chosen.kind == Kind.PHOTO
    monkeypatch.undo()
    painted.actions_by_id["accept"].trigger()
    changed = (painted.workspace.document.image != image).any(axis=2)
    assert changed[155, 230]
    painted.workspace.stack.undo()
    assert np.array_equal(painted.workspace.document.image, image)


def test_without_memory_for_that_either_opencv_fills(painted, qtbot, filler, host, monkeypatch):
    def no_memory(*args):
        raise MemoryError

    filler.error = MemoryError()
    monkeypatch.setattr(host, "photo_only", no_memory)
    painted.actions_by_id["fill"].trigger()
    qtbot.waitUntil(lambda: painted.fills.choice is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not painted.fills.waiting, timeout=60_000)
    hole = painted.fills.choice.hole
    assert hole.chosen.kind == Kind.PHOTO
    assert (hole.chosen.patch != hole.original.patch).any()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_classical_fill_stays_inside_the_mask_and_closes_the_hole(dtype):
    full = np.iinfo(dtype).max
    ramp = np.linspace(0, full, 120).astype(dtype)
    image = np.repeat(np.tile(ramp, (90, 1))[..., None], 3, axis=2)
    spoilt, box = image.copy(), Box(40, 30, 70, 60)
    mask = np.zeros((30, 30), bool)
    mask[5:25, 5:25] = True
    spoilt[box.slices][mask] = full // 3
    whole = np.zeros(image.shape[:2], bool)
    whole[box.slices] = mask
    out = classical_fill(spoilt, box, whole)
    assert out.dtype == dtype
    assert np.array_equal(out[~mask], image[box.slices][~mask])
    assert np.abs(out.astype(float) - image[box.slices])[mask].max() < full / 12
