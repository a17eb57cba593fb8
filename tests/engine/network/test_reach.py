"""Only some networks say how far their evidence reaches."""

from __future__ import annotations

import pytest

from engine.answering.by_torch import branch_of
from engine.network.config import GeneratorConfig
from engine.network.generator import Generator
from engine.network.maps import reach_of


@pytest.mark.parametrize(
    ("conv", "skip", "tells"),
    [("iconv", "gamma", True), ("iconv", "concat", False), ("partial", "concat", False)],
)
def test_only_a_network_that_imputes_and_has_gamma_skips_tells_its_reach(conv, skip, tells):
    generator = Generator(GeneratorConfig(resolution=16, base=8, conv=conv, skip=skip)).eval()
    assert (reach_of(branch_of(generator)) is not None) == tells
