"""Photos with dust on them, whose places are known."""

import numpy as np

SPOTS = ((220, 140, 9, 0.2), (400, 300, 14, 0.12), (640, 90, 6, 0.25), (700, 420, 11, 0.1))


def sky(height=600, width=900, noise=1.5, seed=0):
    """Return an even gradient with grain, (height, width, 3) uint8."""
    rows, columns = np.mgrid[:height, :width]
    base = 120 + 60 * rows / height + 20 * columns / width
    grain = np.random.default_rng(seed).normal(0, noise, (height, width, 1))
    return np.clip(base[..., None] * [0.8, 0.95, 1.1] + grain, 0, 255).astype(np.uint8)


def dusted(image, spots=SPOTS):
    """Return ``image`` darkened within soft discs (x, y, radius, share)."""
    out = image.astype(np.float32)
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    for x, y, radius, share in spots:
        away = np.hypot(columns + 0.5 - x, rows + 0.5 - y)
        out *= 1 - share * np.clip((radius * 1.2 - away) / (radius * 0.4), 0, 1)[..., None]
    return np.clip(np.rint(out), 0, 255).astype(np.uint8)


def nearest(spots, x, y):
    return min(spots, key=lambda spot: (spot.x - x) ** 2 + (spot.y - y) ** 2)
