"""The whole generator in numpy and float64, written from the paper and its table of channels.

It reads a generator's parameters by name and shares no code with it.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv(x, weight, bias):
    """A zero-padded convolution; x (C, H, W), weight (O, C, k, k)."""
    reach = weight.shape[-1] // 2
    padded = np.pad(x, ((0, 0), (reach, reach), (reach, reach)))
    windows = sliding_window_view(padded, weight.shape[2:], axis=(1, 2))
    return np.einsum("chwij,ocij->ohw", windows, weight) + bias[:, None, None]


def pool(x):
    return x.reshape(*x.shape[:-2], x.shape[-2] // 2, 2, x.shape[-1] // 2, 2).mean(axis=(-3, -1))


def double(x):
    return x.repeat(2, axis=-2).repeat(2, axis=-1)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Network:
    """Imputed convolutions, gamma skips, the sum of RGB outputs; keeps every gamma it computes."""

    def __init__(self, generator):
        self.config = generator.config
        self.values = {k: v.double().numpy() for k, v in generator.state_dict().items()}
        self.gammas = {}

    def equalised(self, name):
        weight = self.values[name + ".weight"]
        return weight / np.sqrt(weight[0].size), self.values[name + ".bias"]

    def act(self, name, x, c):
        filters = self.values[name + ".conv.imputation.weight"]
        size = filters.shape[-1]
        scale = (np.sqrt(len(x)) if self.config.released else 1) / size
        total = np.stack(
            [
                conv((p * c)[None], f[None] * scale, np.zeros(1))[0]
                for p, f in zip(x, filters, strict=True)
            ]
        )
        total += self.values[name + ".conv.imputation.bias"][:, None, None]
        mean = conv(c[None], np.full((1, 1, size, size), 1 / size**2), np.zeros(1))[0]
        mixed = c * x + (1 - c) * total / (mean + 0.01)
        out = conv(mixed, *self.equalised(name + ".conv.conv"))
        out = np.where(out > 0, out, 0.2 * out)
        out = out / np.sqrt((out**2).mean(axis=0) + 1e-7)
        step = self.values.get(name + ".conv.certainty.weight")
        if step is not None:
            logits = conv(c[None], step, np.zeros(1))[0]
            c = np.clip(2 * (sigmoid(logits) - 0.5) + 1e-6, 0, 1)
        return out, c

    def block(self, name, x, c):
        return self.act(name + ".second", *self.act(name + ".first", x, c))

    def halve(self, x, c):
        if self.config.released:
            return pool(x), pool(c)
        return pool(x * c) / (pool(c) + 0.01), pool(c)

    def bank(self, pose):
        weight, bias = self.equalised("pose.0")
        hidden = weight @ (2 * pose - 1) + bias
        weight, bias = self.equalised("pose.2")
        return (weight @ np.where(hidden > 0, hidden, 0.2 * hidden) + bias).reshape(-1, 4, 4)

    def __call__(self, img, known, z, pose=None):
        sizes = [4 << i for i in range(20) if 4 << i <= self.config.resolution]
        x, c = self.act("from_rgb", img * known, known)
        skips = {}
        for r in sizes[::-1]:
            x, c = skips[r] = self.block(f"encoder.{r}", x, c)
            if r > 4:
                x, c = self.halve(x, c)
        x = np.concatenate([x, z] + ([] if pose is None else [self.bank(pose)]))
        x, c = self.block("decoder.4", x, c)
        rgb = conv(x, *self.equalised("head.to_rgb.4"))
        for r in sizes[1:]:
            x, c = double(x), double(c)
            shallow, certain = skips[r]
            one, two = (max(self.values[f"skips.{r}.beta{n}"], 0) for n in (1, 2))
            gamma = self.gammas[r] = certain * one / (certain * one + c * two + 1e-8)
            x, c = gamma * shallow + (1 - gamma) * x, gamma * certain + (1 - gamma) * c
            x, c = self.block(f"decoder.{r}", x, c)
            rgb = double(rgb) + conv(x, *self.equalised(f"head.to_rgb.{r}"))
        return known * img + (1 - known) * rgb / len(sizes)
