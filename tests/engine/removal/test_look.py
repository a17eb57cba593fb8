"""One look at a hole serves its safe result, its variants and the fill from the photo alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from engine.answering.compiled import CompiledNetwork
from engine.detail.matcher import Matcher
from engine.geometry import Box
from engine.inpainter import Inpainter
from engine.kept import Kept
from engine.removal.jobs import Answers, Fill, Holes, Redraw
from engine.removal.latents import Latent
from engine.removal.remover import Remover
from engine.removal.scene import Scene
from engine.structure import carry
from tests.engine.test_inpainter import photo

LATENTS = [Latent(seed) for seed in range(101, 107)]


class Listener:
    """Keep what a job delivers."""

    def __init__(self) -> None:
        self.holes: Holes | None = None
        self.answers: list[tuple[str, list[np.ndarray]]] = []

    def progress(self, fraction: float) -> None:
        """Go on."""

    def part(self, start: float, end: float):
        """Return what listens to nothing."""
        return lambda fraction: None

    def deliver(self, piece: object) -> None:
        """Sort the pieces."""
        if isinstance(piece, Holes):
            self.holes = piece
        elif isinstance(piece, Answers):
            self.answers.append((piece.role, [answer.patch for answer in piece.answers]))

    def check(self) -> None:
        """Go on."""


class NoneKept(Kept):
    """Forget at once."""

    def __init__(self) -> None:
        super().__init__(0)


def masked() -> tuple[np.ndarray, np.ndarray]:
    image, mask = photo(170, 230), np.zeros((170, 230), bool)
    mask[30:90, 40:100] = mask[100:116, 150:170] = True
    image[60:66, :] = 20
    return image, mask


def fill_and_redraw(remover: Remover, kept: Kept) -> list[tuple[str, list[np.ndarray]]]:
    image, mask = masked()
    scene, heard = Scene(image, kept=kept), Listener()
    Fill(remover, scene, mask, LATENTS)(heard)
    assert heard.holes is not None
    again = Scene(image, removed=heard.holes.removed, kept=kept)
    Redraw(remover, again, 0, heard.holes.holes[0], [Latent(7)], "mix")(heard)
    return heard.answers


@pytest.fixture
def remover(tiny_snapshot) -> Remover:
    filler = Inpainter(tiny_snapshot, "cpu")
    return Remover(lambda device: filler)


def test_what_is_kept_changes_no_pixel(remover):
    with_it, without = (fill_and_redraw(remover, kept) for kept in (Kept(), NoneKept()))
    assert [role for role, _ in with_it] == [role for role, _ in without]
    assert {role for role, _ in with_it} == {"safe", "draws", "photo", "more", "mix"}
    for (_, one), (_, other) in zip(with_it, without, strict=True):
        assert all((a == b).all() for a, b in zip(one, other, strict=True))


def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    counts: Counter[str] = Counter()

    def count(owner: object, name: str) -> None:
        made = getattr(owner, name)

        def counting(*args, **how):
            counts[name] += 1
            return made(*args, **how)

        monkeypatch.setattr(owner, name, counting)

    count(Matcher, "__init__")
    count(CompiledNetwork, "see")
    count(carry, "search")
    return counts


def test_a_hole_is_looked_at_once_for_all_that_is_made_of_it(remover, monkeypatch):
    remover.get()
    counts = counted(monkeypatch)
    fill_and_redraw(remover, Kept())
    once = counts.copy()
    counts.clear()
    fill_and_redraw(remover, NoneKept())
    assert once["search"] == 2
    assert once["see"] == 2
    assert once["__init__"] <= counts["__init__"] / 2
    assert counts["see"] > 2 * once["see"]


def test_other_colours_for_the_network_are_no_reason_to_mix_looks_up(remover):
    """The fill from the photo alone works in the photo's own colours."""
    image, mask = masked()
    clear = np.zeros(mask.shape, bool)
    clear[140:160, 10:60] = True
    found = []
    for kept in (Kept(), NoneKept()):
        heard = Listener()
        Fill(remover, Scene(image, clear=clear, kept=kept), mask, LATENTS[:1])(heard)
        found.append(heard.answers)
    for (_, one), (_, other) in zip(*found, strict=True):
        assert all((a == b).all() for a, b in zip(one, other, strict=True))


def test_what_is_unknown_of_one_hole_is_not_unknown_for_the_next():
    image, mask = masked()
    scene = Scene(image)
    box = Box.around(mask)
    assert box is not None
    assert (scene.unknown(box, mask[box.slices]) == mask).all()
    assert not scene.unknown(Box(0, 0, 3, 3), np.zeros((3, 3), bool)).any()
