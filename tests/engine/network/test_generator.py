"""The generator is the paper's: same sizes, same numbers, known pixels kept, certainty apart."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.answering.by_torch import branch_of
from engine.network.config import PRESETS, GeneratorConfig
from engine.network.generator import Generator
from engine.network.latent import draw_z
from engine.network.layers import IConv, Imputation
from engine.network.maps import mask_maps
from tests.engine.network.network import Network

SMALL = GeneratorConfig(resolution=32, base=8)


def made(config, spread=0.0):
    """A generator with seeded weights; ``spread`` moves biases, betas and W_C off their start."""
    torch.manual_seed(3)
    generator = Generator(config).eval().requires_grad_(False)
    for parameter in generator.parameters():
        parameter.add_(torch.randn_like(parameter), alpha=spread)
    return generator


def scene(size, count=1, seed=0):
    """Images and masks with a box, a stroke and a lone pixel missing."""
    torch.manual_seed(seed)
    img = torch.rand(count, 3, size, size) * 2 - 1
    known = torch.ones(count, 1, size, size)
    known[..., size // 4 : 3 * size // 4, size // 4 : 3 * size // 4] = 0
    known[..., 0, :] = 0
    known[..., -2, 1] = 0
    return img, known


def latents(config, count, seed=1):
    torch.manual_seed(seed)
    return torch.randn(count, config.z_channels, 4, 4)


PLACES = GeneratorConfig(resolution=256, base=256, released=True)
FDF = GeneratorConfig(resolution=128, base=128, pose=14, released=True)


@pytest.mark.parametrize(
    ("config", "total", "imputing"),
    [
        (PLACES, 11_528_427, 109_642),
        (replace(PLACES, base=128), 2_974_587, 55_306),
        (FDF, 3_053_330, 53_094),
        (replace(FDF, pose=0), 2_951_234, 52_774),
        (replace(PLACES, conv="plain", skip="concat"), 11_985_301, 0),
        (replace(PLACES, base=128, conv="plain", skip="concat"), 3_061_221, 0),
        (replace(FDF, conv="plain", skip="concat"), 3_140_130, 0),
    ],
)
def test_parameters_are_counted_as_released(config, total, imputing):
    generator = Generator(config)
    assert sum(p.numel() for p in generator.parameters()) == total
    layers = [m for m in generator.modules() if isinstance(m, IConv)]
    own = sum(p.numel() for m in layers for p in m.parameters())
    own -= sum(p.numel() for m in layers for p in m.conv.parameters())
    assert own == imputing
    assert imputing / total < 0.02


def test_channels_follow_the_table_of_the_256_pixel_network():
    generator = Generator(PLACES)

    def channels(blocks, r):
        first, second = (getattr(blocks[str(r)], n).conv.conv for n in ("first", "second"))
        assert first.out_channels == second.in_channels
        return first.in_channels, first.out_channels, second.out_channels

    encoder = {256: (32, 32, 64), 128: (64, 64, 128), 64: (128, 128, 256)}
    encoder |= dict.fromkeys((32, 16, 8, 4), (256, 256, 256))
    decoder = {4: (288, 288, 256), 64: (256, 256, 128), 128: (128, 128, 64), 256: (64, 64, 32)}
    decoder |= dict.fromkeys((8, 16, 32), (256, 256, 256))
    assert {r: channels(generator.encoder, r) for r in encoder} == encoder
    assert {r: channels(generator.decoder, r) for r in decoder} == decoder


@pytest.mark.parametrize(
    "config",
    [
        SMALL,
        replace(SMALL, released=True),
        replace(SMALL, pose=14),
        replace(SMALL, pose=14, released=True, z_channels=8),
    ],
)
def test_the_network_computes_what_the_paper_says(config):
    generator = made(config, spread=0.3).double()
    img, known = scene(32)
    z, pose = latents(config, 1), torch.rand(1, 14) if config.pose else None
    inputs = [t if t is None else t.double() for t in (img, known, z, pose)]
    out = generator(*inputs)[0].numpy()
    truth = Network(generator)(
        *(t if t is None else t[0].numpy() for t in (img, known[0], z, pose))
    )
    np.testing.assert_allclose(out, truth, rtol=1e-5, atol=1e-7)
    assert np.abs(out - img[0].numpy()).max() > 0.05


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(
    "config",
    [
        SMALL,
        replace(SMALL, rgb="pyramid"),
        replace(SMALL, rgb="last"),
        replace(SMALL, conv="plain", skip="concat"),
        replace(SMALL, conv="partial", skip="concat"),
        replace(SMALL, conv="gated", skip="concat"),
    ],
    ids=lambda c: f"{c.conv}-{c.rgb}",
)
def test_known_pixels_come_out_as_they_went_in(config, dtype):
    img, known = scene(32, count=2)
    out = made(config, spread=0.1)(img, known, latents(config, 2), dtype=dtype)
    kept = (known == 1).expand_as(img)
    assert out.dtype == torch.float32
    assert torch.equal(out[kept], img[kept])
    assert bool(torch.isfinite(out).all())
    assert not torch.equal(out[~kept], img[~kept])


@pytest.mark.parametrize("rgb", ["msg", "pyramid", "last"])
def test_pixels_of_the_hole_have_no_influence(rgb):
    config = replace(SMALL, rgb=rgb)
    generator = made(config)
    img, known = scene(32)
    other = torch.where(known == 1, img, torch.full_like(img, 0.9))
    z = latents(config, 1)
    assert torch.equal(generator(img, known, z), generator(other, known, z))


def test_bfloat16_features_stay_close_to_float32(tiny_generator):
    img, known = scene(32)
    z = latents(tiny_generator.config, 1)
    full = tiny_generator(img, known, z)
    half = tiny_generator(img, known, z, dtype=torch.bfloat16)
    assert float((full - half).abs().mean()) < 0.05


def test_many_fills_of_one_image_are_the_fills_one_by_one(tiny_generator):
    img, known = scene(32)
    z = latents(tiny_generator.config, 3)
    many = tiny_generator.fill_seen(tiny_generator.see(img, known, torch.float32), z)
    for fill, latent in zip(many, z, strict=True):
        assert torch.equal(fill, tiny_generator(img, known, latent[None])[0])
    assert not torch.equal(many[0], many[1])


def test_an_image_is_filled_alike_in_any_company(tiny_generator):
    img, known = scene(32, count=3)
    known[1, :, 10:30, :] = 0
    z = latents(tiny_generator.config, 3)
    together = tiny_generator(img, known, z)
    for n in range(3):
        alone = tiny_generator(img[n : n + 1], known[n : n + 1], z[n : n + 1])
        torch.testing.assert_close(together[n], alone[0], rtol=1e-4, atol=1e-5)


def used_certainties(generator, img, known):
    """The certainty by which every imputation of the forward pass weighs its input."""
    used, hooks = {}, []
    for name, module in generator.named_modules():
        if isinstance(module, Imputation):
            hooks.append(
                module.register_forward_pre_hook(
                    lambda _, args, name=name: used.update({name: args[1]})
                )
            )
    generator(img, known, torch.zeros(len(img), generator.config.z_channels, 4, 4))
    for hook in hooks:
        hook.remove()
    return used


@pytest.mark.parametrize("config", [SMALL, replace(SMALL, released=True)])
def test_certainties_are_those_of_the_forward_pass_and_of_the_mask_alone(config):
    generator = made(config, spread=0.2)
    img, known = scene(32)
    certain = generator.certainties(known)
    assert sorted(certain.encoder) == sorted(certain.decoder) == config.resolutions
    assert sorted(certain.gamma) == config.resolutions[1:]
    for picture in (img, -img, torch.zeros_like(img)):
        used = used_certainties(generator, picture, known)
        assert len(used) == 4 * len(config.resolutions) + 1
        assert torch.equal(used["from_rgb.conv.imputation"], known)
        for name, passages in (("encoder", certain.encoder), ("decoder", certain.decoder)):
            for r, passage in passages.items():
                first, second = (
                    used[f"{name}.{r}.{act}.conv.imputation"] for act in ("first", "second")
                )
                assert torch.equal(first, passage.before)
                assert torch.equal(second, passage.between)
    for gamma in certain.gamma.values():
        assert float(gamma.min()) >= 0
        assert float(gamma.max()) <= 1


def test_gammas_are_those_of_equation_7_through_the_whole_network():
    generator = made(SMALL, spread=0.3).double()
    img, known = scene(32)
    network = Network(generator)
    network(img[0].numpy(), known[0, 0].numpy(), np.zeros((32, 4, 4)))
    for r, gamma in generator.certainties(known.double()).gamma.items():
        np.testing.assert_allclose(gamma[0, 0].numpy(), network.gammas[r], rtol=1e-6, atol=1e-9)


def test_a_network_that_does_not_impute_has_no_maps():
    for config in (replace(SMALL, conv="plain"), replace(SMALL, skip="concat")):
        maps = mask_maps(branch_of(Generator(config)), np.ones((32, 32), bool))
        assert (maps.certainty, maps.gamma) == ({}, {})
        assert (maps.evidence == 4).all()


def test_the_start_kernels_know_a_hole_only_at_coarse_scales():
    known = torch.ones(1, 1, 256, 256)
    known[..., 112:144, 112:144] = 0
    with torch.no_grad():
        gammas = Generator(PRESETS["lacuna-256"]).certainties(known).gamma
    middle = {r: float(g[0, 0, r // 2, r // 2]) for r, g in gammas.items()}
    assert middle[256] < 0.01
    assert middle[128] < 0.01
    assert middle[64] == pytest.approx(0.48, abs=0.03)


def test_seed_0_is_z_0():
    assert not draw_z(SMALL, [0]).any()


def test_a_seed_names_one_latent_in_any_company():
    alone, among = draw_z(SMALL, [71])[0], draw_z(SMALL, [5, 0, 71])[2]
    assert (alone == among).all()
    assert (alone != draw_z(SMALL, [72])[0]).any()


@pytest.mark.parametrize("seed", [1, 71, 6_553_599, 2**32 - 1])
def test_a_seed_is_what_torch_would_draw(seed):
    wanted = torch.randn((32, 4, 4), generator=torch.Generator().manual_seed(seed))
    np.testing.assert_allclose(draw_z(SMALL, [seed])[0], wanted.numpy(), atol=3e-6)


def test_latents_are_standard_normal():
    z = draw_z(replace(SMALL, z_channels=512), [1, 2])
    assert float(z.mean()) == pytest.approx(0, abs=0.03)
    assert float(z.std()) == pytest.approx(1, abs=0.03)


def test_a_network_of_faces_wants_a_pose():
    generator = Generator(replace(SMALL, pose=14))
    with pytest.raises(ValueError, match="pose"):
        generator(*scene(32), latents(SMALL, 1))
