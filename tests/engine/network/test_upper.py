"""The upper level doubles an answer by the paper's equations, and never touches what is known."""

from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from engine.errors import SnapshotError
from engine.network.config import UpperConfig, doublings
from engine.network.layers import IConv
from engine.network.upper import Upper, enlarged
from tests.engine.network.network import Network, conv, double, pool

SMALL = UpperConfig(base=4)


def made(config=SMALL, spread=0.3):
    """A level with seeded weights; ``spread`` moves biases, betas and W_C off their start."""
    torch.manual_seed(3)
    level = Upper(config).eval().requires_grad_(False)
    for parameter in level.parameters():
        parameter.add_(torch.randn_like(parameter), alpha=spread)
    return level


def scene(size=32, count=1):
    torch.manual_seed(4)
    img = torch.rand(count, 3, size, size) * 2 - 1
    known = torch.ones(count, 1, size, size)
    known[..., size // 4 : 3 * size // 4, size // 8 : 3 * size // 4] = 0
    known[..., 0, :] = 0
    known[..., -2, 1] = 0
    return img, known, torch.rand(count, 3, size // 2, size // 2) * 2 - 1


class Level(Network):
    """The level in numpy and float64, written from its description."""

    def __init__(self, level):
        super().__init__(level)
        self.config = SimpleNamespace(released=False)

    def plain(self, name, x):
        out = conv(x, *self.equalised(name + ".conv.conv"))
        out = np.where(out > 0, out, 0.2 * out)
        return out / np.sqrt((out**2).mean(axis=0) + 1e-7)

    def gamma_skip(self, name, shallow, deep):
        (x, c), (u, d) = shallow, deep
        one, two = (max(self.values[f"{name}.beta{n}"], 0) for n in (1, 2))
        gamma = c * one / (c * one + d * two + 1e-8)
        return gamma * x + (1 - gamma) * u, gamma * c + (1 - gamma) * d

    def encode(self, x, c):
        x, c = self.act("from_rgb", x, c)
        found = []
        for depth in range(4):
            if depth:
                x, c = self.halve(x, c)
            for n in range(2 if depth else 1):
                x, c = self.act(f"encoder.{depth}.acts.{n}", x, c)
            found.append((x, c))
        return found

    def __call__(self, img, known, answer):
        shallow = self.encode(img * known, known)
        read, x = {}, answer
        for depth in (1, 2, 3):
            x = self.plain(f"reader.{depth - 1}", x if depth == 1 else pool(x))
            read[depth] = x, np.ones(x.shape[1:])
        x, c = self.gamma_skip("skips.3", shallow[3], read[3])
        for depth in (3, 2, 1, 0):
            for n in (0, 1):
                x = self.plain(f"decoder.{depth}.acts.{n}", x)
            if depth:
                deep = double(x), double(c)
                if depth > 1:
                    deep = self.gamma_skip(f"reads.{depth - 2}", read[depth - 1], deep)
                x, c = self.gamma_skip(f"skips.{depth - 1}", shallow[depth - 1], deep)
        rgb = enlarged(torch.from_numpy(answer)[None])[0].numpy()
        rgb = rgb + 0.1 * conv(x, *self.equalised("to_rgb"))
        return known * img + (1 - known) * rgb


def test_the_level_is_the_equations_one_after_another():
    level = made().double()
    img, known, answer = (part.double() for part in scene(16))
    found = level(img, known, answer)[0].numpy()
    truth = Level(level)(img[0].numpy(), known[0, 0].numpy(), answer[0].numpy())
    np.testing.assert_allclose(found, truth, rtol=1e-9, atol=1e-9)


def test_known_pixels_come_back_to_the_bit_and_holes_do_not():
    img, known, answer = scene()
    out = made()(img, known, answer)
    there = (known == 1).expand_as(img)
    assert torch.equal(out[there], img[there])
    assert not torch.isclose(out, img)[~there].any(dim=0).all()


def test_what_lies_in_the_hole_is_never_seen():
    img, known, answer = scene()
    level = made()
    other = torch.where(known == 1, img, torch.rand_like(img))
    assert torch.equal(level(img, known, answer), level(other, known, answer))


def test_the_answer_and_the_photo_beside_the_hole_both_count():
    img, known, answer = scene()
    level = made()
    out, hole = level(img, known, answer), (known == 0).expand_as(img)
    assert not torch.allclose(out[hole], level(img, known, -answer)[hole], atol=0.05)
    assert not torch.allclose(out[hole], level(-img, known, answer)[hole], atol=1e-3)


@pytest.mark.parametrize("size", [64, 128])
def test_one_set_of_weights_serves_every_doubling(size):
    img, known, answer = scene(size)
    assert made()(img, known, answer).shape == img.shape


def test_only_the_encoder_imputes():
    level = made()
    imputing = {name.split(".")[0] for name, m in level.named_modules() if isinstance(m, IConv)}
    assert imputing == {"from_rgb", "encoder"}


@pytest.mark.parametrize(
    ("size", "most", "found"),
    [(64, 63, []), (64, 127, []), (64, 128, [128]), (64, 511, [128, 256]), (3, 24, [6, 12, 24])],
)
def test_an_answer_is_doubled_as_often_as_there_is_room(size, most, found):
    assert doublings(size, most) == found


def test_an_answer_is_enlarged_between_its_pixels():
    answer = torch.arange(12.0).reshape(1, 3, 2, 2)
    found = enlarged(answer)[0, 0]
    line = torch.tensor([0, 0.25, 0.75, 1.0])  # from the middle of one pixel to that of the next
    torch.testing.assert_close(found, line[None] + 2 * line[:, None])


def test_a_configuration_says_how_wide_and_how_heavy_a_level_is():
    config = UpperConfig(base=3, imputation=5)
    assert [config.width(d) for d in range(4)] == [3, 6, 12, 12]
    # of the decoder: two 3 x 3 convolutions at each of four sizes
    weights = 9 * (12 * 12 + 12 * 12 + 12 * 12 + 12 * 6 + 6 * 6 + 6 * 3 + 3 * 3 + 3 * 3)
    assert config.least_parameters == weights
    level = Upper(config)
    decoder = sum(p.numel() for n, p in level.named_parameters()
                  if n.startswith("decoder") and n.endswith("weight"))  # fmt: skip
    assert decoder == weights
    assert UpperConfig.from_dict(asdict(config)) == config


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        ({"base": 1, "imputation": 3}, True),
        ({"base": 512, "imputation": 7}, True),
        ({"base": 0, "imputation": 5}, False),
        ({"base": 513, "imputation": 5}, False),
        ({"base": True, "imputation": 5}, False),
        ({"base": 4.0, "imputation": 5}, False),
        ({"base": 4, "imputation": 4}, False),
        ({"base": 4, "imputation": 5, "depth": 3}, False),
        ([4, 5], False),
    ],
)
def test_a_level_that_cannot_be_built_is_refused(values, fits):
    if fits:
        assert asdict(UpperConfig.from_dict(values)) == values
    else:
        with pytest.raises(SnapshotError):
            UpperConfig.from_dict(values)
