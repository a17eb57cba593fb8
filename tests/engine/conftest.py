"""A tiny generator whose latents show, its snapshot, and an inpainter made from it."""

import pytest
import torch

from engine.inpainter import Inpainter
from engine.network.config import GeneratorConfig, UpperConfig
from engine.network.generator import Generator
from engine.network.snapshot import save_snapshot
from engine.network.upper import Upper

TINY = GeneratorConfig(resolution=32, base=8, rgb="pyramid")


@pytest.fixture(scope="session")
def tiny_generator():
    """A 32 px generator; its colour outputs are strong enough that every seed looks different."""
    with torch.random.fork_rng():
        torch.manual_seed(20)
        generator = Generator(TINY)
    with torch.no_grad():
        for layer in generator.head.to_rgb.values():
            layer.weight.mul_(5)
    return generator.eval().requires_grad_(False)


@pytest.fixture(scope="session")
def tiny_snapshot(tmp_path_factory, tiny_generator):
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_snapshot(path, tiny_generator, {"images": 7})
    return path


@pytest.fixture(scope="session")
def upper_inpainter(tmp_path_factory, tiny_generator):
    """The same with an upper level whose colours are strong enough to show."""
    path = tmp_path_factory.mktemp("weights") / "upper.safetensors"
    with torch.random.fork_rng():
        torch.manual_seed(21)
        upper = Upper(UpperConfig(base=4))
    with torch.no_grad():
        upper.to_rgb.weight.mul_(5)
    save_snapshot(path, tiny_generator, {}, upper=upper)
    return Inpainter(path, "cpu")


@pytest.fixture(scope="session")
def inpainter(tiny_snapshot):
    return Inpainter(tiny_snapshot, "cpu")
