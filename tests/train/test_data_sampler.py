import numpy as np
import pytest
import torch

from train.data.batch import Batch, next_batch
from train.data.loader import Loader
from train.data.sampler import indices_for


class Numbers:
    """Give images whose value is their index, so a test can see what it got."""

    def __init__(self, length=50, hole=None):
        self.length, self.hole = length, hole

    def __len__(self):
        return self.length

    def batch(self, indices, flips, rngs=()):
        img = torch.zeros(len(indices), 3, 32, 32, dtype=torch.uint8)
        img[:, 0] = torch.from_numpy(indices).to(torch.uint8)[:, None, None]
        img[:, 1] = torch.from_numpy(flips).to(torch.uint8)[:, None, None]
        return Batch(img, self.hole)


def test_one_pass_shows_every_image_once():
    seen = np.concatenate([indices_for(48, k, 8, seed=3).indices for k in range(0, 48, 8)])
    assert sorted(seen.tolist()) == list(range(48))
    again = np.concatenate([indices_for(48, k, 8, seed=3).indices for k in range(48, 96, 8)])
    assert sorted(again.tolist()) == list(range(48))
    assert not np.array_equal(seen, again)


def test_a_batch_may_reach_into_the_next_pass():
    draw = indices_for(5, 3, 16, seed=0)
    assert sorted(draw.indices[2:7].tolist()) == list(range(5))


def test_the_stream_does_not_depend_on_how_it_is_cut():
    whole = next_batch(Numbers(), "mixed", 40, 12, seed=7)
    parts = [next_batch(Numbers(), "mixed", 40, 12, 7, rank, 3) for rank in range(3)]
    small = [next_batch(Numbers(), "mixed", k, 4, seed=7) for k in (40, 44, 48)]
    for cut in (parts, small):
        assert torch.equal(torch.cat([batch.img for batch in cut]), whole.img)
        assert torch.equal(torch.cat([batch.hole for batch in cut]), whole.hole)


def test_another_seed_is_another_stream():
    assert not np.array_equal(
        indices_for(500, 0, 16, seed=0).indices, indices_for(500, 0, 16, seed=1).indices
    )


def test_half_of_the_images_are_mirrored():
    flips = np.concatenate([indices_for(9, k, 100, seed=0).flips for k in range(0, 2000, 100)])
    assert flips.dtype == bool
    assert 0.45 < flips.mean() < 0.55


def test_holes_of_the_dataset_come_first():
    own = torch.full((4, 1, 32, 32), 0.25)
    assert torch.equal(next_batch(Numbers(hole=own), "box", 0, 4, seed=0).hole, own)
    assert next_batch(Numbers(), "box", 0, 4, seed=0).hole.sum() == 4 * 16 * 16


def test_a_batch_that_cannot_be_shared_is_refused():
    with pytest.raises(ValueError, match="10 cannot be shared by 4"):
        indices_for(50, 0, 10, seed=0, rank=0, world=4)
    with pytest.raises(ValueError, match="no image"):
        indices_for(0, 0, 4, seed=0)


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_preparing_ahead_changes_no_batch(workers):
    numbers = [0, 4, 8, 12, 20, 24, 100]  # one skipped, as after a resume
    sizes = [4, 4, 4, 8, 4, 4, 4]
    with Loader(Numbers(), "mixed", 5, workers=workers) as loader:
        for cur_nimg, batch in zip(numbers, sizes, strict=True):
            got, expected = (
                loader.next(cur_nimg, batch),
                next_batch(Numbers(), "mixed", cur_nimg, batch, 5),
            )
            assert torch.equal(got.img, expected.img)
            assert torch.equal(got.hole, expected.hole)


def test_an_error_in_a_thread_reaches_the_caller():
    with (
        Loader(Numbers(length=0), "mixed", 0) as loader,
        pytest.raises(ValueError, match="no image"),
    ):
        loader.next(0, 4)
