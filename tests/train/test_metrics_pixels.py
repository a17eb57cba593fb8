import numpy as np
import pytest

from train.metrics.pixels import pixel_metrics, psnr, ssim_map


def flat(value, side=32):
    return np.full((side, side, 3), value, np.uint8)


def noise(seed, side=32):
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3), np.uint8)


def half(side=32):
    hole = np.zeros((side, side), bool)
    hole[: side // 2] = True
    return hole


def test_a_perfect_fill():
    found = pixel_metrics(noise(0), noise(0), half())
    assert found["l1"] == found["l2"] == found["hole_l1"] == found["hole_l2"] == 0
    assert found["ssim"] == pytest.approx(1)
    assert found["hole_ssim"] == pytest.approx(1)
    assert found["psnr"] == pytest.approx(10 * np.log10(65025 / 1e-9))


def test_errors_count_where_they_are():
    fill = flat(100)
    fill[half()] = 151  # 51 of 255 = 0.2
    found = pixel_metrics(flat(100), fill, half())
    assert found["hole_l1"] == pytest.approx(0.2)
    assert found["l1"] == pytest.approx(0.1)
    assert found["hole_l2"] == pytest.approx(0.04)
    assert found["l2"] == pytest.approx(0.02)
    assert found["hole_psnr"] == pytest.approx(-10 * np.log10(0.04))
    assert found["hole_ssim"] < found["ssim"] < 1


def test_an_empty_hole_is_a_perfect_fill():
    found = pixel_metrics(flat(10), flat(20), np.zeros((32, 32), bool))
    assert found["hole_l1"] == 0
    assert found["hole_ssim"] == 1
    assert found["l1"] > 0


def test_psnr_of_the_largest_error_is_zero():
    assert psnr(1.0) == 0


def test_ssim_of_flat_images_is_the_brightness_term():
    a, b, c1 = 60.0, 180.0, 6.5025
    expected = (2 * a * b + c1) / (a * a + b * b + c1)
    assert ssim_map(flat(60), flat(180)) == pytest.approx(np.full((32, 32), expected))


def test_ssim_against_its_definition_at_one_pixel():
    a, b = noise(1).astype(float), noise(2).astype(float)
    offset = np.arange(-5, 6)
    window = np.exp(-(offset[:, None] ** 2 + offset[None] ** 2) / (2 * 1.5**2))
    window /= window.sum()
    expected = []
    for channel in range(3):
        x, y = a[9:20, 11:22, channel], b[9:20, 11:22, channel]
        mx, my = (window * x).sum(), (window * y).sum()
        vx, vy = (window * (x - mx) ** 2).sum(), (window * (y - my) ** 2).sum()
        cov = (window * (x - mx) * (y - my)).sum()
        bright = (2 * mx * my + 6.5025) / (mx**2 + my**2 + 6.5025)
        expected.append(bright * (2 * cov + 58.5225) / (vx + vy + 58.5225))
    assert ssim_map(noise(1), noise(2))[14, 16] == pytest.approx(np.mean(expected))
