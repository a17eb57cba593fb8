"""Every layer is the paper's equation: held to slow float64 loops in ``loops``."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.network import layers
from engine.network.layers import (
    Act,
    EqualizedConv,
    GammaSkip,
    IConv,
    Imputation,
    WeightedPool,
    aligned,
    composite,
    gamma_of,
)
from engine.network.rivals import ConcatSkip, GatedConv, PartialConv, PlainConv, PlainPool
from tests.engine.network import loops

RNG = np.random.default_rng(5)
SHAPE = 5, 6
CLOSE = {"rtol": 1e-9, "atol": 1e-9}


def features(channels):
    return RNG.normal(size=(channels, *SHAPE))


def certainty():
    """Known, unknown and in-between pixels, with a wholly unknown corner."""
    c = RNG.random(SHAPE)
    c[c < 0.3] = 0
    c[c > 0.8] = 1
    c[:4, :4] = 0
    return c


def tensor(array):
    array = array if array.ndim == 3 else array[None]
    return torch.from_numpy(np.ascontiguousarray(array))[None]


def array(values):
    values = values.detach().numpy()[0]
    return values[0] if values.shape[0] == 1 else values


def filled(module):
    """The module in float64, every parameter random."""
    generator = torch.Generator().manual_seed(8)
    with torch.no_grad():
        for parameter in module.double().parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return module


def applied(conv):
    """Weight and bias of an equalised convolution as the network applies them."""
    fan_in = conv.weight[0].numel()
    return conv.weight.detach().numpy() / math.sqrt(fan_in), conv.bias.detach().numpy()


@pytest.mark.parametrize("kernel", [3, 5])
def test_equation_4_estimates_a_feature_from_certain_neighbours(kernel):
    x, c = features(2), certainty()
    weight, bias = RNG.normal(size=(2, 1, kernel, kernel)), RNG.normal(size=2)
    found = layers.estimate(tensor(x), tensor(c), torch.from_numpy(weight), torch.from_numpy(bias))
    np.testing.assert_allclose(array(found), loops.estimate(x, c, weight[:, 0], bias), **CLOSE)


def test_an_estimate_far_from_anything_known_is_its_bias():
    found = layers.estimate(
        torch.ones(1, 2, 9, 9), torch.zeros(1, 1, 9, 9), torch.ones(2, 1, 5, 5), torch.ones(2)
    )
    torch.testing.assert_close(found, torch.full((1, 2, 9, 9), 1 / 0.01))


@pytest.mark.parametrize(("released", "scale"), [(False, 1 / 5), (True, math.sqrt(3) / 5)])
def test_equation_3_mixes_a_feature_with_its_estimate(released, scale):
    x, c = features(3), certainty()
    module = filled(Imputation(3, 5, released))
    weight = module.weight.detach().numpy()[:, 0] * scale
    truth = loops.expected(x, c, weight, module.bias.detach().numpy())
    np.testing.assert_allclose(array(module(tensor(x), tensor(c))), truth, **CLOSE)


def test_a_certain_feature_is_not_touched_by_imputation():
    x = torch.randn(1, 3, 6, 6)
    assert torch.equal(Imputation(3, 5)(x, torch.ones(1, 1, 6, 6)), x)


@pytest.mark.parametrize("kernel", [1, 3])
def test_equation_2_convolves_expected_features_and_propagates_certainty(kernel):
    x, c = features(2), certainty()
    act = filled(Act(IConv(2, 3, kernel, 5)))
    imputation = act.conv.imputation
    weight = imputation.weight.detach().numpy()[:, 0] / 5
    truth = loops.expected(x, c, weight, imputation.bias.detach().numpy())
    truth = loops.activation(loops.conv(truth, *applied(act.conv.conv)))
    certain = c
    if kernel > 1:
        certain = loops.next_certainty(c, act.conv.certainty.weight.detach().numpy()[0, 0])
    out, step = act(tensor(x), tensor(c))
    np.testing.assert_allclose(array(out), truth, **CLOSE)
    np.testing.assert_allclose(array(step), certain, **CLOSE)


def test_equation_5_starts_with_ones_and_keeps_the_unknown_unknown():
    c = certainty()
    step = layers.CertaintyStep(3).double()
    np.testing.assert_allclose(
        array(step(tensor(c))), loops.next_certainty(c, np.ones((3, 3))), **CLOSE
    )
    empty = step(torch.zeros(1, 1, 8, 8, dtype=torch.float64))
    assert float(empty.detach().max()) == pytest.approx(1e-6)


@given(
    st.lists(st.floats(-50, 50), min_size=9, max_size=9),
    st.lists(st.floats(0, 1, width=32), min_size=16, max_size=16),
)
def test_certainty_stays_in_0_1_whatever_was_learnt(weight, values):
    step = layers.CertaintyStep(3)
    with torch.no_grad():
        step.weight.copy_(torch.tensor(weight).reshape(1, 1, 3, 3))
        out = step(torch.tensor(values).reshape(1, 1, 4, 4))
    assert float(out.min()) >= 0
    assert float(out.max()) <= 1


def test_equations_6_and_7_weigh_shallow_against_deep():
    shallow, deep = (features(2), certainty()), (features(2), certainty())
    skip = GammaSkip().double()
    with torch.no_grad():
        skip.beta1.fill_(0.7)
        skip.beta2.fill_(1.6)
    x, c = skip(*((tensor(f), tensor(s)) for f, s in (shallow, deep)))
    share = loops.gamma(shallow[1], deep[1], 0.7, 1.6)
    truth = [loops.blend(share, s, d) for s, d in zip(shallow[0], deep[0], strict=True)]
    np.testing.assert_allclose(array(x), truth, **CLOSE)
    np.testing.assert_allclose(array(c), loops.blend(share, shallow[1], deep[1]), **CLOSE)


def test_a_negative_beta_counts_as_none():
    c = torch.full((1, 1, 2, 2), 0.5)
    assert torch.equal(
        gamma_of(c, c, torch.tensor(-1.0), torch.tensor(1.0)), torch.zeros(1, 1, 2, 2)
    )


@given(
    st.floats(0, 1, width=32),
    st.floats(0, 1, width=32),
    st.floats(-1e6, 1e6, width=32),
    st.floats(-1e6, 1e6, width=32),
)
def test_gamma_lies_in_0_1(shallow, deep, beta1, beta2):
    values = (torch.tensor(v, dtype=torch.float32) for v in (shallow, deep, beta1, beta2))
    gamma = float(gamma_of(*values))
    assert 0 <= gamma <= 1


@given(st.integers(0, 2**32 - 1), st.sampled_from([torch.float32, torch.bfloat16]))
def test_equation_12_keeps_known_pixels_to_the_bit(seed, dtype):
    generator = torch.Generator().manual_seed(seed)
    fake, img = (torch.randn(1, 3, 4, 4, generator=generator).to(dtype) for _ in range(2))
    fake[..., 0, 0] = math.inf
    known = (torch.rand(1, 1, 4, 4, generator=generator) > 0.5).to(dtype)
    out = composite(fake, img, known)
    kept = (known == 1).expand_as(img)
    assert torch.equal(out[kept], img[kept])
    assert torch.equal(out[~kept], fake[~kept])


def test_equation_12_mixes_where_the_certainty_is_between():
    fake, img, known = features(3), features(3), certainty()
    found = composite(tensor(fake), tensor(img), tensor(known))
    np.testing.assert_allclose(array(found), loops.composite(fake, img, known), **CLOSE)


def test_pixel_norm_makes_every_pixel_of_unit_mean_square():
    x = torch.randn(2, 7, 3, 3) * 40
    norms = layers.pixel_norm(x).square().mean(1)
    torch.testing.assert_close(norms, torch.ones_like(norms))


def test_the_activation_is_leaky_relu_then_pixel_norm():
    x = features(4)
    np.testing.assert_allclose(array(layers.activate(tensor(x))), loops.activation(x), **CLOSE)


def test_the_weighted_pool_counts_features_by_their_certainty():
    x, c = features(2)[:, :4], certainty()[:4]
    small, share = loops.weighted_pool(x, c)
    found = WeightedPool()(tensor(x), tensor(c))
    np.testing.assert_allclose(array(found[0]), small, **CLOSE)
    np.testing.assert_allclose(array(found[1]), share, **CLOSE)


def test_the_plain_pool_and_upsampling():
    x = features(2)[:, :4]
    means = x.reshape(2, 2, 2, 3, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(array(PlainPool()(tensor(x), tensor(x[:1]))[0]), means)
    repeated = x.repeat(2, axis=1).repeat(2, axis=2)
    np.testing.assert_array_equal(array(layers.upsample(tensor(x))), repeated)


def test_an_equalised_convolution_starts_with_unit_gain():
    torch.manual_seed(0)
    conv = EqualizedConv(64, 64, 3)
    assert float(conv.weight.detach().std()) == pytest.approx(1, abs=0.02)
    assert not conv.bias.detach().any()
    out = conv(torch.randn(1, 64, 32, 32))[..., 1:-1, 1:-1]
    assert float(out.detach().std()) == pytest.approx(1, abs=0.05)


def test_the_plain_rival_ignores_certainty():
    x, c = features(2), certainty()
    conv = filled(PlainConv(2, 3, 3))
    out, same = conv(tensor(x), tensor(c))
    np.testing.assert_allclose(array(out), loops.conv(x, *applied(conv.conv)), **CLOSE)
    np.testing.assert_array_equal(array(same), c)


def test_the_partial_rival_renormalises_by_the_known_share():
    x, known = features(2), (certainty() > 0.5).astype(float)
    conv = filled(PartialConv(2, 3, 3))
    weight, bias = applied(conv.conv)
    sums = loops.conv(x * known, weight, 0 * bias)
    count = loops.mean(known, 3) * 9
    truth = np.zeros_like(sums)
    for y, u in zip(*np.nonzero(count), strict=True):
        truth[:, y, u] = sums[:, y, u] * 9 / count[y, u] + bias
    out, valid = conv(tensor(x), tensor(known))
    np.testing.assert_allclose(array(out), truth, **CLOSE)
    np.testing.assert_array_equal(array(valid), count > 0)
    assert not (count > 0).all()


def test_the_gated_rival_weighs_each_feature_by_a_learnt_gate():
    x = features(2)
    conv = filled(GatedConv(2, 3, 3))
    gate = 1 / (1 + np.exp(-loops.conv(x, *applied(conv.gate))))
    truth = loops.conv(x, *applied(conv.conv)) * gate
    np.testing.assert_allclose(array(conv(tensor(x), tensor(certainty()))[0]), truth, **CLOSE)


def test_the_concatenating_skip_is_a_1x1_convolution_of_both():
    shallow, deep, c = features(2), features(2), certainty()
    skip = filled(ConcatSkip(2))
    out = skip.features(tensor(shallow), tensor(deep), tensor(c))
    both = np.concatenate([shallow, deep])
    np.testing.assert_allclose(array(out), loops.conv(both, *applied(skip.conv)), **CLOSE)
    certain = skip.certainty(tensor(1 - c), tensor(c), skip.gamma(tensor(1 - c), tensor(c)))
    np.testing.assert_array_equal(array(certain), c)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_features_keep_full_precision_certainty(dtype):
    torch.manual_seed(1)
    act = Act(IConv(4, 4, 3, 5))
    x, c = torch.randn(1, 4, 8, 8), torch.from_numpy(np.pad(certainty(), 2)[None, None]).float()
    x = torch.nn.functional.pad(x, (1, 1, 0, 1))
    with torch.no_grad():
        half, certain = act(x.to(dtype), c)
        full, truth = act(x, c)
    assert half.dtype == dtype
    assert torch.equal(certain, truth)
    torch.testing.assert_close(half.float(), full, rtol=0.05, atol=0.1)


@pytest.mark.parametrize("channels", [1, 7, 8, 9])
def test_channels_are_filled_up_without_changing_the_convolution(channels) -> None:
    x, weight = torch.randn(2, channels, 6, 5), torch.randn(4, channels, 3, 3)
    wide, wide_weight = aligned(x, weight)
    assert wide.shape[1] == wide_weight.shape[1] == (8 if channels <= 8 else 16)
    plain = torch.nn.functional.conv2d(x, weight, padding=1)
    filled = torch.nn.functional.conv2d(wide, wide_weight, padding=1)
    torch.testing.assert_close(filled, plain, rtol=1e-5, atol=1e-5)
