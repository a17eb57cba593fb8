"""Who is asked for a fill, with how much at once, and who steps in when memory or a card fails."""

from __future__ import annotations

import os

import numpy as np
import pytest

from engine.ask import Ask
from engine.errors import Cancelled, EngineError, SnapshotError
from engine.geometry import Box
from engine.removal.choice import Kind, View
from engine.removal.fallback import card_left, no_memory, only_from_photo
from engine.removal.jobs import (
    CPU_BATCH,
    DRAWN,
    SAFE,
    Answers,
    Draw,
    Fill,
    Holes,
    Pick,
    Ready,
    Redraw,
    WarmUp,
)
from engine.removal.latents import Latent
from engine.removal.remover import Remover
from engine.removal.scene import Scene, describe
from engine.result import Result
from engine.running.threads import threads, use_threads

PHOTO = np.random.default_rng(3).integers(0, 256, (60, 80, 3), np.uint8)
BOX = Box(20, 10, 36, 22)
MASK = np.zeros((60, 80), bool)
MASK[BOX.slices] = True


class Filler:
    """Fill with a grey that tells the seed; fail as a test says."""

    snapshot_hash = "0" * 64
    resolution = 16

    def __init__(self, device="cpu", faults=()):
        self.device_reason = "CUDA: a card" if device == "cuda" else "CPU: a stand-in"
        self.faults = list(faults)
        self.calls = []

    def fill(self, ask, seeds, on_progress=None, latents=None, *, detail=True):
        self.calls.append((list(seeds), latents, ask, detail))
        image, mask = ask.image, ask.mask
        on_progress(0.5)
        fault = self.faults.pop(0) if self.faults else None
        if fault:
            raise fault
        on_progress(1.0)
        given = ask.given or [(Box(0, 0, 64, 64), BOX)]
        box = given[0][1]
        results = []
        for seed in seeds:
            patch = image[box.slices].copy()
            patch[mask[box.slices]] = 10 + seed
            windows, holes = zip(*given, strict=True)
            results.append(Result(box, patch, seed, self.device_reason, windows, 0.5, holes))
        return results

    def look(self, mask, hole, context=1.0):
        return [(Box(0, 0, round(64 * context), round(64 * context)), hole)]

    def squares(self, mask, context=1.0, step=1):
        return [Box(0, 0, 64, 64)]


def from_photo(ask, seed, on_progress):
    on_progress(1.0)
    box = ask.box or Box.around(ask.mask)
    patch = ask.image[box.slices].copy()
    patch[ask.mask[box.slices]] = 200
    return Result(box, patch, seed, "CPU", ())


def remover_of(*fillers, **more):
    """Return a remover that makes these one after the other, and the devices it asks for."""
    left, asked = list(fillers), []

    def make(device):
        asked.append(device)
        made = left.pop(0)
        if isinstance(made, Exception):
            raise made
        return made

    def draw(filler, latents):
        return np.array([latent.seed for latent in latents], float)

    return Remover(make, **{"draw": draw, "photo_only": from_photo, **more}), asked


SHORT = RuntimeError("CUDA out of memory")


def fill(remover, seeds=(1, 2), z=None, **more):
    """Return the results, what was said, and the progress."""
    said, told = [], []
    ask = Ask(PHOTO, MASK)
    results = remover.fill(ask, list(seeds), told.append, z, said.append, **more)
    made = remover.get()
    assert all(call[2] is ask for call in made.calls)
    return results, said, told


def test_an_engine_is_made_once_and_anew_for_another_wish():
    remover, asked = remover_of(Filler(), Filler(), Filler())
    assert remover.reason == ""
    assert remover.get() is remover.get()
    assert remover.reason == "CPU: a stand-in"
    remover.use("cuda")
    assert remover.reason == ""  # it is not made yet
    first = remover.get()
    remover.use("cuda")
    assert remover.get() is first
    remover.use("cuda", 3)
    assert remover.get() is not first
    assert asked == ["auto", "cuda", "cuda"]
    assert not remover.took_leave()


def test_a_card_that_fails_at_once_gives_way_to_the_processor():
    remover, asked = remover_of(RuntimeError("CUDA driver too old"), Filler())
    remover.get()
    assert asked == ["auto", "cpu"]
    assert remover.took_leave()
    assert not remover.took_leave()  # it is told once
    wanted, asked = remover_of(RuntimeError("CUDA driver too old"))
    wanted.use("cuda")
    with pytest.raises(RuntimeError):
        wanted.get()
    other, asked = remover_of(RuntimeError("a fault"))
    with pytest.raises(RuntimeError, match="a fault"):
        other.get()
    assert asked == ["auto"]


def test_all_seeds_are_filled_at_once_while_memory_suffices():
    filler = Filler()
    remover, _ = remover_of(filler)
    z = np.arange(2)
    results, said, told = fill(remover, z=z, detail=False)
    assert [r.seed for r in results] == [1, 2]
    assert [(seeds, detail) for seeds, _, _, detail in filler.calls] == [([1, 2], False)]
    assert filler.calls[0][1] is z
    assert (said, told) == ([], [0.5, 1.0])


def test_short_of_memory_one_is_filled_after_the_other():
    filler = Filler(faults=[SHORT])
    remover, _ = remover_of(filler)
    results, said, told = fill(remover, (1, 2, 3), z=np.arange(3))
    assert [r.seed for r in results] == [1, 2, 3]
    assert [seeds for seeds, *_ in filler.calls] == [[1, 2, 3], [1], [2], [3]]
    assert [z.tolist() for _, z, *_ in filler.calls[1:]] == [[0], [1], [2]]
    assert told == pytest.approx([0.5, 1 / 6, 1 / 3, 0.5, 2 / 3, 5 / 6, 1.0])
    assert said == []


def test_a_card_without_memory_gives_way_to_the_processor():
    card, processor = Filler("cuda", [SHORT, SHORT]), Filler()
    remover, asked = remover_of(card, processor)
    remover.use("auto", 2)
    results, said, _ = fill(remover)
    assert [r.device for r in results] == ["CPU: a stand-in"] * 2
    assert [seeds for seeds, *_ in card.calls] == [[1, 2], [1]]
    assert [seeds for seeds, *_ in processor.calls] == [[1], [2]]
    assert said == [card_left()]
    assert asked == ["auto", "cpu"]


def test_a_card_that_is_lost_is_not_tried_again():
    card, processor = Filler("cuda", [RuntimeError("CUDA error: lost")]), Filler()
    remover, _ = remover_of(card, processor)
    _, said, _ = fill(remover)
    assert len(card.calls) == 1
    assert said == [card_left()]


def test_a_processor_without_memory_is_asked_for_one_once_more_and_then_says_so():
    filler = Filler(faults=[MemoryError(), MemoryError(), MemoryError()])
    remover, _ = remover_of(filler)
    with pytest.raises(MemoryError):
        fill(remover)
    assert [seeds for seeds, *_ in filler.calls] == [[1, 2], [1], [1]]


@pytest.mark.parametrize("fault", [RuntimeError("CUDA error: lost"), AssertionError("a fault")])
def test_another_fault_is_not_covered_up(fault):
    filler = Filler(faults=[fault])
    remover, _ = remover_of(filler)
    with pytest.raises(type(fault)):
        fill(remover)
    assert len(filler.calls) == 1


def remove(remover, seeds=(1, 2), **more):
    said, told = [], []
    results = remover.remove(Ask(PHOTO, MASK), list(seeds), told.append, say=said.append, **more)
    return results, said, told


def test_without_memory_the_photo_alone_fills():
    remover, _ = remover_of(Filler(faults=[MemoryError()] * 3))
    results, said, told = remove(remover)
    assert [r.seed for r in results] == [1, 2]
    assert all((r.patch == 200).all() for r in results)
    assert said == [only_from_photo(no_memory()).text]
    assert told[-2:] == [0.5, 1.0]


def test_asked_to_do_without_the_network_none_is_made():
    remover, asked = remover_of()
    results, said, _ = remove(remover, photo_only=True)
    assert [r.seed for r in results] == [1, 2]
    assert (asked, said) == ([], [])
    with pytest.raises(SnapshotError):
        remove(remover_of(SnapshotError("No weights."))[0])


def test_what_was_asked_is_asked_of_the_fill_from_the_photo_too():
    seen = []

    def photo_only(ask, seed, on_progress):
        seen.append((ask, seed))
        return from_photo(ask, seed, on_progress)

    remover, _ = remover_of(photo_only=photo_only)
    given = [(Box(0, 0, 64, 64), Box(2, 3, 5, 6)), (Box(0, 0, 64, 64), Box(7, 1, 9, 4))]
    ask = Ask(PHOTO, MASK, given=given)
    results = remover.remove(ask, [4, 5], lambda fraction: None, photo_only=True)
    assert [r.box for r in results] == [Box(2, 1, 9, 6)] * 2
    assert [(one is ask, seed) for one, seed in seen] == [(True, 4), (True, 5)]


def test_without_memory_for_patches_the_classical_method_fills():
    def photo_only(*words, **more):
        raise MemoryError

    remover, _ = remover_of(photo_only=photo_only)
    result = remover.fill_from_photo(Ask(PHOTO, MASK), 5, lambda fraction: None)
    assert (result.box, result.seed) == (BOX, 5)
    assert (result.patch != PHOTO[BOX.slices]).any()
    for fault in (Cancelled(), EngineError("A fault."), ValueError("a fault")):

        def failing(*words, fault=fault, **more):
            raise fault

        with pytest.raises(type(fault)):
            remover_of(photo_only=failing)[0].fill_from_photo(Ask(PHOTO, MASK), 5, lambda f: None)


def test_latents_are_drawn_only_where_seeds_do_not_say_all():
    remover, asked = remover_of(Filler())
    assert remover.draw([Latent(1), Latent(2)]) is None
    assert asked == []
    assert remover.draw([Latent(1), Latent(2, 0.5)]).tolist() == [1, 2]
    assert remover.values(Latent(4)) is None  # a stand-in's z is a number
    assert remover.given(np.zeros((1, 4, 4), np.float32)) is None


class Watch:
    """Stand for what long work reports to."""

    def __init__(self):
        self.pieces, self.shares, self.parts = [], [], []

    def part(self, start, end):
        self.parts.append((start, end))
        return lambda fraction: self.shares.append(start + (end - start) * fraction)

    def deliver(self, piece):
        self.pieces.append(piece)

    def check(self):
        pass


def hole_of(scene):
    return describe(scene, MASK, BOX)


def test_a_processor_finishes_a_few_at_a_time():
    filler, watch = Filler(), Watch()
    remover, _ = remover_of(filler)
    scene = Scene(PHOTO, context=2.0)
    latents = [Latent(n) for n in range(1, 2 * CPU_BATCH + 2)]
    made = Draw(remover, scene, hole_of(scene), latents)(watch, 0.2, 0.6)
    assert [len(seeds) for seeds, *_ in filler.calls] == [CPU_BATCH, CPU_BATCH, 1]
    assert [answer.latent.seed for answer in made] == [latent.seed for latent in latents]
    edges = [0.2 + 0.4 * n / 9 for n in (0, 4, 8, 9)]
    assert [start for start, _ in watch.parts] == pytest.approx(edges[:-1])
    assert [end for _, end in watch.parts] == pytest.approx(edges[1:])
    one = made[0]
    assert (one.kind, one.context, one.scale) == (Kind.NETWORK, 2.0, 0.5)
    assert one.views == (View(Box(0, 0, 128, 128), BOX),)
    assert (one.patch[MASK[BOX.slices]] == 11).all()
    _, _, ask, detail = filler.calls[0]
    assert (ask.context, detail) == (2.0, True)
    assert ask.given == [(Box(0, 0, 128, 128), BOX)]


@pytest.mark.parametrize(("device", "detail"), [("cuda", True), ("cpu", False)])
def test_a_card_and_drafts_take_all_at_once(device, detail):
    filler = Filler(device)
    remover, _ = remover_of(filler)
    scene = Scene(PHOTO)
    latents = [Latent(n) for n in range(9)]
    remover.get()
    Draw(remover, scene, hole_of(scene), latents, detail=detail)(Watch(), 0.0, 1.0)
    assert [len(seeds) for seeds, *_ in filler.calls] == [9]
    assert filler.calls[0][3] is detail


def test_the_most_different_drafts_are_finished_and_the_next_ones_kept():
    filler, watch = Filler(), Watch()
    remover, _ = remover_of(filler)
    scene = Scene(PHOTO)
    latents = [Latent(n) for n in (5, 60, 61, 120, 200, 201)]
    rest = Pick(remover, scene, 3, hole_of(scene), latents, (), 2)(watch, 0.0, 1.0)
    (piece,) = watch.pieces
    assert (piece.hole, piece.role) == (3, "draws")
    assert len(piece.answers) == 2
    assert len(piece.looks) == 6
    assert piece.doubt.max() > 0
    assert {answer.latent.seed for answer in piece.answers} == {5, 201}
    assert len(rest) == 2
    assert not {latent.seed for latent in rest} & {5, 201}
    assert watch.parts == [(0.0, 0.3), (0.3, 1.0)]
    assert [call[3] for call in filler.calls] == [False, True]


def test_one_hole_is_drawn_anew_or_asked_for():
    for role, roles in (("draws", ["draws", "more"]), ("asked", ["asked"]), ("mix", ["mix"])):
        remover, _ = remover_of(Filler())
        scene, watch = Scene(PHOTO), Watch()
        latents = [Latent(n) for n in (5, 60, 120, 200)]
        Redraw(remover, scene, 2, hole_of(scene), latents, role, (), 2)(watch)
        assert [piece.role for piece in watch.pieces] == roles
        assert {piece.hole for piece in watch.pieces} == {2}
        counts = [len(piece.answers) for piece in watch.pieces]
        assert counts == ([2, 2] if role == "draws" else [4])


def test_a_fill_hands_over_safe_draws_photo_and_more_in_this_order():
    remover, _ = remover_of(Filler())
    watch = Watch()
    Fill(remover, Scene(PHOTO), MASK, [Latent(n) for n in range(50, 250, 20)], 0.0)(watch)
    assert isinstance(watch.pieces[0], Ready)
    holes = watch.pieces[1]
    assert isinstance(holes, Holes)
    assert [hole.box for hole in holes.holes] == [BOX]
    assert holes.removed.box == BOX
    assert [piece.role for piece in watch.pieces[2:]] == ["safe", "draws", "photo", "more"]
    assert [len(piece.answers) for piece in watch.pieces[2:]] == [1, 4, 1, 4]
    assert watch.pieces[2].answers[0].latent == Latent()
    assert watch.parts[0] == (0.0, SAFE)
    assert (DRAWN, 1.0) in [tuple(map(float, part)) for part in watch.parts]
    short = Watch()
    Fill(remover_of(Filler())[0], Scene(PHOTO), MASK, [])(short)
    assert [p.role for p in short.pieces if isinstance(p, Answers)] == ["safe"]


def test_holes_are_grown_before_they_are_filled():
    remover, _ = remover_of(Filler())
    watch = Watch()
    Fill(remover, Scene(PHOTO), MASK, [], 0.25)(watch)
    (grown,) = watch.pieces[1].holes
    assert grown.box == BOX.grow(3)
    assert MASK.sum() == BOX.width * BOX.height


def test_without_weights_only_the_photo_fills():
    remover, _ = remover_of(*[SnapshotError("No weights.")] * 3)
    watch = Watch()
    Fill(remover, Scene(PHOTO), MASK, [Latent(1)])(watch)
    remark, holes, answers = watch.pieces
    assert remark == only_from_photo("No weights.")
    assert [hole.box for hole in holes.holes] == [BOX]
    assert (answers.role, answers.answers[0].kind) == ("only", Kind.PHOTO)
    assert watch.parts == [(0.0, 1.0)]
    with pytest.raises(ValueError, match="a fault"):
        Fill(remover_of(ValueError("a fault"))[0], Scene(PHOTO), MASK, [])(Watch())


def test_warming_up_makes_the_engine():
    remover, asked = remover_of(Filler())
    assert WarmUp(remover)(Watch()) == Ready("CPU: a stand-in")
    assert asked == ["auto"]


def test_as_many_threads_as_were_asked_for_compute():
    host = Remover(Filler)
    try:
        for wished in (1, 2):
            host.use("cpu", wished)
            host.get()
            assert threads() == wished
        host.use("cpu", 0)
        host.get()
        assert threads() == os.cpu_count()
    finally:
        use_threads(0)


def test_a_latent_is_taken_back_where_it_is_of_this_network():
    host = Remover(Filler, draw=lambda _, latents: np.ones((len(latents), 3, 4, 4), np.float32))
    z = np.random.default_rng(0).normal(size=(3, 4, 4)).astype(np.float32)
    assert np.array_equal(host.given(z), z[None])
    assert host.given(z[:2]) is None
    assert host.given(None) is None
    assert (host.values(Latent(5)) == 1).all()
