"""Pooling of what is known only, and which networks say how far their evidence reaches."""

from __future__ import annotations

import pytest
import torch

from engine.network.config import GeneratorConfig
from engine.network.generator import Generator
from engine.network.maps import reach_of
from engine.network.rivals import ValidPool


def test_a_mean_of_known_features_is_known_where_any_was():
    x = torch.arange(1.0, 17).reshape(1, 1, 4, 4)
    known = torch.tensor([[1.0, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0.5, 0.4], [0, 0, 0.6, 0]])
    pooled, left = ValidPool()(x, known[None, None])
    assert pooled[0, 0].tolist() == [[3.5, 0], [9, 15]]
    assert left[0, 0].tolist() == [[1, 0], [1, 1]]


@pytest.mark.parametrize(
    ("conv", "skip", "tells"),
    [("iconv", "gamma", True), ("iconv", "concat", False), ("partial", "concat", False)],
)
def test_only_a_network_that_imputes_and_has_gamma_skips_tells_its_reach(conv, skip, tells):
    generator = Generator(GeneratorConfig(resolution=16, base=8, conv=conv, skip=skip)).eval()
    assert (reach_of(generator) is not None) == tells
