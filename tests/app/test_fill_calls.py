"""How often the engine is asked, and what for: drafts in one call, the rest a few at a time."""

import numpy as np
import pytest

from app.choice import LETTERS
from app.engine_host import EngineHost
from app.fill_jobs import CPU_BATCH, Draw
from app.latents import Latent
from app.scene import Hole, Scene
from engine.geometry import Box
from tests.app.conftest import FakeFiller, components
from tests.app.hands import fill


def asked(filler, *, detail):
    """Return how many results each call asked for, drafts or finished ones."""
    pairs = zip(filler.calls, filler.hows, strict=True)
    return [len(seeds) for seeds, how in pairs if how["detail"] == detail]


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
    host = EngineHost(lambda device: filler, components, lambda _, latents: list(latents))
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
