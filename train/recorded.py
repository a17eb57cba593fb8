"""Record a training step on a CUDA device once and replay it: small networks wait for launches.

A step of the bundled recipe is some three thousand kernels of a few microseconds; PyTorch needs
longer to start one than the device to run it. A recorded step (a CUDA graph) is started as one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from train import distributed
from train.run import Run
from train.step import Images, Noise

Stats = dict[str, Tensor]
Update = Callable[[Run, Images, Noise], Stats]
Take = Callable[[], Stats]
_TRIES = 3  # steps taken unrecorded first: optimisers fill their state, cuDNN picks its kernels


class Tape(Protocol):
    """Run and record work; ``CudaTape`` is the one in use."""

    def run(self, take: Take) -> Stats:
        """Run ``take`` where recordings will be made; return its scalars."""
        ...

    def record(self, take: Take) -> tuple[Callable[[], None], Stats]:
        """Record ``take`` without running it; return what runs it and where its scalars will be."""
        ...


class CudaTape:
    """Record on a stream of its own, as CUDA asks for."""

    def __init__(self) -> None:
        self._stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]

    def run(self, take: Take) -> Stats:
        """Run ``take`` on the stream recordings are made on."""
        here = torch.cuda.current_stream()
        self._stream.wait_stream(here)
        with torch.cuda.stream(self._stream):
            stats = take()
        here.wait_stream(self._stream)
        return stats

    def record(self, take: Take) -> tuple[Callable[[], None], Stats]:
        """Record a CUDA graph."""
        graph = torch.cuda.CUDAGraph()
        torch.cuda.synchronize()
        with torch.cuda.graph(graph, stream=self._stream):
            stats = take()
        return graph.replay, stats


@dataclass
class Recording:
    """Hold one recorded step with the memory it reads from and writes to."""

    replay: Callable[[], None]
    inputs: list[Tensor]
    stats: Stats


class Recorder:
    """Take training steps by replaying recordings, one for each kind of step.

    Where steps are not yet alike (a fade, a weight that changes, the critic alone), or cannot be
    recorded (loss scaling, several processes), they are taken as usual. Results are the same up to
    the order of sums.

    Args:
        update: takes one step.
        tape: records.
    """

    def __init__(self, update: Update, tape: Tape) -> None:
        self._update, self._tape = update, tape
        self._known: dict[tuple[Any, ...], Recording] = {}
        self._seen: dict[tuple[Any, ...], int] = {}

    def __call__(self, run: Run, images: Images, noise: Noise) -> Stats:
        """Take one step; return its scalars."""
        if not steady(run):
            return self._update(run, images, noise)
        key = (run.stage_index, noise.z2 is None, noise.t is None, images.img.shape)
        if key not in self._known:
            self._seen[key] = self._seen.get(key, 0) + 1
            if self._seen[key] <= _TRIES:
                return self._tape.run(lambda: self._update(run, images, noise))
            self._known[key] = self._record(run, images, noise)
        known = self._known[key]
        torch._foreach_copy_(known.inputs, _tensors(images, noise))
        known.replay()
        return {name: value.clone() for name, value in known.stats.items()}

    def _record(self, run: Run, images: Images, noise: Noise) -> Recording:
        kept = Images(images.img.clone(), images.hole.clone(), _copy(images.pose))
        kept_noise = Noise(*map(_copy, noise))
        replay, stats = self._tape.record(lambda: self._update(run, kept, kept_noise))
        return Recording(replay, _tensors(kept, kept_noise), stats)


def steady(run: Run) -> bool:
    """Tell whether the next step does the same as the last one of its kind, and can be recorded."""
    stage, players = run.stage, run.players
    alike = stage.l1 == stage.l1_end and run.seen >= stage.d_alone
    whole = players.G.fade is None and players.D.fade is None
    alone = distributed.world() == 1 and not players.g_scaler.is_enabled()
    return alike and whole and alone


def _tensors(images: Images, noise: Noise) -> list[Tensor]:
    return [value for value in (*vars(images).values(), *noise) if value is not None]


def _copy(value: Tensor | None) -> Tensor | None:
    return None if value is None else value.clone()
