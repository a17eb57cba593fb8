"""A saved TIFF is compared strip by strip; no difference passes."""

from dataclasses import replace

import numpy as np
import pytest

from engine.photo import read_photo
from engine.photo.job import job_for
from engine.photo.tiff import check as tiff_check
from engine.photo.tiff.save import encode


@pytest.fixture
def job(files, put):
    rgba = np.dstack([files.scene(70, 50, np.uint16), files.scene(70, 50, np.uint16, 4)[..., :1]])
    more = [files.blob(34675, files.icc()), files.blob(700, files.xmp(1))]
    return job_for_photo(read_photo(put("a.tif", files.tiff(rgba, ">", extra=[2], more=more))))


def job_for_photo(photo):
    return job_for(photo, photo.pixels, "TIFF")


def changed(array, at):
    out = array.copy()
    out[at] ^= 1
    return out


def test_what_was_written_is_found(job, tmp_path):
    encode(job, tmp_path / "b.tif")
    assert tiff_check.holds(tmp_path / "b.tif", job)


@pytest.mark.parametrize("at", [(0, 0, 0), (49, 69, 2), (25, 30, 1)])
def test_one_bit_of_one_sample_is_noticed(job, tmp_path, at):
    encode(job, tmp_path / "b.tif")
    assert not tiff_check.holds(tmp_path / "b.tif", replace(job, pixels=changed(job.pixels, at)))
    other = replace(job, alpha=changed(job.alpha, at[:2]))
    assert not tiff_check.holds(tmp_path / "b.tif", other)


def test_another_profile_size_depth_or_kind_is_noticed(job, files, put, tmp_path):
    path = tmp_path / "b.tif"
    encode(job, path)
    assert not tiff_check.holds(path, replace(job, meta=replace(job.meta, icc=None)))
    assert not tiff_check.holds(path, replace(job, meta=replace(job.meta, xmp=b"<x/>")))
    assert not tiff_check.holds(path, replace(job, pixels=job.pixels[:-1]))
    assert not tiff_check.holds(path, replace(job, pixels=job.pixels.astype(np.uint8)))
    grey = read_photo(put("g.tif", files.tiff(files.scene(70, 50, np.uint16)[..., :1])))
    assert not tiff_check.holds(path, job_for_photo(grey))
    encode(job_for_photo(grey), path)
    assert tiff_check.holds(path, job_for_photo(grey))
    assert not tiff_check.holds(path, job)
