"""What ImageJ, OME and others tell about pages goes with the pages that are left out."""

import io

import numpy as np
import pytest
import tifffile

from engine.photo import read_photo, save_photo


def written(pixels, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, pixels, **options)
    return out.getvalue()


def saved(put, data, tmp_path):
    photo = read_photo(put("a.tif", data))
    report = save_photo(photo, photo.pixels, tmp_path / "b.tif", overwrite=True)
    return photo, report


@pytest.fixture
def stack(files):
    return np.stack([files.scene(48, 32, seed=seed)[..., 0] for seed in range(3)])


@pytest.mark.parametrize("kind", ["imagej", "ome", "shaped"])
def test_readers_find_one_whole_page(files, put, tmp_path, stack, caplog, kind):
    options = {
        "imagej": {"imagej": True, "metadata": {"axes": "ZYX", "unit": "um"}},
        "ome": {"ome": True, "metadata": {"axes": "ZYX", "Name": "Harbour"}},
        "shaped": {"photometric": "minisblack"},
    }[kind]
    photo, report = saved(put, written(stack, **options), tmp_path)
    assert any("one of its pictures" in notice for notice in photo.notices)
    assert any("Further pictures" in sentence for sentence in report.dropped)
    with tifffile.TiffFile(report.path) as file:
        assert len(file.pages) == 1
        assert [series.shape for series in file.series] == [(32, 48)]
        assert np.array_equal(file.asarray(), stack[0])
        told = file.pages[0].tags[270].value
    assert {"imagej": "unit=um", "ome": "Harbour", "shaped": "[32, 48]"}[kind] in told
    assert not caplog.records


def test_an_imagej_stack_behind_one_directory_is_known_for_one(files, put, tmp_path, stack):
    data = files.tiff(stack[0][..., None], more=[files.text(270, "ImageJ=1.54\nimages=3\nmin=0\n")])
    photo, report = saved(put, data, tmp_path)
    assert any("one of its pictures" in notice for notice in photo.notices)
    with tifffile.TiffFile(report.path) as file:
        assert file.pages[0].tags[270].value == "ImageJ=1.54\nmin=0"


@pytest.mark.parametrize("kind", ["ome", "shaped"])
def test_sizes_turn_with_the_picture(files, put, tmp_path, caplog, kind):
    options = {"ome": True} if kind == "ome" else {}
    pixels = files.scene(48, 32)
    data = written(pixels, photometric="rgb", extratags=[(274, 3, 1, 6, True)], **options)
    photo, report = saved(put, data, tmp_path)
    assert photo.orientation == 6
    with tifffile.TiffFile(report.path) as file:
        assert [series.shape for series in file.series] == [(48, 32, 3)]
        assert np.array_equal(file.asarray(), np.rot90(pixels, 3))
    assert not caplog.records


def test_a_description_of_words_stays(files, put, tmp_path):
    data = files.tiff(files.scene(), more=[files.text(270, "images=3 of the harbour")])
    _, report = saved(put, data, tmp_path)
    with tifffile.TiffFile(report.path) as file:
        assert file.pages[0].tags[270].value == "images=3 of the harbour"


def test_colour_ome_keeps_its_channels(files, put, tmp_path, caplog):
    pixels = np.stack([files.scene(48, 32, seed=seed) for seed in range(2)])
    data = written(pixels, photometric="rgb", ome=True, metadata={"axes": "TYXS"})
    _, report = saved(put, data, tmp_path)
    with tifffile.TiffFile(report.path) as file:
        assert [series.shape for series in file.series] == [(32, 48, 3)]
        assert np.array_equal(file.asarray(), pixels[0])
    assert not caplog.records
