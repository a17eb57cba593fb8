"""Where the memory does not suffice the command line goes on with less, as the window does."""

import json

import cv2
import numpy as np
import pytest

from app.cli.command_line import main
from app.cli.exit import Exit
from engine.errors import SnapshotError
from tests.app.cli.flat import put_in_place

SHORT = [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")]


@pytest.fixture
def inpainter(monkeypatch):
    return put_in_place(monkeypatch)


@pytest.fixture
def files(tmp_path):
    """Return a photo and a mask of one hole."""
    photo, mask = tmp_path / "a.png", tmp_path / "mask.png"
    cv2.imwrite(str(photo), np.random.default_rng(1).integers(0, 256, (60, 80, 3), np.uint8))
    hole = np.zeros((60, 80), np.uint8)
    hole[20:30, 30:42] = 255
    cv2.imwrite(str(mask), hole)
    return photo, mask


@pytest.mark.parametrize("error", SHORT, ids=["python", "torch"])
@pytest.mark.parametrize("word", ["fill", "batch"])
def test_a_fill_from_the_photo_is_made_and_said(files, tmp_path, inpainter, capsys, error, word):
    photo, mask = files
    inpainter.interrupt = error
    out = tmp_path / "out"
    words = {
        "fill": [photo, "--mask", mask, "--out", tmp_path / "out.png"],
        "batch": [photo, "--masks", mask, "--out", out],
    }[word]
    assert main([word, *map(str, words), "--json"]) == Exit.DONE
    told = capsys.readouterr()
    assert "not enough memory" in told.err
    assert "from the photo itself" in told.err
    assert json.loads(told.out.splitlines()[0])["changed_pixels"] > 0


def test_a_full_card_gives_way_to_the_processor(files, tmp_path, monkeypatch, inpainter, capsys):
    full = RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
    made = []

    def choose(self, snapshot, device="auto", expected_sha256=None):
        made.append(device)
        self.device_reason = "CPU: a fake" if device == "cpu" else "CUDA: a fake"
        self.interrupt = None if device == "cpu" else full

    monkeypatch.setattr(inpainter, "__init__", choose)
    photo, mask = files
    out = tmp_path / "out.png"
    assert main(["fill", str(photo), "--mask", str(mask), "--out", str(out)]) == Exit.DONE
    assert made == ["auto", "cpu"]
    assert "goes on with the processor" in capsys.readouterr().err
    assert out.exists()


def test_weights_that_cannot_be_used_are_still_an_error(files, inpainter):
    inpainter.refuse = SnapshotError("The weights are damaged.")
    photo, mask = files
    assert main(["fill", str(photo), "--mask", str(mask)]) == Exit.WEIGHTS_UNUSABLE
