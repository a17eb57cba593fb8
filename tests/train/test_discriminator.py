"""The critic has the released sizes and reads everything it is given."""

import pytest
import torch

from train.discriminator import Discriminator, DiscriminatorConfig, batch_spread


@pytest.mark.parametrize(
    ("config", "total"),
    [
        (DiscriminatorConfig(256, 256), 12_419_417),
        (DiscriminatorConfig(256, 128), 3_122_521),
        (DiscriminatorConfig(128, 128, pose=14), 3_178_571),
    ],
)
def test_parameters_are_counted_as_released(config, total):
    assert sum(p.numel() for p in Discriminator(config).parameters()) == total


def test_the_widths_of_the_256_pixel_critic():
    config = DiscriminatorConfig(256, 256)
    widths = {r: config.width(r) for r in (4, 8, 16, 32, 64, 128, 256)}
    assert widths == {256: 48, 128: 96, 64: 184, 32: 368, 16: 368, 8: 368, 4: 368}


@pytest.mark.parametrize("kind", ["bank", "onehot"])
def test_every_input_reaches_the_answer(kind):
    torch.manual_seed(2)
    critic = Discriminator(DiscriminatorConfig(64, 8, pose=14, pose_kind=kind))
    inputs = [torch.rand(2, 3, 64, 64), torch.rand(2, 3, 64, 64), torch.rand(2, 1, 64, 64)]
    inputs.append(torch.rand(2, 14))
    answer = critic(*inputs)
    assert answer.shape == (2,)
    for n in range(4):
        changed = [t + (0.4 if i == n else 0) for i, t in enumerate(inputs)]
        assert not torch.allclose(critic(*changed), answer)


def test_half_precision_features_give_a_full_precision_answer():
    torch.manual_seed(2)
    critic = Discriminator(DiscriminatorConfig(32, 8))
    inputs = torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32), torch.rand(2, 1, 32, 32)
    half, full = critic(*inputs, dtype=torch.bfloat16), critic(*inputs)
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, full, rtol=0.1, atol=0.05)


def test_the_spread_of_a_batch_is_its_mean_deviation():
    x = torch.stack([torch.zeros(2, 3, 3), torch.full((2, 3, 3), 2.0)])
    out = batch_spread(x)
    assert torch.equal(out[:, :2], x)
    torch.testing.assert_close(out[:, 2:], torch.ones(2, 1, 3, 3))
    torch.testing.assert_close(batch_spread(x[[1, 1]])[:, 2], torch.full((2, 3, 3), 1e-4))
