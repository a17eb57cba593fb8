"""A photo in another colour space is shown in sRGB, filled in sRGB, and kept in its own."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from engine.geometry import Box
from engine.photo import colour_of, read_photo
from engine.removal.choice import Kind
from engine.removal.jobs import Draw
from engine.removal.latents import Latent
from engine.removal.scene import Scene, describe
from tests.app.hands import load


class Nobody:
    """Listen to no report."""

    def part(self, start, end):
        return lambda fraction: None


@pytest.fixture
def wide(tmp_path, image):
    """Write a photo whose profile has primaries other than sRGB's."""
    profile = ImageCms.createProfile("sRGB")
    data = bytearray(ImageCms.ImageCmsProfile(profile).tobytes())
    count = int.from_bytes(data[128:132], "big")
    tags = {bytes(data[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    places = [int.from_bytes(data[tags[n] + 4 : tags[n] + 8], "big") for n in (b"rXYZ", b"gXYZ")]
    for place, xyz in zip(places, ((0.61, 0.311, 0.019), (0.205, 0.626, 0.061)), strict=True):
        for axis, value in enumerate(xyz):
            start = place + 8 + 4 * axis
            data[start : start + 4] = round(value * 65536).to_bytes(4, "big")
    path = tmp_path / "wide.png"
    Image.fromarray(image // 2 + 60).save(path, icc_profile=bytes(data))
    return path


def test_it_is_shown_in_srgb_and_worked_on_in_its_own_space(document, wide):
    load(document, wide)
    photo = read_photo(wide)
    colour = colour_of(photo.icc)
    assert not colour.is_srgb
    assert np.array_equal(document.image, photo.pixels)
    shown = document.photo_levels.levels[0]
    assert np.array_equal(shown, colour.to_srgb(photo.pixels))
    assert not np.array_equal(shown, photo.pixels)


def test_a_change_and_a_layer_are_shown_in_srgb_too(document, wide):
    load(document, wide)
    box = Box(10, 20, 60, 50)
    patch = 255 - document.image[box.slices]
    wanted = document.colour.to_srgb(patch)
    layer = document.layer(box, patch)
    assert np.array_equal(layer.levels[0][box.within(layer.box).slices], wanted)
    document.write_image(box, patch)
    assert np.array_equal(document.photo_levels.levels[0][box.slices], wanted)


def test_the_network_sees_srgb_and_its_answer_comes_back(document, wide, host, filler):
    load(document, wide)
    seen = []
    fill = filler.fill
    filler.fill = lambda ask, *rest, **how: seen.append(ask.image) or fill(ask, *rest, **how)
    box = Box(200, 150, 260, 200)
    mask = np.zeros(document.mask.shape, bool)
    mask[160:190, 210:250] = True
    scene = Scene(document.image, document.colour)
    answers = Draw(host, scene, describe(scene, mask, box), [Latent()])(Nobody(), 0, 1)
    near = box.grow(300).clip(document.box)
    wanted = document.colour.to_srgb(document.image[near.slices])
    assert np.array_equal(seen[0][near.slices], wanted)
    (answer,) = answers
    assert answer.kind is Kind.NETWORK
    inside = mask[box.slices]
    assert np.array_equal(answer.patch[~inside], document.image[box.slices][~inside])
    back = document.colour.to_srgb(answer.patch)[inside].astype(int)
    assert np.abs(back - [200, 100, 50]).max() <= 2


def test_the_status_bar_names_the_profile(window, qtbot, wide):
    label = window.frame.status.size_label
    assert label.toolTip() == ""
    with qtbot.waitSignal(window.workspace.document.opened, timeout=60_000):
        window.files.open(wide)
    assert "sRGB built-in" in label.toolTip()
    assert "converted to sRGB" in label.toolTip()
