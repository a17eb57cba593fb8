"""Colour: the network sees sRGB, the fill goes back, whatever the photo's profile."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from engine.photo import colour_of
from engine.photo.metadata import icc

P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
PROPHOTO = ((0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491))
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))


def para(kind, *values):
    return struct.pack(">4sIHH", b"para", 0, kind, 0) + b"".join(
        struct.pack(">i", round(v * 65536)) for v in values
    )


def table(values):
    return struct.pack(">4sII", b"curv", 0, len(values)) + np.array(values, ">u2").tobytes()


SRGB_CURVE = para(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def profiles(files):
    grid = np.linspace(0, 1, 1024)
    curve = np.where(grid <= 0.04045, grid / 12.92, ((grid + 0.055) / 1.055) ** 2.4)
    return {
        "Adobe RGB": files.icc(),
        "ProPhoto": files.icc(PROPHOTO, gamma=1.8),
        "Display P3": files.icc(P3, curve=SRGB_CURVE),
        "sRGB with a table": files.icc(SRGB, curve=table(np.rint(curve * 65535))),
        "linear": files.icc(SRGB, curve=struct.pack(">4sII", b"curv", 0, 0)),
        "power with offset": files.icc(P3, curve=para(1, 2.2, 0.9, 0.1)),
        "Rec. 709": files.icc(
            SRGB, curve=para(3, 1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)
        ),
        "all seven": files.icc(P3, curve=para(4, 2.4, 0.947, 0.053, 0.0774, 0.0405, 0.0, 0.0)),
    }


def test_conversions_agree_with_littlecms(files):
    pixels = files.scene(64, 64)
    for name, profile in profiles(files).items():
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        wanted = ImageCms.profileToProfile(
            Image.fromarray(pixels), own, ImageCms.createProfile("sRGB"), 1, "RGB"
        )
        found = colour_of(profile).to_srgb(pixels)
        assert np.abs(found.astype(int) - np.array(wanted)).max() <= 2, name


def test_a_fill_comes_back_as_it_went(files):
    for name, profile in profiles(files).items():
        colour = colour_of(profile)
        inside = colour.from_srgb(files.scene(64, 64, np.uint16))
        again = colour.from_srgb(colour.to_srgb(inside))
        if "linear" not in name:
            assert np.abs(again.astype(int) - inside).max() <= 64, name
        eight = colour.from_srgb(files.scene(64, 64))
        assert eight.dtype == np.uint8
        back = colour.from_srgb(colour.to_srgb(eight))
        if "linear" not in name:
            assert np.abs(back.astype(int) - eight).max() <= 3, name


def test_no_profile_and_srgb_profiles_change_nothing(files):
    pixels = files.scene(64, 64)
    assert colour_of(None).to_srgb(pixels) is pixels
    for name in ("sRGB with a table",):
        colour = colour_of(profiles(files)[name])
        assert colour.is_srgb
        assert colour.notice is None
        assert colour.from_srgb(pixels) is pixels
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert colour_of(own).is_srgb
    assert not colour_of(files.icc()).is_srgb


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_linear_light_is_undone_exactly(files, dtype):
    pixels = files.scene(64, 64, dtype)
    for name, profile in profiles(files).items():
        colour = colour_of(profile)
        linear = colour.to_linear(pixels)
        assert linear.dtype == np.float32
        assert linear.min() >= 0
        assert linear.max() <= 1
        back = colour.from_linear(linear, pixels)
        if name not in ("power with offset",):
            assert np.abs(back.astype(int) - pixels).max() <= (0 if dtype == np.uint8 else 16), name


def test_light_doubles_where_linear_light_doubles(files):
    colour = colour_of(files.icc(gamma=2.0))
    linear = colour.to_linear(np.full((1, 1, 3), 128, np.uint8))
    brighter = colour.from_linear(2 * linear, np.zeros(1, np.uint8))
    assert abs(int(brighter[0, 0, 0]) - 128 * 2**0.5) < 1


def test_a_grey_profile_maps_light(files):
    grey = bytearray(files.icc(gamma=1.0))
    grey[16:20] = b"GRAY"
    at = grey.index(b"rTRC")
    grey[at : at + 4] = b"kTRC"
    colour = colour_of(bytes(grey))
    assert colour.notice is None
    light = colour.to_srgb(np.full((1, 1, 3), 55, np.uint8))
    assert abs(int(light[0, 0, 0]) - 128) <= 1


def _lut_profile(files):
    """Return a profile that says with tables of eight corners what sRGB says with a matrix."""
    lab = ImageCms.createProfile("LAB")
    corners = np.array([[r, g, b] for r in (0, 255) for g in (0, 255) for b in (0, 255)], np.uint8)
    to_lab = ImageCms.profileToProfile(
        Image.fromarray(corners[None]), ImageCms.createProfile("sRGB"), lab, 1, "LAB"
    )
    forward = np.array(to_lab)[0] ^ np.array([0, 128, 128], np.uint8)
    ramp = bytes(range(256)) * 3
    identity = b"".join(struct.pack(">i", v * 65536) for v in (1, 0, 0, 0, 1, 0, 0, 0, 1))

    def lut(clut):
        head = struct.pack(">4sIBBBB", b"mft1", 0, 3, 3, 2, 0) + identity
        return head + ramp + clut.tobytes() + ramp

    base = bytearray(files.icc())
    base[20:24] = b"Lab "
    count = struct.unpack(">I", base[128:132])[0]
    tags = [bytes(base[132 + 12 * i : 144 + 12 * i]) for i in range(count)]
    keep = [t for t in tags if t[:4] in (b"desc", b"wtpt")]
    parts = [
        (t[:4], bytes(base[int.from_bytes(t[4:8], "big") :][: int.from_bytes(t[8:], "big")]))
        for t in keep
    ]
    parts += [(b"A2B0", lut(forward)), (b"B2A0", lut(corners))]
    at = 132 + 12 * len(parts)
    table_, body = struct.pack(">I", len(parts)), b""
    for tag, data in parts:
        data += b"\0" * (-len(data) % 4)
        table_ += struct.pack(">4sII", tag, at + len(body), len(data))
        body += data
    out = bytes(base[:128]) + table_ + body
    return struct.pack(">I", len(out)) + out[4:]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_profile_of_tables_goes_through_with_a_notice(files, dtype):
    colour = colour_of(_lut_profile(files))
    assert "tables" in colour.notice
    pixels = np.zeros((2, 2, 3), dtype)
    pixels[0] = np.iinfo(dtype).max
    seen = colour.to_srgb(pixels)
    assert seen.dtype == dtype
    assert seen[0].min() > 0.97 * np.iinfo(dtype).max
    assert seen[1].max() < 0.03 * np.iinfo(dtype).max
    assert colour.from_srgb(seen).shape == (2, 2, 3)


def test_broken_profiles_count_as_srgb(files):
    whole = files.icc()
    flat = ((0.4, 0.4, 0.4),) * 3
    for bad in (
        b"",
        b"x" * 140,
        whole[:150],
        files.icc(flat),
        files.icc(curve=para(9, 1.0)),
        files.icc(curve=table([5, 5, 5])),
        whole[:36] + b"....",
        whole[:128] + b"\xff" * 8,
    ):
        colour = colour_of(bad)
        assert "damaged" in colour.notice
        assert colour.is_srgb


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_pictures_of_many_rows_are_converted_like_each_row(files, monkeypatch, dtype):
    pixels = files.scene(40, 70, dtype)
    colour = colour_of(files.icc())
    wanted = (
        [colour.to_srgb(row[None]) for row in pixels],
        [colour.from_srgb(row[None]) for row in pixels],
    )
    seen = []
    monkeypatch.setattr(icc, "_AT_ONCE", 1000)
    monkeypatch.setattr(
        icc, "to_depth", lambda *a, of=icc.to_depth: seen.append(a[0].size) or of(*a)
    )
    assert np.array_equal(colour.to_srgb(pixels), np.vstack(wanted[0]))
    assert np.array_equal(colour.from_srgb(pixels), np.vstack(wanted[1]))
    assert max(seen) <= 1000
