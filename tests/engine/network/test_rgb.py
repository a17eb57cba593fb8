"""The RGB pyramid carries the known colours down to the hole."""

import numpy as np
import pytest
import torch

from engine.network.config import PYRAMID_GAIN, GeneratorConfig
from engine.network.generator import Generator
from engine.network.rgb import PyramidHead, RGBHead, known_pyramid

SIZES = [4, 8, 16]


def scene(seed=0):
    rng = np.random.default_rng(seed)
    img = rng.uniform(-1, 1, (1, 3, 16, 16))
    known = (rng.random((1, 1, 16, 16)) > 0.4).astype(float)
    known[..., 4:12, 4:12] = 0
    return torch.from_numpy(img), torch.from_numpy(known)


def head(kind=PyramidHead, gain=0.0):
    torch.manual_seed(4)
    made = kind(SIZES, [5, 5, 5]).double()
    with torch.no_grad():
        for layer in made.to_rgb.values():
            layer.weight.mul_(gain)
    return made


def run(made, img, known, features):
    return made(dict(zip(SIZES, features, strict=True)), img, known).detach()


def feature_maps(seed=6):
    torch.manual_seed(seed)
    return [torch.randn(1, 5, r, r, dtype=torch.float64) for r in SIZES]


def test_a_level_is_the_certainty_weighted_mean_of_the_finer_one():
    img, known = scene()
    colour, c = (img * known)[0].numpy(), known[0, 0].numpy()
    for small, share in known_pyramid(img, known)[::-1]:
        np.testing.assert_allclose(small[0].numpy(), colour, atol=1e-12)
        np.testing.assert_allclose(share[0, 0].numpy(), c, atol=1e-12)
        half = len(c) // 2
        next_colour, next_c = np.zeros((3, half, half)), np.zeros((half, half))
        for y, x in np.ndindex(half, half):
            cells = [(2 * y + dy, 2 * x + dx) for dy in (0, 1) for dx in (0, 1)]
            weight = sum(c[cell] for cell in cells)
            next_c[y, x] = 1 - (1 - weight / 4) ** 4
            for n in range(3):
                total = sum(colour[n][cell] * c[cell] for cell in cells)
                next_colour[n, y, x] = total / weight if weight else 0
        colour, c = next_colour, next_c


def bilinear(plane):
    """Twice the size, samples at pixel centres, edges repeated."""
    size = len(plane)
    out = np.zeros((2 * size, 2 * size))
    for y, x in np.ndindex(out.shape):
        v, u = (min(max((p + 0.5) / 2 - 0.5, 0), size - 1) for p in (y, x))
        top, left = int(v), int(u)
        low, right = min(top + 1, size - 1), min(left + 1, size - 1)
        fy, fx = v - top, u - left
        upper = plane[top, left] * (1 - fx) + plane[top, right] * fx
        lower = plane[low, left] * (1 - fx) + plane[low, right] * fx
        out[y, x] = upper * (1 - fy) + lower * fy
    return out


def test_the_merge_is_the_formula_of_its_docstring():
    img, known = scene()
    made, features = head(gain=1.0), feature_maps()
    rgb = None
    for r, x, (pooled, c) in zip(SIZES, features, known_pyramid(img, known), strict=True):
        pooled, c = pooled[0].numpy(), c[0, 0].numpy()
        if rgb is None:
            mean = (pooled * c).sum(axis=(1, 2)) / c.sum()
            below = np.broadcast_to(mean[:, None, None], pooled.shape)
        else:
            below = np.stack([bilinear(plane) for plane in rgb])
        layer = made.to_rgb[str(r)]
        weight = layer.weight.detach().numpy()[:, :, 0, 0] / np.sqrt(5)
        added = np.einsum("oc,chw->ohw", weight, x[0].numpy())
        rgb = c * pooled + (1 - c) * (below + PYRAMID_GAIN * added)
    np.testing.assert_allclose(run(made, img, known, features)[0].numpy(), rgb, atol=1e-9)


def test_known_pixels_are_the_photo_at_the_top():
    img, known = scene()
    out = run(head(gain=1.0), img, known, feature_maps())
    kept = (known == 1).expand_as(img)
    torch.testing.assert_close(out[kept], img[kept])


def test_without_the_network_the_hole_continues_the_colours_around_it():
    img, known = scene()
    flat = torch.full_like(img, 0.3)
    out = run(head(gain=0.0), flat, known, feature_maps())
    torch.testing.assert_close(out, flat)
    out = run(head(gain=0.0), img, known, feature_maps())
    assert float(img.min()) <= float(out.min())
    assert float(out.max()) <= float(img.max())


def test_a_photo_without_known_pixels_gives_a_finite_picture():
    img, known = scene()
    out = run(head(gain=1.0), img, known * 0, feature_maps())
    assert bool(torch.isfinite(out).all())


def test_hole_pixels_do_not_leak_into_the_pyramid():
    img, known = scene()
    loud = torch.where(known == 1, img, torch.full_like(img, 1e6))
    made, features = head(gain=1.0), feature_maps()
    assert torch.equal(run(made, img, known, features), run(made, loud, known, features))


@pytest.mark.parametrize(("kind", "layers"), [("msg", 4), ("pyramid", 4), ("last", 1)])
def test_each_head_has_the_outputs_its_name_says(kind, layers):
    generator = Generator(GeneratorConfig(resolution=32, base=8, rgb=kind))
    assert len(generator.head.to_rgb) == layers


def test_the_plain_sum_is_divided_by_the_number_of_levels():
    made = head(RGBHead, gain=0.0)
    with torch.no_grad():
        for layer in made.to_rgb.values():
            layer.bias.fill_(0.6)
    out = run(made, *scene(), feature_maps())
    torch.testing.assert_close(out, torch.full_like(out, 0.6))
