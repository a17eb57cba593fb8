"""The paper's equations as slow loops in float64, written from the text and not from the engine.

Images are (channels, height, width) arrays, certainties (height, width). Nothing here uses torch.
"""

import math

import numpy as np


def at(plane, y, x):
    """A pixel of a zero-padded plane."""
    height, width = plane.shape
    return plane[y, x] if 0 <= y < height and 0 <= x < width else 0.0


def offsets(kernel):
    reach = kernel // 2
    return [(dy, dx) for dy in range(-reach, reach + 1) for dx in range(-reach, reach + 1)]


def conv(x, weight, bias):
    """W * X + b with zero padding; weight (out, in, k, k), as it is applied."""
    kernel = weight.shape[-1]
    out = np.zeros((len(weight), *x.shape[1:]))
    for o, y, u in np.ndindex(out.shape):
        total = bias[o]
        for c in range(len(x)):
            for n, (dy, dx) in enumerate(offsets(kernel)):
                total += weight[o, c].flat[n] * at(x[c], y + dy, u + dx)
        out[o, y, u] = total
    return out


def mean(c, kernel):
    """The mean over a window that always divides by K squared."""
    out = np.zeros_like(c)
    for y, x in np.ndindex(c.shape):
        out[y, x] = sum(at(c, y + dy, x + dx) for dy, dx in offsets(kernel)) / kernel**2
    return out


def estimate(x, c, weight, bias):
    """Equation 4: h from the known neighbours; weight (channels, K, K) as it is applied."""
    kernel = weight.shape[-1]
    share = mean(c, kernel)
    out = np.zeros_like(x)
    for n, y, u in np.ndindex(x.shape):
        total = bias[n]
        for i, (dy, dx) in enumerate(offsets(kernel)):
            total += weight[n].flat[i] * at(x[n], y + dy, u + dx) * at(c, y + dy, u + dx)
        out[n, y, u] = total / (share[y, u] + 0.01)
    return out


def expected(x, c, weight, bias):
    """Equation 3."""
    h = estimate(x, c, weight, bias)
    out = np.zeros_like(x)
    for n, y, u in np.ndindex(x.shape):
        out[n, y, u] = c[y, u] * x[n, y, u] + (1 - c[y, u]) * h[n, y, u]
    return out


def next_certainty(c, weight):
    """Equation 5, rescaled so that 0 stays 0; weight (k, k)."""
    out = np.zeros_like(c)
    for y, x in np.ndindex(c.shape):
        logit = sum(
            weight.flat[i] * at(c, y + dy, x + dx)
            for i, (dy, dx) in enumerate(offsets(len(weight)))
        )
        value = 2 * (1 / (1 + math.exp(-logit)) - 0.5) + 1e-6
        out[y, x] = min(max(value, 0.0), 1.0)
    return out


def gamma(shallow, deep, beta1, beta2):
    """Equation 7 with betas held positive."""
    out = np.zeros_like(shallow)
    for y, x in np.ndindex(shallow.shape):
        s, d = shallow[y, x] * max(beta1, 0.0), deep[y, x] * max(beta2, 0.0)
        out[y, x] = s / (s + d + 1e-8)
    return out


def blend(share, shallow, deep):
    """Equation 6 for one plane."""
    out = np.zeros_like(shallow)
    for y, x in np.ndindex(shallow.shape):
        out[y, x] = share[y, x] * shallow[y, x] + (1 - share[y, x]) * deep[y, x]
    return out


def activation(x):
    """Leaky ReLU 0.2, then pixel norm."""
    out = np.zeros_like(x)
    for y, u in np.ndindex(x.shape[1:]):
        values = [v if v > 0 else 0.2 * v for v in x[:, y, u]]
        norm = math.sqrt(sum(v * v for v in values) / len(values) + 1e-7)
        out[:, y, u] = [v / norm for v in values]
    return out


def weighted_pool(x, c):
    """The certainty-weighted 2 x 2 mean of features, and the mean certainty."""
    small = np.zeros((len(x), c.shape[0] // 2, c.shape[1] // 2))
    share = np.zeros(small.shape[1:])
    for y, u in np.ndindex(share.shape):
        cells = [(2 * y + dy, 2 * u + dx) for dy in (0, 1) for dx in (0, 1)]
        share[y, u] = sum(c[cell] for cell in cells) / 4
        for n in range(len(x)):
            total = sum(x[n][cell] * c[cell] for cell in cells) / 4
            small[n, y, u] = total / (share[y, u] + 0.01)
    return small, share


def composite(fake, image, known):
    """Equation 12."""
    out = np.zeros_like(image)
    for n, y, u in np.ndindex(image.shape):
        out[n, y, u] = known[y, u] * image[n, y, u] + (1 - known[y, u]) * fake[n, y, u]
    return out
