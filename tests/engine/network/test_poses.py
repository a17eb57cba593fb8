"""Poses as maps, and how many weights a file must hold at least."""

from __future__ import annotations

import pytest
import torch

from engine.network.config import GeneratorConfig
from engine.network.generator import Generator
from engine.network.pose import PoseMap, onehot_pose
from engine.network.stored import _least_parameters


def test_keypoints_are_single_ones_in_maps_of_their_own():
    pose = torch.tensor([[0.0, 0.0, 0.99, 0.5, 1.0, 1.0], [0.26, 0.74, 0.5, 0.1, 0.0, 0.9]])
    maps = onehot_pose(pose, 4)
    assert maps.shape == (2, 3, 4, 4)
    assert maps.dtype == pose.dtype
    spots = [[tuple(torch.nonzero(one)[0].tolist()) for one in image] for image in maps]
    assert spots == [[(0, 0), (2, 3), (3, 3)], [(2, 1), (0, 2), (3, 0)]]
    assert maps.sum() == 6


def test_a_pose_is_centred_before_it_is_mapped():
    torch.manual_seed(0)
    layer = PoseMap(6, 5, 3, 2)
    pose = torch.rand(4, 6)
    hidden = torch.nn.functional.leaky_relu(layer[0](2 * pose - 1), 0.2)
    wanted = layer[2](hidden).reshape(4, 3, 2, 2)
    torch.testing.assert_close(layer(pose), wanted)


@pytest.mark.parametrize("resolution", [8, 64])
@pytest.mark.parametrize(
    "more", [{}, {"z_channels": 4}, {"pose": 14}, {"pose": 14, "pose_kind": "onehot"}]
)
def test_the_least_weights_of_a_file_are_those_of_the_plain_convolutions(resolution, more):
    config = GeneratorConfig(resolution=resolution, base=8, conv="plain", skip="concat", **more)
    generator = Generator(config)
    every = [*generator.encoder.parameters(), *generator.decoder.parameters()]
    assert _least_parameters(config) == sum(p.numel() for p in every if p.shape[2:] == (3, 3))
