"""What a generator knows before any latent is drawn: certainties, and its encoder's features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


class BlockCertainty(NamedTuple):
    """Hold the certainty before, between and after a block's two convolutions."""

    before: Tensor
    between: Tensor
    after: Tensor


@dataclass(frozen=True)
class Certainties:
    """Hold what a mask decides before any image is looked at.

    Attributes:
        encoder: resolution r -> certainties of the encoder's block, (N, 1, r, r) in [0, 1].
        decoder: likewise of the decoder's.
        gamma: resolution from 8 -> gamma of its skip, likewise; 0 where it concatenates.
    """

    encoder: dict[int, BlockCertainty]
    decoder: dict[int, BlockCertainty]
    gamma: dict[int, Tensor]


class Seen(NamedTuple):
    """Hold what the network sees of one image, (1, 3, R, R) and what is known of it."""

    img: Tensor
    known: Tensor
    certain: Certainties
    skips: dict[int, Tensor]

    @property
    def nbytes(self) -> int:
        """Return the bytes of the features; the rest is small beside them."""
        return sum(x.nbytes for x in self.skips.values())
